"""The kits: the same names, the same expectations, and the same code as the lesson that built them.

Each framework runs in a process of its own and reports what it saw.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import nbformat
import pytest

from tests.helpers import ROOT, run_json

# A convolution 3 → 4 without bias, a BatchNorm layer in an inner model, a head 4 → 5.
EXPECTED = {
    "unfrozen": [3 * 4 + 8 + 25, 45],  # trains, in all
    "frozen": [0, 45],
    "backbone_frozen": [25, 45],
    "thawed": [45, 45],
    "held": [3 * 4 + 25, 45],
    "batchnorm_layers": 1,
    "returned": True,
    "still": 0,
    "moved_frozen": ["head"],
    "drift_free": True,
    "drift_held": False,
    "snapshot_is_a_copy": True,
}

TORCH = """
import json
import torch
from torch import nn
from course import torch_kit as kit

torch.manual_seed(0)
model = nn.Sequential()
model.features = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.Sequential(nn.BatchNorm2d(4)))
model.head = nn.Linear(4, 5)
model.forward = lambda x: model.head(model.features(x).mean(dim=(2, 3)))
backbone = model.features
pictures, labels = torch.randn(6, 3, 5, 5) + 2, torch.arange(6) % 5

def step():
    nn.functional.cross_entropy(model(pictures), labels).backward()
    optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.1)
    optimizer.step()
    optimizer.zero_grad()

def train_mode():
    model.train()

is_statistic = lambda name: "running" in name
total = lambda counts: list(counts)
"""

KERAS = """
import json
import keras, numpy as np
from course import keras_kit as kit

keras.utils.set_random_seed(0)
inner = keras.Sequential([keras.layers.BatchNormalization(momentum=0.9)], name="inner")
inputs = keras.Input((5, 5, 3))
flow = inner(keras.layers.Conv2D(4, 1, use_bias=False)(inputs))
pooled = keras.layers.GlobalAveragePooling2D()(flow)
backbone = keras.Model(inputs, pooled, name="backbone")
model = keras.Sequential([backbone, keras.layers.Dense(5, name="head")])
pictures = np.random.default_rng(0).normal(2, 1, (6, 5, 5, 3)).astype("float32")
labels = np.arange(6) % 5

def step():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, run_eagerly=True)
    model.train_on_batch(pictures, labels)

def train_mode():
    pass

is_statistic = lambda name: "moving" in name
total = lambda counts: [counts[0], counts[1] - 8]  # Keras counts the statistics: 2 × 4
"""

COMMON = """
saw = {"unfrozen": total(kit.count_parameters(model))}
kit.freeze(model)
saw["frozen"] = total(kit.count_parameters(model))
kit.unfreeze(model)
returned = kit.freeze(backbone) is backbone
saw["backbone_frozen"] = total(kit.count_parameters(model))

before = kit.snapshot(model)
saw["still"] = sum(change > 0 for change in kit.changes(before, model).values())
train_mode()
step()
moved = kit.changes(before, model)
weights = [name for name, change in moved.items() if change > 0 and not is_statistic(name)]
saw["moved_frozen"] = sorted({name.split(".")[0].split("/")[-2 if "/" in name else 0]
                              for name in weights})

saw["returned"] = returned and kit.unfreeze(backbone) is backbone
saw["thawed"] = total(kit.count_parameters(model))
for hold, name in ((False, "drift_free"), (True, "drift_held")):
    train_mode()
    if hold:
        saw["returned"] = saw["returned"] and kit.hold_batchnorm(model) is model
    before = kit.snapshot(model)
    step()
    moved = kit.changes(before, model)
    saw[name] = any(change > 0 for path, change in moved.items() if is_statistic(path))
saw["held"] = total(kit.count_parameters(model))
saw["batchnorm_layers"] = len(kit.batchnorm_layers(model))
first = next(iter(before))
kept = before[first].copy()
step()
saw["snapshot_is_a_copy"] = bool((before[first] == kept).all())
"""

# The cells in which lesson 02 builds these helpers, run on the model above.
SAME_AS_THE_LESSON = """
lesson = {}
exec(PRELUDE, lesson)
for source in CELLS:
    exec(source, lesson)
before = kit.snapshot(model)
theirs = lesson["snapshot"](model)
saw["lesson_names"] = sorted(theirs) == sorted(before)
kit.unfreeze(model)
train_mode()
step()
mine, built = kit.changes(before, model), lesson["changes"](theirs, model)
saw["lesson_changes"] = max(abs(mine[name] - built[name]) for name in mine) < 1e-6
saw["lesson_layers"] = (
    list(lesson["batchnorm_layers"](model)) == list(kit.batchnorm_layers(model))
    if LAYERS else True
)
print(json.dumps(saw))
"""


def lesson_cells(framework: str, *names: str) -> list[str]:
    path = ROOT / "solutions" / "02-freezing" / f"{framework}.ipynb"
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    return [cells[name] for name in names]


@cache
def seen(framework: str) -> dict[str, Any]:
    if framework == "pytorch":
        cells = lesson_cells(framework, "tools")
        cells += [lesson_cells(framework, "predict-drift")[0].split("\n\n\n")[0]]
        prelude, build, layers = "from torch import nn", TORCH, True
    else:
        cells, build, layers = lesson_cells(framework, "tools"), KERAS, False
        prelude = "import keras, numpy as np"
    given = f"PRELUDE, CELLS, LAYERS = {prelude!r}, {cells!r}, {layers}\n"
    return run_json(given + build + COMMON + SAME_AS_THE_LESSON)


FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("pytorch", marks=pytest.mark.torch),
]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("fact", EXPECTED)
def test_both_kits_meet_the_same_expectations(framework: str, fact: str):
    assert seen(framework)[fact] == EXPECTED[fact]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("fact", ["lesson_names", "lesson_changes", "lesson_layers"])
def test_the_kit_does_what_the_lesson_built(framework: str, fact: str):
    assert seen(framework)[fact] is True


def test_both_kits_carry_the_same_names():
    from course import keras_kit, torch_kit

    assert keras_kit.__all__ == torch_kit.__all__
