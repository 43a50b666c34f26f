"""Ring when the pictures have changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table
from grader.sandboxed.observers import lesson_07 as observers

HINTS = {
    "deaf": "It misses drift. Means scatter far less than single pictures do: measure on "
    "batches drawn from the reference what is usual, and ring just above that.",
    "too-nervous": "It rings on batches that have not drifted. Measure on batches drawn from "
    "the reference what is usual, and ring only above that.",
    "wrong-way": "It rings when nothing has changed, and is quiet when something has.",
    "batch-size": "Small batches ring without drift: their means scatter more. Measure what is "
    "usual on batches of the same size.",
    "raw-distance": "Features with large numbers drown the others. Divide each by its own "
    "spread in the reference.",
    "constant-feature": "A feature that never varies divides by zero and turns all into nan. "
    "Leave such features out, or add a little to the spread.",
    "no-bool": "Return True or False.",
}


QUIET, LOUD = 0.15, 0.85  # at most this share rings on undrifted batches, at least this on drifted


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw features of one scale, then of many scales with dead ones, in batches of two sizes."""
    plain = {"decades": [0.0, 0.0], "constant": 0, "sizes": [40], "touched": 0.5, "by": 1.5}
    hard = {"decades": [-2.0, 2.0], "constant": 3, "sizes": [12, 60], "touched": 0.5, "by": 2.0}
    shared = {"reference": 300, "batches": 20}
    return [
        {**plain, **shared, "features": int(rng.integers(20, 40)), "part": "one scale"},
        {**hard, **shared, "features": int(rng.integers(20, 40)), "part": "many scales"},
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for silence on undrifted batches and for a ring on drifted ones."""
    same = {size: facts[f"same_{size}"] for size in case["sizes"]}
    drifted = {size: facts[f"drifted_{size}"] for size in case["sizes"]}
    noisy = [size for size, share in same.items() if share > QUIET]
    deaf = [size for size, share in drifted.items() if share < LOUD]
    if not noisy and not deaf:
        return Finding.right("an alarm on drifted batches, silence on others")
    shown = [_table(same, drifted)]
    if noisy:
        hint = _noisy_mistake(facts, same, drifted, noisy)
        return Finding.wrong(
            f"{case['batches']} batches of {noisy[0]} from the same pictures as the reference",
            expected=f"an alarm on {QUIET:.0%} of them at most",
            found=f"an alarm on {same[noisy[0]]:.0%}",
            hint=hint,
            shown=shown,
        )
    return Finding.wrong(
        f"{case['batches']} drifted batches of {deaf[0]}",
        expected=f"an alarm on {LOUD:.0%} of them at least",
        found=f"an alarm on {drifted[deaf[0]]:.0%}",
        hint=_deaf_mistake(case, facts, drifted),
        shown=shown,
    )


def _table(same: dict[int, float], drifted: dict[int, float]) -> Table:
    """Return on how many batches the alarm rang, by size, with the limits."""
    rows = []
    for size, share in same.items():
        limit = f"{QUIET:.0%} at most", f"{LOUD:.0%} at least"
        rows.append((f"{size}, undrifted", limit[0], f"{share:.0%}", _mark(share <= QUIET)))
        rang = drifted[size]
        rows.append((f"{size}, drifted", limit[1], f"{rang:.0%}", _mark(rang >= LOUD)))
    columns = ("Batches of", "Expected", "Rang on", "Right?")
    return Table("How often the alarm rang", columns, tuple(rows))


def _mark(right: bool) -> str:
    return "✓ yes" if right else "✗ no"


def _noisy_mistake(
    facts: Facts, same: dict[int, float], drifted: dict[int, float], noisy: Sequence[int]
) -> str:
    if min(drifted.values()) < min(same.values()):
        return "wrong-way"
    if len(same) > 1 and list(noisy) == [min(same)]:
        return "batch-size"
    return "too-nervous"


def _deaf_mistake(case: Case, facts: Facts, drifted: dict[int, float]) -> str:
    if case["constant"] and facts["without_constant"] >= LOUD and max(drifted.values()) < LOUD:
        return "constant-feature"
    if case.part == "many scales":
        return "raw-distance"
    return "deaf"


CHECK = Check(
    id="07-when-not-to/drift-alarm",
    title="Ring when the pictures have changed",
    answers=("drifted",),
    points=3,
    observe=observers.drift_alarm,
    judge=judge,
    cases=draw,
    parts={"one scale": 1, "many scales": 2},
    hints=HINTS,
)
