"""What every format says of a question in the same words, and packs in the same way."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from quizzes.engine.model import Option, Question

FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same questions give the same bytes
WRONG_NUMBER_WITHIN = 1e-3  # how near a wrong number is taken for it, as the course itself marks


def fixed(value: float | str) -> str:
    """Return ``value`` in plain digits: readers of GIFT and QTI stop at ``1e-05``.

    >>> fixed(1e-5), fixed(1e12), fixed(0.1 + 0.2)
    ('0.00001', '1000000000000', '0.30000000000000004')
    """
    text = f"{Decimal(repr(float(value))):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def share(question: Question, option: Option) -> float:
    """Return what choosing ``option`` earns, from -1 to 1: choosing every option earns nothing."""
    right = option.id in question.right_ids
    if question.kind != "multiple":
        return float(right)
    count = len(question.right_ids)
    return 1 / count if right else -1 / (len(question.options) - count)


def percent(question: Question, option: Option) -> str:
    """Return the share in percent, with the five decimals that Moodle looks a grade up by."""
    return fixed(round(100 * share(question, option), 5))


def wrong_numbers(question: Question) -> list[tuple[str, str, Option]]:
    """Return each wrong number to expect and how near counts as it, both in digits."""
    values = [(float(option.text), option) for option in question.options]
    return [(fixed(v), fixed(round(abs(v) * WRONG_NUMBER_WITHIN, 12)), o) for v, o in values]


def stem_with_unit(question: Question) -> str:
    """Return the stem; below a numeric one, what its number counts."""
    return f"{question.stem}\n\nAnswer: … {question.unit}" if question.unit else question.stem


def solution(question: Question) -> str:
    """Return the worked solution, what often goes wrong, and the source, as Markdown."""
    steps = (_item(f"{at}. ", step) for at, step in enumerate(question.solution, start=1))
    slips = (_item("- ", slip) for slip in question.mistakes)
    parts = ["\n".join(steps), "Often gone wrong:\n\n" + "\n".join(slips)]
    return "\n\n".join([*parts, f"Source: {question.source}"] if question.source else parts)


def option_notes(question: Question) -> str:
    """Return what each option means, as one list: for a format with a single text for it."""
    return "\n".join(_item("- ", _beside(o.text, o.feedback)) for o in question.options)


def _beside(text: str, feedback: str) -> str:
    return f"{text}\n\n{feedback}" if "\n" in text.strip() else f"{text}: {feedback}"


def _item(mark: str, text: str) -> str:
    """Return a list item whose further lines stand below its first."""
    return mark + text.strip().replace("\n", "\n" + " " * len(mark))


def pack(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a zip whose bytes depend on ``files`` alone, neither on the clock nor on the system."""
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files:
            package.writestr(_entry(name), data, zipfile.ZIP_DEFLATED)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.create_system = 3  # Unix, whose modes follow
    entry.external_attr = (0o40755 if entry.is_dir() else 0o100644) << 16
    return entry
