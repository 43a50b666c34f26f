"""What an export wrote, and what it had to leave out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quizzes.engine.model import Question


@dataclass(frozen=True)
class Report:
    """The outcome of one export.

    Parameters
    ----------
    path
        The file written.
    written
        How many questions or cards are in it.
    what
        ``questions`` or ``cards``.
    left_out
        One line for each thing the format could not carry.
    """

    path: Path
    written: int
    what: str = "questions"
    left_out: tuple[str, ...] = ()


def split(
    questions: Sequence[Question], cannot: Iterable[str], form: str
) -> tuple[list[Question], list[str]]:
    """Return the questions a format can carry, and a line for each it cannot."""
    kinds = set(cannot)
    kept = [q for q in questions if q.kind not in kinds]
    lines = [f"{q.id}: {form} has no {q.kind!r} questions." for q in questions if q.kind in kinds]
    return kept, lines


def no_hints(questions: Sequence[Question], form: str) -> str:
    """Return the line for a format without hints."""
    return f"{form} has no place for hints: {len(questions)} hints stay in the course."
