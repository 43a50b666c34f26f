"""Five flowers, told apart by form alone: all share petal, center and leaf colors.

daisy: one or two rings of narrow, separate petals round a small domed disc
dandelion: a half sphere of very many fine florets, or a clock of seeds with parachutes
rose: round petals overlapping in a spiral
sunflower: a large disc of seeds, fringed by short pointed petals
tulip: a cup of few broad petals on a stem, sometimes open and seen from above
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course.pictures.drawing.canvas import Canvas, Paint
from course.pictures.drawing.color import (
    Color,
    darken,
    flower_color,
    hsv,
    jitter,
    leaf_color,
    lighten,
    mix,
)
from course.pictures.drawing.shapes import (
    Point,
    Points,
    blob,
    ellipse,
    move,
    petal,
    points,
    smooth,
    spiral,
    stroke,
    sunflower_spiral,
)

Rng = np.random.Generator


# -- what all flowers share --------------------------------------------------------------------


def _disc_color(rng: Rng) -> Color:
    """Draw the color of a flower's disc: yellow, orange, green, brown or nearly black."""
    return hsv(rng.uniform(0.05, 0.22), rng.uniform(0.45, 0.95), rng.uniform(0.22, 0.95))


def _petal_colors(rng: Rng) -> tuple[Color, Color]:
    """Draw the colors of a petal's tip and base: close to each other, or two-toned."""
    tip = flower_color(rng)
    base = darken(tip, rng.uniform(0.1, 0.4))
    if rng.random() < 0.25:
        base = mix(tip, flower_color(rng), 0.7)
    return tip, base


def _leaf(
    canvas: Canvas, color: Color, at: Point, angle_deg: float, length: float, width: float
) -> None:
    blade = move(petal(length, width, "pointed", 5), at, angle_deg)
    tip = move(points((0, -length)), at, angle_deg)[0]
    canvas.shape(blade, Paint(darken(color, 0.25), lighten(color, 0.15), (at, tip), relief=0.6))
    canvas.line(np.stack([np.asarray(at, np.float32), tip]), lighten(color, 0.3), 0.012)


def _stem(canvas: Canvas, rng: Rng, top: tuple[float, float], width: float) -> Color:
    """Draw a bent stem from ``top`` down out of the frame, with up to three leaves."""
    color = leaf_color(rng)
    bend, foot = rng.uniform(-0.15, 0.15), rng.uniform(-0.3, 0.3)
    line = smooth([top, (top[0] + bend, 0.45), (foot, 1.35)], closed=False)
    for _ in range(int(rng.integers(0, 4))):
        at = line[int(rng.integers(3, len(line) - 2))]
        side = 1 if rng.random() < 0.5 else -1
        length = rng.uniform(0.45, 0.95)
        _leaf(canvas, color, at, side * rng.uniform(15, 75), length, length * rng.uniform(0.2, 0.5))
    canvas.shape(stroke(line, width), Paint(color, darken(color, 0.2), relief=0.9, soft=1.0))
    return color


def _with_plant(canvas: Canvas, rng: Rng, head: Callable[[Canvas, Rng], None]) -> None:
    """Draw a head seen from the front: filling the frame, or smaller on its stem."""
    if rng.random() < 0.5:
        center, scale = (rng.uniform(-0.15, 0.15), rng.uniform(-0.34, -0.16)), 0.78
        _stem(canvas, rng, center, rng.uniform(0.06, 0.12))
    else:
        center, scale = (0.0, 0.0), 1.0
        for _ in range(int(rng.integers(0, 3))):
            _leaf(canvas, leaf_color(rng), (0, 0), rng.uniform(0, 360), 1.1, rng.uniform(0.3, 0.5))
    tilt = rng.uniform(0.62, 1.0)
    with canvas.at(center, rng.uniform(-40, 40), (scale, scale * tilt)):
        head(canvas, rng)


def _ring(
    canvas: Canvas,
    rng: Rng,
    count: int,
    outline: Points,
    paint: Paint,
    *,
    wobble: float = 0.06,
    start: float = 0.0,
    inner: float = 0.0,
    missing: float = 0.0,
) -> None:
    """Lay ``count`` petals round the origin, each a little different."""
    length = float(-outline[:, 1].min())
    step = 360 / count
    order = rng.permutation(count)
    sizes = 1 + rng.uniform(-wobble, wobble, (count, 2))
    turns = rng.uniform(-1, 1, count) * wobble * step * 2.5
    tones = rng.uniform(0, 0.16, count)
    gone = rng.random(count) < missing
    for k in order:
        if gone[k]:
            continue
        angle = start + k * step + turns[k]
        foot = (inner * math.sin(math.radians(angle)), -inner * math.cos(math.radians(angle)))
        blade = move(outline, foot, angle, tuple(sizes[k]))
        tip = move(points((0, -length)), foot, angle)[0]
        color, color2 = darken(paint.color, tones[k]), darken(paint.color2, tones[k])  # type: ignore[arg-type]
        canvas.shape(blade, paint.but(color=color, color2=color2, span=(foot, tip)))


# -- the five ----------------------------------------------------------------------------------


def daisy(canvas: Canvas, rng: Rng) -> None:
    """Draw a daisy: from the front, or from the side with its petals hanging."""
    if rng.random() < 0.15:
        _daisy_side(canvas, rng)
    else:
        _with_plant(canvas, rng, _daisy_head)


def _daisy_head(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    kind = ("strap", "oval", "spoon")[int(rng.integers(3))]
    count = int(rng.integers(11, 21))
    disc = rng.uniform(0.17, 0.27)
    width = (2 * math.pi * 0.62 / count) * rng.uniform(0.62, 0.88)
    paint = Paint(base, tip, relief=0.6, soft=0.9, shadow=0.30, rim=0.2)
    layers = 2 if rng.random() < 0.35 else 1
    for layer in range(layers):
        length = (1 - disc * 0.5) * (1 - 0.12 * layer) * rng.uniform(0.92, 1.0)
        outline = petal(length, width, kind)
        _ring(
            canvas, rng, count, outline, paint, start=layer * 180 / count,
            inner=disc * 0.5, missing=rng.choice([0, 0, 0.1]),
        )  # fmt: skip
    _dome(canvas, rng, disc, _disc_color(rng))


def _dome(canvas: Canvas, rng: Rng, radius: float, color: Color) -> None:
    """Draw the domed disc of a daisy, beaded with tiny florets."""
    paint = Paint(color, darken(color, 0.35), ((0, 0), (radius, 0)), True, relief=0.9, soft=1.0)
    canvas.shape(ellipse((0, 0), radius), paint.but(shadow=0.4, rim=0.35))
    beads = sunflower_spiral(int(rng.integers(18, 34)), radius * 0.86)
    canvas.dots(beads, radius * 0.11, [lighten(color, 0.28), darken(color, 0.12), color])


def _daisy_side(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    _stem(canvas, rng, (0.0, -0.1), rng.uniform(0.06, 0.10))
    paint = Paint(base, tip, relief=0.6, soft=0.9)
    droop = rng.uniform(-10, 45)
    count = int(rng.integers(9, 14))
    for k in _outside_in(count):
        share = 2 * k / (count - 1) - 1
        angle = share * (72 + droop)
        length = 0.9 * (0.62 + 0.38 * abs(share)) * rng.uniform(0.9, 1.05)
        blade = move(petal(length, 0.17, "strap"), (0.12 * share, -0.12), angle)
        end = move(points((0, -length)), (0, -0.1), angle)[0]
        canvas.shape(blade, paint.but(span=((0, -0.1), end)))
    color = _disc_color(rng)
    with canvas.at((0, -0.2), 0, (1.0, 0.72)):
        _dome(canvas, rng, rng.uniform(0.22, 0.3), color)
    green = leaf_color(rng)
    cup = points((-0.2, -0.14), (0.2, -0.14), (0.1, 0.06), (-0.1, 0.06))
    canvas.shape(smooth(cup), Paint(green, relief=0.8))


def _outside_in(count: int) -> list[int]:
    """Return 0..count-1 from both ends to the middle."""
    return sorted(range(count), key=lambda k: -abs(2 * k - count + 1))


def dandelion(canvas: Canvas, rng: Rng) -> None:
    """Draw a dandelion: a head of florets, or (two in five) a seed clock."""
    _with_plant(canvas, rng, _clock if rng.random() < 0.4 else _floret_head)


def _floret_head(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    rings = int(rng.integers(4, 7))
    fine = rng.uniform(0.055, 0.085)
    middle = (rng.uniform(-0.08, 0.08), rng.uniform(-0.14, 0.08))
    canvas.shape(ellipse((0, 0), 0.8), Paint(darken(base, 0.3), shadow=0.4, relief=0.8, soft=1.0))
    for ring in range(rings):
        share = ring / rings
        length = (1 - 0.82 * share) * rng.uniform(0.95, 1.02)
        count = int(rng.integers(38, 50) * (1 - 0.62 * share))
        foot = (middle[0] * share, middle[1] * share)
        _florets(canvas, rng, count, length, fine, foot, (base, tip), 0.12 + 0.5 * share)


def _florets(
    canvas: Canvas,
    rng: Rng,
    count: int,
    length: float,
    fine: float,
    foot: Point,
    colors: tuple[Color, Color],
    light_share: float,
) -> None:
    """Lay a ring of fine straps with toothed tips, flat but each in its own tone."""
    base, tip = colors
    lengths = length * rng.uniform(0.80, 1.06, count)
    angles = np.arange(count) * (360 / count) + rng.uniform(-5, 5, count)
    tones = rng.uniform(0.0, 1.0, count)
    tx, ty = canvas.light.toward
    for size, angle, tone in zip(lengths.tolist(), angles.tolist(), tones.tolist(), strict=True):
        facing = tx * math.sin(math.radians(angle)) - ty * math.cos(math.radians(angle))
        color = mix(mix(base, tip, 0.35 + 0.65 * tone), base, 0.25)
        lit = 0.5 * light_share * tone + 0.16 * facing
        color = lighten(color, lit) if lit > 0 else darken(color, -1.2 * lit)
        canvas.fill(move(_FLORET, foot, angle, (fine, size)), color)


_FLORET = points(
    (-0.35, 0.0), (-0.5, -0.6), (-0.5, -0.97), (-0.25, -0.93), (0.0, -1.0), (0.25, -0.93),
    (0.5, -0.97), (0.5, -0.6), (0.35, 0.0),
)  # fmt: skip


def _clock(canvas: Canvas, rng: Rng) -> None:
    """Draw a seed head: a ball of threads that end in parachutes, some already gone."""
    pale = lighten(flower_color(rng), rng.uniform(0.3, 0.7))
    core = darken(leaf_color(rng), 0.35)
    canvas.shape(
        ellipse((0, 0), 0.93),
        Paint(pale, alpha=rng.uniform(0.15, 0.35), relief=0.5, soft=1.0, shadow=0),
    )
    seeds = sunflower_spiral(int(rng.integers(60, 90)), 1.0)
    radius = np.linalg.norm(seeds, axis=1, keepdims=True)
    seeds = seeds / radius * np.sin(radius * math.pi / 2) * 0.84
    if rng.random() < 0.35:
        seeds = seeds[_left_on(rng, seeds)]
    for order, seed in enumerate(seeds[::-1]):
        _parachute(canvas, rng, seed, mix(pale, core, 0.35), lighten(pale, 0.002 * order))
    canvas.shape(ellipse((0, 0), rng.uniform(0.10, 0.17)), Paint(core, relief=0.9, grain=0.15))


def _left_on(rng: Rng, seeds: Points) -> np.ndarray:
    """Return which seeds the wind has left: all but those of one side."""
    angle = rng.uniform(0, 2 * math.pi)
    away = seeds @ np.array([math.cos(angle), math.sin(angle)], np.float32)
    return away < rng.uniform(0.25, 0.7)


def _parachute(canvas: Canvas, rng: Rng, seed: np.ndarray, thread: Color, tuft: Color) -> None:
    canvas.line(np.stack([seed * 0.12, seed]), thread, 0.009)
    reach = 0.15
    angle = rng.uniform(0, math.pi)
    spokes = angle + np.arange(5) * (2 * math.pi / 5)
    tips = seed + reach * np.stack([np.cos(spokes), np.sin(spokes)], 1)
    fan = np.stack([np.broadcast_to(seed, tips.shape), tips], 1).reshape(-1, 2)
    canvas.line(fan.astype(np.float32), tuft, 0.009)


def rose(canvas: Canvas, rng: Rng) -> None:
    """Draw a rose: open from the front, or (one in four) a bud from the side."""
    if rng.random() < 0.25:
        _rose_side(canvas, rng)
    else:
        _with_plant(canvas, rng, _rose_head)


def _rose_head(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    count = int(rng.integers(13, 21))
    step = rng.choice([137.5, 140.0, 128.0]) * (1 if rng.random() < 0.5 else -1)
    start = rng.uniform(0, 360)
    for k in range(count):
        share = k / (count - 1)
        reach = 0.98 * (1 - share) ** 0.85 + 0.16 * share
        _rose_petal(canvas, rng, start + k * step, reach, (tip, base), share)
    _swirl(canvas, rng, 0.20, base, lighten(tip, 0.12))


def _rose_petal(
    canvas: Canvas,
    rng: Rng,
    angle: float,
    reach: float,
    colors: tuple[Color, Color],
    share: float,
) -> None:
    """Draw one cupped petal: dark in the throat, light at its rolled edge."""
    tip, base = colors
    wide = reach * rng.uniform(1.15, 1.35)
    far = darken(base, 0.35 + 0.25 * share)
    outline = move(_ROSE_PETAL, angle_deg=angle, scale=(wide / 2, reach))
    outline = outline * np.float32(rng.uniform(0.95, 1.03))
    end = move(points((0, -reach)), angle_deg=angle)[0]
    throat = end * 0.25
    canvas.shape(
        outline,
        Paint(
            far, lighten(tip, 0.18), (throat, end * 0.98), relief=0.75, soft=0.45,
            rim=0.10, shadow=0.5,
        ),
    )  # fmt: skip


_ROSE_PETAL = smooth(
    [(0.0, 0.30), (0.55, 0.05), (0.98, -0.45), (0.72, -0.90), (0.12, -1.0), (-0.2, -0.97),
     (-0.78, -0.86), (-0.97, -0.42), (-0.55, 0.05)], per_segment=4,
)  # fmt: skip


def _swirl(canvas: Canvas, rng: Rng, radius: float, dark: Color, light: Color) -> None:
    """Draw the rolled heart of a rose: a spiral seen from above."""
    canvas.shape(ellipse((0, 0), radius), Paint(darken(dark, 0.25), relief=0.8, soft=0.8))
    turns = rng.uniform(1.6, 2.4)
    line = move(spiral((0, 0), radius * 0.12, radius * 0.92, turns), angle_deg=rng.uniform(0, 360))
    canvas.shape(stroke(line, radius * 0.26), Paint(light, relief=0.8, soft=1.0, shadow=0.5))


def _rose_side(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    green = _stem(canvas, rng, (0.0, 0.35), rng.uniform(0.07, 0.12))
    wide = rng.uniform(0.52, 0.72)
    with canvas.at((0, -0.22), rng.uniform(-12, 12), (wide / 0.6, 1.0)):
        back = Paint(darken(base, 0.4), darken(tip, 0.1), ((0, 0), (0, -0.5)), soft=0.6)
        canvas.shape(ellipse((0, -0.22), 0.52, 0.32), back)
        with canvas.at((0, -0.26), 0, (1.0, 0.55)):
            _swirl(canvas, rng, 0.36, base, tip)
        edge = Paint(lighten(tip, 0.15), darken(base, 0.2), ((0, -0.3), (0, 0.55)), shadow=0.5)
        for side in (1, -1) if rng.random() < 0.5 else (-1, 1):
            sway = rng.uniform(-0.06, 0.06)
            wrap = [(0.0, 0.56), (0.42, 0.42), (0.60, 0.0), (0.56 + sway, -0.34), (0.40, -0.24),
                    (0.10 + sway, 0.02), (-0.22, 0.20)]  # fmt: skip
            canvas.shape(smooth(np.array(wrap) * (side, 1)), edge.but(relief=0.8, soft=0.5))
        low = [(0.0, 0.62), (0.38, 0.48), (0.42, 0.12), (0.05, -0.02), (-0.36, 0.14), (-0.38, 0.48)]
        canvas.shape(smooth(low), edge.but(relief=0.8, soft=0.5))
    for angle in rng.uniform(-20, 20) + np.array([-110, -60, 60, 110, 180]):
        _leaf(canvas, green, (0.0, 0.36), float(angle), rng.uniform(0.2, 0.34), 0.10)


def sunflower(canvas: Canvas, rng: Rng) -> None:
    """Draw a sunflower from the front, more or less tilted, young or old."""
    _with_plant(canvas, rng, _sunflower_head)


def _sunflower_head(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    count = int(rng.integers(16, 26))
    disc = rng.uniform(0.44, 0.60)
    paint = Paint(base, tip, relief=0.6, soft=0.9, shadow=0.25, rim=0.2)
    missing = float(rng.choice([0, 0, 0, 0.2]))
    for layer in range(2):
        length = (1.04 - disc * 0.8) * (1 - 0.10 * layer)
        width = (2 * math.pi * 0.75 / count) * rng.uniform(0.9, 1.15)
        outline = petal(length, width, "pointed")
        _ring(
            canvas, rng, count, outline, paint, start=layer * 180 / count,
            inner=disc * 0.8, wobble=0.10, missing=missing,
        )  # fmt: skip
    _seed_disc(canvas, rng, disc)


def _seed_disc(canvas: Canvas, rng: Rng, radius: float) -> None:
    """Draw a flat disc of seeds in Vogel's spiral, ringed by another tone."""
    color = _disc_color(rng)
    rim, heart = jitter(rng, darken(color, 0.25), 18), darken(color, rng.uniform(0.2, 0.65))
    paint = Paint(heart, rim, ((0, 0), (radius, 0)), True, relief=0.5, soft=0.5, shadow=0.4)
    canvas.shape(ellipse((0, 0), radius), paint)
    seeds = sunflower_spiral(int(rng.integers(110, 160)), radius * 0.96)
    split = int(len(seeds) * rng.uniform(0.15, 0.5))
    seed_px = radius * 0.055
    canvas.dots(seeds[:split], seed_px, [lighten(heart, 0.22), darken(heart, 0.3)])
    canvas.dots(seeds[split:], seed_px, [lighten(rim, 0.25), darken(rim, 0.35), rim])


def tulip(canvas: Canvas, rng: Rng) -> None:
    """Draw a tulip: a cup from the side, or (one in ten) open from above."""
    if rng.random() < 0.10:
        _with_plant(canvas, rng, _tulip_open)
    else:
        _tulip_side(canvas, rng)


def _tulip_side(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    close = rng.random() < 0.4
    center, scale = ((0.0, 0.05), 1.0) if close else ((rng.uniform(-0.1, 0.1), -0.25), 0.74)
    green = _stem(canvas, rng, center, rng.uniform(0.07, 0.13))
    for _ in range(int(rng.integers(0, 3))):
        side = 1 if rng.random() < 0.5 else -1
        _leaf(
            canvas, green, (side * 0.1, 1.1), side * rng.uniform(8, 32), rng.uniform(1.1, 1.7), 0.3
        )
    with canvas.at(center, rng.uniform(-18, 18), (scale * rng.uniform(0.85, 1.1), scale)):
        _cup(canvas, rng, tip, base)


def _cup(canvas: Canvas, rng: Rng, tip: Color, base: Color) -> None:
    """Draw two petals behind and three in front; ``flare`` opens the cup."""
    flare, tall = rng.uniform(-0.10, 0.30), rng.uniform(0.80, 0.98)
    kind = rng.uniform(0.05, 0.25)  # how blunt the tips are
    inside = Paint(darken(base, 0.35), darken(tip, 0.15), ((0, 0.5), (0, -tall)), soft=0.6)
    for side in (-1, 1):
        canvas.shape(_cup_petal(side * 0.22, 0.42, tall * 0.98, flare * side * 0.5, kind), inside)
    front = Paint(darken(base, 0.15), lighten(tip, 0.1), ((0, 0.6), (0, -tall)), shadow=0.45)
    front = front.but(relief=0.85, soft=0.7)
    for side in (-1, 1) if rng.random() < 0.5 else (1, -1):
        canvas.shape(_cup_petal(side * 0.34, 0.42, tall, side * (0.12 + flare), kind), front)
    middle = _cup_petal(rng.uniform(-0.08, 0.08), 0.45, tall * rng.uniform(0.86, 0.98), 0.0, kind)
    canvas.shape(middle, front)
    ridge = points((0.0, 0.5), (0.0, -tall * 0.6))
    canvas.line(ridge, darken(base, 0.25), 0.012)


def _cup_petal(x: float, half: float, tall: float, lean: float, blunt: float) -> Points:
    """Return one petal of the cup: bulging below, its tip at ``x + lean``."""
    tip = x + lean
    outline = [
        (x * 0.3, 0.62), (x + half * 0.9, 0.40), (x + half * 1.02 + lean * 0.3, -0.05),
        (tip + half * 0.62, -tall * 0.62), (tip + blunt * half, -tall * 0.95), (tip, -tall),
        (tip - blunt * half, -tall * 0.95), (tip - half * 0.62, -tall * 0.62),
        (x - half * 1.02 + lean * 0.3, -0.05), (x - half * 0.9, 0.40),
    ]  # fmt: skip
    return smooth(outline, per_segment=4)


def _tulip_open(canvas: Canvas, rng: Rng) -> None:
    tip, base = _petal_colors(rng)
    dark = darken(mix(base, hsv(0.12, 0.8, 0.9), 0.5), rng.uniform(0.0, 0.6))
    width = rng.uniform(0.72, 0.9)
    for layer in range(2):
        outline = petal(0.98 - 0.06 * layer, width, "oval", 5)
        paint = Paint(dark, tip, relief=0.8, soft=0.8, shadow=0.5)
        _ring(canvas, rng, 3, outline, paint, start=60.0 * layer, wobble=0.04)
    for angle in np.arange(6) * 60 + rng.uniform(0, 60):
        end = move(points((0, -0.30)), angle_deg=float(angle))[0]
        canvas.line(np.stack([end * 0.3, end]), darken(dark, 0.3), 0.03)
        canvas.dots(end[None], 0.055, [darken(dark, 0.6)])
    canvas.shape(blob(rng, (0, 0), 0.10), Paint(lighten(leaf_color(rng), 0.3), relief=0.9))


DRAWINGS = {
    "daisy": daisy,
    "dandelion": dandelion,
    "rose": rose,
    "sunflower": sunflower,
    "tulip": tulip,
}
