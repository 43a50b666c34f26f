"""What facts must agree with, worked out again with NumPy where no student's code ever ran.

An observer sends the arrays around what it saw along with what it concluded from them. Here a
network of `toy_networks.networks` goes forward and back from the arrays it began with. What a
``recompute`` returns names the first thing that does not fit, or is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandboxed.toy_networks import networks

Facts = Mapping[str, Any]
Arrays = Sequence[np.ndarray]
Flags = Sequence[bool]


@dataclass(frozen=True)
class _Rule:
    """How a framework's BatchNorm differs: the small number, and what a new variance is."""

    epsilon: float
    unbiased: bool


_RULES = {"keras": _Rule(1e-3, False), "pytorch": _Rule(1e-5, True)}
_KEPT = 0.9  # how much of its statistics a BatchNorm layer keeps at each step


# --- the layers -------------------------------------------------------------------------------


class _Conv:
    def __init__(self, kernel: np.ndarray) -> None:
        self._kernel = kernel

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._windows = self._cut(x)
        return np.tensordot(self._windows, self._kernel, ([3, 4, 5], [2, 0, 1]))

    def _cut(self, x: np.ndarray) -> np.ndarray:
        side = len(self._kernel)
        edge = (side // 2, side // 2)
        padded = np.pad(x, ((0, 0), edge, edge, (0, 0)))
        return np.lib.stride_tricks.sliding_window_view(padded, (side, side), (1, 2))

    def backward(self, slope: np.ndarray) -> np.ndarray:
        found = np.tensordot(self._windows, slope, ([0, 1, 2], [0, 1, 2]))
        self.slopes = [found.transpose(1, 2, 0, 3)]
        turned = self._kernel[::-1, ::-1]
        return np.tensordot(self._cut(slope), turned, ([3, 4, 5], [3, 0, 1]))


class _Norm:
    def __init__(
        self, gamma: np.ndarray, beta: np.ndarray, kept: np.ndarray, averages: bool, rule: _Rule
    ) -> None:
        self._gamma, self._beta, self.kept = gamma, beta, kept.astype(float)
        # a layer of PyTorch's may keep none: then each batch is all it knows, in either mode
        self._averages, self._rule = averages or not kept.size, rule

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._axes = tuple(range(x.ndim - 1))
        mean, variance = self.kept
        if self._averages:
            mean, variance = x.mean(self._axes), x.var(self._axes)
            if self.kept.size:
                self._note(mean, variance, x.size // len(mean))
        self._deviation = np.sqrt(variance + self._rule.epsilon)
        self._unit = (x - mean) / self._deviation
        return np.asarray(self._gamma * self._unit + self._beta)

    def _note(self, mean: np.ndarray, variance: np.ndarray, count: int) -> None:
        share = count / (count - 1) if self._rule.unbiased else 1.0
        new = np.stack([mean, variance * share])
        self.kept = _KEPT * self.kept + (1 - _KEPT) * new

    def backward(self, slope: np.ndarray) -> np.ndarray:
        self.slopes = [(slope * self._unit).sum(self._axes), slope.sum(self._axes)]
        inner = slope * self._gamma
        if self._averages:
            through = self._unit * (inner * self._unit).mean(self._axes)
            inner = inner - inner.mean(self._axes) - through
        return np.asarray(inner / self._deviation)


class _ReLU:
    slopes = ()

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._passes = x > 0
        return np.asarray(x * self._passes)

    def backward(self, slope: np.ndarray) -> np.ndarray:
        return np.asarray(slope * self._passes)


class _Pool:
    slopes = ()

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._shape = x.shape
        return np.asarray(x.mean((1, 2)))

    def backward(self, slope: np.ndarray) -> np.ndarray:
        _, height, width, _ = self._shape
        return np.broadcast_to(slope[:, None, None] / (height * width), self._shape)


class _Dense:
    def __init__(self, kernel: np.ndarray, bias: np.ndarray) -> None:
        self._kernel, self._bias = kernel, bias

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._inputs = x
        return np.asarray(x @ self._kernel + self._bias)

    def backward(self, slope: np.ndarray) -> np.ndarray:
        self.slopes = [self._inputs.T @ slope, slope.sum(0)]
        return np.asarray(slope @ self._kernel.T)


# --- the network ------------------------------------------------------------------------------


class Network:
    """A small network of `toy_networks.networks`, without dropout.

    Parameters
    ----------
    params : mapping
        The case's.
    framework : str
        ``keras`` or ``pytorch``: whose arrays these are.
    weights, statistics : sequence of arrays
        In the order of `networks.arrays` and `networks.norms`.
    modes : sequence of bool, optional
        Which BatchNorm layers take the statistics of their batch; none if left out.
    """

    def __init__(
        self,
        params: networks.Params,
        framework: str,
        weights: Arrays,
        statistics: Arrays,
        modes: Flags | None = None,
    ) -> None:
        arrays = iter(_keras_order(weights, framework))
        averages = modes or [False] * len(statistics)
        kept = iter(list(zip(statistics, averages, strict=True)))

        def norm() -> _Norm:
            return _Norm(next(arrays), next(arrays), *next(kept), _RULES[framework])

        self._layers = list(_built(params, arrays, norm))

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """Return what pictures ``(N, H, W, 3)`` come to."""
        flow = pictures.astype(float)
        for layer in self._layers:
            flow = layer.forward(flow)
        return flow

    def slopes(self, pictures: np.ndarray, classes: np.ndarray) -> list[np.ndarray]:
        """Return the gradient of the loss for each array, laid out as Keras does."""
        slope = softmax(self.logits(pictures))
        slope[np.arange(len(classes)), classes] -= 1
        slope = slope / len(classes)
        for layer in reversed(self._layers):
            slope = layer.backward(slope)
        return [found for layer in self._layers for found in layer.slopes]

    def statistics(self) -> list[np.ndarray]:
        """Return mean and variance of each BatchNorm layer, after what has passed."""
        return [layer.kept for layer in self._layers if isinstance(layer, _Norm)]


def _built(
    params: networks.Params, arrays: Iterator[np.ndarray], norm: Callable[[], _Norm]
) -> Iterator[Any]:
    for block in range(len(params["channels"])):
        yield from (_Conv(next(arrays)), norm(), _ReLU())
        if block in params["deep"]:
            yield from (_Conv(next(arrays)), norm())
    yield _Pool()
    if params["hidden"]:
        yield from (_Dense(next(arrays), next(arrays)), norm(), _ReLU())
    yield _Dense(next(arrays), next(arrays))


def _keras_order(arrays: Arrays, framework: str) -> list[np.ndarray]:
    """Return arrays of either framework as Keras lays them out, outputs last."""
    turned = [np.asarray(array, float) for array in arrays]
    if framework == "pytorch":
        turned = [a.transpose(2, 3, 1, 0) if a.ndim == 4 else a.T for a in turned]
    return turned


def softmax(logits: np.ndarray, axis: int = 1) -> np.ndarray:
    """Return the probabilities that logits stand for; they sum to 1 along ``axis``."""
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the logarithms of the probabilities in each row."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def loss(logits: np.ndarray, classes: np.ndarray) -> float:
    """Return the mean cross-entropy of whole-number classes."""
    chances = log_softmax(logits)
    return float(-chances[np.arange(len(classes)), classes].mean())


def feature_maps(
    pictures: np.ndarray,
    arrays: Mapping[str, np.ndarray],
    epsilon: float,
    *,
    averages: bool = False,
) -> np.ndarray:
    """Return what one 1×1 convolution and its BatchNorm make of pictures ``(N, H, W, 3)``.

    Parameters
    ----------
    arrays : mapping
        ``kernel``, ``mean``, ``variance``, ``scale`` and ``shift``.
    averages : bool
        Whether BatchNorm takes the statistics of the batch.
    """
    flow = pictures.astype(float) @ arrays["kernel"]
    kept = np.stack([arrays["mean"], arrays["variance"]])
    rule = _Rule(epsilon, unbiased=False)
    return _Norm(arrays["scale"], arrays["shift"], kept, averages, rule).forward(flow)


# --- what must agree --------------------------------------------------------------------------


def close(one: Any, other: Any, *, rtol: float = 5e-3, atol: float = 1e-3) -> bool:
    """Return whether numbers are the same, but for a framework's rounding."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=rtol, atol=atol))


def steps(params: networks.Params, facts: Facts, flags: Flags, rate: float | None = None) -> str:
    """Say what of the watched steps in ``facts`` does not follow from the arrays before them.

    Parameters
    ----------
    flags : sequence of bool
        Which arrays train.
    rate : float, optional
        Of plain descent; left out, the optimizer is one of the student's choosing.
    """
    seen = facts["steps"]
    found = _conclusions(facts, seen)
    for at, step in enumerate(seen):
        first = at == 0
        found = found or _step(params, facts["framework"], step, flags, rate, first=first)
    return found


def _conclusions(facts: Facts, seen: Sequence[Facts]) -> str:
    began = facts.get("began", seen[0]["statistics"])
    moved = networks.moved(seen[0]["weights"], seen[-1]["weights_after"])
    if facts.get("moved", moved) != moved:
        return "which weights moved"
    drifted = networks.moved(began, seen[-1]["statistics_after"])
    return "" if facts.get("drifted", drifted) == drifted else "which statistics moved"


def _step(
    params: networks.Params,
    framework: str,
    step: Facts,
    flags: Flags,
    rate: float | None,
    *,
    first: bool,
) -> str:
    network = Network(params, framework, step["weights"], step["statistics"], step["modes"])
    slopes = network.slopes(*networks.batch(params, step["seed"]))
    before, after = (_keras_order(step[name], framework) for name in ("weights", "weights_after"))
    moves = [new - old for new, old in zip(after, before, strict=True)]
    if not _right_moves(moves, slopes, flags, rate, first=first):
        return "the weights after a step"
    pairs = zip(step["statistics"], step["statistics_after"], network.statistics(), strict=True)
    if not all(np.array_equal(old, new) or close(new, own) for old, new, own in pairs):
        return "the BatchNorm statistics after a step"
    left = Network(params, framework, step["weights_after"], step["statistics_after"])
    same = close(step["logits"], left.logits(networks.batch(params, step["seed"])[0]))
    return "" if same else "the logits after a step"


def _right_moves(
    moves: Arrays, slopes: Arrays, flags: Flags, rate: float | None, *, first: bool
) -> bool:
    listed = list(zip(moves, slopes, flags, strict=True))
    if rate is not None:
        return all(close(move, -rate * slope * trains) for move, slope, trains in listed)
    if any(move.any() for move, _, trains in listed if not trains):
        return False
    # an optimizer's first step goes downhill; later ones may carry momentum
    downhill = -sum(float((move * slope).sum()) for move, slope, _ in listed)
    return not first or downhill > 0 or not any(move.any() for move in moves)


def head_fits(outputs: np.ndarray, features: np.ndarray, arrays: Arrays) -> bool:
    """Return whether some weights and bias among ``arrays`` turn features into ``outputs``.

    Parameters
    ----------
    outputs : array (N, classes)
        Logits, probabilities, or their logarithms.
    features : array (N, width)
        What the last layer reads.
    arrays : sequence of arrays
        All that the model holds, in any framework's layout.
    """
    shape = features.shape[1], outputs.shape[1]
    pairs = [array for array in arrays if array.ndim == 2]
    kernels = [k for array in pairs for k in (array, array.T) if k.shape == shape]
    biases = [array for array in arrays if array.shape == shape[1:]] + [np.zeros(shape[1])]
    for kernel in kernels:
        for bias in biases:
            logits = features @ kernel.astype(float) + bias
            made = logits, log_softmax(logits), softmax(logits), 1 / (1 + np.exp(-logits))
            if any(close(outputs, each) for each in made):
                return True
    return False
