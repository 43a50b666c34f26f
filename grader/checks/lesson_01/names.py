"""Predict names and probabilities."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.evidence import compared
from grader.checks.lesson_01.shared import near
from grader.sandboxed.observers import lesson_01 as observers

WORDS = ("apple", "bridge", "candle", "drum", "eagle", "fern", "glove", "harp", "iris", "jug")


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a batch and class names in no alphabetical order; it decides both parts."""
    names = [str(word) for word in rng.permutation(WORDS)[: int(rng.integers(4, 7))]]
    if names == sorted(names):
        names = names[::-1]
    batch: CaseParams = {"names": names, "count": 8, "seed": int(rng.integers(2**31))}
    return [{**batch, "part": "probabilities"}, {**batch, "part": "names"}]


def judge(case: Case, facts: Facts) -> Finding:
    """Judge the probabilities, or the name chosen for each picture."""
    inputs, weights = observers.draw_scores(case)
    logits = inputs.astype(np.float64) @ weights
    if case.part == "names":
        return _judge_chosen(case, facts, logits.argmax(axis=1))
    return _judge_probabilities(facts["probabilities"], logits)


def _judge_probabilities(given: np.ndarray, logits: np.ndarray) -> Finding:
    checked, right = "the probabilities", recomputed.softmax(logits)
    if near(given, right):
        return Finding.right(checked)
    wanted = f"{right.shape}, each row summing to 1"
    slips = {
        "no-softmax": logits,
        "softmax-over-the-batch": recomputed.softmax(logits, axis=0),
        "softmax-twice": recomputed.softmax(right),
        "only-the-largest": right.max(axis=1),
    }
    for hint, slip in slips.items():
        if near(given, slip):
            return Finding.wrong(checked, expected=wanted, found=_describe(given), hint=hint)
    rows = given.shape == right.shape and np.allclose(given.sum(axis=1), 1, atol=1e-3)
    hint = "training-mode" if rows else ""
    found = "probabilities of a model that drops features" if rows else _describe(given)
    return Finding.wrong(checked, expected=wanted, found=found, hint=hint)


def _describe(given: np.ndarray) -> str:
    if given.ndim != 2:
        return f"shape {given.shape}"
    return f"{given.shape}, the first row summing to {given[0].sum():.3g}"


def _judge_chosen(case: Case, facts: Facts, best: np.ndarray) -> Finding:
    checked, names, given = "the names", case["names"], facts["names"]
    right = [names[at] for at in best]
    if given == right:
        return Finding.right(checked)
    hint = ""
    if len(given) != len(right):
        hint = "one-name"
    elif given == [str(at) for at in best]:
        hint = "numbers-not-names"
    elif given == [sorted(names)[at] for at in best]:
        hint = "sorted-names"
    rows = [
        (f"picture {at}", name, given[at - 1] if at <= len(given) else "nothing")
        for at, name in enumerate(right, 1)
    ]
    shown = [compared("Picture by picture", "Of", rows)]
    expected, found = _listed(right), _listed(given)
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


CHECK = Check(
    id="01-pretrained-models/names",
    title="Predict names and probabilities",
    answers=("predict_names",),
    points=3,
    observe=observers.predict_names,
    judge=judge,
    cases=draw,
    parts={"probabilities": 2, "names": 1},
    hints={
        "no-softmax": "Those are logits. Apply softmax over the classes.",
        "softmax-over-the-batch": "The columns sum to 1: softmax ran over the pictures. "
        "Use the last axis.",
        "softmax-twice": "The model's last layer is a softmax already; a second one flattens it.",
        "only-the-largest": "Return the probability of every class, not just the largest.",
        "training-mode": "Dropout was active. PyTorch: model.eval(); Keras: training=False "
        "or predict().",
        "one-name": "There should be one name for every picture in the batch.",
        "numbers-not-names": "Those are positions. Look each one up in `class_names`.",
        "sorted-names": "The order of `class_names` is the order of the outputs: do not sort.",
        "forgot-return": "Return two things: return names, probabilities.",
    },
    timeout_s=40,
)
