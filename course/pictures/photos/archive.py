"""Take photographs out of a tar archive, and trust nothing that stands in it."""

from __future__ import annotations

import lzma
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from course.pictures.photos.download import DownloadError, megabytes
from course.pictures.photos.sources import Source

MOST_FILES = 100_000
MOST_GROWTH = 4  # photographs hardly shrink in an archive: what grows more is no archive of them
_FORBIDDEN = '<>:"\\|?*\0'  # in a file name, on one system or another


def unpack(source: Source, archive: Path, folder: Path) -> dict[str, int]:
    """Write the photographs of an archive to ``folder/CLASS/NAME``; return how many per class.

    A name in the archive decides the class and the last part of the path, never the folder.

    Raises
    ------
    DownloadError
        If the archive is cut off, holds links, devices or paths that lead out of it, or unpacks
        to more than photographs do. What was written stays in ``folder``, for the caller to
        remove.
    """
    counts: dict[str, int] = {}
    budget = _Budget(archive)
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                budget.take(member)
                if member.isdir():
                    continue
                place = _place(source, member)
                if place is None:
                    continue
                _write(tar, member, folder / place, archive)
                if len(place.parts) == 2:
                    counts[place.parts[0]] = counts.get(place.parts[0], 0) + 1
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise DownloadError(
            _bad(archive, f"one that cannot be read to its end ({error})")
        ) from error
    if sum(counts.values()) < source.photographs:
        raise DownloadError(
            f"Expected {source.photographs:,} photographs in {archive}; got "
            f"{sum(counts.values()):,}. Nothing of them was kept; the archive was left where it is."
        )
    return counts


class _Budget:
    """What an archive may still ask for; a bomb asks for more."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.bytes = max(MOST_GROWTH * archive.stat().st_size, 10_000_000)
        self.files = MOST_FILES

    def take(self, member: tarfile.TarInfo) -> None:
        """Refuse what is no plain file or folder inside the archive, or too much of it."""
        name = PurePosixPath(member.name)
        if member.name.startswith(("/", "\\")) or ".." in name.parts or "\\" in member.name:
            raise DownloadError(_bad(self.archive, f"a path that leads out of it: {member.name}"))
        if ":" in member.name.split("/")[0]:
            raise DownloadError(_bad(self.archive, f"a path with a drive: {member.name}"))
        if member.issym() or member.islnk():
            raise DownloadError(_bad(self.archive, f"a link: {member.name} to {member.linkname}"))
        if not (member.isfile() or member.isdir()) or member.issparse():
            raise DownloadError(_bad(self.archive, f"something that is no file: {member.name}"))
        self.bytes -= member.size
        self.files -= 1
        if self.bytes < 0 or self.files < 0:
            limit = f"{megabytes(max(MOST_GROWTH * self.archive.stat().st_size, 10_000_000))}"
            raise DownloadError(
                _bad(self.archive, f"more than {limit} or {MOST_FILES:,} files when unpacked")
            )


def _place(source: Source, member: tarfile.TarInfo) -> Path | None:
    """Return where a member belongs, relative to the set; None for what does not belong to it."""
    if member.name in source.keep:
        return Path(PurePosixPath(member.name).name)
    label = source.class_of(member.name)
    name = PurePosixPath(member.name).name
    if label is None or any(sign in name for sign in _FORBIDDEN):
        return None
    return Path(label) / name


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, archive: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise DownloadError(_bad(archive, f"something that is no file: {member.name}"))
    try:
        with content, path.open("xb") as file:
            shutil.copyfileobj(content, file)
    except FileExistsError:
        raise DownloadError(_bad(archive, f"the same photograph twice: {member.name}")) from None


def _bad(archive: Path, got: str) -> str:
    return (
        f"Expected an archive of plain photographs in {archive}; got {got}. Nothing was unpacked; "
        "the archive was left where it is. Do not use it: delete it and get it anew."
    )
