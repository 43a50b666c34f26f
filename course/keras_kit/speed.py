"""Make a model's training faster where that can be had; PyTorch has the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course.keras_kit.freezing import with_sublayers
from course.keras_kit.training import CHANNELS, JIT, cross_entropy, what_moves
from course.training import runs, speed

if TYPE_CHECKING:
    import keras


def faster(
    model: keras.Model, batch: runs.Data, *, tries: tuple[str, ...] = tuple(speed.TOLERANCES)
) -> speed.Trials:
    """Try channels-last, mixed precision and compilation on ``model``; keep what is faster.

    What stays on the model (`course.training.speed` says what does) serves `fit`, `evaluate` and
    `predict_proba`. Weights and statistics are as before; compile the model anew if you train it
    otherwise than by `fit`.

    Parameters
    ----------
    model : keras.Model
        Ends in logits, and its flags are set: what does not train is not trained while measuring
        either.
    batch : (images, labels)
        As many as a step of `fit` will look at.
    tries : tuple of str
        Some of ``channels-last`` (Keras has it anyway), ``mixed precision`` and ``compilation``
        (XLA, which TensorFlow leaves out on a processor).

    Returns
    -------
    course.training.speed.Trials
        A row for each; ``print`` gives a table, ``.kept`` the names.

    Raises
    ------
    ValueError
        If a name is none of them, or the batch is not as `fit` wants it.
    """
    import keras

    images, labels = runs.checked(batch, "batch", channels=CHANNELS)
    compile_ = _compiler(model)
    asked = speed.candidates(
        tries, (_channels_last, _mixed_precision, _compilation), model, compile_
    )
    if "compilation" in tries:
        setattr(model, JIT, False)
    compile_()
    moving = what_moves(model)
    kept = [keras.ops.copy(variable) for variable in moving]

    def put_back() -> None:
        for variable, value in zip(moving, kept, strict=True):
            variable.assign(value)

    def outputs() -> np.ndarray:
        put_back()  # steps move BatchNorm's statistics
        return np.asarray(model.predict_on_batch(images), np.float32)

    try:
        return speed.try_all(
            asked,
            step=lambda: model.train_on_batch(images, labels),
            outputs=outputs,
        )
    finally:
        put_back()


def _compiler(model: keras.Model) -> Callable[[], None]:
    """Return what makes the model forget the steps it has built; new ones move no weight."""
    import keras

    def compile_() -> None:
        model.compile(
            keras.optimizers.SGD(0.0), cross_entropy(), jit_compile=getattr(model, JIT, "auto")
        )

    return compile_


def _channels_last(model: keras.Model, compile_: Callable[[], None]) -> speed.Candidate:
    def apply() -> None:
        raise speed.NotHereError("Keras lays images out so anyway")

    return speed.Candidate("channels-last", apply, lambda: None)


def _mixed_precision(model: keras.Model, compile_: Callable[[], None]) -> speed.Candidate:
    import keras

    inner = [layer for layer in with_sublayers(model) if not getattr(layer, "layers", None)][:-1]
    before: list[Any] = []

    def apply() -> None:
        before[:] = [layer.dtype_policy for layer in inner]
        for layer in inner:  # all but the last: logits stay float32
            layer.dtype_policy = keras.DTypePolicy("mixed_bfloat16")
        compile_()

    def undo() -> None:
        for layer, policy in zip(inner, before, strict=True):
            layer.dtype_policy = policy
        compile_()

    return speed.Candidate("mixed precision", apply, undo)


def _compilation(model: keras.Model, compile_: Callable[[], None]) -> speed.Candidate:
    def switch(on: bool) -> None:
        setattr(model, JIT, on)
        compile_()

    return speed.Candidate("compilation", lambda: switch(True), lambda: switch(False))
