"""The files of a zip, of zips inside it, or of a folder: each read into memory, up to a limit.

Nothing is written, no path that an archive names is used, and no link is followed. What is damaged,
too large or a bomb costs whoever handed it in: each student has a budget of bytes and files.
"""

from __future__ import annotations

import errno
import io
import lzma
import mmap
import os
import re
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from grader.errors import ClassroomError
from grader.owners import parts_of
from grader.rebuild import MAX_BYTES, read_bytes

MAX_DEPTH = 2  # a zip of zips, and no deeper
MOST_FILES = 5_000  # of one student
MOST_BYTES = 400 * 2**20  # of one student, unpacked
MOST_OF_OTHERS = 64 * 2**20  # of one file that is called neither notebook nor zip

_JUNK = re.compile(r"\..*|__macosx|__pycache__|thumbs\.db|desktop\.ini|icon\r|~\$.*", re.I)
_APPLE_DOUBLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
_LISTED = b"PK\x01\x02"  # before each file in a zip's list
_ZIP_MAGIC = b"PK\x03\x04"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    IndexError,
    OverflowError,
)

Time = tuple[int, ...]
Read = Callable[[int], tuple[bytes, str]]


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


@dataclass(frozen=True)
class _Entry:
    path: str
    when: Time
    read: Read
    is_link: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """Notebooks first, then zips: if the budget ends, it is with what matters least."""
        kind = {".ipynb": 0, ".zip": 1}.get(PurePosixPath(self.path).suffix.lower(), 2)
        return kind, self.path.count("/")


@dataclass
class _Budget:
    """What one student may still hand in: so many files, and so many bytes."""

    files: int = MOST_FILES
    room: int = MOST_BYTES

    def next(self) -> bool:
        self.files -= 1
        return self.files >= 0 and self.room > 0

    def read(self, entry: _Entry) -> tuple[bytes, str]:
        """Read one file; what is larger than it said costs all that was read in vain."""
        most = min(self.room, MAX_BYTES if entry.order[0] < 2 else MOST_OF_OTHERS)
        content, problem = entry.read(most)
        self.room -= len(content) if content or problem != _too_large(most) else most
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
        self._entries = list(_in_folder(source)) if source.is_dir() else _listed(_opened(source))

    @property
    def paths(self) -> list[str]:
        """What it holds, without what nobody handed in."""
        return [entry.path for entry in self._entries]

    def by_owner(self, owner: Callable[[str], str]) -> Iterator[tuple[str, list[File]]]:
        """Yield each owner's files, one owner after the other; zips inside it unpacked."""
        groups: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            groups.setdefault(owner(entry.path), []).append(entry)
        for who, entries in groups.items():
            yield who, list(_files(entries, _Budget()))


def _files(
    entries: Iterable[_Entry], budget: _Budget, outer: str = "", inner: str = "", depth: int = 0
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
        if content.count(_LISTED) > 10 * MOST_FILES:
            raise ValueError(f"holds more than {10 * MOST_FILES} files")
        entries = _listed(_tolerant(content))
    except ValueError as error:
        yield File(outer, inner, problem=str(error))
    else:
        yield from _files(entries, budget, outer, f"{inner}/" if inner else "", depth)


def _listed(archive: zipfile.ZipFile) -> list[_Entry]:
    return [entry for entry in _in_zip(archive) if not is_junk(entry.path)]


def _too_much(budget: _Budget) -> str:
    if budget.files < 0:
        return f"and what comes behind it is more than {MOST_FILES} files"
    return f"and what comes behind it is more than {MOST_BYTES / 2**20:.0f} MB"


def _is_zip(path: str, content: bytes) -> bool:
    """Return whether to unpack a file; a docx is a zip too, and not meant."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix == ".zip" or (suffix in (".ipynb", "") and content.startswith(_ZIP_MAGIC))


def _in_folder(folder: Path) -> Iterator[_Entry]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_junk(name))
        for name in sorted(name for name in files if not is_junk(name)):
            path = Path(where, name)
            yield _Entry(path.relative_to(folder).as_posix(), _time_of(path), _from_disk(path))


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
        return (content, "") if len(content) <= most else (b"", _too_large(most))

    return read


def _too_large(most: int) -> str:
    return f"is larger than {most / 2**20:.0f} MB unpacked"


def _opened(source: Path) -> zipfile.ZipFile:
    if not source.exists():
        raise ClassroomError(f"There is no {source}; expected a zip or a folder.")
    try:
        try:
            return zipfile.ZipFile(source)
        except UnicodeDecodeError:
            with source.open("rb") as stream:
                return _unflagged(_Mapped(stream.fileno(), 0, access=mmap.ACCESS_COPY))
    except _DAMAGE as error:
        raise ClassroomError(f"{source} cannot be read as a zip: {error}") from None


def _tolerant(content: bytes) -> zipfile.ZipFile:
    try:
        try:
            return zipfile.ZipFile(io.BytesIO(content))
        except UnicodeDecodeError:
            return _unflagged(io.BytesIO(content))
    except _DAMAGE:
        raise ValueError("is a damaged zip") from None


class _Mapped(mmap.mmap):
    """A file in memory, page by page, that a `ZipFile` takes for a file."""

    def seekable(self) -> bool:
        """It is; `mmap` says so itself from Python 3.13 on."""
        return True


def _unflagged(stream: _Mapped | io.BytesIO) -> zipfile.ZipFile:
    """Open a zip that says of names which are not UTF-8 that they are, without saying so."""
    held: _Mapped | memoryview = stream.getbuffer() if isinstance(stream, io.BytesIO) else stream
    for header, at in ((_LISTED, 9), (_ZIP_MAGIC, 7)):
        places = [found.start() for found in re.finditer(header, held)]
        for place in places:
            if place + at < len(held):
                held[place + at] &= ~0x08
    if isinstance(held, memoryview):
        held.release()
    opened: IO[bytes] = stream  # type: ignore[assignment]  # all that a ZipFile asks of a file
    return zipfile.ZipFile(opened)


def _in_zip(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    for member in archive.infolist():
        if not member.is_dir():
            link = stat.S_ISLNK(member.external_attr >> 16)
            yield _Entry(_name_of(member), member.date_time, _from_zip(archive, member), link)


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name; one that is UTF-8 without saying so is read as that."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _from_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Read:
    def read(most: int) -> tuple[bytes, str]:
        if member.flag_bits & 0x1:
            return b"", "needs a password"
        if member.file_size > most:
            return b"", f"{_too_large(most)}: {member.file_size / 2**20:.0f} MB"
        parts: list[bytes] = []
        size = 0
        try:
            with archive.open(member) as stream:
                while size <= most and (part := stream.read(2**14)):
                    parts.append(part)  # never trust the size that the archive states
                    size += len(part)
        except NotImplementedError:
            return b"", "is packed in a way that is not read here"
        except _DAMAGE:
            return b"".join(parts), "is damaged"
        return (b"".join(parts), "") if size <= most else (b"", _too_large(most))

    return read
