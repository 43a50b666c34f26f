"""The log of verdicts: one JSON line each, only ever appended to, from which all can be rebuilt."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from course import files
from grader.checks.verdict import INFRASTRUCTURE, MACHINE, Verdict, given, left_to_a_person
from grader.grading.session import Result

FOLDER = ".grader"
FILE_NAME = "verdicts.jsonl"


@dataclass(frozen=True)
class Entry:
    """One graded submission.

    Attributes
    ----------
    key : str
        Hash of submission, source, checks and environment: the same key, the same verdicts.
    student, lesson, framework : str
        Whose it is.
    verdicts : mapping of str to Verdict
        By check id.
    notes, flags : tuple of str
        As in `grader.grading.session.Result`.
    when : str
        ISO time of grading.
    seconds : float
        Wall time of grading.
    stages : mapping of str to float
        Where the time went; as in `grader.grading.session.Result`.
    text : str
        Hash of the answers; empty in a log from before it was kept.
    worth : mapping of str to float
        What each check counts in the gradebook, which the class's source decides; empty in a log
        from before it was kept.
    """

    key: str
    student: str
    lesson: str
    framework: str
    verdicts: Mapping[str, Verdict]
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    when: str = field(default_factory=lambda: datetime.now().isoformat(timespec="seconds"))
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    worth: Mapping[str, float] = field(default_factory=dict)

    @property
    def result(self) -> Result:
        """The verdicts as a session returns them."""
        return Result(self.verdicts, self.notes, self.flags, self.stages)

    @property
    def final(self) -> bool:
        """Whether nothing is to be tried again: all is judged, or left to a person."""
        return not any(v.to_be_tried_again for v in self.verdicts.values())

    @property
    def held(self) -> float:
        """Points that wait until a person has looked."""
        return sum(
            one.held / one.of * self.worth.get(name, one.of) for name, one in self.verdicts.items()
        )

    def accepted(self) -> Entry:
        """Return the entry after a person has looked: what was held counts, and nothing is flagged.

        The entry as it was stays in the log, above this one.
        """
        verdicts = {name: given(verdict) for name, verdict in self.verdicts.items()}
        when = datetime.now().isoformat(timespec="seconds")
        return replace(self, verdicts=verdicts, flags=(), when=when)

    def earned(self, check_id: str) -> float:
        """Return the points earned on a check, as the gradebook counts them."""
        verdict = self.verdicts[check_id]
        return verdict.points / verdict.of * self.worth.get(check_id, verdict.of)

    @property
    def points(self) -> float:
        """Points earned over all checks."""
        return sum(map(self.earned, self.verdicts))

    def to_plain(self) -> dict[str, Any]:
        """Return the entry as plain data, for JSON."""
        return {**self.__dict__, "verdicts": [asdict(v) for v in self.verdicts.values()]}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Entry:
        """Return the entry that `to_plain` made.

        Raises
        ------
        ValueError, KeyError, TypeError
            If the line is not one.
        """
        verdicts = [Verdict.from_plain(verdict) for verdict in plain.pop("verdicts")]
        plain["notes"], plain["flags"] = tuple(plain["notes"]), tuple(plain["flags"])
        return cls(verdicts={verdict.check_id: verdict for verdict in verdicts}, **plain)


class Log:
    """The verdicts of one class folder.

    Parameters
    ----------
    root : Path
        The class folder; the log is ``.grader/verdicts.jsonl`` in it.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / FOLDER / FILE_NAME
        self._known: dict[str, Entry] = {}
        self._open: dict[str, Entry] = {}  # not final: some checks are to be tried again
        for entry in self.entries():
            self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        (self._known if entry.final else self._open)[entry.key] = entry

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, oldest first; a line cut off by a power failure is passed over."""
        for plain in files.records(self.path):
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                yield Entry.from_plain(plain)

    def get(self, key: str) -> Entry | None:
        """Return the newest final entry with this key."""
        return self._known.get(key)

    def settled(self, key: str, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """Return ``verdicts``, with those left to a person that failed in the same way before."""
        before = self._open[key].verdicts if key in self._open else {}
        return {
            name: left_to_a_person(verdict) if _again(verdict, before.get(name)) else verdict
            for name, verdict in verdicts.items()
        }

    def latest(self) -> dict[tuple[str, str, str], Entry]:
        """Return the newest entry by student, lesson and framework."""
        return {(e.student, e.lesson, e.framework): e for e in self.entries()}

    def append(self, entry: Entry) -> None:
        """Write one entry and make sure that it is on the disk."""
        files.append(self.path, entry.to_plain(), sync=True)
        self._remember(entry)


def _again(verdict: Verdict, before: Verdict | None) -> bool:
    """Return whether a check could not look at the same answer twice."""
    return (
        before is not None
        and verdict.status == before.status == INFRASTRUCTURE
        and not verdict.detail.startswith(MACHINE)
    )
