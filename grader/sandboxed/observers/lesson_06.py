"""What the exercises of lesson 06 are looked at for: rates by depth, as a step takes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable
from grader.sandboxed.toy_networks import networks

# Adam's first step is its rate, whatever the gradient's size; plain descent's is rate × gradient.
GRADIENT = 3.0


def _kit(student: Student) -> ModuleType:
    """Return the module that builds small networks in the student's framework."""
    if student.framework == "pytorch":
        from grader.sandboxed.toy_networks import networks_torch

        return networks_torch
    from grader.sandboxed.toy_networks import networks_keras

    return networks_keras


def stage_names(params: networks.Params, framework: str) -> list[str]:
    """Return what the names of a small network's stages begin with, from input to output."""
    name = "features.{}" if framework == "pytorch" else "block{}"
    return [name.format(at) for at in range(len(params["channels"]))]


def depth_rates(student: Student, case: Case) -> dict[str, Any]:
    """Report the rates that the student gives to stages."""
    stages = list(case["stages"])
    answer = student.depth_rates(stages, case["rate"], case["decay"])
    if not isinstance(answer, Mapping):
        hint = "forgot-return" if answer is None else ""
        raise Unusable("a dict from stage to rate", _kind(answer), hint_id=hint)
    rates = {str(name): _number(rate) for name, rate in answer.items()}
    return {
        "framework": student.framework,
        "names": list(rates),
        "rates": list(rates.values()),
        "changed": stages != list(case["stages"]),
    }


def layerwise_optimizer(student: Student, case: Case) -> dict[str, Any]:
    """Report how far one step of the student's optimizer moves each array."""
    kit, params = _kit(student), case.params
    model = kit.build(params, case.seed)
    before, flags = kit.values(model), kit.trains(model)
    stages = stage_names(params, student.framework)
    optimizer = student.layerwise_optimizer(model, stages, case["rate"], case["decay"])
    facts = {
        "framework": student.framework,
        "flags_changed": kit.trains(model) != flags,
        "weights_changed": any(kit.moved(before, kit.values(model))),
    }
    step = _torch_moves if student.framework == "pytorch" else _keras_moves
    return facts | {"moves": step(model, optimizer), "after": kit.values(model)}


def _torch_moves(model: Any, optimizer: Any) -> list[float]:
    import torch

    if not isinstance(optimizer, torch.optim.Optimizer):
        hint = "forgot-return" if optimizer is None else ""
        raise Unusable("an optimizer", _kind(optimizer), "Return the optimizer.", hint)
    with torch.no_grad():
        for array in model.parameters():
            array.zero_()
            array.grad = torch.full_like(array, GRADIENT) if array.requires_grad else None
    optimizer.step()
    return [-float(array.detach().mean()) for array in model.parameters()]


def _keras_moves(model: Any, optimizer: Any) -> list[float]:
    import keras

    from grader.sandboxed.toy_networks import networks_keras

    if not isinstance(optimizer, keras.optimizers.Optimizer):
        hint = "forgot-return" if optimizer is None else ""
        raise Unusable("an optimizer", _kind(optimizer), "Return the optimizer.", hint)
    variables = model.trainable_variables
    for layer in networks_keras.walk(model):
        for variable in layer.weights:
            variable.assign(np.zeros(variable.shape, np.float32))
    gradients = [np.full(v.shape, GRADIENT, np.float32) for v in variables]
    try:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], variables)
    except ValueError as error:
        if "Multiple optimizers" not in str(error):
            raise
        found = str(error).splitlines()[0][:70]
        raise Unusable("one rate for each variable", found, hint_id="two-patterns") from None
    return [-float(array.mean()) for array in networks_keras.values(model)]


def warm_up(student: Student, case: Case) -> dict[str, Any]:
    """Report the rate of each group after each of several calls."""
    make = _torch_groups if student.framework == "pytorch" else _keras_groups
    optimizer, rates = make(case["base_rates"])
    seen = []
    for step in case["calls"]:
        student.warm_up(optimizer, list(case["base_rates"]), step, case["steps"])
        seen.append(rates())
    return {"framework": student.framework, "rates": np.asarray(seen, float)}


def _torch_groups(base_rates: list[float]) -> tuple[Any, Any]:
    import torch

    arrays = [torch.nn.Parameter(torch.zeros(2)) for _ in base_rates]
    groups = [{"params": [a], "lr": rate} for a, rate in zip(arrays, base_rates, strict=True)]
    optimizer = torch.optim.Adam(groups)
    return optimizer, lambda: [float(group["lr"]) for group in optimizer.param_groups]


def _keras_groups(base_rates: list[float]) -> tuple[Any, Any]:
    import keras

    *listed, last = [keras.optimizers.Adam(rate) for rate in base_rates]
    patterns = {f"stage{at}/.*": optimizer for at, optimizer in enumerate(listed)}
    optimizer = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(last, patterns))

    def rates() -> list[float]:
        inner = optimizer.optimizers
        return [float(keras.ops.convert_to_numpy(each.learning_rate)) for each in inner]

    return optimizer, rates


def unfreeze_for(student: Student, case: Case) -> dict[str, Any]:
    """Report what trains in an epoch of gradual unfreezing."""
    kit, params = _kit(student), case.params
    model = kit.build(params, case.seed)
    stages = stage_names(params, student.framework)
    student.unfreeze_for(model, stages, case["epoch"], case["every"])
    outer = student.framework == "pytorch" or bool(model.trainable)
    return {"framework": student.framework, "trains": kit.trains(model), "outer_flag": outer}


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Unusable("a number for each stage", _kind(value)) from None


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
