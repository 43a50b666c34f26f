"""Unfreeze the end, BatchNorm excepted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.layers import Flags, summary
from grader.checks.lesson_02.shared import draw_blocks, draw_network, training
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "minus-zero": Hint(
        keras="layers[-0:] is all of them. Compute the first place: len(layers) - count.",
        pytorch="features[-0:] is all of them. Compute the first place: len(features) - count.",
    ),
    "first-instead": same("You unfroze the first ones, next to the input. Take the last."),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers train as well. Set trainable = False on each of them.",
        pytorch="BatchNorm parameters train as well. Set requires_grad = False on them, at every "
        "depth.",
    ),
    "off-by-one": same("One too many or one too few. Count from the end: the last one is -1."),
    "head-frozen": same("The head is frozen. It always trains here."),
    "head-batchnorm": same("The head's own BatchNorm is frozen. Only the backbone's should be."),
    "outer-flag": Hint(
        keras="The flag of the model itself is off and hides all inside it. First switch it on, "
        "then switch layers off one by one.",
    ),
    "flags-before": same("Flags from before are still there. Set every flag, on or off."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw how much to unfreeze: some, none, all; for PyTorch in blocks, for Keras in layers."""
    least = (4, 3, 2, 2)
    network = [
        draw_network(rng, blocks=int(rng.integers(blocks, blocks + 2)), hidden=place < 2)
        for place, blocks in enumerate(least)
    ]
    mixed = [-1, *draw_blocks(rng, network[1])]
    depth = [len(each["channels"]) for each in network]
    counts = [int(rng.integers(2, depth[0] - 1)), int(rng.integers(1, depth[1] - 1)), 0, depth[3]]
    # layers from the end are pool, then relu, norm, conv of each block: a cut just before and
    # just after a conv tells an answer that is one off
    layers = [4 + 3 * (counts[0] - 1), 3 + 3 * counts[1], 0, 3 * depth[3] + 2]
    starts = ["open", mixed, "frozen", "frozen"]
    parts = ["some", "some", "none or all", "none or all"]
    return [
        {**each, "count": count, "layers": layer, "start": start, "part": part}
        for each, count, layer, start, part in zip(
            network, counts, layers, starts, parts, strict=True
        )
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare every flag with where the cut should be."""
    keras = facts["framework"] == "keras"
    count = case["layers"] if keras else case["count"]
    listed = networks.arrays(observers.cut_network(case.params, facts["framework"]))
    wanted = _cut(case, listed, count, keras)
    checked = f"what trains after unfreeze_last(model, {count}) on a small network"
    if facts["trains"] == wanted:
        return Finding.right(checked)
    hint = _mistake(case, facts, listed, count)
    expected, found = summary(wanted, listed), summary(facts["trains"], listed)
    if expected == found:
        expected, found = f"{expected}, those at the end", f"{found}, but other ones"
    shown = training(listed, wanted, facts["trains"])
    return wrong(facts, HINTS, checked, expected, found, hint, shown)


def _cut(case: Case, listed: Sequence[networks.Array], count: int, keras: bool) -> list[bool]:
    """Return the flags after a cut ``count`` blocks (Keras: layers) from the end."""
    blocks = len(case["channels"])
    # a Keras backbone has an input, three layers a block and a pool: 3 * blocks + 2
    first = (3 * blocks + 1 - count) / 3 if keras else blocks - count
    return [a.part == "head" or (a.block >= first and not a.norm) for a in listed]


def _mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    keras, flags = facts["framework"] == "keras", facts["trains"]
    wanted = _cut(case, listed, count, keras)
    head = [a.part == "head" for a in listed]
    backbone = [not inside for inside in head]
    no_norm = [not a.norm for a in listed]
    if not facts.get("outer_flag", True) and not any(flags):
        return "outer-flag"
    if not tables.any_of(flags, head):
        return "head-frozen"
    if count == 0 and all(f for f, b, n in zip(flags, backbone, no_norm, strict=True) if b and n):
        return "minus-zero"
    if [f or h for f, h in zip(flags, head, strict=True)] == wanted:
        return "head-batchnorm" if case["hidden"] else "head-frozen"
    if _masked(flags, no_norm) == _masked(wanted, no_norm):
        return "batchnorm-trains"
    if _masked(flags, no_norm) == _masked(_first(case, listed, count, keras), no_norm):
        return "first-instead"
    near = [_masked(_cut(case, listed, count + by, keras), no_norm) for by in (-1, 1)]
    return "off-by-one" if _masked(flags, no_norm) in near else "flags-before"


def _masked(flags: Flags, mask: Flags) -> list[bool]:
    return [flag and wanted for flag, wanted in zip(flags, mask, strict=True)]


def _first(case: Case, listed: Sequence[networks.Array], count: int, keras: bool) -> list[bool]:
    first = (count - 1) / 3 if keras else count
    return [a.part == "head" or a.block < first for a in listed]


CHECK = Check(
    id="02-freezing/unfreeze-last",
    title="Unfreeze the end, BatchNorm excepted",
    answers=("unfreeze_last",),
    points=3,
    observe=observers.unfreeze_last,
    judge=judge,
    cases=draw,
    parts={"some": 2, "none or all": 1},
    hints=texts(HINTS),
)
