"""The networks of lesson 03's exercises in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.sandboxed.observers import Case, Student, Unusable


def network(case: Case, arrays: dict[str, np.ndarray]) -> nn.Module:
    """Return a network whose head is ``fc``, or stands at the end of ``classifier``."""
    with torch.random.fork_rng():  # the student's random numbers stay what they were
        width, hidden = case["width"], case["hidden"]
        last = nn.Linear(hidden or width, case["classes_old"])
        model = _Network(_features(arrays), "fc" if case["kind"] == "plain" else "classifier")
        if case["kind"] == "plain":
            model.fc = last
        elif hidden:
            dense = nn.Linear(width, hidden)
            dense.weight.data = torch.from_numpy(arrays["hidden"].T.copy())
            dense.bias.data = torch.from_numpy(arrays["bias"].copy())
            model.classifier = nn.Sequential(nn.Dropout(0.2), dense, nn.ReLU(), nn.Dropout(), last)
        else:
            model.classifier = nn.Sequential(nn.Dropout(0.2), last)
    return model


class _Network(nn.Module):
    def __init__(self, features: nn.Module, head: str) -> None:
        super().__init__()
        self.features, self._head = features, head

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = getattr(self, self._head)(self.features(images).mean(dim=(2, 3)))
        return logits


def _features(arrays: dict[str, np.ndarray]) -> nn.Sequential:
    kernel = arrays["kernel"]
    before, width = kernel.shape
    conv, norm = nn.Conv2d(before, width, 1, bias=False), nn.BatchNorm2d(width)
    conv.weight.data = torch.from_numpy(kernel.T.copy())[:, :, None, None]
    norm.weight.data = torch.from_numpy(arrays["scale"].copy())
    norm.bias.data = torch.from_numpy(arrays["shift"].copy())
    norm.running_mean = torch.from_numpy(arrays["mean"].copy())
    norm.running_var = torch.from_numpy(arrays["variance"].copy())
    return nn.Sequential(conv, norm, nn.ReLU())


def _inputs(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy())


def expect_model(model: Any) -> None:
    """Refuse what is no model."""
    if not isinstance(model, nn.Module):
        raise Unusable("the model, returned", type(model).__name__, hint_id="forgot-return")


def outputs(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return what the model makes of images."""
    with torch.no_grad():
        made: np.ndarray = model.eval()(_inputs(images)).numpy().astype(np.float64)
        return made


def arrays(model: nn.Module) -> list[np.ndarray]:
    """Return every array of the model."""
    return [array.detach().numpy() for array in model.state_dict().values()]


def counts(model: nn.Module, kernel: np.ndarray) -> dict[str, int]:
    """Count parameters, those that train, those of the convolution that train, and dropouts."""
    sizes = [(p.numel(), bool(p.requires_grad), p.ndim) for p in model.parameters()]
    return {
        "total": sum(size for size, _, _ in sizes),
        "trains": sum(size for size, trains, _ in sizes if trains),
        "body_trains": sum(size for size, trains, axes in sizes if trains and axes == 4),
        "dropouts": sum(isinstance(layer, nn.Dropout) for layer in model.modules()),
    }


class _Recorder(nn.Module):
    """Notes each batch that passes, the mode, and what ``look`` returns then."""

    def __init__(self, seen: list[Any], look: Callable[[], Any], whole: bool) -> None:
        super().__init__()
        self._note, self._look, self._whole = seen, look, whole

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        shown = batch.detach().numpy().copy() if self._whole else len(batch)
        self._note.append((shown, self.training, self._look()))
        return batch


def trainer(
    student: Student,
    case: Case,
    rows: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
) -> tuple[Callable[[], Any], list[Any], Callable[[], tuple[np.ndarray, np.ndarray]]]:
    """Return what trains an epoch, what will have been seen, and a look at the weights."""
    head = nn.Linear(*weights.shape)
    head.weight.data = torch.from_numpy(weights.T.copy())
    head.bias.data = torch.from_numpy(bias.copy())

    def now() -> tuple[np.ndarray, np.ndarray]:
        return head.weight.detach().numpy().T.copy(), head.bias.detach().numpy().copy()

    seen: list[Any] = []
    model = nn.Sequential(_Recorder(seen, now, whole=True), head).eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=case["rate"])
    images, wanted = torch.from_numpy(rows.copy()), torch.from_numpy(labels.copy())

    def train() -> Any:
        return student.train_epoch_of(model, optimizer, images, wanted, case["batch_size"])

    return train, seen, now


def faulty(student: Student, case: Case) -> Any:
    """Set a model and an optimizer up as the case says; return what the student finds."""
    model: Any = _setup(case)
    setup = case["pytorch"]
    head = model.classifier[-1]
    holds = [*model.parameters()]
    if setup == "old-optimizer":
        model.classifier[-1] = nn.Linear(head.in_features, case["classes"])
    elif setup == "no-bias":
        holds = [head.weight]
    elif setup == "head-and-end":
        model.features[-1].requires_grad_(True)
    elif setup == "frozen":
        model.requires_grad_(False)
    optimizer = torch.optim.SGD(holds, lr=0.1)
    if setup == "no-end":
        model.features[-1].requires_grad_(True)
        optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    return student.find_fault(model, optimizer, case["classes"])


def _setup(case: Case) -> nn.Module:
    width = case["width"]
    model = nn.Module()
    model.features = nn.Sequential(nn.Conv2d(3, width, 1), nn.ReLU(), nn.Conv2d(width, width, 1))
    outputs = case["classes_old"] if case["pytorch"] == "old-head" else case["classes"]
    model.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(width, outputs))
    model.features.requires_grad_(False)
    return model


def extractor(
    student: Student, case: Case, arrays: dict[str, np.ndarray], images: np.ndarray
) -> tuple[Callable[[], Any], list[Any], Callable[[], dict[str, Any]]]:
    """Return what computes the features, what will have been seen, and a look at what is left."""
    seen: list[Any] = []
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    note = _Recorder(seen, torch.is_grad_enabled, whole=False)
    backbone = nn.Sequential(note, *_features(arrays), *pool).train(case["training"])
    norm: Any = backbone[2]
    before = norm.running_mean.clone()

    def left() -> dict[str, Any]:
        modes = [layer.training == case["training"] for layer in backbone.modules()]
        return {"mode_kept": all(modes), "moved": not torch.equal(before, norm.running_mean)}

    def compute() -> Any:
        return student.features_once(backbone, _inputs(images), case["batch_size"])

    return compute, seen, left
