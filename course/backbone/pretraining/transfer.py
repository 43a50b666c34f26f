"""The transfer table: how well the backbone serves a new task, and what it is compared with.

This module holds what the frameworks share: rows, numbers, pictures, order and small changes to
the pictures. ``transfer_torch`` and ``transfer_keras`` hold the training, each in its own words.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from course import settings

WAYS = {
    "scratch": "from scratch",
    "head": "head only",
    "tuned": "head, then fine-tuned",
    "reckless": "all layers at once, learning rate 1e-2",
}


@dataclass(frozen=True)
class Row:
    """One line of the table: a task, a number of training pictures, a way to train."""

    task: str
    pictures: int
    way: str

    @property
    def id(self) -> str:
        """The row's name in card.json, ``flowers-100-tuned`` for example."""
        return f"{self.task}-{self.pictures}-{self.way}"


ROWS = tuple(
    Row(task, count, way)
    for task, count in (("flowers", 100), ("flowers", 500), ("pets", 200))
    for way in WAYS
)

TEST_PER_CLASS = {"flowers": 100, "pets": 200}


@dataclass(frozen=True)
class Numbers:
    """What every run of the table uses, in both frameworks.

    Chosen on validation pictures; the test pictures are looked at once, at the end of each run.
    """

    batch_size: int = 20  # divides every training set, so that all batches are whole
    scratch_rate: float = 1e-3
    views: int = 8  # changed copies of each picture whose features are cached for the head
    head_steps: int = 600  # on cached features, a matter of a second
    head_rate: float = 3e-3
    tune_rate: float = 1e-3
    imagenet_tune_rate: float = 1e-4  # lowered after a test run at 1e-3 ended at chance
    reckless_rate: float = 1e-2  # from the first step to the last
    steps: int = 120  # of every way that trains convolutions, whatever the set's size
    adam_epsilon: float = 1e-7
    move_px: int = 6


NUMBERS = Numbers()


class Pictures(Protocol):
    """A labelled set, as ``course.pictures`` makes it."""

    @property
    def images(self) -> np.ndarray:
        """Return ``(N, H, W, 3) uint8``."""

    @property
    def labels(self) -> np.ndarray:
        """Return ``(N,) int64``."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes."""


Rate = Callable[[int], float]


@dataclass
class Kept:
    """Features of the pretrained backbone: two rows of a seed train their heads on the same ones.

    Attributes
    ----------
    saved_s : float
        Seconds that rows did not take because a row before them had; a row's cost includes them.
    """

    saved_s: float = 0.0
    _key: Hashable = None
    _value: Any = None
    _cost_s: float = 0.0

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return ``make()``, or what it made last time if that was for the same ``key``."""
        if self._key == key:
            self.saved_s += self._cost_s
            return self._value
        begin = time.perf_counter()
        self._value, self._key = make(), key
        self._cost_s = time.perf_counter() - begin
        return self._value


class Trainer(Protocol):
    """The training half that each framework supplies."""

    def run(self, row: Row, train: Pictures, test: Pictures, seed: int, kept: Kept) -> float:
        """Train as the row says and return the accuracy on ``test``, 0 to 1."""


def draw(row: Row, seed: int, *, split: str, size_px: int) -> Pictures:
    """Return the training pictures of a row, or the ``val`` or ``test`` pictures of its task."""
    from course import pictures

    make = {"flowers": pictures.flowers, "pets": pictures.pets}[row.task]
    classes = {"flowers": 5, "pets": 2}[row.task]
    per_class = row.pictures // classes if split == "train" else TEST_PER_CLASS[row.task]
    return make(per_class, split=split, seed=seed, size_px=size_px)


def batches(
    pictures: Pictures, *, steps: int, seed: int, numbers: Numbers = NUMBERS
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield shuffled, slightly changed batches, the same in both frameworks.

    Yields
    ------
    images ``(batch, H, W, 3) uint8`` and labels ``(batch,) int64``
    """
    rng = np.random.default_rng(seed)
    order: np.ndarray = np.empty(0, np.int64)
    for _ in range(steps):
        if len(order) < numbers.batch_size:
            order = np.concatenate([order, rng.permutation(len(pictures.labels))])
        rows, order = order[: numbers.batch_size], order[numbers.batch_size :]
        yield vary(pictures.images[rows], rng, numbers.move_px), pictures.labels[rows]


def vary(images: np.ndarray, rng: np.random.Generator, move_px: int) -> np.ndarray:
    """Mirror and move each image a little, its border repeated.

    >>> vary(np.zeros((2, 8, 8, 3), np.uint8), np.random.default_rng(0), 2).shape
    (2, 8, 8, 3)
    """
    count, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (move_px, move_px), (move_px, move_px), (0, 0)), mode="edge")
    corners = rng.integers(0, 2 * move_px + 1, (count, 2))
    mirrored = rng.integers(0, 2, count).astype(bool)
    changed = np.empty_like(images)
    for index, (top, left) in enumerate(corners):
        crop = padded[index, top : top + height, left : left + width]
        changed[index] = crop[:, ::-1] if mirrored[index] else crop
    return changed


def views(
    pictures: Pictures, *, seed: int, numbers: Numbers = NUMBERS
) -> tuple[np.ndarray, np.ndarray]:
    """Return slightly changed copies of a set, whose features a head is trained on.

    Returns
    -------
    images ``(views * N, H, W, 3) uint8`` and labels ``(views * N,) int64``
    """
    rng = np.random.default_rng(seed)
    copies = [vary(pictures.images, rng, numbers.move_px) for _ in range(numbers.views)]
    return np.concatenate(copies), np.tile(pictures.labels, numbers.views)


def feature_batches(count: int, *, seed: int, numbers: Numbers = NUMBERS) -> Iterator[np.ndarray]:
    """Yield the row numbers of each batch for training a head on cached features."""
    rng = np.random.default_rng(seed)
    for _ in range(numbers.head_steps):
        yield rng.choice(count, numbers.batch_size, replace=False)


def tune_rate(numbers: Numbers = NUMBERS) -> float:
    """Return the peak rate of fine-tuning all layers, for the weights that are switched on."""
    imagenet = settings.weights() == "imagenet"
    return numbers.imagenet_tune_rate if imagenet else numbers.tune_rate


def rate_at(step: int, steps: int, peak: float) -> float:
    """Return a careful learning rate: up over the first tenth, then to zero along a cosine.

    >>> rate_at(25, 250, 1.0), rate_at(250, 250, 1.0)
    (1.0, 0.0)
    """
    warm = max(1, steps // 10)
    if step < warm:
        return peak * (step + 1) / (warm + 1)
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def rate_of(way: str) -> Rate:
    """Return the rate at each step for a way that trains convolutions."""
    if way == "reckless":
        return lambda step: NUMBERS.reckless_rate
    peak = NUMBERS.scratch_rate if way == "scratch" else tune_rate()
    return lambda step: rate_at(step, NUMBERS.steps, peak)
