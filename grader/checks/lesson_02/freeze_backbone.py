"""Freeze the backbone, not the head."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.layers import Flags, summary
from grader.checks.lesson_02.shared import (
    averaging,
    draw_blocks,
    draw_network,
    moving,
    steps_again,
    training,
)
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "attribute-only": Hint(
        keras="You made a new attribute that Keras never reads. Its flag is called trainable.",
        pytorch="You made a new attribute that PyTorch never reads. Only parameters carry the "
        "flag: loop over features.parameters().",
    ),
    "only-eval": same("A mode is not a freeze: every weight still trains. Set the flags."),
    "froze-head": same("It is the wrong way round: the head is frozen and the backbone trains."),
    "froze-all": same("The head is frozen too, so nothing can learn. Let the head train."),
    "outer-flag": Hint(
        keras="The model's own flag is off and hides all inside it. Set model.trainable = True, "
        "and only the backbone's to False.",
    ),
    "flags-before": Hint(
        keras="The head was frozen before, and you left it so. Set its layers' flags to True.",
        pytorch="The head was frozen before, and you left it so. Set its flags to True.",
    ),
    "left-some": Hint(
        keras="Part of the backbone still trains. Set the flag of the layer named 'backbone'; on "
        "TensorFlow a flag that is already off is not handed down again.",
        pytorch="Part of the backbone still trains. Go through all its parameters, biases and "
        "BatchNorm too.",
    ),
    "variables-only": Hint(
        keras="The weights stand still, the BatchNorm layers go on averaging. Set trainable = "
        "False on the layer, not on its variables.",
    ),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks that begin open, frozen, and half frozen."""
    mixed = draw_network(rng)
    return [
        {**draw_network(rng, hidden=True), "part": "from open"},
        {**draw_network(rng), "start": "frozen", "part": "whatever the flags were"},
        {**mixed, "start": [-1, *draw_blocks(rng, mixed)], "part": "whatever the flags were"},
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for a backbone that trains nothing and moves nothing, and a head that trains."""
    listed = networks.arrays(case.params)
    head = [array.part == "head" for array in listed]
    if facts["trains"] != head:
        checked = "what trains after freeze_backbone(model)"
        expected = "0 arrays of the backbone, all of the head"
        hint = _mistake(case, facts, head)
        found = summary(facts["trains"], listed)
        shown = training(listed, head, facts["trains"])
        return wrong(facts, HINTS, checked, expected, found, hint, shown)
    return _judge_step(case, facts, head)


def _mistake(case: Case, facts: Facts, head: Flags) -> str:
    flags, backbone = facts["trains"], [not inside for inside in head]
    if flags == networks.flags(case.params) and tables.any_of(flags, backbone):
        if facts["odd_attributes"]:
            return "attribute-only"
        return "only-eval" if facts["eval_mode"] else ""
    if flags == backbone:
        return "froze-head"
    if not any(flags) and not facts["outer_flag"]:
        return "outer-flag"
    if not any(flags) and case["start"] == "open":
        return "froze-all"
    return "left-some" if tables.any_of(flags, backbone) else "flags-before"


def _judge_step(case: Case, facts: Facts, head: Flags) -> Finding:
    checked = "what one training step moves after freeze_backbone(model)"
    backbone = [not inside for inside in head]
    if tables.any_of(facts["moved"], backbone) or not tables.any_of(facts["moved"], head):
        listed = networks.arrays(case.params)
        found = summary(facts["moved"], listed)
        shown = moving(listed, head, facts["moved"])
        expected = "only arrays of the head"
        return wrong(facts, HINTS, checked, expected, found, "left-some", shown)
    layers = networks.norms(case.params)
    drifted = sum(d for d, n in zip(facts["drifted"], layers, strict=True) if n.part == "backbone")
    if drifted and facts["framework"] == "keras":  # in PyTorch that is exercise 3
        found = f"statistics of {drifted} BatchNorm layers of the backbone"
        shown = averaging(layers, [n.part == "backbone" for n in layers], facts["drifted"])
        expected = "nothing of the backbone"
        return wrong(facts, HINTS, checked, expected, found, "variables-only", shown)
    return Finding.right(checked)


CHECK = Check(
    id="02-freezing/freeze-backbone",
    title="Freeze the backbone, not the head",
    answers=("freeze_backbone",),
    points=3,
    observe=observers.freeze_backbone,
    judge=judge,
    cases=draw,
    parts={"from open": 2, "whatever the flags were": 1},
    hints=texts(HINTS),
    recompute=steps_again,
)
