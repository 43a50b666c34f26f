"""Recall cards, shown again when they are about to be forgotten (FSRS, by the `fsrs` library)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fsrs import Card as Memory
from fsrs import Rating, Scheduler

from course.records import progress
from quizzes.engine import bank
from quizzes.engine.model import Card

SECTION = "cards"
RATINGS: dict[str, Rating] = {
    "again": Rating.Again,
    "hard": Rating.Hard,
    "good": Rating.Good,
    "easy": Rating.Easy,
}


@dataclass(frozen=True)
class Due:
    """A card and when it is to be shown again.

    Parameters
    ----------
    card
        The card.
    at
        When it is due (UTC); None for a card never seen.
    """

    card: Card
    at: datetime | None


def deck(topic: str | None = None) -> tuple[Card, ...]:
    """Return the cards of a topic, or all.

    Raises
    ------
    ValueError
        An unknown topic; the nearest is offered.
    """
    if topic is not None:
        bank.known_topic(topic)
    return tuple(card for card in bank.cards() if topic in (None, card.topic))


def due(cards: Sequence[Card], now: datetime | None = None) -> list[Card]:
    """Return the cards to be shown at ``now``: overdue ones first, then those never seen."""
    now = now or datetime.now(UTC)
    waiting = [entry for entry in schedule(cards) if entry.at is None or entry.at <= now]
    waiting.sort(key=lambda entry: (entry.at is None, entry.at or now))
    return [entry.card for entry in waiting]


def schedule(cards: Sequence[Card]) -> list[Due]:
    """Return when each card is due."""
    kept = progress.section(SECTION)
    return [Due(card, _due_at(kept.get(card.id))) for card in cards]


def review(card: Card, rating: str, now: datetime | None = None) -> datetime:
    """Record how well ``card`` came to mind; return when it comes back (UTC).

    Parameters
    ----------
    rating
        ``again``, ``hard``, ``good`` or ``easy``.

    Raises
    ------
    ValueError
        Any other rating.
    """
    if rating not in RATINGS:
        raise ValueError(f"Expected one of {', '.join(RATINGS)}; received {rating!r}.")
    # No fuzz: the same reviews give the same dates, which tests and a curious learner can follow.
    scheduler = Scheduler(enable_fuzzing=False)
    memory = _memory(progress.section(SECTION).get(card.id)) or Memory()
    memory, _ = scheduler.review_card(memory, RATINGS[rating], now or datetime.now(UTC))
    progress.record(SECTION, card.id, memory.to_dict())
    return memory.due


def wait_text(at: datetime, now: datetime | None = None) -> str:
    """Return how long until ``at``, in words: ``in 10 minutes``, ``in 3 days``."""
    minutes = max(0, round((at - (now or datetime.now(UTC))).total_seconds() / 60))
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = round(minutes / size)
            return f"in {count} {unit}{'s' if count > 1 else ''}"
    return "in a moment"


def _memory(kept: object) -> Memory | None:
    try:
        return Memory.from_dict(kept) if isinstance(kept, dict) else None  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError):
        return None  # kept by another version: the card starts afresh


def _due_at(kept: object) -> datetime | None:
    memory = _memory(kept)
    return memory.due if memory else None
