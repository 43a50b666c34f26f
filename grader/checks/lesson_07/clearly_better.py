"""Tell a difference from noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table
from grader.sandboxed.observers import lesson_07 as observers

HINTS = {
    "means-only": "You compare means and forget the noise: ask for more than the wider range.",
    "best-run": "The best run is luck. Compare the means with the wider of the two ranges.",
    "smaller-range": "You take the narrower range. The noisier of the two sets the limit.",
    "one-range": "You take the range of one list only. Take the wider of the two.",
    "no-overlap": "You ask that no run overlaps. The rule is about the means: their distance "
    "against the wider range.",
    "swapped": "It is the wrong way round: name the one with the higher mean.",
    "one-run": "One run has no range at all, so nothing can be told: 'cannot tell'.",
    "never-tells": "Some of these differences are several times the noise: name the winner.",
    "other-words": "Return one of the three words, as text, spelled as in the exercise.",
}


Results = Sequence[float]
FIRST, SECOND, OPEN = observers.WORDS


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw pairs of result lists of every kind that tells the rules apart."""
    return [
        {"part": "three runs", "pairs": [_pair(rng, kind) for kind in _KINDS * 2]},
        {"part": "one run", "pairs": [_single(rng, side) for side in (0, 1, 0, 1)]},
    ]


# gap between the means in points, then the ranges of the lower and of the higher
_KINDS = (
    (9.0, 2.0, 3.0),  # clear
    (2.0, 4.0, 5.0),  # within both
    (4.5, 1.0, 6.0),  # within one of them only, and no two runs overlap
    (4.5, 6.0, 1.0),
    (1.6, 6.0, 1.0),  # the best run belongs to the lower mean
)


def _pair(rng: np.random.Generator, kind: tuple[float, float, float]) -> list[list[float]]:
    gap, *ranges = kind
    low = rng.uniform(0.55, 0.80)
    means = [low, low + gap / 100]
    if rng.random() < 0.5:
        means, ranges = means[::-1], ranges[::-1]
    return [_runs(rng, mean, wide) for mean, wide in zip(means, ranges, strict=True)]


def _runs(rng: np.random.Generator, mean: float, wide: float) -> list[float]:
    """Return three to five results with exactly this mean and this range (in points)."""
    inner = rng.uniform(-0.3, 0.3, int(rng.integers(1, 4)))
    steps = np.concatenate([[-0.5, 0.5], inner - inner.mean()]) * wide / 100
    return [round(float(value), 6) for value in rng.permutation(mean + steps)]


def _single(rng: np.random.Generator, side: int) -> list[list[float]]:
    pair = _pair(rng, _KINDS[0])
    pair[side] = pair[side][:1]
    return pair


def _mean(values: Results) -> float:
    return sum(values) / len(values)


def _range(values: Results) -> float:
    return max(values) - min(values)


def _by(first: float, second: float, noise: float) -> str:
    if abs(first - second) <= noise:
        return OPEN
    return FIRST if first > second else SECOND


def _clear(first: Results, second: Results) -> str:
    if min(len(first), len(second)) < 2:
        return OPEN
    return _by(_mean(first), _mean(second), max(_range(first), _range(second)))


_SWAPPED = {FIRST: SECOND, SECOND: FIRST, OPEN: OPEN}
# what each usual mistake would say; the first that fits all answers gives its hint
_MISTAKES: dict[str, Callable[[Results, Results], str]] = {
    "one-run": lambda a, b: _by(_mean(a), _mean(b), max(_range(a), _range(b))),
    "swapped": lambda a, b: _SWAPPED[_clear(a, b)],
    "means-only": lambda a, b: _by(_mean(a), _mean(b), 0),
    "best-run": lambda a, b: _by(max(a), max(b), 0),
    "smaller-range": lambda a, b: _by(_mean(a), _mean(b), min(_range(a), _range(b))),
    "one-range": lambda a, b: _by(_mean(a), _mean(b), _range(a)),
    "no-overlap": lambda a, b: FIRST if min(a) > max(b) else SECOND if min(b) > max(a) else OPEN,
    "never-tells": lambda a, b: OPEN,
}


def judge(case: Case, facts: Facts) -> Finding:
    """Compare every word with the rule, and find the rule that was used instead."""
    checked = "the verdict on pairs of results"
    right = [_clear(a, b) for a, b in case["pairs"]]
    if facts["said"] == right:
        return Finding.right(checked)
    at = next(i for i, word in enumerate(right) if facts["said"][i] != word)
    first, second = (", ".join(f"{100 * v:.1f}" for v in runs) for runs in case["pairs"][at])
    hint = ""
    for name, rule in _MISTAKES.items():
        if facts["said"] == [rule(a, b) for a, b in case["pairs"]]:
            hint = name
            break
    if case.part == "one run":
        hint = "one-run"
    return Finding.wrong(
        f"{checked}: {first} against {second} %",
        expected=repr(right[at]),
        found=repr(facts["said"][at]),
        hint=hint,
        shown=[_runs_table(*case["pairs"][at])],
    )


def _runs_table(first: Results, second: Results) -> Table:
    """Return what the rule looks at: the mean and the range of either list."""
    rows = []
    for name, runs in ((FIRST, first), (SECOND, second)):
        wide = f"{100 * _range(runs):.1f}" if len(runs) > 1 else "none: one run"
        rows.append((f"the {name}", f"{len(runs)}", f"{100 * _mean(runs):.1f}", wide))
    columns = ("List", "Runs", "Mean, %", "Range, points")
    return Table("The two lists of results", columns, tuple(rows))


CHECK = Check(
    id="07-when-not-to/clearly-better",
    title="Tell a difference from noise",
    answers=("clearly_better",),
    points=2,
    observe=observers.compare,
    judge=judge,
    cases=draw,
    parts={"three runs": 1.5, "one run": 0.5},
    hints=HINTS,
)
