"""How long does each notebook take, and how much memory?

    python -m benchmarks.lessons                    # all of them, full and fast
    python -m benchmarks.lessons 03 05 --modes fast --frameworks keras
    python -m benchmarks.lessons 04 --modes full --keep executed    # and keep what they showed

runs the solved notebooks one after the other, as JupyterLab's "Run all" does, and prints a row for
each: seconds from the first cell to the last, seconds with the kernel's start, peak memory of all
its processes, and the cells that failed. The aim is 180 s in full mode and 45 s in fast mode on two
cores: run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks import measure
from benchmarks.submissions import PROJECT
from solutions.build import lesson_names

FRAMEWORKS = ("pytorch", "keras")
AIM_S = {"full": 180, "fast": 45}
TIMEOUT_S = 1200


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Seconds and memory of each notebook.")
    parser.add_argument("lessons", nargs="*", help="such as 03 or 03-new-head; all by default")
    parser.add_argument("--frameworks", nargs="+", choices=FRAMEWORKS, default=FRAMEWORKS)
    parser.add_argument("--modes", nargs="+", choices=tuple(AIM_S), default=tuple(AIM_S))
    parser.add_argument("--keep", type=Path, help="a folder for the executed notebooks")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    print("| lesson | framework | mode | seconds | aim | with start | peak MB | failed |")
    print("|---|---|---|--:|--:|--:|--:|---|")
    for lesson in chosen(options.lessons):
        for framework in options.frameworks:
            for mode in options.modes:
                print(_row(lesson, framework, mode, options.keep), flush=True)


def chosen(wanted: list[str]) -> list[str]:
    """Return the lessons whose names begin with one of ``wanted``; all if there is none.

    Raises
    ------
    SystemExit
        If one of them is no lesson's.
    """
    names = lesson_names()
    unknown = [name for name in wanted if not any(one.startswith(name) for one in names)]
    if unknown:
        raise SystemExit(
            f"No lesson begins with {', '.join(unknown)}: there are {', '.join(names)}."
        )
    return [name for name in names if not wanted or name.startswith(tuple(wanted))]


def _row(lesson: str, framework: str, mode: str, keep: Path | None) -> str:
    with tempfile.TemporaryDirectory(prefix="lesson-") as scratch:
        copy = shutil.copy(PROJECT / "solutions" / lesson / f"{framework}.ipynb", scratch)
        kept = [str((keep / f"{lesson}-{framework}-{mode}.ipynb").resolve())] if keep else []
        command = measure.python("-m", "tests.lessons.notebook_worker", str(copy), *kept)
        measured = measure.run(command, PROJECT, _environment(scratch, mode), TIMEOUT_S)
    told = json.loads(measured.output.splitlines()[-1])
    failed = " ".join(cell["id"] for cell in told["cells"] if cell["error"])
    figures = f"{told['seconds']:.0f} | {AIM_S[mode]} | {measured.seconds:.0f}"
    return f"| {lesson} | {framework} | {mode} | {figures} | {measured.peak_mb:.0f} | {failed} |"


def _environment(scratch: str, mode: str) -> dict[str, str]:
    return {
        **os.environ,
        "COURSE_FAST": "1" if mode == "fast" else "",
        "COURSE_WORK": str(Path(scratch) / "work"),
        "MPLBACKEND": "agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


if __name__ == "__main__":
    main()
