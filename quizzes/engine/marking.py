"""Mark an answer: how much of the point it earns, and what to tell the learner."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.engine.model import Question

Answer = str | float | Iterable[str]


@dataclass(frozen=True)
class Mark:
    """What an answer earned.

    Parameters
    ----------
    score
        0.0 to 1.0.
    right
        True when the whole point was earned.
    feedback
        One text for each option that was chosen (or one for the number or the order given).
    missed
        Ids of right options that were not chosen; several-right questions only.
    """

    score: float
    right: bool
    feedback: tuple[str, ...]
    missed: tuple[str, ...] = ()


def mark(question: Question, answer: Answer) -> Mark:
    """Mark ``answer``.

    Parameters
    ----------
    answer
        Option id (``"b"``, ``"yes"``); for several-right any iterable of ids (``"ac"``,
        ``{"a", "c"}``); for order the ids in the chosen order (``"cabd"`` or a list); for numeric
        a number or its text (``"1,280"`` and ``"1e-3"`` are read).

    Raises
    ------
    ValueError
        The answer names an option that does not exist, or is not a number. Ask again.
    """
    if question.kind == "numeric":
        return _mark_number(question, answer)
    if question.kind == "multiple":
        return _mark_several(question, _letters(answer))
    if question.kind == "order":
        return _mark_order(question, _letters(answer))
    option = question.option(str(answer).strip().lower())
    right = option.id == question.key
    return Mark(float(right), right, (option.feedback,))


def _letters(answer: Answer) -> list[str]:
    if isinstance(answer, (int, float)):
        raise ValueError(f"Expected option letters such as 'ac'; received {answer!r}.")
    return [letter for part in answer for letter in part.lower() if letter.isalpha()]


def _mark_several(question: Question, chosen: list[str]) -> Mark:
    picked = {question.option(letter).id for letter in chosen}
    key = set(question.right_ids)
    wrong = {option.id for option in question.options} - key
    # One share for each right option, and each wrong one takes as much as a guess would win, so
    # that choosing every option earns nothing.
    score = max(0.0, len(picked & key) / len(key) - len(picked & wrong) / len(wrong))
    feedback = tuple(option.feedback for option in question.options if option.id in picked)
    return Mark(score, picked == key, feedback, tuple(sorted(key - picked)))


def _mark_order(question: Question, chosen: list[str]) -> Mark:
    steps = [question.option(letter) for letter in chosen]
    if sorted(chosen) != sorted(question.right_ids):
        raise ValueError(
            f"{question.id} has {len(question.options)} steps; received {''.join(chosen)!r}. "
            "Give every step once."
        )
    right = tuple(chosen) == question.right_ids
    if right:
        return Mark(1.0, True, ("Every step is where it belongs.",))
    early = next(s for s, k in zip(steps, question.right_ids, strict=True) if s.id != k)
    return Mark(0.0, False, (early.feedback,))


def _mark_number(question: Question, answer: Answer) -> Mark:
    value = _read_number(answer)
    if abs(value - float(question.key)) <= question.tolerance + 1e-12 * abs(float(question.key)):
        return Mark(1.0, True, ("Right.",))
    for option in question.options:
        if math.isclose(value, float(option.text), rel_tol=1e-3):
            return Mark(0.0, False, (option.feedback,))
    side = "smaller" if value > float(question.key) else "larger"
    return Mark(0.0, False, (f"Not this: the number is {side}.",))


def _read_number(answer: Answer) -> float:
    text = str(answer).replace(",", "").replace("_", "").replace("−", "-").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"Expected a number such as 1280 or 1e-3; received {answer!r}.")
    return value
