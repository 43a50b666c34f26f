"""Colors as ``(3,) float32`` RGB arrays, 0–255, and the few ways drawings mix them."""

from __future__ import annotations

import colorsys

import numpy as np

Color = np.ndarray
WHITE = np.array([250, 249, 245], np.float32)
BLACK = np.array([22, 20, 24], np.float32)


def rgb(red: float, green: float, blue: float) -> Color:
    """Return the color of three values, 0–255."""
    return np.array([red, green, blue], np.float32)


def hsv(hue: float, saturation: float, value: float) -> Color:
    """Return the color of hue (any number, 1 is a full turn), saturation and value (0–1).

    >>> hsv(0.0, 1.0, 1.0).tolist()
    [255.0, 0.0, 0.0]
    """
    saturation, value = min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0)
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value), np.float32) * np.float32(255)


def mix(first: Color, second: Color, share: float) -> Color:
    """Return ``first`` with ``share`` (0–1) of ``second`` in it."""
    mixed: Color = first + (second - first) * np.float32(share)
    return mixed


def lighten(color: Color, share: float) -> Color:
    """Return the color moved toward white by ``share`` (0–1)."""
    return mix(color, WHITE, share)


def darken(color: Color, share: float) -> Color:
    """Return the color moved toward black by ``share`` (0–1)."""
    return mix(color, BLACK, share)


def jitter(rng: np.random.Generator, color: Color, amount: float = 12.0) -> Color:
    """Return the color with each channel moved by up to ``amount`` (0–255 scale)."""
    moved: Color = color + rng.uniform(-amount, amount, 3).astype(np.float32)
    return moved.clip(0, 255)


def any_color(rng: np.random.Generator) -> Color:
    """Draw one color from the wide distribution that all classes of a set share.

    Mostly strong hues, sometimes pale, dark or grey, so that no class owns a color.
    """
    kind = rng.random()
    hue = rng.random()
    if kind < 0.62:
        return hsv(hue, rng.uniform(0.45, 0.95), rng.uniform(0.55, 0.97))
    if kind < 0.78:
        return hsv(hue, rng.uniform(0.08, 0.35), rng.uniform(0.80, 0.98))
    if kind < 0.90:
        return hsv(hue, rng.uniform(0.25, 0.70), rng.uniform(0.22, 0.50))
    return hsv(hue, rng.uniform(0.0, 0.10), rng.uniform(0.20, 0.95))


def accent(rng: np.random.Generator, beside: Color) -> Color:
    """Draw a color that stands out from ``beside``."""
    best, far = beside, -1.0
    for _ in range(3):
        candidate = any_color(rng)
        distance = float(np.abs(candidate - beside).sum())
        if distance > far:
            best, far = candidate, distance
    return best


def flower_color(rng: np.random.Generator) -> Color:
    """Draw a petal color: white, cream, yellow, orange, pink, red, purple or blue.

    One distribution for every flower class: the form tells them apart, not the color.
    """
    kind = int(rng.integers(8))
    if kind == 0:
        return hsv(rng.random(), rng.uniform(0.0, 0.08), rng.uniform(0.90, 0.99))
    hue, low, high = _PETALS[kind]
    return hsv(hue + rng.uniform(-0.02, 0.02), rng.uniform(low, high), rng.uniform(0.78, 0.98))


_PETALS = {
    1: (0.135, 0.20, 0.45),  # cream
    2: (0.140, 0.75, 0.98),  # yellow
    3: (0.075, 0.75, 0.98),  # orange
    4: (0.930, 0.25, 0.60),  # pink
    5: (0.985, 0.75, 0.95),  # red
    6: (0.800, 0.35, 0.75),  # purple
    7: (0.640, 0.35, 0.70),  # blue
}


def leaf_color(rng: np.random.Generator) -> Color:
    """Draw a green, from yellow-green to blue-green, bright to dark."""
    return hsv(rng.uniform(0.19, 0.42), rng.uniform(0.30, 0.80), rng.uniform(0.28, 0.72))


def coat_color(rng: np.random.Generator) -> Color:
    """Draw the color of an animal's coat: black, grey, white, cream, ginger, brown."""
    kind = int(rng.integers(6))
    if kind == 0:
        return hsv(rng.uniform(0.0, 0.7), rng.uniform(0.0, 0.15), rng.uniform(0.12, 0.28))
    if kind == 1:
        return hsv(rng.uniform(0.05, 0.65), rng.uniform(0.0, 0.15), rng.uniform(0.38, 0.68))
    if kind == 2:
        return hsv(rng.uniform(0.08, 0.14), rng.uniform(0.0, 0.10), rng.uniform(0.88, 0.98))
    if kind == 3:
        return hsv(rng.uniform(0.08, 0.12), rng.uniform(0.20, 0.40), rng.uniform(0.75, 0.93))
    if kind == 4:
        return hsv(rng.uniform(0.05, 0.09), rng.uniform(0.55, 0.80), rng.uniform(0.65, 0.92))
    return hsv(rng.uniform(0.04, 0.09), rng.uniform(0.40, 0.65), rng.uniform(0.28, 0.55))
