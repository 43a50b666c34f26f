"""Write verdicts where nbgrader keeps them: the gradebook and the autograded notebooks.

Only the coordinator calls this, one submission after the other. Everything written can be written
again from the log.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, SubmittedNotebook
from sqlalchemy.exc import SQLAlchemyError

from grader.checks.verdict import INFRASTRUCTURE, NOT_DONE, TAMPERED, Verdict
from grader.classroom import Classroom, Submitted, database_reason
from grader.engine import Engine
from grader.errors import ClassroomError
from grader.log import Entry
from grader.plugins import fill
from grader.rebuild import Submission, grade_id, is_answer, rebuilt_notebook

Scores = Mapping[str, tuple[float | None, list[Verdict]]]


def record(
    room: Classroom,
    book: Gradebook,
    engine: Engine,
    submitted: Submitted,
    submission: Submission,
    entry: Entry,
) -> None:
    """Write one graded submission into ``book`` and below ``autograded/``.

    Raises
    ------
    ClassroomError
        If the lesson has not been released, so that the gradebook does not know it, or if the
        gradebook cannot be written.
    """
    try:
        _enter(room, book, engine, submitted, submission, entry)
    except (SQLAlchemyError, InvalidEntry) as error:
        book.db.rollback()
        reason = database_reason(error)
        raise ClassroomError(f"the gradebook could not be written: {reason}.") from None
    _write_notebook(room, engine, submitted, submission, entry, engine.cell_scores(entry))


def _enter(
    room: Classroom,
    book: Gradebook,
    engine: Engine,
    submitted: Submitted,
    submission: Submission,
    entry: Entry,
) -> None:
    stored = _stored_notebook(room, book, submitted)
    scores = engine.cell_scores(entry)
    answers = _answer_checksums(engine, submitted, submission)
    full = engine.source(submitted.lesson, submitted.framework, submitted.student).points()
    for grade in stored.grades:
        grade.cell.max_score = full.get(grade.name, grade.cell.max_score)  # of the source as it is
        _set_grade(grade, scores, answers)
    for comment in stored.comments:
        comment.auto_comment = _comment(comment.name, scores)
    _settle_missing(submitted, stored)
    book.db.commit()


def _settle_missing(submitted: Submitted, stored: SubmittedNotebook) -> None:
    """Give nothing for a notebook of the same lesson that is not there, as nbgrader itself does."""
    for other in stored.assignment.notebooks:
        if other is stored or (submitted.path.parent / f"{other.name}.ipynb").exists():
            continue
        for grade in other.grades:
            if grade.auto_score is None and grade.manual_score is None:
                grade.auto_score, grade.needs_manual_grade = 0.0, False


def _stored_notebook(room: Classroom, book: Gradebook, submitted: Submitted) -> SubmittedNotebook:
    try:
        book.find_notebook(submitted.framework, submitted.lesson)
    except MissingEntry:
        raise ClassroomError(
            f"The gradebook does not know {submitted.lesson} for {submitted.framework}; "
            f"release it first: grade release {submitted.lesson}"
        ) from None
    when = room.received(submitted)
    book.update_or_create_student(submitted.student)
    extra = {"timestamp": when} if when else {}
    book.update_or_create_submission(submitted.lesson, submitted.student, **extra)
    return book.find_submission_notebook(submitted.framework, submitted.lesson, submitted.student)


def _set_grade(grade: Any, scores: Scores, unchanged: Mapping[str, bool]) -> None:
    name = grade.name
    if name in scores:
        points, verdicts = scores[name]
        look = points is None or bool({v.status for v in verdicts} & {TAMPERED, INFRASTRUCTURE})
    elif name in unchanged:  # a text that a person marks; untouched, it is worth nothing
        points = 0.0 if unchanged[name] else None
        look = not unchanged[name]
    else:
        return
    grade.auto_score = points
    marked = grade.manual_score is not None
    grade.needs_manual_grade = look or marked


def _answer_checksums(
    engine: Engine, submitted: Submitted, submission: Submission
) -> dict[str, bool]:
    """Return, by grade id, whether a text answer is what was released, or missing."""
    source = engine.source(submitted.lesson, submitted.framework, submitted.student)
    return {
        grade_id(cell): _untouched(submission.answers.get(grade_id(cell), ""))
        for cell in source.notebook.cells
        if is_answer(cell) and cell.metadata.nbgrader.get("grade")
    }


def _untouched(text: str) -> bool:
    return not text.strip() or "YOUR ANSWER HERE" in text


def _comment(name: str, scores: Scores) -> str | None:
    verdicts = scores.get(f"test-{name}", (None, []))[1]
    if verdicts and all(verdict.hint_id == NOT_DONE for verdict in verdicts):
        return "Not done yet."
    return None


def _write_notebook(
    room: Classroom,
    engine: Engine,
    submitted: Submitted,
    submission: Submission,
    entry: Entry,
    scores: Scores,
) -> None:
    source = engine.source(submitted.lesson, submitted.framework, submitted.student)
    notebook = rebuilt_notebook(source, submission)
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader["checksum"] = utils.compute_checksum(cell)
            cell.metadata.nbgrader["cell_type"] = cell.cell_type
    fill(notebook, {name: listed for name, (_, listed) in scores.items()}, entry.notes)
    folder = Path(
        room.folders.format_path(
            room.folders.autograded_directory, submitted.student, submitted.lesson
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / f"{submitted.framework}.ipynb", nbformat.writes(notebook) + "\n")
    when = room.received(submitted)
    if when is not None:
        replace_file(folder / "timestamp.txt", f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n")


def replace_file(path: Path, text: str) -> None:
    """Write a file in one step, so that a killed run leaves the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o444)
    os.replace(fresh, path)
