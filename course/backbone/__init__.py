"""The bundled pretrained MobileNetV2, for both frameworks, and how it is made."""

from course.backbone.loaders import load_keras, load_torch
from course.backbone.preprocessing import preprocess, pretraining_classes, size_px
from course.backbone.weights import WeightsError, weights_path

__all__ = [
    "WeightsError",
    "load_keras",
    "load_torch",
    "preprocess",
    "pretraining_classes",
    "size_px",
    "weights_path",
]
