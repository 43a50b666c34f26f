"""The learner's own copies: lessons into ``work/``, never over anything a person has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course import files, settings
from course.frameworks import FRAMEWORKS

RECORD_NAME = ".course.json"
SKIPPED = {".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True)
class Copied:
    """What one round of copying did, as paths relative to ``work/``.

    Attributes
    ----------
    added : tuple of str
        Were not there and are now.
    updated : tuple of str
        Were as the course left them; a newer release took their place.
    kept : tuple of str
        Are the person's, and a newer release exists; untouched until `course reset`.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass
class Record:
    """Which content the course itself put where: path relative to ``work/`` to SHA-256."""

    file: Path
    hashes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, work: Path) -> Record:
        """Read the record of ``work``; a missing or damaged one is empty, so all counts as kept."""
        made = cls(work / RECORD_NAME)
        with suppress(OSError, ValueError, AttributeError):
            held = json.loads(made.file.read_text(encoding="utf-8"))
            made.hashes = {str(k): str(v) for k, v in held.get("files", {}).items()}
        return made

    def write(self) -> None:
        """Write the record in one step, so that a reader never sees half of it."""
        files.write(self.file, json.dumps({"version": 1, "files": self.hashes}, indent=1))


def lessons() -> list[Path]:
    """Return the folders of the lessons that exist, in order."""
    found = (settings.project_root() / "lessons").glob("[0-9][0-9]-*")
    return sorted(folder for folder in found if any(folder.glob("*.ipynb")))


def copy_lessons() -> Copied:
    """Bring ``work/`` up to date with ``lessons/`` without touching what a person changed."""
    work = settings.work_dir()
    work.mkdir(parents=True, exist_ok=True)
    record = Record.read(work)
    outcome: dict[str, list[str]] = {"added": [], "updated": [], "kept": [], "same": []}
    for source, name in _released():
        outcome[_copy(source, work / name, name, record)].append(name)
    record.write()
    return Copied(tuple(outcome["added"]), tuple(outcome["updated"]), tuple(outcome["kept"]))


def _released() -> Iterator[tuple[Path, str]]:
    for lesson in lessons():
        for file in sorted(lesson.rglob("*")):
            if file.is_file() and not SKIPPED & set(file.parts):
                yield file, file.relative_to(lesson.parent).as_posix()


def _copy(source: Path, target: Path, name: str, record: Record) -> str:
    new = digest(source)
    held = digest(target) if target.exists() else None
    if held not in (None, new, record.hashes.get(name)):
        # Theirs. It is news only when the release has changed since they got their copy.
        return "same" if record.hashes.get(name) == new else "kept"
    record.hashes[name] = new
    if held == new:
        return "same"
    put(source, target)
    return "added" if held is None else "updated"


def put(source: Path, target: Path) -> None:
    """Copy one file in one step: after a crash ``target`` is the old file or the new one."""
    with files.replacing(target) as beside:
        shutil.copyfile(source, beside)


def digest(file: Path) -> str:
    """Return a SHA-256 of what a person may have put into a file.

    JupyterLab writes to a notebook's metadata as soon as it is opened; of a notebook, only the
    cells count: kind, text and outputs. Of any other file, and of one that is no notebook, bytes.
    """
    content = file.read_bytes()
    if file.suffix == ".ipynb":
        with suppress(ValueError, KeyError, TypeError):
            cells = [_cell(cell) for cell in json.loads(content)["cells"]]
            content = json.dumps(cells, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _cell(cell: dict[str, Any]) -> list[Any]:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return [cell["cell_type"], text, cell.get("outputs", []), cell.get("attachments", {})]


def find_lesson(name: str) -> Path:
    """Return the lesson a person means by ``02-freezing``, ``02``, ``2`` or ``freezing``.

    Raises
    ------
    ValueError
        If there is none, with the names that there are.
    """
    wanted = name.strip().lower().rstrip("/")
    for lesson in lessons():
        number, _, topic = lesson.name.partition("-")
        if wanted in (lesson.name, number, number.lstrip("0"), topic):
            return lesson
    names = ", ".join(lesson.name for lesson in lessons()) or "none yet"
    raise ValueError(f"There is no lesson {name!r}. The lessons here: {names}.")


def reset(lesson_name: str, framework: str | None = None) -> list[tuple[str, str | None]]:
    """Put the untouched notebooks of a lesson back, and keep the person's beside them.

    Parameters
    ----------
    lesson_name : str
        See `find_lesson`.
    framework : {"keras", "pytorch"}, optional
        Only this notebook; both without it.

    Returns
    -------
    list of (str, str or None)
        Each notebook put back and the name its former content is kept under, None where the
        notebook was missing or untouched. Paths are relative to ``work/``.

    Raises
    ------
    ValueError
        If there is no such lesson or framework.
    """
    if framework not in (None, *FRAMEWORKS):
        raise ValueError(
            f"There is no framework {framework!r}; expected {' or '.join(FRAMEWORKS)}."
        )
    lesson, work = find_lesson(lesson_name), settings.work_dir()
    record, done = Record.read(work), []
    for source in sorted(lesson.glob(f"{framework or '*'}.ipynb")):
        name = source.relative_to(lesson.parent).as_posix()
        done.append((name, _put_back(source, work / name, work)))
        record.hashes[name] = digest(source)
    record.write()
    return done


def _put_back(source: Path, target: Path, work: Path) -> str | None:
    kept = None
    if target.exists() and digest(target) != digest(source):
        kept = back_up(target).relative_to(work).as_posix()
    put(source, target)
    return kept


def back_up(file: Path) -> Path:
    """Keep ``file`` under a name with the time in it, beside it, and return that name."""
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    kept = file.with_name(f"{file.stem}-before-{stamp}{file.suffix}")
    count = 1
    while kept.exists():
        count += 1
        kept = file.with_name(f"{file.stem}-before-{stamp}-{count}{file.suffix}")
    shutil.copy2(file, kept)
    return kept


def write_own(name: str, content: str) -> None:
    """Write a page of the course's into ``work/``; what a person made of the last one is kept."""
    work = settings.work_dir()
    work.mkdir(parents=True, exist_ok=True)
    record, target = Record.read(work), work / name
    if target.exists() and digest(target) != record.hashes.get(name):
        back_up(target)
    target.write_text(content, encoding="utf-8", newline="\n")
    record.hashes[name] = digest(target)
    record.write()
