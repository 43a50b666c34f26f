"""Killed at any moment, grading goes on where it stopped and ends in the same gradebook."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from grader.checks import register
from grader.classroom import Classroom
from grader.engine import Engine
from grader.log import Log
from grader.runner import run_class
from grader.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

STUDENTS = 8
_RUN = """
import sys
from grader.checks import register
from tests.grader import sample
from tests.grader.test_resume import grade_class
register(sample.DOUBLE)
grade_class(sys.argv[1], jobs=2)
"""


def grade_class(root, *, jobs):
    """Grade all that was handed in below ``root``."""
    room, workers = Classroom(nb.Path(root)), Workers(sandbox=False, bare=True)
    try:
        return run_class(room, Engine(room.root, workers), room.submissions(), jobs=jobs)
    finally:
        workers.close()


def points(root):
    with Classroom(root).gradebook() as book:
        return {s.student_id: s.score for s in book.assignment_submissions(nb.LESSON)}


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_and_resumed_is_the_same_as_serial(tmp_path):
    register(sample.DOUBLE)
    root = tmp_path / "parallel"
    nb.write_lesson(root)
    for number in range(STUDENTS):
        answer = f"import time\ntime.sleep(0.5)\n# {number}\n" + (
            nb.RIGHT if number % 2 else nb.SQUARE
        )
        nb.write(
            root / "submitted" / f"s{number}" / nb.LESSON / "pytorch.ipynb",
            nb.submitted_notebook(answer),
        )
    Classroom(root).release(nb.LESSON)
    serial = shutil.copytree(root, tmp_path / "serial")

    run = subprocess.Popen([sys.executable, "-c", _RUN, str(root)], cwd=nb.ROOT)
    deadline = time.monotonic() + 100
    while len(list(Log(root).entries())) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    done = len(list(Log(root).entries()))
    assert 2 <= done < STUDENTS

    outcomes = grade_class(root, jobs=2)
    assert sum(outcome.state == "graded" for outcome in outcomes) == STUDENTS - done
    grade_class(serial, jobs=1)
    assert (
        points(root)
        == points(serial)
        == {f"s{number}": 3.0 if number % 2 else 1.0 for number in range(STUDENTS)}
    )
