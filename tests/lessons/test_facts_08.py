"""What lesson 08 claims about saved models, proved on the installed versions."""

from __future__ import annotations

from tests.lessons.facts import claims_hold, plain

TORCH = """
import json, os, pickle, tempfile
import torch
from torch import nn

torch.manual_seed(0)
def network():
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 25, 5))
model, pictures = network(), torch.randn(6, 3, 5, 5) + 2
for _ in range(5):
    model(pictures)
wanted, facts = model.eval()(pictures), {}
names = set(model.state_dict()) - set(dict(model.named_parameters()))
facts["only_in_state_dict"] = sorted(names)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.pt")
    torch.save(model.state_dict(), path)
    fresh = network()
    fresh.load_state_dict(torch.load(path, weights_only=True))
    facts["same_answers"] = bool(torch.equal(fresh.eval()(pictures), wanted))
    torch.save(print, path)
    try:
        torch.load(path, weights_only=True)
        facts["program_refused"] = False
    except pickle.UnpicklingError:
        facts["program_refused"] = True
forgetful = network()
forgetful.load_state_dict(dict(model.named_parameters()), strict=False)
facts["without_statistics"] = bool(torch.allclose(forgetful.eval()(pictures), wanted, atol=1e-3))
print(json.dumps(facts))
"""
KERAS = """
import json, os, tempfile
import numpy as np, keras

keras.utils.set_random_seed(0)
pictures = np.random.default_rng(0).normal(2, 1, (6, 5, 5, 3)).astype("float32")
layers = [keras.Input((5, 5, 3)), keras.layers.Conv2D(4, 1), keras.layers.BatchNormalization(),
          keras.layers.Flatten(), keras.layers.Dense(5)]
model, facts = keras.Sequential(layers), {}
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(pictures, np.arange(6) % 5, epochs=2, verbose=0)
wanted = np.array(model(pictures, training=False))
still = {id(w) for w in model.weights} - {id(w) for w in model.trainable_weights}
kept = {w.path.split("/")[-1] for w in model.weights if id(w) in still}
facts["only_in_weights"] = sorted(kept)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.keras")
    model.save(path)
    again = keras.models.load_model(path)
    facts["same_answers"] = bool((np.array(again(pictures, training=False)) == wanted).all())
print(json.dumps(facts))
"""
WANTED = {
    "torch": {
        "only_in_state_dict": ["1.num_batches_tracked", "1.running_mean", "1.running_var"],
        "same_answers": True,
        "program_refused": True,
        "without_statistics": False,
    },
    "keras": {"only_in_weights": ["moving_mean", "moving_variance"], "same_answers": True},
}


test_pytorch_does_what_the_lesson_says = claims_hold(
    "08-capstone", "torch", TORCH, plain(WANTED["torch"])
)


test_keras_does_what_the_lesson_says = claims_hold(
    "08-capstone", "keras", KERAS, plain(WANTED["keras"])
)
