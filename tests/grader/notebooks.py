"""Small lessons and submissions, made in code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

ROOT = Path(__file__).resolve().parents[2]
LESSON = "00-sample"
RIGHT = "def double(x):\n    return 2 * x"
SQUARE = "def double(x):\n    return x**2"
STUB = "def double(x):\n    # YOUR CODE HERE\n    ..."


def answer_cell(name: str, text: str) -> NotebookNode:
    described = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3}
    described |= {"solution": True, "task": False}
    return v4.new_code_cell(text, id=name, metadata={"nbgrader": described})


def test_cell(name: str, text: str, points: float) -> NotebookNode:
    described = {"grade": True, "grade_id": name, "locked": True, "schema_version": 3}
    described |= {"solution": False, "task": False, "points": points}
    return v4.new_code_cell(text, id=name, metadata={"nbgrader": described})


test_cell.__test__ = False  # type: ignore[attr-defined]  # a cell, not a test of pytest's


def source_notebook(
    answer: str = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION",
) -> NotebookNode:
    """Return the solved notebook of the sample lesson."""
    cells = [
        v4.new_markdown_cell("# Sample", id="title"),
        v4.new_code_cell("from grader.checks import check\nOFFSET = 0", id="imports"),
        v4.new_code_cell("raise SystemExit('a long demo that grading skips')", id="demo"),
        answer_cell("double", answer),
        test_cell("test-double", 'check("00-sample/double", double)', 3),
    ]
    cells[1].metadata["tags"] = ["setup"]
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})
    made.nbformat_minor = 5
    return made


_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def submitted_notebook(answer: str, extra: Mapping[int, NotebookNode] | None = None) -> dict:
    """Return a submission as plain JSON, with ``extra`` cells put in at positions."""
    made = source_notebook(answer)
    for position, cell in (extra or {}).items():
        made.cells.insert(position, cell)
    return json.loads(nbformat.writes(made))


def write_lesson(root: Path, framework: str = "pytorch") -> Path:
    """Write the sample lesson's source below ``root`` and return its path."""
    path = root / "solutions" / LESSON / f"{framework}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(source_notebook()), "utf-8")
    return path


def write(path: Path, notebook: Any) -> Path:
    """Write a submission: a dict as JSON, text or bytes as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        path.write_text(text, "utf-8")
    return path
