"""The small networks of `grader.sandboxed.toy_networks.networks` in Keras."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.sandboxed.toy_networks import networks
from grader.sandboxed.toy_networks.networks import batch, moved

if TYPE_CHECKING:
    import keras

__all__ = [
    "batch",
    "build",
    "compiled",
    "descend",
    "logits",
    "modes",
    "moved",
    "norm_layers",
    "set_flags",
    "statistics",
    "step",
    "trains",
    "values",
    "without_dropout",
]


def build(params: networks.Params, seed: int) -> keras.Model:
    """Return a network with a layer named ``backbone``, its flags set as the case says."""
    import keras

    fill = _Fill(seed)
    with _plain_attributes(), _signatures_once(), _one_name():
        inputs = keras.Input((networks.SIDE_PX, networks.SIDE_PX, networks.INPUTS))
        outputs = _head(_backbone(params, fill)(inputs), params, fill)
        model = keras.Model(inputs, outputs)
    set_flags(model, params)
    return model


_PLAIN = {bool, float, int, str, type(None), FunctionType, MethodType, inspect.Signature}


@contextmanager
def _plain_attributes() -> Iterator[None]:
    """Spare Keras the search for weights where there are none: a third of the time of a build."""
    import keras

    plain = {*_PLAIN, keras.layers.InputSpec, keras.dtype_policies.DTypePolicy}
    layer = keras.layers.Layer
    original = layer.__setattr__

    def assign(self: Any, name: str, value: Any) -> None:
        way = object.__setattr__ if type(value) in plain else original
        way(self, name, value)

    layer.__setattr__ = assign
    try:
        yield
    finally:
        layer.__setattr__ = original


_READ: dict[Any, Any] = {}


@contextmanager
def _signatures_once() -> Iterator[None]:
    """Spare Keras reading the same signatures for each layer: a quarter of the time of a build."""
    originals = inspect.signature, inspect.getfullargspec
    inspect.signature = _once(inspect.signature)
    inspect.getfullargspec = _once(inspect.getfullargspec)
    try:
        yield
    finally:
        inspect.signature, inspect.getfullargspec = originals


def _once(read: Callable[..., Any]) -> Callable[..., Any]:
    def known(function: Any, **options: Any) -> Any:
        if options or not isinstance(function, FunctionType | MethodType):
            return read(function, **options)
        plain = getattr(function, "__func__", function)
        key = read, plain, plain is function  # a method's lacks its first parameter
        if key not in _READ:
            _READ[key] = read(function)
        return _READ[key]

    return known


@contextmanager
def _one_name() -> Iterator[None]:
    """Give TensorFlow's variables one name: it prepares each new name with each new shape."""
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    def create(following: Any, **options: Any) -> Any:
        return following(**{**options, "name": "small/"})

    with tf.variable_creator_scope(create):
        yield


class _Fill:
    """Draws first values with NumPy: in Keras most of the time of a small network goes there."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        kernel = {"kernel_initializer": self._kernel}
        self.conv = {**kernel, "use_bias": False}
        self.dense = {**kernel, "bias_initializer": self._around(0)}
        self.norm = {
            "momentum": 0.9,
            "beta_initializer": self._around(0),
            "gamma_initializer": self._around(1),
            "moving_mean_initializer": lambda shape, dtype=None: np.zeros(shape, np.float32),
            "moving_variance_initializer": lambda shape, dtype=None: np.ones(shape, np.float32),
        }

    def _kernel(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        spread = np.prod(shape[:-1]) ** -0.5
        return self._rng.normal(0, spread, shape).astype(np.float32)

    def _around(self, middle: float) -> Any:
        def draw(shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
            return self._rng.normal(middle, 0.1, shape).astype(np.float32)

        return draw


def _backbone(params: networks.Params, fill: _Fill) -> keras.Model:
    from keras import Input, Model, Sequential, layers

    inputs = flow = Input((networks.SIDE_PX, networks.SIDE_PX, networks.INPUTS))
    for number, width in enumerate(params["channels"]):
        name = f"block{number}"
        flow = layers.Conv2D(width, 3, padding="same", name=f"{name}_conv", **fill.conv)(flow)
        flow = layers.BatchNormalization(name=f"{name}_norm", **fill.norm)(flow)
        flow = layers.ReLU(name=f"{name}_relu")(flow)
        if number in params["deep"]:
            inner = [
                layers.Conv2D(width, 1, name=f"{name}_inner_conv", **fill.conv),
                layers.BatchNormalization(name=f"{name}_inner_norm", **fill.norm),
            ]
            flow = Sequential(inner, name=f"{name}_inner")(flow)
    return Model(inputs, layers.GlobalAveragePooling2D(name="pool")(flow), name="backbone")


def _head(flow: Any, params: networks.Params, fill: _Fill) -> Any:
    from keras import layers

    flow = layers.Dropout(0.25, name="dropout")(flow)
    if params["hidden"]:
        flow = layers.Dense(params["hidden"], name="head_hidden", **fill.dense)(flow)
        flow = layers.BatchNormalization(name="head_norm", **fill.norm)(flow)
        flow = layers.ReLU(name="head_relu")(flow)
    return layers.Dense(params["classes"], name="head", **fill.dense)(flow)


def walk(layer: Any) -> Iterator[Any]:
    """Yield every layer that holds no others, from input to output."""
    children = getattr(layer, "layers", None)
    if children is None:
        yield layer
    for child in children or ():
        yield from walk(child)


def set_flags(model: keras.Model, params: networks.Params) -> None:
    model.trainable = False
    model.trainable = True  # hands down to whatever holds layers; each layer's own flag follows
    trains = iter(networks.flags(params))
    for layer in walk(model):
        own = [next(trains) for _ in _own_parameters(layer)]
        layer.trainable = all(own)  # True for a layer without weights
    backbone = model.get_layer("backbone")
    if not any(array.trainable for array in _parameters(backbone)):
        backbone.trainable = False  # frozen as a whole, as lessons leave it


def _own_parameters(layer: Any) -> list[Any]:
    return [array for array in layer.weights if not array.path.split("/")[-1].startswith("moving_")]


def _parameters(model: keras.Model) -> list[Any]:
    return [array for layer in walk(model) for array in _own_parameters(layer)]


def trains(model: keras.Model) -> list[bool]:
    """Return, for each parameter in order, whether the model lists it as trainable."""
    listed = {id(array) for array in model.trainable_weights}
    return [id(array) in listed for array in _parameters(model)]


def values(model: keras.Model) -> list[np.ndarray]:
    """Return a copy of each parameter, in order."""
    import keras

    return [np.array(keras.ops.convert_to_numpy(array)) for array in _parameters(model)]


def norm_layers(model: keras.Model) -> list[Any]:
    """Return the BatchNorm layers, from input to output."""
    import keras

    return [layer for layer in walk(model) if isinstance(layer, keras.layers.BatchNormalization)]


def statistics(model: keras.Model) -> list[np.ndarray]:
    """Return mean and variance of each BatchNorm layer, stacked."""
    import keras

    return [
        np.stack(
            [
                keras.ops.convert_to_numpy(layer.moving_mean),
                keras.ops.convert_to_numpy(layer.moving_variance),
            ]
        )
        for layer in norm_layers(model)
    ]


def modes(model: keras.Model) -> list[bool]:
    """Return which BatchNorm layers take the statistics of their batch, in training."""
    return [bool(layer.trainable) for layer in norm_layers(model)]


def logits(model: keras.Model, pictures: np.ndarray) -> np.ndarray:
    """Return what pictures ``(N, H, W, 3)`` come to, in inference mode."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(model(pictures, training=False)))


@contextmanager
def without_dropout(model: keras.Model) -> Iterator[None]:
    """Let all features pass meanwhile."""
    import keras

    found = [layer for layer in walk(model) if isinstance(layer, keras.layers.Dropout)]
    shares = [layer.rate for layer in found]
    for layer in found:
        layer.rate = 0.0
    try:
        yield
    finally:
        for layer, share in zip(found, shares, strict=True):
            layer.rate = share


def compiled(model: keras.Model) -> keras.Model:
    """Compile for a step of plain gradient descent, eagerly: faster for a single one."""
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(networks.RATE), loss, run_eagerly=True)
    return model


def step(model: keras.Model, params: networks.Params, seed: int) -> None:
    """Take one step with the compiled model."""
    model.train_on_batch(*batch(params, seed))


def descend(model: keras.Model, params: networks.Params, seed: int) -> None:
    """Take one step of plain gradient descent without `compile`; TensorFlow does that faster."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return step(compiled(model), params, seed)
    import tensorflow as tf

    pictures, classes = batch(params, seed)
    weights = [array.value for array in model.trainable_weights]
    with tf.GradientTape() as tape:
        logits = model(pictures, training=True)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits)
    for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
        if slope is not None:
            weight.assign_sub(networks.RATE / len(classes) * slope)
    return None
