"""Two classes: cats and dogs, or two kinds of the photographs that are there."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from course.pictures import pets
from course.pictures.pair import cats_and_dogs


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Photographs of flowers, twelve of each of five kinds, each file of its own color."""
    for place, name in enumerate(("daisy", "dandelion", "roses", "sunflowers", "tulips")):
        folder = tmp_path / "flowers" / name
        folder.mkdir(parents=True)
        for nth in range(12):
            color = (40 * place, 20 * nth, 10)
            Image.new("RGB", (50, 40), color).save(folder / f"{nth}.png")
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path))
    return tmp_path


def test_drawn_ones_are_the_pets():
    two = cats_and_dogs(3, seed=5, size_px=33, label_noise=0.4)
    same = pets(3, seed=5, size_px=33, label_noise=0.4)
    assert two.classes == ("cat", "dog")
    np.testing.assert_array_equal(two.images, same.images)
    np.testing.assert_array_equal(two.labels, same.labels)


def test_photographs_of_flowers_give_two_kinds_with_wrong_labels_of_each(photos):
    two = cats_and_dogs(5, size_px=33, label_noise=0.2)
    assert two.classes == ("daisy", "dandelion")
    assert set(two.labels) == {0, 1}
    wrong = two.labels != two.true_labels
    assert [int(wrong[two.true_labels == name].sum()) for name in (0, 1)] == [1, 1]


def test_any_two_class_folders_will_do(photos, monkeypatch):
    monkeypatch.setenv("COURSE_PHOTOS", str(photos / "flowers"))
    assert cats_and_dogs(2, size_px=33).classes == ("daisy", "dandelion")
