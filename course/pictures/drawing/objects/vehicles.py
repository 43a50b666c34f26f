"""Things to travel in: car, bicycle, boat, airplane, rocket."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng
from course.pictures.drawing.objects.parts import both_sides, pair, spokes, vase
from course.pictures.drawing.shapes import (
    Points,
    box,
    capsule,
    ellipse,
    move,
    petal,
    points,
    ring,
    rounded_box,
    smooth,
)


def car(c: Brush, rng: Rng, p: Palette) -> None:
    """A car from the side: saloon, van, pickup or small car, with two wheels and windows."""
    roof, nose, tail = rng.uniform(-0.7, -0.42), rng.uniform(0.2, 0.7), rng.uniform(-0.93, -0.35)
    rake, slope = rng.uniform(0.15, 0.4), rng.uniform(0.03, 0.3)
    cabin = points((tail, 0), (tail + slope, roof), (nose - rake, roof), (nose, 0))
    c.fill(cabin, p.main, 0.35)
    _car_windows(c, rng, p, cabin)
    c.fill(rounded_box((0, 0.17), 1.92, rng.uniform(0.42, 0.52), 0.18), p.main, 0.45)
    if rng.random() < 0.6:
        c.fill(box((0, 0.28), 1.86, 0.06), p.accent, 0)
    for x in ((0.05,), (-0.25, 0.3))[int(rng.integers(2))]:
        c.line(points((x, 0.0), (x, 0.36)), 0.025, darken(p.main, 0.5))
        c.line(points((x - 0.14, 0.1), (x - 0.06, 0.1)), 0.03, darken(p.main, 0.6))
    c.fill(ellipse((0.88, 0.1), 0.07, 0.09), p.pale, 0.1)
    c.fill(ellipse((-0.9, 0.1), 0.05, 0.08), p.accent, 0.1)
    _car_wheels(c, rng, p)


def _car_windows(c: Brush, rng: Rng, p: Palette, cabin: Points) -> None:
    (tail, _), (back, roof), (front, _), (nose, _) = cabin.tolist()
    glass = mix(p.pale, p.ink, rng.uniform(0.1, 0.7))
    top, low = roof * 0.86, roof * 0.14
    pane = points((tail + 0.1, low), (back + 0.06, top), (front - 0.04, top), (nose - 0.12, low))
    c.fill(pane, glass, 0.15)
    for share in np.linspace(0, 1, int(rng.integers(3, 5)))[1:-1]:
        x = tail + (nose - tail) * share
        c.line(points((x, roof * 0.95), (x, 0)), 0.07, p.main)


def _car_wheels(c: Brush, rng: Rng, p: Palette) -> None:
    size = rng.uniform(0.22, 0.29)
    for x in (-0.55, 0.55):
        c.fill(ellipse((x, 0.4), size * 1.18), darken(p.main, 0.75), 0)
        c.fill(ellipse((x, 0.42), size), p.ink, 0.3)
        c.fill(ellipse((x, 0.42), size * 0.55), p.pale, 0.3)
        spokes(c, (x, 0.42), size * 0.5, 5, 0.03, p.ink)


def bicycle(c: Brush, rng: Rng, p: Palette) -> None:
    """Two spoked wheels, a frame, a saddle and handlebars."""
    size, thick = rng.uniform(0.38, 0.44), rng.uniform(0.05, 0.09)
    hubs = np.array([(-0.55, 0.4), (0.55, 0.4)], np.float32)
    for hub in hubs:
        spokes(c, hub, size, int(rng.integers(10, 17)), 0.015, p.pale, rng.uniform(0, 30))
        c.fill(ring(hub, size, size - 0.08), p.ink, 0.3)
        c.fill(ellipse(hub, 0.06), p.pale, 0)
    seat, head, crank = (-0.28, -0.25), (0.36, -0.28), (-0.06, 0.38)
    for path in ([hubs[0], seat, crank, hubs[0]], [seat, head, crank], [head, hubs[1]]):
        c.line(np.array(path), thick, p.main)
    c.line(points(seat, (-0.33, -0.48)), thick * 0.8, p.pale)
    c.fill(capsule((-0.48, -0.5), (-0.2, -0.5), 0.08, 0.05), p.second, 0.3)
    c.line(points(head, (0.3, -0.55)), thick, p.main)
    bars = [(0.12, -0.6), (0.3, -0.57), (0.5, -0.62), (0.55, -0.5)]
    c.line(smooth(np.array(bars), False), 0.07, p.second)
    c.fill(ring(crank, 0.13, 0.07), p.second, 0.2)
    c.line(points((crank[0] - 0.1, 0.2), (crank[0] + 0.1, 0.56)), 0.05, p.second)


def boat(c: Brush, rng: Rng, p: Palette) -> None:
    """A hull with a mast and sails, or with a cabin and a funnel, on waves."""
    deep, bow = rng.uniform(0.3, 0.45), rng.uniform(0.8, 0.98)
    if rng.random() < 0.6:
        _sails(c, rng, p)
    else:
        _steamer(c, rng, p)
    hull = points((-0.85, 0.3), (bow, 0.24), (bow - 0.3, 0.3 + deep), (-0.6, 0.3 + deep))
    c.fill(hull, p.main, 0.4)
    c.fill(
        points((-0.83, 0.34), (bow - 0.03, 0.29), (bow - 0.09, 0.39), (-0.78, 0.42)), p.accent, 0
    )
    x = np.linspace(-1, 1, 25)
    for y, tone in ((0.78, lighten(p.second, 0.4)), (0.9, p.second)):
        wave = np.stack([x, y + 0.05 * np.sin(x * 12 + y * 9)], 1)
        c.line(wave, 0.08, tone)


def _sails(c: Brush, rng: Rng, p: Palette) -> None:
    mast = rng.uniform(-0.1, 0.1)
    c.line(points((mast, 0.35), (mast, -0.98)), 0.055, p.ink)
    belly = rng.uniform(0.0, 0.15)
    main = smooth(
        points(
            (mast + 0.04, -0.92),
            (mast + 0.42 + belly, -0.3),
            (mast + 0.75, 0.15),
            (mast + 0.04, 0.17),
        ),
        False,
    )
    c.fill(main, p.pale, 0.35)
    for y in (-0.45, -0.15):
        c.line(
            points((mast + 0.05, y), (mast + 0.4 + belly / 2 + y * 0.05, y)),
            0.025,
            darken(p.pale, 0.35),
        )
    c.fill(points((mast - 0.05, -0.85), (mast - 0.05, 0.17), (mast - 0.62, 0.17)), p.second, 0.35)
    c.fill(points((mast, -1.0), (mast + 0.22, -0.93), (mast, -0.86)), p.accent, 0)


def _steamer(c: Brush, rng: Rng, p: Palette) -> None:
    for x in (-0.15, 0.2)[: int(rng.integers(1, 3))]:
        c.fill(box((x, -0.45), 0.2, 0.6), p.second, 0.45)
        c.fill(box((x, -0.66), 0.2, 0.13), p.ink, 0.2)
    c.fill(box((0.02, -0.12), 0.85, 0.32), lighten(p.pale, 0.3), 0.3)
    c.fill(box((-0.03, 0.15), 1.25, 0.32), p.pale, 0.3)
    for x in np.linspace(-0.5, 0.45, 5):
        c.fill(ellipse((x, 0.14), 0.075), p.ink, 0)
    for x in (-0.22, 0.02, 0.26):
        c.fill(box((x, -0.12), 0.13, 0.14), p.ink, 0)


def airplane(c: Brush, rng: Rng, p: Palette) -> None:
    """An airliner from above, or a small propeller plane from the side."""
    if rng.random() < 0.6:
        _plane_above(c, rng, p)
    else:
        _plane_side(c, rng, p)


def _plane_above(c: Brush, rng: Rng, p: Palette) -> None:
    sweep, slim = rng.uniform(0.1, 0.5), rng.uniform(0.11, 0.17)
    for wing in pair(points((0, -0.25), (0.97, sweep), (0.97, sweep + 0.15), (0, 0.22)), 0):
        c.fill(wing, p.second, 0.3)
    for tail in pair(points((0, 0.62), (0.42, 0.8), (0.42, 0.92), (0, 0.85)), 0):
        c.fill(tail, p.second, 0.3)
    for x in (0.32, 0.6)[: int(rng.integers(1, 3))]:
        for engine in pair(capsule((0, -0.12), (0, 0.1), 0.06), x, sweep * x):
            c.fill(engine, p.accent, 0.4)
    c.fill(
        vase([(0, -0.98), (slim * 0.8, -0.82), (slim, -0.5), (slim, 0.4), (0.04, 0.95)]),
        p.main,
        0.5,
    )
    c.fill(points((-0.03, 0.55), (0.03, 0.55), (0.02, 0.98), (-0.02, 0.98)), p.accent, 0)
    for window in pair(move(petal(0.12, 0.09), angle_deg=20), 0.05, -0.75):
        c.fill(window, p.ink, 0)


def _plane_side(c: Brush, rng: Rng, p: Palette) -> None:
    c.fill(points((-0.95, -0.6), (-0.7, -0.6), (-0.45, 0), (-0.85, 0.05)), p.second, 0.35)
    body = smooth(
        points((-0.95, -0.05), (-0.2, -0.28), (0.5, -0.25), (0.82, 0), (0.5, 0.26), (-0.1, 0.22))
    )
    c.fill(body, p.main, 0.45)
    for x in np.linspace(-0.25, 0.35, int(rng.integers(3, 6))):
        c.fill(rounded_box((x, -0.08), 0.11, 0.13, 0.04), p.ink, 0)
    c.fill(points((-0.12, 0.08), (0.3, 0.08), (-0.1, 0.62), (-0.4, 0.62)), p.second, 0.35)
    c.fill(points((-0.9, -0.02), (-0.62, -0.02), (-0.8, 0.2), (-1.0, 0.2)), p.second, 0.3)
    for angle in (0, 180):
        c.fill(move(petal(0.45, 0.13), (0.86, 0), angle + 10), p.pale, 0.2)
    c.fill(ellipse((0.85, 0), 0.09, 0.1), p.accent, 0.4)
    for x in (0.1, 0.45):
        c.line(points((x, 0.2), (x, 0.42)), 0.04, p.ink)
        c.fill(ellipse((x, 0.45), 0.1), p.ink, 0.2)


def rocket(c: Brush, rng: Rng, p: Palette) -> None:
    """A pointed body with a round window, fins and a flame."""
    wide, fin = rng.uniform(0.26, 0.4), rng.uniform(0.28, 0.5)
    for scale, tone in ((1.0, p.accent), (0.6, lighten(p.accent, 0.6))):
        flame = points(
            (-0.2, 0.55),
            (0.2, 0.55),
            (0.16, 0.8),
            (0.06, 0.78),
            (0, 1.0),
            (-0.09, 0.76),
            (-0.16, 0.84),
        )
        c.fill((flame - (0, 0.55)) * (scale, scale) + (0, 0.55), tone, 0)
    for wing in pair(
        smooth(points((0, 0.1), (fin, 0.45), (fin * 1.05, 0.75), (0, 0.5))), wide * 0.7
    ):
        c.fill(wing, p.second, 0.35)
    profile = [
        (0, -1.0),
        (wide * 0.62, -0.62),
        (wide, -0.1),
        (wide * 0.95, 0.3),
        (wide * 0.6, 0.62),
    ]
    body = vase(profile)
    c.fill(body, p.main, 0.5)
    tip = body[body[:, 1] < -0.52]
    c.fill(tip, p.second, 0.4)
    c.fill(ellipse((0, -0.22), wide * 0.52), darken(p.second, 0.3), 0.2)
    c.fill(ellipse((0, -0.22), wide * 0.38), p.pale, 0.35)
    if rng.random() < 0.5:
        c.fill(ellipse((0, 0.2), wide * 0.26), p.pale, 0.2)
    c.fill(box((0, 0.45), wide * 1.75, 0.09), p.second, 0)
    c.fill(both_sides([(0.05, 0.4), (0.04, 0.82)]), darken(p.second, 0.3), 0.2)
