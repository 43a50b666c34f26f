"""``--received``: what a person vouches for repairs lateness, and nothing makes it worse again."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.classroom.receipts import Receipts
from grader.cli import app
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
bare = Workers(sandbox=False, bare=True)
CONFIG = """from grader.configure import configure
c = get_config()
configure(c)
c.Lateness.due = {"00-sample": "2026-10-01 12:00 +0000"}
c.Lateness.percent_per_day = 100
"""


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


def grade(*arguments):
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == 0, done.output + str(done.exception or "")
    return " ".join(done.output.split())


def scores(root):
    """Return each student's points as the export gives them."""
    grade("export", root, "--to", root / "grades.csv")
    with (root / "grades.csv").open(encoding="utf-8", newline="") as stream:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(stream)}


def test_lateness_of_an_unchanged_file_is_repaired(tmp_path):
    register(sample.DOUBLE)
    root = tmp_path / "class"
    nb.write_lesson(root)
    (root / "nbgrader_config.py").write_text(CONFIG)
    Classroom(root).release(nb.LESSON)
    nb.write(tmp_path / "in" / "ana" / "pytorch.ipynb", nb.submitted_notebook(nb.RIGHT))
    take_in = ("take-in", tmp_path / "in", nb.LESSON, "-C", root)
    assert "1 came in after the due date" in grade(*take_in)
    classroom = Classroom(root)
    run_class(classroom, Engine(root, bare), classroom.submissions(), jobs=1)
    assert scores(root) == {"ana": 0.0}
    assert "after the due date" not in grade(*take_in, "--received", "2026-10-01 11:00 +0000")
    run_class(classroom, Engine(root, bare), classroom.submissions(), jobs=1)
    assert scores(root) == {"ana": 3.0}
    grade(*take_in)  # the same file once more
    grade(*take_in, "--received", "2026-10-05 11:00 +0000")
    assert scores(root) == {"ana": 3.0}


NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
WHO = ("ana", "02-freezing", "keras")


def noted(path, *receipts):
    for content, hours, vouched in receipts:
        Receipts(path).add(*WHO, content, NOON + timedelta(hours=hours), vouched=vouched)
    return (Receipts(path).time("ana", "02-freezing") - NOON.replace(tzinfo=None)) / timedelta(
        hours=1
    )


def test_what_was_seen_earlier_than_vouched_for_counts(tmp_path):
    assert noted(tmp_path, (b"1", 0, False), (b"1", 5, True)) == 0


def test_the_earliest_time_vouched_for_stays(tmp_path):
    assert noted(tmp_path, (b"1", 9, False), (b"1", 5, True), (b"1", 7, True)) == 5
    assert noted(tmp_path, (b"1", 3, True), (b"1", 8, False)) == 3


def test_nobody_vouching_makes_it_no_earlier(tmp_path):
    assert noted(tmp_path, (b"1", 9, False), (b"1", 5, False)) == 9


def test_a_newer_text_is_as_late_as_it_is_and_the_old_one_as_it_was(tmp_path):
    assert noted(tmp_path, (b"1", 0, True), (b"2", 9, False)) == 9
    assert noted(tmp_path, (b"1", 12, False)) == 0


def test_receipts_of_before_are_read(tmp_path):
    (tmp_path / ".grader").mkdir()
    line = '{"student": "ana", "lesson": "02-freezing", "framework": "keras", "digest": "d", '
    (tmp_path / ".grader" / "received.jsonl").write_text(
        line + '"when": "2026-10-01T10:00:00+00:00"}\n'
    )
    assert Receipts(tmp_path).time("ana", "02-freezing") == datetime(2026, 10, 1, 10)
