"""Take submissions in, into ``submitted/``: from a zip, from a folder, from nbgrader's exchange.

Nothing is unpacked to a path that an archive names, and no link is followed. Which file is which
notebook is told by the cells it holds. What is written stands under a student's name made of
harmless characters; what it replaces is kept, and the time of receipt is noted where no student can
write. Who is not in the class list waits in ``.grader/strangers/``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from grader.classroom import archive_names, lessons
from grader.classroom.receipts import Receipts
from grader.classroom.roster import Roster
from grader.classroom.verdict_log import FOLDER
from grader.errors import ClassroomError
from grader.intake import attachments
from grader.intake.candidates import Candidate, framework_of, says
from grader.intake.recognize import Recognizer
from grader.printable import printable
from grader.reading.owners import (
    LESSON_NAME,
    common_folders,
    is_late,
    is_platforms,
    parts_of,
    possible_names,
    student_name,
)
from grader.reading.unpack import Archive, File

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

    from grader.classroom.folder import Classroom

EARLIER = "earlier"  # what a newer submission has replaced
STRANGERS = "strangers"  # whose owner nobody knows yet
NBGRADERS_OWN = ("timestamp.txt", "submission_secret.txt")
MOST_NOTEBOOKS = 60  # of one student, that are looked into
_MOST_NAMES = 5  # in one note

When = Callable[[File], tuple[datetime, bool]]  # when a file came in; whether a person says so


@dataclass
class Taken:
    """What was taken in.

    Attributes
    ----------
    files : list of Path
        Below ``submitted/``, each once.
    notes : list of str
        What was left out, and why; what was replaced.
    strangers : dict of str to Path
        Who is not in the class list, if there is one, and where their work waits.
    """

    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    strangers: dict[str, Path] = field(default_factory=dict)


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
    folders : CourseDirectory, optional
        What the class calls nbgrader's folders.
    """

    def __init__(
        self,
        root: Path,
        submitted: Path,
        lesson: str,
        roll: Roster | None = None,
        folders: CourseDirectory | None = None,
    ) -> None:
        self._root, self._submitted, self._lesson = root, submitted, lesson
        self._roll = roll or Roster()
        self._receipts = Receipts(root)
        self._where = root, folders
        self._recognizer = Recognizer(root, folders)
        self._names = lessons.notebook_names(lesson, root, folders)
        self._wrapped = 0
        self._named: set[str] = set()  # whom the archive names in full
        self.taken = Taken()

    @classmethod
    def of(cls, classroom: Classroom, lesson: str) -> Intake:
        """Return what takes in submissions of a class's lesson."""
        submitted = classroom.root / classroom.folders.submitted_directory
        return cls(
            classroom.root, submitted, classroom.known(lesson), classroom.roll(), classroom.folders
        )

    def archive(self, source: Path, received: datetime | None = None) -> Taken:
        """Take in a zip, or a folder that is laid out like one.

        Understands Moodle's folders (``Ann Lee_123_assignsubmission_file_/pytorch.ipynb``, a team's
        name before it or not), Canvas's flat names (``leeann_123_456_pytorch.ipynb``), a folder or
        a zip per student, and zips inside.

        Parameters
        ----------
        received : datetime, optional
            When it came in, as a person vouches; by default when the archive was written, for a
            folder now. What Canvas has marked as late came in when the archive was written.

        Raises
        ------
        ClassroomError
            If ``source`` is neither.
        """
        written = _written(source)
        archive = Archive(source)
        self._wrapped = common_folders(archive.paths)
        full = (possible_names(path, "", self._wrapped)[:1] for path in archive.paths)
        self._named = {self._roll.find(names) for names in full} - {""}

        def when(file: File) -> tuple[datetime, bool]:
            vouched = received is not None and not is_late(file.outer, self._wrapped)
            return (received, True) if vouched and received else (written, False)

        for who, files in archive.by_owner(self._owner):
            for owner, own in self._apart(who, files):
                self.hand_in(owner, own, when)
        return self.taken

    def _owner(self, outer: str, inner: str = "") -> str:
        names = possible_names(outer, inner, self._wrapped)
        who = self._roll.find(names[:1])
        if not who:  # part of a longer name: Marie Lee, where Anne-Marie Lee is nobody we know
            found = self._roll.find(names[1:])
            taken = is_platforms(outer, self._wrapped) and found in self._named
            who = "" if taken else found
        return who or student_name(outer, inner, self._wrapped)

    def _apart(self, who: str, files: list[File]) -> Iterator[tuple[str, list[File]]]:
        """Yield whose files these are: a zip of nobody's may hold a folder for each student."""
        groups: dict[str, list[File]] = {}
        for file in files:
            known = not file.inner or is_platforms(file.outer, self._wrapped)
            owner = who if known or self._roll.find([who]) else self._owner(file.outer, file.inner)
            groups.setdefault(owner, []).append(file)
        yield from groups.items()

    def hand_in(self, who: str, files: Iterable[File], when: When) -> None:
        """Take in what one student handed in: the notebooks that count, and the rest beside."""
        if not who:
            self._note_files("", list(files), "in no student's folder; left out")
            return
        candidates, others, unclear = self._sorted(who, files)
        for framework in self._names:
            mine = [one for one in candidates if one.framework == framework]
            if mine:
                best = max(mine, key=lambda one: one.rank)
                self._say_which(who, best, [one for one in mine if one is not best])
                found = Found(best.file.path, framework, best.file.content)
                self.keep(who, found, *when(best.file))
                if is_platforms(best.file.outer, self._wrapped):
                    one = (who, self._lesson, framework)
                    archive_names.note(self._root, *one, best.file.outer)
                spare = [one.file for one in mine if one.file.content != best.file.content]
                self._attach(who, spare)
        self._attach(who, others + unclear)
        text = f"{' or '.join(self._names)}, that cannot be told; name it so and take it in again"
        self._note_files(who, unclear, text)
        step = "kept for whoever marks" if candidates else "ask for the notebook (.ipynb)"
        self._note_files(who, others, f"handed in, not a notebook of {self._lesson}; {step}")

    def _sorted(
        self, who: str, files: Iterable[File]
    ) -> tuple[list[Candidate], list[File], list[File]]:
        """Return which files may count, what else there is, and notebooks of neither framework.

        What was left out is said.
        """
        candidates: list[Candidate] = []
        others: list[File] = []
        unclear: list[File] = []
        elsewhere: dict[str, list[File]] = {}
        for place, file in enumerate(files):
            if file.name in NBGRADERS_OWN or self._is_given(file.content):
                continue
            if file.problem:
                self._say_problem(who, file)
            if not file.content and file.problem:
                continue
            seen = None
            if place < MOST_NOTEBOOKS:
                seen = self._recognizer.look(file.content, self._lesson)
            lesson = seen.lesson if seen else self._other_lesson(file.path)
            framework = framework_of(file, seen, self._names)
            if lesson != self._lesson:
                elsewhere.setdefault(lesson, []).append(file)
            elif framework and (seen or PurePosixPath(file.name).suffix.lower() == ".ipynb"):
                candidates.append(Candidate(file, framework, seen, place))
            else:
                (unclear if seen else others).append(file)
        for lesson, listed in elsewhere.items():
            text = f"of {lesson}, not of {self._lesson}; left out, take it in as {lesson}"
            self._note_files(who, listed, text)
        return candidates, others, unclear

    def _is_given(self, content: bytes) -> bool:
        """Return whether a file beside the notebooks came with the lesson."""
        same = self._given.get(len(content), []) if content else []
        return any(path.read_bytes() == content for path in same)

    @cached_property
    def _given(self) -> dict[int, list[Path]]:
        """The files beside a lesson's notebooks as released, by size."""
        made: dict[int, list[Path]] = {}
        for path in lessons.files_beside(self._lesson, *self._where):
            made.setdefault(path.stat().st_size, []).append(path)
        return made

    def _other_lesson(self, path: str) -> str:
        """Return the lesson that a folder in a path is called after; else the one taken in."""
        names = [name for name in parts_of(path)[:-1] if LESSON_NAME.fullmatch(name)]
        return names[-1] if names else self._lesson

    def _say_which(self, who: str, best: Candidate, rest: list[Candidate]) -> None:
        name, kind = _quoted(best.file.path), f"{best.framework}.ipynb"
        others = [one.file for one in rest if one.file.content != best.file.content]
        if others:
            listed = _listed([one.path for one in others])
            self._note(who, f"{name} counts as {kind}, and {listed} does not.")
        elif best.seen and not says(best.file.name, best.framework, self._names):
            self._note(who, f"{name} holds the cells of {kind}, and was taken as that.")
        if best.seen is None and self._recognizer.knows(self._lesson):
            self._note(who, f"{name} holds no cell of {self._lesson}; taken by its name alone.")

    def _say_problem(self, who: str, file: File) -> None:
        step = "what could be read of it is taken; " * bool(file.content)
        step += next((said for start, said in _STEPS if file.problem.startswith(start)), _ELSE)
        self._note(who, f"{_quoted(file.path)} {file.problem}; {step}.")

    def _note_files(self, who: str, files: list[File], text: str) -> None:
        if files:
            self._note(who, f"{_listed([file.path for file in files])}: {text}.")

    def _note(self, who: str, text: str) -> None:
        self.taken.notes.append(f"{printable(who)}: {text}" if who else text)

    def _attach(self, who: str, files: Iterable[File]) -> None:
        folder = self.attachments(who)
        for file in files:
            try:
                reason = attachments.keep(folder, file.path, file.content)
            except OSError as error:
                reason = f"could not be written: {error}"
            if reason:
                self._note(who, f"{_quoted(file.path)} {reason}; it was not kept.")
            if self.is_stranger(who):
                self.taken.strangers[who] = self.folder(who)

    def is_stranger(self, who: str) -> bool:
        """Return whether there is a class list and ``who`` is not in it."""
        return self._roll.closed and not self._roll.find([who])

    def folder(self, who: str) -> Path:
        """Return where notebooks of ``who`` go."""
        base = self._root / FOLDER / STRANGERS if self.is_stranger(who) else self._submitted
        return base / who / self._lesson

    def attachments(self, who: str) -> Path:
        """Return where whatever else ``who`` hands in goes."""
        if self.is_stranger(who):
            return self.folder(who) / attachments.NAME
        return attachments.folder_of(self._root, who, self._lesson)

    def keep(self, who: str, found: Found, when: datetime, vouched: bool = False) -> None:
        """Write one notebook of a student's, keep what it replaces, note the receipt."""
        path = self.folder(who) / f"{found.framework}.ipynb"
        try:
            self._replace(path, found.content)
        except OSError as error:
            self._note(who, f"{_quoted(found.path)} could not be written: {error}.")
            return
        if self.is_stranger(who):
            self.taken.strangers[who] = path.parent
        elif path not in self.taken.files:
            self.taken.files.append(path)
        one = (who, self._lesson, found.framework)
        self._receipts.add(*one, found.content, when, vouched=vouched)

    def _replace(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):
            if not path.is_symlink() and path.is_file() and path.read_bytes() == content:
                return
            number = 1
            folder = self._root / FOLDER / EARLIER / Path(*path.parts[-3:-1])
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while os.path.lexists(kept := folder / f"{path.stem}-{number}.ipynb"):
                number += 1
            os.replace(path, kept)
        path.write_bytes(content)


_STEPS = (
    ("is a link", "it was left out"),
    ("needs a password", "ask for it without one"),
    ("is packed", "ask for an ordinary zip"),
    ("is larger", "ask for it without outputs and data"),
    ("holds more", "ask for the notebook alone"),
    ("and what comes", "it was left out; ask for the notebook alone"),
    ("is a zip inside", "it was left out; ask for the notebook alone"),
)
_ELSE = "ask for it again"


def _written(source: Path) -> datetime:
    """Return when an archive was complete: whatever is in it came in before."""
    if not source.exists():
        raise ClassroomError(f"There is no {source}; expected a zip or a folder.")
    now = datetime.now(UTC)
    return now if source.is_dir() else min(now, datetime.fromtimestamp(source.stat().st_mtime, UTC))


def _quoted(path: str) -> str:
    return f"'{printable(path[:200])}'"


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - _MOST_NAMES} more" if len(paths) > _MOST_NAMES else ""
    return ", ".join(map(_quoted, paths[:_MOST_NAMES])) + more
