"""The capstone's saved model: the classes of its pictures never leave the judge."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.checks import Case, decide
from grader.checks.lesson_08 import saved_model
from grader.sandboxed.observers import lesson_08 as observers
from grader.sandboxed.observers.run import OK, Observation

COUNT = 5 * saved_model.PER_CLASS


@cache
def drawn(seed: int) -> tuple[Case, np.ndarray]:
    """Return the case of a seed, and the classes that only the judge remembers."""
    known = set(saved_model.CLASSES_OF)
    (case,) = saved_model.CHECK.draw(seed)
    new = set(saved_model.CLASSES_OF) - known
    return case, np.array(saved_model.CLASSES_OF[new.pop()])


def facts(chances: np.ndarray, **more: Any) -> dict[str, Any]:
    return {"chances": chances, "from_file": True, "alone": True, **more}


def one_hot(labels: np.ndarray) -> np.ndarray:
    return np.eye(5)[labels]


def test_a_case_is_pictures_and_nothing_that_tells_their_classes():
    case, labels = drawn(7)
    assert set(case.params) == {"images", "shape", "bars"}
    images = observers.unpack_images(case)
    assert images.shape == (COUNT, 97, 97, 3)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [saved_model.PER_CLASS] * 5
    assert labels.tolist() != sorted(labels.tolist())
    assert json.dumps(dict(case.params))  # travels to the sandbox as text
    assert not np.array_equal(images, observers.unpack_images(drawn(8)[0]))


@pytest.mark.parametrize(
    ("pictures", "weights", "bars"),
    [
        ("drawn", "bundled", [0.8, 0.6, 0.4]),
        ("drawn", "imagenet", [0.8, 0.6, 0.4]),
        ("photos", "imagenet", [0.65, 0.5, 0.35]),
        ("photos", "bundled", [0.4, 0.32, 0.26]),
    ],
)
def test_the_bar_follows_from_what_is_shown_and_what_was_seen(monkeypatch, pictures, weights, bars):
    monkeypatch.setenv("COURSE_PICTURES", pictures)
    monkeypatch.setenv("COURSE_WEIGHTS", weights)
    assert saved_model.bars() == bars


def test_pictures_are_kept_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    saved_model.CHECK.draw(11)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("change", "hint", "share"),
    [
        (lambda right: right, "", 1.0),
        (lambda right: np.roll(right, 1, axis=1), "guessing", 0.0),
        (lambda right: np.r_[right[:43], np.roll(right[43:], 1, axis=1)], "too-weak", 0.5),
        (lambda right: 9 * right - 2, "no-softmax", 0.5),
        (lambda right: right[:, :3], "other-classes", 0.0),
    ],
)
def test_right_answers_are_counted(change, hint, share):
    case, labels = drawn(7)
    found = saved_model.judge(case, facts(change(one_hot(labels))))
    assert (found.hint_id, found.share) == (hint, share)


@pytest.mark.parametrize(
    ("seen", "hint"), [({"from_file": False}, "not-from-file"), ({"alone": False}, "training-mode")]
)
def test_how_the_answers_came_about_is_judged_too(seen, hint):
    case, labels = drawn(7)
    assert saved_model.judge(case, facts(one_hot(labels), **seen)).hint_id == hint


def test_pictures_that_this_process_did_not_draw_are_no_students_failure():
    case, labels = drawn(7)
    other = Case("other", 1, {**case.params, "images": case["images"][:-4] + "AAA="})
    seen = Observation(OK, facts(one_hot(labels)))
    assert decide(saved_model.CHECK, [other], [seen]).status == "infrastructure"
