"""The one way to a score: what verdicts and answers come to in nbgrader's gradebook.

`grade run` and `nbgrader autograde` both end here. Nothing is written but what nbgrader's own step
writes: of each cell the automatic score and whether a person has to look, and the comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import SourceCell, SubmittedNotebook, TaskCell

from grader.checks.verdict import INFRASTRUCTURE, NOT_DONE, TAMPERED, Verdict
from grader.grading.cells import grade_id, is_answer
from grader.grading.source import Source
from grader.grading.submission import Submission

Scores = Mapping[str, tuple[float | None, list[Verdict]]]

TO_LOOK_AT = frozenset((TAMPERED, INFRASTRUCTURE))
NOT_DONE_COMMENT = "Not done yet."
NO_RESPONSE = "No response."  # nbgrader's own words


def settle(
    stored: SubmittedNotebook, source: Source, submission: Submission, scores: Scores
) -> None:
    """Set scores, flags and comments of one submitted notebook; the caller commits.

    Parameters
    ----------
    stored : SubmittedNotebook
        As the gradebook has it.
    source : Source
        The trusted notebook.
    submission : Submission
        What the student handed in.
    scores : mapping of str to (points, verdicts)
        By grade id of the test cell; points are ``None`` where they are open.
    """
    untouched = _untouched(stored, source, submission)
    for grade in stored.grades:
        if not isinstance(grade.cell, TaskCell):  # a person's from beginning to end
            _set_grade(grade, scores, untouched)
    for comment in stored.comments:
        comment.auto_comment = _comment(comment.name, scores, untouched)
    worth = source.points()
    for grade in stored.grades:  # after the checksums, which are of the points as released
        grade.cell.max_score = worth.get(grade.name, grade.cell.max_score)


def settle_missing(stored: SubmittedNotebook) -> None:
    """Give nothing for a notebook that was not handed in, as nbgrader does; marks by hand stay."""
    for grade in stored.grades:
        if grade.auto_score is None and grade.manual_score is None:
            grade.auto_score, grade.needs_manual_grade = 0.0, False


def _set_grade(grade: Any, scores: Scores, untouched: set[str]) -> None:
    points, look = None, True
    if grade.name in scores:
        points, verdicts = scores[grade.name]
        look = points is None or not TO_LOOK_AT.isdisjoint(v.status for v in verdicts)
    elif grade.name in untouched:
        points, look = 0.0, False
    grade.auto_score = points
    grade.needs_manual_grade = look or grade.manual_score is not None


def _untouched(stored: SubmittedNotebook, source: Source, submission: Submission) -> set[str]:
    """Return the answers that are what was released: nbgrader's checksum of the cell says so."""
    released = {cell.name: cell for cell in stored.notebook.source_cells}
    points = {grade.name: grade.max_score for grade in stored.grades}
    return {
        name
        for cell in source.notebook.cells
        if is_answer(cell) and (name := grade_id(cell)) in released
        if name in submission.answers
        and _same(cell, submission.answers[name], released[name], points.get(name))
    }


def _same(cell: NotebookNode, text: str, released: SourceCell, points: float | None) -> bool:
    described = dict(cell.metadata.nbgrader)
    if points is not None:
        described["points"] = points  # as released: the source may have changed since
    answered = NotebookNode(
        source=text,
        cell_type=released.cell_type or cell.cell_type,
        metadata=NotebookNode(nbgrader=NotebookNode(described)),
    )
    return bool(utils.compute_checksum(answered) == released.checksum)


def _comment(name: str, scores: Scores, untouched: set[str]) -> str | None:
    """Return the comment on an answer cell; the test of an exercise is ``test-<its id>``."""
    verdicts = scores.get(f"test-{name}", (None, []))[1]
    if verdicts and all(verdict.hint_id == NOT_DONE for verdict in verdicts):
        return NOT_DONE_COMMENT
    return NO_RESPONSE if name in untouched else None
