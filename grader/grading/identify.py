"""Which answer a cell is, where the metadata that said so was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.grading.cells import MAX_CELL_CHARS, bound_names, cell_text, grade_id, is_answer

Cell = Mapping[str, Any]


def identified(cells: Sequence[Cell], trusted: Sequence[Cell]) -> list[Cell]:
    """Return a notebook's cells, with nbgrader's ids given back to answers that lost them.

    An answer is known by its cell's own id; in a notebook without a single grade id also by a name
    that only it defines, or by the cell before it.

    Parameters
    ----------
    cells, trusted : sequence of mapping
        The cells as handed in, and those of the course's notebook.
    """
    made = list(cells)
    there = {grade_id(cell) for cell in cells}
    lost = {grade_id(cell) for cell in trusted if is_answer(cell)} - there
    stripped = there <= {""}
    for at, name in _known(cells, trusted, lost, stripped=stripped) if lost else ():
        made[at] = {**cells[at], "metadata": {"nbgrader": {"grade_id": name}}}
    return made


def _known(
    cells: Sequence[Cell], trusted: Sequence[Cell], lost: set[str], *, stripped: bool
) -> Iterator[tuple[int, str]]:
    """Yield the place of each cell that can be told, and which answer it is."""
    others = {_plain(cell) for cell in trusted if not is_answer(cell)}
    free = [at for at, cell in enumerate(cells) if not grade_id(cell)]
    by_id = {cell.get("id"): grade_id(cell) for cell in trusted if grade_id(cell) in lost}
    for at in free:
        name = cells[at].get("id")
        if isinstance(name, str) and name in by_id:
            lost = lost - {by_id[name]}
            yield at, by_id[name]
    if not stripped:
        return
    trusted_ids = {cell.get("id") for cell in trusted}
    free = [
        at
        for at in free
        if cells[at].get("id") not in trusted_ids - {None} and _plain(cells[at]) not in others
    ]
    bound = {at: _names(cells[at]) for at in free}
    for name, names, before in _marks(trusted, lost):
        shared = {at: len(bound[at] & names) for at in free if bound[at] & names}
        most = [at for at in shared if shared[at] == max(shared.values())]
        for at in most or _after(cells, before, free):
            yield at, name


def _marks(trusted: Sequence[Cell], lost: set[str]) -> Iterator[tuple[str, set[str], str]]:
    """Yield each lost answer, the names that only it defines, and the text before it."""
    bound = [_names(cell) for cell in trusted]
    for at, cell in enumerate(trusted):
        if grade_id(cell) in lost:
            elsewhere = set().union(*bound[:at], *bound[at + 1 :])
            yield grade_id(cell), bound[at] - elsewhere, _plain(trusted[at - 1]) if at else ""


def _after(cells: Sequence[Cell], before: str, free: list[int]) -> list[int]:
    places = [at for at, cell in enumerate(cells) if before and _plain(cell) == before]
    return [at + 1 for at in places if len(places) == 1 and at + 1 in free]


def _names(cell: Cell) -> set[str]:
    is_code = cell.get("cell_type") == "code"
    return bound_names(cell_text(cell)[:MAX_CELL_CHARS]) if is_code else set()


def _plain(cell: Cell) -> str:
    return " ".join(cell_text(cell).split())
