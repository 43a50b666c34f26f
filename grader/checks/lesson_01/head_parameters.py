"""Count the parameters of a head."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.sandboxed.observers import lesson_01 as observers


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw three heads, the second with as many classes as features."""
    features, classes = int(rng.integers(20, 2000)), int(rng.integers(3, 19))
    return [
        {"features": features, "classes": classes},
        {"features": classes, "classes": classes},
        {"features": classes, "classes": features},
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Judge the number of parameters of a linear layer."""
    features, classes = case["features"], case["classes"]
    checked = f"the parameters of a head from {features} features to {classes} classes"
    wanted, counted = features * classes + classes, facts["counted"]
    if counted == wanted:
        return Finding.right(checked)
    slips = {
        features * classes: "no-bias",
        features * classes + features: "bias-per-feature",
        features * classes + 1: "one-bias",
        features + classes: "added",
        1280 * 5 + 5: "always-the-lesson-s",
    }
    return Finding.wrong(checked, expected=wanted, found=counted, hint=slips.get(counted, ""))


CHECK = Check(
    id="01-pretrained-models/head-parameters",
    title="Count the parameters of a head",
    answers=("head_parameters",),
    points=1,
    observe=observers.count_head,
    judge=judge,
    cases=draw,
    hints={
        "no-bias": "The weights are right; each class also has a bias.",
        "bias-per-feature": "There is one bias per class, not one per feature.",
        "one-bias": "There is a bias for every class, not one for the whole layer.",
        "added": "Each class has a weight for every feature: multiply.",
        "always-the-lesson-s": "That is one certain head. Compute it from the two arguments.",
        "forgot-return": "Nothing comes back yet: write the body, and return the number.",
    },
    timeout_s=10,
)
