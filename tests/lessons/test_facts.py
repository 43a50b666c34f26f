"""What the lessons claim about the frameworks, proved on the installed versions.

A release that changes one of these facts fails here, and the lesson that teaches it is named.
"""

from __future__ import annotations

from tests.lessons.facts import claims_hold

KERAS = """
import json, warnings
import numpy as np, keras
from course.backbone import load_keras
from course.keras_kit import batchnorm_layers, changes, snapshot

rng = np.random.default_rng(0)
pictures = rng.normal(size=(8, 97, 97, 3)).astype("float32")
labels = np.arange(8) % 5
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

def model_of(**call):
    base = load_keras(weights="random")
    base.name = "backbone"
    inputs = keras.Input(base.input_shape[1:])
    model = keras.Model(inputs, keras.layers.Dense(5, name="head")(base(inputs, **call)))
    return model, base

def step(model, compile=True):
    if compile:
        model.compile(keras.optimizers.Adam(1e-3), LOSS)
    before = snapshot(model)
    model.train_on_batch(pictures, labels)
    return changes(before, model)

def drifting(moved, base):
    layers = batchnorm_layers(base).values()
    return sum(max(moved[l.moving_mean.path], moved[l.moving_variance.path]) > 0 for l in layers)

def moved_weights(moved):
    return sum(v > 0 for path, v in moved.items() if "moving_" not in path and "head" not in path)

facts = {}
model, base = model_of()
base.trainable = False
facts["layers"] = len(batchnorm_layers(base))
facts["trainable_after_freezing_all"] = len(base.trainable_weights)
moved = step(model)
facts["frozen_drift"], facts["frozen_moved"] = drifting(moved, base), moved_weights(moved)

base.trainable = True
facts["unfrozen_without_compile_moved"] = moved_weights(step(model, compile=False))
facts["listed_without_compile"] = len(base.trainable_weights)
try:
    optimizer = model.optimizer
    model.compile(optimizer, LOSS)
    model.train_on_batch(pictures, labels)
    facts["old_optimizer"] = "ran"
except ValueError as error:
    facts["old_optimizer"] = str(error)[:16]

recipe, base = model_of(training=False)
base.trainable = True
facts["recipe_drift"] = drifting(step(recipe), base)
base.trainable = False
facts["frozen_without_compile_moved"] = moved_weights(step(recipe, compile=False))
base.trainable = True
before = snapshot(base)
base(pictures, training=False)
facts["direct_call_drift"] = drifting(changes(before, base), base)
for layer in batchnorm_layers(base).values():
    layer.trainable = False
moved = step(recipe)
facts["held_drift"], facts["held_moved"] = drifting(moved, base), moved_weights(moved)

base.trainable = False
for layer in base.layers[-20:]:
    layer.trainable = True
facts["inner_on_asked_inside"] = len(base.trainable_weights)
facts["inner_on_asked_around"] = len(recipe.trainable_weights)
facts["inner_on_moved"] = moved_weights(step(recipe))
recipe.trainable = False
for layer in base.layers[-20:]:
    layer.trainable = True
facts["inner_on_model_off"] = len(recipe.trainable_weights)
recipe.trainable = True
for layer in base.layers[:-20]:
    layer.trainable = False
base.trainable = True
facts["same_value_again"] = len(base.trainable_weights)
base.requires_grad = False
facts["requires_grad_attribute"] = len(base.trainable_weights)

base.trainable = True
for layer in base.layers:
    layer.trainable = True
for weight in base.trainable_weights:
    weight.trainable = False
moved = step(recipe)
facts["variables_frozen_drift"], facts["variables_frozen_moved"] = (
    drifting(moved, base), moved_weights(moved))

model.trainable = False
model.compile(keras.optimizers.SGD(0.1), LOSS)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    run = model.fit(pictures, labels, epochs=2, verbose=0, shuffle=False)
facts["all_frozen_warns"] = any("trainable weights" in str(w.message) for w in said)
facts["all_frozen_losses"] = len(set(run.history["loss"]))
print(json.dumps(facts))
"""

TORCH = """
import json
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from course.backbone import load_torch
from course.torch_kit import batchnorm_layers, changes, hold_batchnorm, snapshot

torch.manual_seed(0)
pictures, labels = torch.randn(8, 3, 97, 97), torch.arange(8) % 5

def step(model, optimizer=None, to_none=True):
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.01)
    before = snapshot(model)
    optimizer.zero_grad(set_to_none=to_none)
    cross_entropy(model(pictures), labels).backward()
    optimizer.step()
    return changes(before, model)

def drifting(moved, model):
    return sum(moved[f"{name}.running_mean"] > 0 for name in batchnorm_layers(model))

def moved_weights(moved):
    return sum(v > 0 for n, v in moved.items() if n.startswith("features") and "running" not in n)

def fresh():
    return load_torch(weights="random", classes=5).train()

facts = {}
model = fresh()
facts["layers"] = len(batchnorm_layers(model))
model.trainable = False
model.features.requires_grad = False
facts["attributes_freeze"] = sum(not p.requires_grad for p in model.parameters())

model.features.requires_grad_(False)
moved = step(model)
facts["frozen_drift"], facts["frozen_moved"] = drifting(moved, model), moved_weights(moved)
hold_batchnorm(model)
facts["held_drift"] = drifting(step(model), model)
model.train()
facts["train_again_drift"] = drifting(step(model), model)

model.requires_grad_(False)
facts["trainable_after_freezing_all"] = sum(p.requires_grad for p in model.parameters())
try:
    cross_entropy(model(pictures), labels).backward()
except RuntimeError as error:
    facts["all_frozen_error"] = "does not require grad" in str(error)

def moved_after_freezing(make, to_none):
    model = fresh()
    optimizer = make(model.parameters())
    step(model, optimizer)
    model.features.requires_grad_(False)
    return moved_weights(step(model, optimizer, to_none))

momentum = lambda ps: torch.optim.SGD(ps, lr=0.01, momentum=0.9)
adamw = lambda ps: torch.optim.AdamW(ps, lr=1e-3)
for name, make in (("momentum", momentum), ("adamw", adamw)):
    facts[f"{name}_none"] = moved_after_freezing(make, True)
    facts[f"{name}_zero"] = moved_after_freezing(make, False)

model = fresh()
model.features.requires_grad_(False)
late = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.01)
model.features.requires_grad_(True)
facts["unfrozen_late_moved"] = moved_weights(step(model, late))
facts["unfrozen_late_gradients"] = sum(p.grad is not None for p in model.features.parameters())
print(json.dumps(facts))
"""


test_keras = claims_hold(
    "02-freezing",
    "keras",
    KERAS,
    [
        ("layers", 52, "the backbone has that many BatchNorm layers"),
        ("trainable_after_freezing_all", 0, "a frozen model lists nothing as trainable"),
        ("frozen_drift", 0, "trainable=False means inference mode for BatchNorm"),
        ("frozen_moved", 0, "frozen weights do not move"),
        ("recipe_drift", 52, "backbone(x, training=False), then trainable=True, lets all drift"),
        ("direct_call_drift", 0, "a direct call with training=False does hold them"),
        ("held_drift", 0, "trainable=False on each BatchNorm layer holds them"),
        ("held_moved", 52, "and leaves the convolutions training"),
        ("listed_without_compile", 156, "unfrozen, but not compiled: listed"),
        ("unfrozen_without_compile_moved", 0, "unfrozen, but not compiled: nothing moves"),
        ("frozen_without_compile_moved", 156, "frozen, but not compiled: everything moves"),
        ("old_optimizer", "Unknown variable", "an old optimizer refuses new variables"),
        ("inner_on_model_off", 0, "the flag of the fitted model hides all inside it"),
        ("inner_on_asked_inside", 0, "a backbone whose flag is off says that nothing trains"),
        ("inner_on_asked_around", 22, "the model around it knows better"),
        ("inner_on_moved", 20, "and trains them"),
        ("same_value_again", 20, "on TensorFlow a flag set to its own value is not handed down"),
        ("requires_grad_attribute", 20, "requires_grad means nothing to Keras"),
        ("variables_frozen_drift", 52, "freezing variables leaves BatchNorm averaging"),
        ("variables_frozen_moved", 0, "freezing variables holds the weights"),
        ("all_frozen_warns", True, "Keras warns when nothing can train"),
        ("all_frozen_losses", 1, "and the loss repeats itself"),
    ],
)


test_torch = claims_hold(
    "02-freezing",
    "torch",
    TORCH,
    [
        ("layers", 52, "the backbone has that many BatchNorm layers"),
        ("attributes_freeze", 0, "model.trainable = False and the like freeze nothing"),
        ("frozen_drift", 52, "requires_grad=False leaves BatchNorm averaging in training mode"),
        ("frozen_moved", 0, "frozen weights do not move"),
        ("held_drift", 0, "eval() on the BatchNorm layers holds them"),
        ("train_again_drift", 52, "model.train() undoes it"),
        ("trainable_after_freezing_all", 0, "a frozen model has no parameter that trains"),
        ("all_frozen_error", True, "backward() refuses when nothing wants a gradient"),
        ("momentum_none", 0, "without a gradient, momentum moves nothing"),
        ("momentum_zero", 156, "with a gradient of zero, momentum moves frozen weights"),
        ("adamw_none", 0, "without a gradient, AdamW moves nothing"),
        ("adamw_zero", 156, "with a gradient of zero, AdamW moves frozen weights"),
        ("unfrozen_late_gradients", 156, "unfrozen late: gradients are computed"),
        ("unfrozen_late_moved", 0, "unfrozen late: the optimizer does not hold them"),
    ],
)
