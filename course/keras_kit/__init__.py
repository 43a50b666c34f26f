"""What the Keras lessons have built by hand, ready to import; PyTorch has the same names."""

from course.keras_kit.freezing import (
    batchnorm_layers,
    changes,
    count_parameters,
    freeze,
    hold_batchnorm,
    snapshot,
    unfreeze,
)

__all__ = [
    "batchnorm_layers",
    "changes",
    "count_parameters",
    "freeze",
    "hold_batchnorm",
    "snapshot",
    "unfreeze",
]
