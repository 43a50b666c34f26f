"""A learning rate for each depth. Built by hand in lesson 06; PyTorch has the same names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from course.training.rates import check_one_each
from course.training.rates import depth_rates as depth_rates

if TYPE_CHECKING:
    import keras

# How Keras's applications name the layers of a block (`block_3_expand`, `conv2_block1_1_conv`,
# `block4a_se`), and the two convolutions of MobileNetV2 that stand outside its blocks.
BLOCK = re.compile(r"(conv\d+_block\d+|block_?\d+[a-z]?|expanded_conv)_|(?:bn_)?(Conv_?1)(?:_|\b)")


def stage(path: str) -> str:
    """Return the stage that a weight belongs to, by its path.

    Examples
    --------
    >>> stage("block_3_expand/kernel"), stage("bn_Conv1/gamma"), stage("head/bias")
    ('block_3', 'Conv1', 'head')
    """
    layer = path.split("/")[-2] if "/" in path else path
    found = BLOCK.match(layer)
    return (found[1] or found[2]) if found else layer


def stages(model: keras.Model) -> list[str]:
    """Return the names of the stages that hold weights, from input to head."""
    return list(dict.fromkeys(stage(weight.path) for weight in model.weights))


def param_groups(
    model: keras.Model,
    rates: dict[str, float],
    *,
    make: Callable[[float], keras.optimizers.Optimizer] | None = None,
) -> keras.optimizers.OptimizerMap:
    """Return a map from each weight's whole path to the optimizer of its stage.

    Whole paths match themselves and nothing else, so no pattern can fail silently.

    Parameters
    ----------
    rates : dict of str to float
        A rate for each of `stages`.
    make : callable, optional
        Of a rate; by default ``keras.optimizers.Adam``.

    Raises
    ------
    ValueError
        If a stage has no rate, a rate no stage, or two weights share a path.
    """
    import keras

    names = stages(model)
    check_one_each(names, rates)
    paths = [weight.path for weight in model.weights]
    double = next((path for path in paths if paths.count(path) > 1), "")
    if double:
        raise ValueError(
            f"expected a path of its own for each weight; two are called {double!r}. "
            "Give the layers different names."
        )
    inner = {name: (make or keras.optimizers.Adam)(rates[name]) for name in names}
    by_path = {path: inner[stage(path)] for path in paths}
    return keras.optimizers.OptimizerMap(inner[names[-1]], by_path)


def layerwise_optimizer(
    model: keras.Model,
    rate: float,
    decay: float,
    *,
    make: Callable[[float], keras.optimizers.Optimizer] | None = None,
) -> keras.optimizers.MultiOptimizer:
    """Return an optimizer in which each stage has ``decay`` times the rate of the next one.

    Discriminative fine-tuning, as Howard and Ruder called it (https://arxiv.org/abs/1801.06146).

    Parameters
    ----------
    rate : float
        Of the head.
    decay : float
        Above 0 and at most 1; 1 is one rate for all.
    make : callable, optional
        Of a rate; by default ``keras.optimizers.Adam``.
    """
    import keras

    rates = depth_rates(stages(model), rate, decay)
    return keras.optimizers.MultiOptimizer(param_groups(model, rates, make=make))
