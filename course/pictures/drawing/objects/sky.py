"""What falls or shines from the sky: snowflake, sun."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import darken, lighten
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import eyes, turned
from course.pictures.drawing.shapes import arc, capsule, ellipse, points, polygon, star


def snowflake(c: Brush, rng: Rng, p: Palette) -> None:
    """Six branched arms around a small heart."""
    thick = rng.uniform(0.05, 0.1)
    twigs = int(rng.integers(2, 5))
    spread = rng.uniform(42, 65)
    lengths = np.linspace(rng.uniform(0.25, 0.4), rng.uniform(0.12, 0.3), twigs)
    tip = int(rng.integers(3))
    for shift, tone in (((0.025, 0.035), darken(p.main, 0.55)), ((0, 0), p.main)):
        for arm in range(6):
            with c.at(shift, 60 * arm):
                c.line(points((0, 0), (0, -0.95)), thick, tone)
                for at, length in zip(np.linspace(0.35, 0.8, twigs), lengths, strict=True):
                    for side in (-1, 1):
                        c.line(
                            np.stack([(0, -at), (0, -at) + turned(side * spread, length)]),
                            thick * 0.8,
                            tone,
                        )
                if tip:
                    c.fill(polygon((0, -0.92), 0.11, 4 * tip), tone, 0)
    c.fill(star((0, 0), 0.24, 0.15, 6), lighten(p.main, 0.3), 0.3)


def sun(c: Brush, rng: Rng, p: Palette) -> None:
    """A disc with rays: triangles, bars or waves, sometimes with a face."""
    rays, disc = int(rng.integers(8, 17)), rng.uniform(0.42, 0.58)
    kind = int(rng.integers(3))
    for i in range(rays):
        with c.at((0, 0), i * 360 / rays):
            reach = 0.97 if i % 2 == 0 else rng.uniform(0.8, 0.97)
            half = 0.9 * np.pi * disc / rays
            if kind == 0:
                c.fill(
                    points((-half, -disc * 1.05), (half, -disc * 1.05), (0, -reach)), p.second, 0.25
                )
            elif kind == 1:
                c.fill(capsule((0, -disc * 1.25), (0, -reach + 0.04), half * 0.45), p.second, 0.25)
            else:
                wave = [
                    (-half, -disc),
                    (half, -disc),
                    (half * 1.3, -disc * 1.3),
                    (0, -reach),
                    (half * 0.2, -disc * 1.35),
                ]
                c.fill(points(*wave), p.second, 0.25)
    c.fill(ellipse((0, 0), disc), p.main, 0.5)
    if rng.random() < 0.5:
        eyes(c, disc * 0.38, -disc * 0.15, disc * 0.13, None)
        c.line(arc((0, disc * 0.1), disc * 0.45, disc * 0.42, 20, 160), 0.045, p.ink)
