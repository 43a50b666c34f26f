"""Which of several files that one student handed in is the notebook that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.intake.recognize import Recognized
from grader.reading.owners import parts_of
from grader.reading.unpack import File


@dataclass(frozen=True)
class Candidate:
    """A file that may be the notebook that counts.

    Attributes
    ----------
    file : File
        As it was handed in.
    framework : str
        Which of the lesson's notebooks it is.
    seen : Recognized or None
        What its cells say; ``None`` if only its name says anything.
    place : int
        Where it stood among what was handed in.
    """

    file: File
    framework: str
    seen: Recognized | None
    place: int

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, tuple[int, ...], int, int, int]:
        """The newest that is a notebook with work in it; at the same time, the fullest."""
        done, cells = (self.seen.done, self.seen.cells) if self.seen else (0, 0)
        courses_own = {"lessons", "solutions"} & {part.lower() for part in parts_of(self.file.path)}
        return (
            self.seen is not None,
            not self.file.problem,
            done > 0,
            not courses_own,  # a whole checkout in one zip
            self.file.when,
            done,
            cells,
            self.place,
        )


def framework_of(file: File, seen: Recognized | None, names: Sequence[str]) -> str:
    """Return which notebook a file is: as its cells say, in doubt as its name does."""
    if seen and seen.sure:
        return seen.framework
    return _named_after(file.name, names) or (seen.framework if seen else "")


def _named_after(name: str, names: Sequence[str]) -> str:
    """Return which of ``names`` a file's name holds; the longest, as in ``problem 10``."""
    found = sorted((one for one in names if one.lower() in name.lower()), key=len)
    clear = found and all(one in found[-1] for one in found)
    return found[-1] if clear else ""


def says(name: str, framework: str, names: Sequence[str]) -> bool:
    """Return whether a file's name says that it is this notebook, more or less."""
    return PurePosixPath(name.lower()).suffix == ".ipynb" and _named_after(name, names) == framework
