"""Which Keras variable holds which torchvision tensor, and in which order its axes lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

BLOCK_COUNT = 17

# last word of a Keras variable's path: last word of the tensor's name
_PARTS = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "bias": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}

# torchvision (out, in, height, width) to Keras (height, width, in, out)
_AXES = {"Conv2D": (2, 3, 1, 0), "DepthwiseConv2D": (2, 3, 0, 1), "Dense": (1, 0)}


def module_of_layer() -> dict[str, str]:
    """Return the torchvision module that each Keras layer with weights corresponds to.

    >>> module_of_layer()["block_1_depthwise_BN"]
    'features.2.conv.1.1'
    """
    modules = {"Conv1": "features.0.0", "bn_Conv1": "features.0.1"}
    modules |= _block_modules("expanded_conv", 0, ("depthwise", "project"))
    for block in range(1, BLOCK_COUNT):
        modules |= _block_modules(f"block_{block}", block, ("expand", "depthwise", "project"))
    modules |= {"Conv_1": "features.18.0", "Conv_1_bn": "features.18.1"}
    return modules | {"predictions": "classifier.1"}


def _block_modules(layer: str, block: int, stages: tuple[str, ...]) -> dict[str, str]:
    modules = {}
    for index, stage in enumerate(stages):
        prefix = f"features.{block + 1}.conv."
        # the projection has no activation, so torchvision does not nest it
        last = stage == "project"
        modules[f"{layer}_{stage}"] = f"{prefix}{index}" if last else f"{prefix}{index}.0"
        modules[f"{layer}_{stage}_BN"] = f"{prefix}{index + 1}" if last else f"{prefix}{index}.1"
    return modules


def set_keras_weights(model: keras.Model, tensors: Mapping[str, np.ndarray]) -> list[str]:
    """Copy torchvision tensors into a Keras MobileNetV2.

    Parameters
    ----------
    model
        A model made by ``keras.applications.MobileNetV2``.
    tensors
        Arrays under torchvision's names.

    Returns
    -------
    list of str
        The name of the tensor that each variable took, in the order of the variables.
    """
    modules = module_of_layer()
    taken = []
    for layer in model.layers:
        axes = _AXES.get(type(layer).__name__)
        for variable in layer.variables:
            name = f"{modules[layer.name]}.{_PARTS[variable.name]}"
            value = tensors[name]
            variable.assign(value.transpose(axes) if axes and value.ndim == len(axes) else value)
            taken.append(name)
    return taken
