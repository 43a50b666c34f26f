"""Judge each label by a model that never saw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table
from grader.checks.lesson_04.shared import Fault, judged
from grader.sandboxed.observers import lesson_04 as observers

HINTS = {
    "sees-itself": "A model was asked about rows it was trained on: a wrong label learned by "
    "heart then looks right. Leave the fold out of the training.",
    "left-out": "Some rows got no answer. When N is not a multiple of the folds, let the sizes "
    "differ by one: np.array_split.",
    "twice": "Some rows were asked about more than once. Each belongs to one fold.",
    "order-lost": "The answers stand in the order of the folds. Write them back to their rows: "
    "made[fold] = ...",
    "not-shuffled": "The labels come sorted, and your folds take them in order: a fold holds one "
    "class. Shuffle the row numbers first.",
    "labels-apart": "Features and labels came apart. Select both with the same row numbers.",
    "too-little": "A model saw less than all the other folds. Train it on everything but its own.",
    "fold-count": "The number of models is not `folds`.",
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw rows that do not divide evenly, once with the labels sorted."""
    folds = int(rng.integers(3, 6))
    count = 20 * folds + int(rng.integers(1, folds))
    classes = int(rng.integers(2, 4))
    common = {"folds": folds, "classes": classes, "count": count}
    return [
        {**common, "sorted": False, "part": "folds"},
        {**common, "sorted": True, "count": count + folds, "part": "sorted labels"},
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask whether each row was judged once, by a model trained on all other folds."""
    checked = f"out_of_fold on {case['count']} rows in {case['folds']} folds"
    fault = _call_fault(case, facts) or _answer_fault(case, facts)
    return judged(checked, fault, [_models_table(facts["calls"])])


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


CHECK = Check(
    id="04-overfitting/out-of-fold",
    title="Judge each label by a model that never saw it",
    answers=("out_of_fold",),
    points=3,
    observe=observers.folded,
    judge=judge,
    cases=draw,
    parts={"folds": 2, "sorted labels": 1},
    hints=HINTS,
)
