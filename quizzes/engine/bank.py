"""The whole bank: every topic's questions, found, checked and filtered.

Nothing here imports a framework, so opening the bank is instant.
"""

from __future__ import annotations

import difflib
import functools
import importlib

from quizzes.engine.concepts import CONCEPTS, TOPICS
from quizzes.engine.model import Card, Question, QuestionError
from quizzes.engine.templates import Template
from quizzes.engine.validate import bank_problems

Entry = Question | Template


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Return every question and template, topic by topic, after checking the bank as a whole.

    Raises
    ------
    QuestionError
        A module is broken, or the bank as a whole is (an id twice, a key that its length betrays).
    """
    found = tuple(entry for topic in TOPICS for entry in _topic_entries(topic))
    problems = bank_problems([first(entry) for entry in found])
    if problems:
        raise QuestionError("The bank has mistakes:\n" + "\n".join(problems))
    return found


def _topic_entries(topic: str) -> list[Entry]:
    order = importlib.import_module(f"quizzes.{topic}").ORDER
    places = {entry_id: place for place, entry_id in enumerate(order)}
    found = [entry for concept in CONCEPTS[topic] for entry in _concept_entries(topic, concept)]
    return sorted(found, key=lambda entry: places.get(entry.id, len(places)))


def _concept_entries(topic: str, concept: str) -> tuple[Entry, ...]:
    module = importlib.import_module(f"quizzes.{topic}.{concept}")
    asked = map(first, module.QUESTIONS)
    strays = [q.id for q in asked if (q.topic, q.concept) != (topic, concept)]
    if strays:
        raise QuestionError(f"quizzes/{topic}/{concept}.py: of another: {', '.join(strays)}.")
    return tuple(module.QUESTIONS)


def first(entry: Entry, seed: int = 0) -> Question:
    """Return the question itself, or the variant of ``seed`` when it is a template."""
    return entry.make(seed) if isinstance(entry, Template) else entry


def questions(
    topic: str | None = None,
    *,
    difficulty: str | None = None,
    framework: str | None = None,
    seed: int = 0,
) -> tuple[Question, ...]:
    """Return the questions that fit.

    Parameters
    ----------
    topic
        A key of ``TOPICS``; None is all.
    difficulty
        ``easy``, ``medium``, ``hard``; None is all.
    framework
        ``keras`` or ``pytorch``: that one's questions and those about neither; None is all.
    seed
        Which variant of each template.

    Raises
    ------
    ValueError
        An unknown topic; the nearest is offered.
    """
    if topic is not None:
        known_topic(topic)
    return tuple(
        question
        for question in (first(entry, seed) for entry in entries())
        if (topic is None or question.topic == topic)
        and (difficulty is None or question.difficulty == difficulty)
        and (framework is None or question.framework in (framework, None))
    )


def question(question_id: str) -> Question:
    """Return one question; ``id@7`` is the variant of seed 7.

    Raises
    ------
    ValueError
        No such id; the nearest is offered.
    """
    base, _, seed = question_id.partition("@")
    entry = _by_id().get(base)
    if entry is None or (seed and not seed.isdigit()):
        raise ValueError(f"No question {question_id!r}.{_nearest(base, tuple(_by_id()))}")
    return first(entry, int(seed or 0))


@functools.cache
def _by_id() -> dict[str, Entry]:
    return {entry.id: entry for entry in entries()}


def known_topic(topic: str) -> str:
    """Return ``topic`` when it exists; otherwise raise ValueError and offer the nearest."""
    if topic not in TOPICS:
        listed = ", ".join(TOPICS)
        raise ValueError(f"No topic {topic!r}.{_nearest(topic, tuple(TOPICS))} Topics: {listed}.")
    return topic


def _nearest(wanted: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.4)
    return f" Did you mean {close[0]!r}?" if close else ""


@functools.cache
def cards() -> tuple[Card, ...]:
    """Return every recall card, ids checked."""
    from quizzes.recall import CARDS

    ids = [card.id for card in CARDS]
    twice = sorted({card_id for card_id in ids if ids.count(card_id) > 1})
    if twice:
        raise QuestionError(f"quizzes/recall: card ids twice: {', '.join(twice)}.")
    return tuple(CARDS)
