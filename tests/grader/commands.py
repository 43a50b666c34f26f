"""The commands that an instructor types, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers import QUIET

_DOOR = "import sys; from grader.cli import main; sys.argv[0] = 'grade'; main()"


def run(root: Path, *command: str, code: int = 0, **environment: str) -> str:
    """Run a command in the class folder; return what it says."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **QUIET, "PATH": programs, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said[-3000:]
    return said


def nbgrader(root: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """Run one of nbgrader's commands."""
    return run(root, sys.executable, "-m", "nbgrader", *arguments, code=code, **environment)


def grade(root: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """Run one of the grader's commands."""
    return run(root, sys.executable, "-c", _DOOR, *arguments, code=code, **environment)
