"""Write verdicts where nbgrader keeps them: the gradebook and the autograded notebooks.

Only the coordinator calls this, one submission after the other. Everything written can be written
again from the log.
"""

from __future__ import annotations

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, SubmittedNotebook
from sqlalchemy.exc import SQLAlchemyError

from grader.classroom import layout
from grader.classroom.carried import carry, replace_file
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom, Submitted, database_reason
from grader.classroom.verdict_log import Entry
from grader.errors import ClassroomError
from grader.gradebook import scoring
from grader.gradebook.plugins import fill
from grader.grading.cells import grade_id
from grader.grading.submission import Submission, rebuilt_notebook


def record(
    classroom: Classroom,
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
        _enter(classroom, book, engine, submitted, submission, entry)
    except (SQLAlchemyError, InvalidEntry) as error:
        book.db.rollback()
        reason = database_reason(error)
        raise ClassroomError(f"the gradebook could not be written: {reason}.") from None
    _write_notebook(classroom, engine, submitted, submission, entry, engine.cell_scores(entry))


def _enter(
    classroom: Classroom,
    book: Gradebook,
    engine: Engine,
    submitted: Submitted,
    submission: Submission,
    entry: Entry,
) -> None:
    stored = _stored_notebook(classroom, book, submitted)
    source = engine.source(submitted.lesson, submitted.framework, submitted.student)
    scoring.settle(stored, source, submission, engine.cell_scores(entry))
    _settle_missing(submitted, stored)
    book.db.commit()


def _settle_missing(submitted: Submitted, stored: SubmittedNotebook) -> None:
    for other in stored.assignment.notebooks:
        if other is not stored and not (submitted.path.parent / f"{other.name}.ipynb").exists():
            scoring.settle_missing(other)


def _stored_notebook(
    classroom: Classroom, book: Gradebook, submitted: Submitted
) -> SubmittedNotebook:
    try:
        book.find_notebook(submitted.framework, submitted.lesson)
    except MissingEntry:
        raise ClassroomError(
            f"The gradebook does not know {submitted.lesson} for {submitted.framework}; "
            f"release it first: grade release {submitted.lesson}"
        ) from None
    when = classroom.received(submitted)
    book.update_or_create_student(submitted.student)
    extra = {"timestamp": when} if when else {}
    book.update_or_create_submission(submitted.lesson, submitted.student, **extra)
    return book.find_submission_notebook(submitted.framework, submitted.lesson, submitted.student)


def _write_notebook(
    classroom: Classroom,
    engine: Engine,
    submitted: Submitted,
    submission: Submission,
    entry: Entry,
    scores: scoring.Scores,
) -> None:
    source = engine.source(submitted.lesson, submitted.framework, submitted.student)
    notebook = rebuilt_notebook(source, submission)
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader["checksum"] = utils.compute_checksum(cell)
            cell.metadata.nbgrader["cell_type"] = cell.cell_type
    fill(notebook, {name: listed for name, (_, listed) in scores.items()}, entry.notes)
    who = submitted.student, submitted.lesson
    folder = layout.place(classroom.folders, classroom.folders.autograded_directory, *who)
    text = nbformat.writes(notebook) + "\n"
    replace_file(folder / f"{submitted.framework}.ipynb", text.encode("utf-8", "replace"))
    kept = classroom.exclude_overwriting.get(submitted.lesson, ())
    carry(classroom.folders, *who, classroom.receipts.time(*who), kept)
