"""What lies beside a submission's notebooks, carried on to where nbgrader looks for it.

``nbgrader release_feedback`` finds a student's page by the secret that came with the submission;
a person who marks wants to see what else was handed in, and what the assignment gave. nbgrader
copies all of it from ``submitted/`` to ``autograded/``, links and pipes among it; this copies plain
files of a limited size, and none that a browser would run.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from course import files
from grader.classroom import layout
from grader.reading.files import read_bytes

TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"
SMALL_BYTES = 4096
MAX_FILES = 200
MAX_TOTAL_BYTES = 100 * 2**20
# formgrader would show these as pages of its own, with the rights of whoever is logged in
ACTIVE = (
    ".htm",
    ".html",
    ".js",
    ".mjs",
    ".shtml",
    ".svg",
    ".svgz",
    ".xht",
    ".xhtml",
    ".xml",
    ".xsl",
)


def carry(
    folders: CourseDirectory,
    student: str,
    lesson: str,
    when: datetime | None = None,
    keep: Sequence[str] = (),
) -> None:
    """Copy what lies beside a submission into ``autograded/``, then what the assignment gave.

    Parameters
    ----------
    folders : CourseDirectory
    student, lesson : str
        Whose submission.
    when : datetime, optional
        The time of receipt, UTC, if one is noted; it counts instead of what the file says.
    keep : sequence of str
        Files of the assignment that the student was to change.
    """
    target = layout.place(folders, folders.autograded_directory, student, lesson)
    submitted = layout.place(folders, folders.submitted_directory, student, lesson)
    given = layout.place(folders, folders.source_directory, layout.NOBODY, lesson)
    found = dict(_files(submitted, folders.ignore))
    found |= {name: content for name, content in _files(given, folders.ignore) if name not in keep}
    if when is not None:
        found[TIMESTAMP] = stamp(when).encode()
    for name, content in found.items():
        replace_file(target / name, content)


def _files(folder: Path, ignore: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    left = MAX_TOTAL_BYTES
    for path in _plain(folder, ignore):
        with contextlib.suppress(OSError, ValueError):
            content = read_bytes(path)
            left -= len(content)
            if left < 0:
                return
            yield path.relative_to(folder).as_posix(), content


def _plain(folder: Path, ignore: Sequence[str]) -> list[Path]:
    """Return the files below a folder that may be carried; no link is followed."""
    found: list[Path] = []
    for where, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not _matches(name, ignore))
        for name in sorted(names):
            wanted = not name.lower().endswith((".ipynb", *ACTIVE)) and not _matches(name, ignore)
            if wanted and len(found) < MAX_FILES:
                found.append(Path(where, name))
    return found


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def small_file(path: Path) -> bytes | None:
    """Return what a small file holds; ``None`` for a link, a pipe, or what is too large."""
    with contextlib.suppress(OSError, ValueError):
        if path.lstat().st_size <= SMALL_BYTES:
            return read_bytes(path)
    return None


def stamp(when: datetime) -> str:
    """Return a time, UTC, as ``timestamp.txt`` has it."""
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n"


def note_receipt(folders: CourseDirectory, student: str, lesson: str, when: datetime) -> None:
    """Write when a submission came in where nbgrader's own pages look for it.

    formgrader calls a submission ungraded whose ``timestamp.txt`` is not the gradebook's time.
    """
    folder = layout.place(folders, folders.submitted_directory, student, lesson)
    content = stamp(when).encode()
    if folder.is_dir() and small_file(folder / TIMESTAMP) != content:
        replace_file(folder / TIMESTAMP, content)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step, so that a killed run leaves the old one or the new one."""
    with files.replacing(path) as beside:
        beside.write_bytes(content)
        beside.chmod(0o444)
