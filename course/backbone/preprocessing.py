"""What a backbone expects of its input: size, range and layout belong to the weights."""

from __future__ import annotations

import ast
import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np

from course import settings
from course.backbone.architecture import SIZE_PX
from course.backbone.weights import WeightsError, read_weights

CHOICES = ("bundled", "imagenet", "random")
IMAGENET_SIZE_PX = 161  # the odd neighbor of 160, at which MobileNetV2 loses little against 224
# statistics that torchvision's own weights were trained with
_IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)


def chosen(weights: str | None) -> str:
    """Return ``weights``, or what ``COURSE_WEIGHTS`` says if it is None.

    Raises
    ------
    ValueError
        If it is not one of ``bundled``, ``imagenet`` and ``random``.
    """
    if weights is None:
        return settings.weights()
    if weights not in CHOICES:
        raise ValueError(
            f"weights is {weights!r}; expected one of {', '.join(CHOICES)}, or None to let "
            "COURSE_WEIGHTS decide."
        )
    return weights


def family(weights: str | None) -> str:
    """Return whose shape and input a network has: ``bundled`` or ``imagenet``.

    An untrained network follows ``COURSE_WEIGHTS``, so that it can be compared.
    """
    choice = chosen(weights)
    return settings.weights() if choice == "random" else choice


def size_px(*, weights: str | None = None) -> int:
    """Return the side of the square pictures a backbone works best on: 97, or 161 for ImageNet.

    Any size of the form 32k + 1 gives the same features in both frameworks.
    """
    return IMAGENET_SIZE_PX if family(weights) == "imagenet" else SIZE_PX


def preprocess(images: np.ndarray, *, weights: str | None = None, framework: str) -> np.ndarray:
    """Turn images into what a backbone was trained on.

    Parameters
    ----------
    images
        ``(N, H, W, 3) uint8``, 0–255.
    weights
        ``bundled``, ``imagenet`` or ``random``; None lets ``COURSE_WEIGHTS`` decide.
    framework
        ``keras`` keeps ``(N, H, W, 3)``, ``torch`` gives ``(N, 3, H, W)``.

    Returns
    -------
    ndarray
        float32: −1 to 1, but for torchvision's ImageNet weights, which were trained on
        standardized channels (about −2.1 to 2.6).

    Raises
    ------
    ValueError
        If the images are not a ``uint8`` batch, or the framework is unknown.
    """
    if framework not in ("keras", "torch"):
        raise ValueError(f"framework is {framework!r}; expected 'keras' or 'torch'.")
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
        raise ValueError(
            f"Expected images as (N, H, W, 3) uint8, 0–255; received {images.shape} "
            f"{images.dtype}. Pass the pictures as they come; a single one as picture[None]."
        )
    if framework == "keras":
        return _to_unit(images)
    standardized = family(weights) == "imagenet"
    scaled = _standardize(images) if standardized else _to_unit(images)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _to_unit(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1)


def _standardize(images: np.ndarray) -> np.ndarray:
    return (images.astype(np.float32) / np.float32(255) - _IMAGENET_MEAN) / _IMAGENET_STD


def pretraining_classes(*, weights: str | None = None) -> tuple[str, ...]:
    """Return the names of the classes a backbone was pretrained on, in the order of its outputs.

    Raises
    ------
    WeightsError
        If the file that holds the names is missing or damaged.
    """
    if family(weights) == "imagenet":
        return _imagenet_classes()
    return read_weights().classes


@lru_cache(maxsize=1)
def _imagenet_classes() -> tuple[str, ...]:
    # torchvision carries the names; its file is read, not imported, because a process that
    # runs TensorFlow must not import torchvision
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise WeightsError(
            "The ImageNet class names come with torchvision: pip install torchvision"
        )
    source = Path(spec.origin).with_name("models") / "_meta.py"
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_IMAGENET_CATEGORIES":
            return tuple(ast.literal_eval(node.value))
    raise WeightsError(f"No ImageNet class names in {source}; expected _IMAGENET_CATEGORIES.")
