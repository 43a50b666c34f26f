"""Guitar, pinwheel, hat, shoe."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import darken, lighten
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import both_sides, vase
from course.pictures.drawing.shapes import arc, box, ellipse, points, ring, rounded_box, smooth


def guitar(c: Brush, rng: Rng, p: Palette) -> None:
    """A waisted body with a sound hole, a fretted neck, pegs and strings."""
    upper, waist, lower = rng.uniform(0.3, 0.38), rng.uniform(0.22, 0.28), rng.uniform(0.42, 0.52)
    body = vase(
        [
            (0.06, -0.16),
            (upper, 0.0),
            (waist, 0.3),
            (lower, 0.66),
            (lower * 0.55, 0.95),
            (0.05, 0.97),
        ]
    )
    for scale, tone in ((1.0, darken(p.main, 0.55)), (0.93, p.main)):
        c.fill((body - (0, 0.4)) * scale + (0, 0.4), tone, 0.4)
    c.fill(ellipse((0, 0.26), 0.17), darken(p.second, 0.2), 0.1)
    c.fill(ellipse((0, 0.26), 0.135), p.ink, 0)
    c.fill(box((0, -0.32), 0.13, 0.92), p.second, 0.3)
    for y in np.linspace(-0.68, 0.05, 8):
        c.line(points((-0.06, y), (0.06, y)), 0.018, p.pale)
    for x in (-0.14, 0.14):
        for y in (-0.94, -0.85, -0.76):
            c.fill(ellipse((x, y), 0.05, 0.035), p.pale, 0)
    c.fill(both_sides([(0.12, -1.0), (0.1, -0.72), (0.06, -0.66)]), darken(p.second, 0.3), 0.3)
    c.fill(rounded_box((0, 0.66), 0.32, 0.07, 0.02), p.ink, 0.1)
    for x in (-0.036, 0, 0.036):
        c.line(points((x, -0.72), (x, 0.66)), 0.01, lighten(p.pale, 0.5))


def pinwheel(c: Brush, rng: Rng, p: Palette) -> None:
    """Folded sails around a pin on a stick."""
    sails, radius = int(rng.integers(4, 9)), rng.uniform(0.68, 0.76)
    hub, phase = np.array([0, -0.25], np.float32), rng.uniform(0, 90)
    c.line(np.stack([hub, (0, 1.0)]), 0.07, p.accent)
    step = 360 / sails
    width = np.deg2rad(min(step * 0.9, 62))
    tones = [p.main, p.second] if sails % 2 == 0 and rng.random() < 0.5 else [p.main]
    for i in range(sails):
        a = np.deg2rad(phase + i * step)
        tip, fold = _polar(a, radius), _polar(a + width, radius * 0.75)
        tone = tones[i % len(tones)]
        c.fill(
            np.stack([hub, hub + tip, hub + _polar(a + width * 0.5, radius * 0.5)]),
            darken(tone, 0.35),
            0.2,
        )
        c.fill(hub + np.stack([tip * 0, tip, fold, _polar(a + width, radius * 0.25)]), tone, 0.35)
    c.fill(ellipse((0, -0.25), 0.09), p.pale, 0.4)


def _polar(angle: float, radius: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(radius)


def hat(c: Brush, rng: Rng, p: Palette) -> None:
    """A brimmed hat: bowler, top hat, straw hat or a witch's point, always with a band."""
    crown, brim = rng.uniform(0.42, 0.6), rng.uniform(0.85, 0.98)
    tall, base = rng.uniform(0.7, 1.15), 0.4
    top = base - tall
    c.fill(ellipse((0, base + 0.06), brim, rng.uniform(0.17, 0.26)), p.main, 0.45)
    kind = rng.random()
    if kind < 0.4:
        profile = [(0, top), (crown * 0.75, top + 0.12), (crown, base - 0.25), (crown, base + 0.02)]
    elif kind < 0.7:
        profile = [(crown * 1.05, top), (crown * 0.9, (top + base) / 2), (crown, base + 0.02)]
    else:
        profile = [(0.02, top - 0.25), (crown * 0.45, top + tall * 0.4), (crown, base + 0.02)]
    right = smooth(profile, False)
    under = arc((0, base), crown, 0.12, 0, 180, 12)
    body = np.concatenate([right, under, (right * (-1, 1))[::-1]])
    c.fill(body, p.main, 0.5)
    if 0.4 <= kind < 0.7:
        c.fill(ellipse((0, top), crown * 1.05, 0.11), lighten(p.main, 0.2), 0.2)
    high = arc((0, base - 0.22), crown * (0.98 if kind < 0.7 else 0.86), 0.11, 180, 0, 12)
    c.fill(np.concatenate([under[::-1][::-1] * (0.99, 1), high]), p.second, 0.2)
    if rng.random() < 0.4:
        c.fill(ring((0, base - 0.0), 0.13, 0.07), p.accent, 0.2)


def shoe(c: Brush, rng: Rng, p: Palette) -> None:
    """A lace-up shoe or ankle boot from the side, with sole and heel."""
    collar, toe = rng.uniform(-0.9, -0.25), rng.uniform(0.1, 0.25)
    upper = smooth(
        points(
            (-0.85, 0.45),
            (-0.88, 0),
            (-0.8, collar),
            (-0.3, collar + 0.02),
            (-0.1, -0.02 + collar * 0.2),
            (0.35, toe),
            (0.85, toe + 0.1),
            (0.95, 0.45),
        )
    )
    c.fill(upper, p.main, 0.45)
    c.fill(ellipse((-0.55, collar + 0.02), 0.27, 0.08), darken(p.main, 0.6), 0)
    c.fill(
        smooth(points((0.48, 0.45), (0.52, toe + 0.12), (0.85, toe + 0.12), (0.95, 0.45))),
        p.second,
        0.35,
    )
    c.fill(smooth(points((-0.87, 0.42), (-0.85, 0.1), (-0.62, 0.1), (-0.55, 0.42))), p.second, 0.3)
    if rng.random() < 0.5:
        c.line(
            smooth(points((-0.5, 0.35), (-0.15, 0.3), (0.3, 0.1 + toe * 0.5)), False),
            0.09,
            p.accent,
        )
    ends = np.linspace((-0.22, collar * 0.75 + 0.04), (0.33, toe + 0.03), 5)
    for x, y in ends:
        c.line(points((x - 0.1, y + 0.2), (x + 0.03, y)), 0.05, lighten(p.pale, 0.4))
    sole = rng.uniform(0.12, 0.24)
    c.fill(rounded_box((0.03, 0.46 + sole / 2), 1.94, sole, 0.08), p.pale, 0.35)
    if rng.random() < 0.5:
        c.fill(box((-0.65, 0.52 + sole), 0.5, 0.18), darken(p.pale, 0.4), 0.2)
