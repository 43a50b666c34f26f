"""The weights file: where it is, what it holds, and what is said when it is not right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save

from course import files
from course.backbone.architecture import layout

FORMAT = "finetuning-course backbone"
VERSION = 1


class WeightsError(RuntimeError):
    """Weights that are missing, damaged or not the expected ones."""


@dataclass(frozen=True)
class Weights:
    """The content of a weights file.

    Attributes
    ----------
    tensors
        float32 arrays under torchvision's names, ``num_batches_tracked`` left out.
    classes
        Names of the pretraining classes, in the order of the head's outputs.
    width, size_px, seed
        Width multiplier, input size and seed of the pretraining.
    sha256
        Digest of names and values, as ``digest`` computes it.
    """

    tensors: dict[str, np.ndarray]
    classes: tuple[str, ...]
    width: float
    size_px: int
    seed: int
    sha256: str


def weights_path() -> Path:
    """Return where the bundled weights file is."""
    return Path(__file__).with_name("weights.safetensors")


def digest(tensors: Mapping[str, np.ndarray]) -> str:
    """Return the SHA-256 of names and little-endian values, in the order of the names."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        total.update(name.encode())
        total.update(np.ascontiguousarray(tensors[name], dtype="<f4").tobytes())
    return total.hexdigest()


def save_weights(
    path: Path,
    tensors: Mapping[str, np.ndarray],
    *,
    classes: tuple[str, ...],
    width: float,
    size_px: int,
    seed: int,
) -> Path:
    """Write a weights file, in one move so that no half file is ever left behind."""
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "classes": json.dumps(classes),
        "width": str(width),
        "size_px": str(size_px),
        "seed": str(seed),
        "sha256": digest(tensors),
    }
    kept = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    files.write(path, save(kept, metadata))
    return path


def read_weights(path: Path | None = None) -> Weights:
    """Read and check a weights file.

    Parameters
    ----------
    path
        The file; the bundled one if left out.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or not a backbone of this course. The message says
        which, and how to get it back.
    """
    path = path or weights_path()
    if not path.is_file():
        raise WeightsError(f"No weights file at {path}. {_remedy(path)}")
    metadata, tensors = read_file(path, _remedy(path))
    weights = _interpret(path, metadata, tensors)
    _compare_layout(path, weights)
    _compare_digest(path, weights)
    return weights


def read_file(path: Path, remedy: str) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Return metadata and arrays of a safetensors file.

    Raises
    ------
    WeightsError
        If it cannot be read; the message ends in ``remedy``.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            names = list(file.keys())
            return file.metadata() or {}, {name: file.get_tensor(name) for name in names}
    except (safetensors.SafetensorError, OSError) as error:
        raise WeightsError(
            f"{path} is damaged: it cannot be read as a safetensors file ({error}). {remedy}"
        ) from error


def _interpret(path: Path, metadata: dict[str, str], tensors: dict[str, np.ndarray]) -> Weights:
    found = (metadata.get("format"), metadata.get("version"))
    if found != (FORMAT, str(VERSION)):
        raise WeightsError(
            f"{path} is a foreign file: expected {FORMAT!r} version {VERSION} in its metadata, "
            f"found {found[0]!r} version {found[1]}. {_remedy(path)}"
        )
    try:
        return Weights(
            tensors=tensors,
            classes=tuple(json.loads(metadata["classes"])),
            width=float(metadata["width"]),
            size_px=int(metadata["size_px"]),
            seed=int(metadata["seed"]),
            sha256=metadata["sha256"],
        )
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{path} is damaged: its metadata cannot be read ({error!r}). {_remedy(path)}"
        ) from error


def _compare_layout(path: Path, weights: Weights) -> None:
    expected = layout(weights.width, len(weights.classes))
    found = {name: value.shape for name, value in weights.tensors.items()}
    wrong = sorted(n for n in expected.keys() | found.keys() if expected.get(n) != found.get(n))
    if wrong:
        name = wrong[0]
        raise WeightsError(
            f"{path} is a foreign file: {len(wrong)} tensors are not those of a MobileNetV2 of "
            f"width {weights.width}. First: {name!r}, expected {expected.get(name)}, "
            f"found {found.get(name)}. {_remedy(path)}"
        )


def _compare_digest(path: Path, weights: Weights) -> None:
    found = digest(weights.tensors)
    if found != weights.sha256:
        raise WeightsError(
            f"{path} is damaged: its numbers changed since it was written (SHA-256 expected "
            f"{weights.sha256[:12]}…, found {found[:12]}…). {_remedy(path)}"
        )


def _remedy(path: Path) -> str:
    if path.resolve() != weights_path().resolve():
        return "Name another file, or make one with `course backbone pretrain --out FILE`."
    return (
        "Get it back with `git checkout -- course/backbone/weights.safetensors`, or make it "
        "again with `course backbone pretrain` (about half an hour on two cores)."
    )
