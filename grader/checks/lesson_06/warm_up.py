"""Warm up without losing the depths."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_06.shared import draw_decay, draw_rate, listed_rates, rates_chart
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_06 as observers

HINTS = {
    "no-change": Hint(
        keras="No rate changed. Assign to `learning_rate` of each of `optimizer.optimizers`.",
        pytorch="No rate changed. Assign to `group['lr']` for each of `optimizer.param_groups`.",
    ),
    "flattens": same(
        "All groups have one rate now, so the depths are gone. Multiply each group's own base rate."
    ),
    "compounds": same(
        "You multiply the rate as it is now, so the factors pile up from call to call. Begin from "
        "`base_rates` each time."
    ),
    "starts-at-zero": same(
        "The first step has rate 0 and is wasted. Steps count from 0, so the share is "
        "(step + 1) / steps."
    ),
    "keeps-growing": same("After the warm-up the rates go on growing. Cap the share at 1."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw groups of different rates, and calls during and after the warm-up."""
    cases = []
    for part in ("during", "after"):
        steps = int(rng.integers(4, 9))
        top, decay = draw_rate(rng), draw_decay(rng)
        rates = [float(f"{top * decay**at:.3e}") for at in range(int(rng.integers(3, 5)))]
        calls = [0, 1, 1, 2, steps - 1] if part == "during" else [0, steps - 1, steps, steps + 7]
        cases.append({"base_rates": rates[::-1], "steps": steps, "calls": calls, "part": part})
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the rate of each group after each call with its share of the base rate."""
    base, steps = np.asarray(case["base_rates"], float), case["steps"]
    calls = np.asarray(case["calls"], float)[:, None]
    wanted = base * np.minimum(1, (calls + 1) / steps)
    rates = np.asarray(facts["rates"], float)
    checked = f"warm_up over {steps} steps, called for steps {', '.join(map(str, case['calls']))}"
    if np.allclose(rates, wanted, rtol=1e-3, atol=0):
        return Finding.right(checked)
    at = int(np.argmax(~np.isclose(rates, wanted, rtol=1e-3, atol=0).all(axis=1)))
    expected = f"{listed_rates(wanted[at])} at step {case['calls'][at]}"
    hint = _mistake(rates, base, calls, steps)
    caption, labels = "The rate of the last group after each call", list(map(str, case["calls"]))
    shown = [rates_chart(caption, "step", labels, wanted[:, -1], rates[:, -1])]
    return wrong(facts, HINTS, checked, expected, listed_rates(rates[at]), hint, shown)


def _mistake(rates: np.ndarray, base: np.ndarray, calls: np.ndarray, steps: int) -> str:
    def like(wanted: np.ndarray) -> bool:
        return bool(np.allclose(rates, wanted, rtol=1e-3, atol=1e-12))

    share = np.minimum(1, (calls + 1) / steps)
    if like(np.broadcast_to(base, rates.shape)):
        return "no-change"
    if np.allclose(rates, rates[:, :1], rtol=1e-3):
        return "flattens"
    if like(base * np.cumprod(share, axis=0)):
        return "compounds"
    if like(base * np.minimum(1, calls / steps)) or like(base * calls / steps):
        return "starts-at-zero"
    return "keeps-growing" if like(base * (calls + 1) / steps) else ""


CHECK = Check(
    id="06-layerwise-learning-rates/warm-up",
    title="Warm up without losing the depths",
    answers=("warm_up",),
    points=3,
    observe=observers.warm_up,
    judge=judge,
    cases=draw,
    parts={"during": 2, "after": 1},
    hints=texts(HINTS),
)
