"""Put a new head on any network."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.lesson_03.shared import features
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_03 as observers

HINTS = {
    "old-head": Hint(
        keras="The old head still answers. Make a new model: keras.Model(model.input, new layer "
        "on the last layer's input).",
        pytorch="The network still calls its old head. Put the new layer in its place: model.fc, "
        "or model.classifier[-1].",
    ),
    "always-five": same("The number of classes is an argument: use `classes`, not 5."),
    "stacked": Hint(
        keras="The new head reads the old head's outputs. Hang it on model.layers[-1].input, what "
        "went INTO the old head.",
        pytorch="The old head is still below the new one. Put the new layer in its place.",
    ),
    "fixed-width": Hint(
        pytorch="The number of features is not always the lesson's. Ask the old layer: "
        "in_features.",
    ),
    "whole-head": Hint(
        keras="Layers before the last Dense are gone. Replace only the last one.",
        pytorch="Other layers of `classifier` are gone. Replace only its last one, classifier[-1].",
    ),
    "head-frozen": Hint(
        keras="The new head is frozen too: nothing can learn. Freeze the layers below, not the "
        "new one.",
        pytorch="The new head is frozen too: nothing can learn. Freeze first, then put the new "
        "layer in.",
    ),
    "nothing-frozen": same("Layers below the head still train. Freeze them."),
    "weights-lost": same("Layers below hold other weights than before. Share them as they are."),
    "softmax-kept": same("These are probabilities. Leave the softmax out: logits are asked for."),
    "forgot-return": same("Return the model at the end of the function."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with a bare head, one behind dropout, and one behind a hidden layer."""
    kinds = ("plain", "dropout", "hidden", "hidden")
    classes = rng.permutation([2, 3, 4, 6, 7, 8, 9])
    old = rng.permutation([11, 12, 13, 14])
    return [
        {
            "kind": kind,
            "width": int(rng.integers(4, 11)),
            "hidden": int(rng.integers(4, 11)) if kind == "hidden" else 0,
            "classes_old": int(old[place]),
            "classes_new": int(classes[place]),
            "count": 6,
            "softmax": place % 2 == 1,
            "part": "the last layer" if place < 2 else "behind a hidden layer",
        }
        for place, kind in enumerate(kinds)
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for the right outputs, all that was below, and only the new layer training."""
    judged = _judge_built(case, facts)
    return _judge_trains(case, facts) if judged.passed else judged


def _sizes(case: Case) -> tuple[int, int]:
    """Return the parameters below the last layer, and those of the new one."""
    width, hidden = case["width"], case["hidden"]
    below = 3 * width + 2 * width + (width + 1) * hidden
    return below, ((hidden or width) + 1) * case["classes_new"]


def _judge_built(case: Case, facts: Facts) -> Finding:
    checked = f"the model that new_head makes for {case['classes_new']} classes"
    outputs, wanted = facts["outputs"], (case["count"], case["classes_new"])
    if outputs.shape != wanted:
        hints = {case["classes_old"]: "old-head", 5: "always-five"}
        hint = hints.get(outputs.shape[-1] if outputs.ndim else 0, "")
        return wrong(facts, HINTS, checked, f"outputs {wanted}", outputs.shape, hint)
    below, head = _sizes(case)
    dropouts = {"plain": 0, "dropout": 1, "hidden": 2}[case["kind"]]
    lost = facts["total"] < below + head or facts["dropouts"] < dropouts
    if facts["total"] != below + head or lost:
        hint = "whole-head" if lost else ""
        hint = "stacked" if facts["total"] == _stacked(case) else hint
        expected = f"{below + head} parameters, all layers below kept"
        found = f"{facts['total']} parameters, {facts['dropouts']} dropout layers"
        return wrong(facts, HINTS, checked, expected, found, hint)
    return _judge_values(case, facts, checked)


def _stacked(case: Case) -> int:
    """Return the parameters of a model that keeps its old head below the new one."""
    below, _ = _sizes(case)
    old = ((case["hidden"] or case["width"]) + 1) * case["classes_old"]
    return int(below + old + (case["classes_old"] + 1) * case["classes_new"])


def _judge_values(case: Case, facts: Facts, checked: str) -> Finding:
    arrays = 7 if case["hidden"] else 5
    if facts["kept"] < arrays:
        found = f"{facts['kept']} of {arrays} arrays as they were"
        return wrong(facts, HINTS, checked, "the weights below the head", found, "weights-lost")
    outputs = facts["outputs"]
    if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        found = "probabilities that sum to 1"
        return wrong(facts, HINTS, checked, "logits: any numbers", found, "softmax-kept")
    return Finding.right(checked)


def _judge_trains(case: Case, facts: Facts) -> Finding:
    checked, (_, head) = "what trains after new_head", _sizes(case)
    if facts["trains"] == head and not facts["body_trains"]:
        return Finding.right(checked)
    hint = "nothing-frozen" if facts["trains"] > head else ""
    hint = "head-frozen" if facts["trains"] == 0 else hint
    expected = f"{head} parameters, those of the new layer"
    return wrong(facts, HINTS, checked, expected, f"{facts['trains']} parameters", hint)


def _again(case: Case, facts: Facts) -> str:
    read, arrays = features(case), observers.draw_arrays(case)
    if case["hidden"]:
        read = np.maximum(read @ arrays["hidden"] + arrays["bias"], 0)
    fits = recomputed.head_fits(facts["outputs"], read, facts["arrays"])
    return "" if fits else "the outputs of the new model"


CHECK = Check(
    id="03-new-head/new-head",
    title="Put a new head on any network",
    answers=("new_head",),
    points=3,
    observe=observers.new_head,
    judge=judge,
    cases=draw,
    parts={"the last layer": 2, "behind a hidden layer": 1},
    hints=texts(HINTS),
    timeout_s=40,
    recompute=_again,
)
