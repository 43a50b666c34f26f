"""Forge what a wrong answer's observer reported, as code beside it could; print the verdicts.

Usage: ``python -m tests.grader.checks.forged_worker FRAMEWORK``
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks import Case, Student, decide, get
from grader.checks.verdict import recomputed
from grader.sandboxed.observers.run import OK, Observation, observe_case
from grader.sandboxed.toy_networks import networks
from tests.grader.checks.answers_worker import ANSWERS, setup

SEED = 20_261
Forge = Callable[[Case, dict[str, Any]], dict[str, Any]]


def _flags(case: Case, wanted: Callable[[networks.Array], bool]) -> list[bool]:
    return [wanted(array) for array in networks.arrays(case.params)]


def _head_alone(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    head = _flags(case, lambda array: array.part == "head")
    still = [norm.part == "head" for norm in networks.norms(case.params)]
    return {"trains": head, "moved": head, "drifted": still}


def _put_back(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """Forge the arrays too: what should stand still is as it was before the step."""
    said, (step,) = _head_alone(case, facts), facts["steps"]
    back = dict(step)
    for name, flags in (("weights", said["moved"]), ("statistics", said["drifted"])):
        pairs = zip(step[name], step[f"{name}_after"], flags, strict=True)
        back[f"{name}_after"] = [new if flag else old for old, new, flag in pairs]
    return {**said, "steps": [back]}


def _still(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    norms = networks.norms(case.params)
    if facts["framework"] == "keras":
        trains = _flags(case, lambda array: array.part == "head" or not array.norm)
        return {"trains": trains, "drifted": [norm.part == "head" for norm in norms]}
    start = case["start"]
    still = [start == "frozen" or norm.block in start for norm in norms]
    return {"drifted": [not held for held in still], "trains": networks.flags(case.params)}


def _next_phase(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    flags = networks.flags(case.params)
    said = {"compiled_anew": True, "new_optimizer": True, "adam": True, "rate": case["rate"]}
    return said | {"trains": flags, "moved": flags, "weights_changed": False}


def _outputs(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    outputs = rng.normal(0, 1, (case["count"], case["classes_new"]))
    if "features" in case.params:  # lesson 01: probabilities in Keras
        chances = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        added = (case["features"] + 1) * case["classes_new"]
        outputs = chances if facts["framework"] == "keras" else outputs
        return {"outputs": outputs, "added": added, "trainable": added, "backbone_trains": False}
    width, hidden = case["width"], case["hidden"]
    head = ((hidden or width) + 1) * case["classes_new"]
    below = 5 * width + (width + 1) * hidden
    counts = {"total": below + head, "trains": head, "body_trains": 0, "dropouts": 2, "kept": 7}
    return {"outputs": outputs, **counts}


def _recipe(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    last = len(case["channels"]) - 1
    head = _flags(case, lambda a: a.part == "head")
    end = _flags(case, lambda a: a.part == "head" or (a.block == last and not a.norm))
    still = [False] * len(networks.norms(case.params))
    calls = [
        {**call, "trains": flags, "moved": flags, "drifted": still}
        for call, flags in zip(facts["calls"], (head, end), strict=True)
    ]
    return {"calls": calls}


def _powers(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    blocks, flags = len(case["channels"]), networks.flags(case.params)
    moves = [
        flag * case["rate"] * case["decay"] ** (0 if array.block < 0 else blocks - array.block)
        for array, flag in zip(networks.arrays(case.params), flags, strict=True)
    ]
    return {"moves": moves, "flags_changed": False, "weights_changed": False}


def _losses(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    return {"losses": [1.5, 0.5]}


def _no_drift(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    return {"drifted": 0}


def _sound_file(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    return {"alone": True, "from_file": True}


# exercise, a wrong answer in Keras and in PyTorch, and how its report is forged
FORGED: list[tuple[str, str, str, Forge]] = [
    ("01-pretrained-models/head", "always-five", "old-head", _outputs),
    ("02-freezing/freeze-backbone", "left-some", "left-some", _head_alone),
    ("02-freezing/freeze-backbone", "left-some", "left-some", _put_back),
    ("02-freezing/still-batchnorm", "statistics-drift", "statistics-drift", _still),
    ("02-freezing/next-phase", "old-optimizer", "", _next_phase),
    ("03-new-head/new-head", "old-head", "old-head", _outputs),
    ("05-fine-tuning/two-phases", "not-frozen", "not-frozen", _recipe),
    ("06-layerwise-learning-rates/layerwise-optimizer", "one-rate", "one-rate", _powers),
    ("08-capstone/fine-tune", "learned-nothing", "learned-nothing", _losses),
    ("08-capstone/fine-tune", "", "batchnorm-moved", _no_drift),
    ("08-capstone/saved-model", "training-mode", "training-mode", _sound_file),
    ("08-capstone/saved-model", "not-from-file", "not-from-file", _sound_file),
]


def verdicts(framework: str, exercise: str, wrong: str, forge: Forge) -> dict[str, Any]:
    """Return what the judge says of forged facts alone, and what comes of computing again."""
    check = get(exercise)
    path = ANSWERS / check.lesson / framework / check.exercise / f"wrong_{wrong}.py"
    names = {**setup(framework), "__name__": "__main__"}
    exec(compile(path.read_text(), path.name, "exec"), names)
    student = Student(framework, {name: names[name] for name in check.answers})
    cases = check.draw(SEED)
    seen = [observe_case(check.observe, student, case) for case in cases]
    forged = [
        Observation(OK, {**look.facts, **forge(case, dict(look.facts))})
        for case, look in zip(cases, seen, strict=True)
    ]
    honest, believed = decide(check, cases, seen), decide(check, cases, forged)
    found = recomputed(check, cases, forged, believed)
    return {
        "exercise": f"{exercise}, {wrong}",
        "honest": honest.points,
        "believed": believed.points,
        "status": found.status,
        "points": found.points,
        "held": found.held,
        "detail": found.detail,
    }


def main(framework: str) -> None:
    """Print one record for each forgery."""
    os.chdir(tempfile.mkdtemp())
    place = ("keras", "pytorch").index(framework)
    listed = [(one[0], one[1 + place], one[3]) for one in FORGED if one[1 + place]]
    print(json.dumps([verdicts(framework, *one) for one in listed]))


if __name__ == "__main__":
    main(*sys.argv[1:])
