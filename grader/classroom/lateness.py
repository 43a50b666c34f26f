"""Points off for lateness: so many per cent for each day that was begun after the due date.

In the class's ``nbgrader_config.py``, after ``configure(c)``::

    c.Lateness.due = {"02-freezing": "2026-10-01 23:59 +0200"}
    c.Lateness.percent_per_day = 10  # of the points earned
    c.Lateness.grace_minutes = 15

Without a due date, here or in nbgrader's own gradebook, nothing is late. The time that counts is
the one at which ``grade take-in`` or ``grade collect`` received a notebook; the ``timestamp.txt``
beside it, which its owner could write, counts only where no receipt is known.
"""

from __future__ import annotations

import math
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import dateutil.parser
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Dict, Float, Int
from traitlets.config import Config

from grader.classroom.receipts import Receipts
from grader.errors import ClassroomError

DAY_S = 24 * 60 * 60


class Lateness(LateSubmissionPlugin):  # type: ignore[misc]  # nbgrader has no types
    """Per cent of the points earned, for each day begun after the due date."""

    due = Dict(
        {}, help="Due date by lesson, such as {'02-freezing': '2026-10-01 23:59 +0200'}"
    ).tag(config=True)
    percent_per_day = Float(0.0, help="Of the points earned; 0 takes nothing off.").tag(config=True)
    most_percent = Float(100.0, help="No more than this is taken off.").tag(config=True)
    grace_minutes = Int(0, help="So late is still in time.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to take off; ``None`` for nothing."""
        late_s = total_seconds_late - 60 * self.grace_minutes
        if late_s > 0 and self.penalty_method == "zero":  # nbgrader's own option
            return score
        if late_s <= 0 or self.percent_per_day <= 0:
            return None
        days = math.ceil(late_s / DAY_S)
        percent = min(self.most_percent, 100.0, days * self.percent_per_day)
        return round(max(0.0, score) * percent / 100, 4)


class LatePenalties(AssignLatePenalties):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's own step, with due dates from the configuration and times of receipt."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Set the submission's time, then the penalty of this notebook."""
        described = resources["nbgrader"]
        root = Path(self.parent.parent.coursedir.root)
        with Gradebook(described["db_url"]) as book:
            set_due_dates(book, self.config)
            submission = book.find_submission(described["assignment"], described["student"])
            _penalize(submission, Receipts(root), self._plugin(), only=described["notebook"])
            book.db.commit()
        return nb, resources

    def _plugin(self) -> Any:
        self.init_plugin()
        return self.plugin_inst


def due_dates(config: Config) -> dict[str, datetime]:
    """Return the due dates of a class's configuration, UTC.

    Raises
    ------
    ClassroomError
        If one of them is no date.
    """
    return {
        str(lesson): _naive(as_time(str(text), f"c.Lateness.due of {lesson}"))
        for lesson, text in Lateness(config=config).due.items()
    }


def as_time(text: str, what: str = "--received") -> datetime:
    """Return the time that a person wrote; without a zone it is UTC.

    Raises
    ------
    ClassroomError
        If it is none, or its zone is not known.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a zone that is not known would count as UTC
            words, _, zone = text.rpartition(" ")
            named = ZoneInfo(zone) if words and zone in available_timezones() else None
            found: datetime = dateutil.parser.parse(words if named else text)
    except (ValueError, OverflowError, Warning):
        raise ClassroomError(
            f"{what} is {text!r}; expected a time such as '2026-10-01 23:59 +0200'."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=named or UTC)


def _naive(when: datetime) -> datetime:
    """Return a time as nbgrader stores it: UTC, and no zone said."""
    return when.astimezone(UTC).replace(tzinfo=None)


def set_due_dates(book: Gradebook, config: Config) -> None:
    """Enter the configuration's due dates into the gradebook, where nbgrader looks for them."""
    for lesson, due in due_dates(config).items():
        try:
            assignment = book.find_assignment(lesson)
        except MissingEntry:
            continue  # not released yet
        if assignment.duedate != due:
            assignment.duedate = due
            book.db.commit()


def apply(book: Gradebook, root: Path, config: Config) -> int:
    """Set everyone's penalties anew, as marks by hand change them too; return how many are late."""
    set_due_dates(book, config)
    receipts = Receipts(root)
    plugin = _plugin_of(config)
    late = 0
    for assignment in book.assignments:
        if assignment.duedate is not None:
            late += sum(_penalize(one, receipts, plugin) for one in assignment.submissions)
    book.db.commit()
    return late


def _plugin_of(config: Config) -> Any:
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    return step.plugin_inst


def _penalize(submission: Any, receipts: Receipts, plugin: Any, only: str = "") -> bool:
    """Set the time of a submission and the penalties of its notebooks; return if one is late."""
    student, lesson = submission.student.id, submission.assignment.name
    submission.timestamp = receipts.time(student, lesson) or submission.timestamp
    late = False
    for notebook in submission.notebooks:
        if only and notebook.name != only:
            continue
        when = receipts.time(student, lesson, notebook.name) or submission.timestamp
        seconds = _seconds_late(when, submission.duedate)
        points = float(notebook.score or 0.0)
        off = plugin.late_submission_penalty(student, points, seconds) if seconds > 0 else None
        notebook.late_submission_penalty = None if off is None else min(max(0.0, off), points)
        late = late or off is not None
    return late


def _seconds_late(when: datetime | None, due: datetime | None) -> float:
    if when is None or due is None:
        return 0.0
    return max(0.0, (when - due).total_seconds())
