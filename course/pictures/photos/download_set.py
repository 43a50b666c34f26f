"""From an address to a set in its folder: whole, or not there at all."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import filelock

from course import settings
from course.pictures.photos import splitting
from course.pictures.photos.archive import unpack
from course.pictures.photos.download import (
    SPARE_BYTES,
    DownloadError,
    Report,
    check_archive,
    fetch,
    megabytes,
)
from course.pictures.photos.near_duplicates import find_twins, fingerprints
from course.pictures.photos.sources import SOURCES, Source

MARK = ".course-set.json"  # written last: a folder that has it was whole
LICENSE_FILE = "SOURCE.txt"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Got:
    """A set that is in its folder now.

    Attributes
    ----------
    folder : where it is
    counts : split to class to number of photographs
    new : False if it was there before
    unreadable : files of the archive that no one can read, left out
    twins : pairs of near-duplicates that were kept in one split
    """

    folder: Path
    counts: dict[str, dict[str, int]]
    new: bool
    unreadable: tuple[str, ...] = ()
    twins: int = 0


def get(
    name: str,
    *,
    archive: Path | None = None,
    say: Say = print,
    report: Report | None = None,
    sources: dict[str, Source] | None = None,
) -> Got:
    """Bring a set of photographs to ``COURSE_PHOTOS/NAME``, where the lessons look for it.

    Parameters
    ----------
    name : ``flowers`` or ``pets``
    archive : one that is on this machine already; None downloads it (``COURSE_MIRROR``, else its
        home) and deletes it once it is unpacked
    say : told what is about to happen, before it does
    report : called as bytes arrive

    Raises
    ------
    DownloadError
        If it cannot be had whole; then there is no such folder, as before.
    """
    source = (sources or SOURCES)[name]
    target = settings.photos_folder() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(target.parent / f".{name}.lock")
    try:
        with lock.acquire(timeout=0):
            return _present(source, target) or _bring(source, target, archive, say, report)
    except filelock.Timeout:
        raise DownloadError(
            f"Expected to be alone in {target.parent}; got another `course pictures get {name}` "
            "that is running. Nothing was done. Wait for it."
        ) from None


def _present(source: Source, target: Path) -> Got | None:
    """Return the set that is there already; None where there is nothing."""
    if not target.exists():
        return None
    try:
        written = json.loads((target / MARK).read_text(encoding="utf-8"))["photographs"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DownloadError(
            f"Expected no folder at {target}; got one that this command did not make. It was left "
            "as it is. Rename it, or set COURSE_PHOTOS to another folder."
        ) from None
    counts = splitting.count(target)
    if counts != written:
        raise DownloadError(
            f"Expected the {_total(written):,} photographs of {source.name} in {target}; got "
            f"{_total(counts):,} or others. They were left as they are. Move or delete that folder "
            "to get the set anew."
        )
    return Got(target, counts, new=False)


def _bring(
    source: Source, target: Path, archive: Path | None, say: Say, report: Report | None
) -> Got:
    say(source.credits)
    if archive is not None:
        check_archive(source, archive)
        return _make(source, archive, target, say)
    kept, mirror = settings.cache_dir() / "downloads", settings.mirror()
    say(f"{megabytes(source.archive_bytes)} from {source.at(mirror)}")
    path = fetch(source, kept, mirror=mirror, report=report)
    got = _make(source, path, target, say)
    path.unlink(missing_ok=True)
    return got


def _make(source: Source, archive: Path, target: Path, say: Say) -> Got:
    """Build the set in a temporary folder beside its place; give it its name when it is whole."""
    _room_beside(source, target)
    _sweep(target)
    building = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
    try:
        say(f"Unpacking {source.photographs:,} photographs …")
        unpack(source, archive, building / "all")
        say("Looking for near-duplicates …")
        got = _arrange(source, building, target)
        building.chmod(0o755)  # mkdtemp's folder is its maker's alone
        building.rename(target)
        return got
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DownloadError(
            f"Expected room for {megabytes(source.archive_bytes)} in {target.parent}; got a full "
            "disk. What was unpacked is deleted; the archive is kept. Free some space, or set "
            "COURSE_PHOTOS to a folder on another disk, and run the same command."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _arrange(source: Source, building: Path, target: Path) -> Got:
    """Sort ``all/`` into splits that share no near-duplicates, and write whose they are."""
    loose = building / "all"
    found = {path.name: path for path in sorted(loose.iterdir()) if path.is_file()}
    items = [splitting.Item(path, path.parent.name) for path in sorted(loose.glob("*/*"))]
    marks = fingerprints([item.path for item in items])
    readable = [k for k, mark in enumerate(marks) if mark is not None]
    unreadable = tuple(
        f"{item.label}/{item.path.name}"
        for item, mark in zip(items, marks, strict=True)
        if mark is None
    )
    items = [items[k] for k in readable]
    twins = find_twins([mark for mark in marks if mark is not None])
    for item, split in zip(items, splitting.share_out(items, twins), strict=True):
        place = building / split / item.label / item.path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        item.path.rename(place)
    for name, path in found.items():
        path.rename(building / name)
    shutil.rmtree(loose)
    counts = splitting.count(building)
    (building / LICENSE_FILE).write_text(source.credits + "\n", encoding="utf-8")
    mark = {"set": source.name, "sha256": source.sha256, "photographs": counts}
    (building / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
    return Got(target, counts, new=True, unreadable=unreadable, twins=len(twins))


def _prefix(target: Path) -> str:
    return f".{target.name}-unfinished-"


def _sweep(target: Path) -> None:
    """Remove what an interrupted run left; the lock says that none is running."""
    for left in target.parent.glob(f"{_prefix(target)}*"):
        shutil.rmtree(left, ignore_errors=True)


def _room_beside(source: Source, target: Path) -> None:
    needed, free = source.archive_bytes + SPARE_BYTES, shutil.disk_usage(target.parent).free
    if free < needed:
        raise DownloadError(
            f"Expected {megabytes(needed)} of free space in {target.parent}; got "
            f"{megabytes(free)}. Nothing was unpacked; the archive is kept. Free some space, or "
            "set COURSE_PHOTOS to a folder on another disk, and run the same command."
        )


def _total(counts: dict[str, dict[str, int]]) -> int:
    return sum(sum(classes.values()) for classes in counts.values())
