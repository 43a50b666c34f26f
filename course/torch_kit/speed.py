"""Make a model's training faster where that can be had; Keras has the same name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from course.torch_kit.freezing import batchnorm_layers
from course.training import runs, speed

if TYPE_CHECKING:
    import torch
    from torch import nn

CHANNELS = 1


def faster(
    model: nn.Module, batch: runs.Data, *, tries: tuple[str, ...] = tuple(speed.TOLERANCES)
) -> speed.Trials:
    """Try channels-last, mixed precision and compilation on ``model``; keep what is faster.

    What is kept (`course.training.speed` says when) is on the model: `fit`, `evaluate` and
    `predict_proba`
    need not know. Weights, statistics and modes are as before. Make the optimizer afterwards.

    Parameters
    ----------
    model : torch.nn.Module
        Ends in logits, lies on its device, and its flags are set: what does not train is not
        trained while measuring either.
    batch : (images, labels)
        As many as a step of `fit` will look at.
    tries : tuple of str
        Some of ``channels-last``, ``mixed precision`` and ``compilation``. The last one takes a
        minute or so on a processor.

    Returns
    -------
    course.training.speed.Trials
        A row for each; ``print`` gives a table, ``.kept`` the names.

    Raises
    ------
    ValueError
        If a name is none of them, or the batch is not as `fit` wants it.
    """
    import torch

    images, labels = runs.checked(batch, "batch", channels=CHANNELS)
    device = next(model.parameters()).device
    asked = speed.candidates(tries, (_channels_last, _mixed_precision, _compilation), model, device)
    rows, wanted = torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)
    with _left_as_it_was(model):
        return speed.try_all(
            asked,
            step=lambda: _step(model, rows, wanted),
            outputs=lambda: _outputs(model, rows),
        )


def _step(model: nn.Module, rows: torch.Tensor, wanted: torch.Tensor) -> None:
    """Go forward and backward; throw the gradients away."""
    import torch

    model.train()
    for layer in batchnorm_layers(model).values():
        layer.eval()
    loss = torch.nn.functional.cross_entropy(model(rows), wanted)
    if loss.requires_grad:
        loss.backward()
    model.zero_grad()
    loss.item()  # waits for the device


def _outputs(model: nn.Module, rows: torch.Tensor) -> np.ndarray:
    import torch

    model.eval()
    with torch.no_grad():
        logits: np.ndarray = model(rows).float().cpu().numpy()
        return logits


@contextmanager
def _left_as_it_was(model: nn.Module) -> Iterator[None]:
    import torch

    modes = {layer: layer.training for layer in model.modules()}
    drawn = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(drawn)
        for layer, training in modes.items():
            layer.training = training


def _channels_last(model: nn.Module, device: torch.device) -> speed.Candidate:
    import torch

    def apply() -> None:
        if not any(parameter.ndim == 4 for parameter in model.parameters()):
            raise speed.NotHereError("no convolutions")
        model.to(memory_format=torch.channels_last)

    def undo() -> None:
        model.to(memory_format=torch.contiguous_format)

    return speed.Candidate("channels-last", apply, undo)


class _Half:
    """Two hooks: enter bfloat16 before the model's own forward, leave it after."""

    def __init__(self, kind: str) -> None:
        self.kind, self.entered = kind, []  # type: str, list[Any]

    def enter(self, module: nn.Module, given: Any) -> None:
        import torch

        self.entered.append(torch.autocast(self.kind, dtype=torch.bfloat16))
        self.entered[-1].__enter__()

    def leave(self, module: nn.Module, given: Any, made: Any) -> Any:
        self.entered.pop().__exit__(None, None, None)
        return made if made is None else made.float()


def _mixed_precision(model: nn.Module, device: torch.device) -> speed.Candidate:
    handles: list[Any] = []

    def apply() -> None:
        half = _Half(device.type)
        handles.append(model.register_forward_pre_hook(half.enter))
        handles.append(model.register_forward_hook(half.leave, always_call=True))

    def undo() -> None:
        while handles:
            handles.pop().remove()

    return speed.Candidate("mixed precision", apply, undo)


def _compilation(model: nn.Module, device: torch.device) -> speed.Candidate:
    def undo() -> None:
        model._compiled_call_impl = None  # what `compile` set

    return speed.Candidate("compilation", model.compile, undo)
