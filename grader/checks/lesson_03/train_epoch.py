"""Write the training loop of an epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding, recomputed
from grader.checks.evidence import Table
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_03 as observers

HINTS = {
    "drops-last": same("The last, smaller batch is missing. Go on until no picture is left."),
    "whole-set": same("A batch is larger than batch_size. Take batch_size pictures at a time."),
    "no-shuffle": same("The order is the same each time. Draw a new one for every epoch."),
    "labels-left": same("The pictures were shuffled without their labels. Use one order for both."),
    "eval-mode": Hint(
        keras="The model ran in inference mode. Take training steps: train_on_batch.",
        pytorch="The model was in evaluation mode. Call model.train() first.",
    ),
    "no-step": Hint(
        keras="No weight moved. train_on_batch takes a step; test_on_batch only looks.",
        pytorch="No weight moved. After backward() comes optimizer.step().",
    ),
    "no-zero-grad": Hint(
        pytorch="Gradients of earlier batches are still added in. optimizer.zero_grad() before "
        "each backward().",
    ),
    "mean-of-batches": same(
        "You average over batches; the last one is smaller. Weigh each loss by its pictures."
    ),
    "last-batch": same("That is the last batch's loss. Add up over all batches."),
    "sum": same("That is a sum. Divide by the number of pictures."),
    "forgot-return": same("Return the mean loss, as a number."),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw pictures whose last batch is smaller; the same ones decide both parts."""
    batch = int(rng.integers(4, 7))
    drawn: CaseParams = {
        "width": 4,
        "classes": int(rng.integers(3, 6)),
        "batch_size": batch,
        "count": 3 * batch + int(rng.integers(1, batch - 1)),
        "rate": float(f"{rng.uniform(0.2, 0.5):.2f}"),
        "seed": int(rng.integers(2**31)),
    }
    return [{**drawn, "part": "steps"}, {**drawn, "part": "the loss returned"}]


def judge(case: Case, facts: Facts) -> Finding:
    """Judge which pictures were shown and what the steps did, or the loss returned."""
    return (_judge_steps if case.part == "steps" else _judge_returned)(case, facts)


def _judge_steps(case: Case, facts: Facts) -> Finding:
    for epoch in facts["epochs"]:
        shown = _judge_shown(case, facts, epoch["batches"])
        if not shown.passed:
            return shown
    orders = [[place for batch in e["batches"] for place in batch] for e in facts["epochs"]]
    stepped = _judge_moves(case, facts, facts["epochs"][0])
    if not stepped.passed:
        return stepped
    if orders[0] == sorted(orders[0]) or orders[0] == orders[1]:
        found = "in one and the same order" if orders[0] == orders[1] else "as they lie"
        checked, expected = "the order in two epochs", "a new order each time"
        return wrong(facts, HINTS, checked, expected, found, "no-shuffle")
    return Finding.right("one epoch")


def _judge_shown(case: Case, facts: Facts, batches: Sequence[Sequence[int]]) -> Finding:
    checked, count = "the pictures shown in one epoch", case["count"]
    places = [place for batch in batches for place in batch]
    largest = max((len(batch) for batch in batches), default=0)
    if largest > case["batch_size"]:
        expected, found = f"{case['batch_size']} at a time", f"{largest} at a time"
        return wrong(facts, HINTS, checked, expected, found, "whole-set")
    if sorted(places) != list(range(count)):
        missing = count - len(set(places) - {-1})
        hint = "drops-last" if missing == count % case["batch_size"] else ""
        found = f"{len(places)} shown, {missing} of the {count} never"
        return wrong(facts, HINTS, checked, f"each of {count} once", found, hint)
    return Finding.right(checked)


def _descend(
    case: Case, batches: Sequence[Sequence[int]], *, accumulate: bool = False, in_line: bool = False
) -> np.ndarray:
    """Return the weights after a step of gradient descent on each batch."""
    rows, labels, weights, bias = (np.asarray(a, np.float64) for a in observers.draw_rows(case))
    slope, tilt, start = np.zeros_like(weights), np.zeros_like(bias), 0
    for batch in batches:
        wanted = labels[start : start + len(batch)] if in_line else labels[list(batch)]
        start += len(batch)
        error = recomputed.softmax(rows[list(batch)] @ weights + bias)
        error -= np.eye(len(bias))[wanted.astype(int)]
        slope = rows[list(batch)].T @ error / len(batch) + (slope if accumulate else 0)
        tilt = error.mean(axis=0) + (tilt if accumulate else 0)
        weights, bias = weights - case["rate"] * slope, bias - case["rate"] * tilt
    return weights


def _judge_moves(case: Case, facts: Facts, epoch: Facts) -> Finding:
    checked, batches = "what one epoch does to the weights", epoch["batches"]
    if facts["framework"] == "pytorch" and not all(epoch["training"]):
        expected, found = "training mode", "evaluation mode"
        return wrong(facts, HINTS, checked, expected, found, "eval-mode")
    after, start = epoch["after"], observers.draw_rows(case)[2]
    if _near(after, _descend(case, batches)):
        return Finding.right(checked)
    slips = {
        "no-step": start,
        "no-zero-grad": _descend(case, batches, accumulate=True),
        "labels-left": _descend(case, batches, in_line=True),
    }
    hint = next((name for name, slip in slips.items() if _near(after, slip)), "")
    expected = f"a step of gradient descent on each of {len(batches)} batches"
    return wrong(facts, HINTS, checked, expected, "weights that went another way", hint)


def _near(one: np.ndarray, other: np.ndarray) -> bool:
    return recomputed.close(one, other, rtol=1e-5, atol=2e-3)


def _judge_returned(case: Case, facts: Facts) -> Finding:
    checked, epoch = "the loss that is returned", facts["epochs"][0]
    sizes, losses = _losses(case, epoch)
    if not len(losses):
        return wrong(facts, HINTS, checked, "the loss of an epoch", "no picture was shown", "")
    returned, expected = epoch["returned"], float((sizes * losses).sum() / sizes.sum())
    if abs(returned - expected) < 1e-3:
        return Finding.right(checked)
    slips = {"mean-of-batches": losses.mean(), "last-batch": losses[-1], "sum": losses.sum()}
    near = [name for name, slip in slips.items() if abs(returned - slip) < 1e-3]
    near += ["sum"] if abs(returned - (sizes * losses).sum()) < 1e-2 else []
    hint = near[0] if near else ""
    shown = [_batches_table(sizes, losses, expected)]
    return wrong(facts, HINTS, checked, f"{expected:.4f}", f"{returned:.4f}", hint, shown)


def _batches_table(sizes: np.ndarray, losses: np.ndarray, mean: float) -> Table:
    """Return the losses of your batches, and their mean over pictures."""
    rows = [
        (f"{at}", f"{size:.0f}", f"{loss:.4f}")
        for at, (size, loss) in enumerate(zip(sizes, losses, strict=True), 1)
    ]
    rows.insert(0, ("mean over pictures", f"{sizes.sum():.0f}", f"{mean:.4f}"))
    return Table("What the epoch's batches lost", ("Batch", "Pictures", "Loss"), tuple(rows))


def _losses(case: Case, epoch: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Return the size and the loss of each batch, at the weights it met."""
    rows, labels, _, _ = observers.draw_rows(case)
    sizes, losses = [], []
    for batch, kernel, bias in zip(
        epoch["batches"], epoch["weights"], epoch["biases"], strict=True
    ):
        if -1 in batch:
            return np.array([]), np.array([])
        logits = rows[batch].astype(np.float64) @ kernel + bias
        losses.append(recomputed.loss(logits, labels[batch]))
        sizes.append(len(batch))
    return np.array(sizes, float), np.array(losses)


CHECK = Check(
    id="03-new-head/train-epoch",
    title="Write the training loop of an epoch",
    answers=("train_epoch_of",),
    points=3,
    observe=observers.train_epoch,
    judge=judge,
    cases=draw,
    parts={"steps": 2, "the loss returned": 1},
    hints=texts(HINTS),
    timeout_s=40,
)
