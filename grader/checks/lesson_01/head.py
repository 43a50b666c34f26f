"""Put a new head on a frozen backbone."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.lesson_01.shared import feature_maps
from grader.sandboxed.observers import lesson_01 as observers


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network and a number of classes that it never had; never five twice."""
    cases: list[CaseParams] = []
    for part, classes in (("head", int(rng.integers(6, 9))), ("frozen", int(rng.integers(2, 5)))):
        old = int(rng.integers(10, 14))
        sizes = {"features": int(rng.integers(15, 20)), "classes": old, "count": 3}
        cases.append({**sizes, "classes_new": classes, "part": part})
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Judge the outputs of the new head, or what of the model trains."""
    return (_judge_outputs if case.part == "head" else _judge_frozen)(case, facts)


def _judge_outputs(case: Case, facts: Facts) -> Finding:
    checked, outputs = "the outputs of the new model", facts["outputs"]
    wanted = (case["count"], case["classes_new"])
    if outputs.shape != wanted:
        hints = {case["classes"]: "old-head", 5: "always-five"}
        hint = hints.get(outputs.shape[-1] if outputs.ndim else 0, "")
        return Finding.wrong(checked, expected=wanted, found=outputs.shape, hint=hint)
    if facts["added"] > _head_size(case):
        expected, found = f"{_head_size(case)} parameters on top of the backbone", facts["added"]
        return Finding.wrong(checked, expected=expected, found=found, hint="stacked-on-old-head")
    return _judge_range(checked, outputs, torch=facts["framework"] == "pytorch")


def _judge_range(checked: str, outputs: np.ndarray, *, torch: bool) -> Finding:
    sums = outputs.sum(axis=1)
    probable = bool(np.allclose(sums, 1, atol=1e-3) and (outputs >= 0).all())
    if probable != torch:
        return Finding.right(checked)
    expected, found, hint = "logits: any numbers", "probabilities that sum to 1", "softmax-inside"
    if not torch:
        expected, found = found, f"rows that sum to {sums[0]:.3g}"
        hint = "sigmoid" if ((outputs >= 0) & (outputs <= 1)).all() else "no-softmax"
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, share=0.5)


def _judge_frozen(case: Case, facts: Facts) -> Finding:
    checked, wanted = "what trains", _head_size(case)
    if facts["trainable"] == wanted and not facts["backbone_trains"]:
        return Finding.right(checked)
    hint = ""
    if facts["trainable"] == 0:
        hint = "head-frozen-too"
    elif facts["backbone_trains"]:
        hint = "nothing-frozen"
    elif facts["added"] > wanted:
        hint = "stacked-on-old-head"
    elif facts["outputs"].shape[-1] == 5:
        hint = "always-five"
    expected, found = f"{wanted} parameters, those of the head", f"{facts['trainable']} parameters"
    return Finding.wrong(checked, expected=expected, found=found, hint=hint)


def _head_size(case: Case) -> int:
    return int((case["features"] + 1) * case["classes_new"])


def _again(case: Case, facts: Facts) -> str:
    if case.part != "head":
        return ""
    features = feature_maps(case, training=False).mean(axis=(1, 2))
    fits = recomputed.head_fits(facts["outputs"], features, facts["arrays"])
    return "" if fits else "the outputs of the new model"


CHECK = Check(
    id="01-pretrained-models/head",
    title="Put a new head on a frozen backbone",
    answers=("add_head",),
    points=3,
    observe=observers.add_head,
    judge=judge,
    cases=draw,
    parts={"head": 2, "frozen": 1},
    hints={
        "old-head": "The old head is still there: replace it, do not keep it.",
        "always-five": "The number of classes is an argument: use `classes`, not 5.",
        "stacked-on-old-head": "The old head is still below the new one. The new head reads "
        "the features themselves.",
        "softmax-inside": "Leave the softmax out: cross_entropy takes logits and applies its own.",
        "no-softmax": "Those are logits. Give the Dense layer activation='softmax'.",
        "sigmoid": "sigmoid judges each class alone. For one class out of many take softmax.",
        "head-frozen-too": "Everything is frozen, the new head too: nothing can learn. "
        "Freeze first, then add the head.",
        "nothing-frozen": "The backbone still trains. PyTorch: requires_grad = False on each of "
        "its parameters; Keras: base.trainable = False.",
        "forgot-return": "Nothing comes back yet: write the body, and return the model.",
    },
    timeout_s=40,
    recompute=_again,
)
