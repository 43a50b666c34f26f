"""Follow one picture to its answer."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.evidence import compared
from grader.checks.lesson_05.shared import draw_row, forward, shaped
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_05 as observers

HINTS = {
    "logit": same("That is a logit. Put the logits of all classes through softmax."),
    "sigmoid": same("That is a sigmoid. For one class out of several take softmax."),
    "wrong-axis": same("Softmax ran over the batch, so everything became 1. Take the last axis."),
    "training-mode": Hint(
        keras="Dropout and BatchNorm were in training mode. Call with training=False.",
        pytorch="Dropout and BatchNorm were in training mode. Call model.eval() first.",
    ),
    "least-likely": same("That is another class than the most likely one. Take argmax."),
    "not-a-name": same("Return the name: names[number of the most likely class]."),
    "missing-stage": same("One shape per stage, from the first to the last, in order."),
    "inputs-not-outputs": same("These go into the stages. Note the shape that comes out."),
    "three-things": same("Return three things: the list of shapes, the name, the probability."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with a stride somewhere; one decides the shapes, one the answer."""
    cases = []
    for part in ("shapes", "answer", "answer"):
        row = draw_row(rng, int(rng.integers(3, 5)))
        strides = [int(stride) for stride in rng.permutation([2, 2, 1, 1][: len(row["channels"])])]
        cases.append({**row, "strides": strides, "count": 1, "part": part})
    return cases


def judge(case: Case, facts: Facts) -> Finding:
    """Judge the shapes stage by stage, or the name and its probability."""
    return (_judge_shapes if case.part == "shapes" else _judge_answer)(case, facts)


def _judge_shapes(case: Case, facts: Facts) -> Finding:
    checked = "the shape after each stage"
    stages = range(len(case["channels"]) + 1)
    made = [shaped(forward(case, count), facts).shape[1:] for count in stages]
    expected = [list(shape) for shape in made]
    found = facts["shapes"]
    if found == expected[1:]:
        return Finding.right(checked)
    hint = ""
    if found == expected[:-1]:
        hint = "inputs-not-outputs"
    elif len(found) != len(expected) - 1 or sorted(found) == sorted(expected[1:]):
        hint = "missing-stage"
    rows = [
        (f"stage {at}", tuple(shape), tuple(found[at - 1]) if at <= len(found) else "none")
        for at, shape in enumerate(expected[1:], 1)
    ]
    shown = [compared("Shapes, stage by stage", "After", rows)]
    return wrong(facts, HINTS, checked, expected[1:], found or "none", hint, shown=shown)


def _judge_answer(case: Case, facts: Facts) -> Finding:
    checked, names = "the answer for one picture", case["names"]
    weights, bias = observers.draw_head(case)
    pooled = forward(case, len(case["channels"])).mean(axis=(1, 2))[0]
    logits = pooled @ weights.astype(np.float64) + bias
    chances = recomputed.softmax(logits, axis=0)
    best, given = int(logits.argmax()), facts["probability"]
    expected = f"{names[best]}, {chances[best]:.4f}"
    found = f"{facts['name']}, {given:.4f}"
    if facts["name"] == names[best] and np.isclose(given, chances[best], atol=1e-3):
        if facts["drifted"]:
            found = f"{found}, and BatchNorm statistics that moved"
            return wrong(facts, HINTS, checked, expected, found, "training-mode")
        return Finding.right(checked)
    hint = _mistake(case, facts, logits, chances)
    return wrong(facts, HINTS, checked, expected, found, hint)


def _mistake(case: Case, facts: Facts, logits: np.ndarray, chances: np.ndarray) -> str:
    given, best = facts["probability"], int(logits.argmax())
    if facts["drifted"]:
        return "training-mode"
    if facts["name"] not in case["names"]:
        return "not-a-name"
    if np.isclose(given, logits[best], atol=1e-3):
        return "logit"
    if np.isclose(given, 1 / (1 + np.exp(-logits[best])), atol=1e-3):
        return "sigmoid"
    if given == 1:
        return "wrong-axis"
    return "training-mode" if facts["name"] == case["names"][best] else "least-likely"


CHECK = Check(
    id="05-fine-tuning/follow",
    title="Follow one picture to its answer",
    answers=("follow",),
    points=3,
    observe=observers.follow,
    judge=judge,
    cases=draw,
    parts={"shapes": 1, "answer": 2},
    hints=texts(HINTS),
)
