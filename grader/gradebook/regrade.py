"""Grade one exercise again and leave the others alone; say whose points changed."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.checks.registry import lesson_checks
from grader.classroom.engine import Engine
from grader.classroom.verdict_log import Entry
from grader.errors import ClassroomError
from grader.grading.cells import grade_id
from grader.grading.session import Result, grade
from grader.grading.source import Source
from grader.grading.submission import Submission
from grader.isolation.process import MakeWorker

if TYPE_CHECKING:
    from grader.gradebook.runner import Outcome

Who = tuple[str, str, str]  # student, lesson, framework


@dataclass(frozen=True)
class Change:
    """What a new grading did to one exercise of a student's.

    Attributes
    ----------
    student, lesson, framework, exercise : str
        Whose, and which.
    before, now : float
        Points.
    """

    student: str
    lesson: str
    framework: str
    exercise: str
    before: float
    now: float

    @property
    def by(self) -> float:
        """Points gained; below 0 if lost."""
        return self.now - self.before


def changes(outcomes: Iterable[Outcome], before: Mapping[Who, Entry]) -> Iterator[Change]:
    """Yield every exercise whose points are not what they were."""
    for outcome in outcomes:
        own = outcome.submitted
        who = (own.student, own.lesson, own.framework)
        old = before.get(who)
        if old is None or outcome.entry is None:
            continue
        for name in outcome.entry.verdicts:
            was = old.earned(name) if name in old.verdicts else 0.0
            now = outcome.entry.earned(name)
            if abs(was - now) > 1e-9:
                yield Change(*who, name, was, now)


def exercise_id(name: str, lessons: Iterable[str]) -> str:
    """Return the id of the exercise that an instructor means.

    Raises
    ------
    ClassroomError
        If no lesson has it, or more than one.
    """
    known = [check.id for lesson in dict.fromkeys(lessons) for check in lesson_checks(lesson)]
    found = [one for one in known if name in (one, one.partition("/")[2])]
    if len(found) != 1:
        why = "more than one lesson has it" if found else "no lesson has it"
        raise ClassroomError(
            f"--exercise is {name!r}, but {why}; there are: {', '.join(found or known) or 'none'}."
        )
    return found[0]


class OneExercise(Engine):
    """An engine that judges one exercise and takes the other verdicts from the log.

    Parameters
    ----------
    engine : Engine
        The class's own.
    exercise : str
        The id of the check, ``02-freezing/freeze-backbone``.
    """

    def __init__(self, engine: Engine, exercise: str) -> None:
        super().__init__(engine.root, engine._make_worker, remote=engine._remote)
        self.folders, self.cell_timeout_s = engine.folders, engine.cell_timeout_s
        self._exercise = exercise
        self._before = self.log.latest()

    def _judged(self, submission: Submission, student: str, lesson: str, framework: str) -> Result:
        """Judge the exercise; what was never graded, or has changed since, is graded whole."""
        old = self._before.get((student, lesson, framework))
        if old is None or old.text != submission.digest or self._exercise not in old.verdicts:
            return super()._judged(submission, student, lesson, framework)
        source = narrowed(self.source(lesson, framework), self._exercise)
        secret = self._secret_of(submission)
        if self._remote is not None:
            made = self._remote(source, submission, lesson, framework, secret)
        else:
            made = grade(source, submission, framework, self._workers(), secret=secret)
        kept = [flag for flag in old.flags if not flag.startswith(f"{self._exercise}:")]
        return replace(
            made,
            verdicts={**old.verdicts, **made.verdicts},
            flags=tuple(dict.fromkeys((*kept, *made.flags))),
        )

    def _workers(self) -> MakeWorker:
        if self._make_worker is None:
            raise ValueError("This engine has neither workers nor a cluster to grade with.")
        return self._make_worker


def narrowed(source: Source, exercise: str) -> Source:
    """Return a source whose only test cell is that of ``exercise``."""
    kept = {cell: names for cell, names in source.checks.items() if exercise in names}
    notebook = copy.deepcopy(source.notebook)
    dropped = set(source.checks) - set(kept)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in dropped]
    return replace(source, notebook=notebook, checks=kept)
