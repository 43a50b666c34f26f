"""The picture sets that lessons ask for: ``flowers``, ``pets``, ``objects``, ``cells``."""

from __future__ import annotations

import numpy as np

from course import settings
from course.pictures import cache, worker
from course.pictures.kinds import KINDS, SPLITS, PictureRequest
from course.pictures.photos.read import of_kind as photos_of_kind
from course.pictures.picture_set import PictureSet

SMALLEST_PX, LARGEST_PX = 33, 512


def flowers(
    per_class: int = 100,
    *,
    split: str = "train",
    seed: int = 0,
    size_px: int = 97,
    label_noise: float = 0.0,
    shift: float = 0.0,
    workers: int | None = None,
) -> PictureSet:
    """Return pictures of five flowers: daisy, dandelion, rose, sunflower, tulip.

    The form tells them apart; every class comes in every color. With ``COURSE_PICTURES=photos``
    these are photographs from ``COURSE_PHOTOS/flowers`` in the same structure.

    Parameters
    ----------
    per_class : pictures of each class. They come class by class, so a smaller set is the
        beginning of a larger one.
    split : ``"train"``, ``"val"`` or ``"test"``; no picture is in two of them
    seed : another seed draws other pictures of the same classes
    size_px : side in pixels, 33–512. Sizes 32k + 1 (65, 97, 129, 161, 225) are the ones at which
        Keras and PyTorch pad alike, so that their features agree.
    label_noise : share of labels, 0 to below 1, replaced by a wrong class
    shift : 0–1, domain shift: other light and hues, then pen drawings
    workers : processes that draw; the pictures do not depend on it

    Returns
    -------
    PictureSet
        ``images (N, size_px, size_px, 3) uint8`` and ``labels (N,) int64``.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> flowers(2, size_px=33).labels.tolist()
    [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    """
    order = _order("flowers", per_class, split, seed, size_px, label_noise, shift)
    return _make(order, per_class, label_noise, workers)


def pets(
    per_class: int = 100,
    *,
    split: str = "train",
    seed: int = 0,
    size_px: int = 97,
    label_noise: float = 0.0,
    shift: float = 0.0,
    workers: int | None = None,
) -> PictureSet:
    """Return pictures of cats and dogs: faces and whole animals, in the same coats.

    Arguments and errors as in `flowers`; with ``COURSE_PICTURES=photos``, photographs from
    ``COURSE_PHOTOS/pets``.

    >>> pets(1, size_px=33).classes
    ('cat', 'dog')
    """
    order = _order("pets", per_class, split, seed, size_px, label_noise, shift)
    return _make(order, per_class, label_noise, workers)


def objects(
    per_class: int = 100,
    *,
    split: str = "train",
    seed: int = 0,
    size_px: int = 97,
    label_noise: float = 0.0,
    shift: float = 0.0,
    workers: int | None = None,
) -> PictureSet:
    """Return pictures of the pretraining classes: everyday things, none a flower, cat or dog.

    Arguments and errors as in `flowers`; always drawn.
    """
    order = _order("objects", per_class, split, seed, size_px, label_noise, shift)
    return _make(order, per_class, label_noise, workers)


def cells(
    per_class: int = 100,
    *,
    split: str = "train",
    seed: int = 0,
    size_px: int = 97,
    label_noise: float = 0.0,
    shift: float = 0.0,
    workers: int | None = None,
) -> PictureSet:
    """Return grey microscopy pictures of cells, far from anything seen in pretraining.

    Three equal channels. Arguments and errors as in `flowers`; always drawn.
    """
    order = _order("cells", per_class, split, seed, size_px, label_noise, shift)
    return _make(order, per_class, label_noise, workers)


def _order(
    kind: str,
    per_class: int,
    split: str,
    seed: int,
    size_px: int,
    label_noise: float,
    shift: float,
) -> PictureRequest:
    _whole("per_class", per_class, 1, 1_000_000, "Ask for at least one picture per class.")
    _whole("seed", seed, 0, 2**32 - 1, "Any whole number from 0 will do.")
    _whole(
        "size_px", size_px, SMALLEST_PX, LARGEST_PX,
        "Take 97, or another 32k + 1 (65, 129, 161, 225): there both frameworks agree.",
    )  # fmt: skip
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; expected one of {', '.join(SPLITS)}.")
    if not 0 <= label_noise < 1:
        raise ValueError(
            f"label_noise is {label_noise!r}; expected 0 to below 1, the share of wrong labels: "
            "0.2 makes one label in five wrong."
        )
    if not 0 <= shift <= 1:
        raise ValueError(
            f"shift is {shift!r}; expected 0 (the usual pictures) to 1 (the most foreign)."
        )
    return PictureRequest(kind, split, int(seed), int(size_px), float(shift))


def _whole(name: str, value: object, low: int, high: int, advice: str) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= value <= high:  # type: ignore[operator]
        raise ValueError(
            f"{name} is {value!r}; expected a whole number from {low} to {high}. {advice}"
        )


def _make(
    order: PictureRequest, per_class: int, label_noise: float, workers: int | None
) -> PictureSet:
    if settings.pictures() == "photos" and order.kind in ("flowers", "pets"):
        return _with_noise(photos_of_kind(order, per_class), order, label_noise)
    classes = KINDS[order.kind].classes
    count = per_class * len(classes)
    images = cache.fetch(order, count, lambda: worker.draw(order, count, workers))
    labels = np.arange(count, dtype=np.int64) % len(classes)
    drawn = PictureSet(images, labels, classes, order.kind, order.split)
    return _with_noise(drawn, order, label_noise)


def _with_noise(made: PictureSet, order: PictureRequest, share: float) -> PictureSet:
    """Replace a share of the labels by another class, exact to one picture per class.

    Which ones depends on each picture's place alone, so a smaller set stays the beginning of a
    larger one.
    """
    if share == 0:
        return made
    labels = made.labels.copy()
    for class_index in range(len(made.classes)):
        places = np.flatnonzero(made.true_labels == class_index)
        rng = np.random.default_rng(
            [KINDS[order.kind].number, SPLITS[order.split], order.seed, class_index, 2**32 - 1]
        )
        # a picture is hit whenever the running total of `share` passes a whole number
        total = np.floor(share * np.arange(len(places) + 1) + rng.random())
        steps = rng.integers(1, max(2, len(made.classes)), len(places))
        hit = np.diff(total) > 0
        labels[places[hit]] = (class_index + steps[hit]) % len(made.classes)
    return PictureSet(
        made.images, labels, made.classes, made.name, made.split, made.true_labels, made.skipped
    )
