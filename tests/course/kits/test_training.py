"""The kits' training: both frameworks meet the same expectations, each in a process of its own.

A linear model trained by plain gradient descent is worked out here with NumPy: order, schedule,
augmentation and losses must agree with it to the last digits that float32 has.
"""

from __future__ import annotations

import re
from typing import Any

import nbformat
import numpy as np
import pytest

from course.training import runs
from tests.helpers import ROOT, run_json

COMMON = """
import json
import numpy as np

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(10, 4)).astype("float32"), np.arange(10) % 3
VX, VY = rng.normal(size=(6, 4)).astype("float32"), np.arange(6) % 3
W = rng.normal(size=(4, 3)).astype("float32")
IMAGES = rng.normal(2, 1, size=(6, 5, 5, 3)).astype("float32")
"""
TORCH = """
import torch
from torch import nn
from course.torch_kit.training import evaluate, fit, predict_proba

def linear(outputs=3, softmax=False):
    layer = nn.Linear(4, outputs)
    layer.weight.data, layer.bias.data = torch.tensor(W[:, :outputs].T.copy()), torch.zeros(outputs)
    return nn.Sequential(layer, nn.Softmax(dim=1)) if softmax else nn.Sequential(layer)
def sgd(model, rate):
    return torch.optim.SGD(model.parameters(), lr=rate)
def weights(model):
    return model[0].weight.detach().numpy().T.tolist()
def rate_of(optimizer):
    return optimizer.param_groups[0]["lr"]
def freeze(model):
    model.requires_grad_(False)
def with_norm():
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), *pool, nn.Linear(4, 3))
def mean_of_norm(model):
    return float(model[1].running_mean.abs().max())
images, other_way = np.ascontiguousarray(IMAGES.transpose(0, 3, 1, 2)), IMAGES
binary = lambda logits, labels: nn.functional.binary_cross_entropy_with_logits(
    logits[:, 0], labels.float())
"""
KERAS = """
import keras
from keras import layers
from course.keras_kit.training import evaluate, fit, predict_proba

def linear(outputs=3, softmax=False):
    layer = layers.Dense(outputs, activation="softmax" if softmax else None)
    model = keras.Sequential([keras.Input((4,)), layer])
    model.set_weights([W[:, :outputs], np.zeros(outputs)])
    return model
def sgd(model, rate):
    optimizer = keras.optimizers.SGD(rate)
    optimizer.build(model.trainable_variables)
    return optimizer
def weights(model):
    return np.array(model.get_weights()[0]).tolist()
def rate_of(optimizer):
    return float(optimizer.learning_rate)
def freeze(model):
    model.trainable = False
def with_norm():
    norm = layers.BatchNormalization(momentum=0.9, name="norm")
    pool = layers.GlobalAveragePooling2D()
    return keras.Sequential([keras.Input((5, 5, 3)), layers.Conv2D(4, 1), norm, pool,
                             layers.Dense(3)])
def mean_of_norm(model):
    return float(np.abs(np.array(model.get_layer("norm").moving_mean)).max())
images, other_way = IMAGES, np.ascontiguousarray(IMAGES.transpose(0, 3, 1, 2))
binary = keras.losses.BinaryCrossentropy(from_logits=True)
"""
STORY = """
saw = {}
model = linear()
optimizer = sgd(model, 0.5)
calls = []
saw["history"] = fit(
    model, (X, Y), (VX, VY), optimizer=optimizer, epochs=3, batch_size=4, seed=7,
    schedule=lambda epoch: [1.0, 0.5, 0.0][epoch],
    augment=lambda batch, rng: batch + rng.normal(size=batch.shape).astype("float32"),
    each_epoch=lambda epoch, history: calls.append([epoch, len(history["val_loss"])]),
)
saw["weights"], saw["rate"], saw["calls"] = weights(model), rate_of(optimizer), calls
saw["evaluated"] = list(evaluate(model, VX, VY, batch_size=4))
saw["probabilities"] = predict_proba(model, VX).tolist()
model = linear()
saw["alone"] = sorted(fit(model, (X, Y), optimizer=sgd(model, 0.1), epochs=1))

model = linear()
stopped = fit(model, (X, Y), (X, (Y + 1) % 3), optimizer=sgd(model, 2.0), epochs=30, patience=2)
saw["stopped"] = [stopped["val_loss"], evaluate(model, X, (Y + 1) % 3)[0]]

saw["norm"] = []
for hold in (True, False):
    model = with_norm()
    fit(model, (images, np.arange(6) % 3), optimizer=sgd(model, 0.1), epochs=1, hold=hold)
    saw["norm"].append(mean_of_norm(model) > 0)

model = linear(outputs=1)
one = fit(model, (X, Y % 2), (VX, VY % 2), optimizer=sgd(model, 0.0), epochs=1, loss=binary)
saw["one"] = [one["val_loss"][0], one["accuracy"][0], one["val_accuracy"][0]]
saw["one_probability"] = predict_proba(model, VX).tolist()

def refused(model, train=(X, Y), validation=None, optimizer=None, frozen=False, **more):
    optimizer = optimizer or sgd(model, 0.1)
    if frozen:
        freeze(model)
    try:
        fit(model, train, validation, optimizer=optimizer, epochs=1, **more)
    except ValueError as error:
        return str(error)
saw["said"] = {
    "frozen": refused(linear(), frozen=True),
    "old": refused(linear(), optimizer=sgd(linear(), 0.1)),
    "few outputs": refused(linear(outputs=2)),
    "softmax": refused(linear(softmax=True)),
    "no pair": refused(linear(), train=X),
    "bytes": refused(linear(), train=(X.astype("uint8"), Y)),
    "lengths": refused(linear(), train=(X, Y[:-1])),
    "layout": refused(linear(), train=(other_way, np.zeros(6, int))),
    "patience": refused(linear(), patience=2),
    "augment": refused(linear(), augment=lambda batch, rng: batch[:1]),
}
print(json.dumps(saw))
"""
SAID = {
    "frozen": "every parameter frozen, the head too. Unfreeze the head, then make the optimizer",
    "old": "2 missing, .*first. Replace the head and set the flags, then make the optimizer",
    "few outputs": r"labels below 2, the number of the model's outputs, received 0 to 2",
    "softmax": "found a softmax at its end: cross-entropy applies its own. Leave the softmax out",
    "no pair": r"expected train=\(images, labels\), received ndarray",
    "bytes": r"received uint8 of shape \(10, 4\). Use course.backbone.preprocess first",
    "lengths": "received 10 images and 9 labels",
    "layout": r"received shape \(6, .*Preprocess them for this framework",
    "patience": "received patience=2 without validation data",
    "augment": r"keep the shape \(10, 4\), received \(1, 4\). Return the whole batch",
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("torch", marks=pytest.mark.torch),
        pytest.param("keras", marks=pytest.mark.keras),
    ],
)
def seen(request: pytest.FixtureRequest) -> dict[str, Any]:
    code = {"torch": TORCH, "keras": KERAS}[request.param]
    return run_json(COMMON + code + STORY, timeout_s=300)


def drawn() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    shapes = ((10, 4), (6, 4), (4, 3))
    x, vx, w = (rng.normal(size=shape).astype("float32").astype(float) for shape in shapes)
    return x, np.arange(10) % 3, vx, np.arange(6) % 3, w


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def scores(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    made = softmax(x @ w + b)
    return -np.log(made[np.arange(len(y)), y]).mean(), (made.argmax(axis=1) == y).mean()


def by_hand() -> tuple[dict[str, list[float]], np.ndarray, np.ndarray]:
    """Return curves, weights and bias of three epochs of gradient descent."""
    x, y, vx, vy, w = drawn()
    b, rng, history = np.zeros(3), np.random.default_rng(7), {}
    for rate in (0.5, 0.25, 0.0):
        seen = []
        for places in runs.batches(10, 4, rng):
            batch, wanted = x[places] + rng.normal(size=(len(places), 4)), y[places]
            seen.append(np.array(scores(batch, wanted, w, b)) * len(places))
            error = softmax(batch @ w + b) - np.eye(3)[wanted]
            w, b = w - rate * batch.T @ error / len(places), b - rate * error.mean(axis=0)
        loss, accuracy = np.sum(seen, axis=0) / 10
        val_loss, val_accuracy = scores(vx, vy, w, b)
        made = {"loss": loss, "accuracy": accuracy}
        runs.record(history, **made, val_loss=val_loss, val_accuracy=val_accuracy)
    return history, w, b


def test_training_is_gradient_descent_in_the_order_of_the_seed(seen):
    history, weights, _ = by_hand()
    np.testing.assert_allclose(seen["weights"], weights, atol=1e-4)
    assert list(seen["history"]) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    for name, values in history.items():
        np.testing.assert_allclose(seen["history"][name], values, atol=1e-4, err_msg=name)


def test_evaluation_and_probabilities_are_those_of_the_model_left(seen):
    _, w, b = by_hand()
    _, _, vx, vy, _ = drawn()
    np.testing.assert_allclose(seen["evaluated"], scores(vx, vy, w, b), atol=1e-4)
    np.testing.assert_allclose(seen["probabilities"], softmax(vx @ w + b), atol=1e-4)


def test_the_rate_is_put_back_and_each_epoch_is_told(seen):
    assert seen["rate"] == pytest.approx(0.5)
    assert seen["calls"] == [[0, 1], [1, 2], [2, 3]]
    assert seen["alone"] == ["accuracy", "loss"]


def test_early_stopping_waits_and_restores_the_best(seen):
    losses, final = seen["stopped"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 2 < 30
    assert final == pytest.approx(losses[best], abs=1e-5)


def test_batchnorm_moves_only_when_not_held(seen):
    assert seen["norm"] == [False, True]


def test_one_output_is_a_probability_of_class_one(seen):
    x, y, vx, vy, w = drawn()
    chance = 1 / (1 + np.exp(-vx @ w[:, :1]))
    np.testing.assert_allclose(seen["one_probability"], chance, atol=1e-5)
    wanted = (vy % 2)[:, None]
    loss = -np.log(np.where(wanted == 1, chance, 1 - chance)).mean()
    right = ((x @ w[:, 0] > 0) == (y % 2)).mean()
    val_right = ((chance > 0.5) == wanted).mean()
    np.testing.assert_allclose(seen["one"], [loss, right, val_right], atol=1e-5)


@pytest.mark.parametrize("mistake", SAID)
def test_each_mistake_is_refused_with_the_next_step(seen, mistake):
    assert re.search(SAID[mistake], seen["said"][mistake])


# The cells in which lesson 03 builds the loop, run beside `fit` on the same linear model.
LESSON = """
lesson = {"np": np, "BATCH": 4, "SEED": 0, "RATE": 0.5}
exec(PRELUDE, lesson)
for source in CELLS:
    exec(source, lesson)
data = [(as_lesson(x), as_lesson(y)) for x, y in ((X, Y), (VX, VY))]
model = linear()
built = by_lesson(model)
model = linear()
kept = fit(model, (X, Y), (VX, VY), optimizer=adam(model), epochs=3, batch_size=4, seed=7)
print(json.dumps([built, kept]))
"""
TORCH_LESSON = """
PRELUDE = '''
import torch
from torch.nn import functional as F
from course.torch_kit import hold_batchnorm
'''
as_lesson = torch.from_numpy
adam = lambda model: torch.optim.Adam(model.parameters(), lr=0.5)
by_lesson = lambda model: lesson["run"](model, adam(model), *data, epochs=3, seed=7)
"""
KERAS_LESSON = """
PRELUDE = "import keras"
as_lesson = np.asarray
adam = lambda model: keras.optimizers.Adam(0.5)
by_lesson = lambda model: lesson["run"](lesson["compiled"](model), *data, epochs=3, seed=7)
"""


@pytest.mark.parametrize(
    ("framework", "code"),
    [
        pytest.param("pytorch", TORCH + TORCH_LESSON, marks=pytest.mark.torch),
        pytest.param("keras", KERAS + KERAS_LESSON, marks=pytest.mark.keras),
    ],
)
def test_fit_is_the_loop_that_lesson_03_built(framework, code):
    path = ROOT / "solutions" / "03-new-head" / f"{framework}.ipynb"
    sources = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    cells = [sources["train-step"], sources["epoch-loop"]]
    cells += [sources[name].split("\n\n\n")[0] for name in ("evaluate", "train-run")]
    built, kept = run_json(COMMON + code + f"CELLS = {cells!r}\n" + LESSON, timeout_s=300)
    assert list(built) == list(kept)
    for name, values in built.items():
        np.testing.assert_allclose(kept[name], values, atol=1e-5, err_msg=name)


# Written out as plainly as it can be; `fit` gathers rows of several batches at once.
PLAIN = """
from course.torch_kit import training

def plain(size, seed):
    model, rng = linear(), np.random.default_rng(seed)
    optimizer, history = sgd(model, 0.5), {"loss": [], "accuracy": []}
    for _ in range(3):
        losses, right = [], 0
        order = rng.permutation(10)
        batches = [order[at:at + size] for at in range(0, 10, size)]
        for places in batches:
            optimizer.zero_grad()
            logits = model(torch.from_numpy(X[places]))
            loss = nn.functional.cross_entropy(logits, torch.from_numpy(Y[places]))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            right += int((logits.argmax(dim=1).numpy() == Y[places]).sum())
        history["loss"].append(float(np.dot(losses, [len(places) for places in batches]) / 10))
        history["accuracy"].append(right / 10)
    return [history, weights(model)]
made = []
for chunk_bytes in (1, 130, 2**20):  # one batch, two, all
    training.CHUNK_BYTES = chunk_bytes
    model = linear()
    history = fit(model, (X, Y), optimizer=sgd(model, 0.5), epochs=3, batch_size=4, seed=7)
    made.append([history, weights(model)])
print(json.dumps([plain(4, 7), made]))
"""


@pytest.mark.torch
def test_rows_gathered_together_train_to_the_last_digit_as_those_gathered_singly():
    wanted, made = run_json(COMMON + TORCH + PLAIN, timeout_s=300)
    assert made == [wanted] * 3
