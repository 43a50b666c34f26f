"""Grade a class with our grader and print what it took, as JSON: what ``grade run`` does, timed.

Usage: ``python -m benchmarks.ours CLASS JOBS [--no-sandbox] [--scheduler ADDRESS]``
"""

from __future__ import annotations

import argparse
import json
import os
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.cluster import engine_on
from grader.gradebook.runner import Outcome, run_class
from grader.isolation.workers import Workers


def main() -> None:
    """Grade and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("room", type=Path)
    parser.add_argument("jobs", type=int)
    parser.add_argument("--no-sandbox", action="store_true")
    parser.add_argument("--scheduler", default="")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module=r"nbgrader\..*")
    classroom = Classroom(options.room)
    workers = None
    if options.scheduler:
        engine, jobs = engine_on(options.scheduler, classroom.root, sandbox=not options.no_sandbox)
    else:
        workers = Workers(sandbox=not options.no_sandbox)
        engine, jobs = Engine(classroom.root, workers), options.jobs
    begin = time.perf_counter()
    outcomes = run_class(classroom, engine, classroom.submissions(), jobs=jobs)
    seconds = time.perf_counter() - begin
    own = psutil.Process().memory_full_info().uss / 2**20
    told = {"seconds": seconds, "coordinator_mb": own, **report(outcomes)}
    print(json.dumps(told), flush=True)
    if workers is not None:
        workers.close()
    os._exit(0)


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return seconds, stages and points of each graded notebook."""
    rows = []
    for outcome in outcomes:
        own = outcome.submitted
        if outcome.entry is None:
            raise SystemExit(f"{own.path} was refused: {outcome.reason}")
        verdicts = outcome.entry.verdicts.values()
        stages = {**outcome.entry.stages, "rebuild": outcome.read_s, "write": outcome.write_s}
        rows.append(
            {
                "student": own.student,
                "framework": own.framework,
                "state": outcome.state,
                "seconds": outcome.entry.seconds,
                "stages": stages,
                "points": {v.check_id.partition("/")[2]: v.points for v in verdicts},
                "full": {v.check_id.partition("/")[2]: v.of for v in verdicts},
                "status": {v.check_id.partition("/")[2]: v.status for v in verdicts},
            }
        )
    return {"notebooks": rows}


if __name__ == "__main__":
    main()
