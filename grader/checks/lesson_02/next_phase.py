"""Begin the next phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks import layers as tables
from grader.checks.layers import Flags, summary
from grader.checks.lesson_02.shared import draw_blocks, draw_network, moving
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "holds-frozen": Hint(
        pytorch="The optimizer holds frozen parameters too. Pass only those with requires_grad.",
    ),
    "lacks-some": Hint(
        pytorch="Parameters that train are missing, and would never move. Take all with "
        "requires_grad, not only the head's.",
    ),
    "not-compiled": Hint(
        keras="The training step is still the one from before the flags changed. Compile again.",
    ),
    "old-optimizer": Hint(
        keras="The old optimizer remembers the weights of the old phase. Make a new one.",
    ),
    "wrong-rate": same("Hand learning_rate on to the optimizer; do not fix it inside."),
    "not-adam": Hint(
        keras="Use keras.optimizers.Adam(learning_rate).",
        pytorch="Use torch.optim.Adam(parameters, lr=learning_rate).",
    ),
    "wrong-loss": Hint(
        keras="Use SparseCategoricalCrossentropy(from_logits=True): the labels are whole numbers "
        "and the model ends in logits.",
    ),
    "changed-flags": same("The function changes what trains. Leave the flags alone."),
    "changed-weights": same("The function changes weights. Go on with those the model has."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a phase that unfreezes, one that freezes, and the rate of a third."""
    drawn = [draw_network(rng, blocks=2, deep=False) for _ in range(3)]
    backbone = [list(range(len(each["channels"]))) for each in drawn]
    firsts = [backbone[0], "open", backbone[2]]
    starts = [draw_blocks(rng, drawn[0]), backbone[1], "open"]
    parts = ["what moves", "what moves", "rate and kind"]
    rates = [float(f"{10 ** rng.uniform(-5, -2):.1e}") for _ in drawn]
    return [
        {**each, "first": first, "start": start, "rate": rate, "part": part}
        for each, first, start, rate, part in zip(drawn, firsts, starts, rates, parts, strict=True)
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for an optimizer of the right kind that trains exactly what the flags say."""
    checked = "the next phase, after the flags have changed"
    if facts["trains"] != networks.flags(case.params):
        expected, found = "flags as they were", "other flags after your function"
        return wrong(facts, HINTS, checked, expected, found, "changed-flags")
    if facts["weights_changed"]:
        expected, found = "weights as they were", "other weights after your function"
        return wrong(facts, HINTS, checked, expected, found, "changed-weights")
    if case.part == "rate and kind":
        return _judge_kind(case, facts)
    return (_judge_moves if facts["framework"] == "keras" else _judge_held)(case, facts, checked)


def _judge_kind(case: Case, facts: Facts) -> Finding:
    checked = "kind and learning rate of the optimizer"
    rates = facts.get("rates") or [facts["rate"]]
    if not facts["adam"]:
        return wrong(facts, HINTS, checked, "Adam", facts["kind"], "not-adam")
    if not np.allclose(rates, case["rate"], rtol=1e-4, atol=0):
        found = ", ".join(f"{rate:g}" for rate in rates)
        return wrong(facts, HINTS, checked, f"{case['rate']:g}", found, "wrong-rate")
    if facts["framework"] == "keras":
        return _judge_loss(facts)
    return Finding.right(checked)


def _judge_loss(facts: Facts) -> Finding:
    checked = "the loss that the model was compiled with"
    wanted = recomputed.loss(np.asarray(facts["logits"], float), np.asarray(facts["classes"]))
    if np.isclose(facts["loss"], wanted, rtol=1e-3):
        return Finding.right(checked)
    found = f"{facts['loss']:.4f}"
    return wrong(facts, HINTS, checked, f"{wanted:.4f} on a batch", found, "wrong-loss")


def _judge_held(case: Case, facts: Facts, checked: str) -> Finding:
    flags, held = facts["trains"], set(facts["held"])
    wanted = {place for place, trains in enumerate(flags) if trains}
    expected = f"an optimizer that holds the {len(wanted)} tensors that train"
    if held == wanted and not facts["strangers"] and len(facts["held"]) == len(held):
        return Finding.right(checked)
    if facts["strangers"]:
        found = f"{facts['strangers']} tensors that do not belong to the model"
        return wrong(facts, HINTS, checked, expected, found, "changed-weights")
    holds = [place in held for place in range(len(flags))]
    caption, listed = "What the optimizer holds, layer by layer", networks.arrays(case.params)
    shown = [tables.by_layer(caption, listed, flags, holds, ("held", "left out"))]
    if held - wanted:
        found = f"{len(held & wanted)} of them, and {len(held - wanted)} frozen ones"
        return wrong(facts, HINTS, checked, expected, found, "holds-frozen", shown)
    found = f"{len(held)} of them"
    return wrong(facts, HINTS, checked, expected, found, "lacks-some", shown)


def _judge_moves(case: Case, facts: Facts, checked: str) -> Finding:
    if not facts["compiled_anew"]:
        expected, found = "a model compiled anew", "the training step of the old phase"
        return wrong(facts, HINTS, checked, expected, found, "not-compiled")
    if not facts["new_optimizer"]:
        expected, found = "a new optimizer", "the one of the old phase"
        return wrong(facts, HINTS, checked, expected, found, "old-optimizer")
    listed, wanted = networks.arrays(case.params), networks.flags(case.params)
    moved = facts["moved"]
    stray = [m for m, trains in zip(moved, wanted, strict=True) if m and not trains]
    # a ReLU may starve an array of its gradient, so ask for one that moves in each block
    missing = _blocks(listed, wanted) - _blocks(listed, moved)
    if not stray and not missing:
        return Finding.right(checked)
    expected = f"a step that moves {summary(wanted, listed)}"
    shown = moving(listed, wanted, moved)
    return wrong(facts, HINTS, checked, expected, summary(moved, listed), "", shown)


def _blocks(listed: Sequence[networks.Array], flags: Flags) -> set[int]:
    return {array.block for array, flag in zip(listed, flags, strict=True) if flag}


def _again(case: Case, facts: Facts) -> str:
    if facts["framework"] == "pytorch":  # flags, and what an optimizer holds: there is no array
        return ""
    if case.part == "what moves":
        return recomputed.steps(case.params, facts, facts["trains"])
    network = recomputed.Network(case.params, "keras", facts["weights"], facts["statistics"])
    logits = network.logits(networks.batch(case.params, case.seed)[0])
    return "" if recomputed.close(facts["logits"], logits) else "the logits on a batch"


CHECK = Check(
    id="02-freezing/next-phase",
    title="Begin the next phase",
    answers=("start_phase",),
    points=3,
    observe=observers.next_phase,
    judge=judge,
    cases=draw,
    parts={"what moves": 2, "rate and kind": 1},
    hints=texts(HINTS),
    recompute=_again,
)
