"""What the exercises of lesson 02 are looked at for: flags, counts, and what a real step moves."""

from __future__ import annotations

import operator
from types import ModuleType
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable
from grader.sandboxed.toy_networks import networks


def _kit(student: Student) -> ModuleType:
    """Return the module that builds and trains small networks in the student's framework."""
    if student.framework == "pytorch":
        from grader.sandboxed.toy_networks import networks_torch

        return networks_torch
    from grader.sandboxed.toy_networks import networks_keras

    return networks_keras


def count_trainable(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student counts."""
    model = _kit(student).build(case.params, case.seed)
    if student.framework == "pytorch" and case["tied"]:
        model.again = model.classifier[-1]  # one layer, reachable by two names
    counted = student.count_trainable(model)
    if isinstance(counted, bool) or counted is None:
        raise Unusable("a whole number", str(counted), "Return the number from the function.")
    try:
        return {"counted": int(operator.index(counted)), "framework": student.framework}
    except TypeError:
        if isinstance(counted, float | np.floating) and float(counted).is_integer():
            return {"counted": int(counted), "framework": student.framework}
        raise Unusable("a whole number", f"{type(counted).__name__}: {counted!s:.60}") from None


def freeze_backbone(student: Student, case: Case) -> dict[str, Any]:
    """Report the flags after freezing, and what a training step moves."""
    kit, params = _kit(student), case.params
    model = kit.build(params, case.seed)
    student.freeze_backbone(model)
    facts = {
        "trains": kit.trains(model),
        "odd_attributes": _odd_attributes(model, student.framework),
        "eval_mode": _is_eval(model, student.framework),
        "outer_flag": student.framework == "pytorch" or bool(model.trainable),
        "framework": student.framework,
    }
    return facts | _moved_in_a_step(student, model, case)


def _moved_in_a_step(student: Student, model: Any, case: Case) -> dict[str, Any]:
    kit = _kit(student)
    if student.framework == "pytorch":
        model.train()
    step = networks.watched(kit, model, kit.descend, case.params, case.seed)
    return {
        "steps": [step],
        "moved": networks.moved(step["weights"], step["weights_after"]),
        "drifted": networks.moved(step["statistics"], step["statistics_after"]),
    }


def _odd_attributes(model: Any, framework: str) -> list[str]:
    """Name attributes that the other framework would understand and this one ignores."""
    if framework == "pytorch":
        found = [f"{name}.trainable" for name, m in model.named_modules() if "trainable" in vars(m)]
        flags = [
            n for n, m in model.named_modules() if isinstance(vars(m).get("requires_grad"), bool)
        ]
        return [*found, *(f"{name}.requires_grad" for name in flags)]
    layers = [model, *model.layers, *_backbone_of(model).layers]
    return [f"{layer.name}.requires_grad" for layer in layers if hasattr(layer, "requires_grad")]


def _backbone_of(model: Any) -> Any:
    return model.get_layer("backbone")


def _is_eval(model: Any, framework: str) -> bool:
    return framework == "pytorch" and not model.features.training


def still_batchnorm(student: Student, case: Case) -> dict[str, Any]:
    """Report which BatchNorm layers average, and what else trains."""
    model = _kit(student).build(case.params, case.seed)
    if student.framework == "pytorch":
        return _epochs_with_still_batchnorm(student, model, case)
    student.keep_batchnorm_still(model)
    flags = {"trains": _kit(student).trains(model), "framework": student.framework}
    return flags | _moved_in_a_step(student, model, case)


def _epochs_with_still_batchnorm(student: Student, model: Any, case: Case) -> dict[str, Any]:
    """Do as a training script does: the student's mode, an epoch, evaluation, and again."""
    import torch

    kit = _kit(student)
    averages, steps = kit.statistics(model), []
    for seed in (case.seed, case.seed + 1):
        student.keep_batchnorm_still(model)
        steps.append(networks.watched(kit, model, kit.step, case.params, seed))
        modes = {
            "mode": bool(model.training),
            "dropout": all(
                layer.training for layer in model.modules() if isinstance(layer, torch.nn.Dropout)
            ),
        }
        drifted = kit.moved(averages, kit.statistics(model))
        model.eval()
    flags = {"trains": kit.trains(model), "framework": "pytorch"}
    return {**modes, **flags, "drifted": drifted, "began": averages, "steps": steps}


def cut_network(params: networks.Params, framework: str) -> dict[str, Any]:
    """Return the network to cut: in Keras without inner models, so that layers can be counted."""
    return {**params, "deep": [] if framework == "keras" else params["deep"]}


def unfreeze_last(student: Student, case: Case) -> dict[str, Any]:
    """Report what trains after the end of the backbone was unfrozen."""
    kit = _kit(student)
    model = kit.build(cut_network(case.params, student.framework), case.seed)
    student.unfreeze_last(model, case["layers" if student.framework == "keras" else "count"])
    facts: dict[str, Any] = {"trains": kit.trains(model), "framework": student.framework}
    if student.framework == "keras":
        facts["outer_flag"] = bool(model.trainable)
    return facts


def next_phase(student: Student, case: Case) -> dict[str, Any]:
    """Report what the optimizer of the next phase holds, or what it moves."""
    if student.framework == "pytorch":
        return _made_optimizer(student, case)
    return _started_phase(student, case)


def _made_optimizer(student: Student, case: Case) -> dict[str, Any]:
    import torch

    kit = _kit(student)
    model = kit.build(case.params, case.seed)
    weights = kit.values(model)
    optimizer = student.start_phase(model, case["rate"])
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise Unusable(
            "an optimizer", type(optimizer).__name__, "Return what torch.optim.Adam(...) gives."
        )
    places = {id(array): place for place, array in enumerate(model.parameters())}
    held = [array for group in optimizer.param_groups for array in group["params"]]
    return {
        "framework": "pytorch",
        "held": sorted(places[id(array)] for array in held if id(array) in places),
        "strangers": sum(id(array) not in places for array in held),
        "rates": [float(group["lr"]) for group in optimizer.param_groups],
        "adam": isinstance(optimizer, torch.optim.Adam),
        "kind": type(optimizer).__name__,
        "trains": kit.trains(model),
        "weights_changed": any(kit.moved(weights, kit.values(model))),
    }


def _started_phase(student: Student, case: Case) -> dict[str, Any]:
    """Begin a first phase, change the flags, let the student begin the next, and take a step."""
    import keras

    kit, params = _kit(student), case.params
    model = kit.compiled(kit.build({**params, "start": case["first"]}, case.seed))
    stepping = case.part == "what moves"
    if stepping:  # as a first step leaves it: the step is made, the optimizer knows its arrays
        model.optimizer.build(model.trainable_variables)
        model.make_train_function()
    kit.set_flags(model, params)
    weights, old = kit.values(model), (model.optimizer, model.train_function)
    student.start_phase(model, case["rate"])
    flags, changed = kit.trains(model), any(kit.moved(weights, kit.values(model)))
    facts = {
        "framework": "keras",
        "compiled_anew": model.train_function is not old[1],  # compile() discards the old step
        "new_optimizer": model.optimizer is not old[0],
        "adam": isinstance(model.optimizer, keras.optimizers.Adam),
        "kind": type(model.optimizer).__name__,
        "rate": float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)),
        "trains": flags,
        "weights_changed": changed,
    }
    if not stepping:
        return facts | _losses(model, params, case.seed)
    if facts["compiled_anew"] and facts["new_optimizer"]:
        return facts | _step_of(student, model, case)
    return facts


def _losses(model: Any, params: networks.Params, seed: int) -> dict[str, Any]:
    """Report the compiled loss on a batch, with what a judge needs to work it out."""
    import keras

    from grader.sandboxed.toy_networks import networks_keras

    pictures, classes = networks_keras.batch(params, seed)
    logits = model(pictures, training=False)
    try:
        loss = model.compute_loss(y=keras.ops.convert_to_tensor(classes), y_pred=logits)
    except Exception as error:
        raise Unusable(
            "a loss for whole-number labels and logits",
            f"{type(error).__name__} when it is computed",
            hint_id="wrong-loss",
        ) from None
    as_numbers = keras.ops.convert_to_numpy
    return {
        "logits": as_numbers(logits),
        "classes": classes,
        "loss": float(as_numbers(loss)),
        "weights": networks_keras.values(model),
        "statistics": networks_keras.statistics(model),
    }


def _step_of(student: Student, model: Any, case: Case) -> dict[str, Any]:
    kit = _kit(student)
    model.run_eagerly = True  # a graph for a single step takes a second to make
    try:
        seen = networks.watched(kit, model, kit.step, case.params, case.seed)
    except (ValueError, KeyError) as error:
        said = str(error)
        raise Unusable(
            "a training step that runs",
            f"{type(error).__name__}: {said.splitlines()[0][:60]}",
            hint_id="old-optimizer" if "nknown variable" in said else "wrong-loss",
        ) from None
    return {"steps": [seen], "moved": networks.moved(seen["weights"], seen["weights_after"])}
