"""Lesson 07, when not to fine-tune: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.checks import layers as tables
from grader.checks.evidence import Table
from grader.checks.model import Check, Facts, Finding
from grader.sandboxed.observers import lesson_07 as observers
from grader.sandboxed.observers.model import Case
from grader.sandboxed.toy_networks import networks

CaseParams = dict[str, Any]
Results = Sequence[float]
Flags = Sequence[bool]
FIRST, SECOND, OPEN = observers.WORDS


# --- 1 is the difference larger than the noise? -----------------------------------------------


def draw_compare(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_compare(case: Case, facts: Facts) -> Finding:
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


CLEARLY_BETTER = Check(
    id="07-when-not-to/clearly-better",
    title="Tell a difference from noise",
    answers=("clearly_better",),
    points=2,
    observe=observers.compare,
    judge=judge_compare,
    cases=draw_compare,
    parts={"three runs": 1.5, "one run": 0.5},
    hints={
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
    },
)


# --- 2 what to train in which corner ----------------------------------------------------------


def draw_prepare(rng: np.random.Generator) -> list[CaseParams]:
    """Draw one small network for each corner of the guide, with other flags before."""
    corners = [(True, False), (True, True), (False, False), (False, True)]
    starts = ["frozen", "frozen", "open", "frozen"]
    parts = ["similar", "similar", "different", "different"]
    return [
        {
            "channels": [int(width) for width in rng.integers(2, 9, 2 * int(rng.integers(2, 4)))],
            "deep": [],
            "hidden": int(rng.integers(4, 9)),
            "classes": int(rng.integers(3, 7)),
            "start": start,
            "similar": similar,
            "many": many,
            "part": part,
        }
        for (similar, many), start, part in zip(corners, starts, parts, strict=True)
    ]


def _corner(similar: bool, many: bool) -> str:
    return f"{'similar' if similar else 'different'} pictures, {'many' if many else 'few'}"


def _wanted(listed: Sequence[networks.Array], similar: bool, many: bool) -> list[bool]:
    """Return the flags that the guide asks for."""

    def trains(array: networks.Array) -> bool:
        if array.part == "head" or not similar:
            return True
        return many and not array.norm

    return [trains(array) for array in listed]


def judge_prepare(case: Case, facts: Facts) -> Finding:
    """Compare every flag with the guide."""
    listed = networks.arrays(case.params)
    similar, many = case["similar"], case["many"]
    wanted, flags = _wanted(listed, similar, many), facts["trains"]
    checked = f"what trains for {_corner(similar, many)}"
    if flags == wanted:
        return Finding.right(checked)
    expected, found = (_summary(each, listed) for each in (wanted, flags))
    if expected == found:
        found += ", but other ones"
    hint = _prepare_mistake(case, facts, listed, wanted)
    caption = f"What trains, layer by layer, for {_corner(similar, many)}"
    shown = [tables.by_layer(caption, listed, wanted, flags)]
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _summary(flags: Flags, listed: Sequence[networks.Array]) -> str:
    """Say how many convolutions, BatchNorm arrays and head arrays train."""
    kinds: dict[str, Callable[[networks.Array], bool]] = {
        "convolutions": lambda a: a.part == "backbone" and not a.norm,
        "BatchNorm arrays": lambda a: a.part == "backbone" and a.norm,
        "arrays of the head": lambda a: a.part == "head",
    }
    counts = []
    for name, wanted in kinds.items():
        mine = [flag for flag, array in zip(flags, listed, strict=True) if wanted(array)]
        counts.append(f"{sum(mine)} of {len(mine)} {name}")
    return ", ".join(counts)


def _prepare_mistake(
    case: Case, facts: Facts, listed: Sequence[networks.Array], wanted: Flags
) -> str:
    flags = facts["trains"]
    pairs = list(zip(flags, wanted, listed, strict=True))
    if not facts.get("outer_flag", True) and not any(flags):
        return "outer-flag"
    head = [flag for flag, _, array in pairs if array.part == "head"]
    if not all(head):
        return "head-batchnorm" if any(head) else "head-frozen"
    if all(flag == want for flag, want, array in pairs if not array.norm):
        return "batchnorm-trains" if case["similar"] else "batchnorm-held"
    others = {
        "corners-swapped": (not case["similar"], not case["many"]),
        "ignores-size": (case["similar"], not case["many"]),
        "ignores-similarity": (not case["similar"], case["many"]),
    }
    for hint, corner in others.items():
        if flags == _wanted(listed, *corner):
            return hint
    return "other-cut"


PREPARE = Check(
    id="07-when-not-to/prepare",
    title="Freeze what the corner asks for",
    answers=("prepare",),
    points=3,
    observe=observers.prepare,
    judge=judge_prepare,
    cases=draw_prepare,
    parts={"similar": 1.5, "different": 1.5},
    hints={
        "ignores-similarity": "Your function does the same for similar and different pictures. "
        "Look at `similar` too.",
        "ignores-size": "Your function does the same for few and many pictures. Look at `many` "
        "too.",
        "corners-swapped": "This is what the opposite corner asks for. Check which way round "
        "`similar` and `many` are read.",
        "batchnorm-trains": "The backbone's BatchNorm layers train. Hold them where pictures are "
        "similar; their statistics fit.",
        "batchnorm-held": "The backbone's BatchNorm layers are held. Let them train where pictures "
        "are different: the statistics are those of another world.",
        "head-frozen": "The head is frozen. It is new in every corner and always trains.",
        "head-batchnorm": "Part of the head is frozen, its own BatchNorm perhaps. Hold only those "
        "of the backbone.",
        "other-cut": "Part of the backbone is frozen that should train, or the other way round. "
        "Set every flag, whatever it was before.",
        "outer-flag": "The flag of the model itself is off and hides all inside it. Switch it on "
        "first, then layers off one by one.",
    },
)


# --- 3 an honest search -----------------------------------------------------------------------


def draw_search(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_search(case: Case, facts: Facts) -> Finding:
    """Ask which rate won, what was reported, and how often the test set was looked at."""
    scores = [-1.0 if score is None else score for score in case["validation"]]
    best = int(np.argmax(scores))
    looked = [place for what, place in facts["log"] if what == "test"]
    if len(looked) > 1:
        return _search_wrong("how often the test set was used", "once", len(looked), "test-often")
    if facts["rate"] != case["rates"][best]:
        found = "nan" if facts["rate"] is None else f"{facts['rate']:g}"
        hint = _choice_mistake(case, facts, scores)
        shown = _search_table(case, facts)
        return _search_wrong("the rate you chose", f"{case['rates'][best]:g}", found, hint, shown)
    order = [what for what, _ in facts["log"]]
    if "test" in order and "validate" in order[order.index("test") :]:
        found = "a test in the middle of the search"
        return _search_wrong("the order of things", "test after the choice", found, "test-early")
    return _judge_report(case, facts, best)


def _judge_report(case: Case, facts: Facts, best: int) -> Finding:
    checked, wanted = "the accuracy you report", case["test"][best]
    accuracy = facts["accuracy"]
    if accuracy is not None and np.isclose(accuracy, wanted, atol=1e-6):
        return Finding.right(checked)
    found = "nan" if accuracy is None else f"{accuracy:.4f}"
    validated = accuracy is not None and np.isclose(accuracy, case["validation"][best], atol=1e-6)
    hint = "reports-validation" if validated else "other-model"
    return _search_wrong(checked, f"{wanted:.4f}", found, hint)


def _choice_mistake(case: Case, facts: Facts, scores: Sequence[float]) -> str:
    places = {rate: place for place, rate in enumerate(case["rates"])}
    place = places.get(facts["rate"], -1)
    if place < 0:
        return "no-rate"
    if case["validation"][place] is None:
        return "nan-wins"
    valid = [score for score in scores if score >= 0]
    return "worst-wins" if scores[place] == min(valid) else "not-the-best"


def _search_wrong(
    checked: str, expected: object, found: object, hint: str, *shown: Table
) -> Finding:
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _search_table(case: Case, facts: Facts) -> Table:
    rows = []
    for rate, score in zip(case["rates"], case["validation"], strict=True):
        said = "nan" if score is None else f"{score:.4f}"
        rows.append((f"{rate:g}", said, "← yours" if rate == facts["rate"] else ""))
    columns = ("Rate", "Validation accuracy", "Chosen")
    return Table("What there was to choose from", columns, tuple(rows))


SEARCH = Check(
    id="07-when-not-to/search",
    title="Choose on validation, report on test",
    answers=("search",),
    points=3,
    observe=observers.search,
    judge=judge_search,
    cases=draw_search,
    parts={"choice": 2, "diverged": 1},
    hints={
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
    },
)


# --- 4 an alarm for drift ---------------------------------------------------------------------

QUIET, LOUD = 0.15, 0.85  # at most this share rings on undrifted batches, at least this on drifted


def draw_alarm(rng: np.random.Generator) -> list[CaseParams]:
    """Draw features of one scale, then of many scales with dead ones, in batches of two sizes."""
    plain = {"decades": [0.0, 0.0], "constant": 0, "sizes": [40], "touched": 0.5, "by": 1.5}
    hard = {"decades": [-2.0, 2.0], "constant": 3, "sizes": [12, 60], "touched": 0.5, "by": 2.0}
    shared = {"reference": 300, "batches": 20}
    return [
        {**plain, **shared, "features": int(rng.integers(20, 40)), "part": "one scale"},
        {**hard, **shared, "features": int(rng.integers(20, 40)), "part": "many scales"},
    ]


def judge_alarm(case: Case, facts: Facts) -> Finding:
    """Ask for silence on undrifted batches and for a ring on drifted ones."""
    same = {size: facts[f"same_{size}"] for size in case["sizes"]}
    drifted = {size: facts[f"drifted_{size}"] for size in case["sizes"]}
    noisy = [size for size, share in same.items() if share > QUIET]
    deaf = [size for size, share in drifted.items() if share < LOUD]
    if not noisy and not deaf:
        return Finding.right("an alarm on drifted batches, silence on others")
    shown = [_alarm_table(same, drifted)]
    if noisy:
        hint = _noisy_mistake(facts, same, drifted, noisy)
        return Finding.wrong(
            f"{case['batches']} batches of {noisy[0]} from the same pictures as the reference",
            expected=f"an alarm on {QUIET:.0%} of them at most",
            found=f"an alarm on {same[noisy[0]]:.0%}",
            hint=hint,
            shown=shown,
        )
    return Finding.wrong(
        f"{case['batches']} drifted batches of {deaf[0]}",
        expected=f"an alarm on {LOUD:.0%} of them at least",
        found=f"an alarm on {drifted[deaf[0]]:.0%}",
        hint=_deaf_mistake(case, facts, drifted),
        shown=shown,
    )


def _alarm_table(same: dict[int, float], drifted: dict[int, float]) -> Table:
    """Return on how many batches the alarm rang, by size, with the limits."""
    rows = []
    for size, share in same.items():
        limit = f"{QUIET:.0%} at most", f"{LOUD:.0%} at least"
        rows.append((f"{size}, undrifted", limit[0], f"{share:.0%}", _mark(share <= QUIET)))
        rang = drifted[size]
        rows.append((f"{size}, drifted", limit[1], f"{rang:.0%}", _mark(rang >= LOUD)))
    columns = ("Batches of", "Expected", "Rang on", "Right?")
    return Table("How often the alarm rang", columns, tuple(rows))


def _mark(right: bool) -> str:
    return "✓ yes" if right else "✗ no"


def _noisy_mistake(
    facts: Facts, same: dict[int, float], drifted: dict[int, float], noisy: Sequence[int]
) -> str:
    if min(drifted.values()) < min(same.values()):
        return "wrong-way"
    if len(same) > 1 and list(noisy) == [min(same)]:
        return "batch-size"
    return "too-nervous"


def _deaf_mistake(case: Case, facts: Facts, drifted: dict[int, float]) -> str:
    if case["constant"] and facts["without_constant"] >= LOUD and max(drifted.values()) < LOUD:
        return "constant-feature"
    if case.part == "many scales":
        return "raw-distance"
    return "deaf"


ALARM = Check(
    id="07-when-not-to/drift-alarm",
    title="Ring when the pictures have changed",
    answers=("drifted",),
    points=3,
    observe=observers.drift_alarm,
    judge=judge_alarm,
    cases=draw_alarm,
    parts={"one scale": 1, "many scales": 2},
    hints={
        "deaf": "It misses drift. Means scatter far less than single pictures do: measure on "
        "batches drawn from the reference what is usual, and ring just above that.",
        "too-nervous": "It rings on batches that have not drifted. Measure on batches drawn from "
        "the reference what is usual, and ring only above that.",
        "wrong-way": "It rings when nothing has changed, and is quiet when something has.",
        "batch-size": "Small batches ring without drift: their means scatter more. Measure what is "
        "usual on batches of the same size.",
        "raw-distance": "Features with large numbers drown the others. Divide each by its own "
        "spread in the reference.",
        "constant-feature": "A feature that never varies divides by zero and turns all into nan. "
        "Leave such features out, or add a little to the spread.",
        "no-bool": "Return True or False.",
    },
)

CHECKS = (CLEARLY_BETTER, PREPARE, SEARCH, ALARM)
