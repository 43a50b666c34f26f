"""What holds a drink: cup, wine glass, teapot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.pictures.drawing.color import darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import vase
from course.pictures.drawing.shapes import Point, arc, capsule, ellipse, points, smooth, stroke


def cup(c: Brush, rng: Rng, p: Palette) -> None:
    """A mug or a tea cup with one handle, sometimes on a saucer, its drink seen from above."""
    wide, foot, tall = rng.uniform(0.48, 0.7), rng.uniform(0.3, 0.6), rng.uniform(0.85, 1.25)
    foot, top = min(foot, wide), -tall / 2
    bottom = tall / 2
    if rng.random() < 0.35:
        c.fill(ellipse((0, bottom), 0.95, 0.2), p.second, 0.4)
        c.fill(ellipse((0, bottom - 0.02), 0.6, 0.11), darken(p.second, 0.3), 0.2)
    ear = arc((wide * 0.92, -0.08), 0.34, tall * 0.3, -95, 110, 14)
    c.fill(stroke(ear, rng.uniform(0.1, 0.15)), p.main, 0.4)
    profile = [(wide, top), (wide * 0.97, 0), (foot, bottom), (foot * 0.6, bottom + 0.07)]
    body = vase(profile)
    c.fill(body, p.main, 0.5)
    _band(c, rng, p, profile)
    c.fill(ellipse((0, top), wide, 0.15), lighten(p.main, 0.25), 0.2)
    c.fill(ellipse((0, top + 0.025), wide * 0.88, 0.105), darken(p.accent, 0.4), 0.15)


def _band(c: Brush, rng: Rng, p: Palette, profile: Sequence[Point]) -> None:
    kind, wide = rng.random(), profile[1][0]
    if kind < 0.35:
        band = np.concatenate(
            [arc((0, -0.1), wide * 0.97, 0.1, 0, 180), arc((0, 0.12), wide * 0.93, 0.1, 180, 0)]
        )
        c.fill(band, p.second, 0.15)
    elif kind < 0.7:
        for x in np.linspace(-0.6, 0.6, 4):
            c.fill(ellipse((x * wide, 0.05 + 0.1 * (1 - x * x)), 0.085), p.second, 0)


def wine_glass(c: Brush, rng: Rng, p: Palette) -> None:
    """A bowl on a thin stem and a foot, with wine in it; bowl round, tall or flat."""
    wide, deep = rng.uniform(0.34, 0.6), rng.uniform(0.6, 0.95)
    rim, low = -0.95, -0.95 + deep
    glass = mix(p.pale, p.main, 0.25)
    c.fill(ellipse((0, 0.9), rng.uniform(0.36, 0.48), 0.1), glass, 0.35)
    c.fill(vase([(0.06, low - 0.05), (0.035, low + 0.15), (0.035, 0.75), (0.14, 0.89)]), glass, 0.4)
    belly = wide * rng.uniform(1.0, 1.25)
    profile = [
        (wide, rim),
        (belly, rim + deep * 0.45),
        (belly * 0.75, rim + deep * 0.78),
        (0.04, low),
    ]
    bowl = vase(profile)
    c.fill(bowl, glass, 0.4)
    level = rim + deep * rng.uniform(0.25, 0.5)
    wine = bowl[bowl[:, 1] > level] * (0.92, 1) - (0, 0.02)
    c.fill(wine, p.second, 0.35)
    c.fill(ellipse((0, wine[:, 1].min()), wine[:, 0].max(), 0.07), lighten(p.second, 0.25), 0.1)
    c.line(ellipse((0, rim), wide, 0.08), 0.025, darken(glass, 0.3))
    c.line(
        smooth(
            points(
                (-wide * 0.75, rim + 0.12),
                (-belly * 0.8, rim + deep * 0.45),
                (-belly * 0.55, rim + deep * 0.72),
            ),
            False,
        ),
        0.05,
        lighten(glass, 0.7),
    )


def teapot(c: Brush, rng: Rng, p: Palette) -> None:
    """A round pot with spout, handle, lid and knob."""
    tall, wide = rng.uniform(0.42, 0.6), rng.uniform(0.52, 0.64)
    ear = arc((wide * 0.85, 0.05), 0.36, tall * 0.8, -110, 110, 14)
    c.fill(stroke(ear, 0.11), p.second, 0.35)
    spout = smooth(points((-wide * 0.7, 0.35), (-0.72, 0.12), (-0.82, -0.2), (-0.98, -0.35)), False)
    c.fill(stroke(spout, np.linspace(0.34, 0.12, len(spout)).tolist()), p.main, 0.4)
    c.fill(ellipse((0, 0.12 + tall * 0.92), wide * 0.6, 0.08), darken(p.main, 0.3), 0.2)
    c.fill(ellipse((0, 0.12), wide, tall), p.main, 0.5)
    if rng.random() < 0.5:
        for x in (-0.5, 0, 0.5):
            c.fill(ellipse((x * wide, 0.16), 0.1, 0.13), p.accent, 0.1)
    lid = 0.14 - tall
    c.fill(ellipse((0, lid + 0.06), wide * 0.58, 0.16), darken(p.second, 0.2), 0.2)
    c.fill(ellipse((0, lid), wide * 0.52, 0.16), p.second, 0.45)
    c.fill(capsule((0, lid - 0.14), (0, lid - 0.22), 0.07, 0.09), p.accent, 0.4)
