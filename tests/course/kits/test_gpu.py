"""Training on a GPU: the data lie there once, and a batch too large is answered there too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers import run_json

VISIBLE = {"CUDA_VISIBLE_DEVICES": "0"}

PLACED = """
import json
import numpy as np, torch
from course.torch_kit import training

images, labels = np.zeros((10, 4), "float32"), np.arange(10)
data, far = (images, labels), torch.device("meta")  # stands for a GPU: nothing is computed on it
saw = {}
for name, free in (("enough room", 4 * images.nbytes), ("too little", 4 * images.nbytes - 1)):
    training._free_bytes = lambda device, free=free: free
    saw[name] = [part.device.type for part in training._placed(data, far)]
images.flags.writeable = False
saw["read-only"] = training._placed(data, torch.device("cpu"))[0].shape[0]
saw["turned"] = training._placed((images[::-1], labels), torch.device("cpu"))[0].shape[0]
print(json.dumps(saw))
"""
TORCH = """
import json
import numpy as np, torch
from course.backbone import load_torch
from course.device import torch_device
from course.torch_kit import fit, predict_proba, training, unfreeze

device = torch_device()
saw = {"kind": device.type}
if device.type == "cuda":
    images, labels = np.zeros((2048, 3, 97, 97), "float32"), np.arange(2048) % 5
    saw["data"] = training._placed((images, labels), device)[0].device.type
    model = unfreeze(load_torch(classes=5).to(device))
    few = (images[:40], labels[:40])
    optimizer = torch.optim.Adam(model.parameters())
    saw["loss"] = fit(model, few, few, optimizer=optimizer, epochs=2)["val_loss"]
    saw["ran on"] = next(model.parameters()).device.type
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, 2 * 2**30 / total))
    try:
        fit(model, (images, labels), optimizer=optimizer, epochs=1, batch_size=2048)
    except ValueError as error:
        saw["said"] = str(error)
print(json.dumps(saw))
"""
KERAS = """
import json
from course.device import keras_device
saw = {"kind": keras_device()}
import keras, numpy as np
from course.backbone import load_keras
from course.keras_kit import fit, training
images, labels = np.zeros((40, 97, 97, 3), "float32"), np.arange(40) % 5
if saw["kind"] == "gpu":
    saw["data"] = training._placed(images, labels)[0].device
    model = keras.Sequential([load_keras(), keras.layers.Dense(5)])
    history = fit(model, (images, labels), optimizer=keras.optimizers.Adam(), epochs=2)
    saw["loss"] = history["loss"]
    saw["ran on"] = model.layers[-1].kernel.value.device
print(json.dumps(saw))
"""


def on_a_gpu(code: str) -> dict[str, Any]:
    facts = run_json(code, env=VISIBLE, timeout_s=300)
    if facts["kind"] in ("cpu", "mps"):
        pytest.skip("no GPU")
    return facts


@pytest.mark.torch
def test_data_go_to_the_device_only_if_they_leave_room_there():
    facts = run_json(PLACED)
    assert facts["enough room"] == ["meta", "meta"]
    assert facts["too little"] == ["cpu", "cpu"]
    assert (facts["read-only"], facts["turned"]) == (10, 10)


@pytest.mark.torch
def test_pytorch_trains_on_the_gpu_and_names_a_batch_size_that_fits_it():
    facts = on_a_gpu(TORCH)
    assert (facts["data"], facts["ran on"]) == ("cuda", "cuda")
    assert np.isfinite(facts["loss"]).all()
    assert facts["said"].startswith("batch_size=2048 does not fit the memory of the GPU; ")
    assert "Next: fit(..., batch_size=" in facts["said"]


@pytest.mark.keras
def test_keras_trains_on_the_gpu():
    facts = on_a_gpu(KERAS)
    assert "GPU" in facts["data"]
    assert "GPU" in facts["ran on"]
    assert np.isfinite(facts["loss"]).all()
