"""What the recorded answers say: how firmly each concept sits, and what to repeat next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENOUGH = 2  # questions of a concept before a verdict is given
STRONG = 0.8  # share of the points at which a concept counts as strong


@dataclass(frozen=True)
class ConceptMastery:
    """How one concept stands.

    Attributes
    ----------
    topic, concept : str
        Keys, such as ``freezing`` and ``batchnorm``.
    title : str
        The words a learner reads.
    asked : int
        Different questions answered.
    share : float
        0–1, the mean over questions of the latest first try.
    latest : str
        When a question of it was answered last, ISO 8601.
    """

    topic: str
    concept: str
    title: str
    asked: int
    share: float
    latest: str

    @property
    def state(self) -> str:
        """``strong``, ``repeat``, or ``begun`` while there are too few answers to tell."""
        if self.asked < ENOUGH:
            return "begun" if self.share >= STRONG else "repeat"
        return "strong" if self.share >= STRONG else "repeat"


def by_concept(answers: Mapping[str, Any]) -> list[ConceptMastery]:
    """Return one entry per concept met, weakest first.

    Parameters
    ----------
    answers : mapping
        The ``answers`` section of the progress file: question id to a mapping with ``topic``,
        ``concept``, ``title`` and ``tries`` (a list of mappings with ``score``, 0–1, ``first``
        and ``at``). Entries of another form are passed over.
    """
    groups: dict[tuple[str, str], list[tuple[str, float, str]]] = {}
    for entry in answers.values():
        tried = _latest_first_try(entry)
        if tried:
            key = (str(entry.get("topic", "")), str(entry.get("concept", "")))
            groups.setdefault(key, []).append((str(entry.get("title", key[1])), *tried))
    found = [_mastery(*key, rows) for key, rows in groups.items()]
    return sorted(found, key=lambda one: (one.share, -one.asked, one.topic, one.concept))


def repeat_next(answers: Mapping[str, Any], most: int = 3) -> list[ConceptMastery]:
    """Return the concepts to look at again, weakest first."""
    return [one for one in by_concept(answers) if one.state == "repeat"][:most]


def _latest_first_try(entry: Any) -> tuple[float, str] | None:
    tries = entry.get("tries") if isinstance(entry, Mapping) else None
    if not isinstance(tries, list):
        return None
    # A second try right after reading the feedback shows patience, not knowledge.
    firsts = [one for one in tries if isinstance(one, Mapping) and one.get("first")]
    if not firsts:
        return None
    return float(firsts[-1].get("score", 0.0)), str(firsts[-1].get("at", ""))


def _mastery(topic: str, concept: str, rows: list[tuple[str, float, str]]) -> ConceptMastery:
    share = sum(score for _, score, _ in rows) / len(rows)
    return ConceptMastery(topic, concept, rows[0][0], len(rows), share, max(at for *_, at in rows))
