"""Freeze, unfreeze, count, and prove it. Built by hand in lesson 02."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def freeze(layer: keras.Layer) -> keras.Layer:
    """Let no weight of ``layer`` be trained, at any depth; return the layer.

    BatchNorm layers are then in inference mode: their statistics stand still too. Compile the
    model afterwards: a training step already made keeps the flags it was made with.
    """
    return _set_trainable(layer, False)


def unfreeze(layer: keras.Layer) -> keras.Layer:
    """Let every weight of ``layer`` be trained, at any depth; return the layer.

    BatchNorm layers go on averaging: see `hold_batchnorm`. Compile the model afterwards.
    """
    return _set_trainable(layer, True)


def _set_trainable(layer: keras.Layer, value: bool) -> keras.Layer:
    # Layer by layer: on TensorFlow, a model whose flag already has this value passes nothing on.
    for each in with_sublayers(layer):
        each.trainable = value
    return layer


def with_sublayers(layer: keras.Layer) -> Iterator[keras.Layer]:
    """Yield the layer, then all inside it, from input to output."""
    yield layer
    for child in getattr(layer, "layers", ()):
        yield from with_sublayers(child)


def count_parameters(model: keras.Model) -> tuple[int, int]:
    """Return how many numbers train, and how many weights the model has in all.

    Keras counts the statistics of BatchNorm layers among the weights, as ones that never train.
    """
    trains = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return trains, model.count_params()


def batchnorm_layers(model: keras.Model) -> dict[str, keras.Layer]:
    """Return the BatchNorm layers at every depth, by name, from input to output."""
    import keras

    kind = keras.layers.BatchNormalization
    return {layer.name: layer for layer in with_sublayers(model) if isinstance(layer, kind)}


def hold_batchnorm(model: keras.Model) -> keras.Model:
    """Keep every BatchNorm layer still, weights and statistics; return the model.

    Unfreeze first, then hold, then compile.
    """
    for layer in batchnorm_layers(model).values():
        layer.trainable = False
    return model


def snapshot(model: keras.Model) -> dict[str, np.ndarray]:
    """Copy every weight and statistic of the model, by path."""
    import keras

    return {w.path: keras.ops.convert_to_numpy(w).copy() for w in model.weights}


def changes(before: Mapping[str, np.ndarray], model: keras.Model) -> dict[str, float]:
    """Return the largest absolute change of each array since ``before``, a `snapshot`."""
    after = snapshot(model)
    return {name: float(np.abs(after[name] - before[name]).max()) for name in before}
