"""Small networks that look like a backbone with a head: described here, built per framework.

The description is arithmetic on a case's parameters alone, so that a judge can work out what is
right without asking the process that runs a student's code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

INPUTS = 3  # channels of a picture
SIDE_PX = 8
PICTURES = 12
RATE = 0.5  # of the step of plain descent that is watched

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Array:
    """One parameter array of a small network.

    Attributes
    ----------
    part : str
        ``backbone`` or ``head``.
    block : int
        Which block of the backbone, from 0; -1 in the head.
    norm : bool
        Whether it belongs to a BatchNorm layer.
    deep : bool
        Whether its layer sits one level deeper than its neighbors.
    size : int
        How many numbers it holds.
    """

    part: str
    block: int
    norm: bool
    deep: bool
    size: int


@dataclass(frozen=True)
class Norm:
    """One BatchNorm layer of a small network, with ``width`` channels."""

    part: str
    block: int
    deep: bool
    width: int


def arrays(params: Params) -> list[Array]:
    """Return the parameter arrays in the order in which the networks list them.

    Parameters
    ----------
    params
        ``channels`` (one width per block), ``deep`` (numbers of the blocks with an inner part),
        ``hidden`` (width of a hidden layer with BatchNorm in the head, or 0), ``classes``.
    """
    found, before = [], INPUTS
    for block, width in enumerate(params["channels"]):
        found += _layer("backbone", block, False, 9 * before * width, width)
        if block in params["deep"]:
            found += _layer("backbone", block, True, width * width, width)
        before = width
    if params["hidden"]:
        found += [Array("head", -1, False, False, n) for n in _dense(before, params["hidden"])]
        found += [Array("head", -1, True, False, params["hidden"])] * 2
        before = params["hidden"]
    return found + [Array("head", -1, False, False, n) for n in _dense(before, params["classes"])]


def _layer(part: str, block: int, deep: bool, kernel: int, width: int) -> list[Array]:
    return [Array(part, block, False, deep, kernel)] + [Array(part, block, True, deep, width)] * 2


def _dense(inputs: int, outputs: int) -> tuple[int, int]:
    return inputs * outputs, outputs


def norms(params: Params) -> list[Norm]:
    """Return the BatchNorm layers, from input to output."""
    found = []
    for block, width in enumerate(params["channels"]):
        found.append(Norm("backbone", block, False, width))
        if block in params["deep"]:
            found.append(Norm("backbone", block, True, width))
    return found + ([Norm("head", -1, False, params["hidden"])] if params["hidden"] else [])


def flags(params: Params) -> list[bool]:
    """Return which arrays train before the student's code runs.

    ``params["start"]`` is ``open``, ``frozen``, or a list of the numbers of the *blocks* that are
    frozen, the head counting as block -1.
    """
    start = params["start"]
    listed = arrays(params)
    if isinstance(start, str):
        return [start == "open"] * len(listed)
    return [array.block not in start for array in listed]


def total(counted: Sequence[Array], chosen: Sequence[bool]) -> int:
    """Return how many numbers the chosen arrays hold."""
    return sum(array.size for array, wanted in zip(counted, chosen, strict=True) if wanted)


def batch(params: Params, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ``(N, 8, 8, 3) float32`` pictures and their classes."""
    rng = np.random.default_rng(seed + 1)
    shape = (PICTURES, SIDE_PX, SIDE_PX, INPUTS)
    pictures = rng.normal(0.5, 1.5, shape).astype(np.float32)
    return pictures, rng.integers(0, params["classes"], PICTURES)


def watched(
    kit: ModuleType, model: Any, take: Callable[..., None], params: Params, seed: int
) -> dict[str, Any]:
    """Take a step without dropout; report the arrays around it, so that it can be worked out again.

    Parameters
    ----------
    kit : module
        `small_keras` or `small_torch`.
    take : function
        ``take(model, params, seed)`` takes the step, on the batch that belongs to ``seed``.
    """
    with kit.without_dropout(model):
        before = {"weights": kit.values(model), "statistics": kit.statistics(model)}
        modes = kit.modes(model)
        take(model, params, seed)
    after: dict[str, Any] = {
        "weights_after": kit.values(model),
        "statistics_after": kit.statistics(model),
    }
    after["logits"] = kit.logits(model, batch(params, seed)[0])
    return before | after | {"modes": modes, "seed": seed}


def moved(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> list[bool]:
    """Return, array by array, whether a single number differs."""
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
