"""Photographs through ``tf.data``: read in parallel while the model computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from course.backbone import preprocess
from course.pictures.stream import Listing, Throughput, read_or_raise, throughput


def dataset(
    listing: Listing,
    *,
    size_px: int,
    batch_size: int = 32,
    workers: int = 2,
    shuffle: bool = True,
    seed: int = 0,
    prepare: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tf.data.Dataset:
    """Return batches of photographs, read as they are needed.

    Parameters
    ----------
    listing : which files
    size_px : side of the pictures
    workers : files that are read at the same time
    shuffle : in another order each epoch, the same again for the same seed
    prepare : ``(N, H, W, 3) uint8`` to what the model takes; None is ``preprocess`` for the
        weights that ``COURSE_WEIGHTS`` chooses
    """
    prepare = prepare or partial(preprocess, framework="keras")
    paths = [str(path) for path in listing.paths]
    data = tf.data.Dataset.from_tensor_slices((paths, listing.labels))
    if shuffle:
        # over the names, not the pictures: the whole list is mixed and costs nothing
        data = data.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)
    data = data.map(partial(_read, size_px), num_parallel_calls=max(1, workers))
    data = data.batch(batch_size)
    return data.map(partial(_prepare, prepare, size_px)).prefetch(2)


def _read(size_px: int, path: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    # Pillow, not TensorFlow's own decoder: it sets photographs upright and knows more formats,
    # lets other threads run meanwhile, and PyTorch's workers read the very same numbers
    def read(name: bytes) -> np.ndarray:
        return read_or_raise(Path(name.decode()), size_px)

    image = tf.numpy_function(read, [path], tf.uint8)
    return tf.ensure_shape(image, (size_px, size_px, 3)), label


def _prepare(
    prepare: Callable[[np.ndarray], np.ndarray], size_px: int, images: tf.Tensor, labels: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    prepared = tf.numpy_function(prepare, [images], tf.float32)
    return tf.ensure_shape(prepared, (None, size_px, size_px, 3)), labels


def measure(model: Any, batches: tf.data.Dataset, *, seconds: float = 5.0) -> Throughput:
    """Measure pictures per second of the input and of training ``model``, which is compiled."""
    return throughput(batches, model.train_on_batch, seconds=seconds)
