"""What the PyTorch lessons have built by hand, ready to import; Keras has the same names."""

from course.torch_kit.freezing import (
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
