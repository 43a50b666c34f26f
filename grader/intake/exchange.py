"""Take submissions in from nbgrader's exchange, without following a student's links.

``nbgrader collect`` works too. It copies whatever a submission points at, and believes the time in
a folder's name; this reads plain files only, and believes the exchange's file system.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc

from grader.classroom.folder import Classroom
from grader.errors import ClassroomError
from grader.intake.take_in import NBGRADERS_OWN, Intake, Taken
from grader.reading.files import read_bytes
from grader.reading.owners import safe_name
from grader.reading.unpack import Archive

MOST_OF_THEM = 1000  # bytes of a file of nbgrader's own
_SLACK = timedelta(minutes=10)  # clocks of two machines, and a slow copy


@dataclass(frozen=True)
class _Parcel:
    """A folder ``STUDENT+LESSON+TIME+CODE`` of the exchange, and when it arrived."""

    folder: Path
    student: str
    claimed: str
    arrived: datetime


def collect(classroom: Classroom, lesson: str) -> Taken:
    """Take in everyone's newest submission of a lesson.

    Raises
    ------
    ClassroomError
        If the class has no exchange; the message says what to configure.
    """
    settings = ExchangeCollect(coursedir=classroom.folders, config=classroom.config)
    inbound = Path(settings.root, classroom.folders.course_id, "inbound")
    if not classroom.folders.course_id or not inbound.is_dir():
        raise ClassroomError(
            f"There is no exchange at {inbound}. Say in the class's nbgrader_config.py where it "
            "is: c.Exchange.root and c.CourseDirectory.course_id."
        )
    intake = Intake.of(classroom, lesson)
    notes = intake.taken.notes
    newest: dict[str, _Parcel] = {}
    for parcel in _parcels(inbound, lesson, notes, check_owner=settings.check_owner):
        known = newest.get(parcel.student)
        if known is None or known.arrived < parcel.arrived:
            newest[parcel.student] = parcel
    for parcel in newest.values():
        notes += _about_time(parcel)
        _take(parcel, intake)
    return intake.taken


def _take(parcel: _Parcel, intake: Intake) -> None:
    for _, files in Archive(parcel.folder).by_owner(lambda path: ""):
        intake.hand_in(parcel.student, files, lambda file: (parcel.arrived, False))
    folder = intake.folder(parcel.student)
    if folder in {path.parent for path in intake.taken.files} | set(
        intake.taken.strangers.values()
    ):
        _carry(parcel, folder)


def _parcels(
    inbound: Path, lesson: str, notes: list[str], *, check_owner: bool
) -> Iterator[_Parcel]:
    for folder in sorted(inbound.iterdir()):
        student, *rest = folder.name.rsplit("+", 3)
        if len(rest) < 2 or rest[0] != lesson:
            continue
        if folder.is_symlink() or not folder.is_dir() or safe_name(student) != student:
            notes.append(f"{folder.name!r} is no submission; it was left out.")
        elif check_owner and (owner := _owner(folder)) not in ("", student):
            notes.append(f"{folder.name!r} belongs to {owner}, not to {student}; it was left out.")
        else:
            yield _Parcel(folder, student, rest[1], _arrived(folder))


def _owner(folder: Path) -> str:
    """Return whose folder it is; an empty string where that cannot be told."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(folder.lstat().st_uid).pw_name
    except KeyError:
        return "nobody known"


def _arrived(folder: Path) -> datetime:
    """Return when the last file came: its change time, which no student can set."""
    times = [folder.lstat().st_ctime, *(path.lstat().st_ctime for path in folder.iterdir())]
    return datetime.fromtimestamp(max(times), UTC)


def _about_time(parcel: _Parcel) -> list[str]:
    try:
        claimed = parse_utc(parcel.claimed).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return []
    if parcel.arrived - claimed < _SLACK:
        return []
    return [
        f"{parcel.student} names {claimed:%Y-%m-%d %H:%M} UTC, but it arrived at "
        f"{parcel.arrived:%Y-%m-%d %H:%M}, which counts."
    ]


def _carry(parcel: _Parcel, folder: Path) -> None:
    """Copy what nbgrader needs to give feedback back; a time in it counts for nothing here."""
    for name in NBGRADERS_OWN:
        try:
            content = read_bytes(parcel.folder / name)
        except (OSError, ValueError):  # not there, a link, a pipe
            continue
        if len(content) <= MOST_OF_THEM and folder.is_dir():
            target = folder / name
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)  # never written through a link
                target.write_bytes(content)
