"""Which cells grading runs: set-up, the answers, and what the answers need of the rest.

``check`` in the notebook sees everything that was run there. So grading has to see a learner's own
cells too, an ``import math`` or a helper, as far as an answer leans on them. Which these are is
decided by names alone, in the order of the notebook; nothing runs that no answer needs.
"""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.grading import cells
from grader.grading.cells import SETUP_TAG, grade_id, is_answer, is_plain
from grader.grading.source import Source
from grader.grading.submission import Submission

SETUP, ANSWER, OWN, TEST = "setup", "answer", "own", "test"
_TITLE_CHARS = 40
_ALWAYS = frozenset({*dir(builtins), "display", "get_ipython"})

bound_names = lru_cache(4096)(cells.bound_names)
used_names = lru_cache(4096)(cells.used_names)


@dataclass(frozen=True)
class Cell:
    """A code cell to run.

    Attributes
    ----------
    id : str
        The cell's own; of an answer its grade id.
    kind : str
        ``setup`` and ``test`` come from the source, ``answer`` and ``own`` from the student.
    source : str
        Its text.
    always : bool
        Whether it runs even if nothing needs it.
    of : str
        Of an own cell: the cell of the source that it is a changed version of.
    keep : tuple of str
        Names that it may bind and that stay what they were before: an experiment below an answer
        must not replace the answer.
    """

    id: str
    kind: str
    source: str
    always: bool = False
    of: str = ""
    keep: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """How a learner recognizes it: its first line."""
        first = next(filter(None, map(str.strip, self.source.split("\n"))), "")
        return first if len(first) <= _TITLE_CHARS else f"{first[: _TITLE_CHARS - 3]}..."

    @property
    def binds(self) -> frozenset[str]:
        """Names that it gives to the cells after it."""
        return frozenset(bound_names(self.source))

    @property
    def uses(self) -> frozenset[str]:
        """Names that it takes from the notebook."""
        return frozenset(used_names(self.source))

    @property
    def blank(self) -> bool:
        """Whether it still holds the ``...`` of the released lesson."""
        return any(line.strip() == "..." or line.endswith("= ...") for line in _lines(self.source))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


@dataclass(frozen=True)
class Plan:
    """What grading runs.

    Attributes
    ----------
    cells : tuple of Cell
        In order.
    moved : mapping of str to Cell
        Answers that were found in a learner's own cell, by name.
    """

    cells: tuple[Cell, ...]
    moved: dict[str, Cell]


def cells_to_run(
    source: Source, submission: Submission, only: Collection[str] | None = None
) -> list[Cell]:
    """Return the cells that grading runs, in order; see `plan`."""
    return list(plan(source, submission, only).cells)


def plan(source: Source, submission: Submission, only: Collection[str] | None = None) -> Plan:
    """Return what grading runs.

    Cells tagged ``setup`` always run, and the answers. Of the others only those run that bind a
    name which an answer uses, directly or through other cells; a long training that no answer
    looks at does not. A learner's own cell runs if it binds a name that a later cell needs, or
    one that nothing else binds.

    Parameters
    ----------
    only : collection of str, optional
        Grade ids of the answers that count; by default all. Other answers then run only as far
        as these need them.
    """
    placed = [cell for cell in in_order(source, submission, only) if cell.kind != TEST]
    wanted = _wanted(source, only)
    given = {name for c in placed if c.kind == ANSWER and not c.blank for name in c.binds}
    missing = wanted - given
    stubs = {c.id for c in placed if c.kind == ANSWER and c.blank and c.binds & missing}
    stubs = {one for one in stubs if _moved_names(placed, one, missing)}
    placed = [cell for cell in placed if cell.id not in stubs]
    kept = _closed(placed, missing)
    others = {name for cell in kept if cell.kind != OWN for name in cell.binds}
    kept = [_guarded(cell, given, others, kept[at + 1 :]) for at, cell in enumerate(kept)]
    own = [cell for cell in kept if cell.kind == OWN]
    moved = {name: cell for cell in own for name in sorted(missing & cell.binds)}
    return Plan(tuple(_without_replaced(kept)), moved)


def _wanted(source: Source, only: Collection[str] | None) -> set[str]:
    """Return the names that answers must define: those that the source's own cells do."""
    return {
        name
        for cell in source.notebook.cells
        if cell.cell_type == "code" and is_answer(cell) and (only is None or grade_id(cell) in only)
        for name in bound_names(cell.source)
        if not name.startswith("_")
    }


def _moved_names(placed: Sequence[Cell], stub: str, missing: set[str]) -> set[str]:
    """Return what a stub leaves open and a learner's own cell defines."""
    left = next(cell.binds for cell in placed if cell.id == stub) & missing
    return {
        name for cell in placed if cell.kind == OWN and not cell.blank for name in cell.binds & left
    }


def _closed(placed: Sequence[Cell], missing: Collection[str]) -> list[Cell]:
    """Return the cells that run: again and again, until an own cell brings no other along."""
    forced: set[str] = set()
    while True:
        kept = _needed(placed, missing, forced)
        bound = {name for cell in kept for name in cell.binds}
        open_names = {*missing, *(name for cell in kept for name in cell.uses)} - bound - _ALWAYS
        found = {c.id for c in placed if c.kind == OWN and c.binds & open_names}
        if found <= forced:
            return kept
        forced |= found


def _needed(placed: Sequence[Cell], missing: Collection[str], forced: set[str]) -> list[Cell]:
    needed: set[str] = set(missing)
    lacking: set[str] = set(missing)  # what no cell that needs it binds itself, as by an import
    kept = []
    for cell in reversed(placed):
        asked = lacking if cell.kind == ANSWER else needed
        if cell.always or cell.id in forced or cell.binds & asked:
            kept.append(cell)
            needed |= cell.uses
            lacking |= cell.uses - cell.binds
    return kept[::-1]


def _guarded(
    cell: Cell, answers: Collection[str], others: Collection[str], later: Iterable[Cell]
) -> Cell:
    """Return an own cell that leaves alone the answers, and names that no later cell asks for."""
    if cell.kind != OWN:
        return cell
    asked = {name for other in later for name in other.uses}
    spared = cell.binds & {*answers, *(name for name in others if name not in asked)}
    return replace(cell, keep=tuple(sorted(spared)))


def _without_replaced(kept: Sequence[Cell]) -> Iterator[Cell]:
    """Leave out a cell of the source where the learner's version of it runs and binds as much."""
    versions = {cell.of: cell for cell in kept if cell.of}
    for cell in kept:
        version = versions.get(cell.id)
        if cell.kind != SETUP or cell.always or version is None or not cell.binds <= version.binds:
            yield cell


def in_order(
    source: Source, submission: Submission, only: Collection[str] | None = None
) -> Iterator[Cell]:
    """Yield all code cells in the order of the notebook, but for those that call a check.

    Parameters
    ----------
    only : collection of str, optional
        Grade ids of the answers that always run; by default all.
    """
    behind: dict[str, list[Cell]] = {}
    for number, own in enumerate(submission.own):
        cell = Cell(f"own-{number}", OWN, own.text, of=own.of)
        behind.setdefault(own.after, []).append(cell)
    yield from behind.get("", ())
    for number, cell in enumerate(source.notebook.cells):
        name = grade_id(cell)
        tests = source.checks.get(name, ())
        if cell.cell_type == "code" and all(map(is_plain, tests)):
            if tests:
                yield Cell(name, TEST, cell.source)
            elif not is_answer(cell):
                setup = SETUP_TAG in cell.metadata.get("tags", ())
                yield Cell(cells.place(cell, number), SETUP, cell.source, always=setup)
            elif name in submission.answers:
                yield Cell(name, ANSWER, submission.answers[name], only is None or name in only)
        yield from behind.get(cells.place(cell, number), ())
