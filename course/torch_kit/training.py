"""Train, evaluate, predict. Built by hand in lesson 03; Keras has the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from course import runs
from course.torch_kit.freezing import hold_batchnorm

if TYPE_CHECKING:
    import torch
    from torch import nn

CHANNELS = 1  # the axis of an image's channels: (N, 3, H, W)

Loss = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]


def fit(
    model: nn.Module,
    train: runs.Data,
    validation: runs.Data | None = None,
    *,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    batch_size: int = 20,
    loss: Loss | None = None,
    hold: bool = True,
    patience: int | None = None,
    augment: runs.Augment | None = None,
    schedule: Callable[[int], float] | None = None,
    seed: int = 0,
    each_epoch: Callable[[int, runs.History], None] | None = None,
) -> runs.History:
    """Train what is not frozen; return the curves. The model is left in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        Ends in logits.
    train, validation : (images, labels)
        Images as `course.backbone.preprocess` makes them, ``(N, 3, H, W) float32``, or features
        ``(N, D)``; labels from 0.
    optimizer : torch.optim.Optimizer
        Made after the head was replaced and the flags were set.
    epochs, batch_size : int
        How often every picture is seen, and how many of them a step looks at.
    loss : callable, optional
        Of logits and labels; by default cross-entropy from logits.
    hold : bool
        Whether all BatchNorm layers stand still, see `hold_batchnorm`. Switch it off to train a
        network from scratch.
    patience : int, optional
        Stop when validation loss has not fallen for so many epochs; restore the best weights.
    augment : callable, optional
        Of a batch and a ``numpy.random.Generator``; returns the batch to train on.
    schedule : callable, optional
        Of the epoch, from 0; returns what the starting rate is multiplied by in it.
    seed : int
        Decides the order of the pictures, augmentation and dropout.
    each_epoch : callable, optional
        Called after each epoch with its number, from 0, and the history so far.

    Returns
    -------
    dict of str to list of float
        ``loss`` and ``accuracy``, measured while training; with validation also ``val_loss`` and
        ``val_accuracy``. One value per epoch.

    Raises
    ------
    ValueError
        If nothing trains, the optimizer lacks something that trains, the model has no output for
        a label, or the data are not as described.
    """
    import torch

    data = runs.checked(train, "train", channels=CHANNELS)
    held_out = validation and runs.checked(validation, "validation", channels=CHANNELS)
    _check_ready(model, optimizer, hold=hold, default_loss=loss is None)
    stopping = runs.EarlyStopping(patience, lambda: _copy(model), validated=bool(held_out))
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    history: runs.History = {}
    with _rates(optimizer) as set_rates:
        for epoch in range(epochs):
            set_rates(schedule(epoch) if schedule else 1.0)
            _train_mode(model, hold)
            made = _train_epoch(model, data, optimizer, loss, batch_size, augment, rng)
            runs.record(history, loss=made[0], accuracy=made[1])
            if held_out:
                made = evaluate(model, *held_out, loss=loss)
                runs.record(history, val_loss=made[0], val_accuracy=made[1])
            if each_epoch:
                each_epoch(epoch, history)
            if stopping.stops(history):
                break
    if stopping.best is not None:
        model.load_state_dict(stopping.best)
    model.eval()
    return history


def evaluate(
    model: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    batch_size: int = 100,
    loss: Loss | None = None,
) -> tuple[float, float]:
    """Return loss and accuracy in evaluation mode; the model keeps the mode it was in.

    Parameters are those of `fit`.
    """
    import torch

    images, labels = runs.checked((images, labels), "given", channels=CHANNELS)
    logits = _logits(model, images, batch_size)
    wanted = torch.from_numpy(labels)
    if loss is None:
        runs.check_labels(labels, logits.shape[-1])
    value = (loss or torch.nn.functional.cross_entropy)(logits, wanted)
    return float(value), float((_chosen(logits) == wanted).float().mean())


def predict_proba(model: nn.Module, images: np.ndarray, *, batch_size: int = 100) -> np.ndarray:
    """Return the probability of each class, ``(N, C) float32``, in evaluation mode.

    A model with one output gives ``(N, 1)``: the probability of class 1.
    """
    logits = _logits(model, np.asarray(images), batch_size)
    made = logits.sigmoid() if logits.shape[-1] == 1 else logits.softmax(dim=-1)
    return made.numpy()


def _train_epoch(
    model: nn.Module,
    data: runs.Data,
    optimizer: torch.optim.Optimizer,
    loss: Loss | None,
    batch_size: int,
    augment: runs.Augment | None,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Go once through the data; return loss and accuracy as seen on the way."""
    import torch

    images, labels = data
    device = next(model.parameters()).device
    total = right = 0.0
    for places in runs.batches(len(images), batch_size, rng):
        batch = torch.from_numpy(runs.augmented(images[places], augment, rng)).to(device)
        wanted = torch.from_numpy(labels[places]).to(device)
        optimizer.zero_grad()
        logits = model(batch)
        if loss is None:
            runs.check_labels(labels, logits.shape[-1])
        value = (loss or torch.nn.functional.cross_entropy)(logits, wanted)
        value.backward()
        optimizer.step()
        total += value.item() * len(places)
        right += (_chosen(logits) == wanted).sum().item()
    return total / len(images), right / len(images)


def _train_mode(model: nn.Module, hold: bool) -> None:
    model.train()
    if hold:
        hold_batchnorm(model)


def _logits(model: nn.Module, images: np.ndarray, batch_size: int) -> torch.Tensor:
    import torch

    device = next(model.parameters()).device
    was_training = {layer: layer.training for layer in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            parts = torch.from_numpy(images).split(batch_size)
            return torch.cat([model(part.to(device)).cpu() for part in parts])
    finally:
        for layer, training in was_training.items():
            layer.training = training  # each its own: BatchNorm layers may be held


def _chosen(logits: torch.Tensor) -> torch.Tensor:
    """Return the class of each row; one output means class 1 above 0."""
    return (logits.reshape(-1) > 0).long() if logits.shape[-1] == 1 else logits.argmax(dim=-1)


def _check_ready(
    model: nn.Module, optimizer: torch.optim.Optimizer, *, hold: bool, default_loss: bool
) -> None:
    _train_mode(model, hold)
    trains = {id(p): name for name, p in model.named_parameters() if p.requires_grad}
    if not trains:
        raise ValueError(
            "expected something that trains, found every parameter frozen, the head too. "
            "Unfreeze the head, then make the optimizer."
        )
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    lacking = [name for key, name in trains.items() if key not in held]
    if lacking:
        raise ValueError(
            f"expected an optimizer that holds all {len(trains)} arrays that train, found "
            f"{len(lacking)} missing, {lacking[0]!r} first. Replace the head and set the flags, "
            "then make the optimizer."
        )
    if default_loss:
        _refuse_softmax(model)


def _refuse_softmax(model: nn.Module) -> None:
    from torch import nn

    last = list(model.modules())[-1]
    if isinstance(last, nn.Softmax):
        raise ValueError(
            "expected a model that ends in logits, found a softmax at its end: cross-entropy "
            "applies its own. Leave the softmax out; predict_proba applies it."
        )


@contextmanager
def _rates(optimizer: torch.optim.Optimizer) -> Iterator[Callable[[float], None]]:
    """Yield what multiplies the starting rate of each group; put the rates back at the end."""
    starting = [(group, group["lr"]) for group in optimizer.param_groups]

    def multiply(factor: float) -> None:
        for group, rate in starting:
            group["lr"] = rate * factor

    try:
        yield multiply
    finally:
        multiply(1.0)


def _copy(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
