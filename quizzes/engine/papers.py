"""Draw a paper by seed, and say what its answers show, concept by concept."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from quizzes.engine.concepts import CONCEPTS, TOPICS
from quizzes.engine.marking import Mark
from quizzes.engine.model import Question

PLAN = {"easy": 3, "medium": 4, "hard": 3}  # the ten questions of an exam or the mastery test

# Least share of the points, and what it says; the first that fits is said.
REMARKS = (
    (0.9, "Strong pattern: you can explain what happens, not just make it happen."),
    (0.7, "Good pattern with gaps: the concepts below are worth another look."),
    (0.4, "The pattern is forming: go back to the lessons below, then draw a new paper."),
    (0.0, "Early days: start with the first lesson below; the next paper has fresh questions."),
)


def draw(
    pool: Sequence[Question],
    plan: Mapping[str, int],
    *,
    seed: int,
    used: Collection[str] = (),
) -> tuple[Question, ...]:
    """Draw a paper: ``plan`` says how many of each difficulty, easiest first.

    Parameters
    ----------
    pool
        What to draw from, such as ``bank.questions(seed=seed)``.
    used
        Ids met before. They come back only when no fresh question of that difficulty is left.
        Variants count as the same question.

    Raises
    ------
    ValueError
        The pool has fewer questions of a difficulty than the plan asks for.
    """
    chance = random.Random(f"paper:{seed}")
    met = {question_id.split("@")[0] for question_id in used}
    paper: list[Question] = []
    for difficulty, count in plan.items():
        stratum = [q for q in pool if q.difficulty == difficulty]
        if len(stratum) < count:
            raise ValueError(
                f"Expected at least {count} {difficulty} questions; found {len(stratum)}. "
                "Ask for fewer, or of more topics."
            )
        chance.shuffle(stratum)
        paper += _spread(stratum, count, met, paper)
    return tuple(paper)


def _spread(
    stratum: list[Question], count: int, met: set[str], paper: Sequence[Question]
) -> list[Question]:
    """Pick ``count``: fresh before met, then topics and concepts the paper has least of."""
    picked: list[Question] = []
    while len(picked) < count:
        so_far = [*paper, *picked]
        topics = [q.topic for q in so_far]
        concepts = [(q.topic, q.concept) for q in so_far]
        best = min(
            (q for q in stratum if q not in picked),
            key=lambda q: (
                q.base_id in met,
                topics.count(q.topic),
                concepts.count((q.topic, q.concept)),
            ),
        )
        picked.append(best)
    return picked


def mastery_paper(
    pool: Sequence[Question], *, seed: int, used: Collection[str] = ()
) -> tuple[Question, ...]:
    """Draw the ten questions of ``PLAN``; see ``draw``."""
    return draw(pool, PLAN, seed=seed, used=used)


@dataclass(frozen=True)
class ConceptVerdict:
    """How one concept went.

    Parameters
    ----------
    topic, concept
        Keys of ``CONCEPTS``.
    asked
        How many questions.
    earned
        The points they earned, 0.0 to ``asked``.
    """

    topic: str
    concept: str
    asked: int
    earned: float

    @property
    def strong(self) -> bool:
        """Whether every question of the concept was (all but) right."""
        return self.earned >= self.asked - 0.25

    def __str__(self) -> str:
        """Return the line a learner reads."""
        title = CONCEPTS[self.topic][self.concept]
        if self.strong:
            return f"{title}: strong ({self.earned:g} of {self.asked})"
        return f"{title}: revisit lesson {TOPICS[self.topic]} ({self.earned:g} of {self.asked})"


@dataclass(frozen=True)
class Verdict:
    """What a paper's answers show.

    Parameters
    ----------
    earned, asked
        Points and questions.
    concepts
        One verdict for each concept asked, those to revisit first.
    remark
        One sentence for the whole.
    """

    earned: float
    asked: int
    concepts: tuple[ConceptVerdict, ...]
    remark: str


def verdict(paper: Sequence[Question], marks: Sequence[Mark]) -> Verdict:
    """Judge the answers to ``paper``, concept by concept.

    Raises
    ------
    ValueError
        There is not exactly one mark for each question.
    """
    if len(paper) != len(marks):
        raise ValueError(f"Expected {len(paper)} marks, one a question; received {len(marks)}.")
    by_concept: dict[tuple[str, str], list[float]] = {}
    for question, mark in zip(paper, marks, strict=True):
        by_concept.setdefault((question.topic, question.concept), []).append(mark.score)
    concepts = [ConceptVerdict(*key, len(got), sum(got)) for key, got in by_concept.items()]
    earned = sum(mark.score for mark in marks)
    share = earned / len(paper) if paper else 0.0
    remark = next(text for least, text in REMARKS if share >= least)
    return Verdict(earned, len(paper), tuple(sorted(concepts, key=lambda c: c.strong)), remark)
