"""The small networks of `grader.sandboxed.toy_networks.networks` in PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.sandboxed.toy_networks import networks
from grader.sandboxed.toy_networks.networks import moved

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "batch",
    "build",
    "descend",
    "logits",
    "modes",
    "moved",
    "norm_layers",
    "statistics",
    "step",
    "trains",
    "values",
    "without_dropout",
]


def build(params: networks.Params, seed: int) -> nn.Module:
    """Return a network with ``features`` and ``classifier``, its flags set as the case says."""
    import torch

    with torch.random.fork_rng():  # the student's random numbers stay what they were
        model = _network(params)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for array in model.parameters():
            array.add_(torch.from_numpy(rng.normal(0, 0.1, array.shape).astype(np.float32)))
    for array, trains in zip(model.parameters(), networks.flags(params), strict=True):
        array.requires_grad = trains
    return model


def _network(params: networks.Params) -> nn.Module:
    from torch import nn

    class SmallNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = _features(params)
            self.classifier = _classifier(params)

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.classifier(self.features(pictures).mean(dim=(2, 3)))
            return logits

    return SmallNetwork()


def _features(params: networks.Params) -> nn.Sequential:
    from torch import nn

    blocks, before = [], networks.INPUTS
    for number, width in enumerate(params["channels"]):
        layers: OrderedDict[str, nn.Module] = OrderedDict(
            conv=nn.Conv2d(before, width, 3, padding=1, bias=False),
            norm=nn.BatchNorm2d(width),
            relu=nn.ReLU(),
        )
        if number in params["deep"]:
            inner = nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width)
            layers["inner"] = nn.Sequential(*inner)
        blocks.append(nn.Sequential(layers))
        before = width
    return nn.Sequential(*blocks)


def _classifier(params: networks.Params) -> nn.Sequential:
    from torch import nn

    width, hidden = params["channels"][-1], params["hidden"]
    layers: list[nn.Module] = [nn.Dropout(0.25)]
    if hidden:
        layers += [nn.Linear(width, hidden), nn.BatchNorm1d(hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden or width, params["classes"]))


def batch(params: networks.Params, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``(N, 3, 8, 8) float32`` pictures and their classes."""
    import torch

    pictures, classes = networks.batch(params, seed)
    return torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()), torch.from_numpy(classes)


def trains(model: nn.Module) -> list[bool]:
    """Return the flag of each parameter, in order."""
    return [bool(array.requires_grad) for array in model.parameters()]


def values(model: nn.Module) -> list[np.ndarray]:
    """Return a copy of each parameter, in order."""
    return [array.detach().cpu().numpy().copy() for array in model.parameters()]


def norm_layers(model: nn.Module) -> list[Any]:
    """Return the BatchNorm layers, from input to output."""
    from torch.nn.modules.batchnorm import _BatchNorm

    return [layer for layer in model.modules() if isinstance(layer, _BatchNorm)]


def statistics(model: nn.Module) -> list[np.ndarray]:
    """Return mean and variance of each BatchNorm layer, stacked; ``(2, 0)`` where it keeps none."""
    return [_kept(layer) for layer in norm_layers(model)]


def _kept(layer: Any) -> np.ndarray:
    if layer.running_mean is None:
        return np.empty((2, 0), np.float32)
    return np.stack([layer.running_mean.cpu().numpy(), layer.running_var.cpu().numpy()])


def step(model: nn.Module, params: networks.Params, seed: int) -> None:
    """Take one step of plain gradient descent; without anything to train, only go forward."""
    import torch

    pictures, classes = batch(params, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=networks.RATE)
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(pictures), classes)
    if loss.requires_grad:
        loss.backward()
        optimizer.step()


descend = step  # as in Keras: a step of one's own, whatever the model was compiled with


def modes(model: nn.Module) -> list[bool]:
    """Return which BatchNorm layers take the statistics of their batch."""
    return [layer.training for layer in norm_layers(model)]


def logits(model: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """Return what pictures ``(N, H, W, 3)`` come to, in evaluation mode; modes stay as they are."""
    import torch

    modes = {layer: layer.training for layer in model.modules()}
    with torch.no_grad():
        made = model.eval()(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()))
    for layer, mode in modes.items():
        layer.training = mode
    return np.asarray(made.numpy())


@contextmanager
def without_dropout(model: nn.Module) -> Iterator[None]:
    """Let all features pass meanwhile."""
    from torch import nn

    found = [layer for layer in model.modules() if isinstance(layer, nn.Dropout)]
    shares = [layer.p for layer in found]
    for layer in found:
        layer.p = 0.0
    try:
        yield
    finally:
        for layer, share in zip(found, shares, strict=True):
            layer.p = share
