"""What the exercises of lesson 01 did: plain facts about small networks and pictures.

The networks here are a few layers wide and built like the backbone (features, pooling, head), so
that an exercise is looked at in milliseconds and the judge can work out each number with NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable


def draw_images(case: Case) -> np.ndarray:
    """Return pictures (N, H, W, 3) uint8 with height, width and count that all differ."""
    rng = np.random.default_rng(case.seed)
    images = rng.integers(0, 256, (case["count"], case["height"], case["width"], 3))
    images[0, 0, 0] = (0, 127, 255)  # both ends of the range are always there
    return images.astype(np.uint8)


def preprocess(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's function makes of pictures."""
    images = draw_images(case)
    given = images.copy()
    result = student.to_network_input(given)
    values = _array(student, result)
    return {
        "framework": student.framework,
        "values": values.astype(np.float64),
        "dtype": values.dtype.name,
        "is_tensor": type(result).__module__.split(".")[0] == "torch",
        "pictures_changed": bool((given != images).any()),
    }


def draw_network(case: Case) -> dict[str, np.ndarray]:
    """Return the weights of a small network: 1×1 convolution, BatchNorm, ReLU6, pooling, head."""
    rng = np.random.default_rng(case.seed)
    width, classes = case["features"], case["classes"]
    return {
        "kernel": rng.normal(0, 1, (3, width)).astype(np.float32),
        "scale": rng.uniform(0.5, 1.5, width).astype(np.float32),
        "shift": rng.uniform(0.5, 1.5, width).astype(np.float32),
        "mean": rng.normal(0, 1, width).astype(np.float32),
        "variance": rng.uniform(0.5, 2, width).astype(np.float32),
        "head": rng.normal(0, 1, (width, classes)).astype(np.float32),
        "bias": rng.normal(0, 1, classes).astype(np.float32),
    }


def draw_inputs(case: Case) -> np.ndarray:
    """Return what such a network is fed: (N, 6, 6, 3) float32 from −1 to 1."""
    rng = np.random.default_rng(case.seed + 1)
    return rng.uniform(-1, 1, (case["count"], 6, 6, 3)).astype(np.float32)


def extract_features(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student takes out of a network, and what that did to the network."""
    looks = {"pytorch": _torch_features, "keras": _keras_features}
    return looks[student.framework](student, case)


def _torch_features(student: Student, case: Case) -> dict[str, Any]:
    import torch

    network = torch_network(draw_network(case)).train(case["training"])
    before = _torch_state(network)
    inputs = torch.from_numpy(draw_inputs(case).transpose(0, 3, 1, 2).copy())
    result = student.extract_features(network, inputs)
    values = _array(student, result)
    return {
        "values": values,
        "carries_gradient": isinstance(result, torch.Tensor) and bool(result.requires_grad),
        "moved": _largest_move(before, _torch_state(network)),
        "head_kept": isinstance(network.classifier[-1], torch.nn.Linear),
    }


def _keras_features(student: Student, case: Case) -> dict[str, Any]:
    network = keras_network(draw_network(case), head=True)
    before = [np.array(variable) for variable in network.variables]
    layers = [layer.name for layer in network.layers]
    values = _array(student, student.extract_features(network, draw_inputs(case)))
    after = [np.array(variable) for variable in network.variables]
    return {
        "values": values,
        "carries_gradient": False,
        "moved": _largest_move(before, after),
        "head_kept": [layer.name for layer in network.layers] == layers,
    }


def add_head(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's model holds, what of it trains and what it puts out."""
    looks = {"pytorch": _torch_head, "keras": _keras_head}
    return looks[student.framework](student, case)


def _torch_head(student: Student, case: Case) -> dict[str, Any]:
    import torch

    network = torch_network(draw_network(case))
    backbone = list(network.features.parameters())
    model = student.add_head(network, case["classes_new"])
    if not isinstance(model, torch.nn.Module):
        raise Unusable("the model, returned", _kind(model), hint_id="forgot-return")
    model.eval()
    inputs = torch.from_numpy(draw_inputs(case).transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        outputs = model(inputs)
    sizes = [(p.numel(), bool(p.requires_grad)) for p in model.parameters()]
    return {
        "framework": student.framework,
        "outputs": np.asarray(outputs.numpy(), np.float64),
        "added": sum(size for size, _ in sizes) - sum(p.numel() for p in backbone),
        "trainable": sum(size for size, trains in sizes if trains),
        "backbone_trains": any(bool(p.requires_grad) for p in backbone),
        "arrays": [p.detach().numpy().copy() for p in model.parameters()],
    }


def _keras_head(student: Student, case: Case) -> dict[str, Any]:
    import keras

    base = keras_network(draw_network(case), head=False)
    model = student.add_head(base, case["classes_new"])
    if not isinstance(model, keras.Model):
        raise Unusable("the model, returned", _kind(model), hint_id="forgot-return")
    outputs = keras.ops.convert_to_numpy(model(draw_inputs(case), training=False))
    return {
        "framework": student.framework,
        "outputs": np.asarray(outputs, np.float64),
        "added": int(model.count_params() - base.count_params()),
        "trainable": sum(int(np.prod(v.shape)) for v in model.trainable_variables),
        "backbone_trains": bool(base.trainable_variables),
        "arrays": [keras.ops.convert_to_numpy(array) for array in model.weights],
    }


def count_head(student: Student, case: Case) -> dict[str, Any]:
    """Report the student's count of a head's parameters."""
    counted = student.head_parameters(case["features"], case["classes"])
    if isinstance(counted, bool) or not isinstance(counted, int | np.integer):
        raise Unusable("a whole number, such as 42", _kind(counted), hint_id="forgot-return")
    return {"counted": int(counted)}


def draw_scores(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (N, 4) and the weights (4, C) that turn them into logits."""
    rng = np.random.default_rng(case.seed)
    inputs = rng.normal(0, 1, (case["count"], 4)).astype(np.float32)
    weights = rng.normal(0, 2, (4, len(case["names"]))).astype(np.float32)
    return inputs, weights


def predict_names(student: Student, case: Case) -> dict[str, Any]:
    """Report the names and the probabilities that the student gives for a batch."""
    inputs, weights = draw_scores(case)
    makers = {"pytorch": _torch_classifier, "keras": _keras_classifier}
    model, batch = makers[student.framework](inputs, weights)
    answer = student.predict_names(model, batch, tuple(case["names"]))
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Unusable("two things: names, probabilities", _kind(answer), hint_id="forgot-return")
    names, probabilities = answer
    return {
        "names": [str(name) for name in _plain_list(names)],
        "probabilities": _array(student, probabilities).astype(np.float64),
    }


def _torch_classifier(inputs: np.ndarray, weights: np.ndarray) -> tuple[Any, Any]:
    """Return a model that puts out logits, left in training mode, with dropout before its head."""
    import torch
    from torch import nn

    layer = nn.Linear(weights.shape[0], weights.shape[1], bias=False)
    layer.load_state_dict({"weight": torch.from_numpy(weights.T.copy())})
    return nn.Sequential(nn.Dropout(0.5), layer).train(), torch.from_numpy(inputs)


def _keras_classifier(inputs: np.ndarray, weights: np.ndarray) -> tuple[Any, Any]:
    """Return a model that puts out probabilities already, with dropout before its head."""
    import keras

    entry = keras.Input((weights.shape[0],))
    head = keras.layers.Dense(weights.shape[1], use_bias=False, activation="softmax")
    model = keras.Model(entry, head(keras.layers.Dropout(0.5)(entry)))
    head.set_weights([weights])
    return model, inputs


def torch_network(weights: dict[str, np.ndarray]) -> Any:
    """Build the small network in PyTorch with the parts that torchvision's MobileNetV2 has."""
    import torch
    from torch import nn

    width, classes = weights["head"].shape

    class SmallNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last_channel = width
            norm = nn.BatchNorm2d(width, eps=1e-3)
            self.features = nn.Sequential(nn.Conv2d(3, width, 1, bias=False), norm, nn.ReLU6())
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(width, classes))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.features(x)
            x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
            logits: torch.Tensor = self.classifier(torch.flatten(x, 1))
            return logits

    network = SmallNetwork()
    named = {
        "features.0.weight": weights["kernel"].T[:, :, None, None],
        "features.1.weight": weights["scale"],
        "features.1.bias": weights["shift"],
        "features.1.running_mean": weights["mean"],
        "features.1.running_var": weights["variance"],
        "classifier.1.weight": weights["head"].T,
        "classifier.1.bias": weights["bias"],
    }
    state = {name: torch.from_numpy(value.copy()) for name, value in named.items()}
    network.load_state_dict(state, strict=False)
    return network.eval()


def keras_network(weights: dict[str, np.ndarray], *, head: bool) -> Any:
    """Build the small network in Keras: pooled features, with or without its head on top."""
    import keras
    from keras import layers

    width, classes = weights["head"].shape
    entry = keras.Input((6, 6, 3))
    x = layers.Conv2D(width, 1, use_bias=False, name="Conv1")(entry)
    x = layers.BatchNormalization(epsilon=1e-3, name="bn_Conv1")(x)
    x = layers.ReLU(6.0, name="out_relu")(x)
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d")(x)
    if head:
        x = layers.Dense(classes, name="predictions")(x)
    network = keras.Model(entry, x)
    norm = [weights[name] for name in ("scale", "shift", "mean", "variance")]
    network.get_layer("Conv1").set_weights([weights["kernel"][None, None]])
    network.get_layer("bn_Conv1").set_weights(norm)
    if head:
        network.get_layer("predictions").set_weights([weights["head"], weights["bias"]])
    return network


def _torch_state(network: Any) -> list[np.ndarray]:
    state = network.features.state_dict()
    return [value.numpy().copy() for value in state.values() if value.ndim]


def _largest_move(before: list[np.ndarray], after: list[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(after, before, strict=True))


def _array(student: Student, value: Any) -> np.ndarray:
    """Return a tensor or array of either framework as NumPy."""
    if student.framework == "pytorch":
        import torch

        if isinstance(value, torch.Tensor):
            return value.detach().cpu().numpy()
    elif type(value).__module__.split(".")[0] in ("tensorflow", "torch", "jax", "keras"):
        import keras

        array: np.ndarray = keras.ops.convert_to_numpy(value)
        return array
    if value is None:
        raise Unusable("a result", "None", hint_id="forgot-return")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise Unusable("an array of numbers", _kind(value))
    return array


def _plain_list(names: Any) -> list[Any]:
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        raise Unusable("a list with one name per picture", _kind(names), hint_id="one-name")
    return list(names)


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
