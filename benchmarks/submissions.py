"""A made-up class: every answer comes from the bank of right and wrong answers of the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from grader.grading.cells import grade_id

PROJECT = Path(__file__).resolve().parents[1]
BANK = PROJECT / "tests" / "grader" / "answers"
RIGHT_SHARE = 0.6


@dataclass(frozen=True)
class Answer:
    """One answer of the bank: its text, and whether it deserves full marks."""

    file: str
    text: str

    @property
    def right(self) -> bool:
        """Whether the bank files it among the right ones."""
        return self.file.startswith("right_")


Chosen = dict[str, Answer]  # by exercise


def answers(lesson: str, framework: str) -> dict[str, list[Answer]]:
    """Return the bank's answers by exercise."""
    found: dict[str, list[Answer]] = {}
    for path in sorted((BANK / lesson / framework).glob("*/*.py")):
        found.setdefault(path.parent.name, []).append(Answer(path.stem, path.read_text("utf-8")))
    return found


def draw(bank: dict[str, list[Answer]], seed: int) -> Chosen:
    """Choose one answer per exercise; most are right, as in a class."""
    rng = np.random.default_rng(seed)
    chosen = {}
    for exercise, listed in bank.items():
        wanted = bool(rng.random() < RIGHT_SHARE)
        among = [answer for answer in listed if answer.right is wanted]
        chosen[exercise] = among[int(rng.integers(len(among)))]
    return chosen


def hand_in(notebook: dict[str, Any], chosen: Chosen, student: str) -> dict[str, Any]:
    """Return a released notebook with the answers written into its cells.

    The student's name stands in each answer, so that no two submissions are the same text, which
    our grader would run only once.
    """
    made: dict[str, Any] = json.loads(json.dumps(notebook))
    for cell in made["cells"]:
        answer = chosen.get(grade_id(cell))
        if answer is not None:
            cell["source"] = f"{answer.text.rstrip()}\n# {student}"
    return made


def write_class(
    root: Path, lesson: str, frameworks: tuple[str, ...], count: int
) -> dict[tuple[str, str], Chosen]:
    """Write ``count`` submissions per framework below ``root``; return who answered what."""
    who = {}
    for framework in frameworks:
        bank = answers(lesson, framework)
        released = nbformat.read(root / "lessons" / lesson / f"{framework}.ipynb", as_version=4)
        plain = json.loads(nbformat.writes(released))
        for number in range(count):
            student = f"student-{number:04}"
            chosen = draw(bank, number)
            path = root / "submitted" / student / lesson / f"{framework}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(hand_in(plain, chosen, student)), "utf-8")
            who[student, framework] = chosen
    return who
