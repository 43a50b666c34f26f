"""Tables and charts that go with a verdict: as data, and as what a student sees.

A judge makes them of facts. Nothing in them is markup; whatever is too long for a phone is cut.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

MOST_ROWS, MOST_POINTS, LONGEST = 16, 80, 60
_HUGE = 1e12  # facts come from a sandbox: a number beyond this is drawn at the edge


def _short(text: object) -> str:
    said = str(text)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first cell of a row names it.

    Attributes
    ----------
    caption : str
        What the rows are, as a reader would say it.
    columns : tuple of str
        Headings.
    rows : tuple of tuple of str
        As many cells each as there are headings; only the first `MOST_ROWS` are kept.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(
                f"Table {self.caption!r} has {len(self.columns)} columns and a row of another "
                "length; give each row one cell per column."
            )
        rows = tuple(tuple(map(_short, row)) for row in self.rows[:MOST_ROWS])
        object.__setattr__(self, "rows", rows)


def compared(caption: str, what: str, rows: Iterable[tuple[object, object, object]]) -> Table:
    """Return a table that says, row by row, what was expected and found.

    Parameters
    ----------
    caption, what : str
        Of the table, and the heading of its first column.
    rows : iterable of (name, expected, found)
        If they are too many, those that differ come first.
    """
    made = [(str(name), str(expected), str(found)) for name, expected, found in rows]
    if len(made) > MOST_ROWS:
        made.sort(key=lambda row: row[1] == row[2])
    marked = tuple((*row, "✓ yes" if row[1] == row[2] else "✗ no") for row in made)
    return Table(caption, (what, "Expected", "Found", "Right?"), marked)


@dataclass(frozen=True)
class Line:
    """One line of a chart: its name, and a value for each place along the chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Lines over places that are numbered from 1, such as epochs.

    Attributes
    ----------
    caption : str
        What it shows.
    described : str
        What a reader sees in it, for one who cannot see it.
    across : str
        What the places are.
    lines : tuple of Line
        At most three are told apart well.
    labels : tuple of str
        Of the places, if they have names.
    marks : tuple of (str, int)
        Places to point at, and what to call them.
    log : bool
        Whether the values are drawn by their powers of ten.
    """

    caption: str
    described: str
    across: str
    lines: tuple[Line, ...]
    labels: tuple[str, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()
    log: bool = False

    def __post_init__(self) -> None:
        if not any(line.values for line in self.lines):
            raise ValueError(f"Chart {self.caption!r} has no values; leave it out.")
        lines = tuple(
            replace(line, values=tuple(map(_bounded, line.values[:MOST_POINTS])))
            for line in self.lines
        )
        object.__setattr__(self, "lines", lines)


def _bounded(value: float) -> float:
    """Return a number that can be drawn and written as JSON."""
    near = min(_HUGE, max(-_HUGE, value))  # before float(), which a huge int overflows
    return float(near) if math.isfinite(near) else 0.0


Shown = Table | Chart


def from_plain(plain: Mapping[str, Any]) -> Shown:
    """Return the table or chart that `dataclasses.asdict` and JSON made plain."""
    if "rows" in plain:
        return Table(plain["caption"], tuple(plain["columns"]), tuple(map(tuple, plain["rows"])))
    lines = tuple(Line(line["name"], tuple(line["values"])) for line in plain["lines"])
    marks = tuple((str(name), int(place)) for name, place in plain["marks"])
    return Chart(**{**plain, "lines": lines, "marks": marks, "labels": tuple(plain["labels"])})


def as_text(shown: Shown) -> str:
    """Return a table with its columns in line, or what a chart says in words."""
    if isinstance(shown, Chart):
        return f"{shown.caption}: {shown.described}"
    rows = [shown.columns, *shown.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([f"{shown.caption}:", *(f"  {line}" for line in lines)])


def as_html(shown: Shown) -> str:
    """Return a table, or a chart as a picture with its words; no script, no style of its own."""
    if isinstance(shown, Chart):
        drawn = base64.b64encode(as_svg(shown).encode()).decode()
        picture = f'<img alt="{escape(shown.described)}" src="data:image/svg+xml;base64,{drawn}">'
        return f'<div class="shown">{escape(shown.caption)}<br>{picture}</div>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in shown.columns)
    body = "".join(map(_html_row, shown.rows))
    return (
        f'<div class="shown"><table><caption>{escape(shown.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _html_row(row: Sequence[str]) -> str:
    name, *cells = map(escape, row)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


# Wide enough for a phone held upright, so that its letters are not made smaller there.
WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 334, 46, 196
# told apart by dashes as well as by color
_STROKES = (("#0b5394", "none"), ("#b45309", "7 4"), ("#4d7c0f", "2 3"))


def as_svg(chart: Chart) -> str:
    """Return the chart as a picture of its own."""
    count = max(len(line.values) for line in chart.lines)
    height = _scale(chart)
    parts = [*_axes(chart, count, height)]
    parts += [_marked(name, place, at, count) for at, (name, place) in enumerate(chart.marks)]
    for at, line in enumerate(chart.lines):
        parts += _drawn(line, count, height, at, len(chart.lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif" font-size="13">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _scale(chart: Chart) -> Callable[[float], float]:
    """Return the function from a value to its height in the picture."""
    values = [_powers(value, chart.log) for line in chart.lines for value in line.values]
    low, high = min(values), max(values)
    room = (high - low) * 0.05 or 0.5
    low, high = low - room, high + room
    return lambda value: (
        _BOTTOM - (_BOTTOM - _TOP) * (_powers(value, chart.log) - low) / (high - low)
    )


def _powers(value: float, log: bool) -> float:
    return math.log10(max(value, 1 / _HUGE)) if log else value


def _x(place: float, count: int) -> float:
    return (
        (_LEFT + _RIGHT) / 2 if count < 2 else _LEFT + (_RIGHT - _LEFT) * (place - 1) / (count - 1)
    )


def _text(x: float, y: float, said: str, anchor: str = "middle", color: str = "#1b1f24") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(said)}</text>'
    )


def _axes(chart: Chart, count: int, height: Callable[[float], float]) -> Iterable[str]:
    values = [value for line in chart.lines for value in line.values]
    low, high = min(values), max(values)
    middle = math.sqrt(low * high) if chart.log and low > 0 else (low + high) / 2
    for value in dict.fromkeys((low, middle, high)):
        y = height(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#d1d9e0"/>'
        yield _text(_LEFT - 6, y + 4, _number(value), "end")
    step = max(1, math.ceil(count / 8))
    for place in range(1, count + 1, step):
        named = chart.labels[place - 1] if place <= len(chart.labels) else str(place)
        yield _text(_x(place, count), _BOTTOM + 18, named[:8])
    yield _text((_LEFT + _RIGHT) / 2, HEIGHT - 6, chart.across)


def _number(value: float) -> str:
    return f"{value:.3g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.1e}"


def _marked(name: str, place: int, at: int, count: int) -> str:
    x = _x(min(max(place, 1), count), count)
    anchor = "start" if x < (_LEFT + _RIGHT) / 2 else "end"
    beside = x + 4 if anchor == "start" else x - 4
    line = f'<path d="M{x:.1f} {_TOP - 8}V{_BOTTOM}" stroke="#57606a" stroke-dasharray="3 3"/>'
    return line + _text(beside, _TOP + 4 + 16 * at, name, anchor, "#3d4650")


def _drawn(
    line: Line, count: int, height: Callable[[float], float], at: int, among: int
) -> Iterable[str]:
    color, dashes = _STROKES[at % len(_STROKES)]
    points = [(_x(i, count), height(value)) for i, value in enumerate(line.values, 1)]
    stroke = f'stroke="{color}" stroke-width="2" stroke-dasharray="{dashes}"'
    joined = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if points:
        yield f'<path d="M{joined}" fill="none" {stroke}/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"/>' for x, y in points)
    left = 8 + at * (WIDTH - 16) / max(2, among)
    yield f'<path d="M{left:.1f} 16h24" {stroke}/>'
    yield _text(left + 30, 20, line.name, "start")
