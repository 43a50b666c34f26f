"""Freeze, unfreeze, count, and prove it. Built by hand in lesson 02."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn


def freeze(module: nn.Module) -> nn.Module:
    """Let no parameter of ``module`` be trained; return the module.

    BatchNorm statistics are not parameters and still move in training mode: see
    `hold_batchnorm`.
    """
    return module.requires_grad_(False)


def unfreeze(module: nn.Module) -> nn.Module:
    """Let every parameter of ``module`` be trained; return the module.

    An optimizer made while they were frozen may not hold them: make a new one.
    """
    return module.requires_grad_(True)


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """Return how many numbers train, and how many parameters the model has in all.

    Statistics of BatchNorm layers are buffers in PyTorch and not counted.
    """
    trains = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return trains, sum(p.numel() for p in model.parameters())


def batchnorm_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Return the BatchNorm layers at every depth, by name, from input to output."""
    from torch.nn.modules.batchnorm import _BatchNorm  # what all BatchNorm classes share

    return {name: layer for name, layer in model.named_modules() if isinstance(layer, _BatchNorm)}


def hold_batchnorm(model: nn.Module) -> nn.Module:
    """Keep every BatchNorm layer still, parameters and statistics; return the model.

    Call it again after each ``model.train()``, which sets the layers moving again.
    """
    for layer in batchnorm_layers(model).values():
        freeze(layer.eval())
    return model


def snapshot(model: nn.Module) -> dict[str, np.ndarray]:
    """Copy every parameter and statistic of the model, by name."""
    return {
        name: value.detach().cpu().numpy().copy()
        for name, value in model.state_dict().items()
        if value.is_floating_point()  # leaves out BatchNorm's count of batches
    }


def changes(before: Mapping[str, np.ndarray], model: nn.Module) -> dict[str, float]:
    """Return the largest absolute change of each array since ``before``, a `snapshot`."""
    after = snapshot(model)
    return {name: float(np.abs(after[name] - before[name]).max()) for name in before}
