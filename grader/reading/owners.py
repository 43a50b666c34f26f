"""Whose work a path inside an archive is: what Moodle, Canvas and people call files and folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_COMMON = ("work", "lessons", "solutions", "notebooks", "submitted", "submissions")
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?")
_CANVAS = re.compile(r"(?P<id>[^_/]+?)(?P<late>_LATE)?_(?P<user>\d+)_\d+_")
LESSON_NAME = re.compile(r"\d\d-[a-z0-9-]+|quiz-[a-z0-9-]+")


def parts_of(path: str) -> list[str]:
    """Return the parts of a path that name something."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def possible_names(outer: str, inner: str = "", wrapped: int = 0) -> list[str]:
    """Return what in a path may name its owner, the surest first.

    Parameters
    ----------
    outer : str
        The path as the archive names it.
    inner : str
        The path inside of ``outer``, if that is a zip.
    wrapped : int
        How many folders of students' names all paths of the archive have in common.
    """
    platform = _platform(outer, wrapped)
    if platform is not None:
        return _platform_names(platform)
    own = [*telling_folders(outer)[::-1], *_zip_name(outer, inner)]
    return [*own, *telling_folders(inner)[::-1]]


def student_name(outer: str, inner: str = "", wrapped: int = 0) -> str:
    """Return who a path belongs to if no class list tells, in characters safe in a path."""
    platform = _platform(outer, wrapped)
    if platform is not None:
        name = platform.groupdict()
        return safe_name(name["id"] if "user" in name else f"{name['name']}-{name['id']}")
    folders = telling_folders(outer)
    own = folders[wrapped:] or folders[-1:] or _zip_name(outer, inner) or telling_folders(inner)
    return safe_name(own[0]) if own else ""


def is_late(outer: str, wrapped: int = 0) -> bool:
    """Return whether Canvas has marked a file as late in its name."""
    platform = _platform(outer, wrapped)
    return bool(platform and platform.groupdict().get("late"))


def is_platforms(outer: str, wrapped: int = 0) -> bool:
    """Return whether a platform gave the file its name, which then says whose it is."""
    return _platform(outer, wrapped) is not None


def telling_folders(path: str) -> list[str]:
    """Return the folders of a path that may be called after a student."""
    return [part for part in parts_of(path)[:-1] if not _says_nothing(part)]


def common_folders(paths: Iterable[str]) -> int:
    """Return how many folders that may be called after a student all paths begin with."""
    shared: list[str] | None = None
    for path in paths:
        folders = telling_folders(path)
        if not folders:
            continue
        if shared is None:
            shared = folders
        same = (one == other for one, other in zip(shared, folders, strict=False))
        shared = shared[: next((at for at, equal in enumerate(same) if not equal), len(folders))]
    return len(shared or ())


def _platform(outer: str, wrapped: int) -> re.Match[str] | None:
    parts = parts_of(outer)
    for part in parts:
        if found := _MOODLE.match(part):
            return found
    at_the_top = bool(parts) and len(telling_folders(outer)) <= wrapped
    return _CANVAS.match(parts[-1]) if at_the_top else None


def _platform_names(found: re.Match[str]) -> list[str]:
    names = found.groupdict()
    if "user" in names:
        return [names["user"], names["id"]]
    words = names["name"].split("-")  # a team's name, a hyphen, the student's
    return [*("-".join(words[at:]) for at in range(len(words))), f"{names['name']}-{names['id']}"]


def _zip_name(outer: str, inner: str) -> list[str]:
    stem = re.sub(r"(?i)\.zip$", "", parts_of(outer)[-1]) if inner and parts_of(outer) else ""
    return [stem] if stem and not _says_nothing(stem) else []


def _says_nothing(folder: str) -> bool:
    """Return whether a folder's name is the course's, and no student's."""
    return folder.lower() in _COMMON or LESSON_NAME.fullmatch(folder) is not None


def safe_name(raw: str) -> str:
    """Return a name of letters and digits of any script, spaces, ``. _ - @``; at most 80 long."""
    text = "".join(map(_safe_letter, unicodedata.normalize("NFC", raw)))
    short = text.strip(" .")[:80].encode()[:200].decode("utf-8", "ignore")
    return short.strip(" .")


def _safe_letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter.isalnum() or letter in " ._-@" or kind.startswith("M"):  # M: vowel signs, accents
        return letter
    return "" if kind == "Cf" else "_"  # Cf: joiners and marks of direction, which nobody sees
