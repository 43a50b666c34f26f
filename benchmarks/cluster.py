"""The same class on a dask.distributed cluster of one worker, then of two, on this machine.

    python -m benchmarks.cluster --submissions 40 --workers 1 2

starts a scheduler and workers on loopback (one submission at a time each, in the sandbox), has
them grade a light class (one exercise of lesson 02, in PyTorch), and prints notebooks per minute,
once the workers are warm.
Needs dask.distributed: ``python -m pip install distributed``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure
from benchmarks.flat import make_class
from benchmarks.submissions import PROJECT

START_S = 60.0


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Grading on a cluster on loopback.")
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    print("| workers | notebooks | wall s | per minute |\n|--:|--:|--:|--:|")
    for count in options.workers:
        with tempfile.TemporaryDirectory(prefix="cluster-") as scratch:
            folder = Path(scratch)
            first = make_class(folder / "first", 4 * count)
            root = make_class(folder / "timed", options.submissions)
            with cluster(folder / "dask", count) as address:
                _graded(first, address)  # each worker imports PyTorch once
                seconds = _graded(root, address)
        rate = 60 * options.submissions / seconds
        print(f"| {count} | {options.submissions} | {seconds:.1f} | {rate:.1f} |", flush=True)


def _graded(root: Path, address: str) -> float:
    command = measure.python("-m", "benchmarks.ours", str(root), "0", "--scheduler", address)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "COURSE_WORK": str(root / "work")}
    told = json.loads(measure.run(command, PROJECT, environment).output.splitlines()[-1])
    return float(told["seconds"])


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a scheduler and ``workers`` workers on loopback; give the scheduler's address."""
    import distributed

    folder.mkdir()
    note = folder / "scheduler.json"
    started = [_start("scheduler", note, "--host", "127.0.0.1", "--port", "0")]
    try:
        deadline = time.monotonic() + START_S
        while not note.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        started += [_start("worker", note, *options) for _ in range(workers)]
        address = json.loads(note.read_text("utf-8"))["address"]
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=START_S)
        yield address
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _start(role: str, note: Path, *options: str) -> subprocess.Popen[bytes]:
    module = f"distributed.cli.dask_{role}"
    command = measure.python("-m", module, "--scheduler-file", str(note), "--no-dashboard")
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*command, *options], cwd=note.parent, stdout=quiet, stderr=quiet)


if __name__ == "__main__":
    main()
