"""Under which name a platform's zip held a hand-in: its feedback goes back under the same."""

from __future__ import annotations

import contextlib
from pathlib import Path

from course import files
from grader.classroom.verdict_log import FOLDER

RECORD = "archives.jsonl"

Who = tuple[str, str, str]  # student, lesson, notebook


def note(root: Path, student: str, lesson: str, notebook: str, path: str) -> None:
    """Remember the path in the archive; the newest one of a notebook counts."""
    who = (student, lesson, notebook)
    if names(root).get(who) == path:
        return
    files.append(root / FOLDER / RECORD, [*who, path])


def names(root: Path) -> dict[Who, str]:
    """Return the path in the archive of each notebook that came in one."""
    found: dict[Who, str] = {}
    for plain in files.records(root / FOLDER / RECORD):
        with contextlib.suppress(ValueError, TypeError):
            student, lesson, notebook, path = plain
            found[student, lesson, notebook] = path
    return found
