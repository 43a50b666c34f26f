"""Two classes to tell apart: cats and dogs, or two kinds of the photographs that are there."""

from __future__ import annotations

from dataclasses import replace

from course import settings
from course.pictures.photos.read import photos
from course.pictures.picture_set import PictureSet
from course.pictures.sets import flowers, pets


def cats_and_dogs(
    per_class: int,
    *,
    split: str = "train",
    seed: int = 0,
    size_px: int = 97,
    label_noise: float = 0.0,
    shift: float = 0.0,
) -> PictureSet:
    """Return cats and dogs; with photographs of other things, the first two classes of those.

    Arguments as in `pets`. With ``COURSE_PICTURES=photos`` it takes ``COURSE_PHOTOS/pets`` where
    that folder exists, else the first two kinds in ``COURSE_PHOTOS/flowers``, else the first two
    class folders in ``COURSE_PHOTOS`` itself.

    Raises
    ------
    ValueError
        As `pets` and `photos` do.
    """
    folder = settings.photos_folder()
    if settings.pictures() == "drawn" or (folder / "pets").is_dir():
        return pets(
            per_class, split=split, seed=seed, size_px=size_px, label_noise=label_noise, shift=shift
        )
    if (folder / "flowers").is_dir():
        taken = flowers(per_class, split=split, seed=seed, size_px=size_px, shift=shift)
    else:
        taken = photos(folder, per_class=per_class, split=split, seed=seed, size_px=size_px)
    return _with_wrong_labels(_first_two(taken), label_noise)


def _first_two(taken: PictureSet) -> PictureSet:
    two = taken.select(taken.labels < 2)
    return replace(two, classes=taken.classes[:2])


def _with_wrong_labels(two: PictureSet, share: float) -> PictureSet:
    """Turn around the labels of the given share of each class, evenly spread."""
    labels = two.labels.copy()
    for name in (0, 1):
        places = (two.labels == name).nonzero()[0]
        wrong = [at for nth, at in enumerate(places) if int(share * (nth + 1)) > int(share * nth)]
        labels[wrong] = 1 - name
    return replace(two, labels=labels, true_labels=two.labels)
