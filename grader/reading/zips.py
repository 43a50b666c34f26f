"""Zips as they come: damaged, cut off, with names in other alphabets, or out to do harm."""

from __future__ import annotations

import contextlib
import io
import lzma
import mmap
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from grader.errors import ClassroomError

LISTED = b"PK\x01\x02"  # before each file in a zip's list
MAGIC = b"PK\x03\x04"
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

DAMAGED = "is a damaged zip"
_HEADER = struct.Struct("<4s5H3L2H")  # before each file, and all that is left where a zip was cut

_STEP = 256  # bytes unpacked at once where damage is expected: what is in the same step is lost

Time = tuple[int, ...]
Read = Callable[[int], tuple[bytes, str]]


@dataclass(frozen=True)
class Entry:
    """One file of a zip or of a folder, not read yet.

    Attributes
    ----------
    path : str
        As the archive or folder names it.
    when : tuple of int
        Year, month, day, hour, minute, second; empty if not known.
    read : function
        Returns the content, at most so many bytes, and what was wrong with it.
    is_link : bool
        Whether it only points somewhere else.
    packed : int
        Bytes that have to be unpacked.
    """

    path: str
    when: Time
    read: Read
    is_link: bool = False
    packed: int = 0

    @property
    def order(self) -> tuple[int, int]:
        """Notebooks first, then zips: if the budget ends, it is with what matters least."""
        kind = {".ipynb": 0, ".zip": 1}.get(PurePosixPath(self.path).suffix.lower(), 2)
        return kind, self.path.count("/")


def open_file(source: Path) -> zipfile.ZipFile:
    """Open a zip on the disk.

    Raises
    ------
    ClassroomError
        If it is none.
    """
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


def open_bytes(content: bytes) -> zipfile.ZipFile:
    """Open a zip in memory.

    Raises
    ------
    ValueError
        If it is none, or damaged.
    """
    try:
        try:
            return zipfile.ZipFile(io.BytesIO(content))
        except UnicodeDecodeError:
            return _unflagged(io.BytesIO(content))
    except _DAMAGE:
        raise ValueError(DAMAGED) from None


class _Mapped(mmap.mmap):
    """A file in memory, page by page, that a `ZipFile` takes for a file."""

    def seekable(self) -> bool:
        """It is; `mmap` says so itself from Python 3.13 on."""
        return True


def _unflagged(stream: _Mapped | io.BytesIO) -> zipfile.ZipFile:
    """Open a zip that says of names which are not UTF-8 that they are, without saying so."""
    held: _Mapped | memoryview = stream.getbuffer() if isinstance(stream, io.BytesIO) else stream
    for header, at in ((LISTED, 9), (MAGIC, 7)):
        places = [found.start() for found in re.finditer(header, held)]
        for place in places:
            if place + at < len(held):
                held[place + at] &= ~0x08
    if isinstance(held, memoryview):
        held.release()
    opened: IO[bytes] = stream  # type: ignore[assignment]  # all that a ZipFile asks of a file
    return zipfile.ZipFile(opened)


def entries_of(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """Yield the files that a zip lists."""
    for member in archive.infolist():
        if not member.is_dir():
            link = stat.S_ISLNK(member.external_attr >> 16)
            read = _from_zip(archive, member)
            yield Entry(_name_of(member), member.date_time, read, link, member.compress_size)


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
            return b"", f"{too_large(most)}: {member.file_size / 2**20:.0f} MB"
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
            return _without_proof(archive, member, most), "is damaged"
        return (b"".join(parts), "") if size <= most else (b"", too_large(most))

    return read


def _without_proof(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return as much of a damaged member as comes before the damage."""
    stream: Any = archive.fp
    try:
        stream.seek(member.header_offset)
        header = _HEADER.unpack(stream.read(_HEADER.size))
        stream.seek(sum(header[-2:]), os.SEEK_CUR)
        data = stream.read(min(member.compress_size, most))
    except _DAMAGE:
        return b""
    if header[0] != MAGIC or member.compress_type not in (0, 8):
        return b""
    return _from_rest(memoryview(data), packed=member.compress_type == 8)(most)[0]


def what_is_left(content: bytes, most: int) -> list[Entry]:
    """Return the files of a zip that was cut off, so that the list of them is missing."""
    made: list[Entry] = []
    for found in re.finditer(re.escape(MAGIC), content):
        header = content[found.start() : found.start() + _HEADER.size]
        if len(header) < _HEADER.size or len(made) >= most:
            break
        _, _, _, method, *_, size, _, name_length, extra_length = _HEADER.unpack(header)
        start = found.start() + _HEADER.size
        name = content[start : start + name_length].decode("utf-8", "replace")
        start += name_length + extra_length
        if name and not name.endswith("/") and method in (0, 8):
            data = memoryview(content)[start : start + size if size or not method else None]
            read = _from_rest(data, packed=method == 8)
            made.append(Entry(name, (), read, packed=len(data)))
    return made


def _from_rest(data: memoryview, *, packed: bool) -> Read:
    def read(most: int) -> tuple[bytes, str]:
        if not packed:
            return (bytes(data), "is damaged") if len(data) <= most else (b"", too_large(most))
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        parts: list[bytes] = []
        size = 0
        with contextlib.suppress(zlib.error):
            for at in range(0, len(data), _STEP):
                parts.append(stream.decompress(data[at : at + _STEP], most + 1 - size))
                size += len(parts[-1])
                if stream.eof or size > most:
                    break
        if size > most:
            return b"", too_large(most)
        return b"".join(parts), "" if stream.eof else "is damaged"

    return read


def too_large(most: int) -> str:
    """Return the end of a sentence about a file that is larger than it may be."""
    return f"is larger than {most / 2**20:.0f} MB unpacked"
