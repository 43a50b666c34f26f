"""Where Keras runs on another backend, TensorFlow stays out of the process, and says why."""

from __future__ import annotations

import os

import nbformat
import pytest

from course import keras_backend
from tests.helpers import ROOT, run_json

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


SETUPS = """
import contextlib, io, json, sys
sys.modules["tensorflow"] = None  # as if it were not installed
said = []
for source in SOURCES:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, {})
    said.append(printed.getvalue().strip())
print(json.dumps(said))
"""


@pytest.mark.keras
@pytest.mark.torch
def test_without_tensorflow_each_lesson_runs_on_pytorch_and_says_so(tmp_path):
    sources = []
    for path in sorted((ROOT / "solutions").glob("*/keras.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        sources.append(next(cell.source for cell in cells if cell.id == "setup"))
        device, keras = (sources[-1].index(part) for part in ("course.device", "import keras"))
        assert device < keras, path
    code = f"SOURCES = {sources!r}" + SETUPS
    said = run_json(code, env={"KERAS_HOME": str(tmp_path), "COURSE_FAST": "1"}, timeout_s=300)
    assert len(said) == 8
    assert [line for line in said if "backend torch" not in line] == []


@pytest.mark.parametrize(
    ("installed", "environment", "written", "expected"),
    [
        ({"tensorflow", "torch"}, "", None, ""),
        ({"torch", "jax"}, "", None, "torch"),
        ({"jax"}, "", '{"backend": "tensorflow"}', "jax"),  # Keras writes that by itself
        ({"torch", "jax"}, "", '{"backend": "jax"}', ""),
        ({"torch", "jax"}, "jax", None, "jax"),
        ({"torch"}, "tensorflow", None, "tensorflow"),
        ({"torch"}, "", "damaged", "torch"),
        (set(), "", None, ""),
    ],
)
def test_a_backend_is_chosen_only_where_tensorflow_and_a_choice_are_missing(
    installed, environment, written, expected, monkeypatch, tmp_path
):
    monkeypatch.setattr(
        keras_backend.importlib.util, "find_spec", lambda name: name if name in installed else None
    )
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", environment)
    if written is not None:
        (tmp_path / "keras.json").write_text(written)
    keras_backend.choose()
    assert os.environ["KERAS_BACKEND"] == expected


@pytest.mark.keras
def test_keras_on_tensorflow_keeps_it():
    assert run_json(ON_TENSORFLOW, env={"KERAS_BACKEND": "tensorflow"})
