"""Watch a training in PyTorch: what each step of any optimizer moves, and at which rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from grader.sandboxed.observers import Case, Student
from grader.sandboxed.observers.lesson_08 import phases
from grader.sandboxed.toy_networks import networks_torch

GAIN = 6**0.5  # what PyTorch's first weights lack for a signal to pass through ten layers
Data = tuple[np.ndarray, np.ndarray]


def watched(student: Student, case: Case, train: Data, val: Data) -> dict[str, Any]:
    """Let the student train a small network; return the phases and what stood still."""
    model = networks_torch.build(case.params, case.seed)
    with torch.no_grad():
        for array in model.parameters():
            if array.ndim == 4:
                array.mul_(GAIN)
    places = {id(array): place for place, array in enumerate(model.parameters())}
    notes: list[tuple[list[int], float]] = []

    def note(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        moving = [
            (places[id(array)], float(group["lr"]))
            for group in optimizer.param_groups
            for array in group["params"]
            if id(array) in places and array.requires_grad and array.grad is not None
        ]
        rates = [rate for _, rate in moving]
        notes.append((sorted(place for place, _ in moving), max(rates, default=0.0)))

    averages, before = networks_torch.statistics(model), loss(model, train)
    weights = networks_torch.values(model)
    handle = register_optimizer_step_pre_hook(note)
    try:
        student.fine_tune(model, ordered(train), ordered(val))
    finally:
        handle.remove()
    return {
        "phases": phases([each for each in notes if each[0]]),
        "drifted": sum(networks_torch.moved(averages, networks_torch.statistics(model))),
        "flags": networks_torch.trains(model),
        "losses": [before, loss(model, train)],
        "weights": [weights, networks_torch.values(model)],
        "statistics": [averages, networks_torch.statistics(model)],
    }


def ordered(data: Data) -> Data:
    """Return images with their channels first, and copies of both."""
    return np.ascontiguousarray(data[0].transpose(0, 3, 1, 2)), data[1].copy()


def loss(model: torch.nn.Module, data: Data) -> float:
    """Return the model's loss, in evaluation mode; its modes stay as they are."""
    modes = {layer: layer.training for layer in model.modules()}
    images, labels = ordered(data)
    with torch.no_grad():
        logits = model.eval()(torch.from_numpy(images))
        value = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
    for layer, mode in modes.items():
        layer.training = mode
    return float(value)
