"""Choose on validation, report on test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table
from grader.sandboxed.observers import lesson_07 as observers

HINTS = {
    "test-often": "Whoever looks at the test set for each candidate chooses on it. Call test "
    "once, on the winner.",
    "test-early": "The test set was used before the choice was made. Validate all first.",
    "nan-wins": "A run that diverged has accuracy nan, and nan loses no comparison. Leave such "
    "runs out with math.isnan.",
    "worst-wins": "You chose the lowest validation accuracy. Take the highest.",
    "not-the-best": "Another rate has a higher validation accuracy. Compare all of them.",
    "reports-validation": "That is the validation accuracy, which the choice has made too "
    "good. Report test(model) of the winner.",
    "other-model": "That is not the test accuracy of the chosen model. Keep the winner, and "
    "test it.",
    "no-rate": "Return the rate itself first, then the test accuracy: rate, accuracy.",
    "no-pair": "Return two things: the chosen rate and its test accuracy.",
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw benches: one as usual, one where a run diverged."""
    return [{**_bench(rng, diverged), "part": part} for part, diverged in _SEARCHES]


_SEARCHES = (("choice", False), ("choice", False), ("diverged", True))


def _bench(rng: np.random.Generator, diverged: bool) -> CaseParams:
    """Return rates and scores; best on validation and best on test are never the same rate."""
    count = int(rng.integers(4, 7))
    exponents = np.sort(rng.choice(np.arange(-50, -5), count, replace=False)) / 10
    validation = np.linspace(0.6, 0.9, count) + rng.uniform(0, 0.01, count)
    while validation.argmax() < 2 or validation[1] > validation[0]:  # whoever stops early errs
        validation = rng.permutation(validation)
    best = int(validation.argmax())
    test = validation - rng.uniform(0.02, 0.05, count)
    lucky = int(rng.choice([at for at in range(count) if at != best]))
    test[lucky] = 0.95
    scores = [round(float(value), 4) for value in validation]
    if diverged:
        worst = int(rng.choice([at for at in range(count) if at != best]))
        # at the front it would win every comparison with `>` by never losing one
        order = [worst, *(at for at in range(count) if at != worst)]
        scores = [scores[at] for at in order]
        test, exponents = test[order], exponents[order]
        return _as_case(exponents, [None, *scores[1:]], test)
    return _as_case(exponents, scores, test)


def _as_case(exponents: np.ndarray, scores: list[Any], test: np.ndarray) -> CaseParams:
    return {
        "rates": [float(f"{10**exponent:.2e}") for exponent in exponents],
        "validation": scores,
        "test": [round(float(value), 4) for value in test],
    }


def judge(case: Case, facts: Facts) -> Finding:
    """Ask which rate won, what was reported, and how often the test set was looked at."""
    scores = [-1.0 if score is None else score for score in case["validation"]]
    best = int(np.argmax(scores))
    looked = [place for what, place in facts["log"] if what == "test"]
    if len(looked) > 1:
        return _wrong("how often the test set was used", "once", len(looked), "test-often")
    if facts["rate"] != case["rates"][best]:
        found = "nan" if facts["rate"] is None else f"{facts['rate']:g}"
        hint = _mistake(case, facts, scores)
        shown = _table(case, facts)
        return _wrong("the rate you chose", f"{case['rates'][best]:g}", found, hint, shown)
    order = [what for what, _ in facts["log"]]
    if "test" in order and "validate" in order[order.index("test") :]:
        found = "a test in the middle of the search"
        return _wrong("the order of things", "test after the choice", found, "test-early")
    return _judge_report(case, facts, best)


def _judge_report(case: Case, facts: Facts, best: int) -> Finding:
    checked, wanted = "the accuracy you report", case["test"][best]
    accuracy = facts["accuracy"]
    if accuracy is not None and np.isclose(accuracy, wanted, atol=1e-6):
        return Finding.right(checked)
    found = "nan" if accuracy is None else f"{accuracy:.4f}"
    validated = accuracy is not None and np.isclose(accuracy, case["validation"][best], atol=1e-6)
    hint = "reports-validation" if validated else "other-model"
    return _wrong(checked, f"{wanted:.4f}", found, hint)


def _mistake(case: Case, facts: Facts, scores: Sequence[float]) -> str:
    places = {rate: place for place, rate in enumerate(case["rates"])}
    place = places.get(facts["rate"], -1)
    if place < 0:
        return "no-rate"
    if case["validation"][place] is None:
        return "nan-wins"
    valid = [score for score in scores if score >= 0]
    return "worst-wins" if scores[place] == min(valid) else "not-the-best"


def _wrong(checked: str, expected: object, found: object, hint: str, *shown: Table) -> Finding:
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _table(case: Case, facts: Facts) -> Table:
    rows = []
    for rate, score in zip(case["rates"], case["validation"], strict=True):
        said = "nan" if score is None else f"{score:.4f}"
        rows.append((f"{rate:g}", said, "← yours" if rate == facts["rate"] else ""))
    columns = ("Rate", "Validation accuracy", "Chosen")
    return Table("What there was to choose from", columns, tuple(rows))


CHECK = Check(
    id="07-when-not-to/search",
    title="Choose on validation, report on test",
    answers=("search",),
    points=3,
    observe=observers.search,
    judge=judge,
    cases=draw,
    parts={"choice": 2, "diverged": 1},
    hints=HINTS,
)
