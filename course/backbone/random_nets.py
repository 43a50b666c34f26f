"""EfficientNetB0 untrained, in both frameworks, from a seed that disturbs no other draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras
    from torchvision.models import EfficientNet


def efficientnet_torch(classes: int, seed: int) -> EfficientNet:
    """Build torchvision's ``efficientnet_b0``, drawn by seed."""
    import torch
    from torchvision.models import efficientnet_b0

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return efficientnet_b0(num_classes=classes)


def efficientnet_keras(classes: int | None, size_px: int, seed: int) -> keras.Model:
    """Build Keras's ``EfficientNetB0``, its kernels drawn by seed; None ends it in features.

    Kernels follow He et al. (2015) with fan-out, as torchvision draws them.
    """
    import keras

    end = {"include_top": False, "pooling": "avg"} if classes is None else {"classes": classes}
    shape = (size_px, size_px, 3)
    model = keras.applications.EfficientNetB0(
        input_shape=shape, weights=None, classifier_activation=None, **end
    )
    rng = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        if len(variable.shape) == 4:
            rows, columns, depth, out = variable.shape
            fan_out = rows * columns * (depth if "depthwise" in variable.path else out)
            drawn = rng.normal(0, np.sqrt(2 / fan_out), variable.shape)
            variable.assign(drawn.astype(np.float32))
    return model
