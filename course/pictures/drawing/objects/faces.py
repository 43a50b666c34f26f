"""Animals seen from the front, as a face or sitting: rabbit, bear, mouse, pig, owl, frog."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.color import darken, lighten, mix
from course.pictures.drawing.objects.brush import Brush, Palette, Rng, Subject
from course.pictures.drawing.objects.parts import eye, eyes, fur, pair, shine, whiskers
from course.pictures.drawing.shapes import (
    arc,
    capsule,
    ellipse,
    mirror,
    move,
    petal,
    points,
    smooth,
)


def rabbit(c: Brush, rng: Rng, p: Palette) -> None:
    """Two long ears over a round face; one ear may flop."""
    _in_some_pose(c, rng, p, _rabbit_face)


def bear(c: Brush, rng: Rng, p: Palette) -> None:
    """Small round ears, a broad face and a pale muzzle with a large nose."""
    _in_some_pose(c, rng, p, _bear_face)


def mouse(c: Brush, rng: Rng, p: Palette) -> None:
    """Very large round ears, a pointed snout, and a long thin tail when it sits."""
    if rng.random() < 0.4:
        _mouse_side(c, rng, p)
    else:
        _mouse_face(c, rng, p)


def pig(c: Brush, rng: Rng, p: Palette) -> None:
    """Folded ears and a flat snout with two nostrils."""
    _in_some_pose(c, rng, p, _pig_face)


def _in_some_pose(c: Brush, rng: Rng, p: Palette, face: Subject) -> None:
    pose = rng.random()
    if pose < 0.45:
        face(c, rng, p)
    elif pose < 0.75:
        _sitting(c, rng, p, face)
    else:
        _standing(c, rng, p, face)


def _sitting(c: Brush, rng: Rng, p: Palette, face: Subject) -> None:
    wide = rng.uniform(0.42, 0.58)
    for foot in pair(ellipse((0, 0), 0.26, 0.14), wide * 0.75, 0.88):
        c.fill(foot, darken(p.main, 0.2), 0.3)
    c.fill(fur(rng, (0, 0.45), wide, 0.52, 30, 0.07), p.main, 0.4)
    c.fill(fur(rng, (0, 0.52), wide * 0.62, 0.36, 22, 0.08), p.pale, 0.2)
    for arm in pair(ellipse((0, 0), 0.11, 0.27, rng.uniform(10, 40)), wide * 0.8, 0.38):
        c.fill(arm, darken(p.main, 0.12), 0.3)
    with c.at((rng.normal(0, 0.04), -0.33), rng.normal(0, 8), 0.62):
        face(c, rng, p)


def _standing(c: Brush, rng: Rng, p: Palette, face: Subject) -> None:
    """Four legs from the side, the face turned to the viewer."""
    girth, leg = rng.uniform(0.32, 0.42), rng.uniform(0.09, 0.13)
    for x, tone in ((-0.2, 0.3), (0.6, 0.3), (-0.35, 0.1), (0.45, 0.1)):
        foot = (x + rng.uniform(-0.08, 0.08), 0.86)
        c.fill(capsule((x, 0.45), foot, leg * 1.2, leg), darken(p.main, tone), 0.35)
    c.fill(fur(rng, (0.83, 0.1), 0.13, 0.13, 16, 0.15), darken(p.main, 0.1), 0.3)
    c.fill(fur(rng, (0.15, 0.3), 0.7, girth, 40, 0.06), p.main, 0.45)
    if rng.random() < 0.4:
        for x, y in ((0.45, 0.12), (0.2, 0.38), (0.6, 0.4)):
            c.fill(fur(rng, (x, y), 0.14, 0.11, 14, 0.2), p.second, 0)
    with c.at((-0.42, -0.22), rng.normal(0, 6), 0.54):
        face(c, rng, p)


def _patch(c: Brush, rng: Rng, p: Palette, x: float, y: float) -> None:
    """Sometimes color the fur around one eye, or a blaze down the face."""
    kind = rng.random()
    if kind < 0.25:
        c.fill(fur(rng, (x, y), 0.24, 0.27, 18, 0.14), p.second, 0)
    elif kind < 0.4:
        c.fill(move(petal(0.85, 0.26, "oval"), (0, 0.45)), p.pale, 0)


def _rabbit_face(c: Brush, rng: Rng, p: Palette) -> None:
    length, lean = rng.uniform(0.85, 1.1), rng.uniform(3, 22)
    flop = rng.random() < 0.3
    for side in (-1, 1):
        angle = 115 if flop and side > 0 else lean
        for width, tall, tone in ((0.36, length, p.main), (0.19, length * 0.82, p.accent)):
            ear = move(petal(tall, width, "oval"), (0.24, -0.12), angle)
            c.fill(ear if side > 0 else mirror(ear), tone, 0.3)
    c.fill(fur(rng, (0, 0.38), rng.uniform(0.55, 0.66), 0.55), p.main, 0.4)
    _patch(c, rng, p, 0.27, 0.28)
    for cheek in pair(fur(rng, (0, 0), 0.21, 0.17, 16, 0.12), 0.16, 0.62):
        c.fill(cheek, p.pale, 0.15)
    whiskers(c, 0.2, 0.6, 0.45, p.ink, 3)
    for tooth in pair(points((0, 0), (0.11, 0), (0.1, 0.15), (0, 0.15)), 0.005, 0.7):
        c.fill(tooth, lighten(p.pale, 0.7), 0)
    c.fill(move(petal(0.15, 0.2, "heart"), (0, 0.6)), darken(p.accent, 0.3), 0)
    eyes(c, 0.27, 0.28, rng.uniform(0.1, 0.13), p.second if rng.random() < 0.5 else None)


def _bear_face(c: Brush, rng: Rng, p: Palette) -> None:
    apart, size = rng.uniform(0.52, 0.66), rng.uniform(0.24, 0.31)
    for radius, tone in ((size, p.main), (size * 0.58, p.accent)):
        for ear in pair(fur(rng, (0, 0), radius, radius, 18, 0.1), apart, -0.5):
            c.fill(ear, tone, 0.3)
    c.fill(fur(rng, (0, 0.1), rng.uniform(0.78, 0.9), 0.76, 44, 0.07), p.main, 0.4)
    _patch(c, rng, p, 0.32, -0.04)
    muzzle = rng.uniform(0.34, 0.44)
    c.fill(fur(rng, (0, 0.42), muzzle, muzzle * 0.8, 26, 0.06), p.pale, 0.3)
    c.fill(ellipse((0, 0.26), 0.16, 0.11), p.ink, 0.2)
    shine(c, (-0.05, 0.22), 0.04, 0.02, p.ink)
    c.line([(0, 0.3), (0, 0.48)], 0.03, p.ink)
    for mouth in pair(arc((0, 0), 0.1, 0.08, 0, 180, 8), 0.1, 0.47):
        c.line(mouth, 0.03, p.ink)
    eyes(c, 0.32, -0.04, rng.uniform(0.07, 0.1), None)


def _mouse_face(c: Brush, rng: Rng, p: Palette) -> None:
    size = rng.uniform(0.4, 0.5)
    for radius, tone in ((size, p.main), (size * 0.74, p.accent)):
        for ear in pair(ellipse((0, 0), radius, radius * 1.05), 0.55, -0.42):
            c.fill(ear, tone, 0.3)
    wide = rng.uniform(0.5, 0.6)
    head = smooth([(0, -0.45), (wide * 0.9, -0.2), (wide, 0.15), (0.25, 0.62), (0, 0.82)])
    half = head[head[:, 0] >= 0]
    c.fill(np.concatenate([half, mirror(half)[::-1]]), p.main, 0.4)
    _patch(c, rng, p, 0.24, 0.12)
    whiskers(c, 0.12, 0.62, 0.55, p.ink, 4)
    c.fill(ellipse((0, 0.76), 0.13, 0.11), p.ink, 0.3)
    shine(c, (-0.04, 0.72), 0.035, 0.02, p.ink)
    eyes(c, 0.24, 0.12, rng.uniform(0.09, 0.13), None)


def _mouse_side(c: Brush, rng: Rng, p: Palette) -> None:
    tail = smooth([(0.5, 0.5), (0.95, 0.45), (0.85, -0.1), (rng.uniform(0.6, 1.0), -0.6)], False)
    c.line(tail, np.linspace(0.08, 0.03, len(tail)), darken(p.accent, 0.15))
    body = smooth(
        [
            (-0.95, 0.42),
            (-0.6, -0.02),
            (-0.1, -0.25),
            (0.5, -0.1),
            (0.72, 0.35),
            (0.4, 0.62),
            (-0.5, 0.6),
        ]
    )
    c.fill(body, p.main, 0.45)
    for x in (-0.42, 0.3):
        c.fill(ellipse((x, 0.63), 0.16, 0.07), darken(p.accent, 0.1), 0.2)
    for radius, tone in ((0.3, darken(p.main, 0.15)), (0.21, p.accent)):
        c.fill(ellipse((-0.3, -0.2), radius), tone, 0.3)
    with c.at((-0.8, 0.4)):
        whiskers(c, 0.02, 0.02, 0.28, p.ink, 3)
    c.fill(ellipse((-0.94, 0.4), 0.07), p.ink, 0)
    eye(c, (-0.62, 0.18), 0.085, None)


def _pig_face(c: Brush, rng: Rng, p: Palette) -> None:
    for ear in pair(points((-0.18, 0.05), (0.3, -0.3), (0.36, 0.35), (0.1, 0.3)), 0.5, -0.58):
        c.fill(smooth(ear), darken(p.main, 0.22), 0.3)
    wide = rng.uniform(0.74, 0.86)
    c.fill(ellipse((0, 0.08), wide, 0.74), p.main, 0.4)
    for cheek in pair(ellipse((0, 0), 0.17, 0.12), wide * 0.66, 0.34):
        c.fill(cheek, mix(p.main, p.accent, 0.35), 0)
    _patch(c, rng, p, 0.32, -0.14)
    snout = rng.uniform(0.3, 0.38)
    c.fill(ellipse((0, 0.31), snout * 1.08, snout * 0.83), darken(p.main, 0.4), 0)
    c.fill(ellipse((0, 0.29), snout, snout * 0.74), mix(p.main, p.accent, 0.4), 0.35)
    for nostril in pair(ellipse((0, 0), 0.065, 0.1), snout * 0.4, 0.29):
        c.fill(nostril, p.ink, 0)
    c.line(arc((0, 0.52), 0.25, 0.14, 30, 150, 8), 0.035, darken(p.main, 0.6))
    eyes(c, 0.32, -0.14, rng.uniform(0.07, 0.1), None)


def owl(c: Brush, rng: Rng, p: Palette) -> None:
    """Two great ring eyes, a beak, ear tufts and a scaly breast."""
    wide = rng.uniform(0.58, 0.72)
    for tuft in pair(points((-0.25, 0.2), (0.14, -0.25), (0.18, 0.3)), wide * 0.6, -0.72):
        c.fill(tuft, p.main, 0.3)
    c.fill(fur(rng, (0, 0.05), wide, 0.88, 40, 0.05), p.main, 0.4)
    c.fill(ellipse((0, 0.45), wide * 0.68, 0.46), p.pale, 0.2)
    for row in range(3):
        for i in range(5 - row):
            feather = move(
                petal(0.17, 0.17, "round"), ((i - (4 - row) / 2) * 0.2, 0.22 + row * 0.2), 180
            )
            c.fill(feather, p.second, 0.3)
    for wing in pair(move(petal(1.05, 0.4, "pointed"), angle_deg=190), wide * 0.84, -0.25):
        c.fill(wing, darken(p.main, 0.28), 0.35)
    for disc in pair(fur(rng, (0, 0), 0.34, 0.34, 22, 0.12), 0.28, -0.38):
        c.fill(disc, p.accent, 0.2)
    eyes(c, 0.27, -0.38, rng.uniform(0.19, 0.24), p.second)
    c.fill(points((-0.1, -0.25), (0.1, -0.25), (0, 0.02)), darken(p.accent, 0.5), 0.3)
    for foot in pair(ellipse((0, 0), 0.14, 0.07), 0.22, 0.92):
        c.fill(foot, darken(p.accent, 0.35), 0.2)


def frog(c: Brush, rng: Rng, p: Palette) -> None:
    """Eyes on top of a wide head with a wide mouth, folded legs at the sides."""
    bulge = rng.uniform(0.22, 0.28)
    for thigh in pair(ellipse((0, 0), 0.24, 0.42, -25), 0.66, 0.5):
        c.fill(thigh, darken(p.main, 0.2), 0.35)
    c.fill(ellipse((0, 0.35), 0.62, 0.55), p.main, 0.4)
    c.fill(ellipse((0, 0.55), 0.42, 0.36), p.pale, 0.2)
    if rng.random() < 0.4:
        for x, y in ((-0.45, 0.1), (0.5, 0.2), (-0.55, 0.45), (0.35, 0.02)):
            c.fill(ellipse((x, y), rng.uniform(0.07, 0.12), 0.08), p.second, 0)
    for leg in pair(smooth([(0, -0.2), (0.1, 0.1), (0.02, 0.42)], False), 0.34, 0.42):
        c.line(leg, 0.16, darken(p.main, 0.1))
    for x in (-0.75, -0.38, 0.38, 0.75):
        for toe in (-0.13, 0, 0.13):
            c.fill(ellipse((x + toe, 0.9), 0.08, 0.05), darken(p.main, 0.3), 0)
    for bump in pair(ellipse((0, 0), bulge), 0.4, -0.5):
        c.fill(bump, p.main, 0.3)
    c.fill(ellipse((0, -0.18), rng.uniform(0.7, 0.82), 0.42), p.main, 0.4)
    c.line(arc((0, -0.3), 0.56, 0.34, 15, 165, 14), 0.04, darken(p.main, 0.65))
    for nostril in pair(ellipse((0, 0), 0.03), 0.08, -0.22):
        c.fill(nostril, darken(p.main, 0.65), 0)
    eyes(c, 0.4, -0.52, bulge * 0.7, p.accent)
