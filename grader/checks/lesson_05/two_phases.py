"""Write the two-phase recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.layers import Flags, any_of, summary
from grader.checks.lesson_05.shared import by_layer
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_05 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "one-phase": same("The recipe has two phases: call train once for each."),
    "not-frozen": same("In the first phase only the head may train. Freeze the backbone first."),
    "head-frozen": same("The head must train in both phases."),
    "not-told": Hint(
        keras="The second phase needs a compile of its own, after the flags and before train.",
        pytorch="The second phase's optimizer does not hold what you unfroze. Make a new one, "
        "after the flags.",
    ),
    "still-frozen": same("In the second phase the end of the backbone trains too. Unfreeze it."),
    "too-much": same("Too much of the backbone trains in the second phase. Unfreeze only its end."),
    "batchnorm": Hint(
        keras="A BatchNorm layer trains in the second phase. Set trainable = False on it.",
        pytorch="A BatchNorm layer trains in the second phase. Freeze its parameters.",
    ),
    "same-rate": same("The rate was not lowered for the second phase: rates[1]."),
    "rates-swapped": same("The rates are swapped: the head learns at rates[0], the higher one."),
    "wrong-epochs": same("Train for epochs[0] in the first phase and epochs[1] in the second."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network, open or frozen, with the rates and epochs of both phases."""
    cases = []
    for start in ("open", "frozen"):
        rates = rng.uniform(1e-3, 9e-3), rng.uniform(1e-5, 9e-5)
        cases.append(
            {
                "channels": [int(width) for width in rng.integers(3, 7, 3)],
                "deep": [],
                "hidden": 0,
                "classes": int(rng.integers(3, 7)),
                "start": start,
                "rates": [float(f"{rate:.1e}") for rate in rates],
                "epochs": [int(epochs) for epochs in rng.permutation(np.arange(2, 9))[:2]],
            }
        )
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Ask what each call of train was allowed to move, how fast and for how long."""
    calls = facts["calls"]
    if len(calls) != 2:
        checked, found = "how often two_phases calls train", f"{len(calls)} times"
        hint = "one-phase" if len(calls) < 2 else ""
        return wrong(facts, HINTS, checked, "twice, once per phase", found, hint)
    return (
        _judge_first(case, facts, calls[0])
        or _judge_second(case, facts, calls[1])
        or _judge_numbers(case, facts, calls)
        or Finding.right("both phases of the recipe")
    )


def _judge_first(case: Case, facts: Facts, call: Mapping[str, Any]) -> Finding | None:
    listed = networks.arrays(case.params)
    head = [array.part == "head" for array in listed]
    backbone = [not mine for mine in head]
    checked, expected = "what the first phase trains", summary(head, listed)
    found = summary(call["moved"], listed) + " moved"
    if any_of(call["moved"], backbone) or any_of(call["trains"], backbone) or any(call["drifted"]):
        found = summary(call["trains"], listed)
        shown = [by_layer("first", listed, head, call["trains"])]
        return wrong(facts, HINTS, checked, expected, found, "not-frozen", shown=shown)
    if not any_of(call["moved"], head):
        return wrong(facts, HINTS, checked, expected, found, "head-frozen")
    return None


def _judge_second(case: Case, facts: Facts, call: Mapping[str, Any]) -> Finding | None:
    listed = networks.arrays(case.params)
    last = len(case["channels"]) - 1
    wanted = [a.part == "head" or (a.block == last and not a.norm) for a in listed]
    checked, expected = "what the second phase trains", summary(wanted, listed)
    found = summary(call["trains"], listed)
    if call["trains"] != wanted or any(call["drifted"]):
        hint = _mistake(listed, call["trains"], last)
        shown = [by_layer("second", listed, wanted, call["trains"])]
        return wrong(facts, HINTS, checked, expected, found, hint, shown=shown)
    end = [a.block == last and not a.norm for a in listed]
    if not any_of(call["moved"], end):
        found = f"{found}, but the end of the backbone did not move"
        return wrong(facts, HINTS, checked, expected, found, "not-told")
    return None


def _mistake(listed: Sequence[networks.Array], flags: Flags, last: int) -> str:
    if not any_of(flags, [array.part == "head" for array in listed]):
        return "head-frozen"
    if not any_of(flags, [array.block == last for array in listed]):
        return "still-frozen"
    if any_of(flags, [0 <= array.block < last and not array.norm for array in listed]):
        return "too-much"
    return "batchnorm"


def _judge_numbers(case: Case, facts: Facts, calls: Sequence[Mapping[str, Any]]) -> Finding | None:
    rates = [rate for call in calls for rate in call["rates"]]
    expected = ", then ".join(f"{rate:g}" for rate in case["rates"])
    if len(rates) != 2 or not np.allclose(rates, case["rates"], rtol=1e-4, atol=0):
        found = ", then ".join(f"{rate:g}" for rate in rates)
        hint = ""
        if len(rates) == 2 and np.allclose(rates, case["rates"][::-1], rtol=1e-4, atol=0):
            hint = "rates-swapped"
        elif len(rates) == 2 and np.isclose(rates[0], rates[1]):
            hint = "same-rate"
        return wrong(
            facts, HINTS, "the learning rates of the phases", expected, found, hint, share=0.5
        )
    epochs = [call["epochs"] for call in calls]
    if epochs != list(case["epochs"]):
        expected, found = (", then ".join(map(str, each)) for each in (case["epochs"], epochs))
        checked = "the epochs of the phases"
        return wrong(facts, HINTS, checked, expected, found, "wrong-epochs", share=0.5)
    return None


def _again(case: Case, facts: Facts) -> str:
    framework = {"framework": facts["framework"]}
    found = (
        recomputed.steps(case.params, {**call, **framework}, call["trains"])
        for call in facts["calls"]
    )
    return next(filter(None, found), "")


CHECK = Check(
    id="05-fine-tuning/two-phases",
    title="Write the two-phase recipe",
    answers=("two_phases",),
    points=4,
    observe=observers.two_phases,
    judge=judge,
    cases=draw,
    hints=texts(HINTS),
    recompute=_again,
)
