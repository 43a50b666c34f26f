"""One brush for all subjects: a material and a palette drawn anew for every picture.

Colors and material come from the same chances for every class, so that neither tells the class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from course.pictures.drawing.canvas import Canvas
from course.pictures.drawing.color import Color, accent, any_color, darken, hsv
from course.pictures.drawing.paint import Outline, Paint
from course.pictures.drawing.shapes import Point, Points, stroke

Rng = np.random.Generator
SMALL_PX = 11.0  # canvas pixels: what is narrower is filled flat, shading would not be seen


@dataclass(frozen=True)
class Palette:
    """The colors of one picture: three that stand apart, one pale, one dark."""

    main: Color
    second: Color
    accent: Color
    pale: Color
    ink: Color


def palette(rng: np.random.Generator) -> Palette:
    """Draw a palette; every class uses the same chances."""
    main = any_color(rng)
    second = accent(rng, main)
    third = accent(rng, second)
    pale = hsv(rng.random(), rng.uniform(0.0, 0.25), rng.uniform(0.82, 0.98))
    ink = hsv(rng.random(), rng.uniform(0.1, 0.6), rng.uniform(0.06, 0.26))
    return Palette(main, second, third, pale, ink)


class Brush:
    """Fill outlines on a canvas in one material and with one slight bend of all lines.

    Materials are matt or glossy, flat or round, smooth or rough.

    Parameters
    ----------
    canvas : where to draw
    rng : chooses the material and the bend
    """

    def __init__(self, canvas: Canvas, rng: np.random.Generator) -> None:
        self.canvas = canvas
        self._paint = Paint(
            np.zeros(3, np.float32),
            soft=rng.uniform(0.35, 1.0),
            rim=rng.uniform(0.1, 0.4),
            gloss=rng.uniform(0.15, 0.5) if rng.random() < 0.35 else 0.0,
            shadow=rng.uniform(0.1, 0.35),
            grain=rng.uniform(0.02, 0.07) if rng.random() < 0.35 else 0.0,
        )
        self._relief = rng.uniform(1.2, 2.4)
        self._fade = rng.uniform(0.15, 0.35)
        self._bend = rng.normal(0, 0.04, 2).astype(np.float32)

    def fill(self, outline: Outline, color: Color, shade: float = 0.3) -> None:
        """Fill an outline, the rounder the larger ``shade`` (0 is flat, 0.5 a ball)."""
        outline = self._bent(outline)
        if shade <= 0 or self._narrow(outline):
            self.canvas.fill(outline, color)
            return
        paint = self._paint.but(
            color=color,
            color2=darken(color, self._fade) if shade >= 0.35 else None,
            relief=min(1.3, shade * self._relief),
            gloss=self._paint.gloss if shade >= 0.35 else 0.0,
        )
        self.canvas.shape(outline, paint)

    def _bent(self, outline: Outline) -> Outline:
        """Bow the drawing a little, as a hand does: no two objects share their lines."""
        if isinstance(outline, np.ndarray):
            return outline + self._bend * (outline[:, ::-1] ** 2 - 0.5)
        return [part + self._bend * (part[:, ::-1] ** 2 - 0.5) for part in outline]

    def _narrow(self, outline: Outline) -> bool:
        first = outline if isinstance(outline, np.ndarray) else outline[0]
        low, high = first.min(0), first.max(0)
        return float((high - low).min()) * self.canvas.unit_px() < SMALL_PX

    def line(
        self,
        path: Points | Sequence[Point],
        width: float | Sequence[float] | np.ndarray,
        color: Color,
    ) -> None:
        """Draw a flat line of one width, or of one width per point."""
        path = np.asarray(path, np.float32)
        path = path + self._bend * (path[:, ::-1] ** 2 - 0.5)
        if isinstance(width, float | int):
            self.canvas.line(path, color, width)
        else:
            self.canvas.fill(stroke(path, np.asarray(width).tolist()), color)

    def at(
        self, center: Point = (0.0, 0.0), angle_deg: float = 0.0, scale: float | Point = 1.0
    ) -> AbstractContextManager[Canvas]:
        """Draw a part in coordinates of its own, as `Canvas.at`."""
        return self.canvas.at(center, angle_deg, scale)


Subject = Callable[[Brush, Rng, Palette], None]
