"""Freeze what the corner asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.layers import Flags
from grader.sandboxed.observers import lesson_07 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "ignores-similarity": "Your function does the same for similar and different pictures. "
    "Look at `similar` too.",
    "ignores-size": "Your function does the same for few and many pictures. Look at `many` too.",
    "corners-swapped": "This is what the opposite corner asks for. Check which way round "
    "`similar` and `many` are read.",
    "batchnorm-trains": "The backbone's BatchNorm layers train. Hold them where pictures are "
    "similar; their statistics fit.",
    "batchnorm-held": "The backbone's BatchNorm layers are held. Let them train where pictures "
    "are different: the statistics are those of another world.",
    "head-frozen": "The head is frozen. It is new in every corner and always trains.",
    "head-batchnorm": "Part of the head is frozen, its own BatchNorm perhaps. Hold only those "
    "of the backbone.",
    "other-cut": "Part of the backbone is frozen that should train, or the other way round. "
    "Set every flag, whatever it was before.",
    "outer-flag": "The flag of the model itself is off and hides all inside it. Switch it on "
    "first, then layers off one by one.",
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw one small network for each corner of the guide, with other flags before."""
    corners = [(True, False), (True, True), (False, False), (False, True)]
    starts = ["frozen", "frozen", "open", "frozen"]
    parts = ["similar", "similar", "different", "different"]
    return [
        {
            "channels": [int(width) for width in rng.integers(2, 9, 2 * int(rng.integers(2, 4)))],
            "deep": [],
            "hidden": int(rng.integers(4, 9)),
            "classes": int(rng.integers(3, 7)),
            "start": start,
            "similar": similar,
            "many": many,
            "part": part,
        }
        for (similar, many), start, part in zip(corners, starts, parts, strict=True)
    ]


def _corner(similar: bool, many: bool) -> str:
    return f"{'similar' if similar else 'different'} pictures, {'many' if many else 'few'}"


def _wanted(listed: Sequence[networks.Array], similar: bool, many: bool) -> list[bool]:
    """Return the flags that the guide asks for."""

    def trains(array: networks.Array) -> bool:
        if array.part == "head" or not similar:
            return True
        return many and not array.norm

    return [trains(array) for array in listed]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare every flag with the guide."""
    listed = networks.arrays(case.params)
    similar, many = case["similar"], case["many"]
    wanted, flags = _wanted(listed, similar, many), facts["trains"]
    checked = f"what trains for {_corner(similar, many)}"
    if flags == wanted:
        return Finding.right(checked)
    expected, found = (_summary(each, listed) for each in (wanted, flags))
    if expected == found:
        found += ", but other ones"
    hint = _mistake(case, facts, listed, wanted)
    caption = f"What trains, layer by layer, for {_corner(similar, many)}"
    shown = [tables.by_layer(caption, listed, wanted, flags)]
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _summary(flags: Flags, listed: Sequence[networks.Array]) -> str:
    """Say how many convolutions, BatchNorm arrays and head arrays train."""
    kinds: dict[str, Callable[[networks.Array], bool]] = {
        "convolutions": lambda a: a.part == "backbone" and not a.norm,
        "BatchNorm arrays": lambda a: a.part == "backbone" and a.norm,
        "arrays of the head": lambda a: a.part == "head",
    }
    counts = []
    for name, wanted in kinds.items():
        mine = [flag for flag, array in zip(flags, listed, strict=True) if wanted(array)]
        counts.append(f"{sum(mine)} of {len(mine)} {name}")
    return ", ".join(counts)


def _mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], wanted: Flags) -> str:
    flags = facts["trains"]
    pairs = list(zip(flags, wanted, listed, strict=True))
    if not facts.get("outer_flag", True) and not any(flags):
        return "outer-flag"
    head = [flag for flag, _, array in pairs if array.part == "head"]
    if not all(head):
        return "head-batchnorm" if any(head) else "head-frozen"
    if all(flag == want for flag, want, array in pairs if not array.norm):
        return "batchnorm-trains" if case["similar"] else "batchnorm-held"
    others = {
        "corners-swapped": (not case["similar"], not case["many"]),
        "ignores-size": (case["similar"], not case["many"]),
        "ignores-similarity": (not case["similar"], case["many"]),
    }
    for hint, corner in others.items():
        if flags == _wanted(listed, *corner):
            return hint
    return "other-cut"


CHECK = Check(
    id="07-when-not-to/prepare",
    title="Freeze what the corner asks for",
    answers=("prepare",),
    points=3,
    observe=observers.prepare,
    judge=judge,
    cases=draw,
    parts={"similar": 1.5, "different": 1.5},
    hints=HINTS,
)
