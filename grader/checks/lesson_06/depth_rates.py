"""A rate for each depth."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_06.shared import (
    Numbers,
    draw_decay,
    draw_rate,
    is_near,
    listed_rates,
    rates_chart,
)
from grader.checks.wording import same, texts, wrong
from grader.sandboxed.observers import lesson_06 as observers

NAMES = ("stem", "block_1", "block_2", "block_3", "block_4", "block_5", "block_6", "last_conv")
HINTS = {
    "forgot-return": same("The function returns nothing. End it with `return`."),
    "reversed": same(
        "It is the wrong way round: the input has the high rate. The head, last in the list, "
        "gets the full one."
    ),
    "off-by-one": same(
        "Each rate is one step of decay off. The head itself is not decayed: the exponent is the "
        "distance to the end of the list."
    ),
    "linear": same(
        "The rates shrink by a sum or a product with the distance. Each stage has `decay` times "
        "the rate of the next: a power."
    ),
    "one-rate": same("All stages have the same rate. Multiply by `decay` once for each step down."),
    "changed-list": same("The function changes the list it is given. Work on a copy."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw lists of stages of several lengths, one of them a head alone."""
    counts = [int(rng.integers(3, 6)), int(rng.integers(6, 9)), 0]
    stages = [[*NAMES[:count], "head"] for count in counts]
    return [{"stages": each, "rate": draw_rate(rng), "decay": draw_decay(rng)} for each in stages]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare each stage's rate with the power it should be."""
    stages, rate, decay = list(case["stages"]), case["rate"], case["decay"]
    last = len(stages) - 1
    wanted = [rate * decay ** (last - at) for at in range(len(stages))]
    checked = f"the rates of {len(stages)} stages, rate {rate:g}, decay {decay:g}"
    if sorted(facts["names"]) != sorted(stages):
        found = f"{len(facts['names'])} stages: {', '.join(facts['names'][:3])} …"
        expected = f"one rate for each of {len(stages)} stages"
        return wrong(facts, HINTS, checked, expected, found, "")
    given = dict(zip(facts["names"], facts["rates"], strict=True))
    rates = [given[name] for name in stages]
    if not is_near(rates, wanted):
        hint = _mistake(rates, rate, decay)
        caption = "The rate of each stage"
        shown = [rates_chart(caption, "from input to head", stages, wanted, rates)]
        return wrong(facts, HINTS, checked, listed_rates(wanted), listed_rates(rates), hint, shown)
    if facts["changed"]:
        expected, found = "the list of stages as it was", "another order or length"
        return wrong(facts, HINTS, checked, expected, found, "changed-list")
    return Finding.right(checked)


def _mistake(rates: Numbers, rate: float, decay: float) -> str:
    count = len(rates)
    below = np.arange(count)[::-1]  # steps below the head
    usual = {
        "one-rate": np.full(count, rate),
        "reversed": rate * decay ** np.arange(count),
        "off-by-one": rate * decay ** (below + 1),
        "linear": rate * (1 - (1 - decay) * below),
    }
    product = np.where(below == 0, rate, rate * decay * below)
    if is_near(rates, product):
        return "linear"
    return next((name for name, each in usual.items() if is_near(rates, list(each))), "")


CHECK = Check(
    id="06-layerwise-learning-rates/depth-rates",
    title="A rate for each depth",
    answers=("depth_rates",),
    points=2,
    observe=observers.depth_rates,
    judge=judge,
    cases=draw,
    hints=texts(HINTS),
)
