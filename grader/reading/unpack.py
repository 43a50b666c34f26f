"""The files of a zip, of zips inside it, or of a folder: each read into memory, up to a limit.

Nothing is written, no path that an archive names is used, and no link is followed. What is damaged,
too large or a bomb costs whoever handed it in: each student has a budget of bytes and files.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.reading.files import MAX_BYTES, read_bytes
from grader.reading.owners import parts_of
from grader.reading.zips import (
    DAMAGED,
    LISTED,
    MAGIC,
    Entry,
    Read,
    Time,
    entries_of,
    open_bytes,
    open_file,
    too_large,
    what_is_left,
)

MAX_DEPTH = 2  # a zip of zips, and no deeper
MOST_FILES = 5_000  # of one student
MOST_BYTES = 400 * 2**20  # of one student, unpacked
MOST_OF_OTHERS = 64 * 2**20  # of one file that is called neither notebook nor zip

# A student's name may begin with a dot in Moodle; what a Mac writes begins with "._".
_JUNK = re.compile(
    r"\._.*|\.(?!.*_assignsubmission_).*|__macosx|__pycache__|thumbs\.db|desktop\.ini|icon\r|~\$.*",
    re.I,
)
_APPLE_DOUBLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")


@dataclass(frozen=True)
class File:
    """One file on its way in.

    Attributes
    ----------
    outer : str
        As the archive or folder names it, or the zip that it is in.
    inner : str
        Its path inside of that zip; else empty.
    content : bytes
        As much as could be read.
    when : tuple of int
        Its time as the archive gives it: year, month, day, hour, minute, second.
    problem : str
        Why it could not be read, or not all of it; as the end of a sentence.
    """

    outer: str
    inner: str = ""
    content: bytes = b""
    when: Time = ()
    problem: str = ""

    @property
    def path(self) -> str:
        """Both paths, one behind the other."""
        return f"{self.outer}/{self.inner}" if self.inner else self.outer

    @property
    def name(self) -> str:
        """The last part of the path."""
        parts = parts_of(self.path)
        return parts[-1] if parts else ""


@dataclass
class _Budget:
    """What one student may still hand in: so many files, and so many bytes."""

    files: int = MOST_FILES
    room: int = MOST_BYTES

    def next(self) -> bool:
        self.files -= 1
        return self.files >= 0 and self.room > 0

    def read(self, entry: Entry) -> tuple[bytes, str]:
        """Read one file, which costs what was read, in vain or not."""
        most = min(self.room, MAX_BYTES if entry.order[0] < 2 else MOST_OF_OTHERS)
        content, problem = entry.read(most)
        self.room -= max(len(content), entry.packed) if problem != too_large(most) else most
        return content, problem


def is_junk(path: str) -> bool:
    """Return whether an operating system or an editor left a file there, and no person."""
    return any(_JUNK.fullmatch(part) for part in parts_of(path))


class Archive:
    """A zip, or a folder laid out like one.

    Parameters
    ----------
    source : Path
        The zip or the folder.

    Raises
    ------
    ClassroomError
        If it is neither.
    """

    def __init__(self, source: Path) -> None:
        found = _in_folder(source) if source.is_dir() else entries_of(open_file(source))
        self._entries = _entered(found)

    @property
    def paths(self) -> list[str]:
        """What it holds, without what nobody handed in."""
        return [entry.path for entry in self._entries]

    def by_owner(self, owner: Callable[[str], str]) -> Iterator[tuple[str, list[File]]]:
        """Yield each owner's files, one owner after the other; zips inside it unpacked."""
        groups: dict[str, list[Entry]] = {}
        for entry in self._entries:
            groups.setdefault(owner(entry.path), []).append(entry)
        for who, entries in groups.items():
            yield who, list(_files(entries, _Budget()))


def _files(
    entries: Iterable[Entry], budget: _Budget, outer: str = "", inner: str = "", depth: int = 0
) -> Iterator[File]:
    """Yield the files of one student; ``outer`` and ``inner`` are the zip that they are in."""
    for entry in sorted(entries, key=lambda one: one.order):
        top, below = (outer, f"{inner}{entry.path}") if outer else (entry.path, "")
        if not budget.next():
            yield File(top, below, problem=_too_much(budget))
            return
        content, problem = (b"", "is a link") if entry.is_link else budget.read(entry)
        if _is_zip(entry.path, content) and not problem:
            yield from _inside(content, budget, top, below, depth + 1)
        elif not content.startswith(_APPLE_DOUBLE):
            yield File(top, below, content, entry.when, problem)


def _inside(content: bytes, budget: _Budget, outer: str, inner: str, depth: int) -> Iterator[File]:
    try:
        if depth >= MAX_DEPTH:
            raise ValueError("is a zip inside a zip inside a zip")
        if content.count(LISTED) > 10 * MOST_FILES:
            raise ValueError(f"holds more than {10 * MOST_FILES} files")
        entries = _entered(entries_of(open_bytes(content)))
    except ValueError as error:
        yield File(outer, inner, problem=str(error))
        damaged = str(error) == DAMAGED
        entries = _entered(what_is_left(content, MOST_FILES)) if damaged else []
    yield from _files(entries, budget, outer, f"{inner}/" if inner else "", depth)


def _entered(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not is_junk(entry.path)]


def _too_much(budget: _Budget) -> str:
    if budget.files < 0:
        return f"and what comes behind it is more than {MOST_FILES} files"
    return f"and what comes behind it is more than {MOST_BYTES / 2**20:.0f} MB"


def _is_zip(path: str, content: bytes) -> bool:
    """Return whether to unpack a file; a docx is a zip too, and not meant."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix == ".zip" or (suffix in (".ipynb", "") and content.startswith(MAGIC))


def _in_folder(folder: Path) -> Iterator[Entry]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_junk(name))
        for name in sorted(name for name in files if not is_junk(name)):
            path = Path(where, name)
            yield Entry(path.relative_to(folder).as_posix(), _time_of(path), _from_disk(path))


def _time_of(path: Path) -> Time:
    try:
        return time.localtime(path.lstat().st_mtime)[:6]
    except (OSError, ValueError, OverflowError):
        return ()


def _from_disk(path: Path) -> Read:
    def read(most: int) -> tuple[bytes, str]:
        try:
            content = read_bytes(path)
        except (OSError, ValueError) as error:
            link = isinstance(error, OSError) and error.errno == errno.ELOOP
            return b"", "is a link" if link else f"cannot be read: {str(error).rstrip('.')}"
        return (content, "") if len(content) <= most else (b"", too_large(most))

    return read
