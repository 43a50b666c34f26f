"""Does a submission cost the same in a class of ten and in one of a thousand?

    python -m benchmarks.flat --sizes 10 100 1000 --jobs 2

grades light classes (one exercise of lesson 02, in PyTorch) in the sandbox, each in a folder of its
own, and prints what one submission costs: wall time of the whole program over the number of
submissions, and the part of the coordinator, which is what could grow with the class: its time, and
its own memory at the end. The peak is the largest of all samples of all processes together, and a
longer run has more of them to be the largest; the median has not.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from itertools import pairwise
from pathlib import Path

from benchmarks import measure
from benchmarks.submissions import PROJECT
from grader.classroom.folder import Classroom
from tests.grader import cluster_class as light

COLUMNS = (
    *("submissions", "wall s", "each ms", "graded ms", "read ms", "write ms"),
    *("coordinator MB", "median MB", "peak MB"),
)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Cost per submission against the size of a class.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'--:|' * len(COLUMNS)}")
    walls = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="flat-") as scratch:
            row, seconds = _row(make_class(Path(scratch), size), size, options.jobs)
        walls.append((size, seconds))
        print(row, flush=True)
    for (few, before), (many, after) in pairwise(walls):
        each = 1000 * (after - before) / (many - few)
        print(f"from {few} to {many}: {each:.0f} ms for each further submission")


def make_class(folder: Path, size: int) -> Path:
    """Write and release a light class below ``folder``; return its root."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    root = folder / "class"
    light.write_lesson(root)
    for number in range(size):
        light.hand_in(root, f"student-{number:04}", light.RIGHT if number % 3 else light.WRONG)
    Classroom(root).release(light.LESSON)
    return root


def _row(root: Path, size: int, jobs: int) -> tuple[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "COURSE_WORK": str(root / "work")}
    command = measure.python("-m", "benchmarks.ours", str(root), str(jobs))
    measured = measure.run(command, PROJECT, environment)
    told = json.loads(measured.output.splitlines()[-1])
    rows = told["notebooks"]
    if sum(row["points"][light.EXERCISE] == 2 for row in rows) != size - (size + 2) // 3:
        raise SystemExit("not the points that the answers deserve")
    columns = (
        size,
        f"{measured.seconds:.1f}",
        f"{1000 * measured.seconds / size:.0f}",
        *(
            f"{1000 * statistics.median(values):.0f}"
            for values in (
                [row["seconds"] for row in rows],
                [row["stages"]["rebuild"] for row in rows],
                [row["stages"]["write"] for row in rows],
            )
        ),
        f"{told['coordinator_mb']:.0f}",
        f"{measured.median_mb:.0f}",
        f"{measured.peak_mb:.0f}",
    )
    return "| " + " | ".join(map(str, columns)) + " |", measured.seconds


if __name__ == "__main__":
    main()
