"""A learning rate for each depth. Built by hand in lesson 06; Keras has the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course.training.rates import check_one_each
from course.training.rates import depth_rates as depth_rates

if TYPE_CHECKING:
    import torch
    from torch import nn

# Children that are a row of blocks, each of them a stage of its own, as torchvision names them.
ROWS = ("features", "layers", "blocks")


def stage(name: str) -> str:
    """Return the stage that a parameter belongs to, by its name.

    Examples
    --------
    >>> stage("features.3.conv.0.0.weight"), stage("classifier.1.bias"), stage("layer4.0.bn1.bias")
    ('features.3', 'classifier', 'layer4')
    """
    first, _, rest = name.partition(".")
    number = rest.partition(".")[0]
    return f"{first}.{number}" if first in ROWS and number.isdigit() else first


def stages(model: nn.Module) -> list[str]:
    """Return the names of the stages that hold parameters, from input to head."""
    return list(dict.fromkeys(stage(name) for name, _ in model.named_parameters()))


def param_groups(model: nn.Module, rates: dict[str, float]) -> list[dict[str, Any]]:
    """Return one group per stage for an optimizer, with all its parameters that may be trained.

    Parameters
    ----------
    rates : dict of str to float
        A rate for each of `stages`; one of 0 leaves the stage out.

    Returns
    -------
    list of dict
        With ``params``, ``lr`` and ``name``, from input to head. A parameter that is frozen at
        present is held too: without a gradient an optimizer skips it, and it is there when it is
        unfrozen later.

    Raises
    ------
    ValueError
        If a stage has no rate, or a rate no stage.
    """
    found: dict[str, list[torch.Tensor]] = {}
    for name, parameter in model.named_parameters():
        found.setdefault(stage(name), []).append(parameter)
    check_one_each(found, rates)
    return [{"params": found[s], "lr": rates[s], "name": s} for s in found if rates[s] > 0]


def layerwise_optimizer(
    model: nn.Module,
    rate: float,
    decay: float,
    *,
    make: Callable[[list[dict[str, Any]]], torch.optim.Optimizer] | None = None,
) -> torch.optim.Optimizer:
    """Return an optimizer in which each stage has ``decay`` times the rate of the next one.

    Discriminative fine-tuning, as Howard and Ruder called it (https://arxiv.org/abs/1801.06146).

    Parameters
    ----------
    rate : float
        Of the head.
    decay : float
        Above 0 and at most 1; 1 is one rate for all.
    make : callable, optional
        Of the groups; by default ``torch.optim.Adam``.
    """
    import torch

    groups = param_groups(model, depth_rates(stages(model), rate, decay))
    return (make or torch.optim.Adam)(groups)
