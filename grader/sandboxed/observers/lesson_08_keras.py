"""Watch a training in Keras: what the step of any optimizer is built to move, and at which rate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from grader.sandboxed.observers import Case, Student
from grader.sandboxed.observers.lesson_08 import phases
from grader.sandboxed.toy_networks import networks_keras

GAIN = 2**0.5  # what Keras's first weights lack for a signal to pass through ten layers
Data = tuple[np.ndarray, np.ndarray]
Notes = list[tuple[list[int], float]]


def watched(student: Student, case: Case, train: Data, val: Data) -> dict[str, Any]:
    """Let the student train a small network; return the phases and what stood still."""
    model = networks_keras.build(case.params, case.seed)
    for array in model.weights:
        if len(array.shape) == 4:
            array.assign(GAIN * array)
    averages, before = networks_keras.statistics(model), loss(model, train)
    weights = networks_keras.values(model)
    notes: Notes = []
    with _noting(model, notes):
        student.fine_tune(model, _copies(train), _copies(val))
    return {
        "phases": phases([each for each in notes if each[0]]),
        "drifted": sum(networks_keras.moved(averages, networks_keras.statistics(model))),
        "flags": networks_keras.trains(model),
        "losses": [before, loss(model, train)],
        "weights": [weights, networks_keras.values(model)],
        "statistics": [averages, networks_keras.statistics(model)],
    }


def _copies(data: Data) -> Data:
    return data[0].copy(), data[1].copy()


@contextmanager
def _noting(model: keras.Model, notes: Notes) -> Iterator[None]:
    """Note every call of an optimizer's ``apply``: a compiled step makes it once, when built."""
    parameters = [
        array
        for layer in networks_keras.walk(model)
        for array in layer.weights
        if not array.path.split("/")[-1].startswith("moving_")
    ]
    places = {id(array): place for place, array in enumerate(parameters)}
    kinds = keras.optimizers.Optimizer.__mro__
    owner = next(kind for kind in kinds if "apply" in vars(kind))
    original = vars(owner)["apply"]

    def apply(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        variables = trainable_variables or getattr(self, "_trainable_variables", [])
        found = sorted(places[id(array)] for array in variables if id(array) in places)
        notes.append((found, _rate(self)))
        return original(self, grads, trainable_variables)

    owner.apply = apply
    try:
        yield
    finally:
        owner.apply = original


def _rate(optimizer: Any) -> float:
    """Return the rate as it is now, also while a step is being built."""
    try:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.init_scope():
                return float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        return float(keras.ops.convert_to_numpy(optimizer.learning_rate))
    except Exception:  # an optimizer made of several has no rate of its own
        return 0.0


def loss(model: keras.Model, data: Data) -> float:
    """Return the model's loss in inference mode."""
    logits = keras.ops.convert_to_numpy(model(data[0], training=False)).astype(float)
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-np.log(chances[np.arange(len(data[1])), data[1]] + 1e-12).mean())
