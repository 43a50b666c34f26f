"""Train, evaluate, predict. Built by hand in lesson 03; Keras has the same names."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from course.torch_kit.freezing import batchnorm_layers, hold_batchnorm
from course.training import memory, runs

if TYPE_CHECKING:
    import torch
    from torch import nn

CHANNELS = 1  # the axis of an image's channels: (N, 3, H, W)
RESIDENT_SHARE = 0.25  # of a GPU's free memory, for the data; training wants the rest
CHUNK_BYTES = 2 * 2**20  # put in order in one call: twenty batches of features, one of pictures

Loss = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
Batch = tuple["torch.Tensor", "torch.Tensor"]


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
        a label, or the data are not as described; if a batch does not fit the memory, with the
        batch size that does.
    """
    import torch

    data = runs.checked(train, "train", channels=CHANNELS)
    held_out = validation and runs.checked(validation, "validation", channels=CHANNELS)
    _check_ready(model, optimizer, hold=hold, default_loss=loss is None)
    stopping = runs.EarlyStopping(patience, lambda: _copy(model), validated=bool(held_out))
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    history: runs.History = {}
    inner_loss = loss or _cross_entropy(data[1])
    placed = _placed(data, torch.device("cpu") if augment else _device(model))
    at_once = runs.evaluation_size(batch_size)
    room = _room_to_train(model, optimizer, inner_loss, placed, batch_size)
    with _rates(optimizer) as set_rates:
        for epoch in range(epochs):
            set_rates(schedule(epoch) if schedule else 1.0)
            _train_mode(model, hold)
            if not hold:  # there are statistics to put back
                room = _room_to_train(model, optimizer, inner_loss, placed, batch_size)
            drawn = _batches(placed, batch_size, augment, rng, _device(model))
            made = memory.guarded(partial(_train_epoch, model, drawn, optimizer, inner_loss), room)
            runs.record(history, loss=made[0], accuracy=made[1])
            if held_out:
                made = evaluate(model, *held_out, batch_size=at_once, loss=loss)
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

    Parameters and errors are those of `fit`.
    """
    import torch

    images, labels = runs.checked((images, labels), "given", channels=CHANNELS)
    logits = all_outputs(model, images, batch_size, "evaluate")
    wanted = torch.from_numpy(labels)
    if loss is None:
        runs.check_labels(labels, logits.shape[-1])
    value = (loss or torch.nn.functional.cross_entropy)(logits, wanted)
    return float(value), float((_chosen(logits) == wanted).float().mean())


def predict_proba(model: nn.Module, images: np.ndarray, *, batch_size: int = 100) -> np.ndarray:
    """Return the probability of each class, ``(N, C) float32``, in evaluation mode.

    A model with one output gives ``(N, 1)``: the probability of class 1.
    """
    logits = all_outputs(model, np.asarray(images), batch_size, "predict_proba")
    made = logits.sigmoid() if logits.shape[-1] == 1 else logits.softmax(dim=-1)
    return made.numpy()


def _train_epoch(
    model: nn.Module, drawn: Iterator[Batch], optimizer: torch.optim.Optimizer, loss: Loss
) -> tuple[float, float]:
    """Take a step on each batch; return loss and accuracy as seen on the way.

    What each step saw stays on a GPU until the end: asking for a number waits for it.
    """
    import torch

    waits = _device(model).type != "cpu"
    trained = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    losses: list[Any] = []
    outputs, answers = [], []
    for batch, wanted in drawn:
        for parameter in trained:  # zero_grad() without its bookkeeping: a head's step is short
            parameter.grad = None
        logits = model(batch)
        value = loss(logits, wanted)
        value.backward()
        optimizer.step()
        losses.append(value.detach() if waits else value.item())
        outputs.append(logits.detach())
        answers.append(wanted)
    counts = [wanted.shape[0] for wanted in answers]
    right = (_chosen(torch.cat(outputs)) == torch.cat(answers)).sum().item()
    values = torch.stack(losses).tolist() if waits else losses
    return np.dot(values, counts) / sum(counts), right / sum(counts)


def _batches(
    data: Batch,
    size: int,
    augment: runs.Augment | None,
    rng: np.random.Generator,
    device: torch.device,
) -> Iterator[Batch]:
    """Yield images and labels in a new order, ``size`` at a time, on the device."""
    import torch

    images, labels = data
    order = torch.from_numpy(rng.permutation(len(images))).to(images.device)
    for places in order.split(runs.chunk_size(images.shape, size, CHUNK_BYTES)):
        rows, answers = images.index_select(0, places), labels.index_select(0, places).to(device)
        if not augment:
            rows = rows.to(device)
        for batch, wanted in zip(rows.split(size), answers.split(size), strict=True):
            if augment:
                changed = runs.augmented(batch.numpy(), augment, rng)
                batch = torch.from_numpy(changed).to(device)
            yield batch, wanted


def _cross_entropy(labels: np.ndarray) -> Loss:
    """Return cross-entropy that refuses, at its first use, a model with too few outputs."""
    from torch.nn.functional import cross_entropy

    unchecked = [labels]

    def loss(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        if unchecked:
            runs.check_labels(unchecked.pop(), logits.shape[-1])
        return cross_entropy(logits, wanted)

    return loss


def _placed(data: runs.Data, device: torch.device) -> Batch:
    """Return the arrays as tensors, on the device if they fit there and leave room to train."""
    import torch

    images, labels = (torch.from_numpy(np.require(part, requirements=["C", "W"])) for part in data)
    if images.nbytes > RESIDENT_SHARE * _free_bytes(device):
        return images, labels
    return images.to(device), labels.to(device)


def _free_bytes(device: torch.device) -> float:
    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return np.inf


def _room_to_train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Loss,
    data: Batch,
    batch_size: int,
) -> memory.MemoryBudget:
    """Return how to try a smaller batch. A step that fails has not moved weights, only statistics.

    Those of BatchNorm layers that do not stand still go back to where this epoch began.
    """
    moving = [
        (value, value.clone())
        for layer in batchnorm_layers(model).values()
        if layer.training
        for value in layer.buffers()
    ]

    def undo() -> None:
        optimizer.zero_grad()
        for value, kept in moving:
            value.copy_(kept)
        _give_back(model)

    def tries(rows: int) -> None:
        weights, state = _copy(model), copy.deepcopy(optimizer.state_dict())
        try:
            batch, wanted = (part[:rows].to(_device(model)) for part in data)
            _train_epoch(model, iter([(batch, wanted)]), optimizer, loss)
        finally:
            model.load_state_dict(weights)
            optimizer.load_state_dict(state)
            optimizer.zero_grad()
            _give_back(model)

    rows = min(batch_size, len(data[0]))
    return memory.MemoryBudget("fit", _device_name(model), rows, tries, undo)


def _train_mode(model: nn.Module, hold: bool) -> None:
    model.train()
    if hold:
        hold_batchnorm(model)


def all_outputs(
    model: nn.Module,
    images: np.ndarray,
    batch_size: int,
    task: str,
    pooled: Callable[[torch.Tensor], torch.Tensor] = lambda made: made,
) -> torch.Tensor:
    """Return the outputs for all images; each layer keeps the mode it was in.

    ``pooled`` makes what comes out of a batch smaller before it is kept.
    """
    import torch

    device = _device(model)
    parts = torch.from_numpy(images).split(batch_size)
    was_training = {layer: layer.training for layer in model.modules()}
    room = memory.MemoryBudget(
        task,
        _device_name(model),
        len(parts[0]),
        tries=lambda rows: model(parts[0][:rows].to(device)),
        undo=lambda: _give_back(model),
    )
    model.eval()
    try:
        with torch.no_grad():
            return memory.guarded(
                lambda: torch.cat([pooled(model(part.to(device))).cpu() for part in parts]), room
            )
    finally:
        for layer, training in was_training.items():
            layer.training = training  # each its own: BatchNorm layers may be held


def _device(model: nn.Module) -> torch.device:
    import torch

    parameter = next(model.parameters(), None)
    return torch.device("cpu") if parameter is None else parameter.device


def _device_name(model: nn.Module) -> str:
    return "CPU" if _device(model).type == "cpu" else "GPU"


def _give_back(model: nn.Module) -> None:
    """Return what a GPU's allocator keeps for later, so that the next try has all there is."""
    import torch

    if _device(model).type == "cuda":
        torch.cuda.empty_cache()
    elif _device(model).type == "mps":
        torch.mps.empty_cache()


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
