"""Run every answer of the bank for one framework, in this process; print the verdicts as JSON.

Usage: ``python -m tests.grader.checks.answers_worker FRAMEWORK [LESSON]``
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.checks import Check, Student, Verdict, decide, get
from grader.checks.evidence import as_text
from grader.checks.verdict import recomputed
from grader.sandboxed.observers.run import MISSING, Observation, missing_answer, observe_case
from grader.sandboxed.worker.audit import Watch, compiled
from grader.sandboxed.worker.child import reseed

ANSWERS = Path(__file__).resolve().parents[1] / "answers"
SAID: list[str] = []  # what the watch of a worker says of the answers
WATCHED: dict[str, Any] = {}
SEEDS = (0, 20_261)  # the public cases, and a draw that no notebook shows


def setup(framework: str) -> dict[str, Any]:
    """Return the names that a lesson's first cell gives to an answer cell."""
    import math
    import re

    import numpy as np

    common = {"np": np, "math": math, "re": re}
    if framework == "pytorch":
        import torch
        from torch import nn
        from torch.nn import functional

        return {**common, "torch": torch, "nn": nn, "F": functional}
    import keras

    return {**common, "keras": keras}


def verdict(check: Check, framework: str, code: str, file: str, seed: int) -> Verdict:
    """Return the verdict on one answer, as a notebook or a grading run gives it."""
    names = {**setup(framework), "__name__": "__main__", "__builtins__": WATCHED["__builtins__"]}
    reseed(framework, 0)  # as before a graded notebook's cells
    exec(compiled(code, f"<cell {file}>"), names)
    cases = check.draw(seed)
    absent = missing_answer(check.answers, names)
    if absent:
        return decide(check, cases, [Observation(MISSING, {}, {"name": absent})])
    student = Student(framework, {name: names[name] for name in check.answers})
    seen = [observe_case(check.observe, student, case) for case in cases]
    return recomputed(check, cases, seen, decide(check, cases, seen))


def main(framework: str, lesson: str = "*") -> None:
    """Print one record per answer and seed; what an answer saves goes to a folder of its own."""
    records = []
    Watch(SAID.append, WATCHED, lambda: None)
    sys.path.insert(0, str(ANSWERS.parents[2]))
    scratch = tempfile.TemporaryDirectory()
    os.chdir(scratch.name)
    for path in sorted(ANSWERS.glob(f"{lesson}/{framework}/*/*.py")):
        found_in, _, exercise, _ = path.relative_to(ANSWERS).parts
        check = get(f"{found_in}/{exercise}")
        for seed in SEEDS:
            SAID.clear()
            with contextlib.redirect_stdout(io.StringIO()):
                found = verdict(check, framework, path.read_text(), path.stem, seed)
            records.append(
                {
                    "file": path.relative_to(ANSWERS).as_posix(),
                    "seed": seed,
                    "status": found.status,
                    "hint": found.hint_id,
                    "points": found.points,
                    "lines": found.lines(),
                    "detail": found.detail,
                    "shown": [as_text(one) for one in found.shown],
                    "said": SAID[:],
                    "seconds": round(found.seconds, 3),
                }
            )
    os.chdir(ANSWERS)
    scratch.cleanup()
    print(json.dumps(records))


if __name__ == "__main__":
    main(*sys.argv[1:])
