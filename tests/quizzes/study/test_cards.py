"""Cards come back when FSRS says so, and a damaged memory costs one card its dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from course.records import progress
from quizzes.study import cards
from tests.quizzes.samples import CARDS

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_a_new_card_is_due_and_a_known_one_waits():
    assert cards.due(CARDS, NOW) == list(CARDS)
    back = cards.review(CARDS[0], "easy", NOW)
    assert back > NOW + timedelta(days=1)
    assert cards.due(CARDS, NOW) == [CARDS[1]]
    assert cards.due(CARDS, back) == list(CARDS)


def test_a_forgotten_card_comes_back_within_minutes():
    assert cards.review(CARDS[0], "again", NOW) - NOW <= timedelta(minutes=10)


def test_waits_grow_with_each_good_review():
    at, waits = NOW, []
    for _ in range(5):
        back = cards.review(CARDS[0], "good", at)
        waits.append(back - at)
        at = back
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(days=5)


def test_the_library_is_an_oracle_for_the_dates():
    from fsrs import Card, Rating, Scheduler

    memory, _ = Scheduler(enable_fuzzing=False).review_card(Card(), Rating.Good, NOW)
    assert cards.review(CARDS[0], "good", NOW) == memory.due


def test_a_damaged_memory_starts_the_card_afresh():
    progress.record("cards", CARDS[0].id, {"state": "?"})
    assert cards.due(CARDS, NOW) == list(CARDS)
    cards.review(CARDS[0], "good", NOW)


def test_an_unknown_rating_is_refused():
    with pytest.raises(ValueError, match="Expected one of again, hard, good, easy"):
        cards.review(CARDS[0], "fine", NOW)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=5), "in a moment"),
        (timedelta(minutes=10), "in 10 minutes"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(days=3), "in 3 days"),
    ],
)
def test_waits_in_words(wait, words):
    assert cards.wait_text(NOW + wait, NOW) == words
