"""What lesson 07 claims about frameworks, pictures and numbers, proved on what is installed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.facts import seen

TORCH = """
import json
import numpy as np, torch
from torch import nn
from course.backbone import load_torch, preprocess
from course.pictures import cells, flowers
from course.torch_kit import batchnorm_layers, cached_features, fit

def four(make, count, split):
    made = make(count, split=split, size_px=65)
    return made.select(made.labels < 4)

extractor = load_torch()
extractor.classifier = nn.Identity()

def off_center(images):
    found = []
    def note(layer, inputs):
        away = inputs[0].mean(dim=(0, 2, 3)) - layer.running_mean
        found.append(float((away.abs() / (layer.running_var + layer.eps).sqrt()).mean()))
    hooks = [l.register_forward_pre_hook(note) for l in batchnorm_layers(extractor).values()]
    cached_features(extractor, images)
    for hook in hooks:
        hook.remove()
    return np.array(found)

facts, off = {}, {}
for world, make in (("near", flowers), ("far", cells)):
    train, val = (four(make, count, split) for count, split in ((20, "train"), (20, "val")))
    images = [preprocess(p.images, framework="torch") for p in (train, val)]
    rows = [cached_features(extractor, x) for x in images]
    torch.manual_seed(0)
    head = nn.Linear(rows[0].shape[1], 4)
    adam = torch.optim.Adam(head.parameters(), lr=3e-3)
    run = fit(head, (rows[0], train.labels), (rows[1], val.labels), optimizer=adam, epochs=30)
    facts[world] = run["val_accuracy"][-1]
    off[world] = off_center(images[1])
facts["off_center_layers"] = int((off["far"] > off["near"]).sum())
facts["layers"] = len(off["far"])
print(json.dumps(facts))
"""

KERAS = """
import json
import keras, numpy as np

rng = np.random.default_rng(0)
rows, labels = rng.normal(size=(60, 8)).astype("float32"), np.arange(60) % 3
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

def model_of():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])

def ready(model):
    model.compile(keras.optimizers.Adam(0.01), LOSS)
    model.optimizer.build(model.trainable_variables)
    return [np.array(keras.ops.convert_to_numpy(v)) for v in model.optimizer.variables]

def train(model):
    for at in range(0, 60, 20):
        model.optimizer.learning_rate = 0.01
        model.train_on_batch(rows[at : at + 20], labels[at : at + 20])
    return np.concatenate([w.ravel() for w in model.get_weights()])

model, anew = model_of(), model_of()
start, state = model.get_weights(), ready(model)
first = train(model)
second = train(model)
model.set_weights(start)
for variable, value in zip(model.optimizer.variables, state):
    variable.assign(value)
third = train(model)
ready(anew)
facts = {"goes_on": bool(np.abs(second - first).max() > 1e-4),
         "rewound": float(np.abs(third - first).max()),
         "compiled_anew": float(np.abs(train(anew) - first).max())}
print(json.dumps(facts))
"""


@pytest.mark.torch
def test_the_features_fit_the_near_world_and_not_the_far_one():
    facts = seen(TORCH)
    assert facts["near"] > 0.8
    assert facts["far"] < 0.65
    assert facts["near"] - facts["far"] > 0.25


@pytest.mark.torch
def test_held_statistics_fit_the_far_world_worse_nearly_everywhere():
    facts = seen(TORCH)
    assert facts["layers"] == 52
    assert facts["off_center_layers"] >= 45


@pytest.mark.keras
def test_a_rewound_optimizer_trains_as_one_compiled_anew():
    facts = seen(KERAS)
    assert facts["goes_on"]
    assert facts["rewound"] == 0
    assert facts["compiled_anew"] == pytest.approx(0, abs=1e-6)


def test_the_best_of_many_is_too_good_on_the_set_that_chose_it_and_not_on_another():
    rng = np.random.default_rng(0)
    correct = rng.random((24, 300)) < 0.9  # two dozen models, all equally good
    own, other = [], []
    for _ in range(500):
        order = rng.permutation(300)
        best = correct[:, order[:40]].mean(axis=1).argmax()
        own.append(correct[best, order[:40]].mean())
        other.append(correct[best, order[40:]].mean())
    assert np.mean(own) - np.mean(other) > 0.05
    assert abs(np.mean(other) - 0.9) < 0.02


def test_nan_loses_no_comparison():
    nan = float("nan")
    assert max([nan, 0.9]) is nan
    assert not nan > -1.0
