"""Measure what a piece of training costs: wall time, and memory of this process."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

MIB = 2**20
SAMPLE_EVERY_S = 0.001


def median_ms(action: Callable[[], Any], *, repeats: int = 3) -> float:
    """Return the median wall time of ``action()`` in milliseconds, after one run to warm up."""
    action()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times)


class PeakMemory:
    """Watch how far this process's memory grows while a ``with`` block runs.

    A process keeps much of the memory it has once used, so only work bigger than all before it
    makes it grow: measure the small things first.

    Attributes
    ----------
    mib : float
        The highest resident memory seen, less that at the start, in MiB; set when the block ends.
    """

    mib: float = 0.0

    def __enter__(self) -> PeakMemory:
        self._process = psutil.Process()
        self._start = self._highest = self._process.memory_info().rss
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_EVERY_S):
            self._highest = max(self._highest, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        last = self._process.memory_info().rss
        self.mib = (max(self._highest, last) - self._start) / MIB
