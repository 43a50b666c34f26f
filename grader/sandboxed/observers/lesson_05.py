"""What the exercises of lesson 05 did: a cut network, a second phase, a recipe, a followed picture.

Two kinds of small networks serve here: those of `grader.sandboxed.toy_networks.networks`, for
flags and training,
and rows of 1×1 convolutions, whose every number a judge can work out with NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable
from grader.sandboxed.toy_networks import networks

SIDE_PX = 8
EPSILON = 1e-3


def _kit(student: Student) -> ModuleType:
    """Return the module that builds and trains small networks in the student's framework."""
    if student.framework == "pytorch":
        from grader.sandboxed.toy_networks import networks_torch

        return networks_torch
    from grader.sandboxed.toy_networks import networks_keras

    return networks_keras


# --- a network whose numbers can be worked out --------------------------------------------------


def draw_blocks(case: Case) -> list[dict[str, np.ndarray]]:
    """Return per block the weights of a 1×1 convolution and of its BatchNorm layer."""
    rng = np.random.default_rng(case.seed)
    blocks, before = [], 3
    for width in case["channels"]:
        blocks.append(
            {
                "kernel": rng.normal(0, 1, (before, width)).astype(np.float32),
                "scale": rng.uniform(0.5, 1.5, width).astype(np.float32),
                "shift": rng.uniform(0.2, 1, width).astype(np.float32),
                "mean": rng.normal(0, 1, width).astype(np.float32),
                "variance": rng.uniform(0.5, 2, width).astype(np.float32),
            }
        )
        before = width
    return blocks


def draw_head(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return weights ``(features, classes)`` and bias of the head."""
    rng = np.random.default_rng(case.seed + 2)
    width, classes = case["channels"][-1], len(case["names"])
    return (
        rng.normal(0, 0.2, (width, classes)).astype(np.float32),  # no class near certain
        rng.normal(0, 0.2, classes).astype(np.float32),
    )


def draw_pictures(case: Case) -> np.ndarray:
    """Return ``(N, 8, 8, 3) float32`` from −1 to 1."""
    rng = np.random.default_rng(case.seed + 1)
    return rng.uniform(-1, 1, (case["count"], SIDE_PX, SIDE_PX, 3)).astype(np.float32)


def _torch_network(case: Case) -> Any:
    """Return features of Conv, BatchNorm, ReLU per block, and a classifier with dropout."""
    import torch
    from torch import nn

    class SmallNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            blocks, before = [], 3
            for width, stride in zip(case["channels"], case["strides"], strict=True):
                conv = nn.Conv2d(before, width, 1, stride=stride, bias=False)
                blocks.append(nn.Sequential(conv, nn.BatchNorm2d(width, eps=EPSILON), nn.ReLU()))
                before = width
            self.features = nn.Sequential(*blocks)
            self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Linear(before, len(case["names"])))

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.classifier(self.features(pictures).mean(dim=(2, 3)))
            return logits

    network = SmallNetwork()
    network.load_state_dict(_torch_state(case), strict=False)
    return network.train(case["training"])


def _torch_state(case: Case) -> dict[str, Any]:
    import torch

    state = {}
    for number, block in enumerate(draw_blocks(case)):
        state[f"features.{number}.0.weight"] = block["kernel"].T[:, :, None, None]
        names = {"weight": "scale", "bias": "shift"}
        names |= {"running_mean": "mean", "running_var": "variance"}
        for name, drawn in names.items():
            state[f"features.{number}.1.{name}"] = block[drawn]
    weights, bias = draw_head(case)
    state |= {"classifier.1.weight": weights.T, "classifier.1.bias": bias}
    return {name: torch.from_numpy(value.copy()) for name, value in state.items()}


def _keras_network(case: Case) -> Any:
    """Return a backbone whose blocks end in layers named block0, block1, …, and a head on it."""
    import keras
    from keras import layers

    inputs = flow = keras.Input((SIDE_PX, SIDE_PX, 3))
    drawn = zip(case["channels"], case["strides"], strict=True)
    for number, (width, stride) in enumerate(drawn):
        conv = layers.Conv2D(width, 1, stride, use_bias=False, name=f"block{number}_conv")
        norm = layers.BatchNormalization(epsilon=EPSILON, name=f"block{number}_norm")
        flow = layers.ReLU(name=f"block{number}")(norm(conv(flow)))
    pooled = layers.GlobalAveragePooling2D(name="pool")(flow)
    backbone = keras.Model(inputs, pooled, name="backbone")
    outer = keras.Input((SIDE_PX, SIDE_PX, 3))
    head = layers.Dense(len(case["names"]), name="head")
    model = keras.Model(outer, head(layers.Dropout(0.5, name="dropout")(backbone(outer))))
    for number, block in enumerate(draw_blocks(case)):
        backbone.get_layer(f"block{number}_conv").set_weights([block["kernel"][None, None]])
        norms = [block[name] for name in ("scale", "shift", "mean", "variance")]
        backbone.get_layer(f"block{number}_norm").set_weights(norms)
    head.set_weights(list(draw_head(case)))
    return model


def _averages(student: Student, model: Any) -> list[np.ndarray]:
    return [array.copy() for array in _kit(student).statistics(model)]


# --- 1 the frozen front, computed once ----------------------------------------------------------


def front_features(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student computes as the output of the first blocks."""
    pictures = draw_pictures(case)
    if student.framework == "pytorch":
        import torch

        model = _torch_network(case)
        before = _averages(student, model)
        batch = torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())
        made = student.front_features(model, case["blocks"], batch)
        graph = isinstance(made, torch.Tensor) and bool(made.requires_grad)
    else:
        model = _keras_network(case)
        before, graph = _averages(student, model), False
        backbone = model.get_layer("backbone")
        made = student.front_features(backbone, f"block{case['blocks'] - 1}", pictures)
    after = _averages(student, model)
    return {
        "framework": student.framework,
        "made": _numbers(student, made),
        "graph": graph,
        "drifted": any(_kit(student).moved(before, after)),
    }


def _numbers(student: Student, value: Any) -> np.ndarray:
    """Return a tensor or array of the student's as NumPy."""
    if value is None:
        raise Unusable("the result, returned", "None", "Write return in front of it.")
    if student.framework == "pytorch":
        import torch

        if isinstance(value, torch.Tensor):
            return value.detach().cpu().numpy().astype(np.float64)
    elif type(value).__module__.partition(".")[0] in ("tensorflow", "torch", "jax", "jaxlib"):
        import keras

        made: np.ndarray = keras.ops.convert_to_numpy(value).astype(np.float64)
        return made
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise Unusable("an array of numbers", type(value).__name__)
    return array.astype(np.float64)


# --- 2 the second phase -------------------------------------------------------------------------


def phase_two(student: Student, case: Case) -> dict[str, Any]:
    """Report what trains, and what the optimizer of the second phase holds."""
    kit = _kit(student)
    model = kit.build(network(case, student.framework), case.seed)
    if student.framework == "keras":
        return _compiled_phase(student, case, model)
    import torch

    optimizer = student.phase_two(model, case["layers"]["pytorch"], case["rate"])
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise Unusable(
            "an optimizer", type(optimizer).__name__, "Return what torch.optim.Adam(...) gives."
        )
    places = {id(array): place for place, array in enumerate(model.parameters())}
    held = [array for group in optimizer.param_groups for array in group["params"]]
    return {
        "framework": "pytorch",
        "trains": kit.trains(model),
        "held": sorted(places[id(array)] for array in held if id(array) in places),
        "strangers": sum(id(array) not in places for array in held),
        "rates": sorted({float(group["lr"]) for group in optimizer.param_groups}),
    }


def network(case: Case, framework: str) -> dict[str, Any]:
    """Return the network of a case: in Keras without inner models, to make layers countable."""
    return {**case.params, "deep": [] if framework == "keras" else case["deep"]}


def _compiled_phase(student: Student, case: Case, model: Any) -> dict[str, Any]:
    kit = _kit(student)
    old = kit.compiled(model).optimizer
    student.phase_two(model, case["layers"]["keras"], case["rate"])
    return {
        "framework": "keras",
        "trains": kit.trains(model),
        "new": model.optimizer is not old,
        "outer_flag": bool(model.trainable),
        "rates": [_rate(model.optimizer)],
    }


def _rate(optimizer: Any) -> float:
    import keras

    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


# --- 3 the whole recipe -------------------------------------------------------------------------


def two_phases(student: Student, case: Case) -> dict[str, Any]:
    """Hand the student a function that trains, and report each time it was called."""
    kit = _kit(student)
    model = kit.build({**case.params, "deep": []}, case.seed)
    calls: list[dict[str, Any]] = []
    if student.framework == "pytorch":

        def train(model: Any, optimizer: Any, epochs: int) -> None:
            call = _watched(kit, model, lambda: _epochs(model, optimizer, case))
            rates = sorted({float(group["lr"]) for group in optimizer.param_groups})
            calls.append({**call, "rates": rates, "epochs": int(epochs)})

    else:

        def train(model: Any, epochs: int) -> None:  # type: ignore[misc]
            call = _watched(kit, model, lambda: _fit(kit, model, case))
            calls.append({**call, "rates": [_rate(model.optimizer)], "epochs": int(epochs)})

    student.two_phases(model, train, tuple(case["rates"]), tuple(case["epochs"]))
    return {"framework": student.framework, "calls": calls}


def _watched(kit: ModuleType, model: Any, work: Callable[[], list[Any]]) -> dict[str, Any]:
    """Do one call's training; report what trained, moved and drifted."""
    flags = kit.trains(model)
    steps = work()
    first, last = steps[0], steps[-1]
    return {
        "trains": flags,
        "moved": networks.moved(first["weights"], last["weights_after"]),
        "drifted": networks.moved(first["statistics"], last["statistics_after"]),
        "steps": steps,
    }


def _epochs(model: Any, optimizer: Any, case: Case) -> list[dict[str, Any]]:
    """Train as `course.torch_kit` does: frozen BatchNorm layers stay still."""
    import torch

    from grader.sandboxed.toy_networks import networks_torch

    def step(model: Any, params: networks.Params, seed: int) -> None:
        pictures, classes = networks_torch.batch(params, seed)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(pictures), classes)
        if loss.requires_grad:
            loss.backward()
            optimizer.step()

    steps = []
    for _ in range(2):
        model.train()
        for layer in networks_torch.norm_layers(model):
            layer.train(any(p.requires_grad for p in layer.parameters()))
        steps.append(networks.watched(networks_torch, model, step, case.params, case.seed))
    return steps


def _fit(kit: ModuleType, model: Any, case: Case) -> list[dict[str, Any]]:
    if getattr(model, "optimizer", None) is None:
        raise Unusable("a compiled model", "train called before compile", hint_id="not-told")
    model.run_eagerly = True  # two steps are not worth a graph
    try:
        return [networks.watched(kit, model, kit.step, case.params, case.seed) for _ in range(2)]
    except (ValueError, KeyError) as error:
        unknown = "nknown variable" in str(error)
        raise Unusable(
            "training that runs",
            f"{type(error).__name__}: {str(error).splitlines()[0][:60]}",
            hint_id="not-told" if unknown else "",
        ) from None


# --- 4 one prediction followed ------------------------------------------------------------------


def follow(student: Student, case: Case) -> dict[str, Any]:
    """Report the shapes and the answer that the student gives for one picture."""
    picture, names = draw_pictures(case)[0], tuple(case["names"])
    if student.framework == "pytorch":
        import torch

        model = _torch_network(case)
        before = _averages(student, model)
        channels_first = torch.from_numpy(picture.transpose(2, 0, 1).copy())
        answer = student.follow(model, channels_first, names)
    else:
        model = _keras_network(case)
        before = _averages(student, model)
        stages = [f"block{number}" for number in range(len(case["channels"]))]
        answer = student.follow(model, stages, picture, names)
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise Unusable(
            "three things: shapes, name, probability", _kind(answer), hint_id="three-things"
        )
    shapes, name, probability = answer
    return {
        "framework": student.framework,
        "shapes": _shapes(shapes),
        "name": name if isinstance(name, str) else _kind(name),
        "probability": _one_number(student, probability),
        "drifted": any(_kit(student).moved(before, _averages(student, model))),
    }


def _one_number(student: Student, value: Any) -> float:
    numbers = _numbers(student, value).ravel()
    if len(numbers) != 1:
        raise Unusable("one probability", f"{len(numbers)} numbers", hint_id="three-things")
    return float(numbers[0])


def _shapes(shapes: Any) -> list[list[int]]:
    """Return shapes as lists, without the axis of the batch."""
    try:
        listed = [[0 if side is None else int(side) for side in shape] for shape in shapes]
        return [sides[1:] if len(sides) == 4 and sides[0] < 2 else sides for sides in listed]
    except (TypeError, ValueError):
        raise Unusable("a list of shapes, such as [(16, 8, 8), ...]", f"{shapes!s:.60}") from None


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
