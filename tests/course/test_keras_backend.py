"""Where Keras runs on another backend, TensorFlow stays out of the process, and says why."""

from __future__ import annotations

import pytest

from tests.helpers import run_json

ON_TORCH = """
import importlib.util, json, os, sys, tempfile
import keras
from course.device import describe_keras
said = describe_keras()
describe_keras()  # a second time changes nothing
keras.utils.set_random_seed(0)  # seeds TensorFlow too, where it can be imported
model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.RandomFlip(), keras.layers.Flatten(),
                          keras.layers.Dense(2)])
model.compile("sgd", "mse")
model.fit(keras.ops.ones((4, 4, 4, 3)), keras.ops.ones((4, 2)), verbose=0)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.keras")
    model.save(path)
    keras.models.load_model(path)
found = importlib.util.find_spec("tensorflow") is not None  # as libraries ask for it
try:
    import tensorflow
    refused = ""
except ModuleNotFoundError as error:
    refused = str(error)
print(json.dumps({"said": said, "refused": refused, "found": found, "finders":
                  sum(type(each).__module__ == "course.keras_backend" for each in sys.meta_path),
                  "loaded": [name for name in sys.modules if name.startswith("tensorflow")]}))
"""

ON_TENSORFLOW = """
import json, sys
import keras
from course.device import keras_device
keras_device()
print(json.dumps("tensorflow" in sys.modules))
"""


@pytest.mark.keras
@pytest.mark.torch
def test_keras_on_pytorch_trains_and_saves_without_tensorflow():
    facts = run_json(ON_TORCH, env={"KERAS_BACKEND": "torch"})
    assert facts["said"].endswith("backend torch")
    assert facts["refused"] == (
        "TensorFlow is left out here: Keras runs on torch, and the two need not bear each other in "
        "one process. Use keras.ops, or start again with KERAS_BACKEND=tensorflow."
    )
    assert (facts["loaded"], facts["found"], facts["finders"]) == ([], True, 1)


@pytest.mark.keras
def test_keras_on_tensorflow_keeps_it():
    assert run_json(ON_TENSORFLOW, env={"KERAS_BACKEND": "tensorflow"})
