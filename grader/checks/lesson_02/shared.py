"""What exercises of lesson 02 share: networks frozen in part, and what is said of their layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Facts, recomputed
from grader.checks import layers as tables
from grader.checks.evidence import Table, compared
from grader.checks.layers import Flags
from grader.sandboxed.toy_networks import networks


def draw_network(
    rng: np.random.Generator, *, blocks: int = 0, deep: bool = True, hidden: bool | None = None
) -> CaseParams:
    """Draw a small network; a seed's own widths make a memorized number useless."""
    count = blocks or int(rng.integers(2, 4))
    with_hidden = bool(rng.integers(2)) if hidden is None else hidden
    return {
        "channels": [int(width) for width in rng.integers(2, 9, count)],
        "deep": [int(rng.integers(count))] if deep else [],
        "hidden": int(rng.integers(4, 9)) if with_hidden else 0,
        "classes": int(rng.integers(3, 7)),
        "start": "open",
    }


def draw_blocks(rng: np.random.Generator, network: CaseParams) -> list[int]:
    """Draw which blocks are frozen: at least one, and never all."""
    count = len(network["channels"])
    chosen = rng.choice(count, int(rng.integers(1, count)), replace=False)
    return sorted(int(block) for block in chosen)


def training(listed: Sequence[networks.Array], wanted: Flags, found: Flags) -> list[Table]:
    """Return the table of what trains."""
    caption = "What trains, layer by layer, in the small network that was looked at"
    return [tables.by_layer(caption, listed, wanted, found)]


def moving(listed: Sequence[networks.Array], wanted: Flags, found: Flags) -> list[Table]:
    """Return the table of what a step moved."""
    caption = "What one training step moved, layer by layer"
    return [tables.by_layer(caption, listed, wanted, found, ("moves", "stands still"))]


def averaging(layers: Sequence[networks.Norm], still: Flags, drifted: Flags) -> list[Table]:
    """Return the table of the BatchNorm layers: which should be still, and which moved."""
    says = {True: "still", False: "averages"}
    rows = [
        (
            "head" if norm.part == "head" else f"block {norm.block}" + ", inner" * norm.deep,
            says[held],
            says[not moved],
        )
        for norm, held, moved in zip(layers, still, drifted, strict=True)
    ]
    return [compared("Mean and variance of each BatchNorm layer", "BatchNorm of", rows)]


def steps_again(case: Case, facts: Facts) -> str:
    """Work out the watched steps anew."""
    return recomputed.steps(case.params, facts, facts["trains"], networks.RATE)
