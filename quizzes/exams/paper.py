"""A quiz as an exam: a notebook to answer in, with no key in it, and its marking afterwards.

The notebook holds stems, options and empty answer cells; what is right stays in the bank. Answers
are read as plain values from the text of the cells: nothing that a student wrote is run.
"""

from __future__ import annotations

import ast
import hashlib
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode, v4

from quizzes.engine import bank
from quizzes.engine.concepts import TOPICS
from quizzes.engine.marking import Mark, mark
from quizzes.engine.model import Question
from quizzes.engine.papers import mastery_paper
from quizzes.views import render

PREFIX = "quiz-"
MASTERY = "quiz-mastery"
POINTS = 1.0  # a question
HOW = {
    "multiple": 'the letters of all that are right, such as "ac"; a wrong one takes points away',
    "order": 'the letters in the right order, such as "cab"',
    "numeric": "a number, such as 12.5",
    "yes_no": '"yes" or "no"',
}
INTRO = """# {title}

{count} questions, {points:g} points. Write each answer into the cell below its question, between
the quotes, and run the cell under it: it says how your answer was read. Whether it is right is
decided after you have handed in. This paper was drawn for you; your neighbor's differs."""


@dataclass(frozen=True)
class Exam:
    """One exam of the course.

    Parameters
    ----------
    name
        The assignment: ``quiz-02-freezing``, or ``quiz-mastery`` over all topics.

    Raises
    ------
    ValueError
        No such exam; the message lists those there are.
    """

    name: str

    def __post_init__(self) -> None:
        """Check the name."""
        if self.name not in exam_names():
            raise ValueError(f"No exam {self.name!r}. There are: {', '.join(exam_names())}.")

    @property
    def topic(self) -> str | None:
        """The topic asked about; None for all."""
        slugs = {slug(topic): topic for topic in TOPICS}
        return slugs.get(self.name.removeprefix(PREFIX))

    @property
    def title(self) -> str:
        """The heading of the paper."""
        return f"Quiz: {TOPICS[self.topic]}" if self.topic else "Mastery test"

    def paper(self, seed: int, framework: str | None = None) -> tuple[Question, ...]:
        """Return the ten questions of ``seed``: the same seed, the same paper, everywhere."""
        pool = bank.questions(self.topic, framework=framework, seed=seed)
        return mastery_paper(pool, seed=seed)


def slug(topic: str) -> str:
    """Return the lesson's part of an exam's name: ``02-freezing``."""
    return TOPICS[topic].lower().replace(" ", "-")


def exam_names() -> list[str]:
    """Return the assignments that are exams."""
    return [*(PREFIX + slug(topic) for topic in TOPICS), MASTERY]


def is_exam(assignment: str) -> bool:
    """Whether an assignment's name is an exam's."""
    return assignment in exam_names()


def personal_seed(secret: bytes, exam: str, student: str) -> int:
    """Return the seed of a student's own paper; without the ``secret`` nobody can tell it."""
    text = f"{exam}\0{student}".encode()
    return int.from_bytes(hashlib.blake2b(text, key=secret[:64], digest_size=6).digest(), "big")


def notebook(exam: Exam, questions: Sequence[Question]) -> NotebookNode:
    """Return the paper as an nbgrader notebook: nothing in it tells an answer.

    Cell ids and grade ids come from the position, so the same paper is the same file.
    """
    intro = INTRO.format(title=exam.title, count=len(questions), points=POINTS * len(questions))
    cells = [_markdown("intro", intro), _code("setup", "from quizzes.exams.paper import check")]
    for number, question in enumerate(questions, start=1):
        cells += _question_cells(exam, number, question)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made: NotebookNode = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.validate(made)
    return made


def _question_cells(exam: Exam, number: int, question: Question) -> list[NotebookNode]:
    name = f"q{number}"
    stem = f"### Question {number}\n\n{question.stem}\n\n{_options(question)}"
    if question.figure:
        stem += f"\n\n{render.figure_html(question.figure)}"
    hint = HOW.get(question.kind, 'one letter, such as "b"')
    unit = f" {question.unit}" if question.unit else ""
    answer = f'answer_{number} = ""  # {hint}{unit and f" ({unit.strip()})"}'
    test = f'check("{exam.name}/{name}", answer_{number})'
    return [
        _markdown(f"{name}-text", stem.strip(), locked=True),
        _code(name, answer, solution=True),
        _code(f"test-{name}", test, grade=True, locked=True, points=POINTS),
    ]


def _options(question: Question) -> str:
    if question.kind == "numeric":
        return ""
    lines = []
    for option in question.options:
        text = option.text.strip().replace("\n", "\n  ")
        lines.append(f"- **{option.id}**: {text}")
    return "\n".join(lines)


def _markdown(name: str, text: str, *, locked: bool = False) -> NotebookNode:
    cell: NotebookNode = v4.new_markdown_cell(text, id=name)
    if locked:
        cell.metadata["nbgrader"] = _described(name, "markdown", locked=True)
    return cell


def _code(name: str, text: str, **flags: float | bool) -> NotebookNode:
    cell: NotebookNode = v4.new_code_cell(text, id=name)
    if flags:
        cell.metadata["nbgrader"] = _described(name, "code", **flags)
    if flags.get("grade"):
        cell.metadata["tags"] = ["raises-exception"]  # a slip in one answer stops no other cell
    return cell


def _described(name: str, kind: str, **flags: float | bool) -> dict[str, object]:
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**plain, **flags, "grade_id": name, "schema_version": 3, "cell_type": kind}


class Unreadable(ValueError):
    """An answer cell holds something that is not a plain answer."""


def read_answer(text: str, number: int) -> str:
    """Return the answer that the text of a cell holds, without running it.

    Raises
    ------
    Unreadable
        Nothing plain is assigned to ``answer_N``; the message says what to write.
    """
    name = f"answer_{number}"
    values = [node.value for node in _assignments(text) if _assigns(node, name)]
    try:
        value = ast.literal_eval(values[-1])
    except (IndexError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise Unreadable(f'Write the answer itself, such as: {name} = "b"') from None
    if isinstance(value, list | tuple | set):
        value = "".join(str(part) for part in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f'Write the answer itself, such as: {name} = "b"')
    return str(value).strip()


def _assignments(text: str) -> list[ast.Assign]:
    try:
        return [node for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


@dataclass(frozen=True)
class Answered:
    """How one question of a paper went.

    Parameters
    ----------
    question
        What was asked.
    given
        The answer as read; empty when there is none.
    mark
        What it earned; None when nothing was answered or it could not be read.
    problem
        What to tell when it could not be read.
    """

    question: Question
    given: str
    mark: Mark | None
    problem: str = ""

    @property
    def points(self) -> float:
        """Points earned."""
        return POINTS * self.mark.score if self.mark else 0.0


def mark_paper(questions: Sequence[Question], texts: Mapping[str, str]) -> list[Answered]:
    """Mark a paper.

    Parameters
    ----------
    texts
        The text of each answer cell by its grade id: ``{"q1": 'answer_1 = "b"', ...}``. A missing
        one counts as not answered.
    """
    return [
        _answered(question, texts.get(f"q{number}", ""), number)
        for number, question in enumerate(questions, start=1)
    ]


def _answered(question: Question, text: str, number: int) -> Answered:
    try:
        given = read_answer(text, number)
    except Unreadable as error:
        return Answered(question, "", None, str(error))
    if not given:
        return Answered(question, "", None)
    try:
        return Answered(question, given, mark(question, given))
    except ValueError as error:
        return Answered(question, given, None, str(error))


def check(name: str, answer: object) -> None:
    """Say how an answer is read. What is right is not known here.

    Parameters
    ----------
    name
        The exam and the question: ``quiz-02-freezing/q3``.
    answer
        The value of the answer cell.
    """
    number = int("".join(c for c in name.rpartition("/")[2] if c in string.digits) or 0)
    try:
        given = read_answer(f"answer_{number} = {answer!r}", number)
    except Unreadable as error:
        print(error)
        return
    print(f"Your answer: {given}" if given else "Not answered yet.")
