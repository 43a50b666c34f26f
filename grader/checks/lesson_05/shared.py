"""What exercises of lesson 05 share: rows of convolutions, worked out with NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Facts, recomputed
from grader.checks import layers as tables
from grader.checks.evidence import Table
from grader.checks.layers import Flags
from grader.sandboxed.observers import lesson_05 as observers
from grader.sandboxed.toy_networks import networks

NAMES = ("ash", "birch", "cedar", "elm", "fir", "larch", "maple", "oak", "pine", "willow")


def draw_row(rng: np.random.Generator, blocks: int) -> CaseParams:
    """Draw a row of 1×1 convolutions; no two neighbors are of one width."""
    widths = rng.permutation(np.arange(4, 12))[:blocks]
    names = rng.permutation(NAMES)[: int(rng.integers(4, 7))]
    return {
        "channels": [int(width) for width in widths],
        "strides": [1] * blocks,
        "names": [str(name) for name in names],
        "training": True,
    }


def forward(case: Case, blocks: int, *, batch_statistics: bool = False) -> np.ndarray:
    """Return the maps ``(N, H, W, C)`` after ``blocks`` blocks, worked out with NumPy."""
    maps = observers.draw_pictures(case).astype(np.float64)
    drawn = zip(observers.draw_blocks(case), case["strides"], strict=True)
    for block, stride in list(drawn)[:blocks]:
        read = maps[:, ::stride, ::stride]
        made = recomputed.feature_maps(read, block, observers.EPSILON, averages=batch_statistics)
        maps = np.maximum(made, 0)
    return maps


def shaped(maps: np.ndarray, facts: Facts) -> np.ndarray:
    """Return maps ``(N, H, W, C)`` as the student's framework lays them out."""
    return maps.transpose(0, 3, 1, 2) if facts["framework"] == "pytorch" else maps


def by_layer(phase: str, listed: Sequence[networks.Array], wanted: Flags, found: Flags) -> Table:
    """Return the table of what trains in a phase."""
    caption = f"What trains in the {phase} phase, layer by layer, on a small network"
    return tables.by_layer(caption, listed, wanted, found)
