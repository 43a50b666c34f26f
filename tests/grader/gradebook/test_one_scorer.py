"""The same class graded by `grade run` and by `nbgrader autograde`: the same to the last byte.

What it came to is written down in ``golden_class.jsonl``: `python -m
tests.grader.gradebook.test_one_scorer`
writes it anew, for a person to read the difference.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from grader.classroom.carried import stamp
from grader.classroom.engine import class_secret
from grader.classroom.folder import Classroom
from tests.grader import stock
from tests.grader.attacks.test_lesson import LEFT_OPEN, LESSON, right
from tests.grader.commands import grade, nbgrader
from tests.grader.isolation.test_sandbox import have_sandbox
from tests.grader.notebooks import write

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
    pytest.mark.torch,
]
GOLDEN = Path(__file__).with_name("golden_class.jsonl")
PLACEHOLDER = "YOUR ANSWER HERE"
LATE = "\nc.Lateness.due = {'02-freezing': '2026-10-01'}\nc.Lateness.percent_per_day = 10\n"
ROUTES = ("run", "autograde")


def lesson_answers() -> dict[str, dict[str, str]]:
    """Return what each student has written into lesson 02, by the id of the cell."""
    all_right, waits = right("pytorch"), {"explain-freezing": "Because."}
    return {
        "right": {**all_right, **waits},
        "late": {**all_right, **waits},
        "wrong": {**all_right, "freeze-backbone": LEFT_OPEN},
        "untouched": {},
        "partly": {"count-trainable": all_right["count-trainable"]},
        "left above": {**all_right, "explain-freezing": f"{PLACEHOLDER}\n\nBecause."},
        "emptied": {**all_right, "explain-freezing": ""},
        "raises": {**all_right, "count-trainable": "raise ValueError('no')"},
    }


STOCK = {
    "right": {**stock.RIGHT, "explain": "Because.", "answer": "answer = 42"},
    "wrong": {**stock.WRONG, "answer": "answer = 41"},
    "untouched": {},
    "left above": {**stock.RIGHT, "explain": f"{PLACEHOLDER}\n\nBecause.", "answer": ""},
    "raises": {"mean": "import os\nos._exit(0)", "answer": "answer = 42"},
}


def make(root: Path) -> None:
    """Make the class and hand everything in."""
    grade(root.parent, "new-class", str(root))
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(LATE)
    stock.write(root / "solutions")
    grade(root, "release", LESSON, "--framework", "pytorch")
    grade(root, "release", stock.ASSIGNMENT)
    for who, answers in lesson_answers().items():
        _hand_in(
            root, who, LESSON, "pytorch", answers, "2026-10-02" if who == "late" else "2026-09-01"
        )
    for who, answers in STOCK.items():
        for name in ("problem1", "problem2"):
            _hand_in(root, who, stock.ASSIGNMENT, name, answers)
    _hand_in(root, "one missing", stock.ASSIGNMENT, "problem1", STOCK["right"])
    write(root / "submitted" / "damaged" / LESSON / "pytorch.ipynb", "{ broken")


def _hand_in(
    root: Path, who: str, lesson: str, name: str, answers: dict[str, str], day: str = "2026-09-01"
) -> None:
    renamed = {key.replace("-", "_"): text for key, text in answers.items()}
    text = stock.answered(root / "lessons" / lesson / f"{name}.ipynb", **renamed)
    path = write(root / "submitted" / who / lesson / f"{name}.ipynb", text)
    (path.parent / "timestamp.txt").write_text(f"{day} 12:00:00.000000 UTC\n")


def result(root: Path) -> dict[str, dict[str, object]]:
    """Return all that the gradebook holds of each submitted notebook."""
    with Classroom(root).gradebook() as book:
        return {
            f"{one.student_id}/{assignment.name}/{notebook.name}": _told(one, notebook)
            for assignment in book.assignments
            for one in sorted(assignment.submissions, key=lambda one: one.student_id)
            for notebook in one.notebooks
        }


def _told(submission, notebook):
    return {
        "when": submission.timestamp and stamp(submission.timestamp).strip(),
        "penalty": notebook.late_submission_penalty,
        "cells": {
            one.name: [one.auto_score, one.manual_score, one.needs_manual_grade]
            for one in sorted(notebook.grades, key=lambda one: one.name)
        },
        "comments": {
            one.name: one.auto_comment
            for one in sorted(notebook.comments, key=lambda one: one.name)
        },
    }


def graded(root: Path, route: str) -> str:
    """Grade a class by one of the routes; return its result as text."""
    if route == "run":
        grade(root, "run", "--jobs", "2")
    else:
        for assignment in (LESSON, stock.ASSIGNMENT):
            nbgrader(root, "autograde", assignment)
    told = sorted(result(root).items())
    return "\n".join(json.dumps(one, sort_keys=True) for one in told) + "\n"  # a line each


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    place = tmp_path_factory.mktemp("scorer")
    make(place / "run")
    class_secret(place / "run")  # both classes draw the same fresh cases
    shutil.copytree(place / "run", place / "autograde")
    return {route: (place / route, graded(place / route, route)) for route in ROUTES}


def test_both_routes_come_to_the_same(classes):
    assert classes["run"][1] == classes["autograde"][1]


def test_what_it_comes_to_is_written_down(classes):
    assert classes["run"][1] == GOLDEN.read_text("utf-8")


def test_work_below_a_left_placeholder_waits_for_a_person(classes):
    for root, _ in classes.values():
        found = result(root)
        for lesson in (f"{LESSON}/pytorch", f"{stock.ASSIGNMENT}/problem1"):
            name = "explain-freezing" if lesson.startswith(LESSON) else "explain"
            assert found[f"left above/{lesson}"]["cells"][name] == [None, None, True]
            assert found[f"untouched/{lesson}"]["cells"][name] == [0.0, None, False]


def test_formgrader_calls_it_graded_and_waits_for_a_person(classes):
    from nbgrader.apps.api import NbGraderAPI

    for root, _ in classes.values():
        classroom = Classroom(root)
        api = NbGraderAPI(classroom.folders, config=classroom.config)
        told = {
            one["student"]: (one["autograded"], one["needs_manual_grade"])
            for one in api.get_submissions(LESSON)
        }
        assert {who for who, (graded, _) in told.items() if not graded} == set()
        waiting = {who for who, (_, waits) in told.items() if waits}
        assert waiting == {"right", "late", "left above", "emptied", "damaged"}
        (own,) = [one for one in api.get_student_submissions("late") if one["name"] == LESSON]
        assert own["display_timestamp"] == "2026-10-02 12:00:00 UTC"


def test_both_routes_write_the_same_notebooks(classes):
    (one, _), (two, _) = classes.values()
    listed = sorted(path.relative_to(one) for path in one.glob("autograded/*/*/*"))
    assert listed == sorted(path.relative_to(two) for path in two.glob("autograded/*/*/*"))
    for path in listed:
        told = [_outputs(root / path) for root in (one, two)]
        assert told[0] == told[1], path


def _outputs(path):
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    made = json.loads(path.read_text("utf-8"))
    return [(cell["source"], cell.get("outputs")) for cell in made["cells"]]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder, "run"))
        GOLDEN.write_text(graded(Path(folder, "run"), "run"), "utf-8")
