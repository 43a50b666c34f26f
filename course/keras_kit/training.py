"""Train, evaluate, predict. Built by hand in lesson 03; PyTorch has the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from course.device import keras_device
from course.keras_kit.freezing import batchnorm_layers, hold_batchnorm
from course.training import memory, runs

if TYPE_CHECKING:
    import keras

CHANNELS = 3  # the axis of an image's channels: (N, H, W, 3)
CHUNK_BYTES = 32 * 2**20  # trained on in one call: a dozen steps on pictures, hundreds on features
RESIDENT_BYTES = 2 * 2**30  # of data that TensorFlow may keep beside NumPy's, or on a GPU

JIT = "course_jit"  # where `faster` leaves on a model whether XLA should compile its steps

# Of images, labels and the places in them to train on, in order; returns loss and accuracy.
Steps = Callable[[Any, Any, np.ndarray], tuple[float, float]]


def fit(
    model: keras.Model,
    train: runs.Data,
    validation: runs.Data | None = None,
    *,
    optimizer: keras.optimizers.Optimizer,
    epochs: int,
    batch_size: int = 20,
    loss: Any = None,
    hold: bool = True,
    patience: int | None = None,
    augment: runs.Augment | None = None,
    schedule: Callable[[int], float] | None = None,
    seed: int = 0,
    each_epoch: Callable[[int, runs.History], None] | None = None,
) -> runs.History:
    """Compile and train what is not frozen; return the curves.

    Parameters
    ----------
    model : keras.Model
        Ends in logits.
    train, validation : (images, labels)
        Images as `course.backbone.preprocess` makes them, ``(N, H, W, 3) float32``, or features
        ``(N, D)``; labels from 0.
    optimizer : keras.optimizers.Optimizer
        A new one for each phase: it remembers the weights it was first used for.
    epochs, batch_size : int
        How often every picture is seen, and how many of them a step looks at.
    loss : keras.losses.Loss, optional
        By default cross-entropy from logits.
    hold : bool
        Whether all BatchNorm layers stand still, see `hold_batchnorm`. Switch it off to train a
        network from scratch.
    patience : int, optional
        Stop when validation loss has not fallen for so many epochs; restore the best weights.
    augment : callable, optional
        Of a batch and a ``numpy.random.Generator``; returns the batch to train on.
    schedule : callable, optional
        Of the epoch, from 0; returns what the starting rate is multiplied by in it.
    seed : int
        Decides the order of the pictures and augmentation. A dropout layer has a seed of its own.
    each_epoch : callable, optional
        Called after each epoch with its number, from 0, and the history so far.

    Returns
    -------
    dict of str to list of float
        ``loss`` and ``accuracy``, measured while training; with validation also ``val_loss`` and
        ``val_accuracy``. One value per epoch.

    Raises
    ------
    ValueError
        If nothing trains, the optimizer was used for other weights, the model has no output for
        a label, or the data are not as described; if a batch does not fit the memory, with the
        batch size that does.
    """
    images, labels = runs.checked(train, "train", channels=CHANNELS)
    held_out = validation and runs.checked(validation, "validation", channels=CHANNELS)
    if hold:
        hold_batchnorm(model)
    _check_ready(model, optimizer, labels, default_loss=loss is None)
    stopping = runs.EarlyStopping(patience, model.get_weights, validated=bool(held_out))
    rng = np.random.default_rng(seed)
    model.compile(
        optimizer,
        loss or cross_entropy(),
        metrics=[_accuracy(model)],
        jit_compile=getattr(model, JIT, "auto"),
    )
    history: runs.History = {}
    optimizer.build(model.trainable_variables)
    steps = _steps(model, batch_size)
    data = (images, labels) if augment else _placed(images, labels)
    at_once = runs.evaluation_size(batch_size)
    with _rates(model, optimizer, wanted=schedule is not None) as set_rates:
        for epoch in range(epochs):
            set_rates(schedule(epoch) if schedule else 1.0)
            made = memory.guarded(
                lambda: _train_epoch(steps, data, batch_size, augment, rng),
                _room_to_train(model, (images, labels), batch_size, epoch),
            )
            runs.record(history, loss=made[0], accuracy=made[1])
            if held_out:
                value, right = evaluate(model, *held_out, batch_size=at_once, loss=loss)
                runs.record(history, val_loss=value, val_accuracy=right)
            if each_epoch:
                each_epoch(epoch, history)
            if stopping.stops(history):
                break
    if stopping.best is not None:
        model.set_weights(stopping.best)
    return history


def evaluate(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    batch_size: int = 100,
    loss: Any = None,
) -> tuple[float, float]:
    """Return loss, without any penalty on weights, and accuracy; nothing need be compiled.

    Parameters and errors are those of `fit`.
    """
    images, labels = runs.checked((images, labels), "given", channels=CHANNELS)
    logits = _logits(model, images, batch_size, "evaluate")
    if loss is None:
        runs.check_labels(labels, logits.shape[-1])
    import keras

    wanted = labels[:, None] if logits.shape[-1] == 1 else labels
    values = keras.losses.get(loss or cross_entropy())(wanted, logits)
    value = float(np.mean(keras.ops.convert_to_numpy(values)))
    chosen = logits[:, 0] > 0 if logits.shape[-1] == 1 else logits.argmax(axis=1)
    return value, float((chosen == labels).mean())


def predict_proba(model: keras.Model, images: np.ndarray, *, batch_size: int = 100) -> np.ndarray:
    """Return the probability of each class, ``(N, C) float32``, in inference mode.

    A model with one output gives ``(N, 1)``: the probability of class 1.
    """
    logits = _logits(model, np.asarray(images), batch_size, "predict_proba")
    if logits.shape[-1] == 1:
        return np.asarray(1 / (1 + np.exp(-logits)))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _train_epoch(
    steps: Steps,
    data: tuple[Any, Any],
    batch_size: int,
    augment: runs.Augment | None,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Go once through the data; return loss and accuracy as seen on the way.

    By hand, because ``model.fit`` costs more per call than an epoch of a small head does.
    """
    images, labels = data
    total = right = 0.0
    order = rng.permutation(len(labels))
    at_once = batch_size if augment else runs.chunk_size(images.shape, batch_size, CHUNK_BYTES)
    for start in range(0, len(order), at_once):
        places = order[start : start + at_once]
        if isinstance(images, np.ndarray):
            rows = runs.augmented(images[places], augment, rng)
            made = steps(rows, labels[places], np.arange(len(places)))
        else:
            made = steps(images, labels, places)
        total += made[0] * len(places)
        right += made[1] * len(places)
    return total / len(order), right / len(order)


def _steps(model: keras.Model, batch_size: int) -> Steps:
    """Return what trains the compiled model on some rows, batch by batch, in their order."""
    import keras

    if keras.backend.backend() == "tensorflow":
        return _steps_in_one_graph(model, batch_size)

    def steps(images: Any, labels: Any, order: np.ndarray) -> tuple[float, float]:
        total = right = 0.0
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            made = model.train_on_batch(images[places], labels[places], return_dict=True)
            total += float(made["loss"]) * len(places)
            right += float(made["accuracy"]) * len(places)
        return total / len(order), right / len(order)

    return steps


def _steps_in_one_graph(model: keras.Model, batch_size: int) -> Steps:
    """Return the same for TensorFlow, the loop inside the graph.

    One call for all steps: a call from Python takes longer than a step of a small head.
    """
    import tensorflow as tf

    # Metrics come into being at their first use, and only then can a graph reset them.
    model.compute_metrics(None, np.zeros(1, np.int64), np.zeros((1, model.output_shape[-1])))
    step = tf.function(model.train_step, reduce_retracing=True, jit_compile=model.jit_compile)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def graph(images: Any, labels: Any, order: Any) -> tuple[Any, Any]:
        model.reset_metrics()
        for start in tf.range(0, tf.size(order), batch_size):
            places = order[start : start + batch_size]
            step((tf.gather(images, places), tf.gather(labels, places)))
        made = model.get_metrics_result()
        return made["loss"], made["accuracy"]

    def steps(images: Any, labels: Any, order: np.ndarray) -> tuple[float, float]:
        loss, accuracy = graph(images, labels, order)
        return float(loss), float(accuracy)

    return steps


def _placed(images: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
    """Return the data where TensorFlow computes, if they are not too many; else as they are."""
    import keras

    if keras.backend.backend() != "tensorflow" or images.nbytes > RESIDENT_BYTES:
        return images, labels
    import tensorflow as tf

    try:
        return tf.constant(images), tf.constant(labels)
    except tf.errors.ResourceExhaustedError:
        return images, labels


def _room_to_train(
    model: keras.Model, data: runs.Data, batch_size: int, epoch: int
) -> memory.MemoryBudget:
    """Return how to try a smaller batch, and how everything goes back to where this epoch began.

    TensorFlow moves a weight as soon as its own gradient is there, so a step that fails has moved
    some of them.
    """
    import keras

    moving = what_moves(model)
    kept = [keras.ops.copy(variable) for variable in moving]

    def undo() -> None:
        for variable, value in zip(moving, kept, strict=True):
            variable.assign(value)

    def tries(rows: int) -> None:
        try:
            model.train_on_batch(*(part[:rows] for part in data))
        finally:
            undo()

    rows = min(batch_size, len(data[0]))
    left = f"The weights are as before epoch {epoch + 1}."
    return memory.MemoryBudget("fit", device_name(), rows, tries, undo, left)


def what_moves(model: keras.Model) -> list[Any]:
    """Return what a step changes: weights, the optimizer's memory, BatchNorm's statistics."""
    statistics = [
        value
        for layer in batchnorm_layers(model).values()
        if layer.trainable
        for value in layer.non_trainable_variables
    ]
    return [*model.trainable_variables, *statistics, *model.optimizer.variables]


def _logits(model: keras.Model, images: np.ndarray, batch_size: int, task: str) -> np.ndarray:
    """Return the outputs for all images; batches of one size need one compiled step."""
    parts = [images[at : at + batch_size] for at in range(0, len(images), batch_size)]
    missing = len(parts[0]) - len(parts[-1])
    parts[-1] = np.concatenate([parts[-1], np.zeros_like(parts[0][:missing])])
    made = memory.guarded(
        lambda: [np.asarray(model.predict_on_batch(part)) for part in parts],
        memory.MemoryBudget(
            task,
            device_name(),
            len(parts[0]),
            tries=lambda rows: model.predict_on_batch(parts[0][:rows]),
        ),
    )
    return np.concatenate(made)[: len(images)]


def device_name() -> str:
    """Return what Keras computes on, as messages name it: ``CPU`` or ``GPU``."""
    return keras_device().upper()


def cross_entropy() -> keras.losses.Loss:
    """Return the loss for whole-number classes and a head without a softmax."""
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _accuracy(model: keras.Model) -> keras.metrics.Metric:
    import keras

    if model.output_shape[-1] == 1:
        return keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)
    return keras.metrics.SparseCategoricalAccuracy(name="accuracy")


def _check_ready(
    model: keras.Model, optimizer: Any, labels: np.ndarray, *, default_loss: bool
) -> None:
    if not model.trainable_weights:
        raise ValueError(
            "expected something that trains, found every parameter frozen, the head too. "
            "Unfreeze the head, then make the optimizer."
        )
    held = {id(variable) for variable in getattr(optimizer, "_trainable_variables", ())}
    lacking = [weight.path for weight in model.trainable_weights if id(weight) not in held]
    if held and lacking:
        raise ValueError(
            f"expected an optimizer that holds all {len(model.trainable_weights)} arrays that "
            f"train, found {len(lacking)} missing, {lacking[0]!r} first. Replace the head and set "
            "the flags, then make the optimizer."
        )
    if default_loss:
        runs.check_labels(labels, model.output_shape[-1])
        _refuse_softmax(model)


def _refuse_softmax(model: keras.Model) -> None:
    import keras

    last = model.layers[-1]
    soft = getattr(last, "activation", None) is keras.activations.softmax
    if soft or isinstance(last, keras.layers.Softmax):
        raise ValueError(
            "expected a model that ends in logits, found a softmax at its end: cross-entropy "
            "applies its own. Leave the softmax out; predict_proba applies it."
        )


@contextmanager
def _rates(
    model: keras.Model, optimizer: Any, *, wanted: bool
) -> Iterator[Callable[[float], None]]:
    """Yield what multiplies the starting rate; put the rate back at the end.

    An optimizer made of several, as `keras.optimizers.MultiOptimizer` is, has each rate multiplied.
    """
    if wanted:
        optimizer.build(model.trainable_variables)  # one made of several may choose them only now
    each = getattr(optimizer, "optimizers", None) or [optimizer]
    starting = [(one, float(one.learning_rate)) for one in each] if wanted else []

    def multiply(factor: float) -> None:
        for one, rate in starting:
            one.learning_rate = rate * factor

    try:
        yield multiply
    finally:
        multiply(1.0)
