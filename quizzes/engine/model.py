"""What a question is: frozen data, checked the moment it is made.

A bank module holds ``Question`` and ``Template`` values and nothing else. A mistake in one raises
``QuestionError``, which names the file, the question and the field.

How ``key`` is written, by kind:

============== ======================================================= ==================
kind           options                                                 key
============== ======================================================= ==================
single         two or more, lettered a, b, c ...                       ``"b"``
predict_output the same; each option is something the code may print   ``"a"``
find_bug       the same; each option names a line or a repair          ``"c"``
multiple       three or more, at least two right and one wrong         ``"ac"`` (sorted)
order          the steps, listed in a wrong order                      ``"cabd"``
yes_no         exactly ``yes`` and ``no``; the learner commits first   ``"no"``
numeric        wrong numbers to expect, each with its feedback (or ()) ``2570.0``
============== ======================================================= ==================
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from course.frameworks import FRAMEWORKS, Framework
from quizzes.engine.concepts import CONCEPTS

Kind = Literal["single", "multiple", "numeric", "order", "predict_output", "find_bug", "yes_no"]
Difficulty = Literal["easy", "medium", "hard"]

KINDS: tuple[Kind, ...] = (
    "single",
    "multiple",
    "numeric",
    "order",
    "predict_output",
    "find_bug",
    "yes_no",
)
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")
FIGURES = Path(__file__).resolve().parents[1] / "figures"

_ID = re.compile(r"[a-z_]+(\.[a-z0-9][a-z0-9-]*)+(@\d+)?")
_SERVES = re.compile(r"[a-z]+\.[a-z0-9]+")
_FENCE = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)


class QuestionError(ValueError):
    """A question, template or card was written with a mistake."""


def where() -> str:
    """Return ``file:line`` of the nearest caller outside the engine."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("quizzes.engine"):
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    return f"{'/'.join(path.parts[-3:])}:{frame.f_lineno}"


def mistake(owner: str, field: str, said: str) -> QuestionError:
    """Build the error for ``field`` of the question ``owner``, naming the file that wrote it."""
    return QuestionError(f"{where()}: question {owner!r}, field {field!r}: {said}")


def code_of(markdown: str) -> str:
    """Return the code in ``markdown``: its fenced blocks, or the text without backticks."""
    blocks = _FENCE.findall(markdown)
    return "\n".join(blocks).strip() if blocks else markdown.strip().strip("`")


@dataclass(frozen=True)
class Option:
    """One thing to choose, with what to tell the one who chose it.

    Parameters
    ----------
    id
        A letter by position (``a``, ``b`` ...), or ``yes`` / ``no``.
    text
        Markdown. For a numeric question, a wrong number to expect, such as ``"1280"``.
    feedback
        Why this is right, or what it would mean to believe it.
    """

    id: str
    text: str
    feedback: str


@dataclass(frozen=True)
class Proof:
    """Code whose ``evidence`` settles the key.

    Parameters
    ----------
    code
        Plain Python, run in a fresh namespace with fixed seeds; it sets ``evidence``. The names it
        finds there are listed in ``quizzes.engine.proof_worker``.
    framework
        The process it runs in; None is NumPy and the standard library.

    Notes
    -----
    ``evidence`` is a dict of option id to bool (the true ones must be the key), the printed text of
    a predict_output question, a bool for yes_no, a number for numeric, and for order the list of
    every order that works, such as ``["cabd"]``.
    """

    code: str
    framework: Framework | None = None


@dataclass(frozen=True)
class Figure:
    """A picture in ``quizzes/figures`` and the words for those who do not see it."""

    file: str
    alt: str

    @property
    def path(self) -> Path:
        """Where the picture lies."""
        return FIGURES / self.file


@dataclass(frozen=True)
class Question:
    """A question with everything needed to ask, mark, explain and prove it.

    Parameters
    ----------
    id
        ``topic.words-with-dashes``; a variant of a template ends in ``@seed``.
    concept
        A key of ``CONCEPTS[topic]``: what a verdict is given for.
    difficulty
        ``easy``, ``medium`` or ``hard``.
    kind
        See the table at the top of this module.
    stem
        Markdown; code in fenced blocks.
    options
        See the table; each has its own feedback.
    key
        See the table.
    solution
        The worked solution, step by step.
    hint
        One nudge that does not give the answer away.
    mistakes
        What people commonly get wrong here, and why.
    framework
        ``keras``, ``pytorch``, or None when it is about neither or both.
    serves
        Ids of the curriculum, such as ``practice.3``.
    source
        The paper or official page behind a key that is not proved by a run.
    proofs
        Runs that settle the key; a question has a source, a proof, or both.
    tolerance, unit
        Numeric only: ``abs(answer - key) <= tolerance``; the unit is shown beside the box.
    predict_first
        True when a lesson asks this before the cell that reveals it.
    figure
        A picture that belongs to the stem.

    Raises
    ------
    QuestionError
        Naming file, id and field.
    """

    id: str
    concept: str
    difficulty: Difficulty
    kind: Kind
    stem: str
    options: tuple[Option, ...]
    key: str | float
    solution: tuple[str, ...]
    hint: str
    mistakes: tuple[str, ...]
    framework: Framework | None = None
    serves: tuple[str, ...] = ()
    source: str = ""
    proofs: tuple[Proof, ...] = ()
    tolerance: float = 0.0
    unit: str = ""
    predict_first: bool = False
    figure: Figure | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        _check_names(self)
        _check_texts(self)
        _check_options(self)
        _KEY_CHECKS[self.kind](self)

    @property
    def topic(self) -> str:
        """The bank module this belongs to, such as ``freezing``."""
        return self.id.split(".")[0]

    @property
    def base_id(self) -> str:
        """The id without the seed of a variant."""
        return self.id.split("@")[0]

    @property
    def commits(self) -> bool:
        """Whether the learner commits to an answer before anything is revealed."""
        return self.predict_first or self.kind == "yes_no"

    @property
    def right_ids(self) -> tuple[str, ...]:
        """Ids of the right options, in the key's order; empty for numeric."""
        if self.kind == "numeric":
            return ()
        if self.kind == "yes_no":
            return (str(self.key),)
        return tuple(str(self.key))

    def option(self, option_id: str) -> Option:
        """Return the option with this id."""
        for option in self.options:
            if option.id == option_id:
                return option
        have = ", ".join(option.id for option in self.options)
        raise ValueError(
            f"{self.id} has options {have}; received {option_id!r}. Choose one of them."
        )


def _check_names(q: Question) -> None:
    if not _ID.fullmatch(q.id):
        raise mistake(q.id, "id", "expected topic.words-with-dashes, such as 'head.count-weights'.")
    if q.topic not in CONCEPTS:
        raise mistake(q.id, "id", f"expected a topic of {', '.join(CONCEPTS)} before the dot.")
    _check_member(q, "concept", tuple(CONCEPTS[q.topic]))
    _check_member(q, "difficulty", DIFFICULTIES)
    _check_member(q, "kind", KINDS)
    _check_member(q, "framework", (*FRAMEWORKS, None))
    for proof in q.proofs:
        if proof.framework not in (*FRAMEWORKS, None) or "evidence" not in proof.code:
            raise mistake(q.id, "proofs", "expected a known framework and code that sets evidence.")
    for served in q.serves:
        if not _SERVES.fullmatch(served):
            raise mistake(q.id, "serves", f"expected such as 'practice.3', received {served!r}.")


def _check_member(q: Question, field: str, allowed: tuple[object, ...]) -> None:
    value = getattr(q, field)
    if value not in allowed:
        listed = ", ".join(map(str, allowed))
        raise mistake(q.id, field, f"expected one of {listed}; received {value!r}.")


def _check_texts(q: Question) -> None:
    for field in ("stem", "hint"):
        if not getattr(q, field).strip():
            raise mistake(q.id, field, "expected a text, received nothing.")
    for field in ("solution", "mistakes"):
        texts = getattr(q, field)
        if isinstance(texts, str) or not texts or not all(text.strip() for text in texts):
            raise mistake(q.id, field, "expected a tuple of texts; is a comma missing?")
    if not q.source.strip() and not q.proofs:
        raise mistake(q.id, "source", "expected a paper or official page, or a proof that is run.")
    if q.figure and not (q.figure.alt.strip() and q.figure.path.is_file()):
        raise mistake(q.id, "figure", f"expected {q.figure.path} and words for it.")


def _check_options(q: Question) -> None:
    ids = [option.id for option in q.options]
    expected = ["yes", "no"] if q.kind == "yes_no" else list("abcdefgh"[: len(ids)])
    if ids != expected:
        raise mistake(q.id, "options", f"expected the ids {expected}, in order; received {ids}.")
    for option in q.options:
        if not option.text.strip() or not option.feedback.strip():
            raise mistake(q.id, "options", f"option {option.id!r} needs a text and a feedback.")
    _check_distinct(q, "text")
    _check_distinct(q, "feedback")


def _check_distinct(q: Question, field: str) -> None:
    texts = [" ".join(getattr(option, field).split()) for option in q.options]
    if len(set(texts)) < len(texts):
        raise mistake(q.id, "options", f"two options have the same {field}; make each its own.")


def _check_one(q: Question) -> None:
    if len(q.options) < 2 or q.key not in [option.id for option in q.options]:
        raise mistake(q.id, "key", f"expected exactly one option id; received {q.key!r}.")


def _check_several(q: Question) -> None:
    ids = {option.id for option in q.options}
    key = str(q.key)
    ordered = key == "".join(sorted(set(key)))
    if not ordered or not set(key) <= ids or not 2 <= len(key) < len(ids):
        said = "expected two or more sorted option ids and at least one wrong option"
        raise mistake(q.id, "key", f"{said}; received {q.key!r}.")


def _check_order(q: Question) -> None:
    listed = "".join(option.id for option in q.options)
    if len(listed) < 3 or sorted(str(q.key)) != sorted(listed):
        raise mistake(q.id, "key", f"expected every step once, of {listed!r}; received {q.key!r}.")
    if q.key == listed:
        raise mistake(q.id, "options", "the steps stand in the right order already; shuffle them.")


def _check_number(q: Question) -> None:
    if isinstance(q.key, (str, bool)) or not math.isfinite(q.key):
        raise mistake(q.id, "key", f"expected a finite number; received {q.key!r}.")
    if not (math.isfinite(q.tolerance) and q.tolerance >= 0):
        raise mistake(q.id, "tolerance", f"expected 0 or more; received {q.tolerance!r}.")
    if not q.unit.strip():
        raise mistake(q.id, "unit", "expected what is counted, such as 'parameters'.")
    for option in q.options:
        if abs(_number(q, option) - q.key) <= q.tolerance:
            raise mistake(q.id, "options", f"{option.text} is expected to be wrong and is the key.")


def _number(q: Question, option: Option) -> float:
    try:
        return float(option.text)
    except ValueError:
        raise mistake(q.id, "options", f"expected a number; received {option.text!r}.") from None


_KEY_CHECKS: Mapping[str, Any] = {
    "single": _check_one,
    "predict_output": _check_one,
    "find_bug": _check_one,
    "yes_no": _check_one,
    "multiple": _check_several,
    "order": _check_order,
    "numeric": _check_number,
}


@dataclass(frozen=True)
class Card:
    """A recall card: one thing to bring back from memory.

    Parameters
    ----------
    id
        ``recall.words-with-dashes``.
    topic
        A key of ``TOPICS``.
    front, back
        Markdown; the back is short enough to be compared with what came to mind.
    serves
        Ids of the curriculum, such as ``recall.1``.
    """

    id: str
    topic: str
    front: str
    back: str
    serves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every field."""
        if not re.fullmatch(r"recall\.[a-z0-9-]+", self.id):
            raise mistake(self.id, "id", "expected recall.words-with-dashes.")
        if self.topic not in CONCEPTS:
            raise mistake(self.id, "topic", f"expected one of {', '.join(CONCEPTS)}.")
        if not self.front.strip() or not self.back.strip():
            raise mistake(self.id, "front", "expected a front and a back.")
