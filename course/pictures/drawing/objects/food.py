"""Things to eat: citrus slice, apple, grapes, ice cream."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import Color, darken, lighten
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import both_sides, shine, turned, wavy
from course.pictures.drawing.shapes import Point, Points, arc, ellipse, move, petal, points, smooth


def citrus_slice(c: Brush, rng: Rng, p: Palette) -> None:
    """A round or half slice: rind, pith and wedges with a little pulp in each."""
    wedges, half = int(rng.integers(8, 13)), rng.random() < 0.35
    span, center = (180, (0, -0.35)) if half else (360, (0, 0))
    wedges = wedges // 2 if half else wedges
    for radius, tone in ((0.95, p.main), (rng.uniform(0.8, 0.88), p.pale)):
        c.fill(arc(center, radius, radius, 0, span, 48), tone, 0.35)
    for i in range(wedges):
        low, high = (i + 0.07) * span / wedges, (i + 0.93) * span / wedges
        middle = turned((low + high) / 2 + 90, 0.08) + center
        rim = arc(center, 0.76, 0.76, low, high, 8)
        c.fill(np.concatenate([middle[None], rim]), lighten(p.second, rng.uniform(0, 0.12)), 0.4)
        for _ in range(4):
            start = middle + (rim[int(rng.integers(1, 7))] - middle) * rng.uniform(0.35, 0.7)
            c.line(np.stack([start, start + (start - middle) * 0.3]), 0.025, lighten(p.second, 0.4))


def apple(c: Brush, rng: Rng, p: Palette) -> None:
    """A whole apple or a half with its core, with a stalk and often a leaf."""
    wide, waist = rng.uniform(0.75, 0.92), rng.uniform(0.5, 0.75)
    right = [
        (0, -0.5),
        (0.3, -0.66),
        (wide * 0.9, -0.45),
        (wide, 0),
        (waist, 0.65),
        (0.25, 0.85),
        (0, 0.78),
    ]
    body = both_sides(smooth(points(*right), closed=False))
    stalk = smooth(points((0, -0.45), (0.04, -0.7), (rng.uniform(-0.2, 0.25), -0.98)), False)
    c.line(stalk, 0.08, p.ink)
    c.fill(body, p.main, 0.5)
    if rng.random() < 0.35:
        _core(c, body, p)
    else:
        c.fill(arc((0, -0.5), 0.28, 0.1, 0, 180), darken(p.main, 0.45), 0)
        shine(c, (-wide * 0.5, -0.2), 0.08, 0.18, p.main, 25)
    if rng.random() < 0.7:
        c.fill(
            move(petal(0.58, 0.26, "pointed"), (0.03, -0.68), rng.uniform(45, 100)), p.second, 0.35
        )


def _core(c: Brush, body: Points, p: Palette) -> None:
    c.fill(body * np.float32(0.88) + (0, 0.01), p.pale, 0.2)
    for side in (-1, 1):
        c.line(arc((0, 0.1), 0.34 * side, 0.42, -85, 85), 0.025, darken(p.pale, 0.3))
        c.fill(move(petal(0.3, 0.16, "oval"), (side * 0.13, -0.1), 180), p.ink, 0)


def grapes(c: Brush, rng: Rng, p: Palette) -> None:
    """A hanging bunch of round berries under a stalk and a leaf."""
    rows, r = int(rng.integers(5, 7)), rng.uniform(0.17, 0.2)
    stalk = smooth(points((0, -0.5), (0.02, -0.75), (rng.uniform(-0.2, 0.2), -1)), False)
    c.line(stalk, 0.07, p.ink)
    for row in range(rows):
        count = max(1, rows - row - (row == 0))
        for i in range(count):
            x = (i - (count - 1) / 2) * r * 1.75 + rng.normal(0, 0.025)
            _berry(c, (x, -0.45 + row * r * 1.5 + rng.normal(0, 0.02)), r, p.main)
    if rng.random() < 0.75:
        side = rng.choice([-1, 1])
        c.fill(wavy((side * 0.32, -0.72), 0.34, 0.27, 5, 0.2, rng.uniform(0, 360)), p.second, 0.35)
        c.line(points((0, -0.65), (side * 0.55, -0.75)), 0.025, lighten(p.second, 0.4))


def _berry(c: Brush, center: Point, r: float, tone: Color) -> None:
    c.fill(ellipse(center, r * 1.06), darken(tone, 0.5), 0)
    c.fill(ellipse(center, r, n=18), tone, 0.5)
    shine(c, (center[0] - r * 0.35, center[1] - r * 0.4), r * 0.22, r * 0.16, tone)


def ice_cream(c: Brush, rng: Rng, p: Palette) -> None:
    """One to three scoops on a waffle cone."""
    scoops, w = int(rng.integers(1, 4)), rng.uniform(0.36, 0.46)
    rim = (-0.3, -0.05, 0.15)[scoops - 1]
    big = 1.35 if scoops == 1 else 1.08
    c.fill(points((-w, rim), (w, rim), (0, 1.0)), p.second, 0.45)
    _waffle(c, w, rim, darken(p.second, 0.45))
    for i, tone in enumerate((p.main, p.accent, p.pale)[:scoops]):
        y, r = rim - 0.17 - i * 0.38, w * (big - 0.1 * i)
        c.fill(wavy((0, y + r * 0.38), r * 1.02, r * 0.32, 7, 0.1, i * 20), darken(tone, 0.2), 0.25)
        c.fill(ellipse((0, y), r * 0.95, r * 0.9), tone, 0.45)
        shine(c, (-r * 0.4, y - r * 0.4), r * 0.18, r * 0.1, tone)


def _waffle(c: Brush, w: float, rim: float, tone: Color) -> None:
    left, right, tip = np.array([-w, rim]), np.array([w, rim]), np.array([0, 1.0])
    for s in np.linspace(0.2, 0.8, 4):
        for a, b in ((left, right), (right, left)):
            c.line(np.stack([a + (b - a) * s, tip + (b - tip) * (1 - s)]), 0.022, tone)
