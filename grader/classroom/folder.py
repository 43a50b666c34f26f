"""A class folder: release, grade, feedback and export, all through nbgrader's own parts."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import Execute
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from course import settings
from course.frameworks import FRAMEWORKS
from grader.classroom import configuration, lateness, layout, lessons
from grader.classroom.carried import TIMESTAMP, note_receipt, small_file
from grader.classroom.receipts import Receipts
from grader.classroom.roster import Roster, has_list
from grader.classroom.rules import Rules
from grader.classroom.verdict_log import FOLDER
from grader.errors import ClassroomError
from grader.reading.unpack import is_junk

if TYPE_CHECKING:
    from grader.classroom.engine import Engine

CONFIG_NAME = "nbgrader_config.py"
FREE_BYTES = 2**20  # less than this on the disk, and grading does not begin
_CLASS_CONFIG = '''"""nbgrader's configuration of this class; what stands last wins."""

from grader.configure import configure

c = get_config()  # noqa: F821  # nbgrader provides it
configure(c)

# When the lessons are due, and what a day too late costs. See grader/classroom/lateness.py.
# c.Lateness.due = {"02-freezing": "2026-10-01 23:59 +0200"}
# c.Lateness.percent_per_day = 10
'''


@dataclass(frozen=True)
class Submitted:
    """A file that a student handed in: ``submitted/STUDENT/LESSON/FRAMEWORK.ipynb``."""

    student: str
    lesson: str
    framework: str
    path: Path


class Classroom:
    """One class folder.

    Parameters
    ----------
    root : Path
        Holds ``submitted/`` and receives ``autograded/``, ``feedback/`` and ``gradebook.db``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not self.root.is_dir():
            raise ClassroomError(
                f"There is no folder {root}. Make one with: grade new-class {root}"
            )
        _find_alembic()
        self.config = configuration.load(self.root)
        self.folders = configuration.course_directory(self.config)

    def gradebook(self) -> Gradebook:
        """Open the gradebook; close it, or use it in a ``with``.

        Raises
        ------
        ClassroomError
            If it is an older nbgrader's, damaged, or cannot be written.
        """
        check_version(self.folders.db_url)
        try:
            return Gradebook(self.folders.db_url)
        except SQLAlchemyError as error:
            raise ClassroomError(
                f"The gradebook cannot be opened: {database_reason(error)}."
            ) from None

    def rules(self, always: str | None = None) -> Rules:
        """Return what counts of each lesson: as released, or ``always`` the same."""
        return Rules(self.root, always)

    def roll(self) -> Roster:
        """Return the class list, by which names in archives are told."""
        with self.gradebook() as book:
            return Roster(book.students, closed=has_list(self.root))

    def equip(self, engine: Engine) -> None:
        """Tell an engine the class's folders, and how long a cell may run."""
        engine.folders = self.folders
        engine.cell_timeout_s = configuration.cell_timeout_s(Execute(config=self.config))

    def apply_lateness(self) -> int:
        """Set all penalties anew; return how many submissions are late."""
        with self.gradebook() as book:
            late = lateness.apply(book, self.root, self.config)
            self._agree_on_times(book)
        return late

    def _agree_on_times(self, book: Gradebook) -> None:
        """Have gradebook and ``timestamp.txt`` say what the receipts say."""
        receipts = Receipts(self.root)
        for assignment in book.assignments:
            for one in assignment.submissions:
                when = receipts.time(one.student_id, assignment.name)
                if when is not None:
                    one.timestamp = when
                    note_receipt(self.folders, one.student_id, assignment.name, when)
        book.db.commit()

    def known(self, lesson: str) -> str:
        """Return ``lesson`` if there is one of that name.

        Raises
        ------
        ClassroomError
            If there is none; the message lists those there are.
        """
        if lesson not in self.lessons():
            listed = ", ".join(self.lessons()) or "none"
            raise ClassroomError(f"There is no lesson {lesson!r} in {self.root}; found: {listed}.")
        return lesson

    def lessons(self) -> list[str]:
        """Return the lessons that can be released and graded."""
        return layout.lessons(self.folders)

    def notebooks(self, lesson: str, frameworks: Iterable[str] = FRAMEWORKS) -> set[str]:
        """Return the notebooks of a lesson: of those in a framework, only ``frameworks``."""
        there = set(layout.notebooks(self.folders, lesson))
        return {name for name in there if name in frameworks or name not in FRAMEWORKS}

    def release(self, lesson: str, frameworks: tuple[str, ...] = FRAMEWORKS) -> list[Path]:
        """Release a lesson's notebooks with ``generate_assignment`` and enter it in the gradebook.

        Once there are submissions, nbgrader keeps an assignment's notebooks as they are; asked for
        fewer of them, this releases nothing, and what counts is a matter of the class's rule.

        Raises
        ------
        ClassroomError
            If there is no such lesson, or a notebook would have to be added after submissions.
        """
        self.known(lesson)
        if self._is_settled(lesson, frameworks):
            return []
        asked = self.notebooks(lesson, frameworks)
        if asked == self.notebooks(lesson):
            self._convert(GenerateAssignment, assignment_id=lesson)
        else:
            for name in sorted(asked):
                self._convert(GenerateAssignment, assignment_id=lesson, notebook_id=name)
        folder = layout.place(self.folders, self.folders.release_directory, layout.NOBODY, lesson)
        return sorted(path for path in folder.glob("*.ipynb") if path.stem in asked)

    def _is_settled(self, lesson: str, frameworks: tuple[str, ...]) -> bool:
        """Return whether submissions keep a lesson from being released with other notebooks."""
        asked = self.notebooks(lesson, frameworks)
        with self.gradebook() as book:
            found = [one for one in book.assignments if one.name == lesson and one.submissions]
            there = {notebook.name for one in found for notebook in one.notebooks}
        if not found or asked == there:
            return False
        if asked - there:
            raise ClassroomError(
                f"{lesson} has submissions, so nbgrader lets nobody add notebooks to it "
                f"({', '.join(sorted(asked - there))})."
            )
        return True

    def release_exam(
        self,
        name: str,
        frameworks: tuple[str, ...] = FRAMEWORKS,
        students: Iterable[str] | None = None,
    ) -> list[Path]:
        """Release an exam: the common paper, and a paper of their own for each student.

        Parameters
        ----------
        students : iterable of str, optional
            Who gets a paper of their own; by default everyone in the gradebook.

        Raises
        ------
        ClassroomError
            If a student's name cannot be a folder's.
        """
        from grader.classroom import exams
        from grader.classroom.engine import class_secret

        papers = exams.Exams(self.root / FOLDER, class_secret(self.root))
        source = layout.place(self.folders, self.folders.source_directory, layout.NOBODY, name)
        exams.prepare(source, papers, name, frameworks)
        released = self.release(name, frameworks)
        with self.gradebook() as book:
            known = [student.id for student in book.students]
        wanted = known if students is None else list(students)
        for student in wanted:
            if Path(student).name != student or student in ("", ".", ".."):
                raise ClassroomError(f"{student!r} cannot be a student's id; use a plain name.")
        return [*released, *exams.papers(self.root, papers, name, frameworks, wanted)]

    def _convert(self, kind: type, **ids: str) -> None:
        folders = CourseDirectory(config=self.config, **ids)
        converter = kind(coursedir=folders, config=self.config, force=True)
        converter.log.setLevel(logging.ERROR)
        try:
            converter.start()
        except NbGraderException as error:
            raise ClassroomError(f"nbgrader could not go on: {error}") from None

    def submissions(self) -> Iterator[Submitted]:
        """Yield what has been handed in, by student and lesson."""
        known: dict[str, set[str]] = {}
        for student, lesson, folder in self._submitted_folders():
            names = known.setdefault(lesson, {*FRAMEWORKS, *self.notebooks(lesson)})
            for path in sorted(folder.glob("*.ipynb")):
                if path.stem in names and not is_junk(f"{student}/{lesson}/{path.name}"):
                    yield Submitted(student, lesson, path.stem, path)

    def _submitted_folders(self) -> Iterator[tuple[str, str, Path]]:
        left_out = set(filter(None, self.folders.student_id_exclude.split(",")))
        for student, lesson, folder in layout.found(self.folders, self.folders.submitted_directory):
            linked = folder.is_symlink() or folder.parent.is_symlink()
            if not linked and student not in left_out:
                yield student, lesson, folder

    def missing(self, lesson: str) -> list[str]:
        """Return who is in the gradebook and has handed nothing in for a lesson."""
        there = {one.student for one in self.submissions() if one.lesson == lesson}
        with self.gradebook() as book:
            return [student.id for student in book.students if student.id not in there]

    def check_writable(self) -> None:
        """See that the class folder can be written, before anything is graded.

        Raises
        ------
        ClassroomError
            If it cannot.
        """
        probe = self.root / FOLDER / "writable"
        try:
            probe.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe.write_bytes(bytes(FREE_BYTES))  # an empty file fits on a full disk
            probe.unlink()
        except OSError as error:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)
            raise ClassroomError(
                f"{self.root} cannot be written ({error.strerror}), so no verdict could be kept. "
                "Copy the class folder to a disk that can be, and grade there."
            ) from None

    def wanted(self, lesson: str | None = None, student: str | None = None) -> list[Submitted]:
        """Return what has been handed in, of one lesson or student if asked for."""
        return [
            one
            for one in self.submissions()
            if lesson in (None, one.lesson) and student in (None, one.student)
        ]

    def late(self, lesson: str) -> int:
        """Return how many students' notebooks of a lesson came in after it was due."""
        with self.gradebook() as book:
            lateness.set_due_dates(book, self.config)
            due = {one.name: one.duedate for one in book.assignments}.get(lesson)
        receipts = Receipts(self.root)
        students = {one.student for one in self.wanted(lesson)}
        times = [receipts.time(student, lesson) for student in students]
        return sum(bool(due and when and when > due) for when in times)

    def graded_lessons(self) -> list[str]:
        """Return the lessons that somebody's work has been graded for."""
        graded = layout.found(self.folders, self.folders.autograded_directory)
        return sorted({lesson for _, lesson, path in graded if any(path.glob("*.ipynb"))})

    def feedback(self, lesson: str, student: str = "*") -> list[Path]:
        """Write the feedback of a lesson as HTML; return the files."""
        who = student if student == "*" else glob.escape(student)
        self._convert(GenerateFeedback, assignment_id=lesson, student_id=who)
        made = layout.found(self.folders, self.folders.feedback_directory)
        places = [path for who, name, path in made if name == lesson and student in ("*", who)]
        return sorted(page for path in places for page in path.glob("*.html"))

    def export(self, exporter: type[ExportPlugin], to: Path, **options: str) -> None:
        """Write the gradebook with one of the exporters."""
        plugin = exporter(config=self.config)
        plugin.to = str(to)
        for name, value in options.items():
            setattr(plugin, name, value)
        with self.gradebook() as gradebook:
            plugin.export(gradebook)

    @cached_property
    def receipts(self) -> Receipts:
        """When what came in, as noted at the start of the command."""
        return Receipts(self.root)

    @cached_property
    def exclude_overwriting(self) -> dict[str, list[str]]:
        """What students were to change of an assignment's files, by nbgrader's own option."""
        return dict(Autograde(coursedir=self.folders, config=self.config).exclude_overwriting)

    def received(self, submitted: Submitted) -> datetime | None:
        """Return when a lesson's last notebook came in: as noted, else as its file says."""
        noted = self.receipts.time(submitted.student, submitted.lesson)
        return noted or timestamp(submitted.path.parent)


def check_version(url: str) -> None:
    """See that a gradebook, if there is one, is of the installed nbgrader.

    Raises
    ------
    ClassroomError
        If it is older; the message says what to do.
    """
    place = make_url(url)
    path = Path(place.database or "")
    if place.get_backend_name() != "sqlite" or not path.is_file():
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as book:
            tables = {name for (name,) in book.execute("SELECT name FROM sqlite_master")}
            versioned = "alembic_version" in tables
            query = "SELECT version_num FROM alembic_version"
            found = {name for (name,) in book.execute(query)} if versioned else set()
    except sqlite3.DatabaseError as error:
        raise ClassroomError(
            f"{path} is no gradebook: {error}. Put a copy of yours in its place; "
            "then: grade run, which enters what .grader/verdicts.jsonl holds."
        ) from None
    if tables and found != {_newest_version()}:
        raise ClassroomError(
            f"{path} was made by another version of nbgrader. Copy it, then bring it up "
            "to date in the class folder with: nbgrader db upgrade"
        )


@cache
def _newest_version() -> str:
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def database_reason(error: Exception) -> str:
    """Return what went wrong in a database, without the statement it was busy with."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return re.sub(r"^\([\w.]+\) ", "", said)  # nbgrader passes on the class of the error too


def timestamp(folder: Path) -> datetime | None:
    """Return the time that nbgrader's ``timestamp.txt`` gives; ``None`` if it gives none."""
    from nbgrader.utils import parse_utc

    content = small_file(folder / TIMESTAMP) or b""
    try:
        return parse_utc(content.decode("utf-8", "replace").strip()) if content else None
    except (ValueError, OverflowError):
        return None


def new_class(root: Path) -> list[str]:
    """Make a class folder with its own copy of the lessons; return their names.

    Raises
    ------
    ClassroomError
        If the folder is in use.
    """
    if root.exists() and any(root.iterdir()):
        raise ClassroomError(f"{root} is not empty; choose a new folder for the class.")
    names = lessons.lesson_names()
    for lesson in names:
        target = root / "solutions" / lesson
        target.mkdir(parents=True)
        for framework in FRAMEWORKS:
            source = settings.project_root() / "solutions" / lesson / f"{framework}.ipynb"
            if source.is_file():
                shutil.copy(source, target / source.name)
    (root / "submitted").mkdir(parents=True, exist_ok=True)
    (root / CONFIG_NAME).write_text(_CLASS_CONFIG, "utf-8")
    return names


def _find_alembic() -> None:
    """Put this environment's programs on PATH: nbgrader calls ``alembic`` for a new database."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
