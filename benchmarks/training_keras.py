"""Keras's side of ``benchmarks.training``, on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.device import describe_keras, keras_device
from course.training import runs

KIND = keras_device()  # before the first computation

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course import keras_kit as kit  # noqa: E402
from course.backbone import load_keras, preprocess  # noqa: E402
from course.backbone.architecture import FEATURES  # noqa: E402

CLASSES = 5
RATE = 1e-3
SEED = 0


def describe() -> tuple[str, str]:
    """Return the kind of device, ``cpu`` or ``gpu``, and its name."""
    return KIND, describe_keras()


def prepared(images: np.ndarray) -> np.ndarray:
    """Return images as the network wants them."""
    return preprocess(images, framework="keras")


def network(way: str) -> Any:
    """Return a fresh network with a new head, its flags set for ``way``."""
    keras.utils.set_random_seed(SEED)  # the head starts the same each time
    head = keras.layers.Dense(CLASSES, name="new_head")
    if way == "cached":
        return keras.Sequential([keras.Input((FEATURES,)), head])
    base = load_keras()
    (kit.freeze if way == "frozen" else kit.unfreeze)(base)
    return keras.Sequential([base, head])


def features(images: np.ndarray) -> np.ndarray:
    """Return the features that the frozen base makes."""
    return kit.cached_features(load_keras(), images)


def bare(model: Any, images: np.ndarray, labels: np.ndarray) -> Callable[[int], None]:
    """Return what takes so many steps on one batch that lies on the device already."""
    batch, wanted = tf.constant(images), tf.constant(labels)
    optimizer = keras.optimizers.Adam(RATE)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kit.hold_batchnorm(model)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=KIND == "gpu")  # as Keras itself decides
    def step(batch: Any, wanted: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = cross_entropy(wanted, model(batch, training=True))
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        return loss

    def steps(count: int) -> None:
        for _ in range(count):
            loss = step(batch, wanted)
        float(loss)  # waits for the device

    return steps


def fit(model: Any, data: runs.Data, **options: Any) -> runs.History:
    """Call the kit's ``fit`` with a new optimizer."""
    return kit.fit(model, data, optimizer=keras.optimizers.Adam(RATE), **options)


def accuracy(model: Any, data: runs.Data) -> float:
    """Return the share of right answers."""
    return kit.evaluate(model, *data)[1]


def faster(images: np.ndarray, labels: np.ndarray) -> str:
    """Return the table of what the kit's ``faster`` tried on the unfrozen network."""
    return str(kit.faster(network("unfrozen"), (images, labels)))
