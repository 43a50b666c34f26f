"""Read the cells of a ``lesson.md`` and say clearly what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import jupytext

from course.frameworks import FRAMEWORKS

ATTRIBUTES = {"framework", "name", "exercise", "test", "manual", "points", "tags"}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


class LessonError(ValueError):
    """A ``lesson.md`` that cannot become notebooks; the message names the cell."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson, before it is cut down to a framework.

    Attributes
    ----------
    position
        Place in ``lesson.md``, from 1; the same in both notebooks.
    kind
        ``"code"`` or ``"markdown"``.
    framework
        The one notebook it belongs to; ``None`` for both.
    name
        Chosen id; ``None`` lets the position decide.
    exercise, test, manual
        The id of the exercise that the cell answers, tests, or asks a person to mark.
    """

    position: int
    kind: str
    source: str
    framework: str | None = None
    name: str | None = None
    exercise: str | None = None
    test: str | None = None
    manual: str | None = None
    points: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str | None:
        """The id nbgrader knows the cell by; ``None`` when it is not graded."""
        return f"test-{self.test}" if self.test else self.exercise or self.manual

    @property
    def where(self) -> str:
        first = next((line for line in self.source.splitlines() if line.strip()), "(empty)")
        return f"cell {self.position} ({first[:50]!r})"


def read_cells(text: str) -> list[Cell]:
    """Return the cells of a lesson's Jupytext Markdown.

    Raises
    ------
    LessonError
        If an attribute, an id or a pair of exercise and test is not as the format asks.
    """
    notebook = jupytext.reads(text, fmt="md")
    raw = [cell for cell in notebook.cells if cell.cell_type != "raw"]
    cells = [_read_cell(position, cell) for position, cell in enumerate(raw, start=1)]
    for framework in FRAMEWORKS:
        _check_pairs(framework, [c for c in cells if c.framework in (None, framework)])
    return cells


def _read_cell(position: int, cell) -> Cell:
    metadata = dict(cell.metadata)
    tags = tuple(metadata.pop("tags", ()))
    plain = Cell(position, cell.cell_type, cell.source)
    unknown = sorted(set(metadata) - ATTRIBUTES)
    if unknown:
        known = ", ".join(sorted(ATTRIBUTES))
        raise LessonError(f"{plain.where}: unknown attribute {unknown[0]!r}; known are {known}.")
    made = Cell(position, cell.cell_type, cell.source, tags=tags, **metadata)
    _check_cell(made)
    return made


def _check_cell(cell: Cell) -> None:
    roles = [role for role in ("exercise", "test", "manual") if getattr(cell, role)]
    problems = {
        f"framework {cell.framework!r}; expected one of {', '.join(FRAMEWORKS)}": (
            cell.framework not in (None, *FRAMEWORKS)
        ),
        f"is {' and '.join(roles)} at once; choose one": len(roles) > 1,
        "needs points=… (a number above 0)": roles in (["test"], ["manual"]) and not cell.points,
        "has points, which only test and manual cells carry": (
            roles not in (["test"], ["manual"]) and cell.points is not None
        ),
        "an exercise or test must be a code cell": (
            cell.kind != "code" and bool(cell.exercise or cell.test)
        ),
        f"lacks {BEGIN} and {END}": roles == ["exercise"] and not _has_solution(cell),
        "shows an answer outside an exercise": "exercise" not in roles
        and cell.manual is None
        and BEGIN in cell.source,
        "ids are lower-case letters, digits and hyphens": any(
            value is not None and not _NAME.fullmatch(value)
            for value in (cell.name, cell.exercise, cell.test, cell.manual)
        ),
    }
    for problem, found in problems.items():
        if found:
            raise LessonError(f"{cell.where}: {problem}.")


def _has_solution(cell: Cell) -> bool:
    return cell.source.count(BEGIN) == cell.source.count(END) == 1


def _check_pairs(framework: str, cells: Iterable[Cell]) -> None:
    cells = list(cells)
    ids = Counter(cell_id for c in cells for cell_id in {c.grade_id, c.name} if cell_id)
    twice = [cell_id for cell_id, count in ids.items() if count > 1]
    if twice:
        raise LessonError(f"{framework}: the id {twice[0]!r} is used by two cells.")
    exercises = {c.exercise for c in cells if c.exercise}
    tests = {c.test for c in cells if c.test}
    if exercises != tests:
        lonely = sorted(exercises ^ tests)
        raise LessonError(f"{framework}: exercise and test do not pair up for {lonely}.")
