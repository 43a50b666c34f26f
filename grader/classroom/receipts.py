"""When something came in, as the instructor's side saw it: a student cannot write here."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from course import files
from grader.classroom.verdict_log import FOLDER

RECORD = "received.jsonl"


@dataclass(frozen=True)
class Receipt:
    """One notebook taken in.

    Attributes
    ----------
    student, lesson, framework : str
        Whose it is.
    digest : str
        SHA-256 of the file.
    when : str
        ISO time in UTC.
    vouched : bool
        Whether a person has said so.
    """

    student: str
    lesson: str
    framework: str
    digest: str
    when: str
    vouched: bool = False

    @property
    def time(self) -> datetime:
        """The time of receipt as nbgrader stores times: UTC, and no zone said."""
        return datetime.fromisoformat(self.when).astimezone(UTC).replace(tzinfo=None)


class Receipts:
    """The receipts of one class folder, only ever appended to.

    Parameters
    ----------
    root : Path
        The class folder; the file is ``.grader/received.jsonl`` in it.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / FOLDER / RECORD
        self._known: dict[tuple[str, str, str], Receipt] = {}
        self._first: dict[tuple[str, str, str, str], Receipt] = {}
        for plain in files.records(self._path):
            with contextlib.suppress(ValueError, TypeError):
                self._remember(Receipt(**plain))

    def _remember(self, one: Receipt) -> None:
        who = (one.student, one.lesson, one.framework)
        self._known[who] = one
        first = self._first.setdefault((*who, one.digest), one)
        if one.time < first.time:
            self._first[*who, one.digest] = one

    def get(self, student: str, lesson: str, framework: str) -> Receipt | None:
        """Return the newest receipt of a notebook."""
        return self._known.get((student, lesson, framework))

    def add(
        self,
        student: str,
        lesson: str,
        framework: str,
        content: bytes,
        when: datetime,
        *,
        vouched: bool = False,
    ) -> Receipt:
        """Note that ``content`` came in; the same text again counts from the earliest time.

        Parameters
        ----------
        vouched : bool
            Whether a person says that it came in at ``when``, which may be earlier than was noted.
        """
        digest = hashlib.sha256(content).hexdigest()
        time = when.astimezone(UTC).isoformat(timespec="seconds")
        made = Receipt(student, lesson, framework, digest, time, vouched)
        first = self._first.get((student, lesson, framework, digest), made)
        if first.time <= made.time or not vouched:
            made = first
        if made == self.get(student, lesson, framework):
            return made
        files.append(self._path, asdict(made))
        self._remember(made)
        return made

    def time(self, student: str, lesson: str, framework: str = "") -> datetime | None:
        """Return when a notebook came in, or the last of a lesson's; ``None`` if not known."""
        times = [
            one.time
            for (who, what, which), one in self._known.items()
            if (who, what) == (student, lesson) and framework in ("", which)
        ]
        return max(times, default=None)
