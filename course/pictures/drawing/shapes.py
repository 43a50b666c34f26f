"""Outlines: every function returns points ``(n, 2) float32`` in the subject's own coordinates.

The subject lives in the square from -1 to 1; x grows to the right, y grows **down**, angles are in
degrees and turn clockwise as seen. A shape with a hole is a list of outlines (even-odd rule).

>>> ellipse((0, 0), 1.0, 0.5, n=8).shape
(8, 2)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

Points = np.ndarray
Point = Sequence[float] | np.ndarray


def points(*pairs: Point) -> Points:
    """Return the outline through the given corners."""
    return np.array(pairs, np.float32)


def move(
    outline: Points, at: Point = (0.0, 0.0), angle_deg: float = 0.0, scale: float | Point = 1.0
) -> Points:
    """Scale an outline, turn it about the origin, then carry it to ``at``."""
    sx, sy = (scale, scale) if isinstance(scale, (int, float)) else scale
    angle = math.radians(angle_deg)
    c, s = math.cos(angle), math.sin(angle)
    matrix = np.array([[c * sx, s * sx], [-s * sy, c * sy]], np.float32)
    return outline @ matrix + np.array(at, np.float32)


def mirror(outline: Points) -> Points:
    """Flip an outline left to right."""
    return outline * np.array([-1, 1], np.float32)


@lru_cache(maxsize=64)
def _circle(n: int) -> Points:
    angle = np.arange(n) * (2 * np.pi / n)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    circle.setflags(write=False)
    return circle


def ellipse(
    center: Point, rx: float, ry: float | None = None, angle_deg: float = 0.0, n: int = 36
) -> Points:
    """Return an ellipse; a circle when ``ry`` is left out."""
    return move(_circle(n), center, angle_deg, (rx, rx if ry is None else ry))


def box(center: Point, width: float, height: float, angle_deg: float = 0.0) -> Points:
    """Return a rectangle with sharp corners."""
    corners = points((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
    return move(corners, center, angle_deg, (width, height))


def rounded_box(
    center: Point, width: float, height: float, radius: float, angle_deg: float = 0.0
) -> Points:
    """Return a rectangle whose corners are quarter circles of ``radius``."""
    radius = min(radius, width / 2, height / 2)
    corner = _circle(24) * np.float32(radius)
    half = np.array([width / 2 - radius, height / 2 - radius], np.float32)
    parts = [
        corner[start : start + 7] + half * np.array(sign, np.float32)
        for start, sign in ((0, (1, 1)), (6, (-1, 1)), (12, (-1, -1)))
    ]
    last = np.concatenate([corner[18:], corner[:1]]) + half * np.array((1, -1), np.float32)
    return move(np.concatenate([*parts, last]), center, angle_deg)


def polygon(center: Point, radius: float, sides: int, angle_deg: float = 0.0) -> Points:
    """Return a regular polygon with its first corner at the top."""
    return move(_circle(sides), center, angle_deg - 90, radius)


def star(center: Point, outer: float, inner: float, tips: int, angle_deg: float = 0.0) -> Points:
    """Return a star with its first tip at the top."""
    spikes = _circle(2 * tips).copy()
    spikes[0::2] *= outer
    spikes[1::2] *= inner
    return move(spikes, center, angle_deg - 90)


def gear(center: Point, radius: float, teeth: int, depth: float, angle_deg: float = 0.0) -> Points:
    """Return a gear wheel's rim: ``teeth`` flat teeth, ``depth`` high, outermost at ``radius``."""
    angle = (np.arange(teeth)[:, None] + np.array([-0.30, -0.18, 0.18, 0.30])) * (2 * np.pi / teeth)
    reach = np.broadcast_to(np.array([radius - depth, radius, radius, radius - depth]), angle.shape)
    rim = np.stack([np.cos(angle) * reach, np.sin(angle) * reach], -1).reshape(-1, 2)
    return move(rim.astype(np.float32), center, angle_deg)


def sector(
    center: Point, radius: float, start_deg: float, end_deg: float, inner: float = 0.0, n: int = 28
) -> Points:
    """Return a slice of pie from ``start_deg`` to ``end_deg`` (0 is right); a band if ``inner``."""
    angle = np.deg2rad(np.linspace(start_deg, end_deg, n))
    edge = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    back = edge[::-1] * np.float32(inner) if inner > 0 else np.zeros((1, 2), np.float32)
    return np.concatenate([edge * np.float32(radius), back]) + np.asarray(center, np.float32)


def ring(center: Point, outer: float, inner: float, n: int = 40) -> list[Points]:
    """Return a ring: two outlines, the second a hole."""
    return [ellipse(center, outer, n=n), ellipse(center, inner, n=n)]


def capsule(
    start: Point, end: Point, start_radius: float, end_radius: float | None = None
) -> Points:
    """Return a rounded limb from ``start`` to ``end``, tapering from one radius to the other."""
    a, b = np.asarray(start, np.float32), np.asarray(end, np.float32)
    end_radius = start_radius if end_radius is None else end_radius
    along = np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0]))
    half = np.deg2rad(np.linspace(-90, 90, 11))
    cap = np.stack([np.cos(half), np.sin(half)], 1).astype(np.float32)
    far = move(cap, b, along, end_radius)
    near = move(cap, a, along + 180, start_radius)
    return np.concatenate([far, near])


def smooth(corners: Points | Sequence[Point], closed: bool = True, per_segment: int = 6) -> Points:
    """Return a Catmull-Rom curve through the corners, as an outline or an open line."""
    p = np.asarray(corners, np.float32)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    weights = _catmull_rom(per_segment)  # (per_segment, 4)
    windows = np.stack([p[:-3], p[1:-2], p[2:-1], p[3:]], 1)  # (segments, 4, 2)
    curve = np.einsum("kw,swd->skd", weights, windows).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, p[-2:-1]])


@lru_cache(maxsize=16)
def _catmull_rom(per_segment: int) -> np.ndarray:
    t = np.arange(per_segment)[:, None] / per_segment
    cubic = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
    return (np.concatenate([t**0, t, t**2, t**3], 1) @ cubic).astype(np.float32)


def blob(
    rng: np.random.Generator,
    center: Point,
    rx: float,
    ry: float | None = None,
    roughness: float = 0.15,
    waves: int = 4,
    n: int = 40,
) -> Points:
    """Return an ellipse with a wavy edge: the sum of ``waves`` random low frequencies."""
    frequency = np.arange(2, 2 + waves)[:, None]
    size = rng.uniform(0.2, 1.0, (waves, 1)) / np.sqrt(frequency - 1)
    phase = rng.uniform(0, 2 * np.pi, (waves, 1))
    angle = np.arange(n) * (2 * np.pi / n)
    wave = 1 + roughness * (size * np.cos(frequency * angle + phase)).sum(0)
    edge = _circle(n) * wave[:, None].astype(np.float32)
    return move(edge, center, 0.0, (rx, rx if ry is None else ry))


def jagged(
    rng: np.random.Generator, center: Point, radius: float, spikes: int, depth: float = 0.25
) -> Points:
    """Return a rough, furry or spiky disc: ``spikes`` uneven tips of about ``depth * radius``."""
    edge = _circle(2 * spikes).copy()
    edge[1::2] *= (1 - depth * rng.uniform(0.5, 1.0, (spikes, 1))).astype(np.float32)
    return move(edge, center, rng.uniform(0, 360), radius)


_PETAL_PROFILES = {
    # (share of length, share of half width) from the base to the tip
    "oval": ((0.0, 0.18), (0.25, 0.70), (0.55, 1.0), (0.82, 0.80), (0.95, 0.42)),
    "strap": ((0.0, 0.35), (0.25, 0.75), (0.60, 1.0), (0.88, 0.92), (0.97, 0.50)),
    "pointed": ((0.0, 0.40), (0.20, 0.80), (0.45, 1.0), (0.72, 0.66), (0.90, 0.26)),
    "round": ((0.0, 0.25), (0.20, 0.72), (0.50, 1.0), (0.80, 0.92), (0.96, 0.50)),
    "spoon": ((0.0, 0.22), (0.40, 0.36), (0.66, 0.85), (0.84, 1.0), (0.97, 0.55)),
    "heart": ((0.0, 0.20), (0.30, 0.62), (0.65, 1.0), (0.92, 0.80), (1.02, 0.36)),
}


@lru_cache(maxsize=32)
def _petal(kind: str, per_segment: int) -> Points:
    half = np.array(_PETAL_PROFILES[kind], np.float32)
    tip = (0.0, -0.90) if kind == "heart" else (0.0, -1.0)
    right = half[:, ::-1] * np.array([1, -1], np.float32)
    left = right[::-1] * np.array([-1, 1], np.float32)
    corners = np.concatenate([right, np.array([tip], np.float32), left])
    outline = smooth(corners, per_segment=per_segment)
    outline.setflags(write=False)
    return outline


def petal(length: float, width: float, kind: str = "oval", per_segment: int = 3) -> Points:
    """Return a petal or leaf with its base at the origin, pointing up.

    ``kind`` is ``oval``, ``strap``, ``pointed``, ``round``, ``spoon`` or ``heart`` (notched tip).
    """
    return move(_petal(kind, per_segment), scale=(width / 2, length))


def stroke(line: Points | Sequence[Point], width: float | Point) -> Points:
    """Return the outline of a line with a width, or one width per point, and round ends."""
    p = np.asarray(line, np.float32)
    half = np.broadcast_to(np.asarray(width, np.float32) / 2, (len(p),))[:, None]
    ahead = np.gradient(p, axis=0)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-6)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * half
    tip = p[-1:] + ahead[-1:] * half[-1:]
    tail = p[:1] - ahead[:1] * half[:1]
    return np.concatenate([p + side, tip, (p - side)[::-1], tail]).astype(np.float32)


def spiral(
    center: Point, start_radius: float, end_radius: float, turns: float, n: int = 60
) -> Points:
    """Return an open spiral line (use with ``stroke``)."""
    t = np.linspace(0, 1, n)
    radius = start_radius + (end_radius - start_radius) * t
    angle = 2 * np.pi * turns * t
    line = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], 1)
    return np.asarray(line + np.asarray(center), np.float32)


def arc(
    center: Point, rx: float, ry: float, start_deg: float, end_deg: float, n: int = 16
) -> Points:
    """Return an open piece of an ellipse (use with ``stroke``); 0 degrees is right, 90 is down."""
    angle = np.deg2rad(np.linspace(start_deg, end_deg, n))
    line = np.stack([np.cos(angle) * rx, np.sin(angle) * ry], 1)
    return np.asarray(line + np.asarray(center), np.float32)


def sunflower_spiral(count: int, radius: float) -> Points:
    """Return ``count`` points packed in a disc as seeds are: Vogel's golden-angle spiral."""
    k = np.arange(count) + 0.5
    angle = k * np.float64(np.pi * (3 - np.sqrt(5)))
    reach = radius * np.sqrt(k / count)
    return np.stack([np.cos(angle) * reach, np.sin(angle) * reach], 1).astype(np.float32)
