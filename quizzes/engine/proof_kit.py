"""The names a proof finds in its namespace, and the small models and data it works on."""

from __future__ import annotations

import contextlib
import io
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

Names = dict[str, Any]


def names_for(framework: str | None, stem: str, options: dict[str, str]) -> Names:
    """Return the namespace of one proof.

    ``STEM`` is the code in the question's stem, ``OPTIONS`` the code of each option by id: what the
    learner reads is what is run. ``run``, ``printed`` and ``works`` execute such code.
    """
    names: Names = {"np": np, "math": math, "STEM": stem, "OPTIONS": options, "which": which}
    names["blobs"] = blobs
    names.update(_FRAMEWORK_NAMES[framework]())
    base = dict(names)

    def run(code: str, **more: Any) -> Names:
        """Execute ``code`` and return its namespace; what it printed is under ``_printed``."""
        space = {**base, **more}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "<question>", "exec"), space)
        return {**space, "_printed": out.getvalue().strip()}

    def printed(code: str, **more: Any) -> str:
        """Execute ``code`` and return what it printed."""
        return str(run(code, **more)["_printed"])

    def works(code: str, **more: Any) -> bool:
        """Whether ``code`` runs to its end without an exception."""
        try:
            run(code, **more)
        except Exception:
            return False
        return True

    return {**names, "run": run, "printed": printed, "works": works}


def which(value: Any, **candidates: Any) -> dict[str, bool]:
    """Say for each option whether its candidate is ``value``; floats to six digits."""
    return {option: _same(value, candidate) for option, candidate in candidates.items()}


def _same(value: Any, candidate: Any) -> bool:
    if isinstance(value, float) or isinstance(candidate, float):
        return math.isclose(value, candidate, rel_tol=1e-6, abs_tol=1e-12)
    return bool(value == candidate)


def blobs(
    count: int = 120, classes: int = 3, *, features: int = 8, spread: float = 1.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return ``count`` points in ``classes`` clouds: x (N, features) float32 and y (N,) int64.

    The centers are the same for every ``seed``, so another seed is fresh data of the same task.
    """
    centers = np.random.default_rng(7).normal(size=(classes, features)) * 2
    chance = np.random.default_rng(seed)
    y = np.arange(count) % classes
    x = centers[y] + chance.normal(size=(count, features)) * spread
    return x.astype("float32"), y.astype("int64")


def fix_seeds(framework: str | None) -> None:
    """Give every proof the same start, whichever ran before it."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - frameworks and questions may use the old generator
    if framework == "pytorch":
        import torch

        torch.manual_seed(0)
        torch.set_grad_enabled(True)
    if framework == "keras":
        import keras

        keras.utils.set_random_seed(0)


def _torch_names() -> Names:
    import torch
    import torchvision
    from torch import nn

    def mobilenet(classes: int = 1000) -> Any:
        """torchvision's MobileNetV2 at width 0.35, random weights."""
        return torchvision.models.mobilenet_v2(weights=None, width_mult=0.35, num_classes=classes)

    def tiny() -> Any:
        """A backbone with BatchNorm and a head of three classes."""
        return nn.Sequential(
            nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU()), nn.Linear(16, 3)
        )

    def fit(model: Any, x: Any, y: Any, *, lr: float = 0.1, steps: int = 50) -> list[float]:
        """Full-batch SGD on cross-entropy; returns the loss before each step."""
        data, target = torch.as_tensor(x), torch.as_tensor(y)
        chosen = [p for p in model.parameters() if p.requires_grad]
        optimizer, losses = torch.optim.SGD(chosen, lr=lr), []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(data), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    shared: Names = {"torch": torch, "nn": nn, "F": nn.functional, "torchvision": torchvision}
    return {**shared, "mobilenet": mobilenet, "tiny": tiny, "fit": fit}


def _keras_names() -> Names:
    import keras

    layers = keras.layers

    def tiny() -> Any:
        """A nested backbone with BatchNorm, and a head of three classes."""
        base = keras.Sequential(
            [
                keras.Input((8,)),
                layers.Dense(16, name="early"),
                layers.BatchNormalization(name="bn"),
                layers.ReLU(),
            ],
            name="base",
        )
        return keras.Sequential([keras.Input((8,)), base, layers.Dense(3, name="head")])

    def compiled(model: Any, optimizer: Any = "sgd") -> Any:
        """Compile for whole-number labels and logits."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer=optimizer, loss=loss)
        return model

    return {"keras": keras, "layers": layers, "tiny": tiny, "compiled": compiled}


_FRAMEWORK_NAMES: dict[str | None, Callable[[], Names]] = {
    None: dict,
    "pytorch": _torch_names,
    "keras": _keras_names,
}
