"""Train in two phases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.evidence import Table
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_08 as observers
from grader.sandboxed.toy_networks import networks

BLOCKS = 8
LEARNED = 1e-3  # by how much the loss must fall: a rate near 0 shows, a short training passes
LOWER = 0.2  # a gentle rate is at most this share of the head's
HINTS = {
    "no-head-phase": same(
        "The backbone trained from the first step. First phase: freeze it, only the head trains."
    ),
    "one-phase": same(
        "The backbone never trained. Second phase: unfreeze its end, with a new optimizer."
    ),
    "not-told": Hint(
        keras="The flags changed, the training step did not. Compile again before the second fit.",
        pytorch="The flags changed, the optimizer did not. Make a new one after setting the flags.",
    ),
    "unfroze-all": same("The first layers trained too. Unfreeze only the end of the backbone."),
    "rate-not-lowered": same(
        "The second phase is not gentler. Take a fifth of the head's rate or less."
    ),
    "batchnorm-moved": Hint(
        keras="BatchNorm moved. After unfreezing set trainable = False on each BatchNorm layer.",
        pytorch="BatchNorm moved. Hold it after each model.train(), parameters and statistics.",
    ),
    "learned-nothing": same("The loss did not fall. Give both phases a rate and epochs enough."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network of eight blocks; its flags say nothing about what to do."""
    return [
        {
            "channels": [int(width) for width in rng.integers(3, 6, BLOCKS)],
            "deep": [],
            "hidden": 0,
            "classes": int(rng.integers(3, 5)),
            "start": "open",
        }
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for a head phase, then a gentle one that trains the end and leaves BatchNorm alone."""
    checked = "the two phases of fine_tune on a small network"
    verdict = _judge_phases(case, facts)
    if verdict is None:
        return Finding.right(checked)
    expected, found, hint, share = verdict
    shown = [_phases_table(case, facts["phases"])] if facts["phases"] else []
    return wrong(facts, HINTS, checked, expected, found, hint, shown, share=share)


def _phases_table(case: Case, phases: Sequence[dict[str, Any]]) -> Table:
    """Return what trained in each phase that was seen, and how fast."""
    listed, rows = networks.arrays(case.params), []
    for at, phase in enumerate(phases, 1):
        arrays = [listed[place] for place in phase["arrays"]]
        blocks = sorted({array.block for array in arrays if array.part == "backbone"})
        head = "trains" if any(array.part == "head" for array in arrays) else "still"
        named = ", ".join(map(str, blocks)) or "none"
        rows.append((f"{at}", head, named, f"{phase['rate']:.1e}"))
    columns = ("Phase", "Head", "Blocks that train", "Rate")
    return Table(f"Your phases; the backbone's blocks are 0 to {BLOCKS - 1}", columns, tuple(rows))


def _judge_phases(case: Case, facts: Facts) -> tuple[str, str, str, float] | None:
    """Return what was expected and found, the mistake and the share earned; None when right."""
    listed = networks.arrays(case.params)
    found = facts["phases"]
    touched = [{listed[place].part for place in phase["arrays"]} for phase in found]
    if not found or touched[0] != {"head"}:
        what = "nothing trained" if not found else "arrays of the backbone trained"
        return "a first phase in which only the head trains", what, "no-head-phase", 0.0
    later = [phase for phase, parts in zip(found, touched, strict=True) if "backbone" in parts]
    if not later:
        flagged = any(
            flag and array.part == "backbone"
            for flag, array in zip(facts["flags"], listed, strict=True)
        )
        hint = "not-told" if flagged else "one-phase"
        return "a second phase with the end of the backbone", "the head alone", hint, 0.4
    return _judge_second(facts, listed, found[0]["rate"], later)


def _judge_second(
    facts: Facts, listed: list[networks.Array], head_rate: float, later: list[dict[str, Any]]
) -> tuple[str, str, str, float] | None:
    arrays = [listed[place] for phase in later for place in phase["arrays"]]
    rate = max(phase["rate"] for phase in later)
    if any(array.norm and array.part == "backbone" for array in arrays) or facts["drifted"]:
        what = (
            f"statistics of {facts['drifted']} layers moved" if facts["drifted"] else "γ, β train"
        )
        return "BatchNorm layers of the backbone still", what, "batchnorm-moved", 0.5
    if rate > LOWER * head_rate:
        return f"a rate of {LOWER * head_rate:.1e} or less", f"{rate:.1e}", "rate-not-lowered", 0.5
    if any(array.block == 0 for array in arrays):
        return "the first block frozen in both phases", "it trained", "unfroze-all", 0.7
    before, after = facts["losses"]
    if not after < before - LEARNED:
        what = f"{before:.3f} before, {after:.3f} after"
        return "a loss that falls", what, "learned-nothing", 0.5
    return None


def _again(case: Case, facts: Facts) -> str:
    (weights, trained), (began, ended) = facts["weights"], facts["statistics"]
    images, labels = observers.draw_task(case)
    seen = observers.PICTURES * 2 // 3  # what it trained on
    for told, *arrays in zip(facts["losses"], (weights, trained), (began, ended), strict=True):
        logits = recomputed.Network(case.params, facts["framework"], *arrays).logits(images[:seen])
        if not recomputed.close(told, recomputed.loss(logits, labels[:seen])):
            return "the losses before and after"
    if facts["drifted"] != sum(networks.moved(began, ended)):
        return "how many statistics moved"
    in_a_phase = {place for phase in facts["phases"] for place in phase["arrays"]}
    moved = {at for at, flag in enumerate(networks.moved(weights, trained)) if flag}
    return "" if moved <= in_a_phase else "which weights moved"


CHECK = Check(
    id="08-capstone/fine-tune",
    title="Train in two phases",
    answers=("fine_tune",),
    points=5,
    observe=observers.fine_tune,
    judge=judge,
    cases=draw,
    hints=texts(HINTS),
    timeout_s=90,
    recompute=_again,
)
