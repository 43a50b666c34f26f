"""What lesson 03 claims about heads and losses, proved on the installed versions."""

from __future__ import annotations

from tests.lessons.facts import claims_hold, plain

TORCH = """
import json, math
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
rows, labels = torch.randn(40, 6), torch.arange(40) % 5
facts = {}

def last_loss(end):
    torch.manual_seed(0)
    head = nn.Sequential(nn.Linear(6, 5), end)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss = F.cross_entropy(head(rows), labels)
        loss.backward()
        optimizer.step()
    return loss.item()

plain = last_loss(nn.Identity())
facts["log_softmax_does_no_harm"] = abs(last_loss(nn.LogSoftmax(dim=1)) - plain) < 1e-3
perfect = F.cross_entropy(torch.eye(5), torch.arange(5)).item()
facts["floor"] = abs(perfect + math.log(math.e / (math.e + 4))) < 1e-6
facts["softmax_twice_stays_above"] = last_loss(nn.Softmax(dim=1)) > perfect

frozen = nn.Linear(6, 5).requires_grad_(False)
try:
    F.cross_entropy(frozen(rows), labels).backward()
    facts["frozen"] = "ran"
except RuntimeError as error:
    facts["frozen"] = str(error)[:37]

model = nn.Sequential(nn.Linear(6, 6).requires_grad_(False), nn.Linear(6, 9))
optimizer = torch.optim.Adam(model[-1].parameters(), lr=0.1)
model[-1] = nn.Linear(6, 5)
before = model[-1].weight.clone()
F.cross_entropy(model(rows), labels).backward()
optimizer.step()
facts["old_optimizer_moves_new_head"] = bool((model[-1].weight != before).any())
facts["new_head_has_gradient"] = model[-1].weight.grad is not None
try:
    F.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 4]))
except IndexError as error:
    facts["too_few_outputs"] = str(error)
print(json.dumps(facts))
"""
KERAS = """
import json, math, warnings
import numpy as np, keras

rng = np.random.default_rng(0)
rows, labels = rng.normal(size=(40, 6)).astype("float32"), np.arange(40) % 5
facts = {}

def trained(activation, from_logits, *more, outputs=5):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,)), keras.layers.Dense(outputs, activation=activation), *more]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(keras.optimizers.Adam(0.1), loss)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history = model.fit(rows, labels, epochs=60, batch_size=40, verbose=0).history["loss"]
    return history[-1], any("from_logits" in str(w.message) for w in said)

plain, _ = trained(None, True)
facts["softmax_and_default_agree"] = abs(trained("softmax", False)[0] - plain) < 1e-3
cut = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
one, other = (float(cut(np.array([0]), np.array([p]))) for p in ((-1.0, 2, 3), (-4.0, 5, 9)))
facts["scores_outside_0_to_1_teach_nothing"] = abs(one - other) < 1e-5
facts["never_softmax_warned"] = trained(None, False)[1]
straight, warned = trained("softmax", True)
facts["straight_softmax_mended"] = abs(straight - plain) < 1e-3
facts["straight_softmax_warned"] = warned
between, warned = trained("softmax", True, keras.layers.Rescaling(1.0))
floor = -math.log(math.e / (math.e + 4))
facts["softmax_twice_stays_above"], facts["softmax_twice_warned"] = between > floor, warned

keras.utils.set_random_seed(0)
inputs = keras.Input((6,))
network = keras.Model(inputs, keras.layers.Dense(9)(keras.layers.Dense(7)(inputs)))
network.layers.pop()
facts["pop_removes"] = 3 - len(network.layers)
network.layers[-1] = keras.layers.Dense(5)
facts["assigned_outputs"] = network(rows).shape[-1]
stacked = keras.Model(network.input, keras.layers.Dense(5)(network.output))
facts["stacked_reads"] = stacked.layers[-1].kernel.shape[0]
facts["loss_says_from_logits"] = [
    keras.losses.SparseCategoricalCrossentropy(from_logits=value).from_logits
    for value in (True, False)
]
try:
    trained(None, True, outputs=4)
    facts["too_few_outputs"] = "ran"
except Exception as error:
    facts["too_few_outputs"] = type(error).__name__
print(json.dumps(facts))
"""
WANTED = {
    "torch": {
        "log_softmax_does_no_harm": True,
        "floor": True,
        "softmax_twice_stays_above": True,
        "frozen": "element 0 of tensors does not require",
        "old_optimizer_moves_new_head": False,
        "new_head_has_gradient": True,
        "too_few_outputs": "Target 4 is out of bounds.",
    },
    "keras": {
        "softmax_and_default_agree": True,
        "scores_outside_0_to_1_teach_nothing": True,
        "never_softmax_warned": False,
        "straight_softmax_mended": True,
        "straight_softmax_warned": True,
        "softmax_twice_stays_above": True,
        "softmax_twice_warned": False,
        "pop_removes": 0,
        "assigned_outputs": 9,
        "stacked_reads": 9,
        "loss_says_from_logits": [True, False],
        "too_few_outputs": "InvalidArgumentError",
    },
}


test_pytorch_does_what_the_lesson_says = claims_hold(
    "03-new-head", "torch", TORCH, plain(WANTED["torch"])
)


test_keras_does_what_the_lesson_says = claims_hold(
    "03-new-head", "keras", KERAS, plain(WANTED["keras"])
)
