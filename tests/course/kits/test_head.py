"""The kits' heads: both frameworks meet the same expectations, each in a process of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers import run_json

# A 1×1 convolution 3 → 4, BatchNorm, average pooling, a head 4 → 7; all weights are known.
COMMON = """
import json
import numpy as np

rng = np.random.default_rng(0)
KERNEL, HEAD = rng.normal(size=(3, 4)).astype("float32"), rng.normal(size=(4, 7)).astype("float32")
IMAGES = rng.normal(size=(11, 5, 5, 3)).astype("float32")
said = []
def refused(action):
    try:
        action()
    except ValueError as error:
        said.append(str(error))
"""
TORCH = """
import torch
from torch import nn
from course.torch_kit.head import cached_features, replace_head

images = np.ascontiguousarray(IMAGES.transpose(0, 3, 1, 2))
def build(name):
    model = nn.Module()
    model.features = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4))
    model.features[0].weight.data = torch.from_numpy(KERNEL.T[:, :, None, None].copy())
    last = nn.Linear(4, 7)
    setattr(model, name, nn.Sequential(nn.Dropout(), last) if name == "classifier" else last)
    return model
def outputs(model, name):
    pooled = model.features.eval()(torch.from_numpy(images)).mean(dim=(2, 3))
    return getattr(model, name).eval()(pooled)
results = []
for name in ("classifier", "fc"):
    model = replace_head(build(name), 5)
    results.append({
        "trains": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "outputs": list(outputs(model, name).shape),
        "kernel_kept": bool((model.features[0].weight[:, :, 0, 0].numpy() == KERNEL.T).all()),
    })
backbone = build("fc").features.train()
features = [cached_features(backbone, images, batch_size=n) for n in (4, 11)]
refused(lambda: replace_head(nn.Sequential(nn.Conv2d(3, 4, 1)), 5))
refused(lambda: replace_head(build("fc"), 0))
still = backbone.training and float(backbone[1].running_mean.abs().max()) == 0
backbone[1].eval()  # as hold_batchnorm leaves it
cached_features(backbone, images)
still = still and backbone.training and not backbone[1].training
"""
KERAS = """
import keras
from keras import layers
from course.keras_kit.head import cached_features, replace_head

def build(name):
    entry = keras.Input((5, 5, 3))
    x = layers.Conv2D(4, 1, use_bias=False, name="conv")(entry)
    x = layers.BatchNormalization(epsilon=1e-5, name="norm")(x)
    x = layers.GlobalAveragePooling2D()(x)
    if name == "classifier":
        x = layers.Dropout(0.5)(x)
    model = keras.Model(entry, layers.Dense(7, name=name)(x))
    model.get_layer("conv").set_weights([KERNEL[None, None]])
    return model
results = []
for name in ("classifier", "fc"):
    model = replace_head(build(name), 5)
    results.append({
        "trains": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
        "outputs": list(model(IMAGES).shape),
        "kernel_kept": bool((np.array(model.get_layer("conv").kernel)[0, 0] == KERNEL).all()),
    })
whole = build("fc")
backbone = keras.Model(whole.input, whole.get_layer("norm").output)
features = [cached_features(backbone, IMAGES, batch_size=n) for n in (4, 11)]
refused(lambda: replace_head(keras.Sequential([keras.Input((4,)), layers.ReLU(name="end")]), 5))
refused(lambda: replace_head(build("fc"), 0))
still = float(np.abs(np.array(backbone.get_layer("norm").moving_mean)).max()) == 0
"""
REPORT = """
print(json.dumps({"results": results, "said": said, "still": still,
                  "features": [f.tolist() for f in features]}))
"""
WHAT = {
    "torch": "expected a Linear as last layer under classifier, fc, head, heads, found none in "
    "Sequential. Replace its head by hand, as lesson 03 does.",
    "keras": "expected a Dense as last layer, found ReLU in 'sequential'. "
    "Replace its head by hand, as lesson 03 does.",
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("torch", marks=pytest.mark.torch),
        pytest.param("keras", marks=pytest.mark.keras),
    ],
)
def seen(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    code = {"torch": TORCH, "keras": KERAS}[request.param]
    return request.param, run_json(COMMON + code + REPORT, timeout_s=300)


def test_only_the_new_head_trains_whatever_the_old_one_was_called(seen):
    wanted = {"trains": (4 + 1) * 5, "outputs": [11, 5], "kernel_kept": True}
    assert seen[1]["results"] == [wanted, wanted]


def test_features_are_those_of_inference_in_the_pictures_order(seen):
    rng = np.random.default_rng(0)
    kernel, _, images = (rng.normal(size=s) for s in ((3, 4), (4, 7), (11, 5, 5, 3)))
    wanted = (images @ kernel).mean(axis=(1, 2)) / np.sqrt(1 + 1e-5)  # a fresh BatchNorm: 0 and 1
    in_fours, at_once = seen[1]["features"]
    np.testing.assert_allclose(in_fours, wanted, atol=1e-5)
    np.testing.assert_allclose(at_once, in_fours, atol=1e-6)
    assert seen[1]["still"]


def test_what_has_no_head_is_refused_with_the_next_step(seen):
    framework, found = seen
    assert found["said"] == [WHAT[framework], "expected at least 1 class, received 0."]
