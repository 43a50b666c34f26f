"""Plants that are no flowers: tree, cactus, leaf, fern, mushroom, pine cone, cabbage."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import Color, darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import both_sides, tube, turned, wavy
from course.pictures.drawing.shapes import (
    Points,
    arc,
    ellipse,
    move,
    petal,
    points,
    rounded_box,
    smooth,
)


def tree(c: Brush, rng: Rng, p: Palette) -> None:
    """A fir of stacked tiers, or a crown of leaf clumps on a trunk."""
    trunk = rng.uniform(0.1, 0.2)
    path = smooth(points((0, 0.98), (0, 0.5), (rng.normal(0, 0.05), -0.2)), closed=False)
    c.fill(tube(path, np.linspace(trunk * 1.8, trunk, len(path))), p.second, 0.45)
    if rng.random() < 0.5:
        _fir_tiers(c, rng, p)
    else:
        _leaf_clumps(c, rng, p)


def _fir_tiers(c: Brush, rng: Rng, p: Palette) -> None:
    tiers, width = int(rng.integers(3, 6)), rng.uniform(0.5, 0.8)
    for i in reversed(range(tiers)):
        top, bottom = -1 + 1.25 * i / tiers, -1 + 1.6 * (i + 1.1) / tiers
        half = width * (i + 1.2) / tiers
        hem = np.stack([np.linspace(half, -half, 13), bottom - 0.09 * (np.arange(13) % 2)], 1)
        c.fill(np.concatenate([points((0, top)), hem]), darken(p.main, 0.35 * i / tiers), 0.4)


def _leaf_clumps(c: Brush, rng: Rng, p: Palette) -> None:
    wide, tall = rng.uniform(0.42, 0.62), rng.uniform(0.36, 0.5)
    for i in range(11):
        x, y = turned(i * 137.5, np.sqrt((10 - i) / 11)) * (wide, tall)
        r = rng.uniform(0.22, 0.34)
        clump = wavy((x, y - 0.38), r, r, int(rng.integers(7, 11)), 0.07, i * 40)
        c.fill(
            clump, lighten(p.main, 0.22) if i % 3 == 2 else darken(p.main, 0.26 - 0.02 * i), 0.35
        )


def cactus(c: Brush, rng: Rng, p: Palette) -> None:
    """A ribbed column with arms, or a ribbed ball, with spines; sometimes in a pot."""
    if rng.random() < 0.3:
        _ball_cactus(c, rng, p)
    else:
        _column_cactus(c, rng, p)
    if rng.random() < 0.5:
        c.fill(both_sides([(0.5, 0.55), (0.36, 1.0)]), p.second, 0.45)
        c.fill(rounded_box((0, 0.54), 1.12, 0.18, 0.04), lighten(p.second, 0.2), 0.35)


def _column_cactus(c: Brush, rng: Rng, p: Palette) -> None:
    w = rng.uniform(0.34, 0.5)
    for side in (-1, 1)[: int(rng.integers(1, 3))]:
        reach, low, high = (
            side * rng.uniform(0.5, 0.68),
            rng.uniform(0, 0.35),
            rng.uniform(0.4, 0.7),
        )
        arm = points((0, low), (reach * 0.75, low), (reach, low - 0.15), (reach, low - high))
        _ribbed(c, smooth(arm, closed=False), w * 0.65, p)
    _ribbed(c, smooth(points((0, 0.9), (0, 0.3), (0, -0.72)), closed=False), w, p)


def _ribbed(c: Brush, path: Points, width: float, p: Palette) -> None:
    tip, back = path[-1], path[-2]
    end = (tip - back) / np.linalg.norm(tip - back)
    dome = np.linspace(0, np.pi / 2, 6)[1:, None]
    path = np.concatenate([path, tip + end * np.sin(dome).astype(np.float32) * width / 2])
    thick = np.concatenate([np.full(len(path) - 5, width), width * np.cos(dome[:, 0]) + 0.01])
    c.fill(tube(path, thick), p.main, 0.5)
    for shift in (-0.28, 0, 0.28):
        c.line(path[:-4] + (shift * width, 0), 0.022, darken(p.main, 0.45))
    for x, y in path[1:-2:3]:
        for side in (-1, 1):
            root = np.array([x + side * width / 2, y])
            c.line(np.stack([root, root + (side * 0.09, -0.04)]), 0.016, p.pale)


def _ball_cactus(c: Brush, rng: Rng, p: Palette) -> None:
    c.fill(ellipse((0, 0.1), 0.72, 0.78), p.main, 0.5)
    for share in np.linspace(-0.85, 0.85, 7):
        rib = arc((0, 0.1), 0.72 * share, 0.77, -85, 85, 14)
        c.line(rib, 0.03, darken(p.main, 0.4))
        for x, y in rib[1:-1:2]:
            for tilt in (-60, 0, 60):
                c.line(np.stack([(x, y), (x, y) + turned(tilt, 0.1)]), 0.014, p.pale)
    for angle in np.arange(0, 360, 24):
        edge = turned(float(angle), 1.0) * (0.72, 0.78) + (0, 0.1)
        c.line(np.stack([edge, edge + turned(float(angle), 0.12)]), 0.016, p.pale)


def leaf(c: Brush, rng: Rng, p: Palette) -> None:
    """One leaf with midrib and side veins: smooth, toothed or lobed like a maple's."""
    c.line(
        smooth(points((0, 0.55), (0, 0.8), (rng.uniform(-0.2, 0.2), 1.0)), False),
        0.07,
        darken(p.main, 0.4),
    )
    if rng.random() < 0.3:
        _maple_leaf(c, rng, p)
        return
    kind = ("oval", "pointed", "round")[int(rng.integers(3))]
    body = move(petal(1.65, rng.uniform(0.75, 1.25), kind, 5), (0, 0.72))
    if rng.random() < 0.5:
        body[:, 0] *= 1 - 0.13 * (np.arange(len(body)) % 2)
    c.fill(body, p.main, 0.35)
    c.fill(body[body[:, 0] >= -0.001], darken(p.main, 0.2), 0.15)
    for y in np.linspace(0.5, -0.6, int(rng.integers(6, 10))):
        reach = 0.8 * np.interp(-y, -body[: len(body) // 2, 1], body[: len(body) // 2, 0])
        for side in (-1, 1):
            c.line(points((0, y), (side * reach, y - reach * 0.45)), 0.02, lighten(p.main, 0.45))
    c.line(points((0, 0.72), (0, -0.88)), 0.035, lighten(p.main, 0.5))


def _maple_leaf(c: Brush, rng: Rng, p: Palette) -> None:
    lobes, broad = [(0, 1.12), (58, 1.0), (112, 0.72)], rng.uniform(0.55, 0.7)
    right: list[Points] = []
    for angle, reach in lobes:
        for step, share in ((-17, 0.72), (-11, 0.7), (0, 1.0), (11, 0.7), (17, 0.74)):
            if angle + step >= 0:
                right.append(turned(angle + step, reach * share))
        right.append(turned(angle + 29, broad * reach * 0.85))
    middle = np.array([0, 0.2], np.float32)
    c.fill(both_sides(np.stack(right) + middle), p.main, 0.35)
    for angle, reach in lobes:
        for side in (-1, 1):
            tip = turned(side * angle, reach * 0.88) + middle
            c.line(np.stack([middle + (0, 0.2), tip]), 0.03, lighten(p.main, 0.45))


def fern(c: Brush, rng: Rng, p: Palette) -> None:
    """A curved frond with leaflets on both sides, shorter toward the tip."""
    bend = rng.uniform(-0.5, 0.5)
    rib = smooth(points((-bend * 0.6, 1), (0, 0.4), (bend * 0.1, -0.3), (bend, -0.95)), False, 8)
    pairs, slant = int(rng.integers(9, 15)), rng.uniform(50, 78)
    width, longest = rng.uniform(0.11, 0.19), rng.uniform(0.55, 0.8)
    for i in range(pairs):
        s = 0.12 + 0.85 * i / pairs
        k = int(s * (len(rib) - 1))
        dx, dy = rib[min(k + 1, len(rib) - 1)] - rib[k - 1]
        up = np.degrees(np.arctan2(dx, -dy))
        for side in (-1, 1):
            leaflet = petal(longest * (1.05 - s) ** 0.8, width, "pointed")
            tone = p.main if side > 0 else darken(p.main, 0.25)
            c.fill(move(leaflet, rib[k], up + side * slant), tone, 0.3)
    c.line(rib, 0.04, lighten(p.main, 0.3))


def mushroom(c: Brush, rng: Rng, p: Palette) -> None:
    """A domed cap on a stem, often with spots, its gills seen from below."""
    cap, w, h = rng.uniform(0.6, 0.95), rng.uniform(0.14, 0.3), rng.uniform(0.55, 1.0)
    rim = rng.uniform(-0.1, 0.2)
    stem = smooth(points((w, rim), (w * 0.85, rim + 0.4), (w * rng.uniform(1, 1.6), 0.95)), False)
    c.fill(both_sides(stem), p.pale, 0.45)
    c.fill(ellipse((0, rim), cap * 0.97, 0.16), darken(p.pale, 0.3), 0.2)
    for t in np.linspace(-0.9, 0.9, 13):
        low = rim + 0.14 * np.sqrt(1 - t * t)
        c.line(points((t * w, rim - 0.05), (t * cap, low)), 0.02, darken(p.pale, 0.5))
    if rng.random() < 0.5:
        c.fill(ellipse((0, rim + 0.3), w * 1.35, 0.07), lighten(p.pale, 0.4), 0.3)
    dome, under = arc((0, rim), cap, h, 180, 360), arc((0, rim), cap, 0.1, 0, 180)
    c.fill(np.concatenate([dome, under]), p.main, 0.5)
    if rng.random() < 0.65:
        _spots(c, rng, p, cap, rim, h)


def _spots(c: Brush, rng: Rng, p: Palette, cap: float, rim: float, h: float) -> None:
    for angle, reach in (
        (-62, 0.75),
        (-35, 0.4),
        (-18, 0.8),
        (10, 0.35),
        (22, 0.72),
        (48, 0.5),
        (62, 0.82),
    ):
        x, y = turned(angle + rng.uniform(-7, 7), reach)
        r = rng.uniform(0.06, 0.13)
        c.fill(ellipse((x * cap, rim + y * h), r * 1.2, r, angle), p.second, 0.25)


def pine_cone(c: Brush, rng: Rng, p: Palette) -> None:
    """Rows of overlapping scales on an egg shape, small at both ends."""
    wide, rows = rng.uniform(0.5, 0.7), int(rng.integers(6, 9))
    c.line(points((0, -0.7), (rng.uniform(-0.1, 0.1), -1.0)), 0.1, darken(p.second, 0.3))
    c.fill(ellipse((0, -0.05), wide, 0.84), darken(p.main, 0.55), 0.3)
    for row in reversed(range(rows)):
        share = row / (rows - 1)
        girth = np.sin(np.pi * (0.16 + 0.72 * share**0.85))
        y = -0.86 + 1.42 * share
        for x in sorted(np.linspace(-1, 1, 5 if row % 2 else 4), key=abs, reverse=True):
            length, root = 0.24 + 0.2 * girth, (x * wide * girth * 0.8, y)
            scale = petal(length, wide * (0.3 + 0.38 * girth), "spoon")
            scale = move(scale, root, 180 - x * 42)
            c.fill(scale, darken(p.main, 0.3 * abs(x)), 0.5)
            middle = len(scale) // 2
            c.line(scale[middle - 3 : middle + 4], 0.025, lighten(p.main, 0.4))


def cabbage(c: Brush, rng: Rng, p: Palette) -> None:
    """Ruffled, veined leaves wrapped around a heart, seen from above."""
    phase = rng.uniform(0, 360)
    for depth, (radius, leaves) in enumerate([(0.95, 5), (0.76, 5), (0.55, 4), (0.34, 3)]):
        tone = mix(p.main, p.pale, depth / 5)
        for i in range(leaves):
            _cabbage_leaf(c, rng, phase + depth * 40 + i * 360 / leaves, radius, tone)


def _cabbage_leaf(c: Brush, rng: Rng, angle: float, radius: float, tone: Color) -> None:
    middle = turned(angle, radius * 0.45)
    ruffle = wavy((0, 0), radius * 0.58, radius * 0.55, int(rng.integers(7, 12)), 0.05, angle)
    c.fill(ruffle * np.float32(1.05) + middle, darken(tone, 0.4), 0)
    c.fill(ruffle + middle, tone, 0.35)
    root = middle - turned(angle, radius * 0.3)
    for fan in (-40, -14, 14, 40):
        c.line(
            np.stack([root, middle + turned(angle + fan, radius * 0.46)]), 0.022, lighten(tone, 0.5)
        )
