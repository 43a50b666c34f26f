"""Take submissions in from a zip as a learning platform gives it, into ``submitted/``.

Nothing is unpacked to a path that an archive names. Each notebook found is read into memory, up to
a limit, and written under a student's name made of harmless characters.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import ClassroomError
from grader.observers.model import FRAMEWORKS
from grader.rebuild import MAX_BYTES

MAX_DEPTH = 2  # a zip of zips, and no deeper
MAX_MEMBERS = 20_000
MAX_TOTAL = 2 * 2**30

_COMMON = ("work", "lessons", "notebooks", "submitted", "submissions")
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?")
_CANVAS = re.compile(r"(?P<id>[^_/]+?)(?:_LATE)?_\d+_\d+_")


@dataclass
class Taken:
    """What came out of an archive.

    Attributes
    ----------
    files : list of Path
        Written below ``submitted/``.
    notes : list of str
        What was left out, and why.
    """

    files: list[Path]
    notes: list[str]


def take_in(archive: Path, submitted: Path, lesson: str) -> Taken:
    """Write the notebooks of ``archive`` to ``submitted/STUDENT/LESSON/FRAMEWORK.ipynb``.

    Understands Moodle's folders (``Ann Lee_123_assignsubmission_file_/pytorch.ipynb``), Canvas's
    flat names (``leeann_123_456_pytorch.ipynb``), a folder per student, and zips inside the zip.

    Raises
    ------
    ClassroomError
        If ``archive`` is not a zip.
    """
    taken = Taken([], [])
    try:
        with zipfile.ZipFile(archive) as opened:
            budget = [MAX_TOTAL, MAX_MEMBERS]
            for who, framework, content in _notebooks(opened, "", 1, budget, taken.notes):
                _keep(taken, submitted, lesson, who, framework, content)
    except (zipfile.BadZipFile, OSError) as error:
        raise ClassroomError(f"{archive} cannot be read as a zip: {error}") from None
    return taken


def _notebooks(
    archive: zipfile.ZipFile, outer: str, depth: int, budget: list[int], notes: list[str]
) -> Iterator[tuple[str, str, bytes]]:
    for member in archive.infolist():
        budget[1] -= 1
        if min(budget) <= 0:
            notes.append("The archive holds too much; the rest of it was left out.")
            return
        if member.is_dir() or stat.S_ISLNK(member.external_attr >> 16):
            continue
        path = outer + member.filename
        suffix = PurePosixPath(member.filename).suffix.lower()
        if suffix not in (".ipynb", ".zip"):
            continue
        content = _read(archive, member, budget)
        if content is None:
            notes.append(f"{path[:200]!r} is too large or damaged; it was left out.")
        elif suffix == ".ipynb":
            yield from _recognized(path, content, notes)
        elif depth < MAX_DEPTH:
            yield from _inner(path, content, depth, budget, notes)
        else:
            notes.append(f"{path[:200]!r} is a zip inside a zip inside a zip; it was left out.")


def _inner(
    path: str, content: bytes, depth: int, budget: list[int], notes: list[str]
) -> Iterator[tuple[str, str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            yield from _notebooks(opened, f"{path.removesuffix('.zip')}/", depth + 1, budget, notes)
    except zipfile.BadZipFile:
        notes.append(f"{path[:200]!r} is a damaged zip; it was left out.")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: list[int]) -> bytes | None:
    try:
        with archive.open(member) as stream:
            content = stream.read(MAX_BYTES + 1)  # never trust the size that the archive states
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return None
    budget[0] -= len(content)
    return content if len(content) <= MAX_BYTES else None


def _recognized(path: str, content: bytes, notes: list[str]) -> Iterator[tuple[str, str, bytes]]:
    name = PurePosixPath(path).name.lower()
    frameworks = [framework for framework in FRAMEWORKS if framework in name]
    who = student_name(path)
    if len(frameworks) == 1 and who:
        yield who, frameworks[0], content
    else:
        notes.append(f"{path[:200]!r} is no keras.ipynb or pytorch.ipynb of a student's.")


def student_name(path: str) -> str:
    """Return who a path inside an archive belongs to, in characters that are safe in a path."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not parts:
        return ""
    moodle = _MOODLE.match(parts[0])
    canvas = _CANVAS.match(parts[-1]) if len(parts) == 1 else None
    if moodle:
        raw = f"{moodle['name']}-{moodle['id']}"
    elif canvas:
        raw = canvas["id"]
    else:
        folders = [part for part in parts[:-1] if not _says_nothing(part)]
        raw = folders[-1] if folders else ""
    return safe_name(raw)


def _says_nothing(folder: str) -> bool:
    """Return whether a folder's name is the course's, and no student's."""
    return folder.lower() in _COMMON or re.fullmatch(r"\d\d-[a-z0-9-]+", folder) is not None


def safe_name(raw: str) -> str:
    """Return a name of letters and digits of any script, spaces, ``. _ -``; at most 80 long."""
    text = unicodedata.normalize("NFC", raw)
    kept = "".join(
        c if c.isalnum() or c in " ._-" or unicodedata.combining(c) else "_" for c in text
    )
    return kept.strip(" .")[:80].strip(" .")


def _keep(
    taken: Taken, submitted: Path, lesson: str, who: str, framework: str, content: bytes
) -> None:
    path = submitted / who / lesson / f"{framework}.ipynb"
    if path in taken.files:
        taken.notes.append(f"{who} handed in {framework}.ipynb twice; the last one counts.")
    else:
        taken.files.append(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
