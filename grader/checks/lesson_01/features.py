"""Take the pooled features out of a network."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_01.shared import feature_maps, near
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


def _judge_place(case: Case, facts: Facts) -> Finding:
    checked, values = "what comes out", facts["values"]
    wanted = (case["count"], case["features"])
    if values.shape != wanted:
        hint = _place_hint(case, values.shape)
        return Finding.wrong(checked, expected=wanted, found=values.shape, hint=hint)
    maps = {mode: feature_maps(case, training=mode) for mode in (False, True)}
    if any(near(values, stage.mean(axis=(1, 2))) for stage in maps.values()):
        return Finding.right(checked)
    expected, found, hint = "the mean of each feature map", "other numbers", "other-numbers"
    if any(near(values, stage.max(axis=(1, 2))) for stage in maps.values()):
        found, hint = "the largest value of each map", "max-pooled"
    return Finding.wrong(checked, expected=expected, found=found, hint=hint)


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
    if not near(facts["values"], wanted) or facts["moved"] > 0:
        expected = "the stored BatchNorm statistics, used and left as they are"
        found = f"statistics of this batch; the stored ones moved by {facts['moved']:.2g}"
        return Finding.wrong(checked, expected=expected, found=found, hint="training-mode")
    if facts["carries_gradient"]:
        expected, hint = "features without a gradient", "keeps-gradient"
        found = "a tensor that still carries its graph"
    elif not facts["head_kept"]:
        expected, hint = "a network that still has its head", "breaks-the-network"
        found = "a network whose head you removed"
    else:
        return Finding.right(checked)
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, share=0.5)


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
