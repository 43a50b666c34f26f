"""Read the overfitting gap."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Chart, Line
from grader.sandboxed.observers import lesson_04 as observers

HINTS = {
    "from-zero": "Your epoch is one too low: lists count from 0, epochs from 1.",
    "best-accuracy": "That is the epoch of the highest validation accuracy. Take the lowest "
    "validation loss: it sees that the model grows sure of wrong answers.",
    "training-loss": "That is where the training loss is lowest, which is where most was learned "
    "by heart. Look at history['val_loss'].",
    "as-share": "The gap is asked for in percentage points: multiply by 100.",
    "turned-around": "The sign is turned around: training minus validation.",
    "absolute": "Validation is ahead here, so the gap is negative. Leave the sign.",
    "gap-of-loss": "You took the losses apart. The gap is that of the accuracies.",
    "gap-at-best": "That is the gap at the best epoch. Take the last one: how far it went.",
}

History = Mapping[str, np.ndarray]


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a run that overfits, and one that augmentation holds back."""
    return [
        {"history": _overfitting_run(rng), "part": "overfitting"},
        {"history": _held_back_run(rng), "part": "held back"},
    ]


def _overfitting_run(rng: np.random.Generator) -> dict[str, list[float]]:
    epochs, best = int(rng.integers(9, 13)), int(rng.integers(3, 5))
    at = np.arange(1, epochs + 1)
    val_accuracy = 0.70 + 0.012 * np.minimum(at, best) - 0.008 * np.maximum(at - best - 2, 0)
    val_accuracy[best + 1] += 0.05  # accuracy is best later than loss
    curves = {
        "loss": 0.7 * 0.7**at,
        "accuracy": 1 - 0.4 * 0.6**at,
        "val_loss": 0.5 + 0.05 * np.abs(at - best) ** 1.3,
        "val_accuracy": val_accuracy,
    }
    return _rounded(curves, rng)


def _held_back_run(rng: np.random.Generator) -> dict[str, list[float]]:
    epochs = int(rng.integers(7, 10))
    at = np.arange(1, epochs + 1)
    val_loss = 0.3 + 0.4 * 0.7**at
    val_loss[-1] += 0.2  # the last epoch is not the best
    curves = {
        "loss": 0.4 + 0.3 * 0.8**at,
        "accuracy": 0.85 - 0.3 * 0.7**at,
        "val_loss": val_loss,
        "val_accuracy": 0.93 - 0.3 * 0.7**at,
    }
    return _rounded(curves, rng)


def _rounded(curves: History, rng: np.random.Generator) -> dict[str, list[float]]:
    shift = rng.uniform(0, 0.01)
    return {name: [round(float(v + shift), 4) for v in values] for name, values in curves.items()}


def judge(case: Case, facts: Facts) -> Finding:
    """Compare epoch and gap with those of the history."""
    history = {name: np.asarray(values) for name, values in case["history"].items()}
    checked = f"overfitting_gap(history) of a run of {len(history['loss'])} epochs"
    epoch = int(history["val_loss"].argmin()) + 1
    gap = 100 * (history["accuracy"][-1] - history["val_accuracy"][-1])
    right = facts["epoch"] == epoch, abs(facts["gap"] - gap) < 0.06
    if all(right):
        return Finding.right(checked)
    hint = _gap_mistake(history, facts["gap"], gap) if right[0] else ""
    hint = hint or _epoch_mistake(history, facts["epoch"], epoch)
    expected = f"epoch {epoch}, gap {gap:.1f}"
    found, share = f"epoch {facts['epoch']:g}, gap {facts['gap']:.4g}", 0.5 if any(right) else 0.0
    shown = [_gap_chart(history, gap) if right[0] else _epoch_chart(history, epoch, facts)]
    return Finding.wrong(
        checked, expected=expected, found=found, hint=hint, share=share, shown=shown
    )


def _gap_chart(history: History, gap: float) -> Chart:
    last = len(history["accuracy"])
    caption = "Accuracy by epoch: the gap is read where the curves end"
    said = f"after epoch {last}, training minus validation accuracy is {gap:.1f} points"
    return _chart(history, "accuracy", caption, said, ("the gap", last))


def _epoch_chart(history: History, epoch: int, facts: Facts) -> Chart:
    caption = "Loss by epoch: the best epoch is where the validation loss is lowest"
    said = f"the validation loss is lowest in epoch {epoch}; you said {facts['epoch']:g}"
    return _chart(history, "loss", caption, said, ("lowest", epoch))


def _chart(history: History, of: str, caption: str, said: str, mark: tuple[str, int]) -> Chart:
    lines = (
        Line("training", tuple(history[of])),
        Line("validation", tuple(history[f"val_{of}"])),
    )
    return Chart(caption, said, "epoch", lines, marks=(mark,))


def _epoch_mistake(history: History, found: float, epoch: int) -> str:
    mistakes = {
        int(history["loss"].argmin()) + 1: "training-loss",
        int(history["val_accuracy"].argmax()) + 1: "best-accuracy",
        epoch - 1: "from-zero",
        epoch: "",
    }
    return mistakes.get(int(found), "")


def _gap_mistake(history: History, found: float, gap: float) -> str:
    best = int(history["val_loss"].argmin())
    accuracies = history["accuracy"] - history["val_accuracy"]
    losses = history["val_loss"][-1] - history["loss"][-1]
    mistakes = {
        "absolute": abs(gap) if gap < 0 else np.inf,
        "turned-around": -gap if gap > 0 else np.inf,
        "as-share": gap / 100,
        "gap-at-best": 100 * accuracies[best],
        "gap-of-loss": 100 * losses,
    }
    near = [name for name, value in mistakes.items() if abs(found - value) < 0.0006 * 100]
    if abs(found - gap / 100) < 0.0006:
        return "as-share"
    return near[0] if near else "gap-of-loss" if abs(abs(found) - abs(losses)) < 0.001 else ""


CHECK = Check(
    id="04-overfitting/overfitting-gap",
    title="Read the overfitting gap",
    answers=("overfitting_gap",),
    points=2,
    observe=observers.read_curves,
    judge=judge,
    cases=draw,
    parts={"overfitting": 1, "held back": 1},
    hints=HINTS,
)
