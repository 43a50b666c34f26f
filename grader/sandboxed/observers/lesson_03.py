"""What the exercises of lesson 03 did: heads, epochs, faults and features of small networks.

Each network is a few layers wide and drawn from the case, so that the judge can work out with NumPy
what is right. A recorder inside notes what it was shown, by which weights and in which mode.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable

SIDE_PX = 4


def _kit(student: Student) -> Any:
    """Return the module that builds this lesson's networks in the student's framework."""
    if student.framework == "pytorch":
        from grader.sandboxed.observers import lesson_03_torch

        return lesson_03_torch
    from grader.sandboxed.observers import lesson_03_keras

    return lesson_03_keras


# ------------------------------------------------------------------ 1 a new head


def draw_arrays(case: Case) -> dict[str, np.ndarray]:
    """Return the weights of a small network up to its last layer."""
    rng = np.random.default_rng(case.seed)
    width, hidden = case["width"], case["hidden"]
    arrays = {
        "kernel": rng.normal(0, 1, (3, width)),
        "scale": rng.uniform(0.5, 1.5, width),
        "shift": rng.uniform(0.5, 1.5, width),
        "mean": rng.normal(0, 1, width),
        "variance": rng.uniform(0.5, 2, width),
    }
    if hidden:
        arrays |= {"hidden": rng.normal(0, 1, (width, hidden)), "bias": rng.normal(0, 1, hidden)}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def draw_images(case: Case) -> np.ndarray:
    """Return what the networks are fed: (N, 4, 4, 3) float32."""
    rng = np.random.default_rng(case.seed + 1)
    return rng.normal(0.3, 1, (case["count"], SIDE_PX, SIDE_PX, 3)).astype(np.float32)


def new_head(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's model puts out, holds and trains."""
    kit, arrays = _kit(student), draw_arrays(case)
    model = student.new_head(kit.network(case, arrays), case["classes_new"])
    kit.expect_model(model)
    try:
        outputs = kit.outputs(model, draw_images(case))
    except Exception as error:
        raise Unusable(
            "a model through which images can pass",
            f"{type(error).__name__}: {str(error).splitlines()[0][:80]}",
            hint_id="fixed-width",
        ) from None
    held = kit.arrays(model)
    kept = [any(_same(array, each) for each in held) for array in arrays.values()]
    return {
        "framework": student.framework,
        "outputs": outputs,
        "kept": sum(kept),
        "arrays": held,
        **kit.counts(model, kernel=arrays["kernel"]),
    }


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two arrays hold the same numbers, whichever framework's order they are in."""
    return bool(one.size == other.size and np.array_equal(np.sort(one, None), np.sort(other, None)))


# ------------------------------------------------------------------ 2 one epoch


def draw_rows(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features, labels, and the weights and bias that a linear head starts from."""
    rng = np.random.default_rng(case.seed)
    width, classes = case["width"], case["classes"]
    rows = rng.normal(0, 1, (case["count"], width)).astype(np.float32)
    labels = rng.integers(0, classes, case["count"])
    weights = rng.normal(0, 1, (width, classes)).astype(np.float32)
    return rows, labels, weights, rng.normal(0, 1, classes).astype(np.float32)


def train_epoch(student: Student, case: Case) -> dict[str, Any]:
    """Report two epochs of the student's: which rows when, the weights on the way, the loss."""
    rows, labels, weights, bias = draw_rows(case)
    train, seen, now = _kit(student).trainer(student, case, rows, labels, weights, bias)
    epochs = []
    for _ in range(2):
        seen.clear()
        returned = _number(train())
        epochs.append(
            {
                "batches": [_places(shown, rows) for shown, _, _ in seen],
                "training": [bool(mode) for _, mode, _ in seen],
                "weights": [arrays[0] for _, _, arrays in seen],
                "biases": [arrays[1] for _, _, arrays in seen],
                "after": now()[0],
                "returned": returned,
            }
        )
    return {"framework": student.framework, "epochs": epochs}


def _number(returned: Any) -> float:
    try:
        return float(returned)
    except (TypeError, ValueError):
        raise Unusable(
            "the mean loss, a number",
            type(returned).__name__,
            "Return the loss from the function, as a number.",
            "forgot-return",
        ) from None


def _places(shown: np.ndarray, rows: np.ndarray) -> list[int]:
    """Return which rows were shown; -1 for something that is not one of them."""
    if shown.ndim != 2 or shown.shape[1] != rows.shape[1]:
        return [-1]
    found = [np.flatnonzero((rows == row).all(axis=1)) for row in shown]
    return [int(at[0]) if len(at) else -1 for at in found]


# ------------------------------------------------------------------ 3 find the fault


def find_fault(student: Student, case: Case) -> dict[str, Any]:
    """Report the word that the student's function finds for a set-up."""
    word = _kit(student).faulty(student, case)
    if not isinstance(word, str):
        raise Unusable(
            "one of the four words",
            type(word).__name__,
            'Return a word in every case, such as "none".',
            "forgot-return",
        )
    return {"framework": student.framework, "word": word[:40]}


# ------------------------------------------------------------------ 4 features once


def features_once(student: Student, case: Case) -> dict[str, Any]:
    """Report the features the student computes, and what that did to the backbone."""
    kit, images = _kit(student), draw_images(case)
    compute, seen, left = kit.extractor(student, case, draw_arrays(case), images)
    result = compute()
    if not isinstance(result, np.ndarray):
        raise Unusable(
            "a NumPy array",
            f"a {type(result).__name__}",
            "Return an array: .numpy() makes one of a tensor, np.concatenate one of several.",
            "not-numpy",
        )
    return {
        "framework": student.framework,
        "values": np.asarray(result, np.float64),
        "sizes": [int(size) for size, _, _ in seen],
        "training": any(mode for _, mode, _ in seen),
        "graph": any(graph for _, _, graph in seen),
        **left(),
    }
