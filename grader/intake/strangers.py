"""Say whose work it is that came under a name which the class list does not know."""

from __future__ import annotations

import contextlib
import difflib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import MissingEntry

from grader.classroom import layout, lessons
from grader.classroom.folder import Classroom
from grader.classroom.receipts import Receipts
from grader.classroom.verdict_log import FOLDER
from grader.errors import ClassroomError
from grader.intake import attachments
from grader.intake.recognize import Recognizer
from grader.intake.take_in import NBGRADERS_OWN, STRANGERS, Found, Intake, Taken
from grader.reading.files import read_bytes


def assign(classroom: Classroom, file: Path, student: str) -> Taken:
    """Take in, as a student's, what a stranger handed in, or a notebook that came by mail.

    Parameters
    ----------
    file : Path
        A notebook, or a stranger's folder below ``.grader/strangers/`` or ``submitted/``. Times of
        receipt and attachments go with it, what was graded under the other name is taken out of the
        gradebook. Any other notebook is told by its cells, and came in
        now.
    student : str
        An id in the class list.

    Raises
    ------
    ClassroomError
        If there is no such file or student, or the file is no notebook of the class.
    """
    who = _known(classroom, student)
    place = (file if file.exists() else classroom.root / file).resolve()
    if not place.exists():
        raise ClassroomError(f"There is no {file}; expected a notebook or a stranger's folder.")
    for base in (
        classroom.root / FOLDER / STRANGERS,
        classroom.root / classroom.folders.submitted_directory,
    ):
        if place != base and place.is_relative_to(base):
            return _adopt(classroom, base, place.relative_to(base), who)
    return _by_content(classroom, place, who)


def _known(classroom: Classroom, student: str) -> str:
    with classroom.gradebook() as book:
        ids = [one.id for one in book.students]
    if student in ids:
        return student
    near = difflib.get_close_matches(student, ids, n=3)
    hint = f"; near to it: {', '.join(near)}" if near else ""
    raise ClassroomError(
        f"{student!r} is not in the class list{hint}. Enter the student first: grade class-list"
    )


def _by_content(classroom: Classroom, path: Path, who: str) -> Taken:
    try:
        content = read_bytes(path)
    except (OSError, ValueError) as error:
        raise ClassroomError(f"{path} cannot be read: {error}") from None
    seen = Recognizer(classroom.root, classroom.folders).look(content)
    if seen is None or not seen.framework:
        raise ClassroomError(f"{path} holds the cells of no lesson in {classroom.root}.")
    intake = Intake.of(classroom, seen.lesson)
    intake.keep(who, Found(path.name, seen.framework, content), datetime.now(UTC))
    return intake.taken


def _adopt(classroom: Classroom, base: Path, place: Path, who: str) -> Taken:
    """Move what is below a stranger's folder to where a student's work is."""
    stranger, *below = place.parts
    if stranger == who:
        raise ClassroomError(f"{place} is {who}'s already.")
    taken = Taken()
    for folder in [base / stranger / below[0]] if below else _folders(base / stranger):
        intake, names = (
            Intake.of(classroom, folder.name),
            lessons.notebook_names(folder.name, classroom.root, classroom.folders),
        )
        only = below[1:] if below[1:2] != [attachments.NAME] else []
        for path in sorted(folder.glob("*.ipynb")):
            if path.stem in names and only in ([], [path.name]):
                _move(classroom, intake, path, stranger, who)
        if not list(folder.glob("*.ipynb")):
            _move_the_rest(classroom, intake, folder, who)
            _forget(classroom, stranger, folder.name)
        taken.files += intake.taken.files
        taken.notes += intake.taken.notes
    _remove_empty(base / stranger)  # other lessons may wait in it
    return taken


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _move(classroom: Classroom, intake: Intake, path: Path, stranger: str, who: str) -> None:
    content, lesson = read_bytes(path), path.parent.name
    receipt = Receipts(classroom.root).get(stranger, lesson, path.stem)
    when = receipt.time.replace(tzinfo=UTC) if receipt else datetime.now(UTC)
    found = Found(path.name, path.stem, content)
    intake.keep(who, found, when, vouched=bool(receipt and receipt.vouched))
    if intake.folder(who) / path.name in intake.taken.files:
        path.unlink()


def _move_the_rest(classroom: Classroom, intake: Intake, folder: Path, who: str) -> None:
    """Move attachments, and what nbgrader's exchange needs, once no notebook is left."""
    apart = attachments.folder_of(classroom.root, folder.parent.name, folder.name)
    for place in (folder / attachments.NAME, apart):
        for path in sorted(place.glob("*")):
            attachments.keep(intake.attachments(who), path.name, path.read_bytes())
        shutil.rmtree(place, ignore_errors=True)
    for name in NBGRADERS_OWN:
        if (folder / name).is_file() and intake.folder(who).is_dir():
            shutil.move(folder / name, intake.folder(who) / name)
    _remove_empty(folder)  # what else a person has put there stays


def _forget(classroom: Classroom, stranger: str, lesson: str) -> None:
    """Take what was graded under a name that was not the owner's out of the gradebook."""
    folders = classroom.folders
    for step in (folders.autograded_directory, folders.feedback_directory):
        graded = layout.place(folders, step, stranger, lesson)
        shutil.rmtree(graded, ignore_errors=True)
        _remove_empty(graded.parent)
    with classroom.gradebook() as book, contextlib.suppress(MissingEntry):
        book.remove_submission(lesson, stranger)
        student = book.find_student(stranger)
        listed = (student.first_name, student.last_name, student.email, student.lms_user_id)
        if not student.submissions and not any(listed):
            book.remove_student(stranger)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
