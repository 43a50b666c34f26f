"""The rows of the transfer table in plain Keras."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from course.backbone import load_keras, preprocess, size_px
from course.backbone.architecture import FEATURES, WIDTH, random_tensors
from course.backbone.pretraining.transfer import (
    NUMBERS,
    Kept,
    Pictures,
    Rate,
    Row,
    batches,
    feature_batches,
    rate_at,
    rate_of,
    views,
)


def run(row: Row, train: Pictures, test: Pictures, seed: int, kept: Kept | None = None) -> float:
    """Train as the row says and return the accuracy on ``test``, 0 to 1."""
    keras.utils.set_random_seed(seed)
    base = load_keras(
        weights="random" if row.way == "scratch" else None, size_px=size_px(), seed=seed
    )
    head = _head(len(train.classes), seed)
    model = keras.Sequential([base, head])
    if row.way in ("head", "tuned"):
        features, labels = (kept or Kept()).once(
            (row.task, row.pictures, seed), lambda: _varied_features(base, train, seed)
        )
        _train_head(head, features, labels, seed)
    if row.way in ("tuned", "reckless"):
        _freeze_norm(base)
    if row.way != "head":
        _train(model, train, rate_of(row.way), seed)
    return _accuracy(model, test)


def _head(classes: int, seed: int) -> keras.Sequential:
    head = keras.Sequential([keras.Input((FEATURES,)), layers.Dense(classes)])
    drawn = random_tensors(seed, width=WIDTH, classes=classes)
    head.set_weights([drawn["classifier.1.weight"].T, drawn["classifier.1.bias"]])
    return head


def _inputs(images: np.ndarray) -> np.ndarray:
    return preprocess(images, framework="keras")


def _compile(model: keras.Model) -> None:
    model.compile(
        keras.optimizers.Adam(epsilon=NUMBERS.adam_epsilon),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def _varied_features(
    base: keras.Model, train: Pictures, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    images, labels = views(train, seed=seed)
    return base.predict(_inputs(images), batch_size=100, verbose=0), labels


def _train_head(head: keras.Model, features: np.ndarray, labels: np.ndarray, seed: int) -> None:
    _compile(head)
    for step, rows in enumerate(feature_batches(len(labels), seed=seed)):
        head.optimizer.learning_rate = rate_at(step, NUMBERS.head_steps, NUMBERS.head_rate)
        head.train_on_batch(features[rows], labels[rows])


def _freeze_norm(base: keras.Model) -> None:
    # not trainable means for BatchNorm: inference mode too, the pretraining's statistics stay
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


def _train(model: keras.Model, train: Pictures, rate: Rate, seed: int) -> None:
    _compile(model)
    for step, (images, labels) in enumerate(batches(train, steps=NUMBERS.steps, seed=seed)):
        model.optimizer.learning_rate = rate(step)
        model.train_on_batch(_inputs(images), labels)


def _accuracy(model: keras.Model, test: Pictures) -> float:
    logits = model.predict(_inputs(test.images), batch_size=100, verbose=0)
    return float((logits.argmax(axis=1) == test.labels).mean())
