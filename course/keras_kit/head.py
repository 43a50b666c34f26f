"""Replace the head, and compute features once. Built by hand in lesson 03."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from course.keras_kit.training import device_name
from course.training import memory

if TYPE_CHECKING:
    import keras


def replace_head(model: keras.Model, classes: int) -> keras.Model:
    """Freeze ``model`` and return one with a new last layer, the only part that trains.

    Parameters
    ----------
    model : keras.Model
        Functional or sequential, ending in a ``Dense`` layer. The new model shares its layers.
    classes : int
        Outputs of the new layer, logits.

    Raises
    ------
    ValueError
        If the last layer is another kind, or ``classes`` is below 1.
    """
    import keras

    if classes < 1:
        raise ValueError(f"expected at least 1 class, received {classes}.")
    old = model.layers[-1]
    if not isinstance(old, keras.layers.Dense):
        raise ValueError(
            f"expected a Dense as last layer, found {type(old).__name__} in {model.name!r}. "
            "Replace its head by hand, as lesson 03 does."
        )
    for layer in model.layers:
        layer.trainable = False
    return keras.Model(model.inputs, keras.layers.Dense(classes, name="new_head")(old.input))


def cached_features(
    backbone: keras.Model, images: np.ndarray, *, batch_size: int = 100
) -> np.ndarray:
    """Return what a frozen backbone makes of images, row i for image i.

    Parameters
    ----------
    backbone : keras.Model
        Ends in features: ``(N, D)``, or maps ``(N, H, W, D)``, which are averaged over the
        picture.
    images : ndarray, shape (N, H, W, 3) float32
        As `course.backbone.preprocess` makes them.
    batch_size : int
        How many go through at once.

    Returns
    -------
    ndarray, shape (N, D) float32

    Raises
    ------
    ValueError
        If a batch does not fit the memory, with the batch size that does.
    """
    images = np.asarray(images)
    room = memory.MemoryBudget(
        "cached_features",
        device_name(),
        min(batch_size, len(images)),
        tries=lambda rows: backbone.predict_on_batch(images[:rows]),
    )
    made = memory.guarded(
        lambda: np.asarray(backbone.predict(images, batch_size=batch_size, verbose=0)), room
    )
    return made.mean(axis=(1, 2)) if made.ndim == 4 else made
