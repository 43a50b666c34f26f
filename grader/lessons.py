"""Where the trusted notebooks are, and which one a submitted file belongs to."""

from __future__ import annotations

from pathlib import Path

from course import settings
from grader.errors import SourceError
from grader.observers.model import FRAMEWORKS
from grader.rebuild import Source, read_source

_FOLDERS = ("solutions", "lessons")  # the released notebook serves as well: its tests are the same


def source_path(lesson: str, framework: str, root: Path | None = None) -> Path:
    """Return the trusted notebook of a lesson.

    Raises
    ------
    SourceError
        If there is none; the message lists the lessons there are.
    """
    root = root or settings.project_root()
    for folder in _FOLDERS:
        path = root / folder / lesson / f"{framework}.ipynb"
        if path.is_file():
            return path
    known = ", ".join(lesson_names(root)) or "none"
    raise SourceError(
        f"No lesson {lesson!r} for {framework} below {root}; there are: {known}. "
        "Expected a path such as work/02-freezing/pytorch.ipynb."
    )


def trusted_paths(lesson: str, framework: str, root: Path | None = None) -> list[Path]:
    """Return all trusted notebooks of a lesson: the solved one, and the one released."""
    root = root or settings.project_root()
    paths = [root / folder / lesson / f"{framework}.ipynb" for folder in _FOLDERS]
    return [path for path in paths if path.is_file()]


def notebook_names(lesson: str, root: Path | None = None) -> tuple[str, ...]:
    """Return what a lesson's notebooks are called; those of your own assignments, as they are."""
    root = root or settings.project_root()
    found = {path.stem for folder in _FOLDERS for path in (root / folder / lesson).glob("*.ipynb")}
    ours = not found or found & set(FRAMEWORKS)
    return tuple(FRAMEWORKS) if ours else tuple(sorted(found))


def files_beside(lesson: str, root: Path | None = None) -> list[Path]:
    """Return what students get beside the notebooks of a lesson."""
    root = root or settings.project_root()
    folders = [root / folder / lesson for folder in _FOLDERS]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if path.suffix != ".ipynb"]


def lesson_names(root: Path | None = None) -> list[str]:
    """Return the lessons that have a notebook, in order."""
    root = root or settings.project_root()
    found = {p.parent.name for f in _FOLDERS for p in (root / f).glob("*/*.ipynb")}
    return sorted(found)


def load(lesson: str, framework: str, root: Path | None = None) -> Source:
    """Return the trusted notebook of a lesson, read."""
    return read_source(source_path(lesson, framework, root))


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
