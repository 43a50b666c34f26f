"""How fast could it be: the same cells and observers in one warm interpreter, nothing around them.

No process is made, nothing is shut in, written or sent; the second submission finds everything
warm that the first one needed. Usage: ``python -m benchmarks.warm CLASS LESSON FRAMEWORK``
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

from grader.checks.model import Check
from grader.checks.registry import get
from grader.classroom.lessons import load
from grader.grading.dependencies import cells_to_run
from grader.grading.source import Source
from grader.grading.submission import read_submission
from grader.sandboxed.observers.model import Student
from grader.sandboxed.observers.run import observe_case
from grader.sandboxed.worker.child import Notebook, warm_up

ENOUGH = 12  # submissions


def main(folder: str, lesson: str, framework: str) -> None:
    """Print the seconds of each submission but the first, which warms the interpreter."""
    warm_up(framework)
    root = Path(folder)
    source = load(lesson, framework, root)
    checks = [get(name) for names in source.checks.values() for name in names]
    paths = sorted(root.glob(f"submitted/*/{lesson}/{framework}.ipynb"))[:ENOUGH]
    begin = [time.perf_counter()]
    for seed, path in enumerate(paths, 1):
        _one(source, checks, path, framework, seed)
        begin.append(time.perf_counter())
    spent = [after - before for before, after in pairwise(begin)]
    print(json.dumps(spent[1:]), flush=True)


def _one(source: Source, checks: list[Check], path: Path, framework: str, seed: int) -> None:
    notebook = Notebook(framework)
    for cell in cells_to_run(source, read_submission(path, source)):
        notebook.run(cell.id, cell.source)
    for check in checks:
        answers = {name: notebook.names.get(name) for name in check.answers}
        if None not in answers.values():
            for case in check.draw(seed):
                observe_case(check.observe, Student(framework, answers), case)


if __name__ == "__main__":
    main(*sys.argv[1:])
