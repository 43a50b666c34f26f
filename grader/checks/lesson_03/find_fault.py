"""Find out why a head would not learn."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_03 as observers

HINTS = {
    "missed-frozen": Hint(
        keras="Here nothing trains: model.trainable_weights is empty.",
        pytorch="Here no parameter has requires_grad.",
    ),
    "missed-optimizer": Hint(
        pytorch="Here the optimizer was made for the old head. Look whether it holds each "
        "parameter that trains.",
    ),
    "missed-part": Hint(
        pytorch="Here the optimizer holds some of what trains, not all. One missing is a fault.",
    ),
    "missed-outputs": same("Here the last layer has not `classes` outputs."),
    "missed-loss": Hint(
        keras="Here softmax happens twice, or never: compare the last activation with "
        "model.loss.from_logits.",
    ),
    "false-alarm": Hint(
        keras="Here all is well: softmax happens once, in the model or in the loss.",
        pytorch="Here all is well: an optimizer may hold frozen parameters, and layers below the "
        "head may train.",
    ),
    "forgot-return": same('Return a word in every case, "none" too.'),
}

# What each set-up is called, and the hint for an answer that does not see it.
SETUPS = {
    "frozen": ("frozen", "missed-frozen"),
    "old-optimizer": ("optimizer", "missed-optimizer"),
    "no-bias": ("optimizer", "missed-part"),
    "no-end": ("optimizer", "missed-part"),
    "old-head": ("outputs", "missed-outputs"),
    "softmax-twice": ("loss", "missed-loss"),
    "never-softmax": ("loss", "missed-loss"),
    "softmax-once": ("none", "false-alarm"),
    "head-and-end": ("none", "false-alarm"),
    "sound": ("none", "false-alarm"),
}
PAIRS = (  # set-ups in PyTorch and Keras, in the order of the cases
    ("frozen", "frozen"),
    ("old-optimizer", "softmax-twice"),
    ("no-bias", "never-softmax"),
    ("no-end", "old-head"),
    ("old-head", "frozen"),
    ("sound", "sound"),
    ("head-and-end", "softmax-once"),
)


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw every set-up in a new order, each with its own number of classes."""
    classes = rng.integers(3, 9, len(PAIRS))
    order = rng.permutation(5).tolist() + (5 + rng.permutation(2)).tolist()
    return [
        {
            "pytorch": PAIRS[at][0],
            "keras": PAIRS[at][1],
            "width": int(rng.integers(4, 9)),
            "classes": int(classes[at]),
            "classes_old": int(classes[at] + rng.integers(1, 30)),
            "part": "a fault" if at < 5 else "none",
        }
        for at in order
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the word with the set-up."""
    setup = case[facts["framework"]]
    word, hint = SETUPS[setup]
    checked = f"the word for a set-up with {setup.replace('-', ' ')}"
    if facts["word"] == word:
        return Finding.right(checked)
    return wrong(facts, HINTS, checked, f'"{word}"', f'"{facts["word"]}"', hint)


CHECK = Check(
    id="03-new-head/find-fault",
    title="Find out why a head would not learn",
    answers=("find_fault",),
    points=3,
    observe=observers.find_fault,
    judge=judge,
    cases=draw,
    parts={"a fault": 2, "none": 1},
    hints=texts(HINTS),
    timeout_s=40,
)
