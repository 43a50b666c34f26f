"""A light lesson for the tests and figures of a cluster: one exercise of lesson 02, in PyTorch."""

from __future__ import annotations

from pathlib import Path

import nbformat

from tests.grader import notebooks as nb

LESSON = "02-freezing"
EXERCISE = "count-trainable"
RIGHT = (
    "def count_trainable(model):\n"
    "    return sum(p.numel() for p in model.parameters() if p.requires_grad)"
)
WRONG = "def count_trainable(model):\n    return sum(p.numel() for p in model.parameters())"


def write_lesson(root: Path) -> None:
    """Write the solved notebook below ``root``."""
    made = nb.source_notebook()
    made.cells[1].source = "import torch\nfrom grader.checks import check"
    made.cells[3] = nb.answer_cell(EXERCISE, f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION")
    made.cells[4] = nb.test_cell(f"test-{EXERCISE}", f'check("{LESSON}/{EXERCISE}")', 2)
    path = root / "solutions" / LESSON / "pytorch.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(made), "utf-8")


def hand_in(root: Path, student: str, answer: str) -> None:
    """Write a submission; the student's name in it makes it a text of its own."""
    made = nb.source_notebook()
    made.cells[3] = nb.answer_cell(EXERCISE, f"{answer}\n# {student}")
    path = root / "submitted" / student / LESSON / "pytorch.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(made), "utf-8")
