"""Lesson 03, a new head: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import recomputed
from grader.checks.evidence import Table
from grader.checks.lesson_03_hints import EPOCH, FAULT, HEAD, ONCE
from grader.checks.model import CaseParams, Check, Facts, Finding
from grader.checks.wording import texts, wrong
from grader.sandboxed.observers import lesson_03 as observers
from grader.sandboxed.observers.model import Case

# --- 1 a new head -----------------------------------------------------------------------------


def draw_head(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_head(case: Case, facts: Facts) -> Finding:
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
        return wrong(facts, HEAD, checked, f"outputs {wanted}", outputs.shape, hint)
    below, head = _sizes(case)
    dropouts = {"plain": 0, "dropout": 1, "hidden": 2}[case["kind"]]
    lost = facts["total"] < below + head or facts["dropouts"] < dropouts
    if facts["total"] != below + head or lost:
        hint = "whole-head" if lost else ""
        hint = "stacked" if facts["total"] == _stacked(case) else hint
        expected = f"{below + head} parameters, all layers below kept"
        found = f"{facts['total']} parameters, {facts['dropouts']} dropout layers"
        return wrong(facts, HEAD, checked, expected, found, hint)
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
        return wrong(facts, HEAD, checked, "the weights below the head", found, "weights-lost")
    outputs = facts["outputs"]
    if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        found = "probabilities that sum to 1"
        return wrong(facts, HEAD, checked, "logits: any numbers", found, "softmax-kept")
    return Finding.right(checked)


def _judge_trains(case: Case, facts: Facts) -> Finding:
    checked, (_, head) = "what trains after new_head", _sizes(case)
    if facts["trains"] == head and not facts["body_trains"]:
        return Finding.right(checked)
    hint = "nothing-frozen" if facts["trains"] > head else ""
    hint = "head-frozen" if facts["trains"] == 0 else hint
    expected = f"{head} parameters, those of the new layer"
    return wrong(facts, HEAD, checked, expected, f"{facts['trains']} parameters", hint)


def _head_again(case: Case, facts: Facts) -> str:
    features, arrays = _features(case), observers.draw_arrays(case)
    if case["hidden"]:
        features = np.maximum(features @ arrays["hidden"] + arrays["bias"], 0)
    fits = recomputed.head_fits(facts["outputs"], features, facts["arrays"])
    return "" if fits else "the outputs of the new model"


NEW_HEAD = Check(
    id="03-new-head/new-head",
    title="Put a new head on any network",
    answers=("new_head",),
    points=3,
    observe=observers.new_head,
    judge=judge_head,
    cases=draw_head,
    parts={"the last layer": 2, "behind a hidden layer": 1},
    hints=texts(HEAD),
    timeout_s=40,
    recompute=_head_again,
)

# --- 2 one epoch ------------------------------------------------------------------------------


def draw_epoch(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_epoch(case: Case, facts: Facts) -> Finding:
    """Judge which pictures were shown and what the steps did, or the loss returned."""
    judge = _judge_steps if case.part == "steps" else _judge_returned
    return judge(case, facts)


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
        return wrong(facts, EPOCH, checked, expected, found, "no-shuffle")
    return Finding.right("one epoch")


def _judge_shown(case: Case, facts: Facts, batches: Sequence[Sequence[int]]) -> Finding:
    checked, count = "the pictures shown in one epoch", case["count"]
    places = [place for batch in batches for place in batch]
    largest = max((len(batch) for batch in batches), default=0)
    if largest > case["batch_size"]:
        expected, found = f"{case['batch_size']} at a time", f"{largest} at a time"
        return wrong(facts, EPOCH, checked, expected, found, "whole-set")
    if sorted(places) != list(range(count)):
        missing = count - len(set(places) - {-1})
        hint = "drops-last" if missing == count % case["batch_size"] else ""
        found = f"{len(places)} shown, {missing} of the {count} never"
        return wrong(facts, EPOCH, checked, f"each of {count} once", found, hint)
    return Finding.right(checked)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _descend(
    case: Case, batches: Sequence[Sequence[int]], *, accumulate: bool = False, in_line: bool = False
) -> np.ndarray:
    """Return the weights after a step of gradient descent on each batch."""
    rows, labels, weights, bias = (np.asarray(a, np.float64) for a in observers.draw_rows(case))
    slope, tilt, start = np.zeros_like(weights), np.zeros_like(bias), 0
    for batch in batches:
        wanted = labels[start : start + len(batch)] if in_line else labels[list(batch)]
        start += len(batch)
        error = _softmax(rows[list(batch)] @ weights + bias)
        error -= np.eye(len(bias))[wanted.astype(int)]
        slope = rows[list(batch)].T @ error / len(batch) + (slope if accumulate else 0)
        tilt = error.mean(axis=0) + (tilt if accumulate else 0)
        weights, bias = weights - case["rate"] * slope, bias - case["rate"] * tilt
    return weights


def _judge_moves(case: Case, facts: Facts, epoch: Facts) -> Finding:
    checked, batches = "what one epoch does to the weights", epoch["batches"]
    if facts["framework"] == "pytorch" and not all(epoch["training"]):
        expected, found = "training mode", "evaluation mode"
        return wrong(facts, EPOCH, checked, expected, found, "eval-mode")
    after, start = epoch["after"], observers.draw_rows(case)[2]
    if _close(after, _descend(case, batches)):
        return Finding.right(checked)
    slips = {
        "no-step": start,
        "no-zero-grad": _descend(case, batches, accumulate=True),
        "labels-left": _descend(case, batches, in_line=True),
    }
    hint = next((name for name, slip in slips.items() if _close(after, slip)), "")
    expected = f"a step of gradient descent on each of {len(batches)} batches"
    return wrong(facts, EPOCH, checked, expected, "weights that went another way", hint)


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, atol=2e-3))


def _judge_returned(case: Case, facts: Facts) -> Finding:
    checked, epoch = "the loss that is returned", facts["epochs"][0]
    sizes, losses = _losses(case, epoch)
    if not len(losses):
        return wrong(facts, EPOCH, checked, "the loss of an epoch", "no picture was shown", "")
    returned, expected = epoch["returned"], float((sizes * losses).sum() / sizes.sum())
    if abs(returned - expected) < 1e-3:
        return Finding.right(checked)
    slips = {
        "mean-of-batches": losses.mean(),
        "last-batch": losses[-1],
        "sum": losses.sum(),
    }
    near = [name for name, slip in slips.items() if abs(returned - slip) < 1e-3]
    near += ["sum"] if abs(returned - (sizes * losses).sum()) < 1e-2 else []
    hint = near[0] if near else ""
    shown = [_batches_table(sizes, losses, expected)]
    return wrong(facts, EPOCH, checked, f"{expected:.4f}", f"{returned:.4f}", hint, shown)


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
        losses.append(-np.log(_softmax(logits)[np.arange(len(batch)), labels[batch]]).mean())
        sizes.append(len(batch))
    return np.array(sizes, float), np.array(losses)


TRAIN_EPOCH = Check(
    id="03-new-head/train-epoch",
    title="Write the training loop of an epoch",
    answers=("train_epoch_of",),
    points=3,
    observe=observers.train_epoch,
    judge=judge_epoch,
    cases=draw_epoch,
    parts={"steps": 2, "the loss returned": 1},
    hints=texts(EPOCH),
    timeout_s=40,
)

# --- 3 find the fault -------------------------------------------------------------------------

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


def draw_fault(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_fault(case: Case, facts: Facts) -> Finding:
    """Compare the word with the set-up."""
    setup = case[facts["framework"]]
    word, hint = SETUPS[setup]
    checked = f"the word for a set-up with {setup.replace('-', ' ')}"
    if facts["word"] == word:
        return Finding.right(checked)
    return wrong(facts, FAULT, checked, f'"{word}"', f'"{facts["word"]}"', hint)


FIND_FAULT = Check(
    id="03-new-head/find-fault",
    title="Find out why a head would not learn",
    answers=("find_fault",),
    points=3,
    observe=observers.find_fault,
    judge=judge_fault,
    cases=draw_fault,
    parts={"a fault": 2, "none": 1},
    hints=texts(FAULT),
    timeout_s=40,
)

# --- 4 features once --------------------------------------------------------------------------


def draw_once(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_once(case: Case, facts: Facts) -> Finding:
    """Compare the features with arithmetic, and ask how they were computed."""
    checked, right = "the features of a small backbone", _features(case)
    values = facts["values"]
    if values.shape != right.shape or not np.allclose(values, right, atol=1e-3):
        hint = "training-mode" if facts["training"] else ""
        if values.ndim == 2 and len(values) < len(right):
            hint = "drops-last"
        expected = f"{right.shape}, as in inference mode"
        found = f"{values.shape}" + (", as in training mode" if facts["training"] else "")
        return wrong(facts, ONCE, checked, expected, found, hint)
    return _judge_manners(case, facts)


def _judge_manners(case: Case, facts: Facts) -> Finding:
    checked = "how the features were computed"
    largest = max(facts["sizes"], default=0)
    if largest > case["batch_size"]:
        expected, found = f"at most {case['batch_size']} at once", largest
        return wrong(facts, ONCE, checked, expected, found, "all-at-once")
    if facts["graph"]:
        expected, found = "no gradients", "a graph was kept for them"
        return wrong(facts, ONCE, checked, expected, found, "keeps-graph")
    if facts["moved"] or not facts["mode_kept"]:
        hint = "training-mode" if facts["moved"] else "mode-left"
        found = "statistics that moved" if facts["moved"] else "other flags or another mode"
        return wrong(facts, ONCE, checked, "a backbone left as it was", found, hint)
    return Finding.right(checked)


def _features(case: Case) -> np.ndarray:
    """Return the features by arithmetic: convolution, BatchNorm, ReLU, average."""
    arrays = {n: a.astype(np.float64) for n, a in observers.draw_arrays(case).items()}
    flow = observers.draw_images(case).astype(np.float64) @ arrays["kernel"]
    flow = (flow - arrays["mean"]) / np.sqrt(arrays["variance"] + 1e-5)
    pooled: np.ndarray = np.maximum(flow * arrays["scale"] + arrays["shift"], 0).mean(axis=(1, 2))
    return pooled


FEATURES_ONCE = Check(
    id="03-new-head/features-once",
    title="Compute the features once",
    answers=("features_once",),
    points=3,
    observe=observers.features_once,
    judge=judge_once,
    cases=draw_once,
    parts={"features": 2, "from training mode": 1},
    hints=texts(ONCE),
    timeout_s=40,
)

CHECKS = (NEW_HEAD, TRAIN_EPOCH, FIND_FAULT, FEATURES_ONCE)
