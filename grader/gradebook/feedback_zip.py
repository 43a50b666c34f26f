"""Feedback as one zip that Moodle or Canvas takes back, each file under its owner's own name.

Moodle's *Upload multiple feedback files in a zip* knows a student by the folder of the zip of
submissions, ``Ann Lee_101_assignsubmission_file_``. Canvas's *Upload submissions* knows a file by
the numbers in ``leeann_201_9005_pytorch.ipynb``, and shows it under the name that was handed in; so
it gets the graded notebook, with points and comments in it, and not a page.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import v4
from nbgrader.api import SubmittedNotebook

from grader.classroom import archive_names, layout
from grader.classroom.folder import Classroom
from grader.errors import ClassroomError
from grader.grading.cells import grade_id

_MOODLE = re.compile(r"[^/]+?_\d+_assignsubmission_[a-z]+_?")
_CANVAS = re.compile(r"[^_/]+(_LATE)?_\d+_\d+_[^/]+$")


@dataclass(frozen=True)
class _Page:
    """One notebook's feedback: whose it is, where it is, and how the platform called it."""

    student: str
    notebook: str
    path: Path
    archived: str


@dataclass
class Zipped:
    """What became of a lesson's feedback.

    Attributes
    ----------
    path : Path
        The zip.
    students : list of str
        Whose feedback is in it.
    left_out : list of str
        Whose is not: no name was noted for them.
    """

    path: Path
    students: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def write(classroom: Classroom, lesson: str, platform: str) -> Zipped:
    """Write ``feedback-PLATFORM-LESSON.zip`` into the class folder.

    Raises
    ------
    ClassroomError
        If there is no such platform, or no feedback for it.
    """
    if platform not in PLATFORMS:
        raise ClassroomError(f"--zip is {platform!r}; expected one of {', '.join(PLATFORMS)}.")
    made = Zipped(classroom.root / f"feedback-{platform}-{lesson}.zip")
    pattern, members = PLATFORMS[platform]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        for student, pages in _pages(classroom, lesson).items():
            known = [page for page in pages if pattern.search(page.archived)]
            for name, data in members(classroom, lesson, known):
                opened.writestr(name, data)
            (made.students if known else made.left_out).append(student)
    if not made.students:
        raise ClassroomError(
            f"No feedback for {lesson} came from {platform}. Take its zip in once more, then try "
            f"again: grade take-in SUBMISSIONS.zip {lesson}"
        )
    made.path.write_bytes(content.getvalue())
    return made


def _pages(classroom: Classroom, lesson: str) -> dict[str, list[_Page]]:
    names = archive_names.names(classroom.root)
    found: dict[str, list[_Page]] = {}
    for student, name, folder in layout.found(
        classroom.folders, classroom.folders.feedback_directory
    ):
        for path in sorted(folder.glob("*.html")) if name == lesson else ():
            archived = names.get((student, lesson, path.stem), "")
            found.setdefault(student, []).append(_Page(student, path.stem, path, archived))
    return found


Members = Callable[[Classroom, str, list[_Page]], Iterator[tuple[str, bytes]]]


def _moodle(classroom: Classroom, lesson: str, pages: list[_Page]) -> Iterator[tuple[str, bytes]]:
    for page in pages:
        folder = _MOODLE.search(page.archived)
        if folder:
            yield f"{folder[0]}/{page.path.name}", page.path.read_bytes()


def _canvas(classroom: Classroom, lesson: str, pages: list[_Page]) -> Iterator[tuple[str, bytes]]:
    """Yield one file for each that was handed in; a zip holds the pages of all that was in it."""
    by_name: dict[str, list[_Page]] = {}
    for page in pages:
        by_name.setdefault(PurePosixPath(page.archived).name, []).append(page)
    for name, own in by_name.items():
        if name.lower().endswith(".zip"):
            yield name, _packed(own)
        else:
            yield name, _graded(classroom, lesson, own[0])


def _packed(pages: list[_Page]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        for page in pages:
            opened.writestr(page.path.name, page.path.read_bytes())
    return content.getvalue()


def _graded(classroom: Classroom, lesson: str, page: _Page) -> bytes:
    """Return the graded notebook, with the points above it and comments below their cells."""
    step = classroom.folders.autograded_directory
    path = layout.place(classroom.folders, step, page.student, lesson) / f"{page.notebook}.ipynb"
    made = nbformat.read(path, as_version=4)
    with classroom.gradebook() as book:
        stored = book.find_submission_notebook(page.notebook, lesson, page.student)
        said = {one.name: one.comment for one in stored.comments if one.comment}
        head = _points(stored)
    cells = [v4.new_markdown_cell(head)]
    for cell in made.cells:
        cells.append(cell)
        if grade_id(cell) in said:
            cells.append(v4.new_markdown_cell(f"**Comment:** {said[grade_id(cell)]}"))
    made.cells = cells
    text: str = nbformat.writes(made)
    return f"{text}\n".encode("utf-8", "replace")


def _points(stored: SubmittedNotebook) -> str:
    off = float(stored.late_submission_penalty or 0.0)
    late = f", {off:g} off for lateness" if off else ""
    return f"**{max(0.0, stored.score - off):g} of {stored.max_score:g} points**{late}"


PLATFORMS: dict[str, tuple[re.Pattern[str], Members]] = {
    "moodle": (_MOODLE, _moodle),
    "canvas": (_CANVAS, _canvas),
}
