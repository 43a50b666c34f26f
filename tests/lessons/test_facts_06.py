"""What lesson 06 claims about the frameworks, proved on the installed versions.

A release that changes one of these facts fails here, and the lesson that teaches it is named.
"""

from __future__ import annotations

from tests.lessons.facts import claims_hold

KERAS = """
import json
import numpy as np, keras
from course.backbone import load_keras

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
y = np.arange(20) % 3

def small():
    keras.utils.set_random_seed(0)
    entry, picture = keras.Input((4,)), keras.Input((4,))
    base = keras.Model(entry, keras.layers.Dense(6, name="early")(entry), name="backbone")
    return keras.Model(picture, keras.layers.Dense(3, name="head")(base(picture)))

def map_of(pattern):
    chosen = keras.optimizers.OptimizerMap(keras.optimizers.Adam(0.1))
    chosen[pattern] = keras.optimizers.Adam(0.001)
    return chosen

def rates(model):
    return [round(float(inner.learning_rate), 5) for inner in model.optimizer.optimizers]

def fitted(chosen, **more):
    model = small()
    model.compile(keras.optimizers.MultiOptimizer(chosen), LOSS)
    model.fit(x, y, verbose=0, **more)
    return model

facts = {"paths": [w.path for w in small().trainable_weights]}
base = load_keras(weights="random")
inputs = keras.Input(base.input_shape[1:])
nested = keras.Model(inputs, keras.layers.Dense(5, name="head")(base(inputs)))
facts["backbone_path"] = nested.trainable_weights[0].path
facts["fits"] = {}
for pattern in ("backbone/.*", "early", "early/.*"):
    chosen = map_of(pattern)
    facts["fits"][pattern] = sum(chosen[path] is not chosen.default_optimizer
                                 for path in facts["paths"])
chosen = map_of("block_1.*")
facts["prefix"] = chosen["block_10_expand/kernel"] is not chosen.default_optimizer
chosen = map_of("early/.*")
chosen[".*/kernel"] = keras.optimizers.Adam(0.5)
try:
    fitted(chosen)
    facts["two_patterns"] = "ran"
except ValueError as error:
    facts["two_patterns"] = str(error)[:28]

once = keras.callbacks.LearningRateScheduler(lambda epoch: 0.01)
facts["flattened"] = rates(fitted(map_of("early/.*"), callbacks=[once]))
twice = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
facts["scaled_schedule"] = rates(fitted(map_of("early/.*"), callbacks=[twice]))
model = fitted(map_of("early/.*"))
try:
    model.optimizer.learning_rate = 0.1
except AttributeError as error:
    facts["outer_rate"] = str(error)[:27]

class ByDepth(keras.optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate * ("early" in variable.path))

facts["backend"] = keras.backend.backend()
model = small()
model.compile(ByDepth(0.1), LOSS)
try:
    model.fit(x, y, verbose=0)
    facts["update_step"] = "ran"
except AttributeError as error:
    facts["update_step"] = "no attribute 'path'" in str(error)

def distance(kind, factor):
    class Scaled(kind):
        def apply(self, gradients, variables):
            super().apply([g * factor for g in gradients], variables)
    model = small()
    before = np.array(model.trainable_weights[0])
    model.compile(Scaled(1e-3), LOSS)
    model.fit(x, y, batch_size=20, epochs=5, verbose=0)
    return float(np.abs(np.array(model.trainable_weights[0]) - before).sum())

for kind in (keras.optimizers.SGD, keras.optimizers.Adam):
    ratio = distance(kind, 0.01) / distance(kind, 1.0)
    facts[f"scaled_{kind.__name__.lower()}"] = float(f"{ratio:.1g}")

asleep = fitted(keras.optimizers.OptimizerMap(keras.optimizers.Adam(0.0)))
still = zip(asleep.get_weights(), small().get_weights(), strict=True)
facts["rate_zero_moves"] = any((a != b).any() for a, b in still)
print(json.dumps(facts))
"""

TORCH = """
import json, warnings
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import lr_scheduler as schedulers

def two_groups():
    layers = nn.Linear(2, 2), nn.Linear(2, 2)
    rates = (1e-5, 1e-3)
    groups = [{"params": l.parameters(), "lr": r} for l, r in zip(layers, rates, strict=True)]
    return torch.optim.Adam(groups)

def ratio(make, steps=10):
    optimizer = two_groups()
    schedule = make(optimizer)
    for _ in range(steps):
        optimizer.step()
        schedule.step()
    low, high = (group["lr"] for group in optimizer.param_groups)
    return round(high / low, 3)

facts = {
    "one_cycle": ratio(lambda o: schedulers.OneCycleLR(o, max_lr=1e-3, total_steps=20)),
    "one_cycle_list": ratio(
        lambda o: schedulers.OneCycleLR(o, max_lr=[1e-5, 1e-3], total_steps=20)),
    "cyclic": ratio(lambda o: schedulers.CyclicLR(o, 1e-5, 1e-3, step_size_up=10)),
    "cosine_floor": ratio(lambda o: schedulers.CosineAnnealingLR(o, 10, eta_min=1e-4)),
    "lambda": ratio(lambda o: schedulers.LambdaLR(o, lambda step: 1 / (1 + step))),
}

def with_late_group(make):
    optimizer = two_groups()
    schedule = make(optimizer)
    optimizer.add_param_group({"params": nn.Linear(2, 2).parameters(), "lr": 1e-3})
    try:
        optimizer.step()
        schedule.step()
        return "ran"
    except (ValueError, KeyError) as error:
        return type(error).__name__

facts["late_lambda"] = with_late_group(lambda o: schedulers.LambdaLR(o, lambda step: 0.5))
facts["late_cosine"] = with_late_group(lambda o: schedulers.CosineAnnealingLR(o, 10))

layer = nn.Linear(4, 3)
try:
    torch.optim.Adam([{"params": layer.parameters()}, {"params": layer.parameters()}])
    facts["doubled"] = "ran"
except ValueError as error:
    facts["doubled"] = str(error)
default = torch.optim.SGD([{"params": [layer.weight], "lr": 0.5}, {"params": [layer.bias]}], lr=0.1)
facts["default_rate"] = [group["lr"] for group in default.param_groups]

torch.manual_seed(0)
x, y = torch.randn(20, 4), torch.arange(20) % 3

def distance(kind, factor):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
    early = model[0].weight
    early.register_hook(lambda gradient: gradient * factor)
    before, optimizer = early.detach().clone(), kind(model.parameters(), lr=1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        cross_entropy(model(x), y).backward()
        optimizer.step()
    return (early - before).abs().sum().item()

for kind in (torch.optim.SGD, torch.optim.Adam):
    ratio = distance(kind, 0.01) / distance(kind, 1.0)
    facts[f"scaled_{kind.__name__.lower()}"] = float(f"{ratio:.1g}")

model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
model[1] = nn.Linear(6, 3)
before = model[1].weight.detach().clone()
cross_entropy(model(x), y).backward()
optimizer.step()
facts["late_head_gradient"] = model[1].weight.grad is not None
facts["late_head_moved"] = not torch.equal(before, model[1].weight)

model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
model[0].requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
frozen = model[0].weight.clone()
for opened in (False, True):
    model[0].requires_grad_(opened)
    optimizer.zero_grad()
    cross_entropy(model(x), y).backward()
    optimizer.step()
    facts[f"group_kept_{'open' if opened else 'frozen'}"] = not torch.equal(frozen, model[0].weight)
print(json.dumps(facts))
"""


test_keras = claims_hold(
    "06-layerwise-learning-rates",
    "keras",
    KERAS,
    [
        ("paths", ["early/kernel", "early/bias", "head/kernel", "head/bias"], "no model's name"),
        ("backbone_path", "Conv1/kernel", "a path leaves out the name of the nested model"),
        ("fits", {"backbone/.*": 0, "early": 0, "early/.*": 2}, "a pattern fits all or nothing"),
        ("prefix", True, "block_1.* fits block_10 too"),
        ("two_patterns", "Multiple optimizers assigned", "two patterns that fit are an error"),
        ("flattened", [0.01, 0.01], "LearningRateScheduler levels all inner rates"),
        ("scaled_schedule", [0.0005, 0.05], "with the present rate as argument it keeps ratios"),
        ("outer_rate", "Learning rate cannot be set", "the outer rate cannot be set"),
        ("backend", "tensorflow", "the tests run on TensorFlow"),
        ("update_step", True, "update_step is handed a variable without a path on TensorFlow"),
        ("scaled_sgd", 0.01, "under SGD a factor on gradients counts"),
        ("scaled_adam", 1.0, "under Adam it does not"),
        ("rate_zero_moves", False, "a rate of 0 keeps a stage still"),
    ],
)


test_torch = claims_hold(
    "06-layerwise-learning-rates",
    "torch",
    TORCH,
    [
        ("one_cycle", 1.0, "OneCycleLR with one max_lr levels the groups"),
        ("one_cycle_list", 100.0, "with a list it does not"),
        ("cyclic", 1.0, "CyclicLR with one max_lr levels the groups"),
        ("cosine_floor", 1.0, "CosineAnnealingLR ends all groups at one eta_min"),
        ("lambda", 100.0, "LambdaLR keeps the ratio"),
        ("late_lambda", "ValueError", "LambdaLR stumbles over a group that came later"),
        ("late_cosine", "ran", "CosineAnnealingLR runs on"),
        ("doubled", "some parameters appear in more than one parameter group", "doubled is loud"),
        ("default_rate", [0.5, 0.1], "a group without a rate takes the default"),
        ("scaled_sgd", 0.01, "under SGD a factor on gradients counts"),
        ("scaled_adam", 1.0, "under Adam it does not"),
        ("late_head_gradient", True, "a head that came late has a gradient"),
        ("late_head_moved", False, "and never moves"),
        ("group_kept_frozen", False, "a frozen parameter in a group stays still"),
        ("group_kept_open", True, "and moves when it is opened"),
    ],
)
