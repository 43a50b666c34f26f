"""Which lesson's notebook a file is, told by the cells it holds and not by what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.classroom import lessons
from grader.classroom.exams import is_exam
from grader.grading.cells import cell_text, grade_id, is_answer
from grader.reading.salvage import read_cells

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

_SIGNS = (b"cell_type", "cell_type".encode("utf-16-le"), "cell_type".encode("utf-16-be"))
_CALLED = re.compile(r"\bcheck\(\s*[\"']([\w-]+/[\w-]+)[\"']")
_DEFINED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
_IMPORTED = re.compile(r"^\s*(?:import|from) (torch|keras|tensorflow)", re.MULTILINE)
_ENOUGH = 2.0  # cells that no other lesson has; one that is graded is enough by itself
_VOTES = 5  # so many cells of one framework leave no doubt
_LONGEST = 20_000  # characters of a cell that are looked at

Key = tuple[str, str]  # of what kind, and what
Cell = dict[str, Any]


@dataclass(frozen=True)
class Recognized:
    """What a notebook turned out to be.

    Attributes
    ----------
    lesson, framework : str
        Whose cells it holds; the framework is empty if that cannot be told.
    sure : bool
        Whether the framework is beyond doubt; else the file's name says more.
    cells : int
        How many of the lesson's cells it holds.
    done : int
        How many answers in it are not as they were released.
    """

    lesson: str
    framework: str
    sure: bool
    cells: int
    done: int


@dataclass(frozen=True)
class _Trusted:
    lesson: str
    framework: str
    released: bool
    cells: list[Cell]


class Recognizer:
    """Knows the notebooks of a class.

    Parameters
    ----------
    root : Path
        The class folder.
    folders : CourseDirectory, optional
        What the class calls nbgrader's folders.
    """

    def __init__(self, root: Path, folders: CourseDirectory | None = None) -> None:
        self._where = root, folders

    def knows(self, lesson: str) -> bool:
        """Return whether there is a notebook of a lesson to compare with."""
        return lesson in self._stubs

    def look(self, content: bytes, expected: str = "") -> Recognized | None:
        """Return what ``content`` is; ``None`` if it is no notebook of the class.

        Parameters
        ----------
        content : bytes
            The file, however damaged.
        expected : str
            The lesson it is handed in for, which it is taken for where that is as likely.
        """
        if not any(sign in content for sign in _SIGNS):
            return None
        try:
            cells, _ = read_cells(content)
        except (ValueError, RecursionError):
            return None
        keys = [set(_keys(cell)) for cell in cells]
        found = set().union(*keys)
        lesson = self._lesson(found, expected)
        if not lesson:
            return None
        return Recognized(
            lesson,
            *self._framework(lesson, found, cells),
            sum(any(self._is_of(lesson, key) for key in one) for one in keys),
            sum(self._is_done(lesson, cell) for cell in cells),
        )

    def _is_of(self, lesson: str, key: Key) -> bool:
        return any(lesson == name for name, _ in self._places.get(key, ()))

    def _is_done(self, lesson: str, cell: Cell) -> bool:
        released = self._stubs[lesson].get(grade_id(cell) or str(cell.get("id")))
        return released is not None and _plain(cell) not in released

    def _lesson(self, found: set[Key], expected: str) -> str:
        """Return the lesson that most speaks for; the expected one where half of it does."""
        scores: dict[str, float] = {}
        alone: dict[str, float] = {}  # by what is in no other lesson
        for key in found & self._places.keys():
            where = {lesson for lesson, _ in self._places[key]}
            worth = (_ENOUGH if key[0] in ("grade", "check") else 1.0) / len(where)
            for lesson in where:
                scores[lesson] = scores.get(lesson, 0.0) + worth
                alone[lesson] = alone.get(lesson, 0.0) + worth * (len(where) == 1)
        best = max(scores, key=lambda name: (alone[name], scores[name]), default="")
        if best and alone.get(expected, 0.0) >= alone[best] / 2:
            best = expected
        return best if scores.get(best, 0.0) >= _ENOUGH else ""

    def _framework(self, lesson: str, found: set[Key], cells: Iterable[Cell]) -> tuple[str, bool]:
        """Return which framework more speaks for, and whether much does."""
        there = {one for keys in self._places.values() for name, one in keys if name == lesson}
        if len(there) < 2:
            return "".join(there), True
        own = [self._places[key] for key in found & self._places.keys()]
        votes = [{one for name, one in places if name == lesson} for places in own]
        alone = [one.pop() for one in votes if len(one) == 1]
        words = [word for cell in cells for word in _IMPORTED.findall(cell_text(cell)[:_LONGEST])]
        named = ["pytorch" if word == "torch" else "keras" for word in words]
        heard = alone if len(alone) >= _VOTES else named or alone
        best = max(self.names(lesson), key=heard.count)
        if 2 * heard.count(best) <= len(heard):
            return "", False
        many = len(heard) >= _VOTES and 3 * heard.count(best) > 2 * len(heard)
        return best, many and not is_exam(lesson)  # both papers draw from the same questions

    @cached_property
    def _places(self) -> dict[Key, set[tuple[str, str]]]:
        """Of each cell, and each name that an answer defines, in which notebooks it is."""
        made: dict[Key, set[tuple[str, str]]] = {}
        for one in self._trusted:
            for cell in one.cells:
                for key in _keys(cell):
                    if key[0] != "name" or is_answer(cell):
                        made.setdefault(key, set()).add((one.lesson, one.framework))
        return made

    @cached_property
    def _stubs(self) -> dict[str, dict[str, set[str]]]:
        """What each answer says before anybody works on it, by lesson and grade id."""
        made: dict[str, dict[str, set[str]]] = {}
        for one in self._trusted:
            stubs = made.setdefault(one.lesson, {})
            for cell in filter(is_answer, one.cells):
                texts = stubs.setdefault(grade_id(cell), set())
                texts |= {_plain(cell)} if one.released else set()
        return made

    @cached_property
    def _trusted(self) -> list[_Trusted]:
        names = lessons.lesson_names(*self._where)
        named = [(name, each) for name in names for each in self.names(name)]
        return [one for name, each in named for one in self._read(name, each)]

    def names(self, lesson: str) -> tuple[str, ...]:
        """Return the names of a lesson's notebooks."""
        return lessons.notebook_names(lesson, *self._where)

    def _read(self, lesson: str, framework: str) -> Iterator[_Trusted]:
        for path in lessons.trusted_paths(lesson, framework, *self._where):
            try:
                cells, _ = read_cells(path.read_bytes())
            except ValueError:
                continue  # grading says so, of its own lesson
            released = path != lessons.source_path(lesson, framework, *self._where)
            yield _Trusted(lesson, framework, released, cells)


def _keys(cell: Cell) -> Iterator[Key]:
    """Yield what a cell can be known by."""
    if grade_id(cell):
        yield "grade", grade_id(cell)
    name = cell.get("id")
    if isinstance(name, str):
        yield "id", name
    text = cell_text(cell)[:_LONGEST]
    if len(plain := _plain(cell)) > 20:  # an import or two says nothing
        yield "text", plain
    if cell.get("cell_type") == "code":
        yield from (("check", found) for found in _CALLED.findall(text))
        yield from (("name", found) for found in _DEFINED.findall(text))


def _plain(cell: Cell) -> str:
    return " ".join(cell_text(cell)[:_LONGEST].split())
