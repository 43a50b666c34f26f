"""A class folder: release, grade, feedback and export, all through nbgrader's own parts."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course import settings
from grader import lessons
from grader.errors import ClassroomError
from grader.log import FOLDER
from grader.observers.model import FRAMEWORKS

CONFIG_NAME = "nbgrader_config.py"
_CLASS_CONFIG = '''"""nbgrader's configuration of this class; what stands last wins."""

from grader.configure import configure

c = get_config()  # noqa: F821  # nbgrader provides it
configure(c)
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
        self.config = self._load_config()
        self.config.CourseDirectory.root = str(self.root)
        self.folders = CourseDirectory(config=self.config)

    def _load_config(self) -> Config:
        own = self.root / CONFIG_NAME
        path = own if own.is_file() else Path(__file__).with_name(CONFIG_NAME)
        return PyFileConfigLoader(path.name, str(path.parent)).load_config()

    def gradebook(self) -> Gradebook:
        """Open the gradebook; close it, or use it in a ``with``."""
        return Gradebook(self.folders.db_url)

    def lessons(self) -> list[str]:
        """Return the lessons that can be released and graded."""
        return lessons.lesson_names(self.root)

    def release(self, lesson: str, frameworks: tuple[str, ...] = FRAMEWORKS) -> list[Path]:
        """Release a lesson's notebooks with ``generate_assignment`` and enter it in the gradebook.

        Raises
        ------
        ClassroomError
            If there is no such lesson.
        """
        if lesson not in self.lessons():
            known = ", ".join(self.lessons()) or "none"
            raise ClassroomError(f"There is no lesson {lesson!r} in {self.root}; found: {known}.")
        for name in frameworks if len(frameworks) < len(FRAMEWORKS) else ("*",):
            self._convert(GenerateAssignment, assignment_id=lesson, notebook_id=name)
        folder = self.root / self.folders.release_directory / lesson
        return sorted(folder.glob("*.ipynb"))

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
        from grader import exams
        from grader.engine import class_secret

        papers = exams.Exams(self.root / FOLDER, class_secret(self.root))
        exams.prepare(self.root, papers, name, frameworks)
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
        converter.start()

    def submissions(self) -> Iterator[Submitted]:
        """Yield what has been handed in, by student and lesson."""
        folder = self.root / self.folders.submitted_directory
        for path in sorted(folder.glob("*/*/*.ipynb")):
            lesson, student = path.parent, path.parent.parent
            if path.stem in FRAMEWORKS and not (lesson.is_symlink() or student.is_symlink()):
                yield Submitted(student.name, lesson.name, path.stem, path)

    def graded_lessons(self) -> list[str]:
        """Return the lessons that somebody's work has been graded for."""
        folder = self.root / self.folders.autograded_directory
        return sorted({path.parent.name for path in folder.glob("*/*/*.ipynb")})

    def feedback(self, lesson: str, student: str = "*") -> list[Path]:
        """Write the feedback of a lesson as HTML; return the files."""
        self._convert(GenerateFeedback, assignment_id=lesson, student_id=student)
        folder = self.root / self.folders.feedback_directory
        return sorted(folder.glob(f"{student}/{lesson}/*.html"))

    def export(self, exporter: type[ExportPlugin], to: Path) -> None:
        """Write the gradebook with one of the exporters."""
        plugin = exporter(config=self.config)
        plugin.to = str(to)
        with self.gradebook() as gradebook:
            plugin.export(gradebook)


def timestamp(folder: Path) -> datetime | None:
    """Return the time that nbgrader's ``timestamp.txt`` gives; ``None`` if it gives none."""
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
        return None
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(path.read_text("utf-8", "replace").strip())
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
