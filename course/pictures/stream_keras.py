"""Photographs for Keras: read in parallel while the model computes.

Through ``tf.data`` where Keras runs on TensorFlow; through a ``PyDataset``, whose threads need no
TensorFlow, on the other backends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from course.backbone import preprocess
from course.pictures.stream import TURNS, Listing, Throughput, read_or_raise, throughput

if TYPE_CHECKING:
    import tensorflow as tf

AHEAD = 2  # batches that are ready, or being read, before they are asked for
Prepare = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Reading:
    """How files become batches; what each means is said in ``dataset``."""

    size_px: int
    batch_size: int
    workers: int
    shuffle: bool
    seed: int
    prepare: Prepare


def dataset(
    listing: Listing,
    *,
    size_px: int,
    batch_size: int = 32,
    workers: int = 2,
    shuffle: bool = True,
    seed: int = 0,
    prepare: Prepare | None = None,
) -> tf.data.Dataset | PhotoBatches:
    """Return batches of photographs, read as they are needed; ``model.fit`` takes them as they are.

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
    how = Reading(size_px, batch_size, max(1, workers), shuffle, seed, prepare)
    if keras.backend.backend() == "tensorflow":
        return _tf_dataset(listing, how)
    return PhotoBatches(listing, how)


# -- on TensorFlow -----------------------------------------------------------------------------


def _tf_dataset(listing: Listing, how: Reading) -> tf.data.Dataset:
    import tensorflow as tf

    # Pillow, not TensorFlow's own decoder: it sets photographs upright and knows more formats,
    # lets other threads run meanwhile, and PyTorch's workers read the very same numbers
    def read(name: bytes) -> np.ndarray:
        return read_or_raise(Path(name.decode()), how.size_px)

    def image_of(path: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.numpy_function(read, [path], tf.uint8)
        return tf.ensure_shape(image, (how.size_px, how.size_px, 3)), label

    def prepared(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        ready = tf.numpy_function(how.prepare, [images], tf.float32)
        return tf.ensure_shape(ready, (None, how.size_px, how.size_px, 3)), labels

    paths = [str(path) for path in listing.paths]
    data = tf.data.Dataset.from_tensor_slices((paths, listing.labels))
    if how.shuffle:
        # over the names, not the pictures: the whole list is mixed and costs nothing
        data = data.shuffle(len(paths), seed=how.seed, reshuffle_each_iteration=True)
    data = data.map(image_of, num_parallel_calls=how.workers).batch(how.batch_size)
    return data.map(prepared).prefetch(AHEAD)


# -- on any other backend ----------------------------------------------------------------------


class PhotoBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no types
    """The photographs of a listing, batch by batch, for any backend of Keras.

    ``fit`` reads through threads of its own; iterating over it reads ahead in as many.
    """

    def __init__(self, listing: Listing, how: Reading) -> None:
        super().__init__(workers=how.workers, max_queue_size=AHEAD)
        self.listing, self.how = listing, how
        self._rng = np.random.default_rng(how.seed)
        self._order = np.arange(len(listing))
        self._mix()

    def __len__(self) -> int:
        return -(-len(self.listing) // self.how.batch_size)

    def __getitem__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
        return self._read(self._order[batch * self.how.batch_size :][: self.how.batch_size])

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        size = self.how.batch_size
        batches = np.split(self._order, range(size, len(self._order), size))
        self._mix()
        waiting: deque[Future[tuple[np.ndarray, np.ndarray]]] = deque()
        with ThreadPoolExecutor(self.workers) as pool:
            for places in batches:
                waiting.append(pool.submit(self._read, places))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def on_epoch_end(self) -> None:
        """Mix for the next epoch; ``fit`` calls it."""
        self._mix()

    def _mix(self) -> None:
        if self.how.shuffle:
            self._order = self._rng.permutation(len(self.listing))

    def _read(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = [read_or_raise(self.listing.paths[place], self.how.size_px) for place in places]
        return self.how.prepare(np.stack(images)), self.listing.labels[places]


# -- how fast ----------------------------------------------------------------------------------


def measure(
    model: Any, batches: tf.data.Dataset | PhotoBatches, *, seconds: float = 5.0, turns: int = TURNS
) -> Throughput:
    """Measure pictures per second of the input and of training ``model``, which is compiled."""
    return throughput(batches, model.train_on_batch, seconds=seconds, turns=turns)
