"""What a shape is filled with, and the light it stands in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from course.pictures.drawing.color import Color
from course.pictures.drawing.shapes import Point, Points

Outline = Points | Sequence[Points]


@dataclass(frozen=True)
class Light:
    """Where the light of a scene comes from: an angle in degrees (0 right, -90 above)."""

    angle_deg: float = -125.0
    strength: float = 1.0

    @property
    def toward(self) -> tuple[float, float]:
        """The unit step, in pixels, toward the light."""
        angle = math.radians(self.angle_deg)
        return math.cos(angle), math.sin(angle)


@dataclass(frozen=True)
class Paint:
    """How a shape is filled.

    Parameters
    ----------
    color : (3,) float32, RGB 0–255
    color2 : a second color to blend into, along ``span``
    span : two points in the subject's coordinates: a linear blend from the first to the second,
        or, with ``radial``, from the center (first) out to the second. Default: top to bottom.
    relief : 0–1.5, how strongly light and shadow side differ (0 is flat paper)
    soft : 0–1, how far the roundness reaches inward (1: a pillow, 0.2: a bevelled plate)
    rim : 0–1, darkening toward the edge
    gloss : 0–1, a specular spot on the light side
    shadow : 0–1, the shadow cast on what lies behind
    grain : 0–1, rough texture (wool, stone, fur)
    alpha : 0–1, opacity
    """

    color: Color
    color2: Color | None = None
    span: tuple[Point, Point] | None = None
    radial: bool = False
    relief: float = 0.7
    soft: float = 0.6
    rim: float = 0.25
    gloss: float = 0.0
    shadow: float = 0.25
    grain: float = 0.0
    alpha: float = 1.0

    def but(self, **changes: Any) -> Paint:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Mark:
    """A flat patch painted *on* a shape: clipped to it, shaded with it (stripes, spots, labels)."""

    outline: Outline
    color: Color
