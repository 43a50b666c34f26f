"""What an export wrote, what it left out, and what it had to write otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
        One line for each question that is not in the file, with the reason.
    notes
        One line for each thing that the format holds otherwise or not at all, with the ids of the
        questions it touches.
    """

    path: Path
    written: int
    what: str = "questions"
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def split(
    questions: Sequence[Question], why_not: Callable[[Question], str]
) -> tuple[list[Question], tuple[str, ...]]:
    """Return the questions a format can carry, and a line for each it cannot.

    Raises
    ------
    ValueError
        It can carry none of them.
    """
    kept = [question for question in questions if not why_not(question)]
    lines = tuple(f"{q.id}: {why_not(q)}" for q in questions if why_not(q))
    if not kept:
        raise ValueError("None of these questions fits the format.\n" + "\n".join(lines))
    return kept, lines


def notes(questions: Sequence[Question], *said: tuple[str, Iterable[Question]]) -> tuple[str, ...]:
    """Return a line for each thing said that touches a question, with the ids it touches."""
    lines = []
    for text, touched in said:
        ids = [question.id for question in touched]
        whose = f"all {len(ids)} questions" if len(ids) == len(questions) else ", ".join(ids)
        lines += [f"{text}: {whose}."] if ids else []
    return tuple(lines)


def of_kind(questions: Sequence[Question], kind: str) -> list[Question]:
    """Return the questions of one kind."""
    return [question for question in questions if question.kind == kind]
