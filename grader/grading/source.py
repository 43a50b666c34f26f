"""The trusted notebook of an assignment, and which check each of its test cells calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.errors import SourceError
from grader.grading.cells import (
    PLAIN,
    called_checks,
    grade_id,
    has_flag,
    is_answer,
    is_plain,
    released_text,
)

CELL_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Source:
    """A trusted notebook: its cells, and which check each test cell calls.

    Attributes
    ----------
    notebook : NotebookNode
        As built; never changed.
    checks : mapping of str to tuple of str
        Check ids by the grade id of the test cell that calls them; a cell that calls none is a
        plain test, ``cell:GRADE_ID``.
    files : mapping of str to bytes
        What plain tests and the cells before them can read, by its path in their folder.
    timeout_s : float
        How long one cell of a notebook with plain tests may run.
    """

    notebook: NotebookNode
    checks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    timeout_s: float = CELL_TIMEOUT_S
    _released: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def answer_ids(self) -> tuple[str, ...]:
        """Grade ids of the cells a student writes, in order; text answers too."""
        return tuple(grade_id(cell) for cell in self.notebook.cells if is_answer(cell))

    @property
    def digest(self) -> str:
        """SHA-256 of what decides the grading: ids and text of every cell but the answers."""
        kept = [(c.cell_type, grade_id(c), "" if is_answer(c) else c.source) for c in self._cells]
        digest = hashlib.sha256(json.dumps(kept).encode())
        for name, content in sorted(self.files.items()):
            digest.update(json.dumps([name, hashlib.sha256(content).hexdigest()]).encode())
        if self.has_plain_tests:
            digest.update(repr(self.timeout_s).encode())
        return digest.hexdigest()

    @property
    def has_plain_tests(self) -> bool:
        """Whether a graded test cell calls no check."""
        return any(is_plain(test) for tests in self.checks.values() for test in tests)

    def is_as_released(self, name: str, text: str) -> bool:
        """Return whether an answer is what students were given, but for blanks at its ends."""
        if name not in self._released:
            found = (cell for cell in self._cells if grade_id(cell) == name)
            self._released[name] = next((released_text(c.source) for c in found), "").strip()
        return text.strip() == self._released[name]

    @property
    def _cells(self) -> list[NotebookNode]:
        cells: list[NotebookNode] = self.notebook.cells
        return cells

    def points(self) -> dict[str, float]:
        """Return full marks by the grade id of the test cell."""
        cells = {grade_id(cell): cell for cell in self._cells}
        return {name: float(cells[name].metadata.nbgrader.points) for name in self.checks}


def read_source(path: Path) -> Source:
    """Read a trusted notebook and find the checks its test cells call.

    Raises
    ------
    SourceError
        If it is missing, not a notebook, or one of another language.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise SourceError(f"{path} is no notebook of the course: {error}") from None
    return source_of(notebook, str(path))


def source_of(notebook: NotebookNode, name: str = "the notebook") -> Source:
    """Find the checks that a trusted notebook's test cells call.

    Raises
    ------
    SourceError
        If it is written in another language than Python.
    """
    kernel = notebook.metadata.get("kernelspec", {})
    language = str(kernel.get("language") or "python").lower()
    if language not in ("python", "python3", "ipython"):
        raise SourceError(
            f"{name} is written in {language}, which is not graded here; grade it in a folder of "
            "its own, with nbgrader alone."
        )
    checks = {
        grade_id(cell): called_checks(cell.source) or (PLAIN + grade_id(cell),)
        for cell in notebook.cells
        if cell.cell_type == "code" and has_flag(cell, "grade") and not is_answer(cell)
    }
    return Source(notebook, checks)
