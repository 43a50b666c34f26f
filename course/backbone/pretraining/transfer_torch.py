"""The rows of the transfer table in plain PyTorch."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision.models import MobileNetV2

from course.backbone import load_torch, preprocess
from course.backbone.pretraining.transfer import (
    NUMBERS,
    Kept,
    Pictures,
    Rate,
    Row,
    batches,
    feature_batches,
    rate_at,
    rate_of,
    views,
)
from course.device import torch_device

DEVICE = torch_device()


def run(row: Row, train: Pictures, test: Pictures, seed: int, kept: Kept | None = None) -> float:
    """Train as the row says and return the accuracy on ``test``, 0 to 1."""
    torch.manual_seed(seed)
    model = _model(row, len(train.classes), seed)
    if row.way in ("head", "tuned"):
        features, labels = (kept or Kept()).once(
            (row.task, row.pictures, seed), lambda: _varied_features(model, train, seed)
        )
        _train_head(model, features, labels, seed)
    if row.way == "scratch":
        model.train()
    elif row.way != "head":
        _freeze_norm(model)
    if row.way != "head":
        _train(model, train, rate_of(row.way), seed)
    return _accuracy(model, test)


def _model(row: Row, classes: int, seed: int) -> MobileNetV2:
    model = load_torch(
        weights="random" if row.way == "scratch" else None, classes=classes, seed=seed
    )
    model.classifier[0] = nn.Identity()  # no dropout: the two frameworks would draw differently
    return model.to(DEVICE, memory_format=torch.channels_last)


def _inputs(images: np.ndarray) -> torch.Tensor:
    arrays = torch.from_numpy(preprocess(images, framework="torch"))
    return arrays.to(DEVICE, memory_format=torch.channels_last)


def _varied_features(
    model: MobileNetV2, train: Pictures, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    images, answers = views(train, seed=seed, numbers=NUMBERS)
    return _features(model, images), torch.from_numpy(answers).to(DEVICE)


def _train_head(
    model: MobileNetV2, features: torch.Tensor, labels: torch.Tensor, seed: int
) -> None:
    head = model.classifier
    optimizer = torch.optim.Adam(head.parameters(), eps=NUMBERS.adam_epsilon)
    for step, rows in enumerate(feature_batches(len(labels), seed=seed, numbers=NUMBERS)):
        _set_rate(optimizer, rate_at(step, NUMBERS.head_steps, NUMBERS.head_rate))
        loss = functional.cross_entropy(head(features[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.inference_mode()
def _features(model: MobileNetV2, images: np.ndarray) -> torch.Tensor:
    model.eval()
    parts = [
        model.features(_inputs(images[begin : begin + 100])).mean(dim=(2, 3))
        for begin in range(0, len(images), 100)
    ]
    return torch.cat(parts)


def _freeze_norm(model: MobileNetV2) -> None:
    model.eval()  # the pretraining's statistics stay
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.requires_grad_(False)


def _train(model: MobileNetV2, train: Pictures, rate: Rate, seed: int) -> None:
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trainable, eps=NUMBERS.adam_epsilon)
    drawn = batches(train, steps=NUMBERS.steps, seed=seed)
    for step, (images, labels) in enumerate(drawn):
        _set_rate(optimizer, rate(step))
        loss = functional.cross_entropy(model(_inputs(images)), torch.from_numpy(labels).to(DEVICE))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def _accuracy(model: MobileNetV2, test: Pictures) -> float:
    with torch.inference_mode():
        logits = model.classifier(_features(model, test.images))
    return float((logits.argmax(dim=1).cpu().numpy() == test.labels).mean())
