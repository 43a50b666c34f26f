"""What a lesson's own cells say to a learner's mistakes, in the words shown."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.helpers import ROOT


def source(lesson: str, framework: str, begins: str) -> str:
    """Return the cell of a released notebook that begins so."""
    notebook = json.loads((ROOT / "lessons" / lesson / f"{framework}.ipynb").read_text("utf-8"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return next(cell for cell in cells if cell.startswith(begins))


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
def test_a_model_with_the_wrong_number_of_outputs(framework: str):
    names: dict[str, Any] = {
        "baseline": None,
        "probed": {},
        "my_model": object(),
        "my_curves": None,
        "predict_proba": lambda model, images: np.ones((len(images), 3)),
        "val_data": (np.zeros((2, 4)), None),
        "train": SimpleNamespace(classes=tuple("abcde")),
    }
    words = r"^my model has 3 outputs, expected 5: one for each class\. Build it with new_model\(\)"
    with pytest.raises(ValueError, match=words):
        exec(source("08-capstone", framework, "chosen, curves, name = "), names)


def test_rates_for_an_optimizer_that_is_no_longer_compiled_in():
    keras = SimpleNamespace(optimizers=SimpleNamespace(MultiOptimizer=dict))
    names: dict[str, Any] = {"keras": keras, "model": SimpleNamespace(optimizer=None)}
    cell = source("06-layerwise-learning-rates", "keras", "def set_rates").split("train_epoch")[0]
    exec(cell, names)
    words = "^the model was compiled anew since: run the cell with INNER = … again$"
    with pytest.raises(ValueError, match=words):
        names["set_rates"]({"head": 1e-3})


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
def test_an_untrained_capstone_says_so_and_keeps_its_answer_back(framework: str, capsys):
    told: list[str] = []
    curves = {"loss": [1.0, 0.5], "val_accuracy": [0.5, 0.9]}
    names: dict[str, Any] = {
        "baseline": None,
        "probed": curves,
        "predict_proba": lambda model, images: np.ones((len(images), 5)),
        "val_data": (np.zeros((2, 4)), None),
        "train": SimpleNamespace(classes=tuple("abcde")),
        "HEAD_EPOCHS": 1,
        "reveal": lambda key, *truth: told.append(key),
        "plots": SimpleNamespace(learning_curve=lambda curves, **how: None),
    }
    for begins in ("SAVED = ", "chosen, curves, name = ", 'epochs = len(curves["loss"])'):
        exec(source("08-capstone", framework, begins), names)
    assert capsys.readouterr().out.splitlines() == [
        "nothing trained yet",
        "Looking at: linear probe (train yours in exercise 3, then run this cell again)",
    ]
    assert told == []
    names.update(my_model=object(), my_curves=curves)
    for begins in ("chosen, curves, name = ", 'epochs = len(curves["loss"])'):
        exec(source("08-capstone", framework, begins), names)
    assert told == ["08-capstone/gain"]
