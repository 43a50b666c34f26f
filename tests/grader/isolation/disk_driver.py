"""Grade a class on a disk that misbehaves; run inside the mounts that make it so.

Usage: ``python -m tests.grader.isolation.disk_driver full|grade|door CLASS [...]``
"""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader import cli
from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.errors import ClassroomError
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample


def grade_all(classroom: Classroom, workers: Workers) -> dict[str, list[str]]:
    """Grade the class; return state and reason by student."""
    outcomes = run_class(
        classroom, Engine(classroom.root, workers), classroom.submissions(), jobs=1
    )
    return {one.submitted.student: [one.state, one.reason] for one in outcomes}


def scores(classroom: Classroom) -> dict[str, float]:
    """Return what the gradebook holds."""
    with classroom.gradebook() as book:
        return {one.student_id: one.score for one in book.assignment_submissions(nb.LESSON)}


def fill(folder: Path, leave_bytes: int) -> Path:
    """Write a file that leaves so much room on a small disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream:
        while shutil.disk_usage(folder).free > leave_bytes:
            stream.write(bytes(min(4096, shutil.disk_usage(folder).free - leave_bytes)))
    return filler


def full(template: Path, disk: Path) -> dict[str, Any]:
    """Grade on a disk that is full, then with room for verdicts only, then with room for all."""
    classroom = Classroom(shutil.copytree(template, disk / "class"))
    workers = Workers(sandbox=False, bare=True)
    told: dict[str, Any] = {}
    grade_all(classroom, workers)  # makes secret and log while there is room
    shutil.rmtree(classroom.root / ".grader")
    (classroom.root / ".grader").mkdir()
    filler = fill(disk, 8192)
    try:
        classroom.check_writable()
    except ClassroomError as error:
        told["before"] = str(error)
    told["full"] = grade_all(classroom, workers)
    filler.unlink()
    told["after"] = grade_all(classroom, workers)
    told["again"] = grade_all(classroom, workers)
    told["scores"] = scores(classroom)
    workers.close()
    return told


def grade(root: Path) -> dict[str, Any]:
    """Grade with some of the class folder's own folders read-only."""
    workers = Workers(sandbox=False, bare=True)
    classroom = Classroom(root)
    told = {"first": grade_all(classroom, workers), "scores": scores(classroom)}
    workers.close()
    return told


def door(root: Path) -> dict[str, Any]:
    """Knock at each door of a class that cannot be written at all."""
    commands = {
        "run": ["run", root],
        "feedback": ["feedback", nb.LESSON, "-C", root],
        "report": ["report", root],
        "take-in": ["take-in", root / "submitted", nb.LESSON, "-C", root],
        "export": ["export", root, "--to", root / "grades.csv"],
        "class-list": ["class-list", root / "students.csv", "-C", root],
        "release": ["release", nb.LESSON, "-C", root],
    }
    told = {}
    for name, command in commands.items():
        told[name] = knock([str(one) for one in command])
    return told


def knock(command: list[str]) -> list[Any]:
    """Run ``grade`` as a shell would; return its exit code and what it said."""
    with pytest.MonkeyPatch.context() as patched:
        errors = StringIO()
        patched.setattr(cli, "_errors", Console(file=errors, width=1000))
        patched.setattr(sys, "argv", ["grade", *command])
        with redirect_stdout(errors), redirect_stderr(errors):
            try:
                cli.main()
            except SystemExit as end:
                return [end.code, errors.getvalue()]
    return [0, errors.getvalue()]


def main() -> None:
    """Do one of these and print what came of it as JSON."""
    warnings.filterwarnings("ignore", module=r"nbgrader\..*")
    register(sample.DOUBLE)
    does = {"full": full, "grade": grade, "door": door}[sys.argv[1]]
    print(json.dumps(does(*map(Path, sys.argv[2:]))))


if __name__ == "__main__":
    main()
