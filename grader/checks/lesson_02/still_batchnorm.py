"""Keep BatchNorm still."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.layers import Flags, summary
from grader.checks.lesson_02.shared import (
    averaging,
    draw_blocks,
    draw_network,
    steps_again,
    training,
)
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "statistics-drift": Hint(
        keras="Each BatchNorm layer of the backbone averages. Set trainable = False on each of "
        "them, after everything else was set to True.",
        pytorch="model.train() sets every layer moving, frozen or not. Call .eval() on the frozen "
        "BatchNorm layers after it.",
    ),
    "not-deep": Hint(
        keras="BatchNorm layers inside an inner model were missed. Go down into layer.layers.",
        pytorch="BatchNorm layers deeper down were missed. model.modules() visits every depth, "
        "model.children() only the first.",
    ),
    "only-2d": Hint(
        pytorch="You look for BatchNorm2d only. BatchNorm1d averages too.",
    ),
    "holds-all": Hint(
        keras="A BatchNorm layer outside the backbone stands still; it belongs to the new head "
        "and should learn. Hold only those inside the backbone.",
        pytorch="A BatchNorm layer that trains stands still. Hold only those whose parameters have "
        "requires_grad = False.",
    ),
    "eval-all": Hint(
        pytorch="Dropout is off as well. Call model.train() first, then .eval() on the frozen "
        "BatchNorm layers only.",
    ),
    "changed-flags": same("The function changes which parameters train. Leave the flags alone."),
    "nothing-trains": same("Nothing trains. Switch the model's own flag on first, then go inward."),
    "flags-before": same(
        "Layers frozen before are still frozen: on TensorFlow a flag set to the value it already "
        "has is not handed down. Loop over the layers."
    ),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with BatchNorm at two depths and in the head, frozen in different parts."""
    frozen = draw_network(rng, hidden=True)
    mixed = draw_network(rng, hidden=True)
    every_block = list(range(len(frozen["channels"])))
    return [
        {**frozen, "start": every_block, "part": "backbone frozen"},
        {**mixed, "start": draw_blocks(rng, mixed), "part": "other flags"},
        {**draw_network(rng, hidden=True), "start": "frozen", "part": "other flags"},
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask which BatchNorm layers averaged, and that all else trains as it should."""
    return (_judge_keras if facts["framework"] == "keras" else _judge_torch)(case, facts)


def _judge_torch(case: Case, facts: Facts) -> Finding:
    layers = networks.norms(case.params)
    start = case["start"]
    still = [start == "frozen" or norm.block in start for norm in layers]
    checked = "two epochs that begin with keep_batchnorm_still(model)"
    if facts["trains"] != networks.flags(case.params):
        expected, found = "flags as they were", "other parameters train than before"
        return wrong(facts, HINTS, checked, expected, found, "changed-flags")
    if not (facts["mode"] and facts["dropout"]):
        found = "the model, or its dropout, in inference mode"
        return wrong(facts, HINTS, checked, "training mode, dropout included", found, "eval-all")
    return _judge_drift(facts, checked, layers, still)


def _judge_drift(
    facts: Facts, checked: str, layers: Sequence[networks.Norm], still: Flags
) -> Finding:
    drifted = facts["drifted"]
    if drifted == [not held for held in still]:
        return Finding.right(checked)
    wrongly = [norm for norm, d, held in zip(layers, drifted, still, strict=True) if d and held]
    expected = f"{sum(still)} of {len(still)} BatchNorm layers still, the others averaging"
    found = f"{sum(not moved for moved in drifted)} still"
    if wrongly:
        found = f"{len(wrongly)} of the {sum(still)} that should be still moved their statistics"
    hint = _mistake(layers, wrongly, still)
    shown = averaging(layers, still, drifted)
    return wrong(facts, HINTS, checked, expected, found, hint, shown)


def _mistake(
    layers: Sequence[networks.Norm], wrongly: Sequence[networks.Norm], still: Flags
) -> str:
    if not wrongly:
        return "holds-all"
    if len(wrongly) == sum(still):
        return "statistics-drift"
    if all(norm.part == "head" for norm in wrongly):
        return "only-2d"
    return "not-deep" if all(norm.deep for norm in wrongly) else ""


def _judge_keras(case: Case, facts: Facts) -> Finding:
    listed, layers = networks.arrays(case.params), networks.norms(case.params)
    wanted = [array.part == "head" or not array.norm for array in listed]
    weights = [not array.norm for array in listed]
    still = [norm.part == "backbone" for norm in layers]
    checked = "one fit after keep_batchnorm_still(model)"
    flags = facts["trains"]
    if not tables.any_of(flags, weights):
        found = "nothing trains"
        return wrong(facts, HINTS, checked, summary(wanted, listed), found, "nothing-trains")
    shown = training(listed, wanted, flags)
    if not all(flag for flag, mine in zip(flags, weights, strict=True) if mine):
        found, expected = summary(flags, listed), summary(wanted, listed)
        return wrong(facts, HINTS, checked, expected, found, "flags-before", shown)
    judged = _judge_drift(facts, checked, layers, still)
    if judged.passed and flags != wanted:
        found = "γ and β of BatchNorm layers that should be still train"
        expected = summary(wanted, listed)
        return wrong(facts, HINTS, checked, expected, found, "statistics-drift", shown)
    return judged


CHECK = Check(
    id="02-freezing/still-batchnorm",
    title="Keep BatchNorm still",
    answers=("keep_batchnorm_still",),
    points=3,
    observe=observers.still_batchnorm,
    judge=judge,
    cases=draw,
    parts={"backbone frozen": 2, "other flags": 1},
    hints=texts(HINTS),
    recompute=steps_again,
)
