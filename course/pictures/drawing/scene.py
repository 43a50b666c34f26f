"""What stands between a drawing and its class: pose, light, backdrop, clutter, lens.

`render` puts a drawing into a scene. All strengths live in one frozen dataclass, `Nuisance`, so
that a set is made easier or harder in one place; ``Nuisance.shifted`` moves them to another
domain without touching the classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from course.pictures.drawing.backdrops import backdrop
from course.pictures.drawing.canvas import Canvas, Light, Paint, affine, noise_crop
from course.pictures.drawing.color import any_color, darken, leaf_color
from course.pictures.drawing.shapes import (
    Points,
    blob,
    box,
    capsule,
    ellipse,
    move,
    petal,
    polygon,
    ring,
    rounded_box,
    smooth,
    star,
    stroke,
)

Drawing = Callable[[Canvas, np.random.Generator], None]


@dataclass(frozen=True)
class Nuisance:
    """The strengths of everything that is not the class.

    Parameters
    ----------
    scale : smallest and largest size of the subject (1 fills the frame)
    turn_deg : rotation is drawn from -turn to +turn
    move : 0–1, how far the subject may leave the middle
    shear, perspective : 0–1, how far the view leaves the front
    backdrops : names from `course.pictures.drawing.backdrops.BACKDROPS`, chosen evenly
    clutter : mean number of other things behind the subject
    occlusion : probability that something stands partly in front of it
    light : 0–1, how much direction and strength of light vary
    tint : 0–1, how much white balance, brightness, contrast and saturation vary
    blur_px : largest blur, in pixels of a 97-pixel picture
    noise : largest sensor noise, deviation on the 0–255 scale
    hue_deg : how far all hues are turned (domain shift)
    ink : 0–1, from shaded paint to line drawing (domain shift)
    dusk : 0–1, from daylight to a dark, blue scene lit from below (domain shift)
    """

    scale: tuple[float, float] = (0.78, 1.02)
    turn_deg: float = 15.0
    move: float = 0.3
    shear: float = 0.08
    perspective: float = 0.08
    backdrops: tuple[str, ...] = (
        "studio", "blotches", "meadow", "bokeh", "wood", "stone", "wall", "horizon", "cloth",
        "foliage",
    )  # fmt: skip
    clutter: float = 0.7
    occlusion: float = 0.12
    light: float = 0.6
    tint: float = 0.5
    blur_px: float = 0.5
    noise: float = 5.0
    hue_deg: float = 0.0
    ink: float = 0.0
    dusk: float = 0.0

    def but(self, **changes: Any) -> Nuisance:
        """Return a copy with some strengths changed."""
        return replace(self, **changes)

    def shifted(self, amount: float) -> Nuisance:
        """Return the same world seen elsewhere: ``amount`` 0 is here, 1 a line drawing at dusk."""
        low, high = self.scale
        return replace(
            self,
            scale=(low * (1 - 0.15 * amount), high * (1 - 0.10 * amount)),
            turn_deg=min(180.0, self.turn_deg * (1 + 0.8 * amount)),
            tint=min(1.0, self.tint + 0.4 * amount),
            noise=self.noise * (1 + amount),
            hue_deg=self.hue_deg + 140 * amount,
            ink=max(self.ink, 0.85 * amount**1.5),
            dusk=max(self.dusk, 0.6 * amount),
        )


def render(
    draw: Drawing, seed: np.random.SeedSequence, nuisance: Nuisance, size_px: int
) -> np.ndarray:
    """Draw one subject into one scene.

    Subject, scene and lens take their chances from three separate streams: changing how strong
    the nuisance is leaves the subject as it was.

    Returns
    -------
    (size_px, size_px, 3) uint8, RGB
    """
    subject, scene, lens = (np.random.default_rng(child) for child in seed.spawn(3))
    canvas = Canvas(size_px, _light(scene, nuisance), scene, nuisance.ink)
    canvas.paint_background(backdrop(scene, nuisance.backdrops, nuisance.ink))
    matrix, center, scale = _pose(scene, nuisance)
    _clutter(canvas, scene, nuisance)
    canvas.set_pose(matrix)
    draw(canvas, subject)
    if scene.random() < nuisance.occlusion:
        canvas.set_pose(affine())
        _occlude(canvas, scene, center, scale)
    return expose(canvas.picture(), lens, nuisance)


def _light(rng: np.random.Generator, nuisance: Nuisance) -> Light:
    spread = 75 * nuisance.light * rng.uniform(-1, 1)
    angle = -110 + spread + 200 * nuisance.dusk
    return Light(angle, 1.0 + 0.35 * nuisance.light * rng.uniform(-1, 1))


def _pose(
    rng: np.random.Generator, nuisance: Nuisance
) -> tuple[np.ndarray, tuple[float, float], float]:
    """Return the subject's matrix, its middle and its scale."""
    scale = rng.uniform(*nuisance.scale)
    room = nuisance.move * (1.12 - scale)
    dx, dy = rng.uniform(-room, room, 2).tolist()
    side = -1 if rng.random() < 0.5 else 1
    tilt = np.eye(3)
    tilt[0, 1], tilt[1, 0] = rng.uniform(-nuisance.shear, nuisance.shear, 2)
    tilt[2, :2] = rng.uniform(-nuisance.perspective, nuisance.perspective, 2)
    angle = rng.uniform(-nuisance.turn_deg, nuisance.turn_deg)
    matrix = affine((dx, dy), angle, (side * scale, scale)) @ tilt
    return matrix, (dx, dy), scale


# -- other things in the picture ---------------------------------------------------------------


def _clutter(canvas: Canvas, rng: np.random.Generator, nuisance: Nuisance) -> None:
    for _ in range(min(int(rng.poisson(nuisance.clutter)), 5)):
        angle, reach = rng.uniform(0, 2 * math.pi), rng.uniform(0.45, 1.15)
        center = (reach * math.cos(angle), reach * math.sin(angle))
        with canvas.at(center, rng.uniform(0, 360), rng.uniform(0.12, 0.34)):
            canvas.shape(_thing(rng), _thing_paint(rng))


def _thing(rng: np.random.Generator) -> Points | list[Points]:
    """Return a shape of no class at all."""
    kind = int(rng.integers(8))
    if kind == 0:
        return blob(rng, (0, 0), 1.0, rng.uniform(0.5, 1.0), 0.25)
    if kind == 1:
        return polygon((0, 0), 1.0, int(rng.integers(3, 7)))
    if kind == 2:
        return rounded_box((0, 0), 1.8, rng.uniform(0.7, 1.8), 0.2)
    if kind == 3:
        return capsule((-0.8, 0), (0.8, 0), rng.uniform(0.2, 0.5), rng.uniform(0.2, 0.5))
    if kind == 4:
        return move(petal(2.0, rng.uniform(0.6, 1.0), "pointed"), (0, 1))
    if kind == 5:
        return ring((0, 0), 1.0, rng.uniform(0.5, 0.75))
    if kind == 6:
        return star((0, 0), 1.0, rng.uniform(0.4, 0.7), int(rng.integers(4, 8)))
    return ellipse((0, 0), 1.0, rng.uniform(0.4, 1.0))


def _thing_paint(rng: np.random.Generator) -> Paint:
    color = leaf_color(rng) if rng.random() < 0.3 else any_color(rng)
    return Paint(color, darken(color, 0.35), relief=rng.uniform(0.2, 0.9), soft=rng.uniform(0.2, 1))


def _occlude(
    canvas: Canvas, rng: np.random.Generator, center: tuple[float, float], scale: float
) -> None:
    """Put something in front that hides a part of the subject, never its middle."""
    angle = rng.uniform(0, 2 * math.pi)
    paint = _thing_paint(rng)
    if rng.random() < 0.45:
        canvas.shape(_bar(rng, center, scale, angle), paint)
        return
    reach = scale * rng.uniform(0.80, 1.05)
    at = (center[0] + reach * math.cos(angle), center[1] + reach * math.sin(angle))
    with canvas.at(at, rng.uniform(0, 360), scale * rng.uniform(0.28, 0.48)):
        canvas.shape(_thing(rng), paint)


def _bar(
    rng: np.random.Generator, center: tuple[float, float], scale: float, angle: float
) -> Points:
    """Return a stalk, pole or band that crosses the subject beside its middle."""
    off = scale * rng.uniform(0.38, 0.75)
    middle = np.array(
        [center[0] + off * math.cos(angle), center[1] + off * math.sin(angle)], np.float32
    )
    along = np.array([-math.sin(angle), math.cos(angle)], np.float32)
    width = rng.uniform(0.06, 0.17)
    if rng.random() < 0.4:
        return box(middle, 3.2, width, math.degrees(angle) + 90)
    bend = np.array([math.cos(angle), math.sin(angle)], np.float32) * rng.uniform(-0.25, 0.25)
    line = smooth(np.stack([middle - 1.6 * along, middle + bend, middle + 1.6 * along]), False)
    return stroke(line, np.linspace(width, width * 0.6, len(line)))


# -- the lens ----------------------------------------------------------------------------------


def expose(picture: np.ndarray, rng: np.random.Generator, nuisance: Nuisance) -> np.ndarray:
    """Blur, tint, shade the corners and add sensor noise, as a camera would."""
    size = picture.shape[0]
    sigma = rng.uniform(0, nuisance.blur_px) * size / 97
    if sigma > 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    picture = cv2.transform(picture.astype(np.float32), _color_matrix(rng, nuisance))
    field = _uneven_light(rng, size, nuisance)
    noise = rng.uniform(0.2, 1.0) * nuisance.noise
    grain = noise_crop(rng, size, 3 * size, "sensor").reshape(size, size, 3)
    lit = cv2.multiply(picture, cv2.merge([field] * 3))
    return cv2.addWeighted(lit, 1.0, grain, noise, 0, dtype=cv2.CV_8U)


def _color_matrix(rng: np.random.Generator, nuisance: Nuisance) -> np.ndarray:
    """Return the ``(3, 4)`` color matrix: hue, saturation, contrast, brightness, white balance."""
    draw = rng.uniform(-1, 1, 5) * nuisance.tint
    warmth, green, contrast, saturation, brightness = draw.tolist()
    warmth -= 0.9 * nuisance.dusk
    balance = np.diag([1 + 0.16 * warmth, 1 + 0.06 * green, 1 - 0.16 * warmth])
    strength = (1 + 0.28 * contrast) * (1 - 0.35 * nuisance.dusk)
    matrix = strength * balance @ _hue_matrix(nuisance.hue_deg) @ _saturation(1 + 0.4 * saturation)
    offset = 118 * (1 - strength) * (1 - nuisance.dusk) + 22 * brightness
    return np.concatenate([matrix, np.full((3, 1), offset)], 1)


def _saturation(amount: float) -> np.ndarray:
    return amount * np.eye(3) + (1 - amount) / 3


def _hue_matrix(degrees: float) -> np.ndarray:
    """Return the rotation of RGB space about its grey axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees)) / math.sqrt(3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    return c * np.eye(3) + (1 - c) / 3 + s * cross


def _uneven_light(rng: np.random.Generator, size: int, nuisance: Nuisance) -> np.ndarray:
    """Return the light that falls on each pixel: a slope over the picture and dark corners."""
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    sx, sy = (0.28 * nuisance.light * rng.uniform(-1, 1, 2)).tolist()
    corner = rng.uniform(0, 0.22)
    across = 1 + sx * axis - corner * axis * axis
    down = sy * axis - corner * axis * axis
    light: np.ndarray = across[None, :] + down[:, None]
    return light
