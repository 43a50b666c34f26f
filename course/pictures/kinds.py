"""The drawn sets: what each is made of, and the one function that draws a stretch of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from course.pictures.drawing import scene
from course.pictures.drawing.scene import Drawing, Nuisance

SPLITS = {"train": 1, "val": 2, "test": 3}


@dataclass(frozen=True)
class Kind:
    """One drawn set.

    Parameters
    ----------
    name : the set's name
    number : its part of every picture's random key; never reuse or change one
    module : holds ``DRAWINGS``, class name to drawing, and may hold its own ``render``
    nuisance : what stands between picture and class
    """

    name: str
    number: int
    module: str
    nuisance: Nuisance

    @property
    def drawings(self) -> dict[str, Drawing]:
        drawings: dict[str, Drawing] = import_module(self.module).DRAWINGS
        return drawings

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.drawings)

    @property
    def render(self) -> Callable[..., np.ndarray]:
        return getattr(import_module(self.module), "render", scene.render)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("flowers", 1, "course.pictures.drawing.flowers", Nuisance(turn_deg=20.0)),
        Kind("pets", 2, "course.pictures.drawing.pets", Nuisance(turn_deg=12.0)),
        Kind("objects", 3, "course.pictures.drawing.objects", Nuisance()),
        Kind(
            "cells",
            4,
            "course.pictures.drawing.cells",
            Nuisance(clutter=1.6, light=0.7, tint=0.6, blur_px=1.2, noise=14.0),
        ),
    )
}


@dataclass(frozen=True)
class PictureRequest:
    """Which pictures to draw: everything that decides their bytes but how many there are."""

    kind: str
    split: str = "train"
    seed: int = 0
    size_px: int = 97
    shift: float = 0.0

    def key(self, class_index: int, picture_index: int) -> np.random.SeedSequence:
        """Return a picture's own source of chance.

        The split is part of it, so no picture of one split is drawn in another.
        """
        kind = KINDS[self.kind]
        return np.random.SeedSequence(
            [kind.number, SPLITS[self.split], self.seed, class_index, picture_index]
        )


def draw(order: PictureRequest, start: int, stop: int) -> np.ndarray:
    """Draw pictures ``start`` to ``stop`` of an endless set that runs class by class, 0, 1, 2, 0 …

    Returns
    -------
    (stop - start, size_px, size_px, 3) uint8
    """
    kind = KINDS[order.kind]
    drawings, render = list(kind.drawings.values()), kind.render
    nuisance = kind.nuisance.shifted(order.shift)
    images = np.empty((stop - start, order.size_px, order.size_px, 3), np.uint8)
    for place in range(start, stop):
        picture_index, class_index = divmod(place, len(drawings))
        key = order.key(class_index, picture_index)
        images[place - start] = render(drawings[class_index], key, nuisance, order.size_px)
    return images
