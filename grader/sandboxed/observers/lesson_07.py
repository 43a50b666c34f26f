"""What the exercises of lesson 07 did: decisions over numbers, a search, an alarm, and flags."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable
from grader.sandboxed.toy_networks import networks

Params = networks.Params
WORDS = ("first", "second", "cannot tell")


# --- 1 is the difference larger than the noise? -----------------------------------------------


def compare(student: Student, case: Case) -> dict[str, Any]:
    """Report the student's word for each pair of result lists."""
    said = []
    for first, second in case["pairs"]:
        word = student.clearly_better(list(first), list(second))
        if not isinstance(word, str) or word not in WORDS:
            raise Unusable(
                "'first', 'second' or 'cannot tell'", f"{word!r:.40}", hint_id="other-words"
            )
        said.append(str(word))
    return {"said": said}


# --- 2 what to train in which corner ----------------------------------------------------------


def _kit(student: Student) -> ModuleType:
    if student.framework == "pytorch":
        from grader.sandboxed.toy_networks import networks_torch

        return networks_torch
    from grader.sandboxed.toy_networks import networks_keras

    return networks_keras


def flat_network(params: Params) -> dict[str, Any]:
    """Return the network without inner parts, so that Keras layers can be counted."""
    return {**params, "deep": []}


def prepare(student: Student, case: Case) -> dict[str, Any]:
    """Report what trains after the student prepared a network for a corner of the guide."""
    kit = _kit(student)
    model = kit.build(flat_network(case.params), case.seed)
    student.prepare(model, similar=case["similar"], many=case["many"])
    facts: dict[str, Any] = {"trains": kit.trains(model), "framework": student.framework}
    if student.framework == "keras":
        facts["outer_flag"] = bool(model.trainable)
    return facts


# --- 3 an honest search -----------------------------------------------------------------------


class _Trained:
    """What `train` gives the student: a model that only says which rate it came from."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __repr__(self) -> str:
        return "a trained model"


class _Bench:
    """Training, validation and test that keep a log of what was asked of them."""

    def __init__(self, case: Case) -> None:
        self.rates = [float(rate) for rate in case["rates"]]
        self.scores = {"validate": case["validation"], "test": case["test"]}
        self.log: list[list[Any]] = []

    def train(self, rate: float) -> _Trained:
        if not isinstance(rate, int | float) or float(rate) not in self.rates:
            raise Unusable("train(rate) with one of the rates", f"train({rate!r:.30})")
        place = self.rates.index(float(rate))
        self.log.append(["train", place])
        return _Trained(place)

    def measure(self, what: str) -> Callable[[Any], float]:
        def measured(model: Any) -> float:
            if not isinstance(model, _Trained):
                found = f"{what}({type(model).__name__})"
                raise Unusable(f"{what}(model), with what train returned", found)
            self.log.append([what, model._place])
            score = self.scores[what][model._place]
            return math.nan if score is None else float(score)

        return measured


def search(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's search asked for, in order, and what it returned."""
    bench = _Bench(case)
    validate, test = bench.measure("validate"), bench.measure("test")
    result = student.search(list(bench.rates), bench.train, validate, test)
    try:
        rate, accuracy = result
        returned = [float(rate), float(accuracy)]
    except (TypeError, ValueError):
        raise Unusable(
            "two numbers: the rate and its test accuracy", f"{result!r:.40}", hint_id="no-pair"
        ) from None
    # NaN is no JSON number, so it travels as None
    plain = [None if math.isnan(value) else value for value in returned]
    return {"log": bench.log, "rate": plain[0], "accuracy": plain[1]}


# --- 4 an alarm for drift ---------------------------------------------------------------------

FACTORS = 4  # hidden causes that make features move together, as real ones do


class World:
    """Features with hidden common causes, as a backbone gives them, and what may become of them."""

    def __init__(self, case: Case) -> None:
        rng = np.random.default_rng(case.seed)
        count = case["features"]
        self.mix = rng.normal(0, 1, (FACTORS, count))
        self.center = rng.normal(0, 2, count)
        low, high = case["decades"]
        self.scale = 10 ** rng.uniform(low, high, count)
        self.constant = np.zeros(count, bool)
        self.constant[rng.choice(count, case["constant"], replace=False)] = True
        smallest = np.argsort(np.where(self.constant, np.inf, self.scale))
        self.shifted = smallest[: max(1, int(count * case["touched"]))]
        self.by = case["by"]

    def draw(self, rng: np.random.Generator, rows: int, *, shifted: bool = False) -> np.ndarray:
        """Return ``(rows, features) float32``."""
        causes = rng.normal(0, 1, (rows, FACTORS))
        raw = causes @ self.mix / math.sqrt(FACTORS) + rng.normal(0, 1, (rows, self.mix.shape[1]))
        if shifted:
            raw[:, self.shifted] += self.by
        raw[:, self.constant] = -self.center[self.constant]  # dead: exactly 0, always
        made: np.ndarray = ((raw + self.center) * self.scale).astype(np.float32)
        return made


def drift_alarm(student: Student, case: Case) -> dict[str, Any]:
    """Report how often the student's alarm rings, on drifted batches and on others."""
    world, rng = World(case), np.random.default_rng(case.seed + 1)
    reference = world.draw(rng, case["reference"])
    facts = {}
    for size in case["sizes"]:
        for name, shifted in (("same", False), ("drifted", True)):
            batches = [world.draw(rng, size, shifted=shifted) for _ in range(case["batches"])]
            facts[f"{name}_{size}"] = _rings(student, reference, batches)
    large = max(case["sizes"])
    batches = [world.draw(rng, large, shifted=True) for _ in range(5)]
    kept = ~world.constant
    facts["without_constant"] = _rings(student, reference[:, kept], [b[:, kept] for b in batches])
    return facts


def _rings(student: Student, reference: np.ndarray, batches: Sequence[np.ndarray]) -> float:
    """Return the share of batches that set the alarm off."""
    rung = []
    for batch in batches:
        with np.errstate(all="ignore"):
            said = student.drifted(reference.copy(), batch.copy())
        if not isinstance(said, bool | np.bool_):
            raise Unusable(
                "True or False", f"{type(said).__name__}: {said!r:.30}", hint_id="no-bool"
            )
        rung.append(bool(said))
    return float(np.mean(rung))
