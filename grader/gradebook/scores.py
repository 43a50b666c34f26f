"""What counts of what nbgrader stores: one framework's notebook, the better of two, or both.

nbgrader adds up every notebook of an assignment. A lesson that is released in two frameworks is
not twice the work, unless the class is told that it is; so what leaves the gradebook goes through
the rule that the lesson was released with. The gradebook itself is only read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from course.frameworks import FRAMEWORKS
from grader.classroom.rules import BEST, Rules, frameworks_of, said


@dataclass(frozen=True)
class Counted:
    """What counts of one student's work on one lesson.

    Attributes
    ----------
    raw, penalty, of : float
        Points before and off for lateness, and full marks.
    notebooks : tuple of str
        Which notebooks they are of.
    handed_in : bool
        Whether anything was handed in; without, the points are 0.
    to_mark : bool
        Whether a person still has to mark something of it.
    when : datetime or None
        Time of receipt, UTC.
    """

    raw: float
    penalty: float
    of: float
    notebooks: tuple[str, ...] = ()
    handed_in: bool = True
    to_mark: bool = False
    when: datetime | None = None

    @property
    def score(self) -> float:
        """Points that count, never below 0."""
        return max(0.0, self.raw - self.penalty)


def counted(book: Gradebook, lesson: str, student: str, rule: str) -> Counted:
    """Return what counts of a student's work on a lesson."""
    assignment = book.find_assignment(lesson)
    of = full_marks(assignment, rule)
    try:
        submission = book.find_submission(lesson, student)
    except MissingEntry:
        return Counted(0.0, 0.0, of, handed_in=False)
    kept = _kept(submission.notebooks, rule)
    asked = {*frameworks_of(rule), *(notebook.name for notebook in kept)}
    raw, penalty = sum(map(_raw, kept)), sum(map(_penalty, kept))
    own_of = sum(notebook.max_score for notebook in kept)
    scale = of / own_of if own_of else 1.0  # the two frameworks may differ in full marks
    return Counted(
        raw * scale,
        penalty * scale,
        of,
        tuple(notebook.name for notebook in kept),
        to_mark=any(n.needs_manual_grade for n in submission.notebooks if n.name in asked),
        when=submission.timestamp,
    )


def full_marks(assignment: Any, rule: str) -> float:
    """Return the points that a lesson is worth under a rule."""
    own = {notebook.name: notebook.max_score for notebook in assignment.notebooks}
    asked = [own[name] for name in frameworks_of(rule) if name in own]
    others = sum(points for name, points in own.items() if name not in FRAMEWORKS)
    if rule == BEST and asked:
        asked = [max(asked)]
    return float(others + sum(asked))


def _kept(notebooks: Sequence[Any], rule: str) -> list[Any]:
    """Return the notebooks that count: the better one, or all that the rule asks for."""
    asked = [n for n in notebooks if n.name in frameworks_of(rule)]
    others = [n for n in notebooks if n.name not in FRAMEWORKS]
    if rule == BEST and asked:
        asked = [max(asked, key=_worth)]
    return [*asked, *others]


def _worth(notebook: Any) -> tuple[float, bool, bool]:
    """Return the share of full marks; of two that earned nothing, the one that is there counts."""
    full = notebook.max_score
    share = max(0.0, _raw(notebook) - _penalty(notebook)) / full if full else 0.0
    # on what was not handed in, nothing is remarked
    there = not share and any(comment.auto_comment for comment in notebook.comments)
    return share, bool(notebook.needs_manual_grade), there


def _raw(notebook: Any) -> float:
    return float(notebook.score or 0.0)


def _penalty(notebook: Any) -> float:
    return float(notebook.late_submission_penalty or 0.0)


def summary(book: Gradebook, rules: Rules) -> Iterator[str]:
    """Yield a sentence per lesson: what counts, and what is not final."""
    people = [student.id for student in book.students]
    for assignment in book.assignments:
        name = assignment.name
        found = [counted(book, name, student, rules[name]) for student in people]
        nothing = sum(not one.handed_in for one in found)
        to_mark = sum(one.to_mark for one in found)
        what = said(rules[name], (one.name for one in assignment.notebooks))
        yield (
            f"{name}: {what}, out of {full_marks(assignment, rules[name]):g}; "
            f"{len(found) - nothing} of {len(found)} handed in; {to_mark} to mark by hand"
        )
