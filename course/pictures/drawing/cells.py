"""Cells under a phase-contrast microscope: grey, grainy, and unlike anything in pretraining.

round: smooth discs with a nucleus, apart from each other
elongated: spindles, several times as long as wide, one or two nuclei
dividing: pairs held together by a narrow waist, two nuclei
spiky: small bodies with many thin arms
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from course.pictures.drawing.noise import noise_crop
from course.pictures.drawing.scene import Nuisance
from course.pictures.drawing.shapes import Point, Points, blob, ellipse, move, points, smooth

Rng = np.random.Generator
Body = tuple[list[Points], list[Points]]  # outlines, nuclei; both about 1 in radius
Drawing = Callable[[Rng], Body]

_SUBPIXEL = 4


def round_cell(rng: Rng) -> Body:
    """Return a smooth, nearly round cell with one nucleus."""
    body = blob(rng, (0, 0), 1.0, rng.uniform(0.82, 1.0), 0.06)
    return [body], [_nucleus(rng, (0, 0), 0.32)]


def elongated(rng: Rng) -> Body:
    """Return a spindle, bent a little, drawn out at both ends."""
    slim, bow = rng.uniform(0.24, 0.40), rng.uniform(-0.3, 0.3)
    end = rng.uniform(0.04, 0.12)
    corners = [
        (-1.5, bow), (-0.8, -slim * 0.7 + bow * 0.3), (0, -slim), (0.8, -slim * 0.7 + bow * 0.3),
        (1.5, bow), (1.5, bow + end), (0.8, slim * 0.7 + bow * 0.3), (0, slim),
        (-0.8, slim * 0.7 + bow * 0.3), (-1.5, bow + end),
    ]  # fmt: skip
    nuclei = [_nucleus(rng, (0, 0), slim * 0.7)]
    if rng.random() < 0.25:
        nuclei = [_nucleus(rng, (x, bow * 0.1), slim * 0.6) for x in (-0.4, 0.4)]
    return [smooth(np.array(corners))], nuclei


def dividing(rng: Rng) -> Body:
    """Return two daughters joined by a waist, a nucleus in each."""
    apart, waist = rng.uniform(0.60, 0.80), rng.uniform(0.16, 0.42)
    sizes = (0.72, 0.72 * rng.uniform(0.8, 1.0))
    daughters = [
        blob(rng, (side * apart, 0), size, size * rng.uniform(0.85, 1.0), 0.05)
        for side, size in zip((-1, 1), sizes, strict=True)
    ]
    neck = points((-apart, -waist * 1.6), (0, -waist), (apart, -waist * 1.6),
                  (apart, waist * 1.6), (0, waist), (-apart, waist * 1.6))  # fmt: skip
    nuclei = [_nucleus(rng, (side * apart, 0), 0.26) for side in (-1, 1)]
    return [*daughters, smooth(neck)], nuclei


def spiky(rng: Rng) -> Body:
    """Return a small body with five to nine thin arms."""
    count = int(rng.integers(5, 10))
    turn = rng.uniform(0, 2 * math.pi)
    corners = []
    for k in range(count):
        angle = turn + 2 * math.pi * (k + rng.uniform(-0.2, 0.2)) / count
        reach, half = rng.uniform(1.0, 1.6), 0.10
        valley = angle + math.pi / count
        corners += [
            (math.cos(angle - half) * 0.75, math.sin(angle - half) * 0.75),
            (math.cos(angle) * reach, math.sin(angle) * reach),
            (math.cos(angle + half) * 0.75, math.sin(angle + half) * 0.75),
            (math.cos(valley) * 0.48, math.sin(valley) * 0.48),
        ]
    return [smooth(np.array(corners), per_segment=3)], [_nucleus(rng, (0, 0), 0.24)]


def _nucleus(rng: Rng, center: Point, radius: float) -> Points:
    spot = np.asarray(center) + rng.uniform(-0.08, 0.08, 2)
    return ellipse(spot, radius * rng.uniform(0.85, 1.15), radius * rng.uniform(0.75, 1.0),
                   rng.uniform(0, 180), n=20)  # fmt: skip


DRAWINGS: dict[str, Drawing] = {
    "round": round_cell,
    "elongated": elongated,
    "dividing": dividing,
    "spiky": spiky,
}


# -- the microscope ----------------------------------------------------------------------------


def render(
    draw: Drawing, seed: np.random.SeedSequence, nuisance: Nuisance, size_px: int
) -> np.ndarray:
    """Draw a field of three to eight cells of one kind.

    Returns
    -------
    (size_px, size_px, 3) uint8, three equal channels
    """
    subject, field, lens = (np.random.default_rng(child) for child in seed.spawn(3))
    side = 2 * size_px
    height = np.zeros((side, side), np.uint8)  # how thick the cells are
    inside = np.zeros((side, side), np.uint8)  # nuclei
    for at, scale, angle in _places(field, nuisance):
        outlines, nuclei = draw(subject)
        _stamp(height, outlines, at, scale, angle)
        _stamp(inside, nuclei, at, scale, angle)
    _debris(height, field, nuisance)
    grey = _phase_contrast(height, inside, field, nuisance)
    grey = cv2.resize(grey, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return cv2.merge([_expose(grey, lens, nuisance)] * 3)


def _places(rng: Rng, nuisance: Nuisance) -> list[tuple[np.ndarray, float, float]]:
    """Return ``(center, scale, angle)`` of cells that do not lie on each other."""
    scale = rng.uniform(0.19, 0.31)
    wanted, places = int(rng.integers(3, 8)), [(rng.uniform(-0.35, 0.35, 2), scale, _turn(rng))]
    for center in rng.uniform(-1.05, 1.05, (30, 2)):
        gap = min(float(np.hypot(*(center - other))) for other, _, _ in places)
        if gap > 2.3 * scale and len(places) < wanted:
            places.append((center, scale * rng.uniform(0.8, 1.1), _turn(rng)))
    return places


def _turn(rng: Rng) -> float:
    return float(rng.uniform(0, 360))


def _stamp(
    layer: np.ndarray, outlines: list[Points], at: Point, scale: float, angle: float
) -> None:
    half = layer.shape[0] / 2
    for outline in outlines:
        px = (move(outline, at, angle, scale) + 1) * np.float32(half * 2**_SUBPIXEL)
        cv2.fillPoly(layer, [np.rint(px).astype(np.int32)], 255, cv2.LINE_AA, _SUBPIXEL)


def _debris(layer: np.ndarray, rng: Rng, nuisance: Nuisance) -> None:
    """Strew grains and broken bits that belong to no class."""
    for center in rng.uniform(-1, 1, (int(rng.poisson(4 * nuisance.clutter)), 2)):
        bit = blob(rng, (0, 0), 1.0, rng.uniform(0.4, 1.0), 0.3, n=14)
        _stamp(layer, [bit], center, rng.uniform(0.012, 0.045), _turn(rng))


def _phase_contrast(
    height: np.ndarray, inside: np.ndarray, rng: Rng, nuisance: Nuisance
) -> np.ndarray:
    """Turn thickness into grey: dark bodies, bright halo, dark membrane, granules, nuclei."""
    side = height.shape[0]
    near, wide = _blur(height, side // 60), _blur(height, side // 16)
    halo, body = rng.uniform(80, 150), rng.uniform(-50, 30)
    membrane = rng.uniform(40, 90)
    edge = cv2.absdiff(_blur(height, side // 90), near)
    tilt = math.radians(rng.uniform(0, 360))
    step = max(1, side // 70)
    relief = _slid(near, round(math.cos(tilt) * step), round(math.sin(tilt) * step))
    grey = cv2.addWeighted(wide, halo / 255, near, (body - halo) / 255, 0, dtype=cv2.CV_32F)
    grey = cv2.addWeighted(grey, 1, edge, -2 * membrane / 255, 0, dtype=cv2.CV_32F)
    slope = cv2.addWeighted(relief, 0.22, near, -0.22, 0, dtype=cv2.CV_32F)
    granules = noise_crop(rng, side, side, "rough") * (rng.uniform(4, 12) / 255)
    grey = cv2.add(cv2.add(grey, slope), cv2.multiply(near, granules, dtype=cv2.CV_32F))
    nucleus = rng.uniform(18, 55) * (1 if rng.random() < 0.5 else -1)
    return cv2.addWeighted(grey, 1, _blur(inside, side // 70), nucleus / 255, 0, dtype=cv2.CV_32F)


def _blur(layer: np.ndarray, reach: int) -> np.ndarray:
    k = 2 * max(1, reach) + 1
    return cv2.blur(cv2.blur(layer, (k, k)), (k, k))


def _slid(layer: np.ndarray, dx: int, dy: int) -> np.ndarray:
    return np.roll(layer, (dy, dx), (0, 1))


def _expose(grey: np.ndarray, rng: Rng, nuisance: Nuisance) -> np.ndarray:
    """Add the field's uneven light, defocus and noise; domain shift darkens and inverts it."""
    size = grey.shape[0]
    sigma = rng.uniform(0, nuisance.blur_px) * size / 97
    if sigma > 0.25:
        grey = cv2.GaussianBlur(grey, (0, 0), sigma)
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    sx, sy, bow = (rng.uniform(-1, 1, 3) * (30, 30, 18) * nuisance.light).tolist()
    light = (sx * axis - bow * axis**2)[None, :] + (sy * axis)[:, None]
    contrast = 1 + 0.4 * nuisance.tint * rng.uniform(-1, 1)
    base = rng.uniform(110, 165)
    grey = contrast * grey * (1 - 1.6 * nuisance.ink) + light + base - 70 * nuisance.dusk
    grey += noise_crop(rng, size, size, "cloud") * 5
    noise = rng.uniform(0.3, 1.0) * nuisance.noise
    grain = noise_crop(rng, size, size, "sensor")
    return cv2.addWeighted(grey.astype(np.float32), 1, grain, noise, 0, dtype=cv2.CV_8U)
