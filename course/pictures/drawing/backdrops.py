"""Backdrops: what lies behind every subject, out of focus, in colors that all classes share.

A backdrop is painted small (104 px) whatever the size of the picture; enlarged, it looks a little
out of focus, as a background should.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from course.pictures.drawing.canvas import noise_crop
from course.pictures.drawing.color import (
    WHITE,
    Color,
    any_color,
    darken,
    hsv,
    leaf_color,
    lighten,
    mix,
)

SIDE = 104


def backdrop(rng: np.random.Generator, names: tuple[str, ...], ink: float = 0.0) -> np.ndarray:
    """Paint one of the named backdrops, ``(104, 104, 3) uint8``; pale paper as ``ink`` nears 1."""
    name = names[int(rng.integers(len(names)))]
    picture = BACKDROPS[name](rng)
    if ink:
        paper = np.full_like(picture, WHITE.astype(np.uint8))
        picture = cv2.addWeighted(picture, 1 - 0.85 * ink, paper, 0.85 * ink, 0)
    return picture


def ground_color(rng: np.random.Generator) -> Color:
    """Draw a color of surroundings: greens and muted tones mostly, sometimes anything."""
    kind = rng.random()
    if kind < 0.35:
        return leaf_color(rng)
    if kind < 0.70:
        return hsv(rng.random(), rng.uniform(0.05, 0.45), rng.uniform(0.20, 0.92))
    return any_color(rng)


def _between(first: Color, second: Color, share: np.ndarray) -> np.ndarray:
    """Blend two colors by a ``(h, w)`` share into ``uint8``; shares beyond 0–1 go on beyond."""
    field = cv2.transform(
        np.ascontiguousarray(share, np.float32), np.stack([second - first, first], 1)
    )
    return np.clip(field, 0, 255).astype(np.uint8)


def _cloud(rng: np.random.Generator) -> np.ndarray:
    return noise_crop(rng, SIDE, SIDE, "cloud")


def _slope(rng: np.random.Generator) -> np.ndarray:
    """Return a straight ramp over the picture, about 0 to 1, in a random direction."""
    angle = rng.uniform(0, 2 * math.pi)
    axis = np.linspace(-0.5, 0.5, SIDE, dtype=np.float32)
    return 0.5 + math.cos(angle) * axis[None, :] + math.sin(angle) * axis[:, None]


def studio(rng: np.random.Generator) -> np.ndarray:
    """A plain wall with a gradient."""
    color = ground_color(rng)
    return _between(lighten(color, 0.25), darken(color, 0.45), _slope(rng) + 0.05 * _cloud(rng))


def blotches(rng: np.random.Generator) -> np.ndarray:
    """Soft patches of several colors."""
    first, second, third = (ground_color(rng) for _ in range(3))
    base = _between(first, second, 0.5 + 0.35 * _cloud(rng)).astype(np.float32)
    share = np.clip(0.5 + 0.6 * _cloud(rng), 0, 1)[..., None]
    return (base + (third - base) * share * 0.7).astype(np.uint8)


def meadow(rng: np.random.Generator) -> np.ndarray:
    """Blades of grass, crossing."""
    green = leaf_color(rng)
    picture = _between(darken(green, 0.55), green, 0.45 + 0.25 * _cloud(rng))
    count = int(rng.integers(35, 80))
    roots = rng.uniform(-10, SIDE + 10, (count, 2))
    tips = roots + np.stack([rng.normal(0, 11, count), -rng.uniform(14, 46, count)], 1)
    ends = np.round(np.concatenate([roots, tips], 1) * 16).astype(int).tolist()
    tones = rng.uniform(-0.5, 0.5, count).tolist()
    for (x0, y0, x1, y1), tone in zip(ends, tones, strict=True):
        color = darken(green, -tone) if tone < 0 else lighten(green, tone)
        cv2.line(picture, (x0, y0), (x1, y1), color.tolist(), 1 + (tone > 0.1), cv2.LINE_AA, 4)
    return cv2.blur(picture, (2, 2)) if rng.random() < 0.5 else picture


def bokeh(rng: np.random.Generator) -> np.ndarray:
    """Lights and leaves far out of focus: soft discs."""
    base = ground_color(rng)
    picture = _between(darken(base, 0.6), darken(base, 0.1), 0.5 + 0.3 * _cloud(rng))
    for _ in range(int(rng.integers(8, 18))):
        layer = picture.copy()
        center = rng.integers(0, SIDE, 2).tolist()
        color = mix(base, any_color(rng), 0.6).tolist()
        cv2.circle(layer, center, int(rng.integers(4, 16)), color, cv2.FILLED, cv2.LINE_AA)
        picture = cv2.addWeighted(layer, 0.45, picture, 0.55, 0)
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(1.0, 2.5))


def wood(rng: np.random.Generator) -> np.ndarray:
    """Boards with grain."""
    color = mix(hsv(rng.uniform(0.04, 0.11), 0.5, 0.6), ground_color(rng), rng.uniform(0, 0.7))
    grain = cv2.resize(noise_crop(rng, SIDE // 8, SIDE, "fine"), (SIDE, SIDE))
    share = 0.45 + 0.22 * grain.T
    board = int(rng.integers(18, 44))
    for start in range(int(rng.integers(board)), SIDE, board):
        share[:, start:] += rng.uniform(-0.18, 0.18)
        share[:, start : start + 2] += 0.5
    picture = _between(lighten(color, 0.2), darken(color, 0.5), share)
    return picture if rng.random() < 0.5 else cv2.transpose(picture)


def stone(rng: np.random.Generator) -> np.ndarray:
    """Gravel, sand or plaster."""
    color = ground_color(rng)
    share = 0.45 + rng.uniform(0.08, 0.22) * noise_crop(rng, SIDE, SIDE, "rough")
    return _between(lighten(color, 0.3), darken(color, 0.55), share + 0.08 * _cloud(rng))


def wall(rng: np.random.Generator) -> np.ndarray:
    """Bricks or tiles in courses."""
    color, joint = ground_color(rng), lighten(ground_color(rng), 0.3)
    high = int(rng.integers(10, 24))
    long, offset = int(high * rng.uniform(1.0, 2.6)), float(rng.uniform(0, 0.5))
    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    picture[:] = joint
    start = -int(rng.integers(high))
    for row, top in enumerate(range(start, SIDE, high)):
        left = -int(rng.integers(1, 4)) - int(row % 2 * offset * long)
        for x in range(left, SIDE, long):
            tone = darken(color, rng.uniform(0, 0.4))
            cv2.rectangle(picture, (x, top), (x + long - 3, top + high - 3), tone.tolist(), -1)
    noise = noise_crop(rng, SIDE, SIDE, "rough")
    return cv2.add(picture, cv2.merge([noise] * 3) * 7, dtype=cv2.CV_8U)


def horizon(rng: np.random.Generator) -> np.ndarray:
    """Sky over land, or a wall over a floor."""
    sky, land = (hsv(rng.uniform(0.5, 0.65), 0.4, 0.9), leaf_color(rng))
    if rng.random() < 0.5:
        sky, land = ground_color(rng), ground_color(rng)
    edge, slant = rng.uniform(0.35, 0.85), rng.uniform(-0.15, 0.15)
    axis = np.linspace(0, 1, SIDE, dtype=np.float32)
    height = axis[:, None] - edge - slant * (axis[None, :] - 0.5)
    picture = _between(sky, lighten(sky, 0.45), axis[:, None] / edge + 0.10 * _cloud(rng))
    ground = _between(land, darken(land, 0.5), height / (1 - edge) + 0.12 * _cloud(rng))
    cover = np.clip(height * SIDE / rng.uniform(1, 6) + 0.5, 0, 1)[..., None]
    return np.asarray(picture + (ground.astype(np.float32) - picture) * cover).astype(np.uint8)


def cloth(rng: np.random.Generator) -> np.ndarray:
    """Stripes or checks, turned and folded."""
    first, second = ground_color(rng), ground_color(rng)
    angle, wave = rng.uniform(0, math.pi), rng.uniform(5, 16)
    axis = np.linspace(0, SIDE, SIDE, dtype=np.float32)
    fold = 2.5 * _cloud(rng)
    across = math.cos(angle) * axis[None, :] + math.sin(angle) * axis[:, None] + fold
    share = 0.5 + 0.5 * np.tanh(2 * np.sin(2 * math.pi * across / wave))
    if rng.random() < 0.5:
        down = -math.sin(angle) * axis[None, :] + math.cos(angle) * axis[:, None] + fold
        share = 0.5 * share + 0.25 + 0.25 * np.tanh(2 * np.sin(2 * math.pi * down / wave))
    return _between(first, second, share)


def foliage(rng: np.random.Generator) -> np.ndarray:
    """Overlapping leaves."""
    green = leaf_color(rng)
    picture = _between(darken(green, 0.7), darken(green, 0.3), 0.5 + 0.3 * _cloud(rng))
    for _ in range(int(rng.integers(14, 30))):
        center = rng.integers(0, SIDE, 2).tolist()
        axes = (int(rng.integers(7, 20)), int(rng.integers(3, 8)))
        tone = mix(darken(green, 0.4), lighten(green, 0.2), rng.random())
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(picture, center, axes, turn, 0, 360, tone.tolist(), cv2.FILLED, cv2.LINE_AA)
        cv2.ellipse(picture, center, (axes[0], 0), turn, 0, 360, lighten(tone, 0.25).tolist())
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.6))


BACKDROPS = {
    painter.__name__: painter
    for painter in (
        studio, blotches, meadow, bokeh, wood, stone, wall, horizon, cloth, foliage,
    )
}  # fmt: skip
