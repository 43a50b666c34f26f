"""What facts conclude is worked out again from the arrays beside them, and held if it differs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from grader.checks import lesson_checks, register
from grader.checks.recomputed import Network, loss
from grader.grading.session import grade
from grader.grading.source import read_source
from grader.grading.submission import Submission
from grader.isolation.workers import Workers
from grader.sandboxed.toy_networks import networks
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.checks.forged_worker import FORGED
from tests.helpers import run_json

PARAMS = {"channels": [3, 2], "deep": [0], "hidden": 4, "classes": 3}


@pytest.mark.parametrize(
    "framework",
    [
        pytest.param("keras", marks=pytest.mark.keras),
        pytest.param("pytorch", marks=pytest.mark.torch),
    ],
)
def test_a_forged_report_is_held_though_nothing_was_seen_to_reach_inside(framework):
    found = run_json(f"from tests.grader.checks.forged_worker import main; main({framework!r})")
    assert [each for each in found if not each["believed"] > each["honest"]] == []
    assert [each for each in found if (each["status"], each["points"]) != ("tampered", 0)] == []
    assert all(each["held"] == each["believed"] and each["detail"] for each in found)


def test_each_exercise_that_is_computed_again_is_attacked():
    again = [c.id for n in range(1, 9) for c in lesson_checks(f"0{n}") if c.recompute]
    assert sorted(set(again)) == sorted({exercise for exercise, *_ in FORGED})


def _drawn(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    shapes = [
        (3, 3, 3, 3),
        3,
        3,
        (1, 1, 3, 3),
        3,
        3,
        (3, 3, 3, 2),
        2,
        2,
        (2, 4),
        4,
        4,
        4,
        (4, 3),
        3,
    ]
    statistics = [rng.uniform(0.5, 1.5, (2, norm.width)) for norm in networks.norms(PARAMS)]
    return [rng.normal(0.5, 0.5, shape) for shape in shapes], statistics


@pytest.mark.parametrize("modes", [[True] * 4, [False] * 4, [False, True, False, True]])
def test_the_gradient_is_that_of_finite_differences(modes):
    weights, statistics = _drawn(7)
    pictures, classes = networks.batch(PARAMS, 3)

    def at(weights: list[np.ndarray]) -> float:
        network = Network(PARAMS, "keras", weights, statistics, modes)
        return loss(network.logits(pictures), classes)

    slopes = Network(PARAMS, "keras", weights, statistics, modes).slopes(pictures, classes)
    assert [slope.shape for slope in slopes] == [array.shape for array in weights]
    rng = np.random.default_rng(1)
    for place, slope in enumerate(slopes):
        direction = rng.normal(size=slope.shape)
        ahead, behind = ([*weights] for _ in range(2))
        ahead[place] = weights[place] + 1e-6 * direction
        behind[place] = weights[place] - 1e-6 * direction
        measured = (at(ahead) - at(behind)) / 2e-6
        assert measured == pytest.approx((slope * direction).sum(), rel=1e-3, abs=1e-6)


def test_what_cannot_be_computed_again_is_held_and_the_rest_is_not(tmp_path):
    def again(case, facts):
        return "the number" if facts["got"] != 2 * case["x"] or case["x"] > 2 else ""

    register(dataclasses.replace(sample.DOUBLE, recompute=again, timeout_s=5))
    source = read_source(nb.write_lesson(tmp_path))
    workers = Workers(sandbox=False, bare=True)
    try:
        right = grade(source, Submission({"double": nb.RIGHT}), "pytorch", workers)
        wrong = grade(source, Submission({"double": "double = abs"}), "pytorch", workers)
    finally:
        workers.close()
        register(sample.DOUBLE)
    found = right.verdicts["00-sample/double"]
    assert (found.status, found.points, found.held) == ("tampered", 0, 3)
    assert found.detail == "case 2: the number"
    assert right.flags == ("00-sample/double: tampered",)
    assert (wrong.verdicts["00-sample/double"].status, wrong.flags) == ("failed", ())
