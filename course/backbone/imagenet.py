"""The real thing: ImageNet weights, through each framework's own cache.

PyTorch takes torchvision's ``IMAGENET1K_V1``: of MobileNetV2 there is a later ``V2`` that scores
higher on ImageNet, but its features serve a new head less well (Kornblith et al., 2021,
https://arxiv.org/abs/2010.16402, on losses that raise accuracy at the cost of transfer).
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course.backbone.preprocessing import IMAGENET_SIZE_PX
from course.backbone.weights import WeightsError

if TYPE_CHECKING:
    import keras
    from torchvision.models import EfficientNet, MobileNetV2

CLASSES = 1000
WIDTH = 1.0
TORCH_BN_EPSILON = 1e-5  # of torchvision's MobileNetV2; no state_dict holds it
_KERAS_HEAD_SIZE_PX = 224  # the one size at which Keras gives EfficientNetB0 its ImageNet head


class _NotThereError(WeightsError):
    """Weights that are neither in the cache nor to be had, and why."""

    def __init__(self, file: Path, address: str, reason: str) -> None:
        super().__init__(
            f"The ImageNet weights could not be downloaded ({reason}). Without a network, fetch "
            f"{address} elsewhere and put it at {file}; or unset COURSE_WEIGHTS to go on with the "
            "bundled weights."
        )
        self.reason = reason


_MISSED: set[Path] = set()  # asked for once in this process, not every time


@dataclass(frozen=True)
class _Files:
    """What the frameworks call one network, and where Keras fetches it.

    torchvision's addresses are asked of torchvision; Keras keeps its own to itself.
    """

    torch_name: str
    torch_weights: str
    keras_headless: str
    keras_whole: str
    keras_address: str


_GOOGLE = "https://storage.googleapis.com/"
_MOBILENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224"
FILES = {
    "mobilenet_v2": _Files(
        "mobilenet_v2",
        "MobileNet_V2_Weights",
        f"{_MOBILENET}_no_top.h5",
        f"{_MOBILENET}.h5",
        f"{_GOOGLE}tensorflow/keras-applications/mobilenet_v2/",
    ),
    "efficientnet_b0": _Files(
        "efficientnet_b0",
        "EfficientNet_B0_Weights",
        "efficientnetb0_notop.h5",
        "efficientnetb0.h5",
        f"{_GOOGLE}keras-applications/",
    ),
}


def load_torch(architecture: str = "mobilenet_v2") -> MobileNetV2 | EfficientNet:
    """Load torchvision's own weights, downloading them once into torch hub's cache.

    Raises
    ------
    WeightsError
        If the file is neither in the cache nor to be had, or cannot be read.
    """
    import torch
    from torchvision import models

    files = FILES[architecture]
    weights = getattr(models, files.torch_weights).IMAGENET1K_V1
    file = Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rsplit("/", 1)[-1]
    present = file.is_file()
    try:
        return getattr(models, files.torch_name)(weights=weights)
    except Exception as error:  # network, disk and pickle each fail in their own way
        raise _advice(file, weights.url, present, error) from error


def load_keras(
    architecture: str = "mobilenet_v2",
    *,
    include_top: bool,
    size_px: int | None = None,
    seed: int = 0,
) -> keras.Model:
    """Load Keras's own weights, downloading them once into Keras's cache.

    Keras has a file with the head and another without. Where only the latter is to be had,
    ``include_top=True`` puts an untrained head on its features, drawn from ``seed``, and prints a
    note that says so and where the missing file belongs.

    Raises
    ------
    WeightsError
        If the file is neither in the cache nor to be had, or cannot be read.
    ValueError
        If EfficientNetB0 is asked for its head at another size than 224.
    """
    side = _side(architecture, include_top, size_px)
    files = FILES[architecture]
    whole, headless = (_keras_cache() / n for n in (files.keras_whole, files.keras_headless))
    if not include_top or whole not in _MISSED or whole.is_file():
        try:
            return _load_keras(architecture, include_top, side)
        except _NotThereError as error:
            if not (include_top and headless.is_file()):
                raise
            print(_headless_note(whole, files.keras_address + whole.name, error.reason))
            _MISSED.add(whole)
    return _with_untrained_head(_load_keras(architecture, False, side), seed)


def _load_keras(architecture: str, include_top: bool, side: int) -> keras.Model:
    files = FILES[architecture]
    name = files.keras_whole if include_top else files.keras_headless
    file = _keras_cache() / name
    present = file.is_file()
    build = _build_efficientnet if architecture == "efficientnet_b0" else _build_mobilenet
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the older h5 layout
            return build(files, name, include_top, side)
    except Exception as error:  # network, disk and h5 each fail in their own way
        raise _advice(file, files.keras_address + name, present, error) from error


def _keras_cache() -> Path:
    # where keras.utils.get_file looks; Keras has no public function that says so
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "models"


def _with_untrained_head(base: keras.Model, seed: int) -> keras.Model:
    import keras

    head = keras.layers.Dense(CLASSES, name="predictions")
    network = keras.Model(base.input, head(base.output), name=base.name)
    kernel = np.random.default_rng(seed).normal(0, 0.01, head.kernel.shape)
    head.set_weights([kernel, np.zeros(CLASSES)])
    return network


def _side(architecture: str, include_top: bool, size_px: int | None) -> int:
    if architecture != "efficientnet_b0" or not include_top:
        return size_px or IMAGENET_SIZE_PX
    if size_px not in (None, _KERAS_HEAD_SIZE_PX):
        raise ValueError(
            f"size_px is {size_px}; expected {_KERAS_HEAD_SIZE_PX}, the one size at which Keras "
            "gives EfficientNetB0 its ImageNet head. Without the head (include_top=False) any "
            "size will do."
        )
    return _KERAS_HEAD_SIZE_PX


def _build_mobilenet(files: _Files, name: str, include_top: bool, side: int) -> keras.Model:
    import keras

    # the file is named, not asked for as "imagenet": Keras would refuse odd sizes with a head
    path = keras.utils.get_file(name, files.keras_address + name, cache_subdir="models")
    return keras.applications.MobileNetV2((side, side, 3), WIDTH, weights=path, **_end(include_top))


def _build_efficientnet(files: _Files, name: str, include_top: bool, side: int) -> keras.Model:
    import keras

    # asked for as "imagenet", not by file name: only so does Keras add the layer that divides by
    # the standard deviation, without which these weights see the wrong numbers
    return keras.applications.EfficientNetB0(
        input_shape=(side, side, 3), weights="imagenet", **_end(include_top)
    )


def _end(include_top: bool) -> dict[str, Any]:
    """Return how a Keras network ends: in logits, or in pooled features."""
    if include_top:
        return {"classes": CLASSES, "classifier_activation": None}
    return {"include_top": False, "pooling": "avg"}


def _advice(file: Path, address: str, present: bool, error: Exception) -> WeightsError:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    if not present:
        return _NotThereError(file, address, said.rpartition(" -- ")[2])  # Keras: address -- reason
    return WeightsError(
        f"The ImageNet weights in {file} cannot be read ({said}). Delete that file and run this "
        "again to download it anew, or unset COURSE_WEIGHTS to go on with the bundled weights."
    )


def _headless_note(file: Path, address: str, reason: str) -> str:
    return (
        f"note: {file.name}, the ImageNet weights with their head, could not be downloaded "
        f"({reason}). The file without the head is here: the features are ImageNet's, and all that "
        "trains a head of its own works. Only the old head is untrained now: what it names is a "
        f"guess. To have it too, fetch {address} elsewhere, put it at {file} and restart; or unset "
        "COURSE_WEIGHTS to go on with the bundled weights, head and all."
    )
