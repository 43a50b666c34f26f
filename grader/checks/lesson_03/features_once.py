"""Compute the features once."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.lesson_03.shared import features
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_03 as observers

HINTS = {
    "training-mode": Hint(
        keras="BatchNorm used the batch, not its statistics. Inference mode: predict, or "
        "training=False.",
        pytorch="BatchNorm used the batch, not its statistics. Call backbone.eval() first.",
    ),
    "drops-last": same("Rows are missing: the last, smaller batch counts too."),
    "all-at-once": same("More than batch_size images went through at once. Cut them into parts."),
    "keeps-graph": Hint(
        pytorch="Gradients were being recorded. Compute inside torch.no_grad().",
    ),
    "mode-left": Hint(
        keras="The backbone's flags are not what they were. Leave them alone.",
        pytorch="The backbone is left in another mode. Remember backbone.training and set it back.",
    ),
    "not-numpy": same("Return a NumPy array (N, D)."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw images whose last batch is smaller, and a backbone in either mode."""
    batch = int(rng.integers(3, 6))
    return [
        {
            "width": int(rng.integers(4, 9)),
            "hidden": 0,
            "batch_size": batch,
            "count": 2 * batch + place + 1,
            "training": bool(place),
            "part": part,
        }
        for place, part in enumerate(("features", "from training mode"))
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the features with arithmetic, and ask how they were computed."""
    checked, right = "the features of a small backbone", features(case)
    values = facts["values"]
    if not recomputed.close(values, right, rtol=1e-5):
        hint = "training-mode" if facts["training"] else ""
        if values.ndim == 2 and len(values) < len(right):
            hint = "drops-last"
        expected = f"{right.shape}, as in inference mode"
        found = f"{values.shape}" + (", as in training mode" if facts["training"] else "")
        return wrong(facts, HINTS, checked, expected, found, hint)
    return _judge_manners(case, facts)


def _judge_manners(case: Case, facts: Facts) -> Finding:
    checked = "how the features were computed"
    largest = max(facts["sizes"], default=0)
    if largest > case["batch_size"]:
        expected, found = f"at most {case['batch_size']} at once", largest
        return wrong(facts, HINTS, checked, expected, found, "all-at-once")
    if facts["graph"]:
        expected, found = "no gradients", "a graph was kept for them"
        return wrong(facts, HINTS, checked, expected, found, "keeps-graph")
    if facts["moved"] or not facts["mode_kept"]:
        hint = "training-mode" if facts["moved"] else "mode-left"
        found = "statistics that moved" if facts["moved"] else "other flags or another mode"
        return wrong(facts, HINTS, checked, "a backbone left as it was", found, hint)
    return Finding.right(checked)


CHECK = Check(
    id="03-new-head/features-once",
    title="Compute the features once",
    answers=("features_once",),
    points=3,
    observe=observers.features_once,
    judge=judge,
    cases=draw,
    parts={"features": 2, "from training mode": 1},
    hints=texts(HINTS),
    timeout_s=40,
)
