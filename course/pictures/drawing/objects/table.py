"""The table of classes: a name, and the function that draws it on a canvas."""

from __future__ import annotations

import numpy as np

from course.pictures.drawing.canvas import Canvas
from course.pictures.drawing.objects import (
    animals,
    buildings_and_furniture,
    faces,
    food,
    music_toys_and_clothing,
    plants,
    sky,
    tools,
    vehicles,
    vessels,
)
from course.pictures.drawing.objects.brush import Brush, Subject, palette
from course.pictures.drawing.scene import Drawing

SUBJECTS: tuple[Subject, ...] = (
    plants.tree,
    plants.cactus,
    plants.leaf,
    plants.fern,
    plants.mushroom,
    plants.pine_cone,
    plants.cabbage,
    food.citrus_slice,
    food.apple,
    food.grapes,
    food.ice_cream,
    faces.rabbit,
    faces.bear,
    faces.mouse,
    faces.pig,
    faces.owl,
    faces.frog,
    animals.bird,
    animals.fish,
    animals.butterfly,
    animals.spider,
    animals.turtle,
    animals.snail,
    animals.horse,
    animals.sea_urchin,
    vehicles.car,
    vehicles.bicycle,
    vehicles.boat,
    vehicles.airplane,
    vehicles.rocket,
    buildings_and_furniture.house,
    buildings_and_furniture.castle,
    buildings_and_furniture.chair,
    tools.scissors,
    tools.key,
    tools.umbrella,
    tools.gear,
    tools.wheel,
    tools.clock,
    vessels.cup,
    vessels.wine_glass,
    vessels.teapot,
    music_toys_and_clothing.guitar,
    music_toys_and_clothing.pinwheel,
    music_toys_and_clothing.hat,
    music_toys_and_clothing.shoe,
    sky.snowflake,
    sky.sun,
)


def _drawing(subject: Subject) -> Drawing:
    def draw(canvas: Canvas, rng: np.random.Generator) -> None:
        colors = palette(rng)  # drawn first: the same for every class, given the seed
        proportions = rng.uniform(0.84, 1.0, 2).tolist()
        with canvas.at(scale=proportions):
            subject(Brush(canvas, rng), rng, colors)

    return draw


DRAWINGS: dict[str, Drawing] = {subject.__name__: _drawing(subject) for subject in SUBJECTS}
CLASSES: tuple[str, ...] = tuple(DRAWINGS)
