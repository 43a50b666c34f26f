"""House, castle, chair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.pictures.drawing.color import Color, darken, lighten
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.shapes import Point, arc, box, ellipse, points, rounded_box


def house(c: Brush, rng: Rng, p: Palette) -> None:
    """Walls, a gabled roof, a door, windows with crossbars and often a chimney."""
    wide, eaves = rng.uniform(0.62, 0.8), rng.uniform(-0.25, 0.05)
    peak = eaves - rng.uniform(0.5, 0.75)
    if rng.random() < 0.7:
        x = wide * rng.uniform(0.35, 0.6)
        c.fill(box((x, (eaves + peak) / 2 - 0.05), 0.18, 0.6), darken(p.accent, 0.2), 0.35)
    c.fill(box((0, (eaves + 0.92) / 2), 2 * wide, 0.92 - eaves), p.main, 0.25)
    _siding(c, rng, p, wide, eaves)
    roof = points(
        (-wide - 0.16, eaves + 0.06),
        (-wide * rng.uniform(0, 0.7), peak),
        (wide * rng.uniform(0, 0.7), peak),
        (wide + 0.16, eaves + 0.06),
    )
    c.fill(roof, p.second, 0.35)
    for y in np.linspace(peak, eaves, 5)[1:-1]:
        half = 0.9 * wide * (y - peak) / (eaves - peak) + 0.05
        c.line(points((-half, y), (half, y)), 0.02, darken(p.second, 0.35))
    door = rng.choice([-0.38, 0.0, 0.38]) * wide * 1.2
    c.fill(box((door, 0.65), 0.3, 0.54), p.accent, 0.25)
    c.fill(ellipse((door + 0.09, 0.66), 0.03), p.pale, 0)
    for x in (-0.55 * wide, 0.55 * wide):
        if abs(x - door) > 0.32:
            _window(c, p, x, (eaves + 0.92) / 2 - 0.05)


def _siding(c: Brush, rng: Rng, p: Palette, wide: float, eaves: float) -> None:
    if rng.random() < 0.5:
        for y in np.arange(eaves + 0.12, 0.9, 0.11):
            c.line(points((-wide, y), (wide, y)), 0.015, darken(p.main, 0.22))


def _window(c: Brush, p: Palette, x: float, y: float) -> None:
    c.fill(box((x, y), 0.36, 0.4), lighten(p.pale, 0.5), 0.1)
    c.fill(box((x, y), 0.28, 0.32), darken(p.ink, 0.1), 0)
    c.line(points((x - 0.14, y), (x + 0.14, y)), 0.03, lighten(p.pale, 0.5))
    c.line(points((x, y - 0.16), (x, y + 0.16)), 0.03, lighten(p.pale, 0.5))


def castle(c: Brush, rng: Rng, p: Palette) -> None:
    """A battlemented wall with a gate between towers, some with pointed roofs and flags."""
    roofed = rng.random() < 0.55
    tall = rng.uniform(-0.75, -0.5) + 0.3 * roofed
    if rng.random() < 0.6:
        _tower(c, rng, p, 0, 0.24, tall - 0.05, roofed)
    c.fill(box((0, 0.5), 1.2, 0.9), p.main, 0.25)
    _battlement(c, p.main, 0, 0.6, 0.05, 5)
    for x in (-0.68, 0.68):
        _tower(c, rng, p, x, rng.uniform(0.23, 0.28), tall + 0.25, roofed)
    _bricks(c, rng, p)
    gate = np.concatenate(
        [arc((0, 0.5), 0.24, 0.26, 180, 360, 12), points((0.24, 0.95), (-0.24, 0.95))]
    )
    c.fill(gate, p.ink, 0.1)
    for x in (-0.12, 0, 0.12):
        c.line(points((x, 0.3), (x, 0.94)), 0.025, p.second)


def _tower(c: Brush, rng: Rng, p: Palette, x: float, half: float, top: float, roofed: bool) -> None:
    c.fill(box((x, (top + 0.95) / 2), 2 * half, 0.95 - top), darken(p.main, 0.1), 0.45)
    if roofed:
        c.fill(
            points((x - half - 0.07, top + 0.03), (x, top - 0.5), (x + half + 0.07, top + 0.03)),
            p.second,
            0.4,
        )
    else:
        c.fill(box((x, top), 2 * half + 0.1, 0.12), darken(p.main, 0.1), 0.2)
        _battlement(c, darken(p.main, 0.1), x, half + 0.05, top - 0.05, 3)
    c.fill(rounded_box((x, top + 0.3), 0.1, 0.22, 0.05), p.ink, 0)


def _battlement(c: Brush, tone: Color, x: float, half: float, y: float, count: int) -> None:
    width = 2 * half / (2 * count - 1)
    for i in range(count):
        c.fill(box((x - half + (2 * i + 0.5) * width, y - 0.05), width, 0.16), tone, 0.2)


def _bricks(c: Brush, rng: Rng, p: Palette) -> None:
    for _ in range(12):
        x, y = rng.uniform(-0.85, 0.85), rng.uniform(0.15, 0.85)
        c.line(points((x - 0.05, y), (x + 0.05, y)), 0.035, darken(p.main, 0.3))


def chair(c: Brush, rng: Rng, p: Palette) -> None:
    """A chair at an angle: four legs, a seat, a back of slats or a cushion."""
    lean, deep, leg = rng.uniform(0.12, 0.3), rng.uniform(0.2, 0.34), rng.uniform(0.07, 0.12)
    left, right, seat = -0.5, 0.45, 0.15
    back = [(left + lean, seat - deep), (right + lean, seat - deep)]
    for x, y in back:
        c.fill(box((x, y + 0.45), leg, 0.8), darken(p.main, 0.4), 0.3)
    _chair_back(c, rng, p, back, leg)
    top = points((left, seat), (right, seat), *back[::-1])
    c.fill(top, p.second, 0.3)
    c.fill(
        box(((left + right) / 2, seat + 0.05), right - left + leg, 0.11),
        darken(p.second, 0.25),
        0.25,
    )
    for x in (left, right):
        c.fill(box((x, seat + 0.48), leg, 0.82), p.main, 0.4)
    if rng.random() < 0.5:
        c.fill(box(((left + right) / 2, seat + 0.45), right - left, 0.06), p.main, 0)


def _chair_back(c: Brush, rng: Rng, p: Palette, back: Sequence[Point], leg: float) -> None:
    (x0, y), (x1, _) = back
    top, slats = rng.uniform(-1.0, -0.85), int(rng.integers(0, 6))
    if slats < 2:
        c.fill(
            rounded_box(((x0 + x1) / 2, (top + y) / 2), x1 - x0 + 0.12, y - top, 0.2), p.main, 0.4
        )
        c.fill(
            rounded_box(((x0 + x1) / 2, (top + y) / 2), x1 - x0 - 0.14, y - top - 0.25, 0.14),
            p.second,
            0.4,
        )
        return
    for x in np.linspace(x0, x1, slats + 2):
        c.fill(box((x, (top + y) / 2), leg * 0.75, y - top), darken(p.main, 0.15), 0.3)
    for height in (top + 0.06, y - 0.16):
        c.fill(rounded_box(((x0 + x1) / 2, height), x1 - x0 + leg, 0.17, 0.06), p.main, 0.35)
