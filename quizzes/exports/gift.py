"""GIFT, Moodle's plain text format: https://docs.moodle.org/en/GIFT_format"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Option, Question
from quizzes.exports import parts
from quizzes.exports.report import Report, notes, of_kind, split
from quizzes.views import render

_SPECIAL = re.compile(r"([~=#{}:\\])")


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions``; GIFT carries neither ordering, nor pictures, nor hints."""
    kept, left_out = split(questions, _why_not)
    blocks = []
    for topic, title in TOPICS.items():
        asked = [_question(q) for q in kept if q.topic == topic]
        blocks += [f"$CATEGORY: $course$/top/Fine-tuning/{title}", *asked] if asked else []
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")
    said = notes(
        kept,
        ("GIFT has no hints; they stay in the course", kept),
        ("GIFT has no units; they stand in the question", of_kind(kept, "numeric")),
    )
    return Report(path, len(kept), left_out=left_out, notes=said)


def _why_not(question: Question) -> str:
    if question.kind == "order":
        return "GIFT has no 'order' questions."
    return "GIFT has no pictures." if question.figure else ""


def escape(text: str) -> str:
    r"""Return text safe inside GIFT: its signs behind a backslash, line ends as ``\n``.

    A blank line would end the question, so every line end is written out.
    """
    return _SPECIAL.sub(r"\\\1", text.strip()).replace("\n", r"\n")


def _html(markdown: str) -> str:
    return escape(render.xhtml(markdown))


def _question(question: Question) -> str:
    body = _numerical(question) if question.kind == "numeric" else _choices(question)
    name, stem = escape(question.id), _html(parts.stem_with_unit(question))
    return f"::{name}::[html]{stem}{{{body}\n####{_html(parts.solution(question))}\n}}"


def _choices(question: Question) -> str:
    lines = (_choice(question, option) for option in question.options)
    return "".join(f"\n{line}" for line in lines)


def _choice(question: Question, option: Option) -> str:
    sign = "=" if option.id in question.right_ids else "~"
    if question.kind == "multiple":
        sign = f"~%{parts.percent(question, option)}%"
    return f"{sign}{_html(option.text)}#{_html(option.feedback)}"


def _numerical(question: Question) -> str:
    lines = [f"\n={parts.fixed(question.key)}:{parts.fixed(question.tolerance)}#Right."]
    for number, margin, option in parts.wrong_numbers(question):
        lines.append(f"\n=%0%{number}:{margin}#{_html(option.feedback)}")
    return "#" + "".join(lines)
