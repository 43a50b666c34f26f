"""Reach the target."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table
from grader.sandboxed.observers import lesson_04 as observers

HINTS = {
    "nothing-learned": "It guesses. Is the rate too low, or is the training over before it began?",
    "by-heart": "The training accuracy is too high: the wrong labels were learned by heart. Add "
    "views, dropout or weight decay, or stop earlier.",
    "too-careful": "Below the target on new pictures, with no sign of learning by heart: too much "
    "of a good thing. Train longer, or ease dropout and decay.",
    "wrong-outputs": "Return a model from features (N, 1280) to two logits.",
    "forgot-return": "Return the trained model from the function.",
}

MOST_TRAINED, LEAST_NEW = 0.92, 0.85
# draws of the pictures with which a careful head has room to spare
DRAWS = (503, 504, 505, 507, 509, 511)


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw which pictures the head is to be trained on."""
    return [{"draw": int(rng.choice(DRAWS))}]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for a head that is right on new pictures and has not learned wrong labels by heart."""
    labels = observers.draw_labels(case["draw"])
    trained, new = (
        _share_right(facts[name], wanted)
        for name, wanted in zip(("trained", "new"), labels, strict=True)
    )
    if trained < MOST_TRAINED and new > LEAST_NEW:
        return Finding.right("the head that train_head returns, on other pictures")
    hint = "by-heart" if trained >= MOST_TRAINED else "too-careful"
    if new < 0.6 or trained < 0.6:
        hint = "nothing-learned"
    checked = "train_head on other pictures of cats and dogs, 8 of 80 labels wrong"
    expected = "training below 92 %, new pictures above 85 %"
    found, shown = f"training {trained:.1%}, new pictures {new:.1%}", [_target_table(trained, new)]
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _share_right(chosen: Any, wanted: np.ndarray) -> float:
    found = np.asarray(chosen)
    if found.shape != wanted.shape:
        raise ValueError(f"{found.shape} classes; expected {wanted.shape}")
    return float((found == wanted).mean())


def _target_table(trained: float, new: float) -> Table:
    rows = (
        ("the training pictures", f"below {MOST_TRAINED:.0%}", trained, trained < MOST_TRAINED),
        ("new pictures", f"above {LEAST_NEW:.0%}", new, new > LEAST_NEW),
    )
    made = [(on, asked, f"{got:.1%}", "✓ yes" if ok else "✗ no") for on, asked, got, ok in rows]
    columns = ("Accuracy on", "Expected", "Found", "Right?")
    return Table("The head that train_head returned", columns, tuple(made))


CHECK = Check(
    id="04-overfitting/target",
    title="Reach the target",
    answers=("train_head",),
    points=4,
    observe=observers.trained_head,
    judge=judge,
    cases=draw,
    hints=HINTS,
    timeout_s=90,
)
