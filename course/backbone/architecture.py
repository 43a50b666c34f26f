"""MobileNetV2 as a table of names and shapes, without any framework.

The network is the one of Sandler et al. (2018), https://arxiv.org/abs/1801.04381, as
torchvision and Keras both build it. Names are those of torchvision's ``state_dict``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

WIDTH = 0.35
SIZE_PX = 97  # 32k + 1: the sizes at which Keras pads exactly as torchvision does
BN_EPSILON = 1e-3
BN_MOMENTUM = 0.1  # PyTorch's convention; Keras writes the same thing as 0.9
FEATURES = 1280  # length of the pooled feature vector

# expansion, output channels at width 1, repeats: table 2 of the paper
BLOCKS = ((1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1))

Shape = tuple[int, ...]


def scaled_channels(channels: int, width: float) -> int:
    """Scale a channel count to a multiple of 8 that is at most 10 % too small.

    >>> scaled_channels(32, 0.35), scaled_channels(96, 0.35)
    (16, 32)
    """
    scaled = max(8, int(channels * width + 4) // 8 * 8)
    return scaled + 8 if scaled < 0.9 * channels * width else scaled


def layout(width: float, classes: int) -> dict[str, Shape]:
    """Return the shape of every tensor, under torchvision's names and in its order.

    Parameters
    ----------
    width
        Width multiplier of the network.
    classes
        Outputs of the head.
    """
    first = scaled_channels(32, width)
    shapes = {"features.0.0.weight": (first, 3, 3, 3), **_norm("features.0.1", first)}
    channels, index = first, 1
    for expansion, base, repeats in BLOCKS:
        for _ in range(repeats):
            out = scaled_channels(base, width)
            shapes |= _block(f"features.{index}.conv", channels, out, expansion)
            channels, index = out, index + 1
    shapes["features.18.0.weight"] = (FEATURES, channels, 1, 1)
    shapes |= _norm("features.18.1", FEATURES)
    shapes |= {"classifier.1.weight": (classes, FEATURES), "classifier.1.bias": (classes,)}
    return shapes


def _block(prefix: str, channels: int, out: int, expansion: int) -> dict[str, Shape]:
    hidden = channels * expansion
    shapes: dict[str, Shape] = {}
    stage = 0
    if expansion > 1:
        shapes[f"{prefix}.0.0.weight"] = (hidden, channels, 1, 1)
        shapes |= _norm(f"{prefix}.0.1", hidden)
        stage = 1
    shapes[f"{prefix}.{stage}.0.weight"] = (hidden, 1, 3, 3)
    shapes |= _norm(f"{prefix}.{stage}.1", hidden)
    shapes[f"{prefix}.{stage + 1}.weight"] = (out, hidden, 1, 1)
    return shapes | _norm(f"{prefix}.{stage + 2}", out)


def _norm(prefix: str, channels: int) -> dict[str, Shape]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{prefix}.{part}": (channels,) for part in parts}


def random_tensors(seed: int, *, width: float, classes: int) -> dict[str, np.ndarray]:
    """Draw the tensors of an untrained network, the same for both frameworks.

    Convolutions follow He et al. (2015) with fan-out, as torchvision draws them; the head is
    normal with deviation 0.01.

    Returns
    -------
    dict of float32 arrays under torchvision's names
    """
    return random_of(layout(width, classes), seed)


def random_of(shapes: Mapping[str, Shape], seed: int) -> dict[str, np.ndarray]:
    """Draw tensors of these shapes, in their order, by the same rule."""
    rng = np.random.default_rng(seed)
    return {name: _initial(rng, name, shape) for name, shape in shapes.items()}


def _initial(rng: np.random.Generator, name: str, shape: Shape) -> np.ndarray:
    if len(shape) == 4:
        fan_out = shape[0] * shape[2] * shape[3]
        return rng.normal(0, np.sqrt(2 / fan_out), shape).astype(np.float32)
    if len(shape) == 2:
        return rng.normal(0, 0.01, shape).astype(np.float32)
    ones = name.endswith(("weight", "running_var"))
    return np.full(shape, 1.0 if ones else 0.0, np.float32)
