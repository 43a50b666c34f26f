"""Remember what a learner answered, in ``work/``, and look it up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from course.records import progress
from quizzes.engine.concepts import concept_title
from quizzes.engine.marking import Mark
from quizzes.engine.model import Question

SECTION = "answers"
MOST_TRIES = 20  # kept per question; a record is no diary


def remember(question: Question, answer: str, mark: Mark, *, first: bool, hinted: bool) -> None:
    """Keep one answer.

    Parameters
    ----------
    answer
        As text: ``"b"``, ``"ac"``, ``"2570"``.
    first
        False for another try after feedback: it is kept, and does not count as knowledge.
    hinted
        Whether the hint was read before answering.
    """
    one = {
        "answer": answer,
        "score": round(mark.score, 4),
        "first": first,
        "hinted": hinted,
        "variant": question.id,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    progress.update(SECTION, question.base_id, lambda old: _with_try(question, old, one))


def _with_try(question: Question, old: Any, one: dict[str, Any]) -> dict[str, Any]:
    tries = old.get("tries") if isinstance(old, Mapping) else None
    kept = tries if isinstance(tries, list) else []
    return {
        "topic": question.topic,
        "concept": question.concept,
        "title": concept_title(question.topic, question.concept),
        "tries": [*kept, one][-MOST_TRIES:],
    }


def answered_ids() -> set[str]:
    """Return the ids (without a variant's seed) of the questions answered so far."""
    return set(progress.section(SECTION))


def last_try(question: Question) -> Mapping[str, Any] | None:
    """Return the latest try at exactly this question or variant, or None."""
    entry = progress.section(SECTION).get(question.base_id)
    tries = entry.get("tries", []) if isinstance(entry, Mapping) else []
    same = [one for one in tries if isinstance(one, Mapping) and one.get("variant") == question.id]
    return same[-1] if same else None
