"""GIFT, Moodle's plain text format: https://docs.moodle.org/en/GIFT_format"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from quizzes import render
from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Option, Question
from quizzes.exports.report import Report, no_hints, split

_SPECIAL = re.compile(r"([~=#{}:\\])")


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions``; GIFT carries neither ordering, nor pictures, nor hints."""
    kept, left_out = split(questions, ("order",), "GIFT")
    pictured = [q for q in kept if q.figure]
    kept = [q for q in kept if not q.figure]
    left_out += [f"{q.id}: GIFT has no pictures." for q in pictured]
    parts = []
    for topic, title in TOPICS.items():
        asked = [_question(q) for q in kept if q.topic == topic]
        parts += [f"$CATEGORY: $course$/top/Fine-tuning/{title}", *asked] if asked else []
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return Report(path, len(kept), left_out=(*left_out, no_hints(kept, "GIFT")))


def escape(text: str) -> str:
    r"""Return text safe inside GIFT: its signs behind a backslash, line ends as ``\n``.

    A blank line would end the question, so every line end is written out.
    """
    return _SPECIAL.sub(r"\\\1", text.strip()).replace("\n", r"\n")


def _html(markdown: str) -> str:
    return escape(render.xhtml(markdown))


def _question(question: Question) -> str:
    body = _numerical(question) if question.kind == "numeric" else _choices(question)
    steps = "\n".join(f"{at}. {step}" for at, step in enumerate(question.solution, start=1))
    name, stem = escape(question.id), _html(question.stem)
    return f"::{name}::[html]{stem}{{{body}\n####{_html(steps)}\n}}"


def _choices(question: Question) -> str:
    lines = (_choice(question, option) for option in question.options)
    return "".join(f"\n{line}" for line in lines)


def _choice(question: Question, option: Option) -> str:
    right = option.id in question.right_ids
    sign = "=" if right else "~"
    if question.kind == "multiple":
        count = len(question.right_ids)
        share = 100 / count if right else -100 / (len(question.options) - count)
        percent = f"{share:.5f}".rstrip("0").rstrip(".")
        sign = f"~%{percent}%"
    return f"{sign}{_html(option.text)}#{_html(option.feedback)}"


def _numerical(question: Question) -> str:
    lines = [f"\n={question.key:.10g}:{question.tolerance:.10g}#Right."]
    lines += [f"\n=%0%{option.text}:0#{_html(option.feedback)}" for option in question.options]
    return "#" + "".join(lines)
