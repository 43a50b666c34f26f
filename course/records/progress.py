"""What a learner has done, kept in one file in ``work/``: checks, predictions, answers, cards.

Several notebooks may write at once, a kernel may be killed while writing, a disk may be full: the
file is locked, replaced in one step, set aside when damaged, and never the reason a cell fails.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock

from course import files, settings

FILE_NAME = ".progress.json"
VERSION = 1
LOCK_TIMEOUT_S = 5.0

Section = dict[str, Any]


def path() -> Path:
    """Return where progress is kept."""
    return settings.work_dir() / FILE_NAME


def read() -> dict[str, Section]:
    """Return every section (``checks``, ``predictions``, ``answers``, ``cards`` ...) by name.

    A missing file is an empty record. A damaged one is moved aside, said, and counts as empty.
    """
    file = path()
    if not file.exists():
        return {}
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or not isinstance(record.get("sections"), dict):
            raise ValueError("not a progress record")
    except (ValueError, OSError) as error:
        _set_aside(file, error)
        return {}
    return {name: part for name, part in record["sections"].items() if isinstance(part, dict)}


def section(name: str) -> Section:
    """Return one section: a mapping from key to what was recorded last."""
    return read().get(name, {})


def record(name: str, key: str, value: Any) -> None:
    """Keep ``value`` (plain JSON data) under ``key`` of section ``name``.

    Never raises for a file that cannot be written; it says so and goes on.
    """
    update(name, key, lambda _: value)


def update(name: str, key: str, change: Callable[[Any], Any]) -> None:
    """Replace what section ``name`` holds under ``key`` by ``change(old)``; ``old`` may be None."""
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{file}.lock", timeout=LOCK_TIMEOUT_S):
            sections = read()
            part = sections.setdefault(name, {})
            part[key] = change(part.get(key))
            kept = {"version": VERSION, "sections": sections}
            files.write(file, json.dumps(kept, indent=1, ensure_ascii=False))
    except (OSError, filelock.Timeout) as error:
        print(f"note: your progress could not be kept in {file} ({error}). Your work goes on.")


def _set_aside(file: Path, error: Exception) -> None:
    kept = file.with_name(f".progress.damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
    with suppress(OSError):
        os.replace(file, kept)
        print(f"note: {file.name} could not be read ({error}); it is kept as {kept.name}.")
