"""Read Python that a stranger wrote without being stopped by it.

Parsing takes time and memory that a text can drive up at will, and cannot be interrupted. So it is
done by a helper process, which the system ends when a text takes more than its share; this one
only waits.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from course import settings
from grader.reading.parser import CPU_S, answer
from grader.sandboxed.policy import UNREADABLE, Reach

WAIT_S = 30.0  # of wall time, for a machine that is busy; what counts is the helper's own
_SMALL = 2000  # characters that nothing can be hidden in


class _Helper:
    """The process that parses, started when it is first needed and again after each end."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock, self._owner = threading.Lock(), os.getpid()

    def ask(self, request: dict[str, Any]) -> Any:
        """Return the answer, or ``None`` if the helper was ended over it."""
        with self._lock:
            process = self._running()
            try:
                return self._exchange(request, process.stdin, process.stdout)
            except (OSError, ValueError):
                self.close()
                return None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "grader.reading.parser"],
                cwd=settings.project_root(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def _exchange(self, request: dict[str, Any], to: Any, back: Any) -> Any:
        to.write(json.dumps(request).encode() + b"\n")
        to.flush()
        if sys.platform != "win32" and not select.select([back], [], [], WAIT_S)[0]:
            raise ValueError("no answer")
        return json.loads(back.readline() or b"nothing")

    def close(self) -> None:
        """End the helper."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()


_helper = _Helper()
atexit.register(_helper.close)


def _asked(request: dict[str, Any], size: int) -> Any:
    return answer(request) if size <= _SMALL else _helper.ask(request)


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names a cell binds for the cells after it, and those it takes from the notebook.

    Both are empty for what is no Python, and for a text that takes more than `CPU_S` seconds.
    """
    found = _asked({"do": "names", "text": text}, len(text))
    bound, used = found or ((), ())
    return frozenset(bound), frozenset(used)


def reaches(cells: Sequence[tuple[str, str, bool]]) -> list[Reach]:
    """Return what `policy.read_cells` finds; a text that cannot be read is found too."""
    size = sum(len(text) for _, text, _ in cells)
    found = _asked({"do": "reaches", "cells": [list(cell) for cell in cells]}, size)
    if found is None:
        return [Reach(name, 1, UNREADABLE) for name, _, theirs in cells if theirs]
    return [Reach(*one) for one in found]


__all__ = ["CPU_S", "names", "reaches"]
