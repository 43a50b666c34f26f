"""Things with a use: scissors, key, umbrella, gear, wheel, clock."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from course.pictures.drawing.color import darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import spokes, turned
from course.pictures.drawing.shapes import (
    arc,
    box,
    ellipse,
    move,
    points,
    ring,
    rounded_box,
    sector,
    smooth,
    stroke,
)
from course.pictures.drawing.shapes import (
    gear as gear_rim,
)


def scissors(c: Brush, rng: Rng, p: Palette) -> None:
    """Two crossed blades with ring handles, more or less open."""
    opening, loop = rng.uniform(15, 38), rng.uniform(0.22, 0.28)
    steel = mix(p.pale, p.ink, rng.uniform(0.1, 0.4))
    for side in (-1, 1):
        with c.at((0, 0.05), side * opening):
            c.fill(
                points(
                    (-0.1 * side, 0.12),
                    (0.09 * side, 0.05),
                    (0.05 * side, -0.95),
                    (-0.03 * side, -1.0),
                ),
                steel,
                0.4,
            )
            c.fill(
                stroke(smooth([(0, 0), (-0.04 * side, 0.2), (-0.02 * side, 0.5)], False), 0.14),
                p.main,
                0.35,
            )
            handle = [
                move(o, (-0.02 * side, 0.66), 0, (0.85, 1.15))
                for o in ring((0, 0), loop, loop * 0.58)
            ]
            c.fill(handle, p.main, 0.4)
    c.fill(ellipse((0, 0.05), 0.065), p.ink, 0.2)


def key(c: Brush, rng: Rng, p: Palette) -> None:
    """A ring or clover bow, a shaft and a bit with teeth."""
    bow, thick, end = rng.uniform(0.38, 0.45), rng.uniform(0.12, 0.2), 0.95
    c.fill(box((0.25, 0), 1.3, thick), p.main, 0.4)
    for i in range(int(rng.integers(2, 5))):
        deep = rng.uniform(0.26, 0.48)
        c.fill(box((end - 0.1 - 0.16 * i, deep / 2), 0.11, deep), p.main, 0.3)
    for x in (-0.2, -0.05):
        c.fill(box((x, 0), 0.07, thick * 1.7), darken(p.main, 0.15), 0.3)
    kind = rng.random()
    if kind < 0.4:
        c.fill(ring((-0.55, 0), bow, bow * 0.6), p.main, 0.45)
    elif kind < 0.7:
        for angle in (100, 180, 260):
            center = np.array([-0.5, 0]) + turned(angle, bow * 0.68)
            c.fill(ring(center, bow * 0.6, bow * 0.3), p.main, 0.45)
    else:
        outer = rounded_box((-0.58, 0), bow * 1.7, bow * 2, 0.14)
        c.fill([outer, ellipse((-0.66, 0), bow * 0.3)], p.main, 0.45)


def umbrella(c: Brush, rng: Rng, p: Palette) -> None:
    """A ribbed canopy in two colors with scalloped edge, a stick and a curved handle."""
    ribs, tall = int(rng.integers(5, 9)), rng.uniform(0.6, 0.9)
    hook = [(0, -0.9), (0, 0.7), (0.05, 0.88), (0.18, 0.92), (0.28, 0.78)]
    c.line(smooth(points(*hook), False), 0.065, p.ink)
    edges = np.cos(np.linspace(np.pi, 0, ribs + 1)) * 0.97
    rim, top = 0.05, 0.05 - tall
    for i, (x0, x1) in enumerate(pairwise(edges)):
        hem = arc(((x0 + x1) / 2, rim), (x1 - x0) / 2, -0.1, 0, 180, 6)
        left = arc((0, rim), x0, -tall, 0, 90, 9)
        right = arc((0, rim), x1, -tall, 90, 0, 9)
        panel = np.concatenate([left, right, hem])
        c.fill(panel, p.main if i % 2 == 0 else p.second, 0.3)
    for x in edges[1:-1]:
        c.line(arc((0, rim), x, -tall, 0, 90, 9), 0.018, darken(p.main, 0.5))
    c.line(points((0, top + 0.02), (0, top - 0.12)), 0.05, p.ink)


def gear(c: Brush, rng: Rng, p: Palette) -> None:
    """A toothed wheel with a hub, holes or spokes."""
    teeth, depth = int(rng.integers(8, 17)), rng.uniform(0.14, 0.24)
    rim = gear_rim((0, 0), 0.97, teeth, depth, rng.uniform(0, 40))
    kind, inside = rng.random(), 0.97 - depth
    if kind < 0.4:
        holes = int(rng.integers(4, 8))
        small = [
            move(ellipse((0, 0), inside * 0.2), turned(i * 360 / holes, inside * 0.6).tolist())
            for i in range(holes)
        ]
        c.fill([rim, *small, ellipse((0, 0), inside * 0.16)], p.main, 0.45)
    elif kind < 0.75:
        c.fill([rim, ellipse((0, 0), inside * 0.74)], p.main, 0.45)
        spokes(c, (0, 0), inside * 0.8, int(rng.integers(3, 7)), 0.16, p.main)
        c.fill(ring((0, 0), inside * 0.32, inside * 0.14), p.main, 0.4)
    else:
        c.fill([rim, ellipse((0, 0), inside * rng.uniform(0.3, 0.55))], p.main, 0.5)
        c.line(ellipse((0, 0), inside * 0.82), 0.03, darken(p.main, 0.4))


def wheel(c: Brush, rng: Rng, p: Palette) -> None:
    """A cart wheel, a spoked wheel or a car's tire with its rim."""
    if rng.random() < 0.5:
        _cart_wheel(c, rng, p)
    else:
        _tire(c, rng, p)


def _cart_wheel(c: Brush, rng: Rng, p: Palette) -> None:
    count, rim = int(rng.integers(8, 15)), rng.uniform(0.12, 0.22)
    spokes(c, (0, 0), 0.9, count, rng.uniform(0.06, 0.1), p.second, rng.uniform(0, 40))
    c.fill(ring((0, 0), 0.95, 0.95 - rim), p.main, 0.45)
    c.line(ellipse((0, 0), 0.94), 0.04, p.ink)
    c.fill(ellipse((0, 0), rng.uniform(0.16, 0.25)), p.main, 0.45)
    c.fill(ellipse((0, 0), 0.08), p.ink, 0.2)


def _tire(c: Brush, rng: Rng, p: Palette) -> None:
    rubber = mix(p.ink, p.main, rng.uniform(0.1, 1.0))
    c.fill(gear_rim((0, 0), 0.97, 36, 0.05), rubber, 0.4)
    c.line(ellipse((0, 0), 0.78), 0.025, lighten(rubber, 0.25))
    inner, count = rng.uniform(0.56, 0.68), int(rng.integers(5, 8))
    c.fill(ellipse((0, 0), inner), p.second, 0.4)
    gap = 360 / count
    for i in range(count):
        hole = sector(
            (0, 0), inner * 0.86, i * gap + 0.14 * gap, i * gap + 0.86 * gap, inner * 0.36, 8
        )
        c.fill(hole, darken(rubber, 0.3), 0.15)
    c.fill(ellipse((0, 0), inner * 0.2), p.pale, 0.4)


def clock(c: Brush, rng: Rng, p: Palette) -> None:
    """A dial with twelve marks and two hands; sometimes an alarm clock with bells and feet."""
    alarm = rng.random() < 0.4
    y, r = (0.12, 0.72) if alarm else (0.0, 0.94)
    if alarm:
        for side in (-1, 1):
            c.line(points((side * 0.4, 0.6), (side * 0.58, 0.95)), 0.1, p.second)
            c.fill(
                sector((side * 0.45, -0.58), 0.27, 180 + side * 32, 360 + side * 32), p.second, 0.4
            )
        c.line(points((0, -0.5), (0, -0.85)), 0.07, p.ink)
    case = (
        ellipse((0, y), r)
        if alarm or rng.random() < 0.6
        else rounded_box((0, y), 2 * r * 0.95, 2 * r * 0.95, 0.25)
    )
    c.fill(case, p.main, 0.45)
    dial, marks = (p.ink, p.pale) if rng.random() < 0.3 else (lighten(p.second, 0.5), p.ink)
    c.fill(ellipse((0, y), r * 0.83), dial, 0.2)
    bold = rng.uniform(0.035, 0.06)
    for hour in range(12):
        reach = 0.58 if hour % 3 == 0 else 0.66
        ends = np.stack([turned(hour * 30, r * reach), turned(hour * 30, r * 0.75)]) + (0, y)
        c.line(ends, bold, marks)
    for angle, length, width in (
        (rng.uniform(0, 360), 0.42, 0.09),
        (rng.uniform(0, 360), 0.62, 0.06),
    ):
        tip = turned(angle, r * length) + (0, y)
        c.line(np.stack([np.array([0, y]) - turned(angle, 0.08), tip]), width, marks)
    c.fill(ellipse((0, y), 0.06), p.accent, 0)
