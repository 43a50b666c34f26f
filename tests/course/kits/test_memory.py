"""A batch that does not fit is answered with one that does, and nothing has changed.

The models here refuse more than ``LIMIT`` rows with each framework's own error.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from course.training import memory
from tests.helpers import run_json

COMMON = """
import json
import numpy as np

rng = np.random.default_rng(0)
X, Y = rng.normal(2, 1, size=(10, 4)).astype("float32"), np.arange(10) % 3
LIMIT, CALLS = [2], []
"""
TORCH = """
import torch
from torch import nn
from course.torch_kit import cached_features, evaluate, fit, predict_proba, snapshot

class Limit(nn.Module):
    def forward(self, rows):
        CALLS.append(len(rows))
        if len(rows) > LIMIT[0]:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return rows

def build():
    torch.manual_seed(0)
    return nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 4), Limit(), nn.Linear(4, 3))
def adam(model):
    return torch.optim.Adam(model.parameters(), lr=0.1)
def optimizer_state(optimizer):
    return len(optimizer.state)
def not_memory(model):
    model[2] = nn.Linear(5, 3)
def really_full():
    torch.empty(10**15)
"""
KERAS = """
import keras, tensorflow as tf
from course.keras_kit import cached_features, evaluate, fit, predict_proba, snapshot

def check(rows):
    CALLS.append(int(rows))
    if rows > LIMIT[0]:
        raise MemoryError("no more")
    return np.int32(rows)

class Limit(keras.layers.Layer):
    def call(self, rows):
        asked = tf.numpy_function(check, [tf.shape(rows)[0]], tf.int32)
        with tf.control_dependencies([asked]):
            return tf.identity(rows)
    def compute_output_shape(self, shape):
        return shape

def build():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization(),
                             keras.layers.Dense(4), Limit(), keras.layers.Dense(3)])
def adam(model):
    return keras.optimizers.Adam(0.1)
def optimizer_state(optimizer):
    return int(optimizer.iterations)
def really_full():
    tf.zeros([10**15])
"""
STORY = """
def refused(action):
    try:
        action()
    except Exception as error:
        return [type(error).__name__, str(error)]
def same(before, model):
    after = snapshot(model)
    return all((before[name] == after[name]).all() for name in before)

saw = {}
model = build()
before, optimizer = snapshot(model), adam(model)
saw["fit"] = refused(lambda: fit(model, (X, Y), optimizer=optimizer, epochs=1, batch_size=8,
                                 hold=False))
saw["unchanged"] = same(before, model)
saw["no steps counted"] = optimizer_state(optimizer)
saw["tried"] = CALLS[-2:]
history = fit(model, (X, Y), optimizer=adam(model), epochs=1, batch_size=2)
saw["goes on"] = bool(np.isfinite(history["loss"][0])) and not same(before, model)
before = snapshot(model)
saw["evaluate"] = refused(lambda: evaluate(model, X, Y, batch_size=8))
saw["predict_proba"] = refused(lambda: predict_proba(model, X, batch_size=5))
saw["cached_features"] = refused(lambda: cached_features(model, X, batch_size=8))
saw["still unchanged"] = same(before, model)
saw["small batches are evaluated in small batches"] = refused(
    lambda: fit(model, (X, Y), (X, Y), optimizer=adam(model), epochs=1, batch_size=1))[1]

model, before = build(), []
def runs_full(epoch, history):
    before.append(snapshot(model))
    LIMIT[0] = 2
optimizer = adam(model)
LIMIT[0] = 5
saw["later"] = refused(lambda: fit(model, (X, Y), optimizer=optimizer, epochs=3, batch_size=5,
                                   hold=False, each_epoch=runs_full))[1]
saw["as before that epoch"] = len(before) == 1 and same(before[0], model)
LIMIT[0] = 0
saw["none"] = refused(lambda: fit(build(), (X, Y), optimizer=adam(model), epochs=1))[1]
full = []
try:
    really_full()
except Exception as error:
    from course.training.memory import ran_out
    full.append(ran_out(error))
saw["real"] = full
print(json.dumps(saw))
"""
FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("torch", marks=pytest.mark.torch),
]


@cache
def seen(framework: str) -> dict[str, Any]:
    code = {"torch": TORCH, "keras": KERAS}[framework]
    # Keras's optimizer belongs to the model that it first trained
    story = STORY.replace("fit(build(), (X, Y), optimizer=adam(model)", NONE[framework])
    return run_json(COMMON + code + story, timeout_s=300)


NONE = {
    "keras": "fit(build(), (X, Y), optimizer=adam(None)",
    "torch": "fit(model, (X, Y), optimizer=adam(model)",
}
LEFT = {"keras": " The weights are as before epoch 1.", "torch": ""}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_training_names_a_batch_size_that_was_tried(framework):
    facts = seen(framework)
    kind, said = facts["fit"]
    assert kind == "ValueError"
    assert said == (
        "batch_size=8 does not fit the memory of the CPU; 2 does (one step was taken with it and "
        f"undone).{LEFT[framework]} Next: fit(..., batch_size=2)."
    )
    assert facts["tried"] == [4, 2]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(
    "fact", ["unchanged", "goes on", "still unchanged", "as before that epoch"]
)
def test_weights_and_statistics_are_as_before(framework, fact):
    assert seen(framework)[fact] is True


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_optimizer_remembers_no_step(framework):
    assert seen(framework)["no steps counted"] == 0


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_evaluation_and_prediction_name_one_too(framework):
    facts = seen(framework)
    tasks = (("evaluate", 8, 2), ("predict_proba", 5, 2), ("cached_features", 8, 2))
    for task, size, found in tasks:
        assert facts[task] == [
            "ValueError",
            f"batch_size={size} does not fit the memory of the CPU; {found} does (it was tried). "
            f"Next: {task}(..., batch_size={found}).",
        ]
    # five times the batch size of training, not the usual hundred
    wanted = "batch_size=5 does not fit the memory of the CPU; 2 does"
    assert facts["small batches are evaluated in small batches"].startswith(wanted)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_memory_that_runs_out_later_is_answered_too(framework):
    said = seen(framework)["later"]
    assert said.startswith("batch_size=5 does not fit the memory of the CPU; 2 does")
    assert ("The weights are as before epoch 2." in said) == (framework == "keras")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_where_nothing_fits_the_next_step_is_another(framework):
    assert seen(framework)["none"] == (
        f"batch_size=10 does not fit the memory of the CPU, nor does any half of it down to 1."
        f"{LEFT[framework]} Next: take smaller pictures or a smaller network, or close what else "
        "uses that memory, such as other notebooks' kernels."
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_frameworks_own_error_is_known(framework):
    assert seen(framework)["real"] == [True]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5.00 GB)"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("batch_size=8 runs out of memory"), False),  # our own answer, passed on
    ],
)
def test_what_means_that_memory_ran_out(error, expected):
    assert memory.ran_out(error) is expected


def test_other_errors_pass_through():
    def fails() -> None:
        raise ZeroDivisionError("division by zero")

    room = memory.MemoryBudget("fit", "CPU", 8, tries=lambda rows: None)
    with pytest.raises(ZeroDivisionError):
        memory.guarded(fails, room)
    with pytest.raises(ZeroDivisionError):
        memory.largest_half(8, lambda rows: fails())


def test_what_fits_is_the_largest_half():
    def tries(rows: int) -> None:
        if rows > 6:
            raise MemoryError

    assert memory.largest_half(100, tries) == 6  # 50, 25, 12, 6
    assert memory.largest_half(1, tries) is None
