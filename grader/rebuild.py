"""Rebuild a submission from the trusted source: only the text of its answer cells is the student's.

Nothing else of a submitted notebook is used: not its tests, its points, its metadata, its kernel
or its outputs. What cannot be matched costs the cell it belongs to, and is said.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import os
import stat
import symtable
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.errors import SourceError
from grader.salvage import read_cells

MAX_BYTES = 200 * 2**20  # outputs, above all, which are passed over
MAX_CELL_CHARS = 100_000
MISSING_TEXT = "# This cell is missing from the submission."
SETUP_TAG = "setup"
PLAIN = "cell:"  # begins the id of a test that calls no check
CELL_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Cell:
    """A code cell to run: ``setup`` comes from the source, ``answer`` from the student."""

    id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Submission:
    """The student's answers and what was odd about the file they came in.

    Attributes
    ----------
    answers : mapping of str to str
        Text by grade id, as submitted.
    elsewhere : frozenset of str
        Names that the student defines outside of answer cells, where they are not seen.
    notes : tuple of str
        Sentences for the feedback.
    """

    answers: Mapping[str, str]
    elsewhere: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the answers, the same for the same text."""
        text = json.dumps(sorted(self.answers.items()), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


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

    @property
    def _cells(self) -> list[NotebookNode]:
        return self.notebook.cells

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
    from grader.identify import identified

    try:
        cells, damage = read_cells(read_bytes(path))
    except (OSError, ValueError, RecursionError) as error:
        return Submission({}, notes=(f"The notebook could not be read: {error}",))
    found = _match(identified(cells, source.notebook.cells), source)
    return replace(found, notes=(*damage, *found.notes))


def read_bytes(path: Path) -> bytes:
    """Return the file's content; refuses links, pipes, devices and anything huge."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is not an ordinary file.")
        if found.st_size > MAX_BYTES:
            raise ValueError(
                f"it is {found.st_size / 2**20:.0f} MB; at most {MAX_BYTES / 2**20:.0f} MB "
                "are read. Clear the outputs and submit again."
            )
        return stream.read(MAX_BYTES + 1)


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # opening a FIFO must not wait for a writer


def _text(cell: Mapping[str, Any]) -> str:
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _match(cells: Iterable[Mapping[str, Any]], source: Source) -> Submission:
    wanted = set(source.answer_ids)
    found: dict[str, list[str]] = {}
    elsewhere: set[str] = set()
    for cell in cells:
        name = grade_id(cell)
        if name in wanted:
            found.setdefault(name, []).append(_text(cell))
        elif not name and cell.get("cell_type") == "code":
            elsewhere |= bound_names(_text(cell)[:MAX_CELL_CHARS])
    answers, notes = {}, []
    for name in source.answer_ids:
        texts = set(found.get(name, ()))
        if len(texts) == 1 and len(text := texts.pop()) <= MAX_CELL_CHARS:
            answers[name] = text
        else:
            notes.append(_complaint(name, found.get(name, [])))
    return Submission(answers, frozenset(elsewhere), tuple(notes))


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


def cells_to_run(source: Source, submission: Submission) -> list[Cell]:
    """Return the cells that grading runs, in order: what the answers need, and the answers.

    Cells tagged ``setup`` always run. Of the others only those run that define a name which an
    answer uses, directly or through other cells; a long training that no answer looks at does not.
    """
    ordered = list(_code_cells(source, submission))
    needed: set[str] = set()
    kept: list[Cell] = []
    for cell, tags in reversed(ordered):
        bound = bound_names(cell.source)
        if cell.kind == "answer" or SETUP_TAG in tags or bound & needed:
            kept.append(cell)
            needed |= used_names(cell.source)
    return kept[::-1]


def _code_cells(source: Source, submission: Submission) -> Iterable[tuple[Cell, list[str]]]:
    for number, cell in enumerate(source.notebook.cells):
        name = grade_id(cell)
        if cell.cell_type != "code" or name in source.checks:
            continue
        if is_answer(cell):
            if name in submission.answers:
                yield Cell(name, "answer", submission.answers[name]), []
        else:
            yield (
                Cell(cell.get("id") or f"cell-{number}", "setup", cell.source),
                list(cell.metadata.get("tags", ())),
            )


def _scopes(text: str) -> list[symtable.SymbolTable]:
    """Return the name tables of a cell, the module's own first; none if it is no Python."""
    try:
        found = [symtable.symtable(_without_magics(text), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    for table in found:  # grows while it is walked
        found.extend(table.get_children())
    return found


def bound_names(text: str) -> set[str]:
    """Return the names that a cell binds for the cells after it."""
    scopes = _scopes(text)
    return {
        symbol.get_name()
        for table in scopes
        for symbol in table.get_symbols()
        if (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace())
        and (table is scopes[0] or symbol.is_declared_global())
    }


def used_names(text: str) -> set[str]:
    """Return the names that a cell takes from the notebook; a function's own do not count."""
    scopes = _scopes(text)
    return {
        symbol.get_name()
        for table in scopes
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table is scopes[0] or symbol.is_global())
    }
