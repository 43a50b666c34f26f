"""nbgrader's own commands, from a released lesson to a file for Canvas, as its manual has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from grader.classroom.folder import Classroom, new_class
from grader.classroom.roster import Student, enter
from grader.grading.cells import grade_id
from grader.intake.take_in import Found, Intake
from tests.grader.attacks.test_lesson import LESSON, right
from tests.grader.isolation.test_sandbox import have_sandbox
from tests.helpers import QUIET

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
    pytest.mark.torch,
]
LATE = "\nc.Lateness.due = {'02-freezing': '2026-10-01'}\nc.Lateness.percent_per_day = 10\n"


def nbgrader(root: Path, *arguments: str) -> str:
    """Run one of nbgrader's commands in the class folder; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env={**os.environ, **QUIET, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def answered(root, **changed):
    """Return the released notebook with right answers, but for what is ``changed``."""
    path = root / "lessons" / LESSON / "pytorch.ipynb"
    made = json.loads(nbformat.writes(nbformat.read(path, as_version=4)))
    answers = {**right("pytorch"), **changed}
    for cell in made["cells"]:
        cell["source"] = answers.get(grade_id(cell), cell["source"])
    return json.dumps(made).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("commands") / "autumn"
    new_class(root)
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(LATE)
    classroom = Classroom(root)
    classroom.release(LESSON, ("pytorch",))
    with classroom.gradebook() as book:
        enter(book, [Student("ana", "Ana", "Lee", "", "41"), Student("bo"), Student("cy")])
    intake = Intake(root, root / "submitted", LESSON, classroom.roll())
    nothing = "def freeze_backbone(model):\n    pass"
    for who, content, day in (
        ("ana", answered(root), 1),
        ("bo", answered(root, **{"freeze-backbone": nothing}), 3),
        ("cy", b"{ broken", 1),
    ):
        when = datetime(2026, 9 if day == 1 else 10, day, tzinfo=UTC)
        intake.keep(who, Found(who, "pytorch", content), when)
    (root / "submitted" / "ana" / LESSON / "timestamp.txt").write_text("2027-01-01 00:00:00 UTC")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "submitted" / "cy" / LESSON / "timestamp.txt")
    return root


def test_start_to_finish(place):
    assert "There are 3 students" in nbgrader(place, "db", "student", "list")
    nbgrader(place, "autograde", LESSON)
    nbgrader(place, "generate_feedback", LESSON)
    nbgrader(
        place,
        "export",
        "--exporter",
        "grader.gradebook.exports.CanvasExporter",
        "--to",
        "canvas.csv",
    )
    assert (place / "canvas.csv").read_text("utf-8").splitlines() == [
        "Student,ID,SIS User ID,SIS Login ID,Section,02-freezing",
        "    Points Possible,,,,,18.00",
        "bo,,,bo,,8.80",  # 11 points, two days late
        "cy,,,cy,,0.00",
        '"Lee, Ana",41,,ana,,14.00',
    ]
    page = (place / "feedback" / "bo" / LESSON / "pytorch.html").read_text("utf-8")
    assert "2.2 points are taken off" in page
    assert "Freeze the backbone, not the head: not right yet" in page
    with Classroom(place).gradebook() as book:
        times = {s.student_id: s.timestamp for s in book.assignment_submissions(LESSON)}
    assert times["ana"] == datetime(2026, 9, 1)
