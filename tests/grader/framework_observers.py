"""Observers that look at a model: for the attacks that need a framework."""

from __future__ import annotations

from typing import Any

from grader.sandboxed.observers import Case, Student, Unusable


def observe_frozen(student: Student, case: Case) -> dict[str, Any]:
    """Report what still trains after the student's ``freeze``."""
    if student.framework == "pytorch":
        return _torch(student, case)
    return _keras(student, case)


def _torch(student: Student, case: Case) -> dict[str, Any]:
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(case["inputs"], 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    student.freeze(model)
    if len(list(model.parameters())) != 6:
        raise Unusable("the model's six parameters", "others")
    before = [p.detach().clone().numpy() for p in model.parameters()]
    trainable = [p for p in model.parameters() if p.requires_grad]
    if trainable:
        loss = model(torch.ones(4, case["inputs"])).square().sum()
        loss.backward()
        torch.optim.SGD(trainable, lr=0.1).step()
    moved = [
        bool((b != p.detach().numpy()).any())
        for b, p in zip(before, model.parameters(), strict=True)
    ]
    return {"trainable": sum(p.numel() for p in trainable), "moved": moved}


def _keras(student: Student, case: Case) -> dict[str, Any]:
    import keras

    model = keras.Sequential(
        [keras.Input((case["inputs"],)), keras.layers.Dense(4), keras.layers.Dense(2)]
    )
    student.freeze(model)
    trainable = sum(int(v.numpy().size) for v in model.trainable_variables)
    return {"trainable": trainable, "moved": []}
