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
from course.torch_kit.head import cached_features, replace_head
from course.torch_kit.speed import faster
from course.torch_kit.training import evaluate, fit, predict_proba
from course.torch_kit.tuning import unfreeze_last

__all__ = [
    "batchnorm_layers",
    "cached_features",
    "changes",
    "count_parameters",
    "evaluate",
    "faster",
    "fit",
    "freeze",
    "hold_batchnorm",
    "predict_proba",
    "replace_head",
    "snapshot",
    "unfreeze",
    "unfreeze_last",
]
