"""Animals seen from the side or from above."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import eye, fur, pair, shine
from course.pictures.drawing.shapes import (
    arc,
    capsule,
    ellipse,
    move,
    petal,
    points,
    smooth,
    spiral,
)


def bird(c: Brush, rng: Rng, p: Palette) -> None:
    """A songbird from the side: beak, folded wing with feathers, tail, thin legs."""
    plump, beak = rng.uniform(0.42, 0.56), rng.uniform(0.2, 0.4)
    for i, spread in enumerate((-8, 4, 16)):
        c.fill(
            move(petal(0.74, 0.2, "strap"), (0.3, 0.2), 105 + spread),
            darken(p.main, 0.2 + 0.12 * i),
        )
    for x in (-0.08, 0.14):
        c.line([(x, 0.45), (x - 0.04, 0.9), (x - 0.2, 0.93)], 0.045, darken(p.accent, 0.4))
    c.fill(points((-0.72, -0.5), (-0.72 - beak, -0.36), (-0.66, -0.24)), p.accent, 0.3)
    c.fill(ellipse((0, 0.15), 0.64, plump, 18), p.main, 0.4)
    c.fill(ellipse((-0.2, 0.3), 0.42, plump * 0.66, 25), p.pale, 0.15)
    c.fill(ellipse((-0.48, -0.36), 0.36, 0.34), p.main, 0.35)
    if rng.random() < 0.4:
        c.fill(move(petal(0.4, 0.16, "pointed"), (-0.4, -0.6), rng.uniform(15, 60)), p.second)
    lift = rng.uniform(45, 80) if rng.random() < 0.3 else 0.0
    for i in range(4):
        feather = petal(0.78 - 0.1 * i + 0.003 * lift, 0.24, "oval")
        feather = move(feather, (-0.2 + 0.004 * lift, -0.02 + 0.04 * i), 100 - lift + 9 * i)
        c.fill(feather, mix(p.second, darken(p.second, 0.4), i / 4), 0.35)
    eye(c, (-0.54, -0.42), 0.09, None)


def fish(c: Brush, rng: Rng, p: Palette) -> None:
    """A fish from the side: tail, fins, gill and rows of scales."""
    deep, long = rng.uniform(0.34, 0.56), rng.uniform(0.62, 0.72)
    for side in (-1, 1):
        c.fill(
            move(petal(0.55, 0.4, "heart"), (0.5, 0), 90 + side * rng.uniform(24, 36)),
            p.accent,
            0.4,
        )
    for side, size in ((-1, rng.uniform(0.3, 0.5)), (1, 0.25)):
        fin = smooth(
            [(-0.35, side * deep * 0.7), (0.1, side * (deep + size)), (0.35, side * deep * 0.5)]
        )
        c.fill(fin, darken(p.accent, 0.15), 0.3)
    body = smooth(
        [
            (-0.95, 0.03),
            (-0.55, -deep * 0.85),
            (-0.1, -deep),
            (long, -0.1),
            (long, 0.1),
            (-0.1, deep),
            (-0.55, deep * 0.85),
        ]
    )
    c.fill(body, p.main, 0.45)
    _fish_pattern(c, rng, p, deep)
    c.line(arc((-0.62, 0), 0.16, deep * 0.75, -70, 70, 9), 0.035, darken(p.main, 0.5))
    c.fill(move(petal(0.34, 0.24, "oval"), (-0.3, deep * 0.25), 115), p.accent, 0.3)
    eye(c, (-0.68, -deep * 0.25), rng.uniform(0.09, 0.13), p.second)


def _fish_pattern(c: Brush, rng: Rng, p: Palette, deep: float) -> None:
    if rng.random() < 0.4:
        for x in (-0.2, 0.1, 0.4):
            reach = deep * (0.93 - 0.75 * max(x, 0) ** 1.2)
            c.fill(
                smooth(
                    [
                        (x - 0.07, -reach),
                        (x + 0.07, -reach),
                        (x + 0.1, 0),
                        (x + 0.07, reach),
                        (x - 0.07, reach),
                        (x, 0),
                    ]
                ),
                p.second,
                0.2,
            )
        return
    for i, x in enumerate(np.arange(-0.35, 0.55, 0.13)):
        reach = deep * (0.8 - 0.7 * max(x, 0))
        for y in np.arange(-reach, reach + 0.01, 0.15) + 0.07 * (i % 2):
            c.line(arc((x, y), 0.08, 0.075, -80, 80, 6), 0.025, darken(p.main, 0.4))


def butterfly(c: Brush, rng: Rng, p: Palette) -> None:
    """Four patterned wings on a thin body with feelers."""
    fore, hind = rng.uniform(0.85, 1.0), rng.uniform(0.6, 0.8)
    spread, kinds = rng.uniform(48, 62), ["round", "oval", "heart"]
    kind = kinds[int(rng.integers(3))]
    for length, width, angle, tone in (
        (hind, 0.62, spread + 70, p.second),
        (fore, 0.72, spread, p.main),
    ):
        for scale, color in ((1, darken(tone, 0.6)), (0.87, tone)):
            for wing in pair(
                move(petal(length, width, kind), angle_deg=angle, scale=scale), 0.04, 0
            ):
                c.fill(wing, color, 0.35)
        for reach, radius in ((0.72, 0.12), (0.45, 0.07)):
            x, y = (
                length * reach * np.sin(np.deg2rad(angle)),
                -length * reach * np.cos(np.deg2rad(angle)),
            )
            for spot in pair(ellipse((0, 0), radius), x + 0.04, y):
                c.fill(spot, p.accent, 0.2)
    for feeler in pair(smooth([(0, 0), (0.08, -0.3), (0.25, -0.5)], False), 0.02, -0.3):
        c.line(feeler, 0.025, p.ink)
    c.fill(capsule((0, -0.28), (0, 0.5), 0.08, 0.04), p.ink, 0.4)
    c.fill(ellipse((0, -0.36), 0.1), p.ink, 0.3)


def spider(c: Brush, rng: Rng, p: Palette) -> None:
    """Eight bent legs around a small head and a large marked abdomen."""
    fat, knee = rng.uniform(0.28, 0.42), rng.uniform(0.5, 0.7)
    for angle in (-62, -25, 15, 52):
        up = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        bend = up * knee + (0.08, -0.22)
        foot = up * rng.uniform(0.95, 1.1) * (1, 0.95) + (0.02, 0.1)
        for side in (1, -1):
            leg = np.array([(0.08, -0.1), bend, foot]) * (side, 1)
            c.line(leg, [0.09, 0.07, 0.035], darken(p.main, 0.35))
    c.fill(fur(rng, (0, 0.3), fat, fat * 1.2, 34, 0.08), p.main, 0.5)
    for i in range(3):
        c.fill(ellipse((0, 0.1 + 0.18 * i), fat * (0.5 - 0.12 * i), 0.06), p.accent, 0)
    c.fill(fur(rng, (0, -0.22), 0.22, 0.24, 24, 0.08), darken(p.main, 0.15), 0.4)
    for x, y in ((0.06, -0.38), (0.15, -0.33)):
        for e in pair(ellipse((0, 0), 0.04), x, y):
            c.fill(e, lighten(p.pale, 0.6), 0)


def turtle(c: Brush, rng: Rng, p: Palette) -> None:
    """A plated shell with head, tail and four flippers, from above or from the side."""
    if rng.random() < 0.5:
        _turtle_above(c, rng, p)
    else:
        _turtle_side(c, rng, p)


def _turtle_above(c: Brush, rng: Rng, p: Palette) -> None:
    for angle, reach in ((48, 0.95), (132, 0.85)):
        for leg in pair(move(petal(reach, 0.36, "oval"), (0, 0.08), angle), 0, 0):
            c.fill(leg, p.second, 0.3)
    c.fill(move(petal(0.98, 0.1, "pointed"), (0, 0.05), 180), p.second)
    c.fill(ellipse((0, -0.74), 0.2, 0.25), p.second, 0.35)
    for e in pair(ellipse((0, 0), 0.045), 0.12, -0.84):
        c.fill(e, p.ink, 0)
    wide = rng.uniform(0.55, 0.68)
    c.fill(ellipse((0, 0.08), wide * 1.08, 0.74), darken(p.main, 0.5), 0)
    c.fill(ellipse((0, 0.06), wide, 0.67), p.main, 0.5)
    for x, y, r in [(0, y, 0.19) for y in (-0.3, 0.07, 0.44)] + [
        (s * 0.34, y, 0.16) for s in (-1, 1) for y in (-0.13, 0.26)
    ]:
        hexagon = move(
            np.array([(np.cos(a), np.sin(a)) for a in np.arange(6) * np.pi / 3]), (x, y), 0, r
        )
        c.fill(hexagon, darken(p.main, 0.55), 0)
        c.fill(move(hexagon, (-x, -y)) * 0.8 + (x, y), mix(p.main, p.accent, 0.6), 0.3)


def _turtle_side(c: Brush, rng: Rng, p: Palette) -> None:
    tall = rng.uniform(0.62, 0.85)
    for x in (-0.42, 0.38):
        c.fill(capsule((x, 0.35), (x - 0.06, 0.72), 0.16, 0.13), p.second, 0.35)
    c.fill(points((0.6, 0.25), (0.98, 0.45), (0.6, 0.45)), p.second)
    c.fill(capsule((-0.5, 0.3), (-0.82, -0.02), 0.14), p.second, 0.3)
    c.fill(ellipse((-0.82, -0.08), 0.2, 0.17), p.second, 0.35)
    eye(c, (-0.88, -0.12), 0.055, None)
    shell = np.concatenate(
        [arc((0.02, 0.38), 0.72, tall, 180, 360, 24), arc((0.02, 0.38), 0.72, 0.1, 0, 180, 8)]
    )
    c.fill(shell, p.main, 0.5)
    for x, top in ((-0.4, 0.52), (0.02, 0.68), (0.44, 0.52)):
        plate = points(
            (x - 0.17, 0.28),
            (x + 0.17, 0.28),
            (x + 0.13, 0.34 - tall * top),
            (x - 0.11, 0.34 - tall * top),
        )
        c.fill(plate, mix(p.main, p.accent, 0.6), 0.35)
    c.line(arc((0.02, 0.38), 0.74, 0.1, 0, 180, 10), 0.06, darken(p.main, 0.5))


def snail(c: Brush, rng: Rng, p: Palette) -> None:
    """A spiral shell on a long foot, with two stalked eyes."""
    r, turns = rng.uniform(0.5, 0.6), rng.uniform(2.2, 3.2)
    foot = smooth(
        [
            (-0.95, 0.35),
            (-0.8, 0.1),
            (-0.62, 0.35),
            (-0.2, 0.62),
            (0.95, 0.72),
            (0.6, 0.85),
            (-0.6, 0.85),
            (-0.85, 0.7),
        ]
    )
    for x, tip in ((-0.86, -1.0), (-0.74, -0.7)):
        stalk = np.array([(x, 0.25), ((x + tip) / 2, 0), (tip, -0.22)])
        c.line(stalk, 0.06, p.second)
        c.fill(ellipse((tip, -0.24), 0.07), p.ink, 0.2)
    c.fill(foot, p.second, 0.35)
    center = (0.15, 0.1)
    c.fill(ellipse(center, r * 1.08), darken(p.main, 0.5), 0)
    c.fill(ellipse(center, r), p.main, 0.45)
    coil = move(spiral((0, 0), 0.02, r * 0.97, turns, 50), center, rng.uniform(0, 360))
    c.line(coil, np.linspace(0.04, 0.12, 50), darken(p.accent, 0.25))
    shine(c, (0.15 - r * 0.4, 0.1 - r * 0.5), 0.09, 0.04, p.main)


def horse(c: Brush, rng: Rng, p: Palette) -> None:
    """A horse from the side: mane, tail, four thin legs; sometimes spotted."""
    leg, girth = rng.uniform(0.075, 0.1), rng.uniform(0.26, 0.34)
    tail = smooth([(0.6, -0.05), (0.85, 0.05), (0.85, 0.4), (0.75, 0.7)], False)
    c.line(tail, np.linspace(0.1, 0.22, len(tail)), p.second)
    for x, step, tone in (
        (-0.28, 0.1, 0.3),
        (0.4, -0.1, 0.3),
        (-0.4, -0.08, 0.05),
        (0.52, 0.06, 0.05),
    ):
        stance = step * rng.uniform(-0.5, 1.6)
        limb = np.array([(x, 0.15), (x + stance * 0.3, 0.55), (x + stance, 0.92)])
        c.line(limb, [leg * 2.4, leg * 1.3, leg * 1.2], darken(p.main, tone))
        c.fill(ellipse((x + stance - 0.02, 0.93), 0.09, 0.06), p.ink, 0)
    c.fill(ellipse((0.06, 0.1), 0.6, girth), p.main, 0.4)
    if rng.random() < 0.4:
        for x, y in ((0.3, 0), (0, 0.18), (0.05, -0.05), (0.45, 0.2)):
            c.fill(fur(rng, (x, y), 0.13, 0.1, 12, 0.25), p.pale, 0)
    neck = smooth(
        [(-0.2, -0.12), (-0.42, -0.6), (-0.62, -0.72), (-0.7, -0.35), (-0.52, 0.15), (-0.3, 0.3)]
    )
    c.fill(neck, p.main, 0.3)
    c.fill(move(petal(0.26, 0.13, "pointed"), (-0.5, -0.68), 12), darken(p.main, 0.15))
    c.fill(capsule((-0.56, -0.62), (-0.86, -0.28), 0.17, 0.1), p.main, 0.35)
    mane = smooth([(-0.5, -0.82), (-0.3, -0.66), (-0.14, -0.2), (-0.28, -0.15), (-0.42, -0.55)])
    c.fill(move(mane, (0.0, 0.0)), p.second, 0.3)
    eye(c, (-0.62, -0.6), 0.055, None)
    c.fill(ellipse((-0.9, -0.28), 0.03), p.ink, 0)


def sea_urchin(c: Brush, rng: Rng, p: Palette) -> None:
    """A round body that bristles with long spines on every side."""
    spines, reach, body = int(rng.integers(34, 60)), rng.uniform(0.85, 1.0), rng.uniform(0.36, 0.5)
    for layer, tone in ((1.0, darken(p.main, 0.35)), (0.8, p.main), (0.55, lighten(p.main, 0.3))):
        for i in range(int(spines * (0.4 + layer / 3))):
            angle = i * 137.5 + layer * 60
            spine = petal(reach * layer * rng.uniform(0.8, 1), 0.075, "pointed")
            c.fill(move(spine, angle_deg=angle), tone, 0)
        c.fill(ellipse((0, 0), body * layer), mix(tone, p.second, 0.3), 0.4)
    for x, y in [(0.25 * np.cos(a), 0.25 * np.sin(a)) for a in np.arange(8) * np.pi / 4]:
        c.fill(ellipse((x * body * 2, y * body * 2), 0.035), p.accent, 0)
