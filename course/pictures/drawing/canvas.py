"""The drawing engine: anti-aliased, shaded shapes on an ``uint8`` canvas, without a GPU.

A drawing is a function ``draw(canvas, rng)`` that lays shapes from back to front. Coordinates are
those of `course.pictures.drawing.shapes`: the subject lives in [-1, 1] x [-1, 1], y grows down; the
canvas carries the pose that turns them into pixels.

>>> import numpy as np
>>> from course.pictures.drawing.canvas import Canvas, Paint
>>> from course.pictures.drawing.color import rgb
>>> from course.pictures.drawing.shapes import ellipse, rounded_box
>>> canvas = Canvas(97)
>>> canvas.shape(rounded_box((0, 0.1), 1.2, 1.4, 0.2), Paint(rgb(60, 120, 200)))
>>> with canvas.at((0.6, 0), angle_deg=20):
...     canvas.shape(ellipse((0, 0), 0.3), Paint(rgb(240, 240, 235), gloss=0.5))
>>> canvas.picture().shape
(97, 97, 3)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from course.pictures.drawing.color import WHITE, Color, darken, mix, rgb
from course.pictures.drawing.noise import noise_crop
from course.pictures.drawing.paint import Light, Mark, Outline, Paint
from course.pictures.drawing.patch import SUBPIXEL, Patch, fixed, parts_of
from course.pictures.drawing.shapes import Point, Points, ellipse

__all__ = ["Canvas", "Light", "Mark", "Paint", "affine", "noise_crop"]

SUPERSAMPLE = 2  # canvas pixels per picture pixel, each way
PAD = 12  # canvas pixels drawn beyond each edge, so that shading does not see the frame


class Canvas:
    """A square canvas, twice as fine as the picture it becomes.

    Parameters
    ----------
    size_px : side of the finished picture
    light : where light comes from
    rng : used for texture offsets only; drawings bring their own
    ink : 0–1; 0 is shaded paint, 1 is a line drawing on pale paper (the far end of domain shift)
    """

    def __init__(
        self,
        size_px: int = 97,
        light: Light | None = None,
        rng: np.random.Generator | None = None,
        ink: float = 0.0,
    ) -> None:
        self.size_px = size_px
        self.side = size_px * SUPERSAMPLE
        self.light = light or Light()
        self.ink = ink
        self._rng = rng or np.random.default_rng(0)
        full = self.side + 2 * PAD
        self._pixels = np.full((full, full, 3), 255, np.uint8)
        self.pose = self._frame()

    # -- coordinates ---------------------------------------------------------------------------

    def _frame(self) -> np.ndarray:
        """Return the 3x3 matrix that fits [-1, 1] squared into the picture."""
        half = self.side / 2
        return np.array([[half, 0, half + PAD], [0, half, half + PAD], [0, 0, 1]], np.float64)

    def set_pose(self, matrix: np.ndarray) -> None:
        """Place the subject: a 3x3 affine or perspective matrix over [-1, 1] squared."""
        self.pose = self._frame() @ matrix

    @contextmanager
    def at(
        self, center: Point = (0.0, 0.0), angle_deg: float = 0.0, scale: float | Point = 1.0
    ) -> Iterator[Canvas]:
        """Draw a part in coordinates of its own: scaled, turned, then carried to ``center``."""
        outer = self.pose
        self.pose = outer @ affine(center, angle_deg, scale)
        try:
            yield self
        finally:
            self.pose = outer

    def to_px(self, outline: Points) -> np.ndarray:
        """Return canvas pixel coordinates, ``(n, 2) float32``."""
        p = self.pose
        flat: np.ndarray = np.asarray(outline, np.float32) @ p[:2, :2].T + p[:2, 2]
        if p[2, 0] or p[2, 1]:
            flat /= (np.asarray(outline) @ p[2, :2] + p[2, 2])[:, None]
        return flat.astype(np.float32)

    def unit_px(self) -> float:
        """Return how many canvas pixels one unit of the current pose covers."""
        (a, b), (c, d) = self.pose[:2, :2].tolist()
        return math.sqrt(abs(a * d - b * c))

    # -- flat drawing: a few microseconds each -------------------------------------------------

    def fill(self, outline: Outline, color: Color) -> None:
        """Fill a shape with one flat color; for hundreds of small things."""
        cv2.fillPoly(
            self._pixels, self._fixed(outline), self._ink_color(color), cv2.LINE_AA, SUBPIXEL
        )

    def line(self, line: Points, color: Color, width: float = 0.02) -> None:
        """Draw a line of even width (in units, one canvas pixel at least)."""
        thick = max(1, round(width * self.unit_px()))
        cv2.polylines(
            self._pixels, self._fixed(line), False, self._ink_color(color), thick,
            cv2.LINE_AA, SUBPIXEL,
        )  # fmt: skip

    def dots(self, centers: Points, radius: float | np.ndarray, colors: Sequence[Color]) -> None:
        """Fill small discs; colors repeat when there are fewer than centers."""
        px = np.round(self.to_px(centers) * 2**SUBPIXEL).astype(int).tolist()
        unit = self.unit_px() * 2**SUBPIXEL
        radii = np.round(np.broadcast_to(np.asarray(radius) * unit, len(px))).astype(int).tolist()
        inks = [self._ink_color(color) for color in colors]
        for i, (center, r) in enumerate(zip(px, radii, strict=True)):
            color = inks[i % len(inks)]
            cv2.circle(self._pixels, center, r, color, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)

    def _fixed(self, outline: Outline) -> list[np.ndarray]:
        return fixed([self.to_px(part) for part in parts_of(outline)])

    def _ink_color(self, color: Color) -> tuple[float, ...]:
        if self.ink:
            color = _as_drawn(color, self.ink)
        return tuple(float(c) for c in color)

    # -- shaded drawing ------------------------------------------------------------------------

    def shape(self, outline: Outline, paint: Paint, marks: Sequence[Mark] = ()) -> None:
        """Fill a shape with shading: gradient, light and shadow side, rim, gloss, cast shadow."""
        parts = [self.to_px(part) for part in parts_of(outline)]
        patch = Patch.around(parts, paint, self._pixels.shape[0])
        if patch is None:
            return
        gain = patch.gain(paint, self.light, self._rng)
        albedo = self._albedo(patch, paint, marks)
        target = self._pixels[patch.rows, patch.cols]
        patch.blend(target, albedo, gain, paint, self.light)
        if self.ink > 0:
            self._outline(parts)

    def _albedo(self, patch: Patch, paint: Paint, marks: Sequence[Mark]) -> Color | np.ndarray:
        """Return the unlit color: one ``(3,)``, or ``(h, w, 3) float32`` where it varies."""
        color, color2 = paint.color, paint.color2
        if self.ink:
            color = _as_drawn(color, self.ink)
            color2 = None if color2 is None else _as_drawn(color2, self.ink)
        if color2 is None and not marks:
            return color
        if color2 is None:
            albedo = np.empty((*patch.shape, 3), np.float32)
            albedo[:] = color
        else:
            albedo = patch.gradient(color, color2, self._span_px(paint, patch), paint.radial)
        for mark in marks:
            parts = [self.to_px(part) for part in parts_of(mark.outline)]
            where = fixed(parts, (patch.cols.start, patch.rows.start))
            cv2.fillPoly(albedo, where, self._ink_color(mark.color), cv2.LINE_8, SUBPIXEL)
        return albedo

    def _span_px(self, paint: Paint, patch: Patch) -> np.ndarray:
        if paint.span is not None:
            return self.to_px(np.array(paint.span, np.float32))
        middle = (patch.cols.start + patch.cols.stop) / 2
        return np.array([[middle, patch.rows.start], [middle, patch.rows.stop]], np.float32)

    def _outline(self, parts: list[np.ndarray]) -> None:
        color = mix(rgb(150, 150, 150), rgb(45, 42, 50), self.ink)
        thick = 1 if self.ink < 0.5 else 2
        cv2.polylines(
            self._pixels,
            fixed(parts),
            True,
            tuple(map(float, color)),
            thick,
            cv2.LINE_AA,
            SUBPIXEL,
        )

    def ground_shadow(self, center: Point, rx: float, ry: float, strength: float = 0.35) -> None:
        """Darken a soft ellipse, as under a standing thing."""
        self.shape(
            ellipse(center, rx, ry),
            Paint(rgb(12, 12, 16), alpha=strength, relief=0, rim=0, shadow=strength, soft=1.0),
        )

    # -- the whole canvas ----------------------------------------------------------------------

    @property
    def view(self) -> np.ndarray:
        """The visible canvas, ``(side, side, 3) uint8``; writing to it draws."""
        return self._pixels[PAD:-PAD, PAD:-PAD]

    def paint_background(self, picture: np.ndarray) -> None:
        """Lay an ``(h, w, 3) uint8`` picture over everything drawn so far, pad included."""
        full = self._pixels.shape[0]
        cv2.resize(picture, (full, full), dst=self._pixels, interpolation=cv2.INTER_LINEAR)

    def picture(self) -> np.ndarray:
        """Return the finished picture, ``(size_px, size_px, 3) uint8``, averaged down."""
        return cv2.resize(self.view, (self.size_px, self.size_px), interpolation=cv2.INTER_AREA)


def _as_drawn(color: Color, ink: float) -> Color:
    """Return the color as a pale wash on paper, the paler the more ``ink``."""
    grey = float(color.mean())
    wash = mix(WHITE, mix(color, np.full(3, grey, np.float32), 0.6), 0.45)
    return mix(color, wash, ink) if grey > 70 else mix(color, darken(wash, 0.45), ink)


def affine(
    center: Point = (0.0, 0.0), angle_deg: float = 0.0, scale: float | Point = 1.0
) -> np.ndarray:
    """Return the 3x3 matrix that scales, turns (clockwise), then carries to ``center``."""
    angle = math.radians(angle_deg)
    c, s = math.cos(angle), math.sin(angle)
    sx, sy = (scale, scale) if isinstance(scale, (int, float, np.floating)) else scale
    return np.array([[c * sx, -s * sy, center[0]], [s * sx, c * sy, center[1]], [0, 0, 1]])
