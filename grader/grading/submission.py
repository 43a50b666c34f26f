"""Rebuild a submission from the trusted source: only the text of its answer cells is the student's.

Nothing else of a submitted notebook is used: not its tests, its points, its metadata, its kernel
or its outputs. What cannot be matched costs the cell it belongs to, and is said.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.grading.cells import MAX_CELL_CHARS, cell_text, grade_id, is_answer, place
from grader.grading.identify import identified
from grader.grading.source import Source
from grader.reading.files import read_bytes
from grader.reading.salvage import read_cells

MAX_OWN_CELLS = 300
MAX_OWN_CHARS = 300_000  # all of them together
MISSING_TEXT = "# This cell is missing from the submission."


@dataclass(frozen=True)
class OwnCell:
    """A code cell that a student added, or a cell of the lesson with another text.

    Attributes
    ----------
    text : str
        As submitted.
    after : str
        The `place` of the cell of the source that it stands behind; empty at the top.
    of : str
        The `place` of the cell of the source that it is a changed version of, if any.
    """

    text: str
    after: str = ""
    of: str = ""


@dataclass(frozen=True)
class Submission:
    """The student's answers, the cells beside them, and what was odd about the file.

    Attributes
    ----------
    answers : mapping of str to str
        Text by grade id, as submitted.
    own : tuple of OwnCell
        The student's own code, in order; what of it is run is decided in
        `grader.grading.dependencies`.
    notes : tuple of str
        Sentences for the feedback.
    """

    answers: Mapping[str, str]
    own: tuple[OwnCell, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all that is the student's, the same for the same text."""
        kept: list[Any] = sorted(self.answers.items())
        kept += [asdict(cell) for cell in self.own]
        return hashlib.sha256(json.dumps(kept, ensure_ascii=True).encode()).hexdigest()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Submission:
        """Return the submission that `dataclasses.asdict` and JSON made plain."""
        own = tuple(OwnCell(**cell) for cell in plain["own"])
        return cls(dict(plain["answers"]), own, tuple(plain["notes"]))


def read_submission(path: Path, source: Source) -> Submission:
    """Read the answers out of a submitted file, however damaged it is; never raises for that."""
    try:
        cells, damage = read_cells(read_bytes(path))
    except (OSError, ValueError, RecursionError) as error:
        return Submission({}, notes=(f"The notebook could not be read: {error}",))
    found = _match(identified(cells, source.notebook.cells), source)
    return replace(found, notes=(*damage, *found.notes))


def _match(cells: Iterable[Mapping[str, Any]], source: Source) -> Submission:
    wanted = set(source.answer_ids)
    places = _Places(source)
    found: dict[str, list[str]] = {}
    own: list[OwnCell] = []
    behind = ""
    for cell in cells:
        name, text = grade_id(cell), cell_text(cell)
        known = places.of(cell, text)
        behind = known or behind
        if name in wanted:
            found.setdefault(name, []).append(text)
        elif not name and cell.get("cell_type") == "code" and places.changed(known, text):
            own.append(OwnCell(text, behind, known))
    answers, notes = {}, []
    for name in source.answer_ids:
        texts = set(found.get(name, ()))
        if len(texts) == 1 and len(text := texts.pop()) <= MAX_CELL_CHARS:
            answers[name] = text
        else:
            notes.append(_complaint(name, found.get(name, [])))
    kept, left_out = _limited(own)
    return Submission(answers, kept, (*notes, *left_out))


class _Places:
    """Finds the cell of the source that a submitted cell is, by id, by grade id or by text."""

    def __init__(self, source: Source) -> None:
        self._known: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        for number, cell in enumerate(source.notebook.cells):
            name = place(cell, number)
            if not is_answer(cell):  # those are never the lesson's own
                self._texts[name] = cell.source
            for key in filter(None, (cell.get("id"), grade_id(cell))):
                self._known.setdefault(key, name)
        self._by_text = {text.strip(): name for name, text in self._texts.items()}

    def of(self, cell: Mapping[str, Any], text: str) -> str:
        """Return the place of the source's cell, or an empty string."""
        keys = (grade_id(cell), cell.get("id"))
        names = (self._known.get(key) for key in keys if isinstance(key, str))
        return next(filter(None, names), self._by_text.get(text.strip(), ""))

    def changed(self, known: str, text: str) -> bool:
        """Return whether a cell says anything that the source's does not."""
        return bool(text.strip()) and text.strip() != self._texts.get(known, "").strip()


def _limited(own: list[OwnCell]) -> tuple[tuple[OwnCell, ...], list[str]]:
    """Return as many own cells as are looked at, and a note if some are not."""
    kept: list[OwnCell] = []
    chars = 0
    for cell in own:
        if len(kept) < MAX_OWN_CELLS and chars + len(cell.text) <= MAX_OWN_CHARS:
            kept.append(cell)
            chars += len(cell.text)
    left = len(own) - len(kept)
    note = f"{left} of the {len(own)} cells beside the answers are too many or too long to be seen."
    return tuple(kept), [note] if left else []


def _complaint(name: str, texts: list[str]) -> str:
    if not texts:
        return f"The answer cell '{name}' is missing from the submission."
    if len(texts) > 1:
        return (
            f"The answer cell '{name}' is there {len(texts)} times with different text; "
            "which one counts cannot be told."
        )
    return f"The answer cell '{name}' is longer than {MAX_CELL_CHARS} characters."


def rebuilt_notebook(source: Source, submission: Submission) -> NotebookNode:
    """Return a copy of the source whose answer cells hold the student's text and no outputs."""
    notebook = copy.deepcopy(source.notebook)
    for cell in notebook.cells:
        if is_answer(cell):
            cell.source = submission.answers.get(grade_id(cell), MISSING_TEXT)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook
