"""A stock nbgrader assignment: two notebooks, plain asserts, a file of data, nothing of ours."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from grader.grading.cells import grade_id
from tests.grader import notebooks as nb

ASSIGNMENT = "ps1"
FULL = 2.0 + 1.0 + 4.0 + 3.0 + 1.0  # mean, hidden, partial, explained; and in the other notebook
RIGHT = {"mean": "def mean(numbers):\n    return sum(numbers) / len(numbers)"}
WRONG = {"mean": "def mean(numbers):\n    return sum(numbers)"}

_READ = (
    "import sys\nimport helper\nnumbers = [float(n) for n in open('data.csv').read().split(',')]"
)
_TEST = (
    "import warnings\nwarnings.warn('an old function')\nprint('a log line', file=sys.stderr)\n"
    "assert mean(numbers) == helper.EXPECTED, f'got {mean(numbers)}'"
)
_HIDDEN = "### BEGIN HIDDEN TESTS\nassert mean([1.0, 4.0]) == 2.5\n### END HIDDEN TESTS"
_PARTIAL = "score = 4 if mean([2.0]) == 2.0 else 0\nscore / 2 if mean([2.0, 2.0]) == 4.0 else score"


def problem1() -> NotebookNode:
    """Return the solved notebook."""
    mean = f"### BEGIN SOLUTION\n{RIGHT['mean']}\n### END SOLUTION"
    cells = [
        v4.new_markdown_cell("# Problem 1", id="title"),
        v4.new_code_cell(_READ, id="read"),
        nb.answer_cell("mean", mean),
        nb.test_cell("test-mean", _TEST, 2),
        nb.test_cell("hidden", _HIDDEN, 1),
        nb.test_cell("partial", _PARTIAL, 4),
        explained("### BEGIN SOLUTION\nBecause.\n### END SOLUTION"),
    ]
    return _notebook(cells)


def problem2() -> NotebookNode:
    """Return the other notebook, with one point in it."""
    answer = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
    return _notebook(
        [nb.answer_cell("answer", answer), nb.test_cell("test-answer", "assert answer == 42", 1)]
    )


def explained(text: str) -> NotebookNode:
    """Return a text answer that a person marks."""
    described = {"grade": True, "grade_id": "explain", "locked": False, "schema_version": 3}
    described |= {"solution": True, "task": False, "points": 3}
    return v4.new_markdown_cell(text, id="explain", metadata={"nbgrader": described})


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    made.nbformat_minor = 5
    return made


def write(source: Path) -> None:
    """Write the assignment into the folder of sources."""
    folder = source / ASSIGNMENT
    folder.mkdir(parents=True)
    for name, made in (("problem1", problem1()), ("problem2", problem2())):
        (folder / f"{name}.ipynb").write_text(nbformat.writes(made), "utf-8")
    (folder / "data.csv").write_text("1,2,6")
    (folder / "helper.py").write_text("EXPECTED = 3.0\n")


def answered(released: Path, **answers: str) -> str:
    """Return a released notebook with answers in it, as a student hands it in."""
    made = json.loads(nbformat.writes(nbformat.read(released, as_version=4)))
    for cell in made["cells"]:
        cell["source"] = answers.get(grade_id(cell).replace("-", "_"), cell["source"])
    return json.dumps(made)
