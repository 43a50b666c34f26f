"""One choice of device, in both frameworks; a GPU is really used where there is one."""

from __future__ import annotations

import pytest

from tests.helpers import run_json

VISIBLE = {"CUDA_VISIBLE_DEVICES": "0"}

TORCH = """
import json
import torch
from course.backbone import load_torch
from course.device import describe_torch, torch_device
device = torch_device()
out = load_torch(classes=5).to(device)(torch.zeros(2, 3, 65, 65, device=device))
print(json.dumps({"kind": device.type, "ran on": out.device.type, "said": describe_torch()}))
"""

KERAS = """
import json
import keras
import tensorflow as tf
from course.backbone import load_keras
from course.device import describe_keras, keras_device
kind = keras_device()
gpus = tf.config.list_physical_devices("GPU")
growth = [tf.config.experimental.get_memory_growth(gpu) for gpu in gpus]
plain = tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer", False)
out = load_keras(size_px=65)(tf.zeros((2, 65, 65, 3)))
late = keras_device()
print(json.dumps({"kind": kind, "late": late, "growth": growth, "ran on": out.device,
                  "graphs left as they are": plain, "said": describe_keras()}))
"""

OTHER_BACKEND = """
import json
from course.device import describe_keras, keras_device
print(json.dumps({"kind": keras_device(), "said": describe_keras()}))
"""


@pytest.mark.torch
def test_pytorch_without_a_gpu_computes_on_the_processor():
    facts = run_json(TORCH)
    if facts["kind"] == "mps":
        pytest.skip("a Mac's GPU cannot be hidden")
    assert (facts["kind"], facts["ran on"]) == ("cpu", "cpu")
    assert facts["said"] == "CPU, 1 thread"  # as tests.helpers sets it


@pytest.mark.keras
def test_keras_without_a_gpu_computes_on_the_processor():
    facts = run_json(KERAS)
    assert (facts["kind"], facts["late"], facts["growth"]) == ("cpu", "cpu", [])
    assert "CPU" in facts["ran on"]
    assert facts["graphs left as they are"]
    assert facts["said"].startswith("CPU, ")


@pytest.mark.torch
def test_a_gpu_is_really_used_by_pytorch():
    facts = run_json(TORCH, env=VISIBLE)
    if facts["kind"] == "cpu":
        pytest.skip("no GPU")
    assert facts["ran on"] == facts["kind"]
    assert facts["said"].startswith("GPU")


@pytest.mark.keras
def test_a_gpu_is_really_used_by_keras():
    facts = run_json(KERAS, env=VISIBLE)
    if facts["kind"] == "cpu":
        pytest.skip("no GPU")
    assert "GPU" in facts["ran on"]
    assert all(facts["growth"])
    assert not facts["graphs left as they are"]
    assert facts["said"].startswith("GPU, ")


@pytest.mark.keras
@pytest.mark.torch
def test_keras_on_pytorch_says_so():
    facts = run_json(OTHER_BACKEND, env={"KERAS_BACKEND": "torch"})
    assert facts["said"].endswith(", backend torch")


# A machine with a GPU, played: what the course asks is answered, nothing is computed.
PLAYED_TORCH = """
import json
import torch
from course.device import describe_torch, torch_device
said = {}
torch.cuda.is_available = lambda: True
torch.cuda.get_device_name = lambda place: "Tesla T4"
said["cuda"] = [torch_device().type, describe_torch()]
torch.cuda.is_available = lambda: False
torch.backends.mps.is_available = lambda: True
said["mps"] = [torch_device().type, describe_torch()]
print(json.dumps({"said": said, "cuda version": torch.version.cuda}))
"""

PLAYED_KERAS = """
import json
import keras
import tensorflow as tf
from course import device
from course.backbone import load_keras
grown = []
tf.config.list_physical_devices = lambda kind=None: ["GPU:0", "GPU:1"]
tf.config.experimental.set_memory_growth = lambda gpu, on: grown.append([gpu, on])
tf.config.experimental.get_device_details = lambda gpu: {"device_name": "Tesla T4"}
said = device.describe_keras()
named = list(grown)
grown.clear()
build = keras.applications.MobileNetV2
def builds(*given, **more):
    grown.append("built")
    return build(*given, **more)
keras.applications.MobileNetV2 = builds
load_keras(size_px=65)
print(json.dumps({"said": said, "named": named, "order": grown}))
"""


@pytest.mark.torch
def test_pytorch_takes_cuda_then_mps():
    facts = run_json(PLAYED_TORCH)
    assert facts["said"] == {
        "cuda": ["cuda", f"GPU, Tesla T4 (CUDA {facts['cuda version']})"],
        "mps": ["mps", "GPU of this Mac (mps)"],
    }


@pytest.mark.keras
def test_memory_grows_on_each_gpu_and_the_backbone_sees_to_it():
    facts = run_json(PLAYED_KERAS)
    assert facts["said"] == "GPU, Tesla T4"
    assert facts["named"] == [["GPU:0", True], ["GPU:1", True]]
    assert facts["order"] == [["GPU:0", True], ["GPU:1", True], "built"]
