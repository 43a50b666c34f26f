"""A bar chart as SVG, drawn here so that it needs no script and can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 480, 200
_LEFT, _TOP, _BOTTOM = 2, 24, 30
_GAP = 5


def bars(title: str, described: str, labels: Sequence[str], counts: Sequence[int]) -> str:
    """Return an SVG with one bar per label and its count above it.

    Parameters
    ----------
    title, described : str
        What a screen reader says of it.
    labels : sequence of str
        Below the bars.
    counts : sequence of int
        One per label, 0 or more.
    """
    if len(labels) != len(counts):
        raise ValueError(f"{len(labels)} labels for {len(counts)} bars; expected as many.")
    step = (WIDTH - 2 * _LEFT) / max(1, len(counts))
    most = max([1, *counts])
    drawn = [
        _bar(_LEFT + step * at, step, count / most, label, count)
        for at, (label, count) in enumerate(zip(labels, counts, strict=True))
    ]
    floor = HEIGHT - _BOTTOM
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}: {escape(described)}">'
        f"<title>{escape(title)}</title>"
        f'<line x1="{_LEFT}" y1="{floor}" x2="{WIDTH - _LEFT}" y2="{floor}" class="axis"/>'
        + "".join(drawn)
        + "</svg>"
    )


def _bar(left: float, step: float, share: float, label: str, count: int) -> str:
    floor = HEIGHT - _BOTTOM
    height = share * (floor - _TOP)
    middle = left + step / 2
    shown = str(count) if count else ""
    return (
        f'<rect class="bar" x="{left + _GAP / 2:.1f}" y="{floor - height:.1f}" '
        f'width="{step - _GAP:.1f}" height="{height:.1f}"/>'
        f'<text x="{middle:.1f}" y="{floor - height - 6:.1f}">{shown}</text>'
        f'<text x="{middle:.1f}" y="{floor + 20}">{escape(label)}</text>'
    )
