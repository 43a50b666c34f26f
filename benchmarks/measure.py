"""Run a program and measure it from outside: wall time, and the memory of all its processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_S = 0.5


@dataclass(frozen=True)
class Measured:
    """What a program took.

    Attributes
    ----------
    seconds : float
        Wall time, its own start included.
    peak_mb : float
        Largest proportional set size of the whole process tree, sampled twice a second: memory
        that forked processes share is counted once. The longer a program runs, the more likely
        is a sample with all of its processes at their largest.
    output : str
        What it printed.
    median_mb : float
        The median of the same samples, which does not depend on how many there are.
    """

    seconds: float
    peak_mb: float
    output: str
    median_mb: float = 0.0


def run(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], timeout_s: float = 3600
) -> Measured:
    """Run a program to its end.

    Raises
    ------
    RuntimeError
        If it fails; the message holds the end of what it said.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = _Peak(process.pid)
    try:
        output, errors = process.communicate(timeout=timeout_s)
    finally:
        process.kill()
        peak.stop()
    seconds = time.perf_counter() - begin
    if process.returncode:
        said = (errors or output)[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    return Measured(seconds, peak.mb, output, peak.median_mb)


class _Peak:
    """Samples the memory of a process tree in a thread."""

    def __init__(self, pid: int) -> None:
        self.mb, self._seen = 0.0, [0.0]
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self._seen.append(tree_mb(self._pid))
            self.mb = max(self._seen)

    @property
    def median_mb(self) -> float:
        return statistics.median(self._seen)

    def stop(self) -> None:
        self._done.set()
        self._thread.join()


def tree_mb(pid: int) -> float:
    """Return the proportional set size of a process and all its descendants, in MB."""
    total = 0
    try:
        root = psutil.Process(pid)
        members = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for member in members:
        try:
            used = member.memory_full_info()
        except (psutil.Error, OSError):
            continue
        total += getattr(used, "pss", 0) or used.rss
    return total / 2**20


def python(*arguments: str) -> list[str]:
    """Return the command line of this Python."""
    return [sys.executable, *arguments]
