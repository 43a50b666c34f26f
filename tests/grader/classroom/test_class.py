"""A class of students from release to CSV, through nbgrader's own gradebook."""

from __future__ import annotations

import csv
import json
import re
import shutil
import time
from io import StringIO

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from rich.console import Console

from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom, timestamp
from grader.errors import ClassroomError
from grader.gradebook import plugins
from grader.gradebook.exports import CsvExporter, safe
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from grader.reports import terminal
from tests.grader import notebooks as nb
from tests.grader import sample

# nbgrader's own way with its database
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
bare = Workers(sandbox=False, bare=True)


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


ANSWERS = {"ana": nb.RIGHT, "bo": nb.SQUARE, "cy": nb.STUB, "=dee": nb.RIGHT, "élan ü": nb.RIGHT}
POINTS = {"ana": 3.0, "bo": 1.0, "cy": 0.0, "=dee": 3.0, "élan ü": 3.0, "fay": 0.0}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a class folder with a released lesson: making a database takes nbgrader seconds."""
    root = tmp_path_factory.mktemp("class")
    nb.write_lesson(root)
    for student, answer in ANSWERS.items():
        hand_in(root, student, nb.submitted_notebook(answer))
    hand_in(root, "fay", "{ broken")
    Classroom(root).release(nb.LESSON)
    return root


@pytest.fixture
def classroom(released, tmp_path):
    register(sample.DOUBLE)
    return Classroom(shutil.copytree(released, tmp_path / "class"))


def hand_in(root, student, notebook):
    nb.write(root / "submitted" / student / nb.LESSON / "pytorch.ipynb", notebook)


def points(classroom):
    with classroom.gradebook() as book:
        return {s.student_id: s.score for s in book.assignment_submissions(nb.LESSON)}


def grade_all(classroom, **options):
    engine = Engine(classroom.root, bare)
    return run_class(classroom, engine, classroom.submissions(), jobs=2, **options)


def test_release_leaves_no_answer_in(classroom):
    released = nbformat.read(classroom.root / "lessons" / nb.LESSON / "pytorch.ipynb", as_version=4)
    assert released.cells[3].source == "# YOUR CODE HERE\n..."
    assert released.cells[4].source == 'check("00-sample/double", double)'


def test_a_class_is_graded_once_and_resumes(classroom, released):
    outcomes = grade_all(classroom)
    assert points(classroom) == POINTS
    assert {o.state for o in outcomes} == {"graded", "known"}  # equal texts are run once
    assert {o.state for o in grade_all(classroom)} == {"known"}
    shutil.copy(released / "gradebook.db", classroom.root)
    assert {o.state for o in grade_all(classroom)} == {"known"}
    assert points(classroom) == POINTS


def test_a_mended_submission_shows_its_change(classroom):
    grade_all(classroom)
    hand_in(classroom.root, "bo", nb.submitted_notebook(nb.RIGHT))
    changed = [o for o in grade_all(classroom) if o.before is not None]
    assert [(o.submitted.student, o.before, o.entry.points) for o in changed] == [("bo", 1.0, 3.0)]


def test_the_log_survives_a_cut_line(classroom):
    grade_all(classroom)
    path = classroom.root / ".grader" / "verdicts.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    outcomes = grade_all(classroom)
    assert sum(o.state == "graded" for o in outcomes) <= 1
    assert all(json.loads(line) for line in path.read_text().splitlines() if line.endswith("}"))
    assert points(classroom) == POINTS


def test_nbgraders_own_autograde_agrees(classroom):
    plugins._engines[(classroom.root, True)] = Engine(classroom.root, bare)
    folders = CourseDirectory(config=classroom.config, assignment_id=nb.LESSON)
    try:
        Autograde(coursedir=folders, config=classroom.config).start()
    finally:
        del plugins._engines[(classroom.root, True)]
    assert points(classroom) == POINTS
    made = nbformat.read(
        classroom.root / "autograded" / "bo" / nb.LESSON / "pytorch.ipynb", as_version=4
    )
    assert "Multiply by two; you squared." in made.cells[4].outputs[0].data["text/plain"]
    broken = classroom.root / "autograded" / "fay" / nb.LESSON / "pytorch.ipynb"
    assert "could not be read" in nbformat.read(broken, as_version=4).cells[0].source


def test_feedback_and_export(classroom):
    grade_all(classroom)
    pages = classroom.feedback(nb.LESSON)
    assert len(pages) == len(POINTS)
    page = (classroom.root / "feedback" / "bo" / nb.LESSON / "pytorch.html").read_text("utf-8")
    assert "you squared" in page
    classroom.export(CsvExporter, classroom.root / "grades.csv")
    with (classroom.root / "grades.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["student_id"]: row for row in csv.DictReader(stream)}
    assert rows["ana"]["score"] == "3.0"
    assert rows["'=dee"]["max_score"] == "3.0"
    assert "élan ü" in rows


def test_an_unreleased_lesson_is_refused_and_the_rest_graded(classroom):
    nb.write(classroom.root / "submitted" / "ana" / "99-unknown" / "pytorch.ipynb", "{}")
    refused = [o for o in grade_all(classroom) if o.state == "refused"]
    assert len(refused) == 1
    assert "No lesson '99-unknown'" in refused[0].reason
    assert points(classroom) == POINTS


def test_a_lesson_that_is_not_there(classroom):
    with pytest.raises(ClassroomError, match=r"There is no lesson '77-x'.*found: 00-sample"):
        classroom.release("77-x")
    with pytest.raises(ClassroomError, match="Make one with: grade new-class"):
        Classroom(classroom.root / "nowhere")


def test_timestamps_that_are_none(tmp_path):
    assert timestamp(tmp_path) is None
    (tmp_path / "timestamp.txt").write_text("yesterday, honest")
    assert timestamp(tmp_path) is None
    (tmp_path / "timestamp.txt").write_text("2026-01-31 10:00:00.0 UTC")
    assert timestamp(tmp_path).hour == 10


@pytest.mark.attack(36)
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_formulas_are_made_harmless(text):
    assert safe(text) == "'" + text


def test_numbers_and_names_stay_themselves():
    assert [safe(v) for v in (None, -1.5, "O'Neil, Ann")] == ["", -1.5, "O'Neil, Ann"]


def test_progress_says_how_many_and_how_long():
    console = Console(file=StringIO(), width=80, force_terminal=True)
    with terminal.progress(4, console) as advance:
        advance(None)
        advance(None)
        time.sleep(0.3)
    shown = console.file.getvalue()
    assert "Grading" in shown
    assert "2/4" in shown
    assert re.search(r"\d:\d\d:\d\d", shown)  # the time left
