"""Damaged notebooks, from `grade take-in` to `grade export`: what can be read of them counts."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.grader import notebooks as nb
from tests.grader.isolation.test_sandbox import have_sandbox
from tests.helpers import QUIET

pytestmark = [
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
    pytest.mark.torch,
]
LESSON = "02-freezing"
SOLVED = (nb.ROOT / "solutions" / LESSON / "pytorch.ipynb").read_text("utf-8")


def grade(*arguments):
    """Run the door as a person does; return what it printed."""
    done = subprocess.run(
        [Path(sys.executable).with_name("grade"), *arguments],
        env={**os.environ, **QUIET, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def changed(change):
    made = json.loads(SOLVED)
    for cell in made["cells"]:
        change(cell)
    return json.dumps(made, indent=1)


def stripped(cell):
    cell["metadata"] = {}


def heavy(cell):
    if cell["cell_type"] == "code":
        data = {"image/png": "A" * 500_000}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]


def conflicted():
    line = next(line for line in SOLVED.splitlines() if '"def freeze_backbone' in line)
    theirs = line.replace("(model", "(model, depth=1")
    both = f"<<<<<<< HEAD\n{line}\n=======\n{theirs}\n>>>>>>> mine"
    return SOLVED.replace(line, both, 1)


HAND_INS = {
    "whole": (SOLVED, 14.0),
    "comma": (SOLVED.replace("\n ],\n", ",\n ],\n", 1), 14.0),
    "utf-16": (SOLVED.encode("utf-16"), 14.0),
    "stripped": (changed(stripped), 14.0),
    "heavy": (changed(heavy), 14.0),
    "cut": (SOLVED.encode()[:40_000], 11.0),  # before next-phase
    "conflict": (conflicted(), 11.0),  # freeze-backbone is there twice
}


def test_each_exercise_that_can_be_read_counts(tmp_path):
    root = tmp_path / "class"
    grade("new-class", root)
    grade("release", LESSON, "-C", root, "--framework", "pytorch")
    for who, (content, _) in HAND_INS.items():
        nb.write(tmp_path / "in" / who / "Untitled.ipynb", content)
    assert (tmp_path / "in" / "heavy" / "Untitled.ipynb").stat().st_size > 20 * 2**20
    assert "Took in 7 notebooks" in grade("take-in", tmp_path / "in", LESSON, "-C", root)
    said = " ".join(grade("run", root).split())
    assert "both sides of a git conflict" in said
    assert "'next-phase' is missing" in said
    grade("export", root, "--to", tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as stream:
        points = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(stream)}
    assert points == {who: expected for who, (_, expected) in HAND_INS.items()}
