"""Compute the frozen front once."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_05.shared import draw_row, forward, shaped
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_05 as observers

HINTS = {
    "training-mode": Hint(
        keras="BatchNorm averaged over this batch. Use predict, or call with training=False.",
        pytorch="BatchNorm averaged over this batch. Call model.eval() first.",
    ),
    "keeps-graph": Hint(
        pytorch="The result still carries its graph. Nothing trains in front of the cut: compute "
        "it under torch.no_grad().",
    ),
    "off-by-one": Hint(
        keras="That is the output of a neighboring block. Take the output of the layer named.",
        pytorch="That is one block too many or too few: model.features[:blocks] are the first.",
    ),
    "whole-backbone": same("That is the whole backbone. Stop at the cut."),
    "pooled": same("These maps were averaged over the picture. What trains behind the cut needs "
                   "height and width."),
}  # fmt: skip


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network and a cut inside it, for a batch and for another cut."""
    row = draw_row(rng, 4)
    cuts = rng.permutation([2, 3])
    return [
        {**row, "strides": [1, 2, 1, 1], "count": int(rng.integers(4, 8)), "blocks": int(cut)}
        for cut in cuts
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the features with what NumPy makes of the same weights."""
    checked = f"the output of the first {case['blocks']} blocks of a small network"
    right = forward(case, case["blocks"])
    made = facts["made"]
    if facts["drifted"]:
        expected, found = "BatchNorm statistics as they were", "they moved"
        return wrong(facts, HINTS, checked, expected, found, "training-mode")
    if _near(made, shaped(right, facts)):
        if facts["graph"]:
            expected, found = "a tensor without a graph", "one that requires a gradient"
            return wrong(facts, HINTS, checked, expected, found, "keeps-graph", share=0.5)
        return Finding.right(checked)
    hint, shape = _mistake(case, facts, made), shaped(right, facts).shape
    expected, found = f"{shape}, in inference mode", f"{made.shape}"
    if made.shape == shape:
        found = f"{found}, with other values"
    return wrong(facts, HINTS, checked, expected, found, hint)


def _mistake(case: Case, facts: Facts, made: np.ndarray) -> str:
    right, last = forward(case, case["blocks"]), len(case["channels"])
    if _near(made, right.mean(axis=(1, 2))):
        return "pooled"
    whole = forward(case, last)
    if _near(made, shaped(whole, facts)) or _near(made, whole.mean(axis=(1, 2))):
        return "whole-backbone"
    near = [forward(case, case["blocks"] + by) for by in (-1, 1)]
    if any(_near(made, shaped(maps, facts)) for maps in near):
        return "off-by-one"
    batch = forward(case, case["blocks"], batch_statistics=True)
    return "training-mode" if _near(made, shaped(batch, facts)) else ""


def _near(made: np.ndarray, wanted: np.ndarray) -> bool:
    return made.shape == wanted.shape and bool(np.allclose(made, wanted, rtol=1e-3, atol=1e-3))


CHECK = Check(
    id="05-fine-tuning/front-features",
    title="Compute the frozen front once",
    answers=("front_features",),
    points=2,
    observe=observers.front_features,
    judge=judge,
    cases=draw,
    hints=texts(HINTS),
)
