"""What students hand in beside notebooks: kept for the person who marks, where nothing runs it."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from grader.classroom.verdict_log import FOLDER
from grader.reading.owners import safe_name

NAME = "attachments"
MOST_BYTES = 20 * 2**20  # of one
MOST = 20  # of one student and lesson
# What opens without running anything; all else gets .txt behind it, web pages too.
_HARMLESS = frozenset(
    ".pdf .png .jpg .jpeg .gif .webp .txt .md .csv .docx .odt .rtf .xlsx .ods .pptx .odp "
    ".zip .rar .7z .mp3 .mp4".split()
)


def folder_of(root: Path, student: str, lesson: str) -> Path:
    """Return where a student's attachments to a lesson are kept."""
    return root / FOLDER / NAME / student / lesson


def listed(root: Path, student: str, lesson: str) -> list[Path]:
    """Return a student's attachments to a lesson."""
    folder = folder_of(root, student, lesson)
    return sorted(path for path in folder.glob("*") if path.is_file())


def keep(folder: Path, path: str, content: bytes) -> str:
    """Write one into ``folder``, once; return why not, or an empty string.

    Parameters
    ----------
    folder : Path
        Made if need be.
    path : str
        What its owner called it.
    """
    if len(content) > MOST_BYTES:
        return f"is larger than {MOST_BYTES / 2**20:.0f} MB"
    there = sorted(folder.glob("*"))
    if any(one.is_file() and one.read_bytes() == content for one in there):
        return ""
    if len(there) >= MOST:
        return f"is one too many: {MOST} are kept"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = _free(folder, harmless_name(path))
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    return ""


def harmless_name(path: str) -> str:
    """Return a name under which a file can be opened without being run."""
    name = safe_name(PurePosixPath(path.replace("\\", "/")).name) or "without a name"
    return name if PurePosixPath(name).suffix.lower() in _HARMLESS else f"{name}.txt"


def _free(folder: Path, name: str) -> Path:
    plain = PurePosixPath(name)
    target, number = folder / name, 2
    while os.path.lexists(target):
        target, number = folder / f"{plain.stem}-{number}{plain.suffix}", number + 1
    return target
