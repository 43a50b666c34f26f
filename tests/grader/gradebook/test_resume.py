"""Killed at any moment, grading goes on where it stopped and ends in the same gradebook."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.classroom.verdict_log import Log
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

STUDENTS = 8
_RUN = """
import sys
from grader.checks import register
from tests.grader import sample
from tests.grader.gradebook.test_resume import grade_class
register(sample.DOUBLE)
grade_class(sys.argv[1], jobs=2)
"""


_DOOR = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background: it is ignored
from grader import cli
from grader.isolation import workers
from grader.checks import register
from tests.grader import sample
register(sample.DOUBLE)
bare = workers.Workers(sandbox=False, bare=True)
workers.worker_factory = lambda *, sandbox: bare
sys.argv = ["grade", "run", sys.argv[1], "--jobs", "2"]
cli.main()
"""


def grade_class(root, *, jobs):
    """Grade all that was handed in below ``root``."""
    classroom, workers = Classroom(nb.Path(root)), Workers(sandbox=False, bare=True)
    try:
        return run_class(
            classroom, Engine(classroom.root, workers), classroom.submissions(), jobs=jobs
        )
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


@pytest.mark.skipif(os.name != "posix", reason="as Ctrl-C in a terminal of Unix")
def test_stopped_by_hand_it_ends_at_once_and_says_how_to_go_on(tmp_path):
    register(dataclasses.replace(sample.DOUBLE, timeout_s=2))
    nb.write_lesson(tmp_path)
    for number, wait_s in enumerate((0, 0, 600, 600)):
        answer = f"import time\ntime.sleep({wait_s})\n# {number}\n{nb.RIGHT}"
        path = tmp_path / "submitted" / f"s{number}" / nb.LESSON / "pytorch.ipynb"
        nb.write(path, nb.submitted_notebook(answer))
    Classroom(tmp_path).release(nb.LESSON)
    run = subprocess.Popen(
        [sys.executable, "-c", _DOOR, str(tmp_path)], cwd=nb.ROOT, stdout=subprocess.PIPE, text=True
    )
    servers = psutil.Process(run.pid)
    deadline = time.monotonic() + 100
    while len(list(Log(tmp_path).entries())) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    started = servers.children(recursive=True)
    run.send_signal(signal.SIGINT)
    try:
        said, _ = run.communicate(timeout=60)  # far less than the answers would go on
    finally:
        run.kill()
    assert run.returncode == 130
    assert "Stopped. What is graded is kept; the same command goes on from there." in said
    _, alive = psutil.wait_procs(started, timeout=30)
    assert [one.pid for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
    assert len(list(Log(tmp_path).entries())) == 2
