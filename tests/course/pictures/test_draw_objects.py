"""The objects of pretraining: complete, visible, the same every time, told by form not color."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from course.pictures.drawing.canvas import Canvas, affine
from course.pictures.drawing.color import rgb
from course.pictures.drawing.objects import CLASSES, DRAWINGS
from course.pictures.drawing.objects.brush import Brush, palette
from course.pictures.drawing.scene import Nuisance, render
from course.pictures.drawing.shapes import ellipse

FLOWERS_AND_PETS = {"daisy", "dandelion", "rose", "sunflower", "tulip", "cat", "dog", "flower"}
PAPER = (206, 201, 190)
PLAIN = Nuisance(
    scale=(0.88, 0.92), turn_deg=0, move=0, shear=0, perspective=0, backdrops=("studio",),
    clutter=0, occlusion=0, light=0, tint=0, blur_px=0, noise=0,
)  # fmt: skip


def on_paper(name: str, seed: int, scale: float = 0.85) -> np.ndarray:
    """Draw one subject on plain paper, ``(97, 97, 3) uint8``."""
    canvas = Canvas(97)
    canvas.paint_background(np.full((4, 4, 3), PAPER, np.uint8))
    canvas.set_pose(affine(scale=scale))
    DRAWINGS[name](canvas, np.random.default_rng([seed, CLASSES.index(name)]))
    return canvas.picture()


def scenes(nuisance: Nuisance, per_class: int) -> np.ndarray:
    """Render ``(classes, per_class, 97, 97, 3) uint8``."""
    return np.array(
        [
            [
                render(draw, np.random.SeedSequence([5, label, i]), nuisance, 97)
                for i in range(per_class)
            ]
            for label, draw in enumerate(DRAWINGS.values())
        ]
    )


def nearest_centroid_accuracy(features: np.ndarray) -> float:
    """Fit class means on the first half of ``(classes, n, d)``, score the second half."""
    half = features.shape[1] // 2
    centers = features[:, :half].mean(1)
    distance = ((features[:, half:, None] - centers) ** 2).sum(-1)
    return float((distance.argmin(-1) == np.arange(len(features))[:, None]).mean())


def color_histogram(image: np.ndarray) -> np.ndarray:
    cells = (image // 64).reshape(-1, 3).astype(int) @ [16, 4, 1]
    return np.sqrt(np.bincount(cells, minlength=64) / len(cells))


def edge_map(image: np.ndarray) -> np.ndarray:
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = np.hypot(cv2.Sobel(gray, -1, 1, 0), cv2.Sobel(gray, -1, 0, 1))
    small = cv2.resize(edges, (14, 14), interpolation=cv2.INTER_AREA).ravel()
    return small / np.linalg.norm(small)


def described(pictures: np.ndarray, describe) -> np.ndarray:
    return np.array([[describe(image) for image in row] for row in pictures])


def test_48_classes_none_of_them_a_flower_or_a_pet() -> None:
    assert len(CLASSES) == 48
    assert len(set(CLASSES)) == 48
    assert tuple(DRAWINGS) == CLASSES
    assert not FLOWERS_AND_PETS & {word for name in CLASSES for word in name.split("_")}


@pytest.mark.parametrize("name", CLASSES)
def test_subject_is_large_and_inside_the_frame(name: str) -> None:
    for seed in range(12):
        drawn = np.abs(on_paper(name, seed).astype(int) - PAPER).max(-1) > 14
        assert drawn.mean() > 0.05, seed
        assert drawn.any(0).sum() > 24, seed
        assert drawn.any(1).sum() > 24, seed
        border = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
        assert border.mean() < 0.06, seed


def test_same_seed_same_bytes_other_seed_other_object() -> None:
    for name in CLASSES:
        assert np.array_equal(on_paper(name, 3), on_paper(name, 3)), name
        assert not np.array_equal(on_paper(name, 3), on_paper(name, 4)), name


def test_every_class_draws_in_many_scenes() -> None:
    for draw in DRAWINGS.values():
        for seed in range(3):
            picture = render(draw, np.random.SeedSequence(seed), Nuisance().shifted(seed / 2), 65)
            assert picture.shape == (65, 65, 3)
            assert picture.dtype == np.uint8


def test_palette_comes_before_the_subject_so_no_class_owns_a_color() -> None:
    first, second = palette(np.random.default_rng(1)), palette(np.random.default_rng(1))
    assert np.array_equal(first.main, second.main)
    assert np.abs(first.main - first.second).sum() > 0


def test_color_does_not_give_the_class_away() -> None:
    chance = 1 / len(CLASSES)
    accuracy = nearest_centroid_accuracy(described(scenes(Nuisance(), 16), color_histogram))
    assert accuracy < 3 * chance


def test_form_does() -> None:
    accuracy = nearest_centroid_accuracy(described(scenes(PLAIN, 8), edge_map))
    assert accuracy > 0.6


def test_small_parts_are_filled_flat() -> None:
    canvas = Canvas(97)
    brush = Brush(canvas, np.random.default_rng(0))
    brush.fill(ellipse((0, 0), 0.04), rgb(10, 20, 30), 0.5)
    assert canvas.view[97, 97].tolist() == [10, 20, 30]


def test_large_parts_are_shaded() -> None:
    canvas = Canvas(97)
    brush = Brush(canvas, np.random.default_rng(0))
    brush.fill(ellipse((0, 0), 0.6), rgb(120, 120, 120), 0.5)
    inside = canvas.view[60:134, 60:134, 0]
    assert int(inside.max()) - int(inside.min()) > 20
