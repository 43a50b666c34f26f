"""Cats and dogs, told apart by form: faces and whole animals, in the same coats and poses.

cat: pointed upright ears set wide, short muzzle, small nose, whiskers, slit pupils, a slim tail
dog: hanging, folded or pricked ears, a long muzzle with a big nose, round dark eyes, often a tongue
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.pictures.drawing.canvas import Canvas, Mark, Paint
from course.pictures.drawing.color import (
    BLACK,
    WHITE,
    Color,
    any_color,
    coat_color,
    darken,
    hsv,
    jitter,
    lighten,
    mix,
    rgb,
)
from course.pictures.drawing.shapes import (
    Point,
    Points,
    arc,
    blob,
    capsule,
    ellipse,
    mirror,
    points,
    smooth,
    stroke,
)

Rng = np.random.Generator
Part = Callable[[Canvas, Rng, "Coat"], None]


# -- the coat, shared --------------------------------------------------------------------------


@dataclass(frozen=True)
class Coat:
    """The fur of one animal: main and second color, pale underside, pattern, length of hair."""

    main: Color
    second: Color
    pale: Color
    pattern: str
    hair: float
    mask: bool

    @classmethod
    def any(cls, rng: Rng) -> Coat:
        """Draw a coat; cats and dogs share the distribution."""
        main = coat_color(rng)
        second = coat_color(rng) if rng.random() < 0.5 else darken(main, rng.uniform(0.35, 0.6))
        pale = lighten(main, rng.uniform(0.3, 0.8)) if rng.random() < 0.6 else jitter(rng, main, 14)
        pattern = ("plain", "plain", "patches", "stripes", "spots")[int(rng.integers(5))]
        hair = rng.uniform(0.0, 0.08) if rng.random() < 0.6 else rng.uniform(0.08, 0.16)
        return cls(main, second, pale, pattern, hair, bool(rng.random() < 0.25))

    def paint(self, color: Color | None = None) -> Paint:
        color = self.main if color is None else color
        return Paint(
            lighten(color, 0.08), darken(color, 0.18), relief=0.75, soft=0.75, rim=0.28,
            shadow=0.30, grain=0.02 + 0.25 * self.hair,
        )  # fmt: skip

    def marks(self, rng: Rng, center: tuple[float, float], rx: float, ry: float) -> list[Mark]:
        """Return the pattern over a part of the body, to be clipped to it."""
        x, y = center
        if self.pattern == "patches":
            count = int(rng.integers(1, 4))
            return [
                Mark(blob(rng, (x + rx * rng.uniform(-1, 1), y + ry * rng.uniform(-1, 0.6)),
                          rx * rng.uniform(0.3, 0.6), ry * rng.uniform(0.35, 0.7), 0.25),
                     self.second)
                for _ in range(count)
            ]  # fmt: skip
        if self.pattern == "stripes":
            return [self._stripe(rng, x + rx * t, y, ry) for t in np.linspace(-0.8, 0.8, 6)]
        if self.pattern == "spots":
            spots = rng.uniform(-1, 1, (9, 2)) * (rx, ry) + (x, y)
            size = 0.16 * min(rx, ry)
            return [Mark(blob(rng, s, size * rng.uniform(0.6, 1.3)), self.second) for s in spots]
        return []

    def _stripe(self, rng: Rng, x: float, y: float, ry: float) -> Mark:
        bend = rng.uniform(-0.05, 0.05)
        line = [(x, y - ry), (x + bend, y - 0.45 * ry), (x - bend, y + ry * rng.uniform(-0.2, 0.4))]
        return Mark(stroke(smooth(line, False, 3), 0.06), self.second)


def _furry(rng: Rng, outline: Points, hair: float) -> Points:
    """Pull every second point of an outline outward, as tips of hair."""
    if hair < 0.05:
        return outline
    rough = outline.copy()
    middle = outline.mean(0)
    rough[1::2] += (rough[1::2] - middle) * (hair * rng.uniform(0.2, 1.0, (len(rough) // 2, 1)))
    return rough.astype(np.float32)


def _both(canvas: Canvas, outline: Points, paint: Paint) -> None:
    canvas.shape(outline, paint)
    canvas.shape(mirror(outline), paint)


# -- faces -------------------------------------------------------------------------------------


def _cat_face(canvas: Canvas, rng: Rng, coat: Coat) -> None:
    wide, tall = rng.uniform(0.66, 0.80), rng.uniform(0.54, 0.66)
    _cat_ears(canvas, rng, coat, wide, tall)
    cheek = rng.uniform(0.0, 0.12)
    head = [
        (0, -tall), (wide * 0.62, -tall * 0.82), (wide * 0.96, -tall * 0.15),
        (wide + cheek, tall * 0.38), (wide * 0.55, tall * 0.86), (0, tall),
        (-wide * 0.55, tall * 0.86), (-wide - cheek, tall * 0.38), (-wide * 0.96, -tall * 0.15),
        (-wide * 0.62, -tall * 0.82),
    ]  # fmt: skip
    marks = coat.marks(rng, (0, -0.35 * tall), wide, 0.5 * tall)
    if coat.mask:
        marks = [Mark(ellipse((0, 0.25 * tall), 0.5 * wide, 0.7 * tall), coat.second)]
    canvas.shape(_furry(rng, smooth(np.array(head)), coat.hair), coat.paint(), marks)
    _cat_eyes(canvas, rng, wide)
    _cat_muzzle(canvas, rng, coat)


def _cat_ears(canvas: Canvas, rng: Rng, coat: Coat, wide: float, tall: float) -> None:
    """Draw two pointed ears, wide at the base, pink inside."""
    out, high = rng.uniform(-0.02, 0.16), rng.uniform(0.36, 0.56)
    tip = (wide * 0.78 + out, -tall - high + 0.14)
    ear = np.array([(wide * 0.12, -tall * 0.86), tip, (wide * 0.99, -tall * 0.22)])
    paint = coat.paint(coat.second if coat.mask else None)
    outline = _soft_corner(ear)
    _both(canvas, outline, paint.but(soft=0.4))
    inside = ear.mean(0) + (ear - ear.mean(0)) * 0.62 + (0.0, 0.03)
    pink = mix(rgb(225, 150, 150), coat.main, rng.uniform(0.1, 0.5))
    _both(canvas, _soft_corner(inside), Paint(darken(pink, 0.3), pink, relief=0.3, shadow=0))


def _soft_corner(triangle: np.ndarray) -> Points:
    """Return a triangle with slightly bulging sides and sharp corners."""
    a, b, c = triangle
    middle = triangle.mean(0)
    sides = [(p + q) / 2 + ((p + q) / 2 - middle) * 0.12 for p, q in ((a, b), (b, c), (c, a))]
    return points(a, sides[0], b, sides[1], c, sides[2])


def _cat_eyes(canvas: Canvas, rng: Rng, wide: float) -> None:
    x, y = wide * rng.uniform(0.38, 0.46), rng.uniform(-0.12, 0.0)
    rx, ry = rng.uniform(0.13, 0.17), rng.uniform(0.09, 0.155)
    iris = hsv(rng.uniform(0.10, 0.56), rng.uniform(0.45, 0.9), rng.uniform(0.7, 0.95))
    slit = rng.uniform(0.16, 0.55)
    asleep = rng.random() < 0.08
    for side in (-1, 1):
        if asleep:
            canvas.line(arc((side * x, y), rx, ry * 0.5, 10, 170), BLACK, 0.035)
            continue
        lid = ellipse((side * x, y), rx * 1.16, ry * 1.18, side * -14)
        canvas.shape(lid, Paint(rgb(30, 24, 24), relief=0, rim=0, shadow=0))
        canvas.shape(
            ellipse((side * x, y), rx, ry, side * -14),
            Paint(iris, darken(iris, 0.45), relief=0.3, shadow=0, rim=0.5),
        )
        canvas.fill(ellipse((side * x, y), rx * slit, ry * 0.94, n=20), BLACK)
        canvas.fill(ellipse((side * x - 0.04, y - ry * 0.4), 0.028, n=12), WHITE)


def _cat_muzzle(canvas: Canvas, rng: Rng, coat: Coat) -> None:
    """Draw a short muzzle: two small pads, a triangular nose, long whiskers."""
    y = rng.uniform(0.22, 0.28)
    pad = coat.paint(coat.pale).but(shadow=0.2)
    canvas.shape(ellipse((0, y + 0.20), 0.10, 0.09), pad)
    _both(canvas, ellipse((0.11, y + 0.10), 0.15, 0.115), pad)
    nose = mix(rgb(225, 130, 135), coat.second, rng.choice([0.0, 0.2, 0.8]))
    tip = points((-0.075, y - 0.03), (0.075, y - 0.03), (0.0, y + 0.055))
    canvas.shape(smooth(tip, per_segment=4), Paint(nose, relief=0.6, shadow=0.2))
    dark = darken(coat.pale, 0.75)
    canvas.line(points((0, y + 0.04), (0, y + 0.10)), dark, 0.018)
    _mouth(canvas, (0.0, y + 0.10), 0.10, dark)
    _whiskers(canvas, rng, y + 0.08, coat)


def _mouth(canvas: Canvas, at: tuple[float, float], reach: float, color: Color) -> None:
    for side in (-1, 1):
        canvas.line(
            arc((at[0] + side * reach / 2, at[1]), reach / 2, reach / 2, 0, 180), color, 0.02
        )


def _whiskers(canvas: Canvas, rng: Rng, y: float, coat: Coat) -> None:
    color = lighten(coat.main, 0.75) if coat.main.mean() < 150 else mix(WHITE, coat.main, 0.15)
    color = darken(color, 0.75) if rng.random() < 0.3 else color
    reach = rng.uniform(0.55, 0.75)
    for side in (-1, 1):
        for rise in (-0.14, -0.02, 0.10):
            end = (side * (0.2 + reach), y + rise * 1.4 + rng.uniform(-0.04, 0.04))
            bow = (side * 0.5, y + rise * 0.6 - 0.03)
            canvas.line(smooth([(side * 0.17, y + rise * 0.2), bow, end], False, 4), color, 0.012)


def _dog_face(canvas: Canvas, rng: Rng, coat: Coat) -> None:
    wide, tall = rng.uniform(0.46, 0.60), rng.uniform(0.60, 0.72)
    ears = ("hanging", "hanging", "hanging", "folded", "pricked")[int(rng.integers(5))]
    if ears == "pricked":
        _dog_pricked(canvas, rng, coat, wide, tall)
    head = [
        (0, -tall), (wide * 0.70, -tall * 0.90), (wide, -tall * 0.35), (wide * 0.92, tall * 0.10),
        (wide * 0.74, tall * 0.60), (0, tall), (-wide * 0.74, tall * 0.60),
        (-wide * 0.92, tall * 0.10), (-wide, -tall * 0.35), (-wide * 0.70, -tall * 0.90),
    ]  # fmt: skip
    marks = coat.marks(rng, (0, -0.4 * tall), wide, 0.6 * tall)
    if rng.random() < 0.3:
        marks.append(Mark(ellipse((0, -0.45 * tall), 0.09, 0.6 * tall), coat.pale))
    if coat.mask:
        marks.append(Mark(ellipse((0, 0.4 * tall), 0.75 * wide, 0.6 * tall), coat.second))
    canvas.shape(_furry(rng, smooth(np.array(head)), coat.hair), coat.paint(), marks)
    _dog_eyes(canvas, rng, coat, wide)
    _dog_muzzle(canvas, rng, coat, wide)
    if ears == "hanging":
        _dog_hanging(canvas, rng, coat, wide, tall)
    if ears == "folded":
        _dog_folded(canvas, rng, coat, wide, tall)


def _ear_paint(rng: Rng, coat: Coat) -> Paint:
    color = coat.second if rng.random() < 0.5 else darken(coat.main, 0.15)
    return coat.paint(color).but(soft=0.6, shadow=0.45)


def _dog_hanging(canvas: Canvas, rng: Rng, coat: Coat, wide: float, tall: float) -> None:
    """Draw two long ears that hang beside the face."""
    long, out = rng.uniform(0.55, 1.0), rng.uniform(0.16, 0.34)
    ear = smooth(np.array([
        (wide * 0.50, -tall * 0.95), (wide + out * 0.5, -tall * 0.86),
        (wide + out, -tall * 0.75 + long * 0.55), (wide + out * 0.6, -tall * 0.75 + long),
        (wide * 0.98, -tall * 0.75 + long * 0.85), (wide * 0.88, -tall * 0.5),
    ]))  # fmt: skip
    _both(canvas, _furry(rng, ear, coat.hair), _ear_paint(rng, coat))


def _dog_folded(canvas: Canvas, rng: Rng, coat: Coat, wide: float, tall: float) -> None:
    """Draw two ears that stand up and fold over."""
    out, drop = rng.uniform(0.10, 0.25), rng.uniform(0.30, 0.48)
    ear = smooth(np.array([
        (wide * 0.30, -tall * 0.92), (wide * 0.75, -tall * 1.12), (wide + out, -tall * 0.92),
        (wide + out * 0.9, -tall * 0.92 + drop), (wide * 0.85, -tall * 0.55),
    ]))  # fmt: skip
    _both(canvas, ear, _ear_paint(rng, coat))


def _dog_pricked(canvas: Canvas, rng: Rng, coat: Coat, wide: float, tall: float) -> None:
    """Draw two narrow, rounded ears that stand close together."""
    high, lean = rng.uniform(0.34, 0.52), rng.uniform(-0.02, 0.12)
    ear = smooth(np.array([
        (wide * 0.18, -tall * 0.84), (wide * 0.42 + lean, -tall - high * 0.62),
        (wide * 0.66 + lean, -tall - high + 0.12), (wide * 0.96 + lean, -tall - high * 0.25),
        (wide * 0.98, -tall * 0.45),
    ]))  # fmt: skip
    _both(canvas, ear, coat.paint().but(soft=0.5))
    inside = ear.mean(0) + (ear - ear.mean(0)) * 0.6
    pink = mix(rgb(190, 130, 125), coat.main, 0.4)
    _both(canvas, inside.astype(np.float32), Paint(darken(pink, 0.35), pink, relief=0.3, shadow=0))


def _dog_eyes(canvas: Canvas, rng: Rng, coat: Coat, wide: float) -> None:
    x, y, r = wide * rng.uniform(0.42, 0.54), rng.uniform(-0.24, -0.12), rng.uniform(0.075, 0.105)
    iris = hsv(rng.uniform(0.03, 0.10), 0.7, rng.uniform(0.15, 0.45))
    if rng.random() < 0.10:
        iris = hsv(0.57, 0.5, 0.85)
    brows = rng.random() < 0.35
    for side in (-1, 1):
        if brows:
            canvas.shape(
                ellipse((side * x, y - 0.15), 0.09, 0.055), coat.paint(coat.pale).but(shadow=0)
            )
        canvas.fill(
            ellipse((side * x, y), r * 1.35, r * 1.15, side * 14, n=20), darken(coat.main, 0.6)
        )
        canvas.shape(ellipse((side * x, y), r, n=20), Paint(iris, BLACK, relief=0.2, shadow=0))
        canvas.fill(ellipse((side * x, y), r * 0.55, n=16), BLACK)
        canvas.fill(ellipse((side * x - 0.03, y - 0.035), 0.024, n=12), WHITE)


def _dog_muzzle(canvas: Canvas, rng: Rng, coat: Coat, wide: float) -> None:
    """Draw a long muzzle: bridge, broad jowls, a big nose, sometimes a tongue."""
    half, y = wide * rng.uniform(0.58, 0.74), rng.uniform(0.30, 0.40)
    color = coat.second if coat.mask else coat.pale
    if rng.random() < 0.5:
        _tongue(canvas, rng, y + 0.24)
    chin = coat.paint(darken(color, 0.12))
    canvas.shape(ellipse((0, y + 0.24), half * 0.55, 0.13), chin)
    bridge = smooth(np.array([
        (-half * 0.48, -0.16), (half * 0.48, -0.16), (half * 0.95, y), (half * 0.72, y + 0.23),
        (0, y + 0.19), (-half * 0.72, y + 0.23), (-half * 0.95, y),
    ]))  # fmt: skip
    canvas.shape(bridge, coat.paint(color).but(shadow=0.4, soft=0.9))
    nose = mix(BLACK, rgb(120, 70, 60), rng.choice([0.0, 0.0, 0.3, 0.8]))
    wing = rng.uniform(0.13, 0.18)
    nose_y = y - rng.uniform(0.10, 0.18)
    canvas.shape(
        smooth(np.array([(-wing, nose_y - 0.06), (0, nose_y - 0.09), (wing, nose_y - 0.06),
                         (wing * 0.72, nose_y + 0.07), (0, nose_y + 0.11),
                         (-wing * 0.72, nose_y + 0.07)])),
        Paint(nose, relief=0.9, gloss=0.7, shadow=0.25, soft=0.9),
    )  # fmt: skip
    dark = darken(color, 0.8)
    canvas.line(points((0, nose_y + 0.1), (0, y + 0.14)), dark, 0.022)
    _mouth(canvas, (0.0, y + 0.14), half * 0.72, dark)


def _tongue(canvas: Canvas, rng: Rng, y: float) -> None:
    long, lean = rng.uniform(0.20, 0.36), rng.uniform(-0.05, 0.05)
    pink = hsv(rng.uniform(0.95, 1.0), 0.5, 0.9)
    canvas.shape(capsule((0, y), (lean, y + long), 0.11, 0.10), Paint(pink, darken(pink, 0.2)))
    canvas.line(points((0, y), (lean, y + long * 0.8)), darken(pink, 0.3), 0.015)


# -- whole animals -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Build:
    """What differs between the species below the neck."""

    face: Part
    profile: Part
    head: float  # size of the head
    girth: float  # thickness of body and limbs
    tail: Callable[[Rng], tuple[list[tuple[float, float]], float, float]]


def _cat_tail(rng: Rng) -> tuple[list[tuple[float, float]], float, float]:
    """Return a long slim tail from its root at the origin: line, width at root and at tip."""
    curl = rng.uniform(-0.1, 0.5)
    if rng.random() < 0.6:
        line = [
            (0, 0),
            (0.22, -0.20),
            (0.26, -0.55),
            (0.18 + curl * 0.5, -0.85),
            (0.1 + curl, -0.9),
        ]
    else:
        line = [(0, 0), (0.25, 0.10), (0.36, 0.36), (0.50, 0.50), (0.72, 0.42 + curl * 0.2)]
    return line, rng.uniform(0.09, 0.12), rng.uniform(0.07, 0.10)


def _dog_tail(rng: Rng) -> tuple[list[tuple[float, float]], float, float]:
    """Return a shorter tail: raised like a sabre, curled over, hanging or bushy."""
    kind = int(rng.integers(4))
    if kind == 0:
        return [(0, 0), (0.18, -0.16), (0.28, -0.42)], 0.12, 0.04
    if kind == 1:
        return [(0, 0), (0.12, -0.22), (-0.02, -0.36), (-0.16, -0.26)], 0.16, 0.12
    if kind == 2:
        return [(0, 0), (0.16, 0.10), (0.20, 0.42)], 0.12, 0.06
    return [(0, 0), (0.20, -0.10), (0.40, -0.26), (0.52, -0.46)], 0.13, 0.22


def _draw_tail(
    canvas: Canvas, rng: Rng, coat: Coat, build: Build, root: Point, side: int = 1
) -> None:
    line, start, end = build.tail(rng)
    curve = smooth(np.array(line) * (side, 1) + np.array(root), False)
    outline = stroke(curve, np.linspace(start, end, len(curve)))
    tip = [Mark(ellipse(curve[-1], 0.16), coat.second)] if coat.pattern != "plain" else []
    canvas.shape(_furry(rng, outline, coat.hair * 0.4), coat.paint().but(soft=1.0), tip)


def _sitting(canvas: Canvas, rng: Rng, coat: Coat, build: Build) -> None:
    """Draw the animal sitting, seen from the front."""
    girth = build.girth * rng.uniform(0.9, 1.1)
    canvas.ground_shadow((0.05, 0.92), 0.62, 0.10)
    side = 1 if rng.random() < 0.5 else -1
    _draw_tail(canvas, rng, coat, build, (side * 0.34, 0.74), side)
    for x in (-1, 1):
        thigh = ellipse((x * 0.34 * girth, 0.68), 0.26 * girth, 0.25)
        canvas.shape(thigh, coat.paint())
        canvas.shape(ellipse((x * 0.42 * girth, 0.88), 0.18, 0.085), coat.paint(coat.pale))
    body = [(0, -0.25), (0.26 * girth, -0.1), (0.40 * girth, 0.45), (0.34 * girth, 0.84), (0, 0.9),
            (-0.34 * girth, 0.84), (-0.40 * girth, 0.45), (-0.26 * girth, -0.1)]  # fmt: skip
    chest = Mark(ellipse((0, 0.22), 0.20 * girth, 0.36), coat.pale)
    marks = [*coat.marks(rng, (0, 0.3), 0.42, 0.5), chest]
    canvas.shape(_furry(rng, smooth(np.array(body)), coat.hair), coat.paint(), marks)
    for x in (-1, 1):
        leg = capsule((x * 0.14 * girth, 0.25), (x * 0.14, 0.84), 0.11 * girth, 0.09)
        canvas.shape(leg, coat.paint().but(soft=1.0))
        canvas.shape(ellipse((x * 0.145, 0.89), 0.12, 0.075), coat.paint(coat.pale))
    if rng.random() < 0.3:
        _collar(canvas, rng, 0.20 * girth, -0.10)
    with canvas.at((rng.uniform(-0.06, 0.06), -0.42), rng.uniform(-12, 12), build.head):
        build.face(canvas, rng, coat)


def _collar(canvas: Canvas, rng: Rng, half: float, y: float) -> None:
    band = stroke(arc((0, y - 0.06), half * 1.15, 0.14, 15, 165), 0.07)
    canvas.shape(band, Paint(any_color(rng), relief=0.8))


def _standing(canvas: Canvas, rng: Rng, coat: Coat, build: Build) -> None:
    """Draw the animal standing or walking, seen from the side, facing left."""
    girth, stride = build.girth * rng.uniform(0.85, 1.1), rng.uniform(-0.10, 0.14)
    canvas.ground_shadow((0.05, 0.84), 0.75, 0.08)
    _draw_tail(canvas, rng, coat, build, (0.58, -0.08))
    far, near = coat.paint(darken(coat.main, 0.3)), coat.paint()
    for x, step, paint in ((-0.30, -stride, far), (0.50, stride, far)):
        _leg(canvas, x, step, girth, paint)
    tuck = rng.uniform(0.05, 0.16)
    body = [(-0.55, -0.18), (-0.2, -0.22), (0.25, -0.20), (0.60, -0.16), (0.66, 0.10),
            (0.45, 0.30 - tuck * 0.5), (0.1, 0.36 - tuck), (-0.35, 0.36),
            (-0.62, 0.14)]  # fmt: skip
    outline = smooth(np.array(body) * (1, 0.75 + 0.35 * girth))
    marks = [*coat.marks(rng, (0, -0.02), 0.6, 0.28)]
    marks.append(Mark(ellipse((-0.1, 0.36 * girth + 0.04), 0.5, 0.10), coat.pale))
    for x, step in ((-0.44, stride), (0.40, -stride)):
        _leg(canvas, x, step, girth, near)
    canvas.shape(_furry(rng, outline, coat.hair * 0.7), near, marks)
    neck = capsule((-0.48, 0.0), (-0.66, -0.30), 0.22 * girth, 0.16 * girth)
    canvas.shape(neck, near.but(shadow=0))
    with canvas.at((-0.70, -0.42), rng.uniform(-14, 14), build.head * 0.95):
        part = build.profile if rng.random() < 0.4 else build.face
        part(canvas, rng, coat)


def _leg(canvas: Canvas, x: float, step: float, girth: float, paint: Paint) -> None:
    knee, foot = (x + step * 0.3 + 0.03, 0.48), (x + step, 0.80)
    canvas.shape(capsule((x, 0.12), knee, 0.15 * girth, 0.085), paint.but(shadow=0.1, soft=1.0))
    canvas.shape(capsule(knee, foot, 0.085, 0.065), paint.but(shadow=0.1, soft=1.0))
    canvas.shape(ellipse((foot[0] - 0.04, 0.82), 0.11, 0.06), paint)


def _lying(canvas: Canvas, rng: Rng, coat: Coat, build: Build) -> None:
    """Draw the animal lying with its head up, facing left or us."""
    girth = build.girth * rng.uniform(0.9, 1.1)
    canvas.ground_shadow((0.05, 0.62), 0.9, 0.11)
    _draw_tail(canvas, rng, coat, build, (0.66, 0.40))
    body = [(-0.58, 0.0), (-0.2, -0.12 * girth), (0.3, -0.16 * girth), (0.74, 0.10), (0.78, 0.46),
            (0.3, 0.60), (-0.3, 0.60), (-0.66, 0.46)]  # fmt: skip
    marks = coat.marks(rng, (0.1, 0.1), 0.7, 0.36)
    canvas.shape(_furry(rng, smooth(np.array(body)), coat.hair * 0.7), coat.paint(), marks)
    canvas.shape(ellipse((0.46, 0.36), 0.30, 0.25 * girth), coat.paint(), marks)
    canvas.shape(capsule((0.50, 0.56), (0.24, 0.60), 0.09, 0.075), coat.paint(coat.pale))
    for dy in (0.0, 0.06):
        arm = capsule((-0.42, 0.50 + dy), (-0.86 + dy, 0.56 + dy), 0.10 * girth, 0.075)
        canvas.shape(arm, coat.paint(coat.pale if dy else None))
    with canvas.at((-0.46, -0.12), rng.uniform(-12, 12), build.head * 1.05):
        part = build.face if rng.random() < 0.8 else build.profile
        part(canvas, rng, coat)


# -- heads from the side, facing left ----------------------------------------------------------


def _cat_profile(canvas: Canvas, rng: Rng, coat: Coat) -> None:
    ear = np.array([(-0.02, -0.48), (0.22, -1.0), (0.46, -0.34)])
    canvas.shape(_soft_corner(ear - (0.28, 0.02)), coat.paint(darken(coat.main, 0.25)))
    head = [(0, -0.58), (0.45, -0.36), (0.58, 0.10), (0.35, 0.48), (-0.10, 0.54), (-0.52, 0.44),
            (-0.72, 0.24), (-0.66, 0.04), (-0.50, -0.16), (-0.34, -0.44)]  # fmt: skip
    marks = coat.marks(rng, (0.1, -0.3), 0.5, 0.4)
    canvas.shape(_furry(rng, smooth(np.array(head)), coat.hair), coat.paint(), marks)
    canvas.shape(_soft_corner(ear), coat.paint())
    pink = mix(rgb(225, 150, 150), coat.main, 0.3)
    inside = ear.mean(0) + (ear - ear.mean(0)) * 0.55
    canvas.shape(_soft_corner(inside), Paint(pink, darken(pink, 0.3), relief=0.3, shadow=0))
    canvas.shape(ellipse((-0.54, 0.28), 0.20, 0.17), coat.paint(coat.pale))
    canvas.fill(
        ellipse((-0.72, 0.16), 0.07, 0.055, n=16), mix(rgb(220, 130, 130), coat.second, 0.3)
    )
    iris = hsv(rng.uniform(0.10, 0.56), 0.7, 0.9)
    canvas.fill(ellipse((-0.34, -0.04), 0.13, 0.125, n=20), BLACK)
    canvas.fill(ellipse((-0.35, -0.04), 0.10, 0.11, n=20), iris)
    canvas.fill(ellipse((-0.37, -0.04), 0.035, 0.10, n=16), BLACK)
    for rise in (-0.10, 0.02, 0.14):
        line = [(-0.55, 0.28 + rise * 0.3), (-0.35, 0.26 + rise), (0.05, 0.30 + rise * 2.0)]
        canvas.line(smooth(line, False, 4), lighten(coat.main, 0.8), 0.014)


def _dog_profile(canvas: Canvas, rng: Rng, coat: Coat) -> None:
    long, deep = rng.uniform(0.55, 0.85), rng.uniform(0.17, 0.24)
    if rng.random() < 0.5:
        with canvas.at((-0.62, 0.32), 60):
            _tongue(canvas, rng, 0.0)
    jaw = capsule((-0.1, 0.30), (-0.35 - long * 0.62, 0.34), 0.2, deep * 0.55)
    canvas.shape(jaw, coat.paint(darken(coat.pale, 0.15)))
    marks = coat.marks(rng, (0.1, -0.2), 0.5, 0.4)
    skull = [(0.05, -0.52), (0.45, -0.36), (0.58, 0.05), (0.40, 0.42), (0.0, 0.48), (-0.34, 0.34),
             (-0.46, 0.0), (-0.34, -0.36)]  # fmt: skip
    canvas.shape(_furry(rng, smooth(np.array(skull)), coat.hair), coat.paint(), marks)
    muzzle = capsule((-0.22, 0.10), (-0.42 - long * 0.62, 0.18), 0.27, deep)
    canvas.shape(muzzle, coat.paint(coat.second if coat.mask else coat.pale).but(shadow=0.15))
    tip = (-0.46 - long * 0.62 - deep * 0.55, 0.10)
    canvas.shape(ellipse(tip, 0.115, 0.10), Paint(BLACK, relief=0.9, gloss=0.7))
    end = (-0.42 - long * 0.62, 0.30)
    canvas.line(points((-0.18, 0.34), end), darken(coat.pale, 0.8), 0.025)
    canvas.fill(ellipse((-0.22, -0.14), 0.10, 0.085, n=18), darken(coat.main, 0.7))
    canvas.fill(ellipse((-0.23, -0.14), 0.065, n=16), rgb(60, 34, 20))
    canvas.fill(ellipse((-0.25, -0.17), 0.022, n=10), WHITE)
    if rng.random() < 0.65:
        ear = [(0.06, -0.46), (0.34, -0.42), (0.52, 0.0), (0.44, 0.36), (0.22, 0.32), (0.14, -0.05)]
        canvas.shape(_furry(rng, smooth(np.array(ear)), coat.hair), _ear_paint(rng, coat))
    else:
        ear = [(0.05, -0.40), (0.16, -0.80), (0.26, -0.92), (0.40, -0.66), (0.46, -0.28)]
        canvas.shape(smooth(np.array(ear)), coat.paint().but(soft=0.5))


# -- the two -----------------------------------------------------------------------------------

_CAT = Build(_cat_face, _cat_profile, head=0.62, girth=0.82, tail=_cat_tail)
_DOG = Build(_dog_face, _dog_profile, head=0.66, girth=1.05, tail=_dog_tail)


def cat(canvas: Canvas, rng: Rng) -> None:
    """Draw a cat: its face, or the whole animal sitting, standing or lying."""
    _pet(canvas, rng, _CAT)


def dog(canvas: Canvas, rng: Rng) -> None:
    """Draw a dog: its face, or the whole animal sitting, standing or lying."""
    _pet(canvas, rng, _DOG)


def _pet(canvas: Canvas, rng: Rng, build: Build) -> None:
    coat = Coat.any(rng)
    pose = rng.random()
    if pose < 0.60:
        _portrait(canvas, rng, coat, build)
    elif pose < 0.80:
        with canvas.at((0.0, 0.10), 0, 0.92):
            _sitting(canvas, rng, coat, build)
    elif pose < 0.90:
        _standing(canvas, rng, coat, build)
    else:
        _lying(canvas, rng, coat, build)


def _portrait(canvas: Canvas, rng: Rng, coat: Coat, build: Build) -> None:
    """Draw head and shoulders."""
    with canvas.at((0.0, 0.05), rng.uniform(-10, 10), 0.92):
        chest = [(-0.62, 1.3), (-0.52, 0.62), (0.0, 0.3), (0.52, 0.62), (0.62, 1.3)]
        marks = [Mark(ellipse((0, 1.0), 0.28, 0.5), coat.pale)]
        canvas.shape(_furry(rng, smooth(np.array(chest)), coat.hair), coat.paint(), marks)
        build.face(canvas, rng, coat)


DRAWINGS = {"cat": cat, "dog": dog}
