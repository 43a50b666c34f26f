"""What training shares in both kits and no framework decides: input, order, when to stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

EVALUATED_AT_ONCE = 5  # times the batch size: without gradients so many rows take no more room

History = dict[str, list[float]]
Data = tuple[np.ndarray, np.ndarray]
Augment = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def checked(data: Any, what: str, *, channels: int) -> Data:
    """Return ``(images, labels)`` as float32 and int64 arrays, or say what is wrong with them.

    Parameters
    ----------
    data : (images, labels)
        Images as `course.backbone.preprocess` makes them, or features ``(N, D)``.
    what : str
        What the caller calls them.
    channels : int
        The axis on which an image has its channels: 1 in PyTorch, 3 in Keras.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(
            f"expected {what}=(images, labels), received {type(data).__name__}. "
            "Put the two arrays in parentheses."
        )
    images, labels = (np.asarray(part) for part in data)
    if images.ndim not in (2, 4) or images.dtype.kind != "f":
        raise ValueError(
            f"expected {what} images of float32, (N, D) or one image per row, received "
            f"{images.dtype} of shape {images.shape}. Use course.backbone.preprocess first."
        )
    if images.ndim == 4 and images.shape[channels] != 3 and images.shape[4 - channels] == 3:
        raise ValueError(
            f"expected {what} images with their channels on axis {channels}, received shape "
            f"{images.shape}. Preprocess them for this framework."
        )
    if len(images) != len(labels) or not len(labels):
        raise ValueError(
            f"expected one label for each of the {what} images, at least one, received "
            f"{len(images)} images and {len(labels)} labels."
        )
    return images.astype(np.float32, copy=False), labels.astype(np.int64)


def check_labels(labels: np.ndarray, outputs: int) -> None:
    """Refuse labels for which the model has no output: one framework would train on regardless."""
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= outputs:
        raise ValueError(
            f"expected labels below {outputs}, the number of the model's outputs, received {low} "
            f"to {high}. Give the new head one output per class."
        )


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the places 0 to ``count - 1`` in a new order, ``size`` at a time."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def chunk_size(shape: Sequence[int], batch_size: int, chunk_bytes: int) -> int:
    """Return how many rows of float32 to put in order at once: whole batches, about so many bytes.

    A step of a small head takes less time than the call that gathers its rows, or starts it.

    Examples
    --------
    >>> chunk_size((500, 1280), 20, 2**20), chunk_size((500, 97, 97, 3), 20, 2**20)
    (200, 20)
    """
    row_bytes = 4 * math.prod(shape[1:])
    return batch_size * max(1, chunk_bytes // (row_bytes * batch_size))


def evaluation_size(batch_size: int) -> int:
    """Return how many rows `fit` evaluates at once: a small batch size says that room is short."""
    return min(100, EVALUATED_AT_ONCE * batch_size)


def augmented(images: np.ndarray, augment: Augment | None, rng: np.random.Generator) -> np.ndarray:
    """Return a batch as ``augment`` changes it; without one, as it is."""
    if augment is None:
        return images
    changed = np.asarray(augment(images, rng), np.float32)
    if changed.shape != images.shape:
        raise ValueError(
            f"expected augment(batch, rng) to keep the shape {images.shape}, received "
            f"{changed.shape}. Return the whole batch."
        )
    return changed


def record(history: History, **values: float) -> None:
    """Append one epoch's values to their curves."""
    for name, value in values.items():
        history.setdefault(name, []).append(float(value))


class EarlyStopping:
    """Say when validation loss has not fallen for ``patience`` epochs, and keep the best weights.

    Parameters
    ----------
    patience : int or None
        None never stops and keeps nothing.
    keep : callable
        Returns a copy of the weights as they are now.
    """

    def __init__(self, patience: int | None, keep: Callable[[], Any], *, validated: bool) -> None:
        if patience is not None and (patience < 1 or not validated):
            raise ValueError(
                f"expected patience of 1 or more and validation=(images, labels), received "
                f"patience={patience} {'with' if validated else 'without'} validation data."
            )
        self.patience, self.best, self._keep = patience, None, keep
        self._lowest, self._waited = math.inf, 0

    def stops(self, history: History) -> bool:
        """Look at the latest epoch; return whether it should be the last."""
        if self.patience is None:
            return False
        if history["val_loss"][-1] < self._lowest:
            self._lowest, self._waited, self.best = history["val_loss"][-1], 0, self._keep()
        else:
            self._waited += 1
        return self._waited >= self.patience
