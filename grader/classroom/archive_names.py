"""Under which name a platform's zip held a hand-in: its feedback goes back under the same."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from grader.classroom.verdict_log import FOLDER

RECORD = "archives.jsonl"

Who = tuple[str, str, str]  # student, lesson, notebook


def note(root: Path, student: str, lesson: str, notebook: str, path: str) -> None:
    """Remember the path in the archive; the newest one of a notebook counts."""
    who = (student, lesson, notebook)
    if names(root).get(who) == path:
        return
    record = root / FOLDER / RECORD
    record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with record.open("a", encoding="utf-8", errors="replace") as stream:
        stream.write(json.dumps([*who, path]) + "\n")


def names(root: Path) -> dict[Who, str]:
    """Return the path in the archive of each notebook that came in one."""
    found: dict[Who, str] = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (root / FOLDER / RECORD).read_text("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError, TypeError):  # a line cut off
                student, lesson, notebook, path = json.loads(line)
                found[student, lesson, notebook] = path
    return found
