"""Take submissions in, into ``submitted/``: from a zip, from a folder, from nbgrader's exchange.

Nothing is unpacked to a path that an archive names, and no link is followed. Each notebook found
is read into memory, up to a limit, and written under a student's name made of harmless characters;
what it replaces is kept, and the time of receipt is noted where no student can write.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.class_list import Roll
from grader.errors import ClassroomError
from grader.log import FOLDER
from grader.observers.model import FRAMEWORKS
from grader.rebuild import MAX_BYTES, read_bytes
from grader.receipts import Receipts

MAX_DEPTH = 2  # a zip of zips, and no deeper
MAX_MEMBERS = 20_000
MAX_TOTAL = 2 * 2**30
EARLIER = "earlier"  # what a newer submission has replaced

_COMMON = ("work", "lessons", "notebooks", "submitted", "submissions")
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?")
_CANVAS = re.compile(r"(?P<id>[^_/]+?)(?P<late>_LATE)?_(?P<user>\d+)_\d+_")


@dataclass
class Taken:
    """What was taken in.

    Attributes
    ----------
    files : list of Path
        Below ``submitted/``, each once.
    notes : list of str
        What was left out, and why; what was replaced.
    strangers : set of str
        Who is not in the class list, if there is one.
    """

    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Found:
    """A notebook on its way in.

    Attributes
    ----------
    path : str
        As the archive or folder names it.
    framework : str
        ``keras`` or ``pytorch``.
    content : bytes
        The file.
    """

    path: str
    framework: str
    content: bytes


class Intake:
    """Writes notebooks to ``submitted/STUDENT/LESSON/FRAMEWORK.ipynb`` of a class folder.

    Parameters
    ----------
    root, submitted : Path
        The class folder, and its folder of submissions.
    lesson : str
        What they are submissions of.
    roll : Roll, optional
        The class list, by which names in an archive become students' ids.
    """

    def __init__(self, root: Path, submitted: Path, lesson: str, roll: Roll | None = None) -> None:
        self._root, self._submitted, self._lesson = root, submitted, lesson
        self._roll = roll or Roll()
        self._receipts = Receipts(root)
        self.taken = Taken()

    def archive(self, source: Path, received: datetime | None = None) -> Taken:
        """Take in a zip, or a folder that is laid out like one.

        Understands Moodle's folders (``Ann Lee_123_assignsubmission_file_/pytorch.ipynb``),
        Canvas's flat names (``leeann_123_456_pytorch.ipynb``), a folder per student, and zips
        inside.

        Parameters
        ----------
        received : datetime, optional
            When it came in; by default when the archive was written, for a folder now. What
            Canvas has marked as late came in when the archive was written.

        Raises
        ------
        ClassroomError
            If ``source`` is neither.
        """
        written = _written(source)
        for one in self._found(source):
            if self._of_another_lesson(one.path):
                continue
            names = possible_names(one.path)
            who = self._roll.find(names) or student_name(one.path)
            late = (match := _CANVAS.match(one.path)) and match["late"]
            if who:
                self.keep(who, one, written if late else received or written)
            else:
                self._note(f"{one.path[:200]!r} stands in no student's folder.")
        return self.taken

    def _found(self, source: Path) -> Iterator[Found]:
        budget = [MAX_TOTAL, MAX_MEMBERS]
        if source.is_dir():
            yield from _in_folder(source, budget, self.taken.notes)
            return
        try:
            with zipfile.ZipFile(source) as opened:
                yield from _notebooks(opened, "", 1, budget, self.taken.notes)
        except zipfile.BadZipFile as error:
            raise ClassroomError(f"{source} cannot be read as a zip: {error}") from None

    def _of_another_lesson(self, path: str) -> bool:
        folders = path.split("/")[:-1]
        others = [name for name in folders if _LESSON.fullmatch(name) and name != self._lesson]
        if others:
            self._note(f"{path[:200]!r} is of {others[-1]}, not of {self._lesson}.")
        return bool(others)

    def keep(self, who: str, found: Found, when: datetime) -> None:
        """Write one notebook of a student's, keep what it replaces, note the receipt."""
        path = self._submitted / who / self._lesson / f"{found.framework}.ipynb"
        if path in self.taken.files:
            self._note(f"{who} handed in {path.name} twice; the last one counts.")
        try:
            self._replace(path, found.content)
        except OSError as error:
            self._note(f"{found.path[:200]!r} of {who} could not be written: {error}.")
            return
        if path not in self.taken.files:
            self.taken.files.append(path)
        if self._roll and not self._roll.find([who]):
            self.taken.strangers.add(who)
        self._receipts.add(who, self._lesson, found.framework, found.content, when)

    def _replace(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):
            if not path.is_symlink() and path.is_file() and path.read_bytes() == content:
                return
            number = 1
            folder = self._root / FOLDER / EARLIER / path.parent.relative_to(self._submitted)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while os.path.lexists(kept := folder / f"{path.stem}-{number}.ipynb"):
                number += 1
            os.replace(path, kept)
        path.write_bytes(content)

    def _note(self, text: str) -> None:
        self.taken.notes.append(text)


_LESSON = re.compile(r"\d\d-[a-z0-9-]+|quiz-[a-z0-9-]+")


def _written(source: Path) -> datetime:
    """Return when an archive was complete: whatever is in it came in before."""
    if not source.exists():
        raise ClassroomError(f"There is no {source}; expected a zip or a folder.")
    now = datetime.now(UTC)
    return now if source.is_dir() else min(now, datetime.fromtimestamp(source.stat().st_mtime, UTC))


def take_in(archive: Path, submitted: Path, lesson: str) -> Taken:
    """Take in ``archive`` for the class folder that ``submitted`` is in; see `Intake.archive`."""
    return Intake(submitted.parent, submitted, lesson).archive(archive)


def _in_folder(folder: Path, budget: list[int], notes: list[str]) -> Iterator[Found]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            budget[1] -= 1
            if min(budget) <= 0:
                notes.append("The folder holds too much; the rest of it was left out.")
                return
            path = Path(where, name)
            inside = path.relative_to(folder).as_posix()
            suffix = path.suffix.lower()
            if suffix not in (".ipynb", ".zip"):
                continue
            try:
                content = read_bytes(path)
            except (OSError, ValueError) as error:
                notes.append(f"{inside[:200]!r} was left out: {_reason(error)}")
                continue
            budget[0] -= len(content)
            if suffix == ".ipynb":
                yield from _recognized(inside, content, notes)
            else:
                yield from _inner(inside, content, 1, budget, notes)


def _reason(error: Exception) -> str:
    """Return why a file was not read; a link that was not followed says so."""
    link = isinstance(error, OSError) and error.errno == errno.ELOOP
    return "it is a link." if link else str(error)


def _notebooks(
    archive: zipfile.ZipFile, outer: str, depth: int, budget: list[int], notes: list[str]
) -> Iterator[Found]:
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
) -> Iterator[Found]:
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


def _recognized(path: str, content: bytes, notes: list[str]) -> Iterator[Found]:
    name = PurePosixPath(path).name.lower()
    frameworks = [framework for framework in FRAMEWORKS if framework in name]
    if len(frameworks) == 1:
        yield Found(path, frameworks[0], content)
    else:
        notes.append(f"{path[:200]!r} is no keras.ipynb or pytorch.ipynb of a student's.")


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def possible_names(path: str) -> list[str]:
    """Return what in a path may name its owner, the surest first."""
    parts = _parts(path)
    if not parts:
        return []
    moodle = _MOODLE.match(parts[0])
    canvas = _CANVAS.match(parts[-1]) if len(parts) == 1 else None
    if moodle:
        return [moodle["name"], f"{moodle['name']}-{moodle['id']}"]
    if canvas:
        return [canvas["user"], canvas["id"]]
    return [part for part in parts[-2::-1] if not _says_nothing(part)]


def student_name(path: str) -> str:
    """Return who a path inside an archive belongs to, in characters that are safe in a path."""
    parts, names = _parts(path), possible_names(path)
    if not names:
        return ""
    ours = _MOODLE.match(parts[0]) or (len(parts) == 1 and _CANVAS.match(parts[-1]))
    return safe_name(names[-1] if ours else names[0])


def _says_nothing(folder: str) -> bool:
    """Return whether a folder's name is the course's, and no student's."""
    return folder.lower() in _COMMON or _LESSON.fullmatch(folder) is not None


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
