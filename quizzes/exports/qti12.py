"""QTI 1.2 for Canvas, by text2qti: https://github.com/gpoore/text2qti"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from text2qti.config import Config
from text2qti.markdown import Image
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from quizzes.engine.model import Figure, Question
from quizzes.exports import parts
from quizzes.exports.report import Report, notes, of_kind, split
from quizzes.views import render

DECIMALS = 4  # Canvas rounds what a learner types to as many
LEAST = 10.0**-DECIMALS


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write a package; QTI 1.2 as Canvas reads it carries neither ordering nor hints."""
    kept, left_out = split(questions, _why_not)
    parts.pack(path, _files(kept))
    return Report(path, len(kept), left_out=left_out, notes=_said(kept))


def _said(questions: Sequence[Question]) -> tuple[str, ...]:
    numbers, several = of_kind(questions, "numeric"), of_kind(questions, "multiple")
    return notes(
        questions,
        ("Canvas has no hints; they stay in the course", questions),
        (
            "Canvas has neither units nor a text for each wrong number; the unit stands in the "
            "question, the texts together under a wrong answer",
            numbers,
        ),
        ("Canvas rounds what is typed to four decimals", filter(_rounded, numbers)),
        (
            "Canvas takes as much for a wrong tick as it gives for a right one",
            filter(_harsher, several),
        ),
    )


def _files(questions: Sequence[Question]) -> Iterable[tuple[str, bytes]]:
    quiz = Quiz(quiz_text(questions), config=Config(), source_name="the question bank")
    for figure in (q.figure for q in questions if q.figure):
        image = _image(figure)
        quiz.images[image.id] = image
    with zipfile.ZipFile(io.BytesIO(QTI(quiz).zip_bytes())) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def _image(figure: Figure) -> Image:
    return Image(figure.file, figure.path.read_bytes())


def quiz_text(questions: Sequence[Question]) -> str:
    """Return the questions in text2qti's own notation."""
    return "Quiz title: Fine-tuning\n\n" + "\n".join(_question(q) for q in questions)


def _entry(mark: str, markdown: str) -> str:
    """Return ``markdown`` behind ``mark`` as one line of HTML.

    text2qti would read prose anew: straight quotes as curly ones, ``$`` as mathematics, a sign at
    the start of a line as an answer. A block of HTML it leaves alone.
    """
    return f"{mark} <div>{_one_line(render.xhtml(markdown))}</div>"


def _one_line(html: str) -> str:
    for sign in "$\\\n\t`":
        html = html.replace(sign, f"&#{ord(sign)};")
    return html


def _question(question: Question) -> str:
    lines = [
        f"Title: {question.id}",
        "Points: 1",
        _stem(question),
        _entry("...", parts.solution(question)),
        *(_number(question) if question.kind == "numeric" else _choices(question)),
    ]
    return "\n".join(lines) + "\n"


def _stem(question: Question) -> str:
    """Return the stem, its id along: text2qti refuses two questions whose stems are the same."""
    html = render.xhtml(parts.stem_with_unit(question)) + _picture(question.figure)
    return f'1. <div class="{question.id}">{_one_line(html)}</div>'


def _picture(figure: Figure | None) -> str:
    if not figure:
        return ""
    return f'<p><img src="{_image(figure).src_path}" alt="{escape(figure.alt)}" /></p>'


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


def _number(question: Question) -> list[str]:
    wrong = [_entry("-", parts.option_notes(question))] if question.options else []
    margin = _margin(question)
    alone = float(question.key).is_integer() and not margin
    around = "" if alone else f" +- {parts.fixed(margin)}"
    return [*wrong, f"= {parts.fixed(question.key)}{around}"]


def _margin(question: Question) -> float:
    """Return the margin; text2qti takes no bound nearer to zero than Canvas can tell from it."""
    return question.tolerance if question.key else max(question.tolerance, LEAST)


def _bounds(question: Question) -> tuple[float, float]:
    key, margin = float(question.key), _margin(question)
    return key - margin, key + margin


def _why_not(question: Question) -> str:
    if question.kind == "order":
        return "Canvas takes no 'order' questions from QTI 1.2."
    return _too_fine(question) if question.kind == "numeric" else ""


def _too_fine(question: Question) -> str:
    """Return why Canvas cannot ask for this number; nothing when it can."""
    low, high = _bounds(question)
    if min(abs(low), abs(high)) < LEAST:
        return f"Canvas cannot tell numbers below {LEAST:.4f} from zero."
    low, high = round(low, DECIMALS), round(high, DECIMALS)
    wrong = (round(float(option.text), DECIMALS) for option in question.options)
    taken = [number for number in wrong if low <= number <= high]
    return f"Canvas rounds to four decimals and would take {taken[0]} for right." if taken else ""


def _rounded(question: Question) -> bool:
    fine = (float(question.key), question.tolerance)
    return any(round(number, DECIMALS) != number for number in fine)


def _harsher(question: Question) -> bool:
    """Whether Canvas takes another share for a wrong tick than the course does."""
    return 2 * len(question.right_ids) != len(question.options)
