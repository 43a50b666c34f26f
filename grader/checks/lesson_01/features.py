"""Take the pooled features out of a network."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.sandboxed.observers import lesson_01 as observers


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw two networks: one ready to predict, one still in training mode."""
    cases: list[CaseParams] = []
    for part, training in (("place", False), ("mode", True)):
        width, classes = (int(n) for n in rng.permutation(range(5, 12))[:2])
        sizes = {"features": width, "classes": classes, "count": int(rng.integers(2, 5))}
        cases.append({**sizes, "training": training, "part": part})
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Judge what came out, then whether it was taken in inference mode and left no trace."""
    found = _judge_place(case, facts)
    return found if case.part == "place" or not found.passed else _judge_mode(case, facts)


def feature_maps(case: Case, *, training: bool) -> np.ndarray:
    """Return what the small network's features are before pooling: (N, 6, 6, width)."""
    weights = observers.draw_network(case)
    x = observers.draw_inputs(case).astype(np.float64) @ weights["kernel"]
    mean, variance = weights["mean"], weights["variance"]
    if training:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    x = (x - mean) / np.sqrt(variance + 1e-3) * weights["scale"] + weights["shift"]
    return np.asarray(np.clip(x, 0, 6))


def _judge_place(case: Case, facts: Facts) -> Finding:
    checked, values = "what comes out", facts["values"]
    wanted = (case["count"], case["features"])
    if values.shape != wanted:
        hint = _place_hint(case, values.shape)
        return Finding.wrong(checked, expected=wanted, found=values.shape, hint=hint)
    maps = {mode: feature_maps(case, training=mode) for mode in (False, True)}
    if any(_close(values, stage.mean(axis=(1, 2))) for stage in maps.values()):
        return Finding.right(checked)
    biggest = any(_close(values, stage.max(axis=(1, 2))) for stage in maps.values())
    return Finding.wrong(
        checked,
        expected="the mean of each feature map",
        found="the largest value of each map" if biggest else "other numbers",
        hint="max-pooled" if biggest else "other-numbers",
    )


def _place_hint(case: Case, shape: tuple[int, ...]) -> str:
    count, width, classes = case["count"], case["features"], case["classes"]
    hints = {
        (count, classes): "logits",
        (count, 6, 6, width): "not-pooled",
        (count, width, 6, 6): "not-pooled",
        (count, width * 36): "flattened",
        (count, width, 1, 1): "not-squeezed",
        (count, 1, 1, width): "not-squeezed",
        (width,): "one-picture",
    }
    return hints.get(tuple(shape), "")


def _judge_mode(case: Case, facts: Facts) -> Finding:
    checked = "inference mode, without a trace"
    wanted = feature_maps(case, training=False).mean(axis=(1, 2))
    if not _close(facts["values"], wanted) or facts["moved"] > 0:
        return Finding.wrong(
            checked,
            expected="the stored BatchNorm statistics, used and left as they are",
            found=f"statistics of this batch; the stored ones moved by {facts['moved']:.2g}",
            hint="training-mode",
        )
    if facts["carries_gradient"]:
        return Finding.wrong(
            checked,
            expected="features without a gradient",
            found="a tensor that still carries its graph",
            hint="keeps-gradient",
            share=0.5,
        )
    if not facts["head_kept"]:
        return Finding.wrong(
            checked,
            expected="a network that still has its head",
            found="a network whose head you removed",
            hint="breaks-the-network",
            share=0.5,
        )
    return Finding.right(checked)


def _close(values: np.ndarray, wanted: np.ndarray) -> bool:
    return values.shape == wanted.shape and bool(np.allclose(values, wanted, rtol=1e-3, atol=1e-4))


CHECK = Check(
    id="01-pretrained-models/features",
    title="Take the pooled features out of a network",
    answers=("extract_features",),
    points=3,
    observe=observers.extract_features,
    judge=judge,
    cases=draw,
    parts={"place": 1, "mode": 2},
    hints={
        "logits": "These are the scores of the head. Stop one step earlier, before the head.",
        "not-pooled": "These are maps with height and width. Average over those two axes.",
        "flattened": "Flattening keeps every position. Average over height and width instead.",
        "not-squeezed": "Two axes of length 1 are left over: flatten to (N, features).",
        "one-picture": "Keep the first axis: one row of features per picture in the batch.",
        "max-pooled": "The backbone was trained with average pooling: take the mean, not the max.",
        "other-numbers": "Take the output of the pooling that stands right before the head.",
        "training-mode": "BatchNorm was in training mode. PyTorch: network.eval() first; "
        "Keras: training=False.",
        "keeps-gradient": "Nothing trains here: put the forward pass under torch.no_grad().",
        "breaks-the-network": "Whoever handed you the network still needs its head. Leave it on.",
        "forgot-return": "Nothing comes back yet: write the body, and return the result.",
    },
    timeout_s=40,
)
