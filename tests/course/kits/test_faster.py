"""`faster` in both kits: kept where it pays, gone where not, the model otherwise untouched."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.helpers import run_json

COMMON = """
import json
import numpy as np
from course.training import speed
speed.ENOUGH_S, speed.LEAST_RUNS = 0.0, 1

rng = np.random.default_rng(0)
IMAGES, Y = rng.normal(size=(6, 5, 5, 3)).astype("float32"), np.arange(6) % 3
saw = {}
"""
TORCH = """
import copy
import torch
from torch import nn
from course.torch_kit import changes, evaluate, faster, fit, predict_proba, snapshot

X = np.ascontiguousarray(IMAGES.transpose(0, 3, 1, 2))
def build():
    torch.manual_seed(0)
    pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), *pool, nn.Linear(8, 3)).eval()
def adam(model):
    return torch.optim.Adam(model.parameters(), lr=0.1)
def state(model):
    seen = []
    handle = model[0].register_forward_hook(lambda layer, given, made: seen.append(made.dtype))
    out = model(torch.from_numpy(X))
    handle.remove()
    last = model[0].weight.is_contiguous(memory_format=torch.channels_last)
    return [bool(last), str(seen[0]), str(out.dtype)]
TRIES = ("channels-last", "mixed precision")
no_images = nn.Sequential(nn.Linear(4, 3))
"""
KERAS = """
import keras
from keras import layers
from course.keras_kit import changes, evaluate, faster, fit, predict_proba, snapshot

X = IMAGES
def build():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((5, 5, 3)), layers.Conv2D(8, 3),
                             layers.BatchNormalization(), layers.GlobalAveragePooling2D(),
                             layers.Dense(3)])
def adam(model):
    return keras.optimizers.Adam(0.1)
def state(model):
    out = model(X)
    return [model.course_jit, str(model.layers[0].compute_dtype), out.dtype.name]
TRIES = ("channels-last", "mixed precision", "compilation")
"""
STORY = """
speed.MARGIN = 99.0
model = build()
before = snapshot(model)
table = faster(model, (X, Y), tries=TRIES)
saw["nothing kept"] = [list(table.kept), state(model)]
saw["names"] = [row.name for row in table.rows]
saw["notes"] = [row.note for row in table.rows]
saw["moved"] = max(changes(before, model).values())

speed.MARGIN = 0.0
table = faster(model, (X, Y), tries=TRIES)
saw["all kept"] = [list(table.kept), state(model)]
saw["still"] = max(changes(before, model).values())
saw["close"] = all(not row.difference > 0.05 for row in table.rows)
loss, _ = evaluate(model, X, Y)
history = fit(model, (X, Y), (X, Y), optimizer=adam(model), epochs=8, batch_size=4)
saw["learns"] = history["val_loss"][-1] < loss
saw["type"] = str(predict_proba(model, X).dtype)
try:
    faster(model, (X, Y), tries=("magic",))
except ValueError as error:
    saw["said"] = str(error)
"""
TORCH_ONLY = """
saw["mode"] = model.training
copied = copy.deepcopy(model)
saw["copies"] = state(copied)
kept = snapshot(model)
fit(copied, (X, Y), optimizer=adam(copied), epochs=1)
saw["copy is its own"] = max(changes(kept, model).values())
saw["no convolutions"] = faster(no_images, (X[:, :, 0, 0].repeat(2, 1)[:, :4], Y),
                                tries=("channels-last",)).rows[0].note
def no_compiler():
    raise RuntimeError("no C++ compiler was found")
model = build()
model.compile = no_compiler
saw["no compiler"] = faster(model, (X, Y), tries=("compilation",)).rows[0].note
"""
END = "\nprint(json.dumps(saw))"


@cache
def seen(framework: str) -> dict[str, Any]:
    if framework == "torch":
        return run_json(COMMON + TORCH + STORY + TORCH_ONLY + END, timeout_s=300)
    return run_json(COMMON + KERAS + STORY + END, timeout_s=300)


FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("torch", marks=pytest.mark.torch),
]


@pytest.mark.keras
def test_keras_keeps_what_pays_and_undoes_the_rest():
    facts = seen("keras")
    assert facts["nothing kept"] == [[], [False, "float32", "float32"]]
    names = ["mixed precision", "compilation"]
    assert facts["all kept"] == [names, [True, "bfloat16", "float32"]]
    assert facts["notes"] == ["Keras lays images out so anyway", "not faster", "not faster"]


@pytest.mark.torch
def test_pytorch_keeps_what_pays_and_undoes_the_rest():
    facts = seen("torch")
    names = ["channels-last", "mixed precision"]
    assert facts["nothing kept"] == [[], [False, "torch.float32", "torch.float32"]]
    assert facts["all kept"] == [names, [True, "torch.bfloat16", "torch.float32"]]
    assert facts["notes"] == ["not faster", "not faster"]
    assert facts["mode"] is False
    assert facts["no convolutions"] == "no convolutions"
    assert facts["no compiler"] == "failed: no C++ compiler was found"


@pytest.mark.torch
def test_a_copy_of_the_model_is_as_fast_and_its_own():
    facts = seen("torch")
    assert facts["copies"] == facts["all kept"][1]
    assert facts["copy is its own"] == 0


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_weights_and_statistics_are_not_moved_by_trying(framework):
    facts = seen(framework)
    assert (facts["moved"], facts["still"], facts["close"]) == (0, 0, True)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_training_and_prediction_go_on_as_before(framework):
    facts = seen(framework)
    assert facts["learns"] is True
    assert facts["type"] == "float32"


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_unknown_name_is_refused(framework):
    assert seen(framework)["said"] == (
        "tries has 'magic'; expected some of channels-last, mixed precision, compilation."
    )
