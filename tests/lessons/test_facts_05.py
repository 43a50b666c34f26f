"""What lesson 05 claims about the frameworks, proved on the installed versions."""

from __future__ import annotations

from tests.lessons.facts import claims_hold

KERAS = """
import json
import numpy as np, keras
from course.backbone import load_keras
from course.keras_kit import unfreeze_last

rng = np.random.default_rng(0)
pictures = rng.normal(size=(8, 97, 97, 3)).astype("float32")
labels = np.arange(8) % 5
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
base = load_keras()
base.name = "backbone"
inputs = keras.Input(base.input_shape[1:])
head = keras.layers.Dense(5, name="head")
model = keras.Model(inputs, head(base(inputs)))
facts = {"layers": len(base.layers)}
def convolutions(count):
    return sum("kernel" in path and "head" not in path for path in unfreeze_last(model, count))
facts["last_10"], facts["last_20"] = convolutions(10), convolutions(20)
try:
    keras.Model(base.get_layer("block_15_project_BN").output, base.output)
    facts["cut_inside"] = "ran"
except ValueError as error:
    facts["cut_inside"] = "not connected" in str(error)
border = base.get_layer("block_14_add").output
front, end = keras.Model(base.input, border), keras.Model(border, head(base.output))
maps = front.predict(pictures, verbose=0)
gap = np.abs(end.predict(maps, verbose=0) - model.predict(pictures, verbose=0)).max()
facts["cut_at_border_is_the_same"] = bool(gap < 1e-4)
start = model.get_weights()
def trained():
    model.set_weights(start)
    keras.utils.set_random_seed(0)
    end.fit(maps, labels, batch_size=4, epochs=2, verbose=0)
    return end.get_weights()
end.compile(keras.optimizers.Adam(1e-3), LOSS)
first = trained()
for variable in end.optimizer.variables:
    variable.assign(keras.ops.zeros_like(variable))
end.optimizer.learning_rate = 1e-3
again = trained()
pairs = list(zip(first, again))
facts["restart_is_a_new_optimizer"] = all(np.allclose(a, b, atol=1e-7) for a, b in pairs)
facts["halves_share_weights"] = any((a != b).any() for a, b in zip(start, model.get_weights()))
print(json.dumps(facts))
"""
TORCH = """
import json
import torch
from torch import nn
from course.backbone import load_torch
from course.torch_kit import unfreeze_last

model = load_torch(classes=5)
leaves = [m for m in model.features.modules() if not list(m.children())]
facts = {"layers": len(leaves)}
def convolutions(count):
    return sum("classifier" not in name for name in unfreeze_last(model, count))
facts["last_10"], facts["last_20"] = convolutions(10), convolutions(20)
torch.manual_seed(0)
pictures = torch.randn(4, 3, 97, 97)
model.eval()
with torch.no_grad():
    right = model.features(pictures)
    in_a_row = nn.Sequential(*leaves)(pictures)
    halves = model.features[16:](model.features[:16](pictures))
facts["in_a_row_differs"] = bool((in_a_row - right).norm() > 0.1 * right.norm())
facts["cut_at_border_is_the_same"] = bool(torch.equal(halves, right))
norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
for norm in norms:
    norm.eval()
model.train()
facts["eval_undone_by_train"] = sum(norm.training for norm in norms)
print(json.dumps(facts))
"""


test_keras = claims_hold(
    "05-fine-tuning",
    "keras",
    KERAS,
    [
        ("layers", 155, "the backbone lists that many layers, the pooling included"),
        ("last_10", 3, "the last 10 layers hold three convolutions"),
        ("last_20", 6, "the last 20 hold one convolution less than in PyTorch"),
        ("cut_inside", True, "a cut inside a block with a shortcut is refused"),
        ("cut_at_border_is_the_same", True, "cut at a block's border it is the same network"),
        ("restart_is_a_new_optimizer", True, "zeros in an optimizer's variables make it new"),
        ("halves_share_weights", True, "what the end learns, the whole model has learned"),
    ],
)


test_torch = claims_hold(
    "05-fine-tuning",
    "torch",
    TORCH,
    [
        ("last_10", 3, "the last 10 layers hold three convolutions"),
        ("last_20", 7, "the last 20 hold one convolution more than in Keras"),
        ("in_a_row_differs", True, "layers strung up in a row lose the shortcuts"),
        ("cut_at_border_is_the_same", True, "cut at a block's border it is the same network"),
        ("eval_undone_by_train", 52, "model.train() undoes an earlier eval()"),
    ],
)
