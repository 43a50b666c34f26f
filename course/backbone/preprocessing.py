"""What a backbone expects of its input: size, range and layout belong to the weights."""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from course import settings
from course.backbone.architecture import SIZE_PX
from course.backbone.weights import WeightsError, read_weights

CHOICES = ("bundled", "imagenet", "random")
ARCHITECTURES = ("mobilenet_v2", "efficientnet_b0", "efficientnet_lite0")
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


def family(weights: str | None, architecture: str = "mobilenet_v2") -> str:
    """Return whose shape and input a network has: ``bundled`` or ``imagenet``.

    An untrained MobileNetV2 follows ``COURSE_WEIGHTS``, so that it can be compared; of the
    EfficientNets there are no bundled weights, so that an untrained one is always compared with
    ImageNet's.

    Raises
    ------
    ValueError
        If the architecture is unknown, or has no such weights.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"architecture is {architecture!r}; expected one of {', '.join(ARCHITECTURES)}."
        )
    choice = chosen(weights)
    if architecture == "mobilenet_v2":
        return settings.weights() if choice == "random" else choice
    if choice == "bundled":
        raise ValueError(
            f"No bundled weights of {architecture}; expected 'imagenet' or 'random'. Pass one of "
            "them as weights, or set COURSE_WEIGHTS=imagenet."
        )
    return "imagenet"


def size_px(*, weights: str | None = None) -> int:
    """Return the side of the square pictures a backbone works best on: 97, or 161 for ImageNet.

    Any size of the form 32k + 1 gives the same features in both frameworks.
    """
    return IMAGENET_SIZE_PX if family(weights) == "imagenet" else SIZE_PX


# -- whose input -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """What a network was trained on, and so what it takes for a picture.

    Attributes
    ----------
    weights : ``bundled`` or ``imagenet``
    architecture : one of ``ARCHITECTURES``
    framework : ``keras`` or ``torch``
    """

    weights: str
    architecture: str
    framework: str

    def __str__(self) -> str:
        return f"the {self.weights} weights of {self.architecture} in {self.framework}"

    @property
    def input_range(self) -> str:
        """Say which numbers go in."""
        return _INPUT_RANGES[_scale_name(self)]


_INPUT_RANGES = {
    "unit": "−1 to 1",
    "bytes": "0 to 255, which the network itself scales",
    "lite": "−0.99 to 1",
    "standard": "each channel standardized, about −2.1 to 2.6",
}
_MARK = "course_origin"


def _scale_name(origin: Origin) -> str:
    if origin.architecture == "efficientnet_lite0":
        return "lite"
    if origin.weights == "bundled":
        return "unit"
    if origin.framework == "torch":
        return "standard"
    return "bytes" if origin.architecture == "efficientnet_b0" else "unit"


def mark(model: Any, origin: Origin) -> Any:
    """Write on a network whose weights it carries; return it."""
    setattr(model, _MARK, (origin.weights, origin.architecture, origin.framework))
    return model


def origin_of(model: Any) -> Origin:
    """Return what ``mark`` wrote on a network.

    Raises
    ------
    ValueError
        If nothing is written on it.
    """
    written = getattr(model, _MARK, None)
    if written is None:
        raise ValueError(
            f"This {type(model).__name__} does not say whose weights it carries; expected a "
            "network from load_torch or load_keras. Pass weights= and framework= instead of model=."
        )
    return Origin(*written)


def _origin(
    weights: str | None, framework: str | None, architecture: str | None, model: Any
) -> Origin:
    """Return whose input is asked for; a network's own cannot be argued with."""
    if framework not in ("keras", "torch", None) or (framework is None and model is None):
        raise ValueError(f"framework is {framework!r}; expected 'keras' or 'torch'.")
    if model is None:
        name = architecture or ARCHITECTURES[0]
        return Origin(family(weights, name), name, str(framework))
    own = origin_of(model)
    name = architecture or own.architecture
    asked = Origin(
        own.weights if weights is None else family(weights, name), name, framework or own.framework
    )
    if asked != own:
        raise ValueError(
            f"This network carries {own}, and the preprocessing asked for is that of {asked}: "
            f"expected {own.input_range}, it would get {asked.input_range}. Preprocessing belongs "
            "to the weights: pass model= alone and its own is taken."
        )
    return own


# -- the numbers -------------------------------------------------------------------------------


def preprocess(
    images: np.ndarray,
    *,
    weights: str | None = None,
    framework: str | None = None,
    architecture: str | None = None,
    model: Any = None,
) -> np.ndarray:
    """Turn images into what a backbone was trained on.

    Parameters
    ----------
    images
        ``(N, H, W, 3) uint8``, 0–255.
    weights
        ``bundled``, ``imagenet`` or ``random``; None lets ``COURSE_WEIGHTS`` decide.
    framework
        ``keras`` keeps ``(N, H, W, 3)``, ``torch`` gives ``(N, 3, H, W)``.
    architecture
        One of ``ARCHITECTURES``; ``mobilenet_v2`` if None.
    model
        The network from ``load_torch`` or ``load_keras`` that the images are for. It knows the
        other three; asking for another's is an error.

    Returns
    -------
    ndarray
        float32: −1 to 1, but for torchvision's ImageNet weights, which were trained on
        standardized channels (about −2.1 to 2.6), and Keras's EfficientNetB0, which scales
        0–255 itself.

    Raises
    ------
    ValueError
        If the images are not a ``uint8`` batch, the framework is unknown, or the network's
        weights are not those whose preprocessing is asked for.
    """
    origin = _origin(weights, framework, architecture, model)
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
        raise ValueError(
            f"Expected images as (N, H, W, 3) uint8, 0–255; received {images.shape} "
            f"{images.dtype}. Pass the pictures as they come; a single one as picture[None]."
        )
    scaled = _SCALES[_scale_name(origin)](images)
    if origin.framework == "keras":
        return scaled
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _to_unit(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1)


def _to_lite(images: np.ndarray) -> np.ndarray:
    return (images.astype(np.float32) - np.float32(127)) / np.float32(128)


def _standardize(images: np.ndarray) -> np.ndarray:
    return (images.astype(np.float32) / np.float32(255) - _IMAGENET_MEAN) / _IMAGENET_STD


def _as_float(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32)


_SCALES = {"unit": _to_unit, "lite": _to_lite, "standard": _standardize, "bytes": _as_float}


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
