"""A small check without a framework, for the tests of the grader itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks import Case, Check, Facts, Finding
from grader.checks.evidence import compared
from tests.grader.sample_observers import observe_choice, observe_double


def draw_double(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [{"x": 2, "part": "small"}, {"x": int(rng.integers(10, 99)), "part": "large"}]


def judge_double(case: Case, facts: Facts) -> Finding:
    checked = f"double({case['x']})"
    if facts["got"] == 2 * case["x"]:
        return Finding.right(checked)
    hint = "squares" if facts["got"] == case["x"] ** 2 else ""
    table = compared("What it doubled", "Number", [(case["x"], 2 * case["x"], facts["got"])])
    return Finding.wrong(
        checked, expected=2 * case["x"], found=facts["got"], hint=hint, shown=[table]
    )


DOUBLE = Check(
    id="00-sample/double",
    title="Double a number",
    answers=("double",),
    points=3,
    observe=observe_double,
    judge=judge_double,
    cases=draw_double,
    parts={"small": 1, "large": 2},
    hints={"squares": "Multiply by two; you squared."},
)


def judge_choice(case: Case, facts: Facts) -> Finding:
    if facts["choice"] == "b":
        return Finding.right("the choice")
    return Finding.wrong("the choice", expected="one letter", found=facts["choice"])


CHOICE = Check(
    id="00-sample/choice",
    title="Choose one",
    answers=("choice",),
    points=1,
    observe=observe_choice,
    judge=judge_choice,
)
