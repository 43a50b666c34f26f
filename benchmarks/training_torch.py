"""PyTorch's side of ``benchmarks.training``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from course import torch_kit as kit
from course.backbone import load_torch, preprocess
from course.device import describe_torch, torch_device
from course.training import runs

CLASSES = 5
RATE = 1e-3


def describe() -> tuple[str, str]:
    """Return the kind of device, ``cpu`` or ``gpu``, and its name."""
    return "cpu" if torch_device().type == "cpu" else "gpu", describe_torch()


def prepared(images: np.ndarray) -> np.ndarray:
    """Return images as the network wants them."""
    return preprocess(images, framework="torch")


def network(way: str) -> Any:
    """Return a fresh network with a new head, its flags set for ``way``."""
    model = load_torch(classes=CLASSES).to(torch_device())
    if way == "cached":
        return model.classifier
    (kit.freeze if way == "frozen" else kit.unfreeze)(model.features)
    return model


def features(images: np.ndarray) -> np.ndarray:
    """Return the features that the frozen base makes."""
    return kit.cached_features(network("frozen").features, images)


def bare(model: Any, images: np.ndarray, labels: np.ndarray) -> Callable[[int], None]:
    """Return what takes so many steps on one batch that lies on the device already."""
    device = torch_device()
    batch, wanted = torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = _optimizer(model)
    kit.hold_batchnorm(model.train())

    def steps(count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(batch), wanted)
            loss.backward()
            optimizer.step()
        loss.item()  # waits for the device

    return steps


def fit(model: Any, data: runs.Data, **options: Any) -> runs.History:
    """Call the kit's ``fit`` with a new optimizer."""
    kit.hold_batchnorm(model)
    return kit.fit(model, data, optimizer=_optimizer(model), **options)


def accuracy(model: Any, data: runs.Data) -> float:
    """Return the share of right answers."""
    return kit.evaluate(model, *data)[1]


def faster(images: np.ndarray, labels: np.ndarray) -> str:
    """Return the table of what the kit's ``faster`` tried on the unfrozen network."""
    return str(kit.faster(network("unfrozen"), (images, labels)))


def _optimizer(model: Any) -> torch.optim.Optimizer:
    return torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=RATE)
