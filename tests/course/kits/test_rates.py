"""The kits' rates by depth: the same expectations, and the groups that lesson 06 makes."""

from __future__ import annotations

import doctest
from functools import cache
from typing import Any

import nbformat
import numpy as np
import pytest

from course.keras_kit import rates as keras_rates
from course.torch_kit import rates as torch_rates
from tests.helpers import ROOT, run_json

# A step of Adam moves every weight by its rate, so the rates are read off from a real step.
COMMON = """
import json
import numpy as np
said = []
def refused(action):
    try:
        action()
    except ValueError as error:
        said.append(str(error))
saw = {"said": said}
"""

TORCH = """
import torch
from torch import nn
from course.backbone import load_torch
from course.torch_kit import hold_batchnorm
from course.torch_kit.rates import depth_rates, layerwise_optimizer, param_groups, stage, stages

model = hold_batchnorm(load_torch(weights="random", classes=5))
names = stages(model)
def moves(optimizer):
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
            p.grad = torch.ones_like(p) if p.requires_grad else None
    optimizer.step()
    return {n: -p.mean().item() for n, p in model.named_parameters() if p.requires_grad}
saw["moves"] = moves(layerwise_optimizer(model, 1e-2, 0.7))
saw["kind"] = type(layerwise_optimizer(model, 1e-3, 0.5, make=torch.optim.SGD)).__name__
saw["left_out"] = len(param_groups(model, {**depth_rates(names, 1.0, 0.5), names[0]: 0.0}))
refused(lambda: param_groups(model, {"classifier": 1.0}))
"""

KERAS = """
import keras
from course.backbone import load_keras
from course.keras_kit import hold_batchnorm
from course.keras_kit.rates import depth_rates, layerwise_optimizer, param_groups, stage, stages

base = hold_batchnorm(load_keras(weights="random"))
inputs = keras.Input(base.input_shape[1:])
model = keras.Model(inputs, keras.layers.Dense(5, name="head")(base(inputs)))
names = stages(model)
def moves(optimizer):
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    weights = model.trainable_weights
    optimizer.apply([keras.ops.ones(weight.shape) for weight in weights], weights)
    return {w.path: -float(np.mean(keras.ops.convert_to_numpy(w))) for w in weights}
saw["moves"] = moves(layerwise_optimizer(model, 1e-2, 0.7))
made = layerwise_optimizer(model, 1e-3, 0.5, make=keras.optimizers.SGD)
saw["kind"] = type(made.optimizers[0]).__name__
saw["left_out"] = len({id(o) for o in param_groups(model, depth_rates(names, 1.0, 0.5)).values()})
refused(lambda: param_groups(model, {"head": 1.0}))
def twin():
    entry = keras.Input((2,))
    return keras.Model(entry, keras.layers.Dense(2, name="twin")(entry))
entry = keras.Input((2,))
double = keras.Model(entry, twin()(twin()(entry)))
refused(lambda: layerwise_optimizer(double, 1e-3, 0.5))
"""

# The cells in which lesson 06 builds these helpers, run on the model above.
SAME_AS_THE_LESSON = """
saw["stages"] = names
saw["stage_of"] = {n: stage(n) for n in saw["moves"]}
rates = depth_rates(names, 1e-2, 0.7)
lesson = {"model": model, "np": np, "RATE": 1e-2, "DECAY": 0.7}
exec(PRELUDE, lesson)
for source in CELLS:
    exec(source, lesson)
theirs = lesson["param_groups"](model, GIVEN(rates))
saw["lesson_moves"] = moves(MAKE(theirs))
saw["lesson_stage"] = all(lesson["stage"](n) == s for n, s in saw["stage_of"].items())
print(json.dumps(saw))
"""


def lesson_cells(framework: str, *names: str) -> list[str]:
    path = ROOT / "solutions" / "06-layerwise-learning-rates" / f"{framework}.ipynb"
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    # only the functions: the rest of a cell works on the lesson's own model
    return [f"def {cells[name].partition('def ')[2].split(chr(10) * 3)[0]}" for name in names]


@cache
def seen(framework: str) -> dict[str, Any]:
    cells = lesson_cells(framework, "stages", "groups")
    if framework == "pytorch":
        build, prelude = TORCH, "import torch"
        use = "GIVEN, MAKE = dict, torch.optim.Adam\n"
    else:
        build, prelude = KERAS, "import keras, re"
        use = (
            "GIVEN = lambda rates: {n: keras.optimizers.Adam(r) for n, r in rates.items()}\n"
            "MAKE = keras.optimizers.MultiOptimizer\n"
        )
    given = f"PRELUDE, CELLS = {prelude!r}, {cells!r}\n"
    return run_json(given + COMMON + build + use + SAME_AS_THE_LESSON, timeout_s=300)


@pytest.fixture(
    params=[
        pytest.param("keras", marks=pytest.mark.keras),
        pytest.param("pytorch", marks=pytest.mark.torch),
    ]
)
def framework(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_backbone_has_nineteen_stages_and_a_head(framework: str):
    stages = seen(framework)["stages"]
    assert len(stages) == len(set(stages)) == 20
    assert stages[-1] == {"keras": "head", "pytorch": "classifier"}[framework]


def test_a_step_moves_each_weight_by_the_rate_of_its_depth(framework: str):
    found = seen(framework)
    for name, moved in found["moves"].items():
        below = 19 - found["stages"].index(found["stage_of"][name])
        np.testing.assert_allclose(moved, 1e-2 * 0.7**below, rtol=1e-3, err_msg=name)


def test_both_kits_move_the_same_depths_by_the_same_steps(framework: str):
    by_stage = {seen(framework)["stage_of"][n]: m for n, m in seen(framework)["moves"].items()}
    in_order = [by_stage[name] for name in seen(framework)["stages"]]
    np.testing.assert_allclose(in_order, 1e-2 * 0.7 ** np.arange(20)[::-1], rtol=1e-3)


def test_another_kind_of_optimizer_can_be_asked_for(framework: str):
    assert seen(framework)["kind"] == "SGD"


def test_a_stage_without_a_rate_is_refused(framework: str):
    said = seen(framework)["said"][0]
    assert said.startswith("expected one rate for each of 20 stages, received 1; on one side only:")
    assert said.endswith("stages(model) lists them.")


def test_the_kit_does_what_the_lesson_built(framework: str):
    found = seen(framework)
    assert found["lesson_stage"]
    assert found["lesson_moves"].keys() == found["moves"].keys()
    for name, moved in found["lesson_moves"].items():
        np.testing.assert_allclose(moved, found["moves"][name], rtol=1e-5)


@pytest.mark.torch
def test_in_pytorch_a_rate_of_zero_leaves_the_stage_out():
    assert seen("pytorch")["left_out"] == 19


@pytest.mark.keras
def test_in_keras_each_stage_has_one_optimizer_and_each_weight_a_path_of_its_own():
    assert seen("keras")["left_out"] == 20
    assert seen("keras")["said"][1].startswith(
        "expected a path of its own for each weight; two are called 'twin/kernel'."
    )


@pytest.mark.parametrize("kit", [keras_rates, torch_rates])
def test_the_last_stage_has_the_full_rate(kit: Any):
    assert kit.depth_rates(["a", "b", "c"], 0.8, 0.5) == {"a": 0.2, "b": 0.4, "c": 0.8}
    assert list(kit.depth_rates(["a", "b"], 1e-3, 1.0).values()) == [1e-3, 1e-3]


@pytest.mark.parametrize("kit", [keras_rates, torch_rates])
@pytest.mark.parametrize(
    "given", [([], 1e-3, 0.5), (["a"], 0.0, 0.5), (["a"], 1, 0), (["a"], 1, 2)]
)
def test_rates_that_cannot_be_are_refused(kit: Any, given: tuple[list[str], float, float]):
    with pytest.raises(ValueError, match="expected stages, a rate above 0 and a decay"):
        kit.depth_rates(*given)


@pytest.mark.parametrize("kit", [keras_rates, torch_rates])
def test_the_examples_hold(kit: Any):
    assert doctest.testmod(kit).failed == 0


def test_keras_names_the_stages_of_its_applications():
    paths = {
        "conv2_block1_1_conv/kernel": "conv2_block1",
        "block4a_se_reduce/kernel": "block4a",
        "expanded_conv_depthwise/kernel": "expanded_conv",
        "Conv_1_bn/gamma": "Conv_1",
        "Conv1/kernel": "Conv1",
        "block_10_expand/kernel": "block_10",
        "stem_conv/kernel": "stem_conv",
    }
    assert {path: keras_rates.stage(path) for path in paths} == paths
