"""The networks of lesson 03's exercises in Keras."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import keras
import numpy as np
from keras import layers

from grader.sandboxed.observers import Case, Student, Unusable
from grader.sandboxed.observers.lesson_03 import SIDE_PX


def network(case: Case, arrays: dict[str, np.ndarray]) -> keras.Model:
    """Return a network that ends in a ``Dense``, behind dropout and a hidden layer perhaps."""
    hidden = case["hidden"]
    inputs = keras.Input((SIDE_PX, SIDE_PX, 3))
    flow = layers.GlobalAveragePooling2D()(_features(arrays, inputs))
    if case["kind"] != "plain":
        flow = layers.Dropout(0.2)(flow)
    if hidden:
        dense = layers.Dense(hidden, activation="relu")
        flow = layers.Dropout(0.5)(dense(flow))
        dense.set_weights([arrays["hidden"], arrays["bias"]])
    ending = "softmax" if case["softmax"] else None
    return keras.Model(inputs, layers.Dense(case["classes_old"], activation=ending)(flow))


def _features(arrays: dict[str, np.ndarray], flow: Any) -> Any:
    kernel = arrays["kernel"]
    conv = layers.Conv2D(kernel.shape[1], 1, use_bias=False)
    norm = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)
    flow = layers.ReLU()(norm(conv(flow)))
    conv.set_weights([kernel[None, None]])
    norm.set_weights([arrays[name] for name in ("scale", "shift", "mean", "variance")])
    return flow


def expect_model(model: Any) -> None:
    """Refuse what is no model."""
    if not isinstance(model, keras.Model):
        raise Unusable("the model, returned", type(model).__name__, hint_id="forgot-return")


def outputs(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return what the model makes of images."""
    made: np.ndarray = keras.ops.convert_to_numpy(model(images, training=False)).astype(np.float64)
    return made


def arrays(model: keras.Model) -> list[np.ndarray]:
    """Return every array of the model."""
    return [keras.ops.convert_to_numpy(weight) for weight in model.weights]


def counts(model: keras.Model, kernel: np.ndarray) -> dict[str, int]:
    """Count parameters, those that train, those of the convolution that train, and dropouts."""
    size = {id(weight): int(np.prod(weight.shape)) for weight in model.weights}
    training = model.trainable_weights
    still = [w for w in model.weights if w.path.split("/")[-1].startswith("moving_")]
    return {
        "total": sum(size.values()) - sum(size[id(w)] for w in still),
        "trains": sum(int(np.prod(w.shape)) for w in training),
        "body_trains": sum(int(np.prod(w.shape)) for w in training if len(w.shape) == 4),
        "dropouts": sum(isinstance(layer, layers.Dropout) for layer in _flat(model)),
    }


def _flat(model: Any) -> list[Any]:
    children = getattr(model, "layers", None)
    return [model] if children is None else [leaf for child in children for leaf in _flat(child)]


class _Recorder(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Notes each batch that passes, the mode, and what ``look`` returns then."""

    def __init__(self, seen: Callable[[Any], None], look: Callable[[], Any], whole: bool) -> None:
        super().__init__()
        self._note, self._look, self._whole = seen, look, whole

    def call(self, batch: Any, training: bool | None = None) -> Any:
        try:
            shown = np.array(keras.ops.convert_to_numpy(batch))
        except Exception:  # a symbolic pass, on the way to a compiled step
            return batch
        self._note((shown if self._whole else len(shown), bool(training), self._look()))
        return batch


def trainer(
    student: Student,
    case: Case,
    rows: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
) -> tuple[Callable[[], Any], list[Any], Callable[[], tuple[np.ndarray, np.ndarray]]]:
    """Return what trains an epoch, what will have been seen, and a look at the weights."""
    head = layers.Dense(weights.shape[1])

    def now() -> tuple[np.ndarray, np.ndarray]:
        # What is stored: JAX answers with a stand-in, without numbers, while a step is computed.
        kernel, offset = (keras.ops.convert_to_numpy(array._value) for array in head.weights)
        return kernel.copy(), offset.copy()

    seen: list[Any] = []
    recorder = _Recorder(lambda note: seen.append(note), now, whole=True)
    inputs = keras.Input((weights.shape[0],))
    model = keras.Model(inputs, head(recorder(inputs)))
    head.set_weights([weights, bias])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(case["rate"]), loss, run_eagerly=True)
    seen.clear()
    seeds = count(case.seed % 2**31)

    def train() -> Any:
        # after one seed, a lesson's or grading's, each `fit` would mix in the same order
        keras.utils.set_random_seed(next(seeds))
        return student.train_epoch_of(model, rows.copy(), labels.copy(), case["batch_size"])

    return train, seen, now


def faulty(student: Student, case: Case) -> Any:
    """Set a compiled model up as the case says; return what the student finds."""
    setup, width = case["keras"], case["width"]
    ends = case["classes_old"] if setup == "old-head" else case["classes"]
    softmax = setup in ("softmax-twice", "softmax-once")
    inputs = keras.Input((6, 6, 3))
    flow = layers.GlobalAveragePooling2D()(layers.Conv2D(width, 1)(inputs))
    head = layers.Dense(ends, activation="softmax" if softmax else None)
    model = keras.Model(inputs, head(flow))
    for layer in model.layers:
        layer.trainable = setup != "frozen" and layer is head
    from_logits = setup not in ("softmax-once", "never-softmax")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(keras.optimizers.SGD(0.1), loss)
    return student.find_fault(model, case["classes"])


def extractor(
    student: Student, case: Case, arrays: dict[str, np.ndarray], images: np.ndarray
) -> tuple[Callable[[], Any], list[Any], Callable[[], dict[str, Any]]]:
    """Return what computes the features, what will have been seen, and a look at what is left."""
    seen: list[Any] = []
    recorder = _Recorder(lambda note: seen.append(note), lambda: False, whole=False)
    inputs = keras.Input((SIDE_PX, SIDE_PX, 3))
    pooled = layers.GlobalAveragePooling2D()(_features(arrays, recorder(inputs)))
    backbone = keras.Model(inputs, pooled)
    backbone.run_eagerly = True
    flags = [layer.trainable for layer in backbone.layers]
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in backbone.weights]
    seen.clear()

    def left() -> dict[str, Any]:
        after = [keras.ops.convert_to_numpy(weight) for weight in backbone.weights]
        moved = any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
        kept = [layer.trainable for layer in backbone.layers] == flags
        return {"mode_kept": kept, "moved": moved}

    def compute() -> Any:
        return student.features_once(backbone, images.copy(), case["batch_size"])

    return compute, seen, left
