"""Stock ``nbgrader autograde`` and our grader on the same class, in one run.

    python -m benchmarks.grading --submissions 50 --stock 2 --lean 50 --jobs 1 2

makes a class with so many submissions per framework from the tests' bank of right and wrong
answers, releases it, and has it graded by stock nbgrader (serial, without a sandbox, as it comes)
and by ours (in the sandbox, with each number of jobs). Stock executes every cell of a notebook, and
a lesson's demonstrations train networks, so it is measured twice: on the notebooks as they are
(``--stock``, a sample), and on *lean* ones (``--lean``) that hold nothing but the cells our grader
runs too: set-up, answers, tests. The second is what the speed of the grader itself is judged by.

Both run with ``COURSE_FAST=1``, which shortens the demonstrations: that favors stock, for ours
leaves them out. All times are wall times of the whole program, its start included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.submissions import PROJECT, Chosen, write_class
from course.frameworks import FRAMEWORKS
from grader.classroom.folder import Classroom, new_class
from grader.grading.cells import grade_id
from grader.grading.dependencies import cells_to_run
from grader.grading.source import Source, read_source
from grader.grading.submission import Submission
from grader.isolation.process import QUIET

STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\n..."}
c.ExecutePreprocessor.timeout = 300
"""
STAGES = ("rebuild", "start", "setup", "answers", "observe", "judge", "end", "write")
Who = dict[tuple[str, str], Chosen]


@dataclass(frozen=True)
class Run:
    """One grader on one class.

    Attributes
    ----------
    name : str
        What ran.
    measured : Measured
        Wall time and memory.
    seconds : sequence of float
        Per notebook.
    points : mapping
        By student, framework, exercise.
    """

    name: str
    measured: measure.Measured
    seconds: Sequence[float]
    points: dict[tuple[str, str, str], float]

    @property
    def per_minute(self) -> float:
        """Notebooks graded in a minute."""
        return 60 * len(self.seconds) / self.measured.seconds


def main() -> None:
    """Measure and print the tables."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="grading-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)  # the sandbox may become another user
        environment = _environment(folder)
        classroom, who = _make_class(folder / "class", options, environment)
        runs = []
        if options.stock:
            whole = _part_of(classroom, folder / "stock", options.stock)
            runs.append(_stock("stock nbgrader, whole notebooks", whole, environment))
        if options.lean:
            lean = make_lean(_part_of(classroom, folder / "lean", options.lean))
            runs.append(_stock("stock nbgrader, lean notebooks", lean, environment))
        stock = len(runs)
        details = []
        for jobs in options.jobs:
            run, rows = _ours(
                shutil.copytree(classroom, folder / f"ours-{jobs}"), jobs, environment
            )
            runs.append(run)
            details.append(rows)
        _print_speed(runs)
        _print_stages(details[-1], options.jobs[-1])
        for run in runs[:stock]:
            _print_agreement(run, runs[-1], who)
        _print_distance(classroom, options, details[0], environment)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--submissions", type=int, default=10, help="per framework")
    parser.add_argument("--lesson", default="02-freezing")
    parser.add_argument("--frameworks", nargs="+", choices=FRAMEWORKS, default=list(FRAMEWORKS))
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--stock", type=int, default=1, help="whole notebooks for stock; 0: none")
    parser.add_argument("--lean", type=int, default=10, help="lean notebooks for stock; 0: none")
    return parser.parse_args()


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of both graders: a work folder of its own, one set of pictures."""
    here = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "COURSE_FAST": "1",
        "COURSE_WORK": str(folder / "work"),
        "PATH": here + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONPATH": str(PROJECT),
        "TF_CPP_MIN_LOG_LEVEL": "3",  # else stock counts TensorFlow's log lines as failures
    }


def _make_class(
    root: Path, options: argparse.Namespace, environment: dict[str, str]
) -> tuple[Path, Who]:
    new_class(root)
    for lesson in (root / "solutions").iterdir():
        if lesson.name != options.lesson:
            shutil.rmtree(lesson)
    os.environ["PATH"] = environment["PATH"]
    Classroom(root).release(options.lesson, tuple(options.frameworks))
    who = write_class(root, options.lesson, tuple(options.frameworks), options.submissions)
    return root, who


def _part_of(classroom: Path, to: Path, count: int) -> Path:
    """Return a copy of the class with its first ``count`` students."""
    shutil.copytree(classroom, to)
    for student in sorted((to / "submitted").iterdir())[count:]:
        shutil.rmtree(student)
    return to


def make_lean(root: Path) -> Path:
    """Leave in every notebook below ``root`` only the cells that grading runs."""
    for source in root.glob("solutions/*/*.ipynb"):
        kept = kept_cells(read_source(source))
        submitted = root.glob(f"submitted/*/{source.parent.name}/{source.name}")
        for path in (source, *submitted):
            notebook = json.loads(path.read_text("utf-8"))
            notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] in kept]
            path.write_text(json.dumps(notebook), "utf-8")
    (root / "gradebook.db").unlink()
    Classroom(root).release(source.parent.name, tuple(p.stem for p in source.parent.glob("*")))
    return root


def kept_cells(source: Source) -> set[str]:
    """Return the ids of set-up, answers and tests."""
    answers = Submission(dict.fromkeys(source.answer_ids, ""))
    run = {cell.id for cell in cells_to_run(source, answers)}
    return {
        cell.id
        for cell in source.notebook.cells
        if cell.id in run or grade_id(cell) in run or grade_id(cell) in source.checks
    }


def _stock(name: str, root: Path, environment: dict[str, str]) -> Run:
    """Grade with nbgrader as it comes: its own configuration, nothing of ours plugged in."""
    (root / "nbgrader_config.py").write_text(STOCK_CONFIG, "utf-8")
    lesson = next((root / "solutions").iterdir()).name
    command = ["-m", "nbgrader", "autograde", lesson, f"--course-dir={root}"]
    begin = _now(root)
    measured = measure.run(measure.python(*command), root, environment, timeout_s=7200)
    made = sorted(root.glob("autograded/*/*/*.ipynb"), key=_written)
    seconds = [after - before for before, after in pairwise([begin, *map(_written, made)])]
    return _told(Run(name, measured, seconds, dict(_scores(root))))


def _written(path: Path) -> float:
    return path.stat().st_mtime


def _now(root: Path) -> float:
    mark = root / "begun"
    mark.write_text("")
    return _written(mark)


def _scores(root: Path) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Yield what stands in the gradebook, by student, framework and exercise."""
    with Classroom(root).gradebook() as book:
        for assignment in book.assignments:
            for submission in assignment.submissions:
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        if grade.name.startswith("test-"):
                            name = grade.name.removeprefix("test-")
                            yield (submission.student_id, notebook.name, name), grade.score


def _ours(root: Path, jobs: int, environment: dict[str, str]) -> tuple[Run, list[dict[str, Any]]]:
    measured = measure.run(
        measure.python("-m", "benchmarks.ours", str(root), str(jobs)), PROJECT, environment
    )
    rows: list[dict[str, Any]] = json.loads(measured.output.splitlines()[-1])["notebooks"]
    name = f"ours, sandbox, {jobs} job{'s' * (jobs > 1)}"
    run = Run(name, measured, [row["seconds"] for row in rows], dict(_scores(root)))
    return _told(run), rows


def _told(run: Run) -> Run:
    """Say on stderr that a run is over: the whole takes many minutes."""
    print(f"{run.name}: {run.measured.seconds:.1f} s", file=sys.stderr, flush=True)
    return run


def _print_speed(runs: Sequence[Run]) -> None:
    print("\n| grader | notebooks | wall s | per minute | times | p50 s | p95 s | peak MB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for run in runs:
        print(
            f"| {run.name} | {len(run.seconds)} | {run.measured.seconds:.1f} "
            f"| {run.per_minute:.1f} | {_times(run, runs)} "
            f"| {statistics.median(run.seconds):.2f} | {percentile(run.seconds, 95):.2f} "
            f"| {run.measured.peak_mb:.0f} |"
        )


def _times(run: Run, runs: Sequence[Run]) -> str:
    """Return how many times as fast as each kind of stock a run is."""
    return " / ".join(
        f"{run.per_minute / other.per_minute:.1f}" for other in runs if "stock" in other.name
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def _print_stages(rows: Sequence[dict[str, Any]], jobs: int) -> None:
    print(f"\nMedian seconds per notebook and stage, {jobs} jobs")
    print("\n| framework | " + " | ".join(STAGES) + " | all |\n|---|" + "--:|" * (len(STAGES) + 1))
    for framework in sorted({row["framework"] for row in rows}):
        mine = [row["stages"] for row in rows if row["framework"] == framework]
        middles = [statistics.median(stages.get(name, 0.0) for stages in mine) for name in STAGES]
        shown = " | ".join(f"{middle:.3f}" for middle in [*middles, sum(middles)])
        print(f"| {framework} | {shown} |")


def _print_agreement(stock: Run, ours: Run, who: Who) -> None:
    """Say where the two differ, and which of them the bank of answers agrees with."""
    counts: Counter[str] = Counter()
    for key, score in stock.points.items():
        student, framework, exercise = key
        right, full = who[student, framework][exercise].right, _full(ours, exercise)
        mine = ours.points[key]
        counts["exercises"] += 1
        counts["stock as the bank says"] += (score == full) is right
        counts["ours as the bank says"] += (mine == full) is right
        if (score == full) is right:
            counts["same pass or fail where stock is right"] += (mine == full) is (score == full)
            counts["same points there"] += mine == score
            counts["partial points of ours there, 0 of stock's"] += score == 0 < mine < full
    print(
        f"\nScores, ours against {stock.name}: "
        + "; ".join(f"{name}: {count}" for name, count in counts.items())
    )


def _full(run: Run, exercise: str) -> float:
    return max(score for (_, _, name), score in run.points.items() if name == exercise)


def _print_distance(
    classroom: Path,
    options: argparse.Namespace,
    rows: Sequence[dict[str, Any]],
    environment: dict[str, str],
) -> None:
    """Compare one job with a warm interpreter that runs the same cells and nothing else."""
    print("\n| framework | ours, s per notebook | warm interpreter | times |\n|---|--:|--:|--:|")
    for framework in options.frameworks:
        command = measure.python("-m", "benchmarks.warm", str(classroom), options.lesson, framework)
        spent = json.loads(
            measure.run(command, PROJECT, environment | QUIET).output.splitlines()[-1]
        )
        mine = statistics.median(row["seconds"] for row in rows if row["framework"] == framework)
        warm = statistics.median(spent) if spent else float("nan")
        print(f"| {framework} | {mine:.3f} | {warm:.3f} | {mine / warm:.1f} |")


if __name__ == "__main__":
    main()
