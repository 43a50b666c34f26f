"""Photographs that do not fit in memory: which files they are, and how fast they come.

``stream_torch`` and ``stream_keras`` read them as they are needed, several at a time, while the
model computes. Both read a file exactly as ``photos`` does, so that both frameworks see the same
numbers.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from course import settings
from course.pictures.photos.read import chosen_files, read, why_unreadable
from course.pictures.picture_set import PictureSet

Batch = tuple[Any, Any]
TURNS = 3
WARM_UP = 2  # batches before the clock starts: workers start, programs are compiled


@dataclass(frozen=True)
class Listing:
    """The files of one split and their labels, in the order in which ``photos`` takes them.

    Attributes
    ----------
    paths : one file each
    labels : (N,) int64, index into ``classes``
    classes : names, in the order of the labels
    skipped : files left out because they are also in a split held out from this one
    """

    paths: tuple[Path, ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.paths)


def listing(
    folder: str | Path, *, split: str = "train", per_class: int | None = None, seed: int = 0
) -> Listing:
    """List the photographs of a folder without reading one; arguments as for ``photos``.

    Raises
    ------
    ValueError
        As ``photos`` does.
    """
    names, files, skipped = chosen_files(Path(folder), split, per_class, seed)
    columns = [files[name] for name in names]
    places = [
        (label, file)
        for row in itertools.zip_longest(*columns)
        for label, file in enumerate(row)
        if file is not None
    ]
    labels = np.array([label for label, _ in places], np.int64)
    return Listing(tuple(file for _, file in places), labels, tuple(names), tuple(skipped))


def folder_of(pictures: PictureSet, scratch: str | Path) -> Path:
    """Return the folder that a set's photographs lie in; drawn pictures are saved in ``scratch``.

    Parameters
    ----------
    pictures : ``flowers`` or ``pets`` with ``COURSE_PICTURES=photos``, or any drawn set
    scratch : an empty folder; drawn pictures become JPEG files there, one folder per class
    """
    if settings.pictures() == "photos" and pictures.name in ("flowers", "pets"):
        return settings.photos_folder() / pictures.name
    root = Path(scratch) / pictures.name / "train"
    for place, (image, label) in enumerate(zip(pictures.images, pictures.labels, strict=True)):
        folder = root / pictures.classes[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{place:05}.jpg", quality=92)
    for split in ("val", "test"):  # all are for training: without these, some would be held out
        for name in pictures.classes:
            (root.parent / split / name).mkdir(parents=True)
    return root.parent


def read_or_raise(path: Path, size_px: int) -> np.ndarray:
    """Read one photograph.

    Returns
    -------
    (size_px, size_px, 3) uint8

    Raises
    ------
    ValueError
        If it cannot be read: in the middle of an epoch nothing can take its place.
    """
    image = read(path, size_px)
    if image is None:
        raise ValueError(
            f"{path} cannot be read: {why_unreadable(path)}. Take it away, or make a set "
            "of readable ones: course pictures add FOLDER."
        )
    return image


# -- how fast ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Throughput:
    """Pictures per second: of the input alone, of the model alone, of both at work."""

    input_per_s: float
    model_per_s: float
    both_per_s: float

    @property
    def share(self) -> float:
        """How much of the bare model's speed is left when it waits for its input: 1 is all."""
        return self.both_per_s / self.model_per_s

    @property
    def limit(self) -> str:
        """Which of the two keeps the other waiting: ``"input"`` or ``"model"``."""
        return "input" if self.input_per_s < self.model_per_s else "model"

    def __str__(self) -> str:
        return (
            f"input alone {self.input_per_s:.0f}, model alone {self.model_per_s:.0f}, together "
            f"{self.both_per_s:.0f} pictures per second ({100 * self.share:.0f} % of the model "
            f"alone): the {self.limit} is the limit"
        )


def throughput(
    batches: Iterable[Batch],
    step: Callable[[Any, Any], object],
    *,
    seconds: float = 5.0,
    turns: int = TURNS,
    wait: Callable[[], object] = lambda: None,
) -> Throughput:
    """Measure whether the input or the model is the limit.

    Parameters
    ----------
    batches : can be iterated again and again; ``(images, labels)`` each
    step : one step of training
    seconds : of each of the three measurements
    turns : into which each is cut; 1 is quick, more are surer
    wait : returns when the device has computed all that it was told

    Notes
    -----
    The three take turns, and the best turn of each counts: what else runs on a machine can only
    slow a turn down.
    """
    resident = next(iter(batches))

    def turn() -> tuple[float, float, float]:
        length = seconds / turns
        return (
            _rate(_endless(batches), lambda *_: None, length, wait),
            _rate(itertools.repeat(resident), step, length, wait),
            _rate(_endless(batches), step, length, wait),
        )

    best = map(max, zip(*(turn() for _ in range(turns)), strict=True))
    return Throughput(*best)


def _endless(batches: Iterable[Batch]) -> Iterator[Batch]:
    while True:
        yield from batches


def _rate(
    batches: Iterator[Batch],
    step: Callable[[Any, Any], object],
    seconds: float,
    wait: Callable[[], object],
) -> float:
    """Return pictures per second, after a warm-up that is not counted."""
    for images, labels in itertools.islice(batches, WARM_UP):
        step(images, labels)
    wait()
    begin, count = time.perf_counter(), 0
    for images, labels in batches:
        step(images, labels)
        count += len(labels)
        if time.perf_counter() - begin >= seconds:
            break
    wait()
    return count / (time.perf_counter() - begin)
