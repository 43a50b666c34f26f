"""Who is in the class: read from a CSV, as a platform exports it or as one types it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grader.classroom.verdict_log import FOLDER
from grader.errors import ClassroomError
from grader.reading.owners import safe_name

# What the columns are called here and there; the first one that a file has is taken.
_NAMES = {
    "id": ("student_id", "student id", "username", "sis login id", "login", "login id"),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "name": ("name", "full name", "student"),
    "email": ("email", "email address", "e-mail", "e-mail address"),
    "lms_user_id": ("lms_user_id", "canvas id", "id", "id number", "sis user id"),
}
_MARK = "class-list"
_LAST_RESORT = ("id", "email address", "email", "id number")  # as the student's id


@dataclass(frozen=True)
class Student:
    """One line of a class list; ``id`` is what the student's folder is called."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def read(path: Path) -> tuple[list[Student], list[str]]:
    """Return the students of a CSV file, and what was wrong with other lines of it.

    Raises
    ------
    ClassroomError
        If the file is no CSV with a header that names the students.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ClassroomError(f"{path} is not UTF-8; save it as 'CSV UTF-8'.") from None
    rows = list(csv.reader(io.StringIO(text), _dialect(text)))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    places = _places(header)
    students: dict[str, Student] = {}
    notes = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _cell(row, at) for name, at in places.items()}
        if not any(cells.values()) or "Points Possible" in row[0]:
            continue
        made = _student(cells)
        problem = _problem(made, students)
        if problem:
            notes.append(f"Line {number}: {problem}")
        else:
            students[made.id] = made
    return list(students.values()), notes


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the header separates its cells: by comma, semicolon or tab."""
    header = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=header.count)

    return Found


def _places(header: list[str]) -> dict[str, int]:
    """Return in which column each field of a student stands."""
    places = {}
    for field, names in _NAMES.items():
        found = next((header.index(name) for name in names if name in header), None)
        if found is not None:
            places[field] = found
    if "id" not in places:
        found = next((header.index(name) for name in _LAST_RESORT if name in header), None)
        if found is None:
            raise ClassroomError(
                "The class list has no column that names a student; expected one called "
                f"student_id, username or email, found: {', '.join(header) or 'nothing'}."
            )
        places["id"] = found
        if places.get("lms_user_id") == found:
            del places["lms_user_id"]
    return places


def _cell(row: list[str], at: int) -> str:
    return unicodedata.normalize("NFC", row[at]).strip() if at < len(row) else ""


def _student(cells: Mapping[str, str]) -> Student:
    first, last = cells.get("first_name", ""), cells.get("last_name", "")
    if not (first or last) and cells.get("name"):
        before, comma, after = cells["name"].partition(",")
        first, last = (after.strip(), before.strip()) if comma else ("", before.strip())
        if not comma and " " in last:
            first, _, last = last.rpartition(" ")
    return Student(cells["id"], first, last, cells.get("email", ""), cells.get("lms_user_id", ""))


def _problem(made: Student, known: Mapping[str, Student]) -> str:
    if not made.id:
        return "no student id; the line was left out."
    if safe_name(made.id) != made.id:
        return (
            f"{made.id!r} cannot be a folder's name; the line was left out. "
            f"Give the student another id, such as {safe_name(made.id) or 'a number'!r}."
        )
    if made.id in known:
        return f"{made.id!r} is in the list twice; the first line counts."
    return ""


def enter(book: Gradebook, students: Iterable[Student]) -> tuple[int, int]:
    """Write students into the gradebook; return how many are new and how many were known."""
    known = {student.id for student in book.students}
    new = old = 0
    for one in students:
        fields = {name: value for name, value in vars(one).items() if name != "id" and value}
        book.update_or_create_student(one.id, **fields)
        new, old = (new, old + 1) if one.id in known else (new + 1, old)
    return new, old


def has_list(root: Path) -> bool:
    """Return whether a class list was entered, so that others are strangers."""
    return (root / FOLDER / _MARK).is_file()


def note_list(root: Path) -> None:
    """Remember that a class list was entered."""
    mark = root / FOLDER / _MARK
    mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()


class Roster:
    """Whose work a name in an archive means.

    Parameters
    ----------
    students : iterable
        With the fields of `Student`; those of nbgrader's gradebook will do.
    closed : bool
        Whether others are strangers. So it is too if anything but the id is known of anyone: then
        somebody has entered a list, where grading alone enters ids.
    """

    def __init__(self, students: Iterable[Any] = (), *, closed: bool = False) -> None:
        self.closed = closed
        self._ids: set[str] = set()
        self._by: dict[str, set[str]] = {}
        for one in students:
            self._ids.add(one.id)
            first, last = one.first_name or "", one.last_name or ""
            self.closed = self.closed or bool(first or last or one.email or one.lms_user_id)
            names = [one.lms_user_id, one.email, one.email and one.email.partition("@")[0]]
            if first and last:
                names += [f"{first} {last}", f"{last} {first}", f"{last}, {first}", last + first]
            for name in filter(None, names):
                self._by.setdefault(_plain(name), set()).add(one.id)

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, names: Iterable[str]) -> str:
        """Return the id that the first telling name belongs to; an empty string if none does.

        A name that two students share tells nothing.
        """
        for name in filter(None, names):
            if name in self._ids:
                return name
            owners = self._by.get(_plain(name), set())
            if len(owners) == 1:
                return next(iter(owners))
        return ""


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
