"""Quizzes as exams: each student's own paper, released without a key, judged from the bank.

An exam is an assignment like a lesson, ``quiz-02-freezing`` with ``keras.ipynb`` and
``pytorch.ipynb``. Its answers are plain values, so nothing of a student's is run to mark it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import nbformat

from course import files
from grader.checks.verdict import FAILED, NOT_DONE, PASSED, Verdict
from grader.grading.session import Result
from grader.grading.source import Source
from grader.grading.submission import Submission
from quizzes.engine.model import Question
from quizzes.exams.paper import (
    POINTS,
    Answered,
    Exam,
    exam_names,
    is_exam,
    mark_paper,
    notebook,
    personal_seed,
)

__all__ = ["Exams", "exam_names", "is_exam", "papers", "prepare"]

RECORD = "papers.json"  # who was given a paper of their own, by exam
PAPERS = "papers"


class Exams:
    """The exams of one class folder.

    Parameters
    ----------
    folder : Path
        Where the grader keeps its own files; lists who has a paper of their own.
    secret : bytes
        Decides which paper a student gets.
    """

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._record = folder / RECORD
        self._secret = secret

    def paper(self, name: str, framework: str, student: str) -> tuple[Question, ...]:
        """Return a student's questions: their own paper, or the common one without a name."""
        owner = student if student in self._owners().get(name, []) else ""
        return Exam(name).paper(personal_seed(self._secret, name, owner), framework)

    def source(self, name: str, framework: str, student: str = "") -> Source:
        """Return the trusted notebook of that paper."""
        questions = self.paper(name, framework, student)
        made = notebook(Exam(name), questions)
        checks = {f"test-q{at}": (f"{name}/q{at}",) for at in range(1, len(questions) + 1)}
        return Source(made, checks)

    def grade(self, name: str, framework: str, student: str, submission: Submission) -> Result:
        """Return the verdicts on a student's answers."""
        marked = mark_paper(self.paper(name, framework, student), submission.answers)
        verdicts = [_verdict(f"{name}/q{at}", at, one) for at, one in enumerate(marked, start=1)]
        return Result({one.check_id: one for one in verdicts}, submission.notes)

    def give_own_papers(self, name: str, students: Iterable[str]) -> None:
        """Remember that ``students`` get papers of their own; a later list only adds to it."""
        owners = self._owners()
        owners[name] = sorted({*owners.get(name, []), *students})
        self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(self._record, json.dumps(owners, indent=1, ensure_ascii=False))

    def _owners(self) -> dict[str, list[str]]:
        return json.loads(self._record.read_text("utf-8")) if self._record.is_file() else {}


def prepare(folder: Path, exams: Exams, name: str, frameworks: Iterable[str]) -> None:
    """Write the common paper into the folder of the assignment's source."""
    for framework in frameworks:
        _write(folder / f"{framework}.ipynb", exams.source(name, framework).notebook)


def papers(
    root: Path, exams: Exams, name: str, frameworks: Iterable[str], students: Iterable[str]
) -> list[Path]:
    """Write ``papers/STUDENT/EXAM/FRAMEWORK.ipynb`` for each student; return the files."""
    names = list(students)
    exams.give_own_papers(name, names)
    written = []
    for student in names:
        for framework in frameworks:
            path = root / PAPERS / student / name / f"{framework}.ipynb"
            _write(path, exams.source(name, framework, student).notebook)
            written.append(path)
    return written


def _write(path: Path, made: nbformat.NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(made) + "\n", "utf-8")


def _verdict(check_id: str, number: int, one: Answered) -> Verdict:
    title = f"Question {number}"
    if one.mark and one.mark.right:
        return Verdict(check_id, title, PASSED, POINTS, POINTS)
    if not one.given and not one.problem:
        step = "There was no answer. The worked solution is in: quiz"
        return Verdict(check_id, title, FAILED, 0.0, POINTS, next_step=step, hint_id=NOT_DONE)
    return Verdict(
        check_id,
        title,
        FAILED,
        round(one.points, 4),
        POINTS,
        checked=_line(one.question.stem),
        expected=_right(one.question) if one.mark else "an answer of the kind asked for",
        found=one.given or "something that is no plain answer",
        next_step=one.problem or " ".join(map(_line, one.mark.feedback if one.mark else ())),
        hint_id=one.question.base_id,
    )


def _line(markdown: str) -> str:
    """Return the prose of a text on one line, without its code blocks."""
    parts = markdown.split("```")
    return " ".join(" ".join(parts[::2]).split())


def _right(question: Question) -> str:
    if question.kind == "numeric":
        return f"{question.key:,g} {question.unit}"
    return ", ".join(question.right_ids)
