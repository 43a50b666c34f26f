"""Where a class keeps what: nbgrader's folders, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from nbgrader.coursedir import CourseDirectory

NOBODY = "."  # whose folder the sources and the releases are in


def place(folders: CourseDirectory, step: str, student: str, lesson: str) -> Path:
    """Return the folder of a lesson in one of nbgrader's steps."""
    return Path(folders.format_path(step, student, lesson))


def found(
    folders: CourseDirectory, step: str, student: str = "*"
) -> Iterator[tuple[str, str, Path]]:
    """Yield student, lesson and folder of all that is there of one step, in order."""
    root = Path(folders.root)
    names = (r"(?P<student>[^/]+)", r"(?P<lesson>[^/]+)")
    pattern = re.compile(
        _inside(folders, re.escape(step), NOBODY if student == NOBODY else names[0], names[1])
    )
    for path in sorted(root.glob(_inside(folders, step, student, "*"))):
        named = pattern.fullmatch(path.relative_to(root).as_posix())
        if named and path.is_dir():
            given = named.groupdict()
            yield given.get("student", NOBODY), given["lesson"], path


def _inside(folders: CourseDirectory, step: str, student: str, lesson: str) -> str:
    made = folders.directory_structure.format(
        nbgrader_step=step, student_id=student, assignment_id=lesson
    )
    return PurePath(made).as_posix()


def source_places(folders: CourseDirectory, lesson: str) -> list[Path]:
    """Return the folders that may hold the trusted notebooks of a lesson.

    The released notebook serves as well: its tests are the same.
    """
    steps = (folders.source_directory, folders.release_directory)
    return [place(folders, step, NOBODY, lesson) for step in steps]


def lessons(folders: CourseDirectory) -> list[str]:
    """Return the lessons that have a notebook, in order."""
    steps = (folders.source_directory, folders.release_directory)
    places = [one for step in steps for one in found(folders, step, NOBODY)]
    return sorted({lesson for _, lesson, path in places if any(path.glob("*.ipynb"))})


def notebooks(folders: CourseDirectory, lesson: str) -> list[str]:
    """Return the names of a lesson's notebooks: of its source, else of what was released."""
    for path in source_places(folders, lesson):
        if names := sorted(one.stem for one in path.glob("*.ipynb")):
            return names
    return []
