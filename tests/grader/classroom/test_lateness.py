"""Points off by the day, counted from the time of receipt that no student writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from grader.classroom.lateness import Lateness, apply, as_time, due_dates
from grader.classroom.receipts import Receipts
from grader.errors import ClassroomError
from tests.grader import gradebooks

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
DAY = 24 * 60 * 60


def config(**options):
    made = Config()
    made.Lateness.due = {"02-freezing": "2026-10-01 23:59 +0200"}
    made.Lateness.percent_per_day = 10
    made.Lateness.update(options)
    made.AssignLatePenalties.plugin_class = "grader.classroom.lateness.Lateness"
    return made


@pytest.mark.parametrize(
    ("seconds", "off"),
    [(0, None), (1, 0.8), (DAY, 0.8), (DAY + 1, 1.6), (9 * DAY, 7.2), (99 * DAY, 8.0)],
)
def test_each_day_begun_costs(seconds, off):
    assert Lateness(config=config()).late_submission_penalty("ana", 8.0, seconds) == off


def test_grace_and_the_most_that_is_taken():
    plugin = Lateness(config=config(grace_minutes=15, most_percent=30))
    assert plugin.late_submission_penalty("ana", 8.0, 15 * 60) is None
    assert plugin.late_submission_penalty("ana", 8.0, 15 * 60 + 1) == 0.8
    assert plugin.late_submission_penalty("ana", 8.0, 9 * DAY) == 2.4
    assert Lateness().late_submission_penalty("ana", 8.0, DAY) is None


def test_due_dates_are_read_with_their_zone():
    assert due_dates(config()) == {"02-freezing": datetime(2026, 10, 1, 21, 59)}
    times = [as_time(f"2026-10-01 23:59{zone}") for zone in (" Europe/Berlin", "+02:00", "")]
    assert [time.astimezone(UTC).hour for time in times] == [21, 21, 23]
    with pytest.raises(ClassroomError, match=r"c\.Lateness\.due of 02-freezing is 'soon'"):
        due_dates(config(due={"02-freezing": "soon"}))
    with pytest.raises(ClassroomError, match="--received is '2026-10-01 23:59 XYZ'"):
        as_time("2026-10-01 23:59 XYZ")


@pytest.fixture
def place(tmp_path):
    gradebooks.make(tmp_path).close()
    return tmp_path


def penalties(place, student="ana"):
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        found = book.find_submission("02-freezing", student)
        return {one.name: one.late_submission_penalty for one in found.notebooks}, found.timestamp


def applied(place, **options):
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        return apply(book, place, config(**options))


def test_each_notebook_is_as_late_as_it_came(place):
    receipts = Receipts(place)
    receipts.add("ana", "02-freezing", "keras", b"1", datetime(2026, 10, 1, 20, tzinfo=UTC))
    receipts.add("ana", "02-freezing", "pytorch", b"2", datetime(2026, 10, 3, 20, tzinfo=UTC))
    assert applied(place) == 1
    off, when = penalties(place)
    assert off == {"keras": None, "pytorch": 1.5}  # 2 days begun, 20 % of 7.5
    assert when == datetime(2026, 10, 3, 20)


@pytest.mark.attack(35)
def test_a_believable_timestamp_does_not_count(place):
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        book.find_submission("02-freezing", "=bo").timestamp = datetime(2026, 10, 1, 20)
        book.db.commit()
    Receipts(place).add("=bo", "02-freezing", "keras", b"x", datetime(2026, 10, 2, 20, tzinfo=UTC))
    assert applied(place) == 1
    off, when = penalties(place, "=bo")
    assert off["keras"] == 1.0
    assert when == datetime(2026, 10, 2, 20)


def test_marks_by_hand_change_the_penalty_and_a_new_date_takes_it_back(place):
    Receipts(place).add("=bo", "02-freezing", "keras", b"x", datetime(2026, 10, 2, 20, tzinfo=UTC))
    applied(place)
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        book.find_grade("test-a", "keras", "02-freezing", "=bo").manual_score = 5.0
        book.db.commit()
    applied(place)
    assert penalties(place, "=bo")[0]["keras"] == 0.5
    assert applied(place, due={"02-freezing": "2026-11-01"}) == 0
    assert penalties(place, "=bo")[0]["keras"] is None


def test_a_receipt_cut_off_is_passed_over(tmp_path):
    Receipts(tmp_path).add("ana", "02-freezing", "keras", b"1", datetime(2026, 1, 1, tzinfo=UTC))
    with (tmp_path / ".grader" / "received.jsonl").open("a") as stream:
        stream.write('{"student": "an')
    Receipts(tmp_path).add("bo", "02-freezing", "keras", b"1", datetime(2027, 1, 1, tzinfo=UTC))
    found = Receipts(tmp_path)
    assert [found.time(who, "02-freezing").year for who in ("ana", "bo")] == [2026, 2027]
