"""`unfreeze_last`: both frameworks meet the same expectations, each in a process of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import nbformat
import pytest

from tests.helpers import ROOT, run_json

# Convolution 3 → 4, BatchNorm, ReLU, convolution 4 → 6, BatchNorm; head 6 → 5.
EXPECTED = {  # (layers, hold): how many arrays and how many numbers train
    "0 held": [2, 35],
    "1 held": [2, 35],
    "2 held": [3, 24 + 35],
    "4 held": [3, 24 + 35],
    "5 held": [4, 12 + 24 + 35],
    "1 free": [4, 12 + 35],
    "5 free": [8, 12 + 8 + 24 + 12 + 35],
}
TORCH = """
import json
from torch import nn
from course.torch_kit import count_parameters, freeze, unfreeze_last
from course.torch_kit.training import fit

model = nn.Sequential()
model.features = nn.Sequential(
    nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
    nn.Sequential(nn.Conv2d(4, 6, 1, bias=False), nn.BatchNorm2d(6)))
model.classifier = nn.Linear(6, 5)
headless = nn.Sequential(nn.Conv2d(3, 4, 1))
flags = lambda: [p.requires_grad for p in model.parameters()]
modes = lambda: [m.training for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
def reset():
    model.train().requires_grad_(True)
"""
KERAS = """
import json
import keras
from keras import layers
from course.keras_kit import count_parameters, freeze, unfreeze_last

inputs = keras.Input((5, 5, 3))
flow = layers.Conv2D(4, 1, use_bias=False)(inputs)
flow = layers.ReLU()(layers.BatchNormalization()(flow))
flow = layers.BatchNormalization()(layers.Conv2D(6, 1, use_bias=False)(flow))
backbone = keras.Model(inputs, flow, name="backbone")
outer = keras.Input((5, 5, 3))
pooled = layers.GlobalAveragePooling2D()(backbone(outer))
model = keras.Model(outer, layers.Dense(5, name="head")(pooled))
headless = None
flags = lambda: [w.path in {t.path for t in model.trainable_weights} for w in model.weights]
modes = lambda: [l.trainable for l in backbone.layers if isinstance(l, layers.BatchNormalization)]
def reset():
    for layer in [model, *model.layers, *backbone.layers]:
        layer.trainable = True
flat = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(5)])
"""
COMMON = """
saw, said = {}, []
def refused(*arguments):
    try:
        unfreeze_last(*arguments)
    except ValueError as error:
        said.append(str(error))
CASES = [(layers_, True) for layers_ in (0, 1, 2, 4, 5)] + [(1, False), (5, False)]
for layers_, hold in CASES:
    for start in (freeze, lambda model: reset()):
        start(model)
        names = unfreeze_last(model, layers_, hold=hold)
        result = [len(names), count_parameters(model)[0]]
        saw.setdefault(f"{layers_} {'held' if hold else 'free'}", result)
        saw["from any start"] = saw.get("from any start", True) and result == saw[
            f"{layers_} {'held' if hold else 'free'}"]
unfreeze_last(model, 5)
saw["still"] = modes() == [False, False]
refused(model, 99)
refused(model, -1)
refused(headless, 1) if headless is not None else None
saw["said"] = said
lesson = {}
exec(PRELUDE, lesson)
exec(CELL, lesson)
saw["as the lesson"] = True
for layers_ in (0, 2, 5):
    unfreeze_last(model, layers_)
    kept = flags()
    freeze(model)
    lesson["unfreeze_last"](model, layers_)
    saw["as the lesson"] = saw["as the lesson"] and flags() == kept
print(json.dumps(saw))
"""


@cache
def seen(framework: str) -> dict[str, Any]:
    path = ROOT / "solutions" / "05-fine-tuning" / f"{framework}.ipynb"
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    prelude = "from torch import nn" if framework == "pytorch" else "import keras"
    given = f"PRELUDE, CELL = {prelude!r}, {cells['unfreeze-last']!r}\n"
    return run_json(given + (TORCH if framework == "pytorch" else KERAS) + COMMON)


FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("pytorch", marks=pytest.mark.torch),
]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("fact", EXPECTED)
def test_both_kits_unfreeze_the_same(framework: str, fact: str):
    assert seen(framework)[fact] == EXPECTED[fact]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("fact", ["from any start", "still", "as the lesson"])
def test_flags_before_do_not_matter_and_the_lesson_built_the_same(framework: str, fact: str):
    assert seen(framework)[fact] is True


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_refuses_more_layers_than_there_are(framework: str):
    said = seen(framework)["said"]
    assert said[0].startswith("layers is 99; expected 0 to ")
    assert said[1].startswith("layers is -1; expected 0 to ")


@pytest.mark.torch
def test_names_the_heads_it_knows():
    assert "expected a head named classifier, fc" in seen("pytorch")["said"][2]
