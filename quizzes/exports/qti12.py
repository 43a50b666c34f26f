"""QTI 1.2 for Canvas, by text2qti: https://github.com/gpoore/text2qti"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from quizzes.engine.model import FIGURES, Question
from quizzes.exports.report import Report, no_hints, split

INDENT = "    "
_CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)
_BLOCK_SIGN = re.compile(r"^(#+ |\d+(?=[.)] ))", re.MULTILINE)


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write a package; QTI 1.2 as Canvas reads it carries neither ordering nor hints."""
    kept, left_out = split(questions, ("order",), "QTI 1.2")
    quiz = Quiz(
        quiz_text(kept),
        config=Config(),
        source_name="the question bank",
        resource_path=str(FIGURES.parent),
    )
    path.write_bytes(QTI(quiz).zip_bytes())
    return Report(path, len(kept), left_out=(*left_out, no_hints(kept, "QTI 1.2")))


def quiz_text(questions: Sequence[Question]) -> str:
    """Return the questions in text2qti's own notation."""
    return "Quiz title: Fine-tuning\n\n" + "\n".join(_question(q) for q in questions)


def _literal(markdown: str) -> str:
    """Return ``markdown`` with what would turn into HTML, a heading or a list kept as text."""
    parts = _CODE.split(markdown.strip())
    parts[::2] = [_BLOCK_SIGN.sub(_escaped, part.replace("<", "&lt;")) for part in parts[::2]]
    return "".join(parts)


def _escaped(sign: re.Match[str]) -> str:
    return sign[0] + "\\" if sign[0].isdigit() else "\\" + sign[0]


def _entry(mark: str, markdown: str) -> str:
    """Return ``markdown`` behind ``mark``, its further lines indented to stand under the first."""
    lines = _literal(markdown).splitlines()
    width = max(len(mark) + 1, len(INDENT))
    head = mark.ljust(width) + lines[0]
    return "\n".join([head, *(" " * width + line if line else "" for line in lines[1:])])


def _question(question: Question) -> str:
    stem = question.stem
    if question.figure:
        stem += f"\n\n![{question.figure.alt}]({FIGURES.name}/{question.figure.file})"
    if question.kind == "numeric":
        stem += f"\n\n(in {question.unit})"
    steps = " ".join(f"({at}) {step}" for at, step in enumerate(question.solution, start=1))
    parts = [_entry("Title:", question.id), _entry("Points:", "1"), _entry("1.", stem)]
    return "\n".join([*parts, _entry("...", steps), _answers(question)]) + "\n"


def _answers(question: Question) -> str:
    if question.kind == "numeric":
        # text2qti wants a margin above zero unless the answer is a whole number.
        whole = float(question.key).is_integer() and not question.tolerance
        margin = question.tolerance or abs(float(question.key)) * 1e-6
        return f"=   {question.key:.0f}" if whole else f"=   {question.key:.10g} +- {margin:.10g}"
    return "\n".join(_choices(question))


def _choices(question: Question) -> list[str]:
    lines = []
    for letter, option in zip("abcdefgh", question.options, strict=False):
        right = option.id in question.right_ids
        if question.kind == "multiple":
            mark = "[*]" if right else "[ ]"
        else:
            mark = f"*{letter})" if right else f"{letter})"
        lines += [_entry(mark, option.text), _entry("...", option.feedback)]
    return lines
