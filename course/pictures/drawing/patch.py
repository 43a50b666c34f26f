"""One shape on its way to the canvas: rasterised, lit and blended in its bounding box only."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from course.pictures.drawing.color import Color
from course.pictures.drawing.noise import noise_crop
from course.pictures.drawing.paint import Light, Outline, Paint
from course.pictures.drawing.shapes import Point, Points

SUBPIXEL = 4  # bits after the point in OpenCV's integer coordinates
MAX_SOFT = 0.09  # of the canvas: roundness that reaches further shows no more


def parts_of(outline: Outline) -> Sequence[Points]:
    return [outline] if isinstance(outline, np.ndarray) else outline


def fixed(parts: Sequence[np.ndarray], corner: Point = (0, 0)) -> list[np.ndarray]:
    """Return pixel outlines in OpenCV's integer coordinates, seen from ``corner``."""
    shift, scale = np.array(corner, np.float32), np.float32(2**SUBPIXEL)
    return [np.rint((part - shift) * scale).astype(np.int32) for part in parts]


class Patch:
    """The bounding box of one shape: its mask, its height, and how it meets the canvas.

    Mask and height are kept ``ring`` pixels wider than the box on each side, so that looking a
    little toward or away from the light is a slice, not a copy.
    """

    def __init__(self, rows: slice, cols: slice, wide: np.ndarray, reach: int, ring: int) -> None:
        self.rows, self.cols, self.reach, self._ring = rows, cols, reach, ring
        self.shape = (rows.stop - rows.start, cols.stop - cols.start)
        self._wide = wide
        self.mask = self.shifted(0, 0)
        if reach:
            k = 2 * (reach // 2) + 1
            self._wide = cv2.blur(cv2.blur(wide, (k, k)), (k, k))
        self.height = self.shifted(0, 0)

    @classmethod
    def around(cls, parts: list[np.ndarray], paint: Paint, full: int) -> Patch | None:
        """Rasterise outlines (canvas pixels) into their bounding box; None when out of sight."""
        every = parts[0] if len(parts) == 1 else np.concatenate(parts)
        left, top = every.min(0).tolist()
        right, bottom = every.max(0).tolist()
        reach = 0
        if paint.relief or paint.rim or paint.shadow:
            narrow = min(right - left, bottom - top)
            reach = int(min(MAX_SOFT * full, max(2.0, 0.5 * paint.soft * narrow)))
        margin = 1 + (reach if paint.shadow else 0)
        x0, y0 = max(0, int(left) - margin), max(0, int(top) - margin)
        x1, y1 = min(full, int(right) + 2 + margin), min(full, int(bottom) + 2 + margin)
        if x1 <= x0 or y1 <= y0:
            return None
        ring = (reach + 1) // 2 + 1
        wide = np.zeros((y1 - y0 + 2 * ring, x1 - x0 + 2 * ring), np.uint8)
        cv2.fillPoly(wide, fixed(parts, (x0 - ring, y0 - ring)), 255, cv2.LINE_AA, SUBPIXEL)
        return cls(slice(y0, y1), slice(x0, x1), wide, reach, ring)

    def shifted(self, dx: float, dy: float) -> np.ndarray:
        """Return the height as seen ``(dx, dy)`` pixels away (at most ``ring``)."""
        top, left = self._ring + round(dy), self._ring + round(dx)
        return self._wide[top : top + self.shape[0], left : left + self.shape[1]]

    def gain(self, paint: Paint, light: Light, rng: np.random.Generator) -> np.ndarray | float:
        """Return what the albedo is multiplied by, ``(h, w) float32`` around 1."""
        gain: np.ndarray | float = 1.0
        if paint.relief or paint.rim:
            gain = self._lit(paint, light)
        if paint.grain:
            h, w = self.shape
            gain = gain + paint.grain * noise_crop(rng, h, w, "fine")
        return gain

    def _lit(self, paint: Paint, light: Light) -> np.ndarray:
        tx, ty = light.toward
        step = max(1.0, 0.45 * self.reach)
        far, near = self.shifted(-tx * step, -ty * step), self.shifted(tx * step, ty * step)
        # height rises away from the lit edge: `far` minus `near` is positive where light arrives
        k = 0.85 * paint.relief * light.strength / 255
        gain = cv2.addWeighted(far, k, near, -k, 1.0 - 0.9 * paint.rim, dtype=cv2.CV_32F)
        if paint.rim:
            gain = cv2.addWeighted(
                gain, 1.0, self.height, 0.9 * paint.rim / 255, 0, dtype=cv2.CV_32F
            )
        return gain

    def gradient(self, color: Color, color2: Color, span: np.ndarray, radial: bool) -> np.ndarray:
        """Return ``(h, w, 3) float32`` running from one color to the other along ``span``."""
        h, w = self.shape
        (ax, ay), (bx, by) = span.tolist()
        dx, dy = bx - ax, by - ay
        xs = np.arange(self.cols.start - ax, self.cols.start - ax + w - 0.5, dtype=np.float32)
        ys = np.arange(self.rows.start - ay, self.rows.start - ay + h - 0.5, dtype=np.float32)
        length2 = max(dx * dx + dy * dy, 1e-6)
        if radial:
            share = np.sqrt((xs * xs / length2)[None, :] + (ys * ys / length2)[:, None])
        else:
            share = (xs * (dx / length2))[None, :] + (ys * (dy / length2))[:, None]
        share = np.minimum(np.maximum(share, 0, out=share), 1, out=share)
        return cv2.transform(share, np.stack([color2 - color, color], 1))

    def blend(
        self,
        target: np.ndarray,
        albedo: np.ndarray,
        gain: np.ndarray | float,
        paint: Paint,
        light: Light,
    ) -> None:
        """Write the lit shape over ``target`` (a view of the canvas)."""
        lit = _lit_color(albedo, gain, self.shape)
        if paint.gloss:
            self._add_gloss(lit, paint.gloss, light)
        alpha = self.mask if paint.alpha == 1 else cv2.convertScaleAbs(self.mask, alpha=paint.alpha)
        behind = target
        if paint.shadow and self.reach:
            behind = self._shadowed(target, paint.shadow, light)
        over = cv2.subtract(lit, behind, dtype=cv2.CV_32F)
        over = cv2.multiply(over, cv2.merge([alpha] * 3), scale=1 / 255, dtype=cv2.CV_32F)
        cv2.add(over, behind, dst=target, dtype=cv2.CV_8U)

    def _shadowed(self, target: np.ndarray, strength: float, light: Light) -> np.ndarray:
        tx, ty = light.toward
        step = 0.5 * self.reach
        cast = self.shifted(tx * step, ty * step)  # seen from behind: moved away from the light
        keep = cv2.convertScaleAbs(cast, alpha=-strength, beta=255)
        return cv2.multiply(target, cv2.merge([keep] * 3), scale=1 / 255)

    def _add_gloss(self, lit: np.ndarray, gloss: float, light: Light) -> None:
        h, w = self.shape
        inner = min(h, w) - 2 * (self.reach + 1) if h > 2 * self.reach + 8 else min(h, w)
        tx, ty = light.toward
        center = (int(w / 2 + tx * inner * 0.24), int(h / 2 + ty * inner * 0.24))
        spot = np.zeros((h, w), np.uint8)
        radius = max(1, round(inner * 0.13))
        cv2.circle(spot, center, radius, 255, cv2.FILLED, cv2.LINE_AA)
        k = 2 * radius + 1
        spot = cv2.blur(spot, (k, k))
        cv2.addWeighted(lit, 1.0, cv2.merge([spot] * 3), 1.6 * gloss, 0, lit, cv2.CV_32F)


def _lit_color(albedo: np.ndarray, gain: np.ndarray | float, shape: tuple[int, int]) -> np.ndarray:
    """Multiply color by light into ``(h, w, 3) float32``."""
    if isinstance(gain, float):
        if albedo.ndim == 3:
            return albedo
        flat = np.empty((*shape, 3), np.float32)
        flat[:] = albedo
        return flat
    if albedo.ndim == 1:
        return cv2.transform(gain, albedo[:, None])
    return cv2.multiply(albedo, cv2.merge([gain] * 3))
