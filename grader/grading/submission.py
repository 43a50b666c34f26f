"""Rebuild a submission from the trusted source: only the text of its answer cells is the student's.

Nothing else of a submitted notebook is used: not its tests, its points, its metadata, its kernel
or its outputs. What cannot be matched costs the cell it belongs to, and is said.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.configure import CODE_STUB
from grader.errors import SourceError
from grader.reading import parsing
from grader.reading.files import read_bytes
from grader.reading.salvage import read_cells

MAX_CELL_CHARS = 100_000
MAX_OWN_CELLS = 300
MAX_OWN_CHARS = 300_000  # all of them together
MISSING_TEXT = "# This cell is missing from the submission."
SETUP_TAG = "setup"
PLAIN = "cell:"  # begins the id of a test that calls no check
CELL_TIMEOUT_S = 120.0


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


def grade_id(cell: Mapping[str, Any]) -> str:
    """Return nbgrader's id of the cell, or an empty string; tolerates any metadata."""
    metadata = cell.get("metadata")
    described = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    found = described.get("grade_id") if isinstance(described, Mapping) else None
    return found if isinstance(found, str) else ""


def _flag(cell: Mapping[str, Any], name: str) -> bool:
    return bool(grade_id(cell)) and bool(cell["metadata"]["nbgrader"].get(name))


def is_answer(cell: Mapping[str, Any]) -> bool:
    """Return whether a student writes this cell."""
    return _flag(cell, "solution")


def released_text(text: str) -> str:
    """Return what nbgrader leaves of an answer cell when it releases a lesson.

    Written out here because nbgrader takes a second to import, and every check of a notebook asks.
    """
    stub = CODE_STUB["python"].split("\n")
    if stub[0] in text:
        return text  # the source is itself a released notebook
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line.strip() == "### BEGIN SOLUTION":
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in stub]
            inside = True
        elif line.strip() == "### END SOLUTION":
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept if "### BEGIN SOLUTION" in text else stub)


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
        if cell.cell_type == "code" and _flag(cell, "grade") and not is_answer(cell)
    }
    return Source(notebook, checks)


def is_plain(check_id: str) -> bool:
    """Return whether an id is that of a test cell which calls no check."""
    return check_id.startswith(PLAIN)


def called_checks(text: str) -> tuple[str, ...]:
    """Return the ids of the checks that a cell calls, in order."""
    try:
        tree = ast.parse(_without_magics(text))
    except (SyntaxError, ValueError):
        return ()
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return tuple(
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "check"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def used_modules(text: str) -> set[str]:
    """Return the names, without what follows a dot, of the modules that a cell imports."""
    try:
        tree = ast.parse(_without_magics(text))
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _without_magics(text: str) -> str:
    lines = text.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def read_submission(path: Path, source: Source) -> Submission:
    """Read the answers out of a submitted file, however damaged it is; never raises for that."""
    from grader.grading.identify import identified

    try:
        cells, damage = read_cells(read_bytes(path))
    except (OSError, ValueError, RecursionError) as error:
        return Submission({}, notes=(f"The notebook could not be read: {error}",))
    found = _match(identified(cells, source.notebook.cells), source)
    return replace(found, notes=(*damage, *found.notes))


def cell_text(cell: Mapping[str, Any]) -> str:
    """Return a cell's text from any version of the format; empty where it holds none."""
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return whole(text) if isinstance(text, str) else ""


def whole(text: str) -> str:
    """Return text that can be written as UTF-8: half a character becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def place(cell: Mapping[str, Any], number: int) -> str:
    """Return what tells a cell of the source from the others."""
    return str(cell.get("id") or f"cell-{number}")


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


def bound_names(text: str) -> set[str]:
    """Return the names that a cell binds for the cells after it."""
    return set(parsing.names(text)[0])


def used_names(text: str) -> set[str]:
    """Return the names that a cell takes from the notebook; a function's own do not count."""
    return set(parsing.names(text)[1])
