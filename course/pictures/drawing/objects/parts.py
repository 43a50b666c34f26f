"""What several subjects share: mirrored outlines, turned bodies, eyes, fur, spokes, a shine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.pictures.drawing.color import BLACK, WHITE, Color, darken, lighten
from course.pictures.drawing.objects.brush import Brush, Rng
from course.pictures.drawing.shapes import (
    Point,
    Points,
    ellipse,
    jagged,
    mirror,
    move,
    smooth,
    stroke,
)


def both_sides(right: Points | Sequence[Point]) -> Points:
    """Close an outline whose right half is given from top to bottom."""
    half = np.asarray(right, np.float32)
    return np.concatenate([half, mirror(half)[::-1]])


def vase(right: Points | Sequence[Point]) -> Points:
    """Return a body of revolution: the smooth right profile, top to bottom, and its mirror."""
    return both_sides(smooth(right, closed=False, per_segment=5))


def pair(outline: Points, x: float, y: float = 0.0) -> tuple[Points, Points]:
    """Return the outline moved by (x, y), and its mirror image."""
    right = move(outline, (x, y))
    return right, mirror(right)


def tube(path: Points, widths: float | np.ndarray) -> Points:
    """Return the outline of a limb along ``path``: as `stroke`, cut off square where it starts."""
    thick = np.broadcast_to(np.asarray(widths, np.float32), len(path))
    return stroke(path, thick.tolist())[:-1]


def fur(
    rng: Rng, center: Point, rx: float, ry: float, spikes: int = 36, depth: float = 0.1
) -> Points:
    """Return an oval with a furry edge."""
    return move(jagged(rng, (0, 0), 1.0, spikes, depth), center, 0, (rx, ry))


def wavy(
    center: Point, rx: float, ry: float, waves: int, depth: float, angle_deg: float = 0.0
) -> Points:
    """Return an oval whose edge swells ``waves`` times by ``depth`` (share of the radius)."""
    t = np.linspace(0, 2 * np.pi, 6 * waves, endpoint=False)
    edge = np.stack([np.cos(t), np.sin(t)], 1) * (1 + depth * np.cos(waves * t))[:, None]
    return move(edge.astype(np.float32), center, angle_deg, (rx, ry))


def turned(angle_deg: float, radius: float) -> Points:
    """Return the point at ``radius`` in direction ``angle_deg`` (0 is up, clockwise)."""
    angle = np.deg2rad(angle_deg)
    return np.array([np.sin(angle), -np.cos(angle)], np.float32) * np.float32(radius)


def spokes(
    c: Brush,
    center: Point,
    radius: float,
    count: int,
    width: float,
    color: Color,
    phase_deg: float = 0.0,
) -> None:
    """Draw ``count`` lines from the center outward."""
    hub = np.asarray(center, np.float32)
    for i in range(count):
        c.line(np.stack([hub, hub + turned(phase_deg + 360 * i / count, radius)]), width, color)


def eyes(
    c: Brush, x: float, y: float, radius: float, iris: Color | None, gaze: float = 0.0
) -> None:
    """Draw two eyes, mirrored; ``iris`` None gives dark buttons."""
    for side in (-1, 1):
        eye(c, (side * x, y), radius, iris, gaze)


def eye(c: Brush, center: Point, radius: float, iris: Color | None, gaze: float = 0.0) -> None:
    """Draw one eye with a glint; ``gaze`` (-1 to 1) moves the pupil left or right."""
    x, y = center
    pupil = (x + gaze * radius, y)
    if iris is not None:
        c.fill(ellipse(center, radius * 1.15), darken(WHITE, 0.7), 0)
        c.fill(ellipse(center, radius), WHITE, 0)
        c.fill(ellipse(pupil, radius * 0.75), iris, 0)
    c.fill(ellipse(pupil, radius * (0.5 if iris is not None else 0.8)), BLACK, 0)
    c.fill(ellipse((pupil[0] - 0.25 * radius, y - 0.3 * radius), radius * 0.22), WHITE, 0)


def whiskers(c: Brush, x: float, y: float, length: float, color: Color, count: int = 3) -> None:
    """Draw whiskers on both sides of a snout."""
    for side in (-1, 1):
        for tilt in np.linspace(-0.3, 0.3, count):
            start = np.array([side * x, y + tilt * 0.15])
            c.line(np.stack([start, start + (side * length, tilt * length)]), 0.02, color)


def shine(
    c: Brush, center: Point, rx: float, ry: float, color: Color, angle_deg: float = -35.0
) -> None:
    """Draw a soft highlight."""
    c.fill(ellipse(center, rx, ry, angle_deg), lighten(color, 0.65), 0)
