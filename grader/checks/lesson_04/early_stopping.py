"""Stop early and keep the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Chart, Line
from grader.sandboxed.observers import lesson_04 as observers

HINTS = {
    "last-weights": "The model holds the last epoch, not the best. If you kept state_dict() or a "
    "list of arrays, it may hold the arrays themselves, which train on: copy them.",
    "no-statistics": "The weights are those of the best epoch, BatchNorm's statistics are not. "
    "Keep state_dict() (Keras: get_weights()), not the parameters alone.",
    "only-when-stopped": "Training that runs to its end keeps its last weights. Restore the best "
    "ones in that case too.",
    "first-rise": "It stops at the first epoch without a new best. Wait for `patience` of them.",
    "one-too-many": "It waits one epoch too long. Stop when `patience` epochs in a row have "
    "brought no new best.",
    "never-stops": "It never stops. Compare the epochs since the best validation loss with "
    "`patience`; in Keras say so to self.model.stop_training.",
    "not-in-a-row": "Epochs without progress are counted over the whole run. A new best sets the "
    "count back to 0.",
    "against-last": "You compare with the epoch before. Compare with the best so far.",
    "ties": "An equal loss is no progress. Ask for less than the best, not less or equal.",
    "miscounted": "Count the epochs since the lowest loss so far (an equal one is no progress). "
    "Stop when there are `patience` of them.",
    "not-afresh": "The second training began with the memory of the first. Set everything back in "
    "on_train_begin.",
}


Progress = Callable[[float, Sequence[float]], bool]


def draw(rng: np.random.Generator) -> list[CaseParams]:
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


def stops_after(
    losses: Sequence[float], patience: int, progress: Progress, *, in_a_row: bool = True
) -> int:
    """Return after how many epochs to stop: when ``patience`` of them brought no progress."""
    wait = 0
    for at, loss in enumerate(losses):
        good = progress(loss, [math.inf, *losses[:at]])
        wait = 0 if good and in_a_row else wait + (not good)
        if wait >= patience:
            return at + 1
    return len(losses)


def is_best(loss: float, past: Sequence[float]) -> bool:
    """Return whether a loss is lower than all before it."""
    return loss < min(past)


def judge(case: Case, facts: Facts) -> Finding:
    """Ask when it stopped, and what the model holds."""
    losses, patience = case["losses"], case["patience"]
    again = facts["framework"] == "keras" and len(case["runs"]) > 1
    epochs = stops_after(losses, patience, is_best)
    best = int(np.argmin(losses[:epochs])) + 1
    checked = f"validation losses {losses}, patience {patience}"
    if again:
        checked = f"a second training with the same callback, losses {losses}"
    found_epochs, held = facts["epochs"], facts["weights"]
    if found_epochs != epochs:
        hint = "not-afresh" if again else _stop_mistake(losses, patience, found_epochs)
        expected, found = f"{epochs} epochs, best is epoch {best}", f"{found_epochs} epochs"
        shown = [_stop_chart(losses, epochs, best, found_epochs)]
        return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)
    if held != best or facts["statistics"] != best:
        hint = _held_mistake(held, best, epochs, len(losses), again)
        expected = f"the model as after epoch {best}"
        found = f"weights of epoch {held:g}, statistics of epoch {facts['statistics']:g}"
        return Finding.wrong(checked, expected=expected, found=found, hint=hint)
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
        "one-too-many": stops_after(losses, patience + 1, is_best),
        "ties": stops_after(losses, patience, lambda loss, past: loss <= min(past)),
        "against-last": stops_after(losses, patience, lambda loss, past: loss < past[-1]),
        "not-in-a-row": stops_after(losses, patience, is_best, in_a_row=False),
        "first-rise": stops_after(losses, 1, is_best) if patience > 1 else -1,
    }
    return next((name for name, epochs in guesses.items() if epochs == found), "miscounted")


CHECK = Check(
    id="04-overfitting/early-stopping",
    title="Stop early and keep the best",
    answers=("StopEarly",),
    points=3,
    observe=observers.stopped_early,
    judge=judge,
    cases=draw,
    parts={"stopping": 2, "to the end": 1},
    hints=HINTS,
)
