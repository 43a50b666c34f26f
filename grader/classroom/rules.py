"""Which of a lesson's notebooks counts: one framework's, the better of two, or both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from course import files
from course.frameworks import FRAMEWORKS
from grader.classroom.verdict_log import FOLDER
from grader.errors import ClassroomError

BOTH = "both"
BEST = "best-of-two"
RULES = (*FRAMEWORKS, BOTH, BEST)
DEFAULT = BEST  # a lesson of which nothing was said never adds up to twice its points
RECORD = "frameworks.json"

SAID = {
    BOTH: "both notebooks count, added up",
    BEST: "the better of the two notebooks counts",
    "keras": "the Keras notebook counts",
    "pytorch": "the PyTorch notebook counts",
}


ALL = "all of its notebooks count, added up"  # an assignment that is in no framework


def said(rule: str, notebooks: Iterable[str]) -> str:
    """Return what counts of an assignment with these notebooks, as the end of a sentence."""
    return SAID[rule] if set(FRAMEWORKS) & set(notebooks) else ALL


def rule_name(given: str) -> str:
    """Return a rule as it is written here.

    Raises
    ------
    ClassroomError
        If there is none of that name.
    """
    name = {"torch": "pytorch", "best": BEST}.get(given.lower(), given.lower())
    if name not in RULES:
        raise ClassroomError(f"--framework is {given!r}; expected one of {', '.join(RULES)}.")
    return name


def frameworks_of(rule: str) -> tuple[str, ...]:
    """Return the frameworks whose notebooks a rule needs."""
    return (rule,) if rule in FRAMEWORKS else FRAMEWORKS


class Rules:
    """Which rule each lesson of a class was released with.

    Parameters
    ----------
    root : Path
        The class folder; the rules are ``.grader/frameworks.json`` in it.
    always : str, optional
        A rule that is used instead of what is recorded.
    """

    def __init__(self, root: Path, always: str | None = None) -> None:
        self._path = root / FOLDER / RECORD
        self._always = always
        self._rules: dict[str, str] = {}
        if self._path.is_file():
            self._rules = json.loads(self._path.read_text("utf-8"))

    def __getitem__(self, lesson: str) -> str:
        return self._always or self._rules.get(lesson, DEFAULT)

    def set(self, lesson: str, rule: str) -> None:
        """Record the rule of a lesson, in one step."""
        self._rules[lesson] = rule
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(self._path, json.dumps(self._rules, indent=1))
