"""The real thing: ImageNet weights, through each framework's own cache.

PyTorch takes torchvision's ``IMAGENET1K_V1``: the later ``V2`` scores higher on ImageNet, but
its features serve a new head less well (Kornblith et al., 2021, https://arxiv.org/abs/2010.16402,
on losses that raise accuracy at the cost of transfer).
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from course.backbone.preprocessing import IMAGENET_SIZE_PX
from course.backbone.weights import WeightsError

if TYPE_CHECKING:
    import keras
    from torchvision.models import MobileNetV2

CLASSES = 1000
WIDTH = 1.0
_KERAS_FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224{}.h5"
_KERAS_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/"


def load_torch() -> MobileNetV2:
    """Load torchvision's own weights, downloading them once into torch hub's cache.

    Raises
    ------
    WeightsError
        If the file is neither in the cache nor to be had, or cannot be read.
    """
    import torch
    from torchvision.models import MobileNet_V2_Weights, mobilenet_v2

    weights = MobileNet_V2_Weights.IMAGENET1K_V1
    name = weights.url.rsplit("/", 1)[-1]
    file = Path(torch.hub.get_dir()) / "checkpoints" / name
    present = file.is_file()
    try:
        return mobilenet_v2(weights=weights)
    except Exception as error:  # network, disk and pickle each fail in their own way
        raise WeightsError(_advice(file, weights.url, present, error)) from error


def load_keras(*, include_top: bool, size_px: int | None = None) -> keras.Model:
    """Load Keras's own weights, downloading them once into Keras's cache.

    Raises
    ------
    WeightsError
        If the file is neither in the cache nor to be had, or cannot be read.
    """
    import keras

    name = _KERAS_FILE.format("" if include_top else "_no_top")
    file = _keras_cache() / name
    present = file.is_file()
    side = size_px or IMAGENET_SIZE_PX
    try:
        path = keras.utils.get_file(name, _KERAS_ADDRESS + name, cache_subdir="models")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the older h5 layout
            return _build(path, include_top, side)
    except Exception as error:  # network, disk and h5 each fail in their own way
        raise WeightsError(_advice(file, _KERAS_ADDRESS + name, present, error)) from error


def _keras_cache() -> Path:
    # where keras.utils.get_file looks; Keras has no public function that says so
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "models"


def _build(path: str, include_top: bool, side: int) -> keras.Model:
    from keras.applications import MobileNetV2

    # the file is named, not asked for as "imagenet": Keras would refuse odd sizes with a head
    shape = (side, side, 3)
    if include_top:
        return MobileNetV2(shape, WIDTH, weights=path, classes=CLASSES, classifier_activation=None)
    return MobileNetV2(shape, WIDTH, include_top=False, weights=path, pooling="avg")


def _advice(file: Path, address: str, present: bool, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if present:
        return (
            f"The ImageNet weights in {file} cannot be read ({reason}). Delete that file and run "
            "this again to download it anew, or unset COURSE_WEIGHTS to go on with the bundled "
            "weights."
        )
    return (
        f"The ImageNet weights could not be downloaded ({reason}). Without a network, fetch "
        f"{address} elsewhere and put it at {file}; or unset COURSE_WEIGHTS to go on with the "
        "bundled weights."
    )
