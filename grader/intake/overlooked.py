"""What was put into the folder of submissions by hand and cannot be graded where it lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from course.frameworks import FRAMEWORKS
from grader.classroom.verdict_log import FOLDER
from grader.intake.recognize import Recognizer
from grader.intake.take_in import NBGRADERS_OWN, STRANGERS
from grader.printable import printable
from grader.reading.files import read_bytes
from grader.reading.unpack import is_junk

if TYPE_CHECKING:
    from grader.classroom.folder import Classroom

EXPECTED = "expected STUDENT/LESSON/keras.ipynb or pytorch.ipynb"
MOST = 200  # files that are looked into


def reasons(classroom: Classroom) -> list[str]:
    """Return each file in the folder of submissions that is not graded, with the reason.

    Files beside a notebook that is graded are its own business.
    """
    root, folders = classroom.root, classroom.folders
    folder = root / folders.submitted_directory
    known = {one.path for one in classroom.submissions()}
    full = {path.parent for path in known}
    recognizer = Recognizer(root, folders)
    notes = list(_waiting(root))
    for path in _files(folder):
        beside = path.suffix.lower() != ".ipynb" and path.parent in full
        if path in known or beside or path.name in NBGRADERS_OWN:
            continue
        place = path.relative_to(folder)
        why = _reason(place, path, recognizer) if len(notes) < MOST else EXPECTED
        notes.append(f"{printable(place.as_posix())}: {why}")
    return notes


def _waiting(root: Path) -> Iterator[str]:
    for place in sorted((root / FOLDER / STRANGERS).glob("*/*")):
        named = place.relative_to(root).as_posix()
        yield f"{printable(named)}: nobody in the class list; grade assign-hand-in says whose it is"


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below ``folder``, in order; a linked folder's too, without going deeper."""
    found = []
    for where, folders, files in os.walk(folder):
        links = [name for name in folders if Path(where, name).is_symlink()]
        folders[:] = [name for name in folders if not is_junk(name)]
        found += [Path(where, name) for name in files if not is_junk(name)]
        found += [path for name in links for path in Path(where, name).glob("**/*.ipynb")]
    yield from sorted(found)


def _reason(place: Path, path: Path, recognizer: Recognizer) -> str:
    named = path.suffix == ".ipynb" and len(place.parts) == 3
    if named and path.stem in {*FRAMEWORKS, *recognizer.names(place.parts[1])}:
        return "it is in a linked folder"
    try:
        seen = recognizer.look(read_bytes(path))
    except (OSError, ValueError):
        return EXPECTED
    if seen:
        name = f"{seen.framework or 'keras or pytorch'}.ipynb"
        return f"it is {name} of {seen.lesson}; put it at STUDENT/{seen.lesson}/{name}"
    return EXPECTED if path.suffix.lower() == ".ipynb" else f"not a notebook; {EXPECTED}"
