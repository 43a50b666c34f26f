"""Count what trains."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks import layers as tables
from grader.checks.lesson_02.shared import draw_blocks, draw_network
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "counts-all": Hint(
        keras="You count frozen numbers too. Take only model.trainable_weights.",
        pytorch="You count frozen numbers too. Take only those with p.requires_grad.",
    ),
    "counts-arrays": Hint(
        keras="You count arrays, not the numbers in them: the product of weight.shape.",
        pytorch="You count tensors, not the numbers in them: p.numel().",
    ),
    "counts-frozen": same("You count what is frozen. Turn the condition around."),
    "counts-statistics": Hint(
        keras="BatchNorm's statistics are in your count, and nobody trains them. "
        "model.trainable_weights leaves them out.",
        pytorch="BatchNorm's statistics are in your count, and nobody trains them. "
        "model.parameters() leaves them out.",
    ),
    "counts-twice": Hint(
        keras="A weight used twice is counted twice. model.trainable_weights names it once.",
        pytorch="A parameter used twice is counted twice. model.parameters() names it once.",
    ),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with a part, nothing and all of them frozen."""
    partly = [draw_network(rng, hidden=True) for _ in range(2)]
    cases = [{**each, "start": draw_blocks(rng, each), "part": "partly frozen"} for each in partly]
    cases += [
        {**draw_network(rng), "start": start, "part": "whole"} for start in ("open", "frozen")
    ]
    return [{**case, "tied": place == 1} for place, case in enumerate(cases)]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the count with the arithmetic of the network."""
    frozen = {"open": "nothing", "frozen": "everything"}.get(str(case["start"]), "a part")
    twice = " and one layer used twice" if case["tied"] else ""
    checked = f"the count for a small network with {frozen} frozen{twice}"
    listed, flags = networks.arrays(case.params), networks.flags(case.params)
    expected = networks.total(listed, flags)
    found = facts["counted"]
    if found == expected:
        return Finding.right(checked)
    hint = _mistakes(case.params).get(found, "")
    shown = [tables.sizes("What there was to count", listed, flags)]
    return wrong(facts, HINTS, checked, f"{expected:,}", f"{found:,}", hint, shown)


def _mistakes(params: networks.Params) -> dict[int, str]:
    """Return what each usual mistake would count; the more telling ones last, so that they win."""
    listed, flags = networks.arrays(params), networks.flags(params)
    everything = networks.total(listed, [True] * len(listed))
    training = networks.total(listed, flags)
    last = sum(array.size for array in listed[-2:])
    blocks = {array.block for array, trains in zip(listed, flags, strict=True) if trains}
    averages = {norm: 2 * norm.width for norm in networks.norms(params)}
    of_training = sum(size for norm, size in averages.items() if norm.block in blocks)
    return {
        training + last: "counts-twice",
        training + sum(averages.values()): "counts-statistics",
        training + of_training: "counts-statistics",
        everything - training: "counts-frozen",
        sum(flags): "counts-arrays",
        everything + sum(averages.values()): "counts-all",
        everything + last: "counts-all",
        everything: "counts-all",
    }


CHECK = Check(
    id="02-freezing/count-trainable",
    title="Count what trains",
    answers=("count_trainable",),
    points=2,
    observe=observers.count_trainable,
    judge=judge,
    cases=draw,
    parts={"partly frozen": 1, "whole": 1},
    hints=texts(HINTS),
)
