"""Make nbgrader's source notebook of one framework from a lesson's cells."""

from __future__ import annotations

import re
from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from solutions.builder.reader import FRAMEWORKS, Cell, LessonError, read_cells

__all__ = ["FRAMEWORKS", "build_notebook", "for_framework"]

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_CHOICE = re.compile(r"\{\{(\w+): ?(.*?) \|\| (\w+): ?(.*?)\}\}", re.DOTALL)


def build_notebook(text: str, framework: str) -> str:
    """Return the JSON of the solved notebook for ``framework``, ending in a newline.

    Parameters
    ----------
    text
        The whole of a ``lesson.md``.
    framework
        ``"keras"`` or ``"pytorch"``.

    Raises
    ------
    LessonError
        If the lesson is not written as :mod:`solutions.build` describes.
    """
    cells = [for_framework(cell, framework) for cell in _of(read_cells(text), framework)]
    notebook = new_notebook(cells=cells, metadata=METADATA)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _of(cells: Iterable[Cell], framework: str) -> list[Cell]:
    return [cell for cell in cells if cell.framework in (None, framework)]


def for_framework(cell: Cell, framework: str) -> NotebookNode:
    """Return the notebook cell that ``framework`` sees."""
    new_cell = new_code_cell if cell.kind == "code" else new_markdown_cell
    source = _choose(cell, framework) if cell.kind == "markdown" else cell.source
    cell_id = cell.grade_id or cell.name or f"cell-{cell.position:03d}"
    return new_cell(source, id=cell_id, metadata=_metadata(cell))


def _choose(cell: Cell, framework: str) -> str:
    """Resolve every ``{{keras: a || pytorch: b}}`` of a text."""

    def pick(match: re.Match[str]) -> str:
        options = {match[1]: match[2], match[3]: match[4]}
        if set(options) != set(FRAMEWORKS):
            raise LessonError(f"{cell.where}: {match[0]!r} must offer keras and pytorch.")
        return options[framework]

    chosen = _CHOICE.sub(pick, cell.source)
    if "{{" in chosen:
        raise LessonError(f"{cell.where}: write {{{{keras: a || pytorch: b}}}} in full.")
    return chosen


def _metadata(cell: Cell) -> dict:
    # "Run all cells" goes on after a test cell that says what is missing.
    tags = [*cell.tags, "raises-exception"] if cell.test else list(cell.tags)
    metadata: dict = {"tags": tags} if tags else {}
    if cell.grade_id:
        metadata["nbgrader"] = _nbgrader(cell)
    return metadata


def _nbgrader(cell: Cell) -> dict:
    """Describe the cell in nbgrader's metadata, schema version 3."""
    graded = cell.points is not None
    described = {
        "grade": graded,
        "grade_id": cell.grade_id,
        "locked": cell.test is not None,
        "schema_version": 3,
        "solution": cell.test is None,
        "task": False,
    }
    return described | ({"points": cell.points} if graded else {})
