"""Prove keys: run every proof, and hold what it shows against the key.

The proofs of one framework share one process, because the two frameworks cannot.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from course.frameworks import Framework
from quizzes.engine.model import Question, code_of

ROOT = Path(__file__).resolve().parents[2]
# One thread each: the models are tiny, and threads that wait for one another crawl when a machine
# is busy.
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
Results = dict[str, dict[str, Any]]


def gather(
    questions: Sequence[Question], framework: Framework | None, *, timeout_s: float = 900
) -> Results:
    """Run every proof that ``questions`` have for ``framework``.

    Returns
    -------
    dict
        ``id#n`` (the n-th proof of question id) to ``{"evidence", "seconds"}`` or ``{"error"}``.

    Raises
    ------
    RuntimeError
        The process died or took longer than ``timeout_s``.
    """
    jobs = [job for question in questions for job in _jobs(question, framework)]
    if not jobs:
        return {}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "quizzes.engine.proof_worker", framework or "neither"],
            input=json.dumps(jobs),
            cwd=ROOT,
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"{len(jobs)} proofs took longer than {timeout_s:g} s. Is the machine busy? Run fewer "
            "questions at a time, or allow more time."
        ) from None
    if done.returncode:
        raise RuntimeError(
            f"The proofs' process ended with {done.returncode}:\n{done.stderr[-3000:]}"
        )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _jobs(question: Question, framework: Framework | None) -> list[dict[str, Any]]:
    options = {option.id: code_of(option.text) for option in question.options}
    return [
        {
            "id": f"{question.id}#{n}",
            "code": p.code,
            "stem": code_of(question.stem),
            "options": options,
        }
        for n, p in enumerate(question.proofs)
        if p.framework == framework
    ]


def objections(question: Question, result: dict[str, Any]) -> list[str]:
    """Return what one proof's result says against the question's key; empty when it holds."""
    if "error" in result:
        return [f"{question.id}: the proof broke:\n{result['error']}"]
    evidence = result["evidence"]
    said = _AGAINST.get(question.kind, _against_letters)(question, evidence)
    return [f"{question.id}: {said}; evidence {evidence!r}"] if said else []


def _against_letters(question: Question, evidence: Any) -> str:
    if isinstance(evidence, str):  # what the code printed
        evidence = {o.id: code_of(o.text) == evidence.strip() for o in question.options}
    if not isinstance(evidence, dict) or not evidence:
        return "expected evidence by option id"
    unknown = set(evidence) - {option.id for option in question.options}
    if unknown:
        return f"evidence names unknown options {sorted(unknown)}"
    true = "".join(sorted(option for option, holds in evidence.items() if holds is True))
    return (
        "" if true == question.key else f"the proof shows {true!r}, the key says {question.key!r}"
    )


def _against_order(question: Question, evidence: Any) -> str:
    return "" if evidence == [question.key] else f"these orders work, the key says {question.key!r}"


def _against_yes_no(question: Question, evidence: Any) -> str:
    if not isinstance(evidence, bool):
        return "expected True or False"
    shown = "yes" if evidence else "no"
    return "" if shown == question.key else f"the proof shows {shown}, the key says {question.key}"


def _against_number(question: Question, evidence: Any) -> str:
    if isinstance(evidence, bool) or not isinstance(evidence, (int, float)):
        return "expected a number"
    off = abs(evidence - float(question.key))
    allowed = question.tolerance + 1e-9 * abs(float(question.key))
    return "" if off <= allowed else f"the proof gives {evidence}, the key says {question.key}"


_AGAINST = {"order": _against_order, "yes_no": _against_yes_no, "numeric": _against_number}


def wrong_keys(question: Question) -> list[Question]:
    """Return copies of ``question`` with other keys, to show that its proof rejects them.

    Every other option for one-answer kinds; every key with one option more or fewer for
    several-right; every swap of neighbors for order; every expected wrong number, and numbers just
    past the tolerance, for numeric.
    """
    others = _OTHER_KEYS[question.kind](question)
    copies = []
    for key in others:
        broken = replace(question)
        object.__setattr__(broken, "key", key)  # past the checks: a broken key is the point
        copies.append(broken)
    return copies


def _other_letters(question: Question) -> list[str]:
    return [option.id for option in question.options if option.id != question.key]


def _other_sets(question: Question) -> list[str]:
    key = set(question.right_ids)
    return ["".join(sorted(key ^ {option.id})) for option in question.options]


def _other_orders(question: Question) -> list[str]:
    key = str(question.key)
    return [key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1)]


def _other_numbers(question: Question) -> list[float]:
    key, step = float(question.key), max(question.tolerance * 2.5, abs(float(question.key)) * 1e-3)
    near = [key + (step or 1), key - (step or 1)]
    return near + [float(option.text) for option in question.options]


_OTHER_KEYS: dict[str, Any] = {
    "single": _other_letters,
    "predict_output": _other_letters,
    "find_bug": _other_letters,
    "yes_no": _other_letters,
    "multiple": _other_sets,
    "order": _other_orders,
    "numeric": _other_numbers,
}
