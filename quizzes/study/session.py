"""The desk between a learner and the bank: show without the key, mark, remember.

The notebook and the terminal both sit at it, so an answer counts the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quizzes.engine import bank
from quizzes.engine.marking import Mark, mark
from quizzes.engine.model import Option, Question
from quizzes.engine.papers import draw
from quizzes.study import history

DIFFICULTY_ORDER = ("easy", "medium", "hard")
FRAMEWORK_NAMES = {"keras": "Keras", "pytorch": "PyTorch"}
SAID = {True: "Right.", False: "Not this."}


@dataclass
class QuizSession:
    """A few questions, their marks, and what has been read of each.

    Parameters
    ----------
    paper
        The questions, in the order asked.
    """

    paper: tuple[Question, ...]
    marks: dict[str, Mark] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    hinted: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)

    def question(self, question_id: str) -> Question:
        """Return the question of this paper with that id."""
        for question in self.paper:
            if question.id == question_id:
                return question
        raise ValueError(f"No question {question_id!r} on this paper.")

    def hint(self, question_id: str) -> str:
        """Return the hint, and keep in mind that it was read."""
        self.hinted.add(question_id)
        return self.question(question_id).hint

    def answer(self, question_id: str, answer: str) -> Mark:
        """Mark ``answer`` and remember it; only the first try counts as knowledge.

        Raises
        ------
        ValueError
            The answer cannot be read, or a committed answer is being changed. Nothing is kept.
        """
        question = self.question(question_id)
        if question.commits and question_id in self.given:
            raise ValueError("You have committed to an answer; it stays as it is.")
        result = mark(question, answer)
        history.remember(
            question,
            answer,
            result,
            first=question_id not in self.tried,
            hinted=question_id in self.hinted,
        )
        self.tried.add(question_id)
        self.marks[question_id] = result
        self.given[question_id] = answer
        return result

    def take_up(self) -> None:
        """Bring back what was answered before, so that a restarted kernel loses nothing."""
        for question in self.paper:
            tried = history.last_try(question)
            if tried is None:
                continue
            try:
                self.marks[question.id] = mark(question, str(tried.get("answer", "")))
            except ValueError:
                continue  # the question has changed since; ask it anew
            self.given[question.id] = str(tried["answer"])
            self.tried.add(question.id)

    @property
    def right(self) -> int:
        """How many answers stand as right."""
        return sum(result.right for result in self.marks.values())

    @property
    def total(self) -> str:
        """One line on how far the learner is."""
        asked = len(self.paper)
        if not self.marks:
            return f"{asked} question{'s' if asked > 1 else ''}"
        return f"{len(self.marks)} of {asked} answered, {self.right} right"


def practice_paper(
    topic: str,
    count: int = 5,
    *,
    framework: str | None = None,
    seed: int = 0,
    used: Sequence[str] = (),
) -> tuple[Question, ...]:
    """Draw ``count`` questions of a topic, easy ones first, those not met yet before others.

    Raises
    ------
    ValueError
        Unknown topic (the nearest is offered), or a count that is not positive.
    """
    if count < 1:
        raise ValueError(f"Expected at least one question; received {count}.")
    pool = bank.questions(topic, framework=framework, seed=seed)
    return draw(pool, _plan(pool, min(count, len(pool))), seed=seed, used=used)


def _plan(pool: Sequence[Question], count: int) -> dict[str, int]:
    """Spread ``count`` over the difficulties as evenly as the pool allows."""
    have = {name: sum(q.difficulty == name for q in pool) for name in DIFFICULTY_ORDER}
    plan = dict.fromkeys(DIFFICULTY_ORDER, 0)
    while sum(plan.values()) < count:
        open_names = [name for name in DIFFICULTY_ORDER if plan[name] < have[name]]
        plan[min(open_names, key=lambda name: plan[name])] += 1
    return plan


def heading(question: Question, number: int, of: int) -> str:
    """Return the line above a stem: ``Question 2 of 5 · medium · PyTorch``."""
    parts = [f"Question {number} of {of}" if of > 1 else "Question", question.difficulty]
    if question.framework:
        parts.append(FRAMEWORK_NAMES[question.framework])
    if question.kind == "multiple":
        parts.append("several are right")
    if question.commits:
        parts.append("commit before you look")
    return " · ".join(parts)


def said(question: Question, result: Mark) -> str:
    """Return the verdict in a few words."""
    if result.right or question.kind != "multiple":
        return SAID[result.right]
    missed = f" {len(result.missed)} right one(s) not chosen." if result.missed else ""
    return (
        f"Partly: {result.score:.0%} of the point.{missed}"
        if result.score
        else f"Not this.{missed}"
    )


def option_notes(question: Question, answer: str) -> list[tuple[Option, bool]]:
    """Return the options that ``answer`` touches, each with whether it is a right one."""
    if question.kind in ("numeric", "order"):
        return []
    chosen = {answer} if question.kind == "yes_no" else set(answer)
    return [(o, o.id in question.right_ids) for o in question.options if o.id in chosen]
