"""Lesson 04, overfitting: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks.evidence import Chart, Line, Table
from grader.checks.lesson_04_hints import AUGMENT, FOLDS, GAP, STOP, TARGET
from grader.checks.model import Check, Facts, Finding
from grader.sandboxed.observers import lesson_04 as observers
from grader.sandboxed.observers.model import Case

CaseParams = dict[str, Any]

# --- 1 read the curves ------------------------------------------------------------------------


def draw_curves(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a run that overfits, and one that augmentation holds back."""
    return [
        {"history": _overfitting_run(rng), "part": "overfitting"},
        {"history": _held_back_run(rng), "part": "held back"},
    ]


def _overfitting_run(rng: np.random.Generator) -> dict[str, list[float]]:
    epochs, best = int(rng.integers(9, 13)), int(rng.integers(3, 5))
    at = np.arange(1, epochs + 1)
    val_accuracy = 0.70 + 0.012 * np.minimum(at, best) - 0.008 * np.maximum(at - best - 2, 0)
    val_accuracy[best + 1] += 0.05  # accuracy is best later than loss
    curves = {
        "loss": 0.7 * 0.7**at,
        "accuracy": 1 - 0.4 * 0.6**at,
        "val_loss": 0.5 + 0.05 * np.abs(at - best) ** 1.3,
        "val_accuracy": val_accuracy,
    }
    return _rounded(curves, rng)


def _held_back_run(rng: np.random.Generator) -> dict[str, list[float]]:
    epochs = int(rng.integers(7, 10))
    at = np.arange(1, epochs + 1)
    val_loss = 0.3 + 0.4 * 0.7**at
    val_loss[-1] += 0.2  # the last epoch is not the best
    curves = {
        "loss": 0.4 + 0.3 * 0.8**at,
        "accuracy": 0.85 - 0.3 * 0.7**at,
        "val_loss": val_loss,
        "val_accuracy": 0.93 - 0.3 * 0.7**at,
    }
    return _rounded(curves, rng)


def _rounded(curves: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, list[float]]:
    shift = rng.uniform(0, 0.01)
    return {name: [round(float(v + shift), 4) for v in values] for name, values in curves.items()}


def judge_curves(case: Case, facts: Facts) -> Finding:
    """Compare epoch and gap with those of the history."""
    history = {name: np.asarray(values) for name, values in case["history"].items()}
    checked = f"overfitting_gap(history) of a run of {len(history['loss'])} epochs"
    epoch = int(history["val_loss"].argmin()) + 1
    gap = 100 * (history["accuracy"][-1] - history["val_accuracy"][-1])
    right = facts["epoch"] == epoch, abs(facts["gap"] - gap) < 0.06
    if all(right):
        return Finding.right(checked)
    hint = _gap_mistake(history, facts["gap"], gap) if right[0] else ""
    hint = hint or _epoch_mistake(history, facts["epoch"], epoch)
    return Finding.wrong(
        checked,
        expected=f"epoch {epoch}, gap {gap:.1f}",
        found=f"epoch {facts['epoch']:g}, gap {facts['gap']:.4g}",
        hint=hint,
        share=0.5 if any(right) else 0.0,
        shown=[_gap_chart(history, gap) if right[0] else _epoch_chart(history, epoch, facts)],
    )


def _gap_chart(history: dict[str, np.ndarray], gap: float) -> Chart:
    names = {"accuracy": "training", "val_accuracy": "validation"}
    last = len(history["accuracy"])
    return Chart(
        "Accuracy by epoch: the gap is read where the curves end",
        f"after epoch {last}, training minus validation accuracy is {gap:.1f} points",
        "epoch",
        tuple(Line(name, tuple(history[key])) for key, name in names.items()),
        marks=(("the gap", last),),
    )


def _epoch_chart(history: dict[str, np.ndarray], epoch: int, facts: Facts) -> Chart:
    names = {"loss": "training", "val_loss": "validation"}
    return Chart(
        "Loss by epoch: the best epoch is where the validation loss is lowest",
        f"the validation loss is lowest in epoch {epoch}; you said {facts['epoch']:g}",
        "epoch",
        tuple(Line(name, tuple(history[key])) for key, name in names.items()),
        marks=(("lowest", epoch),),
    )


def _epoch_mistake(history: dict[str, np.ndarray], found: float, epoch: int) -> str:
    mistakes = {
        int(history["loss"].argmin()) + 1: "training-loss",
        int(history["val_accuracy"].argmax()) + 1: "best-accuracy",
        epoch - 1: "from-zero",
        epoch: "",
    }
    return mistakes.get(int(found), "")


def _gap_mistake(history: dict[str, np.ndarray], found: float, gap: float) -> str:
    best = int(history["val_loss"].argmin())
    accuracies = history["accuracy"] - history["val_accuracy"]
    losses = history["val_loss"][-1] - history["loss"][-1]
    mistakes = {
        "absolute": abs(gap) if gap < 0 else np.inf,
        "turned-around": -gap if gap > 0 else np.inf,
        "as-share": gap / 100,
        "gap-at-best": 100 * accuracies[best],
        "gap-of-loss": 100 * losses,
    }
    near = [name for name, value in mistakes.items() if abs(found - value) < 0.0006 * 100]
    if abs(found - gap / 100) < 0.0006:
        return "as-share"
    return near[0] if near else "gap-of-loss" if abs(abs(found) - abs(losses)) < 0.001 else ""


READ_CURVES = Check(
    id="04-overfitting/overfitting-gap",
    title="Read the overfitting gap",
    answers=("overfitting_gap",),
    points=2,
    observe=observers.read_curves,
    judge=judge_curves,
    cases=draw_curves,
    parts={"overfitting": 1, "held back": 1},
    hints=GAP,
)

# --- 2 change pictures, keep what they are ----------------------------------------------------

WEAKEST, STRONGEST = 0.8, 1.2
ROUNDING = 1.5  # on the 0–255 scale


def draw_augmentation(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a batch of pictures that are higher than wide nowhere, and a bright one."""
    return [
        {
            "count": int(rng.integers(60, 81)),
            "half": int(rng.integers(3, 6)),
            "bright": int(rng.integers(236, 250)),
        }
    ]


def judge_augmentation(case: Case, facts: Facts) -> Finding:
    """Ask for other pictures of the same things, in the same range."""
    checked = "augment(images, rng) on a batch of uint8 pictures"
    fault = _form_fault(case, facts) or _content_fault(case, facts)
    if fault is None:
        return Finding.right(checked)
    expected, found, hint = fault
    return Finding.wrong(checked, expected=expected, found=found, hint=hint)


Fault = tuple[str, str, str]


def _form_fault(case: Case, facts: Facts) -> Fault | None:
    if facts["shape"] != facts["wanted_shape"]:
        return f"shape {tuple(facts['wanted_shape'])}", f"shape {tuple(facts['shape'])}", ""
    if facts["dtype"] != "uint8":
        return "uint8", facts["dtype"], "not-uint8"
    if facts["given_changed"]:
        return "the given pictures left as they were", "the given pictures changed", "changes-given"
    if facts["bright_low"] < WEAKEST * case["bright"] / 2:
        lowest = f"a pixel of {facts['bright_low']:.0f}"
        return f"bright pictures ({case['bright']}) stay bright", lowest, "wraps"
    if not facts["repeats"]:
        return "the same pictures from the same rng", "other pictures", "own-chance"
    return None


def _content_fault(case: Case, facts: Facts) -> Fault | None:
    made = np.asarray(facts["made"])
    plain = observers.quartered(len(made), case["half"]).astype(np.float64)
    factors = made.mean(axis=(1, 2, 3)) / plain[0].mean()
    scaled = factors[:, None, None, None] * plain
    turned = {"as it was": scaled, "mirrored": scaled[:, :, ::-1]}
    off = {name: np.abs(made - want).max(axis=(1, 2, 3)) for name, want in turned.items()}
    mirrored = off["mirrored"] < off["as it was"]
    clipped = made.max(axis=(1, 2, 3)) >= 255  # too bright to compare; the factors will tell
    if np.minimum(*off.values())[~clipped].max(initial=0) > 2 * ROUNDING:
        return _turn_fault(made[~clipped], scaled[~clipped])
    return _chance_fault(factors, mirrored)


def _turn_fault(made: np.ndarray, scaled: np.ndarray) -> Fault:
    expected = "pictures mirrored left to right, or as they were"
    for hint, axis in (("upside-down", 1), ("turns-colors", 3)):
        wanted = [scaled, scaled[:, :, ::-1], np.flip(scaled, axis)]
        wanted.append(wanted[-1][:, :, ::-1])
        if np.min([np.abs(made - w).max(axis=(1, 2, 3)) for w in wanted], 0).max() <= 2 * ROUNDING:
            return expected, "other ones", hint
    inside = made.reshape(len(made), 2, made.shape[1] // 2, 2, made.shape[2] // 2, 3)
    speckled = inside.std(axis=(2, 4)).max() > ROUNDING
    return expected, "pictures with other content", "speckled" if speckled else ""


def _chance_fault(factors: np.ndarray, mirrored: np.ndarray) -> Fault | None:
    some = f"{mirrored.sum()} of {len(mirrored)} mirrored"
    spread = f"factors from {factors.min():.2f} to {factors.max():.2f}"
    wide = f"factors spread over {WEAKEST} to {STRONGEST}, one per picture"
    slack = ROUNDING / 128
    if factors.min() < WEAKEST - slack or factors.max() > STRONGEST + slack:
        return f"factors from {WEAKEST} to {STRONGEST}", spread, "too-strong"
    if np.ptp(factors) < 0.02:
        return wide, spread, "never-brighter" if abs(factors.mean() - 1) < slack else "all-alike"
    if not 0.2 < mirrored.mean() < 0.8:
        hint = "always-mirrored" if mirrored.all() else "never-mirrored"
        return "about half of them mirrored, each by its own chance", some, hint
    return None


AUGMENT_CHECK = Check(
    id="04-overfitting/augment",
    title="Augment pictures, keep labels and range",
    answers=("augment",),
    points=3,
    observe=observers.augmented,
    judge=judge_augmentation,
    cases=draw_augmentation,
    hints=AUGMENT,
)

# --- 3 stop early -----------------------------------------------------------------------------


def draw_stopping(rng: np.random.Generator) -> list[CaseParams]:
    """Draw runs that must stop, that recover, and that come to their end."""
    patience = int(rng.integers(2, 4))
    start = float(rng.uniform(0.9, 1.1))
    falling = [round(start - 0.1 * at, 3) for at in range(int(rng.integers(2, 4)))]
    best = falling[-1]
    rise = [round(best + 0.05 * at, 3) for at in range(1, patience)]  # one too few to stop
    new_best = round(best - 0.1, 3)
    dip = [round(best + 0.03, 3)]
    plateau = [round(new_best + 0.3, 3), new_best]  # comes back to the best, and no further
    again = [round(new_best + 0.4 - 0.01 * at, 3) for at in range(3)]  # falls, far from the best
    again += [round(new_best + 0.5 + 0.01 * at, 3) for at in range(5)]
    # falls, rises almost long enough, reaches a new best, repeats it, and does not come back
    stops = [*falling, *rise, new_best, *plateau, *again]
    ends = [*falling, *dip, new_best, round(new_best + 0.1, 3)]
    earlier = [0.01, 0.5, 0.5, 0.5, 0.5, 0.5]  # a first training with a loss hard to beat
    return [
        _run("stopping", stops, patience),
        _run("stopping", stops, 1),
        _run("to the end", ends, patience),
        {**_run("to the end", ends, patience), "runs": [earlier, ends]},
    ]


def _run(part: str, losses: Sequence[float], patience: int) -> CaseParams:
    return {"part": part, "losses": list(losses), "patience": patience, "runs": [list(losses)]}


def follow(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Return after how many epochs to stop, and which epoch was the best."""
    best = 1
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


def judge_stopping(case: Case, facts: Facts) -> Finding:
    """Ask when it stopped, and what the model holds."""
    losses, patience = case["losses"], case["patience"]
    again = facts["framework"] == "keras" and len(case["runs"]) > 1
    epochs, best = follow(losses, patience)
    checked = f"validation losses {losses}, patience {patience}"
    if again:
        checked = f"a second training with the same callback, losses {losses}"
    found_epochs, held = facts["epochs"], facts["weights"]
    if found_epochs != epochs:
        hint = "not-afresh" if again else _stop_mistake(losses, patience, found_epochs)
        return Finding.wrong(
            checked,
            expected=f"{epochs} epochs, best is epoch {best}",
            found=f"{found_epochs} epochs",
            hint=hint,
            shown=[_stop_chart(losses, epochs, best, found_epochs)],
        )
    if held != best or facts["statistics"] != best:
        hint = _held_mistake(held, best, epochs, len(losses), again)
        found = f"weights of epoch {held:g}, statistics of epoch {facts['statistics']:g}"
        return Finding.wrong(
            checked, expected=f"the model as after epoch {best}", found=found, hint=hint
        )
    return Finding.right(checked)


def _stop_chart(losses: Sequence[float], epochs: int, best: int, found: int) -> Chart:
    return Chart(
        "The validation loss of each epoch",
        f"the best loss is {losses[best - 1]:g} in epoch {best}; training should end after epoch "
        f"{epochs}, yours ended after epoch {found}",
        "epoch",
        (Line("validation loss", tuple(losses)),),
        marks=(("best", best), ("should stop", epochs), ("stopped", int(found))),
    )


def _held_mistake(held: float, best: int, epochs: int, longest: int, again: bool) -> str:
    if held == best:
        return "no-statistics"
    if again:
        return "not-afresh"
    if held == epochs:
        return "only-when-stopped" if epochs == longest else "last-weights"
    return ""


def _stop_mistake(losses: Sequence[float], patience: int, found: int) -> str:
    if found == len(losses):
        return "never-stops"
    guesses = {
        "one-too-many": follow(losses, patience + 1)[0],
        "ties": _follow_ties(losses, patience),
        "against-last": _follow_neighbor(losses, patience),
        "not-in-a-row": _follow_total(losses, patience),
        "first-rise": follow(losses, 1)[0] if patience > 1 else -1,
    }
    return next((name for name, epochs in guesses.items() if epochs == found), "miscounted")


def _follow_ties(losses: Sequence[float], patience: int) -> int:
    best = 1
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] <= losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch
    return len(losses)


def _follow_neighbor(losses: Sequence[float], patience: int) -> int:
    wait = 0
    for epoch in range(2, len(losses) + 1):
        wait = 0 if losses[epoch - 1] < losses[epoch - 2] else wait + 1
        if wait >= patience:
            return epoch
    return len(losses)


def _follow_total(losses: Sequence[float], patience: int) -> int:
    best, wait = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        wait += loss >= best
        best = min(best, loss)
        if wait >= patience:
            return epoch
    return len(losses)


STOP_EARLY = Check(
    id="04-overfitting/early-stopping",
    title="Stop early and keep the best",
    answers=("StopEarly",),
    points=3,
    observe=observers.stopped_early,
    judge=judge_stopping,
    cases=draw_stopping,
    parts={"stopping": 2, "to the end": 1},
    hints=STOP,
)

# --- 4 judge each label by models that never saw it -------------------------------------------


def draw_folds(rng: np.random.Generator) -> list[CaseParams]:
    """Draw rows that do not divide evenly, once with the labels sorted."""
    folds = int(rng.integers(3, 6))
    count = 20 * folds + int(rng.integers(1, folds))
    classes = int(rng.integers(2, 4))
    common = {"folds": folds, "classes": classes, "count": count}
    return [
        {**common, "sorted": False, "part": "folds"},
        {**common, "sorted": True, "count": count + folds, "part": "sorted labels"},
    ]


def judge_folds(case: Case, facts: Facts) -> Finding:
    """Ask whether each row was judged once, by a model trained on all other folds."""
    checked = f"out_of_fold on {case['count']} rows in {case['folds']} folds"
    fault = _call_fault(case, facts) or _answer_fault(case, facts)
    if fault is None:
        return Finding.right(checked)
    expected, found, hint = fault
    shown = [_models_table(facts["calls"])]
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)


def _models_table(calls: Sequence[dict[str, Any]]) -> Table:
    rows = []
    for at, call in enumerate(calls, 1):
        trained, asked = set(call["trained"]), set(call["asked"])
        rows.append((f"{at}", *(f"{len(one)}" for one in (trained, asked, trained & asked))))
    columns = ("Model", "Rows trained on", "Rows asked about", "In both")
    return Table("Your models, one by one", columns, tuple(rows))


def _call_fault(case: Case, facts: Facts) -> Fault | None:
    calls, count = facts["calls"], case["count"]
    both = [len(set(call["trained"]) & set(call["asked"])) for call in calls]
    if any(both):
        found = f"{max(both)} rows both trained on and asked about"
        return "no row judged by a model that saw it", found, "sees-itself"
    asked = [number for call in calls for number in call["asked"]]
    missing = count - len(set(asked))
    if missing:
        return f"an answer for all {count} rows", f"{missing} rows never asked about", "left-out"
    if len(asked) > count:
        return f"{count} rows asked about once", f"{len(asked)} questions", "twice"
    if len(calls) != case["folds"]:
        return f"{case['folds']} models", f"{len(calls)} models", "fold-count"
    return _training_fault(case, calls)


def _training_fault(case: Case, calls: Sequence[dict[str, Any]]) -> Fault | None:
    labels = observers.draw_rows(case)[1]
    for call in calls:
        if len(call["labels"]) != len(call["trained"]) or any(
            labels[n] != label for n, label in zip(call["trained"], call["labels"], strict=True)
        ):
            return "each row with its own label", "rows with the labels of others", "labels-apart"
        rest = case["count"] - len(call["asked"])
        if len(set(call["trained"])) < rest:
            return f"{rest} rows trained on", f"{len(set(call['trained']))}", "too-little"
        if case["sorted"] and len({int(labels[n]) for n in call["asked"]}) < case["classes"]:
            return "every class in every fold", "a fold that lacks one", "not-shuffled"
    return None


def _answer_fault(case: Case, facts: Facts) -> Fault | None:
    wanted = np.array([observers.answer_for(n, case["classes"]) for n in range(case["count"])])
    made = np.asarray(facts["made"])
    if made.shape != wanted.shape:
        return f"shape {wanted.shape}", f"shape {made.shape}", ""
    wrong = int((np.abs(made - wanted).max(axis=1) > 1e-6).sum())
    if not wrong:
        return None
    return "row i answers for row i", f"{wrong} rows with the answer of another", "order-lost"


OUT_OF_FOLD = Check(
    id="04-overfitting/out-of-fold",
    title="Judge each label by a model that never saw it",
    answers=("out_of_fold",),
    points=3,
    observe=observers.folded,
    judge=judge_folds,
    cases=draw_folds,
    parts={"folds": 2, "sorted labels": 1},
    hints=FOLDS,
)

# --- 5 reach the target -----------------------------------------------------------------------

MOST_TRAINED, LEAST_NEW = 0.92, 0.85
DRAWS = (
    503,
    504,
    505,
    507,
    509,
    511,
)  # draws of the pictures with which a careful head has room to spare


def draw_target(rng: np.random.Generator) -> list[CaseParams]:
    """Draw which pictures the head is to be trained on."""
    return [{"draw": int(rng.choice(DRAWS))}]


def judge_target(case: Case, facts: Facts) -> Finding:
    """Ask for a head that is right on new pictures and has not learned wrong labels by heart."""
    labels = observers.draw_labels(case["draw"])
    trained, new = (
        _share_right(facts[name], wanted)
        for name, wanted in zip(("trained", "new"), labels, strict=True)
    )
    if trained < MOST_TRAINED and new > LEAST_NEW:
        return Finding.right("the head that train_head returns, on other pictures")
    if new < 0.6 or trained < 0.6:
        hint = "nothing-learned"
    else:
        hint = "by-heart" if trained >= MOST_TRAINED else "too-careful"
    return Finding.wrong(
        "train_head on other pictures of cats and dogs, 8 of 80 labels wrong",
        expected="training below 92 %, new pictures above 85 %",
        found=f"training {trained:.1%}, new pictures {new:.1%}",
        hint=hint,
        shown=[_target_table(trained, new)],
    )


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


TARGET_CHECK = Check(
    id="04-overfitting/target",
    title="Reach the target",
    answers=("train_head",),
    points=4,
    observe=observers.trained_head,
    judge=judge_target,
    cases=draw_target,
    hints=TARGET,
    timeout_s=90,
)

CHECKS = (READ_CURVES, AUGMENT_CHECK, STOP_EARLY, OUT_OF_FOLD, TARGET_CHECK)
