"""The backbone in PyTorch and in Keras, from the same file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from course.backbone import imagenet, lite, random_nets
from course.backbone.architecture import BN_EPSILON, BN_MOMENTUM, SIZE_PX, WIDTH, random_tensors
from course.backbone.naming import set_keras_weights
from course.backbone.preprocessing import Origin, chosen, family, mark, pretraining_classes
from course.backbone.preprocessing import size_px as default_size_px
from course.backbone.weights import WeightsError, read_weights
from course.device import keras_device

if TYPE_CHECKING:
    import keras
    import numpy as np
    from torchvision.models import EfficientNet, MobileNetV2


def load_torch(
    *,
    weights: str | None = None,
    classes: int | None = None,
    seed: int = 0,
    architecture: str = "mobilenet_v2",
) -> Any:
    """Load the backbone, by default torchvision's ``MobileNetV2``, in evaluation mode.

    Parameters
    ----------
    weights
        ``bundled``, ``imagenet``, or ``random`` for an untrained network of the same shape;
        None lets ``COURSE_WEIGHTS`` decide.
    classes
        None keeps the head of the pretraining. A number leaves it out and ends the network
        in a new, untrained ``Linear(1280, classes)``.
    seed
        For what is drawn at random.
    architecture
        ``mobilenet_v2``, or, larger and with ImageNet weights only, ``efficientnet_b0`` and
        ``efficientnet_lite0``. The weights of the last come with the course, the others' are
        downloaded.

    Returns
    -------
    torchvision.models.MobileNetV2 or EfficientNet, or timm's EfficientNet
        In torchvision's, ``.features`` is the backbone and ``.classifier`` is
        ``Sequential(Dropout, Linear)``; in timm's (``efficientnet_lite0``), ``.blocks`` and
        ``.classifier``, a ``Linear``.
        Input ``(N, 3, H, W) float32`` from ``preprocess``; output ``(N, classes)`` logits.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged or foreign.
    ValueError
        If the architecture is unknown or has no such weights.
    """
    origin = Origin(family(weights, architecture), architecture, "torch")
    if architecture == "efficientnet_lite0":
        return mark(lite.build_torch(lite.tensors_of(chosen(weights), seed, classes)), origin)
    if chosen(weights) == "imagenet":
        model = imagenet.load_torch(architecture)
    elif architecture == "efficientnet_b0":
        model = random_nets.efficientnet_torch(imagenet.CLASSES, seed)
    else:
        tensors = _tensors(chosen(weights), seed, classes=classes)
        outputs = len(tensors["classifier.1.bias"])
        model = build_torch(outputs, width=_width(weights), epsilon=_torch_epsilon(weights))
        set_torch_weights(model, tensors)
    if classes is not None:
        _renew_torch_head(model, classes, seed)
    return mark(model, origin).eval()


def build_torch(classes: int, *, width: float = WIDTH, epsilon: float = BN_EPSILON) -> MobileNetV2:
    """Build an untrained torchvision ``MobileNetV2``, by default of the bundled shape."""
    try:
        from torch import nn
        from torchvision.models import mobilenet_v2
    except ImportError as error:
        raise WeightsError("PyTorch is missing: pip install torch torchvision") from error
    norm = partial(nn.BatchNorm2d, eps=epsilon, momentum=BN_MOMENTUM)
    return mobilenet_v2(width_mult=width, num_classes=classes, norm_layer=norm)


def set_torch_weights(model: MobileNetV2, tensors: dict[str, np.ndarray]) -> None:
    """Copy tensors into a torchvision model; every one must have its place."""
    import torch

    state = {name: torch.from_numpy(value) for name, value in tensors.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    lost = [name for name in missing if not name.endswith("num_batches_tracked")]
    if lost or unexpected:
        raise WeightsError(f"Tensors without a place: {unexpected}; places left empty: {lost}.")


def _renew_torch_head(model: MobileNetV2 | EfficientNet, classes: int, seed: int) -> None:
    import torch

    head = random_tensors(seed, width=WIDTH, classes=classes)
    layer = torch.nn.Linear(model.classifier[1].in_features, classes)
    layer.load_state_dict(
        {part: torch.from_numpy(head[f"classifier.1.{part}"]) for part in ("weight", "bias")}
    )
    model.classifier[1] = layer


def load_keras(
    *,
    weights: str | None = None,
    include_top: bool = False,
    size_px: int | None = None,
    seed: int = 0,
    architecture: str = "mobilenet_v2",
) -> keras.Model:
    """Load the backbone as Keras's ``MobileNetV2``, on whichever backend Keras runs.

    Parameters
    ----------
    weights
        ``bundled``, ``imagenet``, or ``random`` for an untrained network of the same shape;
        None lets ``COURSE_WEIGHTS`` decide.
    include_top
        False ends the network in the pooled features, True in the logits over the classes
        of the pretraining. ImageNet's head is a file of its own: where only the other is to be
        had, the head is untrained, and a note says so.
    size_px
        Side of the input; None takes what the weights were made for.
    seed
        For what is drawn at random.
    architecture
        ``mobilenet_v2``, or, larger and with ImageNet weights only, ``efficientnet_b0`` and
        ``efficientnet_lite0``. The weights of the last come with the course, the others' are
        downloaded.

    Returns
    -------
    keras.Model
        Input ``(N, size_px, size_px, 3) float32`` from ``preprocess``; output ``(N, 1280)``
        features or ``(N, classes)`` logits. BatchNorm momentum is 0.9, PyTorch's 0.1, where
        Keras's own is 0.999: at a few hundred steps of fine-tuning statistics that slow
        would still be those of the pretraining, and the two frameworks would part.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged or foreign.
    ValueError
        If the architecture is unknown or has no such weights.
    """
    origin = Origin(family(weights, architecture), architecture, "keras")
    keras_device()  # before TensorFlow computes: it takes a GPU's memory as needed, not all at once
    if architecture == "efficientnet_lite0":
        tensors = lite.tensors_of(chosen(weights), seed, None)
        side = size_px or lite.SIZE_PX
        return mark(lite.build_keras(tensors, size_px=side, include_top=include_top), origin)
    if chosen(weights) == "imagenet":
        model = imagenet.load_keras(
            architecture, include_top=include_top, size_px=size_px, seed=seed
        )
    elif architecture == "efficientnet_b0":
        side = size_px or default_size_px(weights="imagenet")
        outputs = imagenet.CLASSES if include_top else None
        model = random_nets.efficientnet_keras(outputs, side, seed)
    else:
        tensors = _tensors(chosen(weights), seed, classes=None if include_top else 1)
        outputs = len(tensors["classifier.1.bias"]) if include_top else None
        side = size_px or default_size_px(weights=weights)
        model = build_keras(outputs, size_px=side, width=_width(weights))
        set_keras_weights(model, tensors)
    return mark(_with_torch_momentum(model), origin)


def build_keras(
    classes: int | None, *, size_px: int = SIZE_PX, width: float = WIDTH
) -> keras.Model:
    """Build an untrained Keras ``MobileNetV2``; ``classes=None`` ends it in pooled features."""
    try:
        from keras.applications import MobileNetV2
    except ImportError as error:
        raise WeightsError("Keras is missing: pip install keras tensorflow") from error
    shape = (size_px, size_px, 3)
    if classes is None:
        return MobileNetV2(shape, width, include_top=False, weights=None, pooling="avg")
    return MobileNetV2(shape, width, weights=None, classes=classes, classifier_activation=None)


def _with_torch_momentum(model: keras.Model) -> keras.Model:
    for layer in model.layers:
        if hasattr(layer, "momentum"):
            layer.momentum = 1 - BN_MOMENTUM
    return model


def _tensors(weights: str, seed: int, *, classes: int | None) -> dict[str, np.ndarray]:
    if weights == "bundled":
        return read_weights().tensors
    outputs = len(pretraining_classes(weights=weights)) if classes is None else classes
    return random_tensors(seed, width=_width(weights), classes=outputs)


def _width(weights: str | None) -> float:
    return imagenet.WIDTH if family(weights) == "imagenet" else WIDTH


def _torch_epsilon(weights: str | None) -> float:
    # what a network saves goes back into an untrained one of its kind: it must compute alike
    return imagenet.TORCH_BN_EPSILON if family(weights) == "imagenet" else BN_EPSILON
