"""Tables that follow data through a network and training through its epochs."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Table:
    """Rows of text that a notebook shows as a table and a terminal as columns.

    Attributes
    ----------
    caption : str
        What the table shows; read out first by a screen reader.
    headers : tuple of str
        One per column.
    rows : tuple of tuple of str
        One entry per column in each.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headers):
                raise ValueError(
                    f"expected {len(self.headers)} entries ({', '.join(self.headers)}) in each row "
                    f"of {self.caption!r}, received {len(row)}: {row}."
                )

    def __str__(self) -> str:
        table = (self.headers, *self.rows)
        widths = [max(len(row[at]) for row in table) for at in range(len(self.headers))]
        lines = [_line(row, widths, self._numeric()) for row in table]
        rule = "─" * sum(widths, 2 * len(widths) - 2)
        return "\n".join([self.caption, lines[0], rule, *lines[1:]])

    def _numeric(self) -> list[bool]:
        columns = ([row[at] for row in self.rows] for at in range(len(self.headers)))
        return [any(column) and all(map(_is_number, filter(None, column))) for column in columns]

    def _repr_html_(self) -> str:
        sides = ["right" if numeric else "left" for numeric in self._numeric()]
        head = "".join(
            _cell("th", text, side) for text, side in zip(self.headers, sides, strict=True)
        )
        body = "".join(
            "<tr>" + "".join(_cell("td", t, s) for t, s in zip(row, sides, strict=True)) + "</tr>"
            for row in self.rows
        )
        caption = f'<caption style="text-align: left">{html.escape(self.caption)}</caption>'
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: str, side: str) -> str:
    return f'<{tag} style="text-align: {side}">{html.escape(text)}</{tag}>'


def _is_number(text: str) -> bool:
    return not set(text) - set("0123456789,.–-−+%e ")


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = zip(row, widths, numeric, strict=True)
    return "  ".join(t.rjust(w) if is_n else t.ljust(w) for t, w, is_n in cells).rstrip()


def stage_table(
    rows: Sequence[tuple[str, Shape, int]], *, caption: str = "Stage by stage"
) -> Table:
    """Tabulate what leaves each stage of a network and what the stage holds.

    Parameters
    ----------
    rows : sequence of (name, shape, parameters)
        In order; a ``None`` in a shape is the batch, drawn as N.

    Returns
    -------
    Table
        With a last row that adds the parameters up.

    Examples
    --------
    >>> print(stage_table([("pool", (None, 1280), 0), ("head", (None, 5), 6405)]))
    Stage by stage
    stage  shape    values  parameters
    ──────────────────────────────────
    pool   N×1,280   1,280           0
    head   N×5           5       6,405
    total                        6,405
    """
    body = [
        (name, _shape(shape), f"{_values(shape):,}", f"{count:,}") for name, shape, count in rows
    ]
    total = ("total", "", "", f"{sum(count for _, _, count in rows):,}")
    return Table(caption, ("stage", "shape", "values", "parameters"), (*body, total))


def _shape(shape: Shape) -> str:
    return "×".join("N" if side is None else f"{side:,}" for side in shape)


def _values(shape: Shape) -> int:
    """Return how many numbers one picture has become."""
    product = 1
    for side in shape:
        product *= 1 if side is None else side
    return product


def epoch_table(
    history: Mapping[str, Sequence[float]],
    *,
    phases: Mapping[str, int] | None = None,
    remarks: Mapping[int, str] | None = None,
    caption: str = "Epoch by epoch",
) -> Table:
    """Tabulate a training run, with its phases and a remark where there is something to say.

    Parameters
    ----------
    history : mapping of str to sequence of float
        One value per epoch and name, all of one length.
    phases : mapping of str to int, optional
        Phases in order with their number of epochs.
    remarks : mapping of int to str, optional
        By epoch, counted from 1.
    """
    lengths = {name: len(values) for name, values in history.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"expected curves of one length, received {lengths or 'none'}.")
    epochs = next(iter(lengths.values()))
    names = [name for name, count in (phases or {"": epochs}).items() for _ in range(count)]
    if len(names) != epochs:
        raise ValueError(
            f"expected phases that add up to {epochs} epochs, received {dict(phases or {})}."
        )
    rows = [
        (
            str(at + 1),
            names[at],
            *(f"{values[at]:.3f}" for values in history.values()),
            (remarks or {}).get(at + 1, ""),
        )
        for at in range(epochs)
    ]
    headers = ("epoch", "phase", *(name.replace("_", " ") for name in history), "remark")
    return _without_empty_columns(Table(caption, headers, tuple(rows)))


def _without_empty_columns(table: Table) -> Table:
    kept = [at for at in range(len(table.headers)) if any(row[at] for row in table.rows)]
    rows = tuple(tuple(row[at] for at in kept) for row in table.rows)
    return Table(table.caption, tuple(table.headers[at] for at in kept), rows)
