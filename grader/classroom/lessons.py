"""Where the trusted notebooks are, and which one a submitted file belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from course import settings
from course.frameworks import FRAMEWORKS
from grader.errors import SourceError
from grader.grading.source import Source, read_source

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

_FOLDERS = ("solutions", "lessons")  # the released notebook serves as well: its tests are the same
MAX_FILES_BYTES = 32 * 2**20  # of what lies beside a notebook with plain tests


def source_path(
    lesson: str, framework: str, root: Path | None = None, folders: CourseDirectory | None = None
) -> Path:
    """Return the trusted notebook of a lesson.

    Raises
    ------
    SourceError
        If there is none; the message lists the lessons there are.
    """
    found = trusted_paths(lesson, framework, root, folders)
    if found:
        return found[0]
    root = root or settings.project_root()
    known = ", ".join(lesson_names(root, folders)) or "none"
    raise SourceError(
        f"No lesson {lesson!r} for {framework} below {root}; there are: {known}. "
        "Expected a path such as work/02-freezing/pytorch.ipynb."
    )


def trusted_paths(
    lesson: str, framework: str, root: Path | None = None, folders: CourseDirectory | None = None
) -> list[Path]:
    """Return all trusted notebooks of a lesson: the solved one, and the one released."""
    paths = [place / f"{framework}.ipynb" for place in _places(lesson, root, folders)]
    return [path for path in paths if path.is_file()]


def notebook_names(
    lesson: str, root: Path | None = None, folders: CourseDirectory | None = None
) -> tuple[str, ...]:
    """Return what a lesson's notebooks are called; those of your own assignments, as they are."""
    places = _places(lesson, root, folders)
    found = {path.stem for place in places for path in place.glob("*.ipynb")}
    ours = not found or found & set(FRAMEWORKS)
    return tuple(FRAMEWORKS) if ours else tuple(sorted(found))


def files_beside(
    lesson: str, root: Path | None = None, folders: CourseDirectory | None = None
) -> list[Path]:
    """Return what students get beside the notebooks of a lesson."""
    places = _places(lesson, root, folders)
    found = [path for place in places for path in place.rglob("*") if path.is_file()]
    return [path for path in found if path.suffix != ".ipynb"]


def _places(lesson: str, root: Path | None, folders: CourseDirectory | None) -> list[Path]:
    if folders is not None:
        from grader.classroom import layout  # nbgrader takes a second to import

        return layout.source_places(folders, lesson)
    return [(root or settings.project_root()) / folder / lesson for folder in _FOLDERS]


def lesson_names(root: Path | None = None, folders: CourseDirectory | None = None) -> list[str]:
    """Return the lessons that have a notebook, in order."""
    if folders is not None:
        from grader.classroom import layout

        return layout.lessons(folders)
    root = root or settings.project_root()
    found = {p.parent.name for f in _FOLDERS for p in (root / f).glob("*/*.ipynb")}
    return sorted(found)


def load(
    lesson: str,
    framework: str,
    root: Path | None = None,
    folders: CourseDirectory | None = None,
) -> Source:
    """Return the trusted notebook of a lesson, read; with plain tests, what lies beside it too."""
    path = source_path(lesson, framework, root, folders)
    source = read_source(path)
    if not source.has_plain_tests:
        return source
    if folders is not None:
        from grader.classroom import autotests

        source = autotests.instantiated(source, folders, lesson, framework)
    return replace(source, files=_files_beside(path, folders.ignore if folders else []))


def _files_beside(notebook: Path, ignore: Sequence[str]) -> dict[str, bytes]:
    """Return the files of an assignment's folder, but for notebooks and what nbgrader ignores.

    Raises
    ------
    SourceError
        If they are too large to be given to each worker.
    """
    from nbgrader.utils import find_all_files

    folder = notebook.parent
    names = sorted(find_all_files(str(folder), [*ignore, "*.ipynb"]))
    paths = [path for path in map(Path, names) if path.is_file()]
    size = sum(path.stat().st_size for path in paths)
    if size > MAX_FILES_BYTES:
        raise SourceError(
            f"{folder} holds {size / 2**20:.0f} MB beside its notebooks; at most "
            f"{MAX_FILES_BYTES / 2**20:.0f} MB can be given to each worker."
        )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def belongs_to(path: Path) -> tuple[str, str]:
    """Return lesson and framework of ``.../02-freezing/pytorch.ipynb``.

    Raises
    ------
    SourceError
        If the file's name is no framework's.
    """
    if path.stem not in FRAMEWORKS:
        raise SourceError(
            f"{path.name} is no notebook of a lesson; expected keras.ipynb or pytorch.ipynb "
            "inside a lesson's folder, such as work/02-freezing/pytorch.ipynb."
        )
    return path.resolve().parent.name, path.stem
