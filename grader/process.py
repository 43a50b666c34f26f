"""A worker process and the pipes to it: ask, wait no longer than allowed, end it."""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from course import settings
from grader.observers.facts import PREFIX, pack, sizes, unpack

START_S = 180.0  # a first import of a framework on a busy machine

QUIET = {
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "agg",
    # one thread each: forked children need a parent without threads, and the cores are shared out
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
# Whatever else is in the instructor's environment (tokens, keys) stays out of the worker's.
_PASSED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "HOME", "USERPROFILE")
_COURSE = ("COURSE_CACHE", "COURSE_FAST", "COURSE_WEIGHTS", "COURSE_PICTURES", "COURSE_PHOTOS")


class Late(Exception):
    """The worker did not answer in time."""


class Gone(Exception):
    """The worker ended without an answer; ``reason`` is a verdict's status."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


def numbered(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``message`` with a number that the reply has to repeat."""
    return {**message, "nonce": secrets.token_hex(16)}


def matching(request: Mapping[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """Return ``reply`` if it answers ``request``.

    Raises
    ------
    Gone
        With the reason ``tampered`` if it does not: somebody else wrote into the pipe.
    """
    if "fault" in reply:
        raise Gone("infrastructure", str(reply["fault"]))
    if reply.get("nonce") != request["nonce"]:
        raise Gone("tampered", "a reply that nobody asked for")
    return reply


class Worker(Protocol):
    """What a session needs of a worker, cold or forked, in a sandbox or not."""

    def ask(self, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send a request and return its reply; raises `Late` or `Gone`."""

    def allow(self, memory_mb: int) -> None:
        """Set how much memory what is asked from now on may take, up to the worker's own limit."""

    def close(self) -> None:
        """End the worker and everything it started."""


def worker_environment() -> dict[str, str]:
    """Return the few variables that a worker sees."""
    kept = {name: os.environ[name] for name in (*_PASSED, *_COURSE) if name in os.environ}
    return kept | QUIET


class ColdWorker:
    """A fresh interpreter that imports its framework first; the same on every system.

    Parameters
    ----------
    framework : str
        ``keras`` or ``pytorch``.
    bare : bool
        Import nothing ahead; the cells do it themselves.
    """

    def __init__(self, framework: str, *, bare: bool = False) -> None:
        flags = ["--bare"] if bare else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "grader.worker", framework, *flags],
            cwd=settings.project_root(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
            start_new_session=True,
        )
        self._replies: queue.Queue[dict[str, Any] | Exception] = queue.Queue()
        listen = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        listen.start()
        self._await(START_S)

    def _listen(self, stream: Any) -> None:
        while True:
            try:
                reply: dict[str, Any] | Exception | None = read_message(stream)
            except (OSError, ValueError) as error:
                reply = Gone("crashed", f"unreadable reply: {error}")
            self._replies.put(Gone("crashed") if reply is None else reply)
            if reply is None or isinstance(reply, Exception):
                return

    def _await(self, timeout_s: float) -> dict[str, Any]:
        try:
            reply = self._replies.get(timeout=timeout_s)
        except queue.Empty:
            raise Late from None
        if isinstance(reply, Exception):
            raise reply
        return reply

    def ask(self, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send a request and return its reply.

        Raises
        ------
        Late
            After ``timeout_s`` seconds of wall time.
        Gone
            If the process ended instead.
        """
        if self._process.stdin is None:
            raise Gone("crashed")
        try:
            request = numbered(message)
            self._process.stdin.write(pack(request))
            self._process.stdin.flush()
        except OSError:
            raise Gone("crashed") from None
        return matching(request, self._await(timeout_s))

    def allow(self, memory_mb: int) -> None:
        """Do nothing: only a forked worker has somebody who watches its memory."""

    def close(self) -> None:
        """Kill the process and its group."""
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """Return the next message of ``stream``, or ``None`` at its end.

    Raises
    ------
    ValueError
        If the bytes are no message of ours.
    """
    prefix = stream.read(PREFIX)
    if len(prefix) < PREFIX:
        return None
    header, blob = sizes(prefix)
    return unpack(stream.read(header), stream.read(blob))
