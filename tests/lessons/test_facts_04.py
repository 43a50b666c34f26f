"""What lesson 04 claims about augmentation, splits, decay and stopping, proved here."""

from __future__ import annotations

import pytest

from tests.helpers import run_json
from tests.lessons.facts import claims_hold

TORCH = """
import json
import torch
from torch import nn
from torch.utils.data import random_split
from torchvision.transforms import v2

torch.manual_seed(0)
facts = {}
batch = torch.rand(1, 3, 33, 33).repeat(16, 1, 1, 1)
turned = v2.RandomAffine(degrees=20, translate=(0.2, 0.2))(batch)
facts["views_in_a_batch"] = len({tuple(one.flatten().tolist()) for one in turned})

cut = lambda **options: set(random_split(range(100), [80, 20], **options)[1].indices)
facts["split_again_differs"] = cut() != cut()
fixed = [cut(generator=torch.Generator().manual_seed(0)) for _ in range(2)]
facts["generator_keeps_it"] = fixed[0] == fixed[1]

layer = nn.Linear(2, 1)
kept = layer.state_dict()
with torch.no_grad():
    layer.weight.fill_(7)
facts["state_dict_follows"] = bool((kept["weight"] == 7).all())

layer.weight.grad, layer.bias.grad = torch.zeros(1, 2), torch.zeros(1)
torch.optim.AdamW(layer.parameters(), lr=0.1, weight_decay=2.0).step()
facts["decayed_to"] = round(float(layer.weight.detach()[0, 0]) / 7, 4)
print(json.dumps(facts))
"""

KERAS = """
import json
import numpy as np, keras, tensorflow as tf

facts = {}
keras.utils.set_random_seed(0)
batch = np.repeat(np.random.default_rng(0).random((1, 33, 33, 3)), 16, 0).astype("float32")
turned = np.array(keras.layers.RandomRotation(0.05)(batch, training=True))
facts["views_in_a_batch"] = len({one.tobytes() for one in turned})

held = tf.data.Dataset.range(100).shuffle(100).take(20)
passes = [set(map(int, held.as_numpy_iterator())) for _ in range(2)]
facts["reshuffles"] = passes[0] != passes[1]
held = tf.data.Dataset.range(100).shuffle(100, reshuffle_each_iteration=False).take(20)
passes = [set(map(int, held.as_numpy_iterator())) for _ in range(2)]
facts["told_not_to"] = passes[0] == passes[1]

def ends_with(restore):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=restore)
    stop.set_model(model)
    stop.on_train_begin()
    for epoch, loss in enumerate([3.0, 1.0, 2.0, 2.0]):
        model.set_weights([np.full(w.shape, epoch) for w in model.get_weights()])
        stop.on_epoch_end(epoch, {"val_loss": loss})
    stop.on_train_end()
    return float(model.get_weights()[0][0, 0])

facts["plain_stop_holds_epoch"] = ends_with(False)
facts["restoring_stop_holds_epoch"] = ends_with(True)

weight = keras.Variable([7.0], name="kernel")
optimizer = keras.optimizers.AdamW(0.1, weight_decay=2.0)
optimizer.build([weight])
optimizer.apply([keras.ops.zeros(1)])
facts["decayed_to"] = round(float(keras.ops.convert_to_numpy(weight)[0]) / 7, 4)
print(json.dumps(facts))
"""


test_torch = claims_hold(
    "04-overfitting",
    "torch",
    TORCH,
    [
        ("views_in_a_batch", 1, "torchvision's transforms draw once per call"),
        ("split_again_differs", True, "random_split cuts anew each time"),
        ("generator_keeps_it", True, "and keeps the cut with a generator of its own"),
        ("state_dict_follows", True, "state_dict() holds the arrays, not copies of them"),
        ("decayed_to", 0.8, "AdamW shrinks each weight by rate × decay"),
    ],
)


test_keras = claims_hold(
    "04-overfitting",
    "keras",
    KERAS,
    [
        ("views_in_a_batch", 16, "Keras's layers draw for each picture"),
        ("reshuffles", True, "a shuffled tf.data set shuffles again on each pass"),
        ("told_not_to", True, "unless it is told not to"),
        ("plain_stop_holds_epoch", 3.0, "EarlyStopping alone keeps the last weights"),
        ("restoring_stop_holds_epoch", 1.0, "with restore_best_weights it keeps the best"),
        ("decayed_to", 0.8, "AdamW shrinks each weight by rate × decay"),
    ],
)


BACKBONES = """
import json, sys, warnings
from pathlib import Path
import keras
from tests.lessons.stand_in import write

file = Path(sys.argv[1]) / "models" / sys.argv[2]
file.parent.mkdir(parents=True)
write(file)
text = Path("solutions/04-overfitting/keras.ipynb").read_text(encoding="utf-8")
sources = {one["id"]: "".join(one["source"]) for one in json.loads(text)["cells"]}
SIZE, weights_setting = 97, lambda: "bundled"
exec(sources["backbones"].partition("NETWORKS = ")[0])
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    found, missing = imagenet_network(keras.applications.MobileNetV2, file.name)
print(json.dumps({"shape": found.output_shape, "missing": missing, "said": len(said)}))
"""


@pytest.mark.keras
def test_weights_that_a_person_has_are_taken_without_a_word(tmp_path):
    file = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    home = {"KERAS_HOME": str(tmp_path)}
    facts = run_json(BACKBONES, str(tmp_path), file, env=home, timeout_s=300)
    assert facts == {"shape": [None, 1280], "missing": "", "said": 0}
