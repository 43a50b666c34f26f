"""What the exercises of lesson 04 did: curves read, pictures changed, training stopped, folds made.

The training here is played: a spy writes the number of the epoch into every array of a small
model and hands out losses from the case, so that stopping is looked at in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable

# --- 1 read the curves ------------------------------------------------------------------------


def read_curves(student: Student, case: Case) -> dict[str, Any]:
    """Report the epoch and the gap that the student reads off a history."""
    history = {name: list(values) for name, values in case["history"].items()}
    answer = student.overfitting_gap(history)
    try:
        epoch, gap = answer
        return {"epoch": float(epoch), "gap": float(gap)}
    except (TypeError, ValueError):
        raise Unusable(
            "two numbers, (epoch, gap)",
            f"{type(answer).__name__}: {answer!s:.60}",
            "End with: return epoch, gap",
        ) from None


# --- 2 change pictures, keep what they are ----------------------------------------------------

QUARTERS = (60, 100, 140, 180)  # top left, top right, bottom left, bottom right
TINT = (0, 8, 16)  # added to red, green, blue


def quartered(count: int, side_px: int) -> np.ndarray:
    """Return pictures whose quarters tell left from right, top from bottom, red from blue."""
    plane = np.array(QUARTERS).reshape(2, 2).repeat(side_px, 0).repeat(side_px, 1)
    picture = plane[..., None] + np.array(TINT)
    return np.broadcast_to(picture, (count, *picture.shape)).astype(np.uint8)


def augmented(student: Student, case: Case) -> dict[str, Any]:
    """Report what became of quartered pictures, and of very bright ones."""
    images = quartered(case["count"], case["half"])
    given = images.copy()
    made = _pictures(student.augment(given, np.random.default_rng(case.seed)))
    again = _pictures(student.augment(images.copy(), np.random.default_rng(case.seed)))
    bright = np.full((case["count"], *images.shape[1:]), case["bright"], np.uint8)
    lit = _pictures(student.augment(bright, np.random.default_rng(case.seed + 1)))
    return {
        "dtype": made.dtype.name,
        "shape": list(made.shape),
        "wanted_shape": list(images.shape),
        "given_changed": bool((given != images).any()),
        "repeats": made.shape == again.shape and bool((made == again).all()),
        "made": made.astype(np.float64),
        "bright_low": float(lit.min()) if lit.size else 0.0,
        "bright_high": float(lit.max()) if lit.size else 0.0,
    }


def _pictures(result: Any) -> np.ndarray:
    if isinstance(result, tuple | dict) or result is None:
        raise Unusable(
            "one array of pictures",
            type(result).__name__,
            "Return the pictures alone: the labels stay what they are.",
        )
    values = np.asarray(result)
    if values.dtype == object or values.dtype.kind not in "uif":
        raise Unusable("an array of numbers", f"{type(result).__name__} of {values.dtype}")
    return values


# --- 3 stop early -----------------------------------------------------------------------------


def stopped_early(student: Student, case: Case) -> dict[str, Any]:
    """Report how many epochs ran and which epoch's arrays the model holds afterwards."""
    look = {"pytorch": _torch_training, "keras": _keras_training}
    return {"framework": student.framework, **look[student.framework](student, case)}


def _torch_training(student: Student, case: Case) -> dict[str, Any]:
    import torch
    from torch import nn

    first, norm = nn.Linear(2, 2), nn.BatchNorm1d(2)
    model = nn.Sequential(first, norm)
    _takes_patience(student.StopEarly, object)
    stopping = student.StopEarly(case["patience"])
    for name in ("should_stop", "restore"):
        if not callable(getattr(stopping, name, None)):
            raise Unusable(
                "a class with should_stop(model, val_loss) and restore(model)",
                f"a StopEarly without {name}",
            )
    epoch = 0
    for epoch, loss in enumerate(case["runs"][-1], start=1):
        with torch.no_grad():
            for array in (*model.parameters(), *model.buffers()):
                array.fill_(epoch)
        if _yes_or_no(stopping.should_stop(model, loss)):
            break
    stopping.restore(model)
    return {
        "epochs": epoch,
        "weights": float(first.weight.detach()[0, 0]),
        "statistics": float(norm.state_dict()["running_mean"][0]),
    }


def _takes_patience(made: Any, base: Any) -> None:
    """Refuse a class that cannot be given a patience: it has no ``__init__`` of its own."""
    own = getattr(made, "__init__", None)
    if isinstance(made, type) and own in (object.__init__, base.__init__):
        raise Unusable(
            "a class that is made with a patience: StopEarly(3)",
            "a StopEarly without __init__(self, patience)",
        )


def _yes_or_no(answer: Any) -> bool:
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    raise Unusable(
        "True or False from should_stop(model, val_loss)",
        f"{type(answer).__name__}",
        "Return whether training should end after this epoch, in every case.",
    )


def _keras_training(student: Student, case: Case) -> dict[str, Any]:
    import keras

    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()]
    )
    _takes_patience(student.StopEarly, keras.callbacks.Callback)
    callback = student.StopEarly(case["patience"])
    if not isinstance(callback, keras.callbacks.Callback):
        raise Unusable(
            "a keras.callbacks.Callback",
            type(callback).__name__,
            "Begin with: class StopEarly(keras.callbacks.Callback)",
        )
    runs = [_play(model, callback, losses) for losses in case["runs"]]
    return {"epochs": runs[-1], "weights": _mark(model, 0), "statistics": _mark(model, -1)}


def _play(model: Any, callback: Any, losses: Sequence[float]) -> int:
    """Call the callback as ``fit`` would; return how many epochs ran."""
    callback.set_params({"epochs": len(losses), "steps": 1, "verbose": 0})
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin({})
    epoch = 0
    for epoch, loss in enumerate(losses, start=1):
        callback.on_epoch_begin(epoch - 1, {})
        model.set_weights([np.full(array.shape, epoch) for array in model.get_weights()])
        # the training loss falls all the time, as it does when pictures are learned by heart
        callback.on_epoch_end(epoch - 1, {"loss": 1 / epoch, "val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end({})
    return epoch


def _mark(model: Any, place: int) -> float:
    return float(np.asarray(model.get_weights()[place]).ravel()[0])


# --- 4 judge each label by models that never saw it -------------------------------------------


def draw_rows(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return features ``(N, 3)``, numbered in the first column, and labels ``(N,)``."""
    rng = np.random.default_rng(case.seed)
    count, classes = case["count"], case["classes"]
    features = rng.normal(size=(count, 3)).astype(np.float32)
    features[:, 0] = np.arange(count)
    labels = np.arange(count) % classes
    return features, np.sort(labels) if case["sorted"] else labels


def answer_for(number: int, classes: int) -> list[float]:
    """Return the probabilities that the played model gives to row ``number``: all different."""
    first = 1 / (number + 2)
    return [first, *[(1 - first) / (classes - 1)] * (classes - 1)]


def folded(student: Student, case: Case) -> dict[str, Any]:
    """Report what each model was trained on and asked about, and what was made of the answers."""
    features, labels = draw_rows(case)
    calls: list[dict[str, Any]] = []

    def train_and_predict(
        train_features: Any, train_labels: Any, other_features: Any
    ) -> np.ndarray:
        asked = _numbers(other_features)
        calls.append(
            {
                "trained": _numbers(train_features),
                "labels": [int(label) for label in np.asarray(train_labels).ravel()],
                "asked": asked,
            }
        )
        return np.array([answer_for(n, case["classes"]) for n in asked]).reshape(
            -1, case["classes"]
        )

    made = student.out_of_fold(features.copy(), labels.copy(), case["folds"], train_and_predict)
    try:
        values = np.asarray(made, np.float64)
    except (TypeError, ValueError):
        raise Unusable("an array (N, classes)", f"{type(made).__name__}") from None
    return {"calls": calls, "made": values}


def _numbers(features: Any) -> list[int]:
    values = np.asarray(features)
    if values.ndim != 2:
        raise Unusable("features (rows, 3)", f"features of shape {values.shape}")
    return [int(number) for number in values[:, 0]]


# --- 5 reach the target -----------------------------------------------------------------------

PER_CLASS, NEW_PER_CLASS, WRONG_PER_CLASS = 40, 60, 4  # as in the lesson


def trained_head(student: Student, case: Case) -> dict[str, Any]:
    """Report the classes that the student's head gives to its own and to new pictures."""
    kept = _features(student.framework, case["draw"])
    views, labels, val, val_labels, new = (array.copy() for array in kept)
    head = student.train_head(views, labels, val, val_labels)
    if head is None or not callable(head):
        raise Unusable(
            "the trained head", type(head).__name__, hint_id="forgot-return" if head is None else ""
        )
    return {
        "trained": _chosen(student.framework, head, kept[0][0]),
        "new": _chosen(student.framework, head, new),
    }


def draw_labels(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of the training pictures, some of them wrong, and of the new pictures."""
    return _train_labels(np.random.default_rng(seed)), _in_turn(2 * NEW_PER_CLASS)


def _in_turn(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64) % 2


def _train_labels(rng: np.random.Generator) -> np.ndarray:
    labels = _in_turn(2 * PER_CLASS)
    for name in (0, 1):  # wrong labels, as many as in the lesson
        places = np.flatnonzero(np.arange(len(labels)) % 2 == name)
        labels[rng.choice(places, WRONG_PER_CLASS, replace=False)] = 1 - name
    return labels


def _chosen(framework: str, head: Any, features: np.ndarray) -> np.ndarray:
    """Return the class that a head gives to each row of features."""
    if framework == "pytorch":
        import torch

        if isinstance(head, torch.nn.Module):
            head.eval()
        with torch.no_grad():
            logits: np.ndarray = np.asarray(head(torch.from_numpy(features)))
    else:
        import keras

        logits = keras.ops.convert_to_numpy(head(features, training=False))
    if logits.shape != (len(features), 2):
        expected = f"two logits for each of {len(features)} rows of features"
        raise Unusable(expected, f"shape {tuple(logits.shape)}", hint_id="wrong-outputs")
    chosen: np.ndarray = logits.argmax(axis=1)
    return chosen


@lru_cache(maxsize=2)
def _features(framework: str, seed: int) -> tuple[np.ndarray, ...]:
    """Return the features of four views of the training pictures, and of others.

    With labels, those of the new pictures left out.
    """
    from course.pictures.kinds import PictureRequest, draw

    def drawn(split: str, count: int) -> np.ndarray:
        return draw(PictureRequest("pets", split, seed), 0, count)

    train, val = drawn("train", 2 * PER_CLASS), drawn("val", 80)
    new = drawn("test", 2 * NEW_PER_CLASS)
    rng = np.random.default_rng(seed)
    labels = _train_labels(rng)
    light = np.clip(train * rng.uniform(0.75, 1.25, (len(train), 1, 1, 1)), 0, 255).astype(np.uint8)
    moved = np.roll(train, (7, -9), axis=(1, 2))
    pictures = [train, train[:, :, ::-1], light, moved[:, :, ::-1], val, new]
    made = np.split(
        _look(framework, np.concatenate(pictures)), [len(train) * k for k in (1, 2, 3, 4)]
    )
    val_made, new_made = np.split(made[-1], [len(val)])
    return np.stack(made[:4]), labels, val_made, _in_turn(len(val)), new_made


def _look(framework: str, pictures: np.ndarray) -> np.ndarray:
    """Return what the bundled backbone makes of pictures, ``(N, 1280) float32``."""
    from course.backbone import load_keras, load_torch, preprocess

    inputs = preprocess(
        pictures, weights="bundled", framework="torch" if framework == "pytorch" else "keras"
    )
    if framework == "keras":
        import keras

        network = load_keras(weights="bundled")  # called directly: predict would compile first
        batches = np.split(inputs, range(100, len(inputs), 100))
        made = (network(batch, training=False) for batch in batches)
        return np.concatenate([keras.ops.convert_to_numpy(rows) for rows in made])
    import torch

    backbone = load_torch(weights="bundled").features
    with torch.no_grad():
        parts = torch.from_numpy(inputs).split(100)
        return torch.cat([backbone(part).mean(dim=(2, 3)) for part in parts]).numpy()
