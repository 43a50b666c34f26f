"""Unfreeze block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.layers import any_of
from grader.checks.lesson_06.shared import draw_network
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_06 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "off-by-one": same(
        "A block too early or too late. In epochs 0 to every − 1 the head trains alone; the count "
        "of open blocks is epoch // every."
    ),
    "every-epoch": same("You open a block each epoch. One more after each `every` epochs."),
    "first-instead": same("You open the blocks next to the input first. Begin at the end."),
    "minus-zero": same(
        "With a count of 0 all blocks are open: stages[-0:] is the whole list. Count from the "
        "front: stages[max(0, len(stages) - count):]."
    ),
    "past-the-end": same(
        "When all blocks are open and epochs go on, len(stages) - count falls below 0, and a slice "
        "then counts from the end. Stop at 0: stages[max(0, len(stages) - count):]."
    ),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers of the backbone train as well. Leave their flag at False.",
        pytorch="BatchNorm parameters of the backbone train as well. Leave their flags at False.",
    ),
    "head-frozen": same("The head is frozen. It trains in every epoch."),
    "head-norm": Hint(
        keras="A BatchNorm layer of the head is frozen. All of the head trains; hold only those of "
        'model.get_layer("backbone").',
        pytorch="A BatchNorm layer of the head is frozen. All of the head trains; hold only those "
        "of model.features.",
    ),
    "outer-flag": Hint(
        keras="The flag of the model, or of the backbone, is off and hides what is inside. Switch "
        "it on first, then go inward.",
    ),
    "flags-before": same("Flags from before are still there. Set each flag, on or off."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw epochs before the first block, in the midst, and past the last one."""
    cases = []
    for place in range(4):
        blocks, every = int(rng.integers(4, 7)), int(rng.integers(3, 5))
        opened = (0, int(rng.integers(1, blocks - 1)), 1, blocks + 1)[place]
        late = int(rng.integers(every)) if place else every - 1
        network = draw_network(rng, blocks=blocks, hidden=place < 2)
        start = ("frozen", list(range(1, blocks)), [-1, *range(1, blocks, 2)], "frozen")[place]
        part = "in order" if place < 2 else "whatever the flags were"
        epoch = {"epoch": opened * every + late, "every": every}
        cases.append({**network, "deep": [], "start": start, "part": part, **epoch})
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Compare every flag with what should be open in that epoch."""
    listed = networks.arrays(case.params)
    count = case["epoch"] // case["every"]
    wanted = _opened(case, listed, count)
    checked = f"what trains in epoch {case['epoch']}, a block every {case['every']} epochs"
    if facts["trains"] == wanted:
        return Finding.right(checked)
    hint = _mistake(case, facts, listed, count)
    expected, found = _blocks(listed, wanted), _blocks(listed, facts["trains"])
    if hint == "head-norm":
        expected, found = f"{expected} with its BatchNorm", f"{found} without its BatchNorm"
    elif expected == found:
        expected, found = f"{expected}, without BatchNorm", f"{found}, but other arrays of them"
    caption = f"What trains in epoch {case['epoch']}, layer by layer"
    shown = [tables.by_layer(caption, listed, wanted, facts["trains"])]
    return wrong(facts, HINTS, checked, expected, found, hint, shown)


def _opened(case: Case, listed: Sequence[networks.Array], count: int) -> list[bool]:
    first = len(case["channels"]) - count
    return [a.part == "head" or (a.block >= first and not a.norm) for a in listed]


def _blocks(listed: Sequence[networks.Array], flags: Sequence[bool]) -> str:
    """Say which blocks train."""
    on = sorted({array.block for array, flag in zip(listed, flags, strict=True) if flag})
    names = [f"block {number}" for number in on if number >= 0] + ["the head"] * (-1 in on)
    return ", ".join(names) or "nothing"


def _mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    flags, blocks = facts["trains"], len(case["channels"])
    wanted = _opened(case, listed, count)

    def like(test: Callable[[networks.Array], bool]) -> bool:
        shown = [f for f, a in zip(flags, listed, strict=True) if not a.norm or a.part == "head"]
        should = [test(a) for a in listed if not a.norm or a.part == "head"]
        return shown == should

    def open_at_end(number: int) -> Callable[[networks.Array], bool]:
        return lambda a: a.part == "head" or a.block >= blocks - number

    if not any(flags) and not facts["outer_flag"]:
        return "outer-flag"
    if not any_of(flags, [a.part == "head" for a in listed]):
        return "head-frozen"
    if all(
        f == w or (a.norm and a.part == "head")
        for a, f, w in zip(listed, flags, wanted, strict=True)
    ):
        return "head-norm"
    if like(open_at_end(count)) and flags != wanted:
        return "batchnorm-trains"
    if count == 0 and like(open_at_end(blocks)):
        return "minus-zero"
    if like(lambda a: a.part == "head" or a.block < count):
        return "first-instead"
    if like(open_at_end(case["epoch"])) or like(open_at_end(case["epoch"] + 1)):
        return "every-epoch"
    if any(like(open_at_end(count + by)) for by in (-1, 1)):
        return "off-by-one"
    if count > blocks and like(open_at_end(count - blocks)):
        return "past-the-end"
    return "flags-before"


CHECK = Check(
    id="06-layerwise-learning-rates/gradual",
    title="Unfreeze block by block",
    answers=("unfreeze_for",),
    points=3,
    observe=observers.unfreeze_for,
    judge=judge,
    cases=draw,
    parts={"in order": 2, "whatever the flags were": 1},
    hints=texts(HINTS),
)
