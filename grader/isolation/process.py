"""A worker process and the pipes to it: ask, wait no longer than allowed, end it."""

from __future__ import annotations

import contextlib
import math
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import psutil

from course import settings
from grader.sandboxed.observers.facts import PREFIX, pack, sizes, unpack

START_S = 180.0  # a first import of a framework on a busy machine
_LONGEST, _MOST_SAID = 4096, 100  # bytes of a line of the watch's, and lines
POLL_S = 0.1  # between two looks at how much memory a worker takes

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


class WorkerTimeout(Exception):
    """The worker did not answer in time."""


class WorkerDied(Exception):
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
        raise WorkerDied("infrastructure", str(reply["fault"]))
    if reply.get("nonce") != request["nonce"]:
        raise WorkerDied("tampered", "a reply that nobody asked for")
    return reply


class Worker(Protocol):
    """What a session needs of a worker, cold or forked, in a sandbox or not.

    Attributes
    ----------
    said : list of str
        What its watch noticed of the student's code; complete once it is closed.
    """

    said: list[str]

    def ask(self, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send a request and return its reply; raises `WorkerTimeout` or `WorkerDied`."""

    def allow(self, memory_mb: int) -> None:
        """Set how much memory what is asked from now on may take, up to the worker's own limit."""

    def close(self) -> None:
        """End the worker and everything it started."""


def worker_environment() -> dict[str, str]:
    """Return the few variables that a worker sees."""
    kept = {name: os.environ[name] for name in (*_PASSED, *_COURSE) if name in os.environ}
    return kept | QUIET


class _MemoryWatch:
    """Ends a process that takes more memory than it may; needs no help of the system's.

    Parameters
    ----------
    pid : int
        Of the process; all that it starts counts too.
    end : function
        Called once, when it is too much.
    """

    def __init__(self, pid: int, end: Callable[[], None]) -> None:
        self._process, self._end = psutil.Process(pid), end
        self._base, _ = tree_mb(self._process)  # what the framework takes is not the student's
        self._base_data = _allocated(self._process)
        self._allowed_mb = math.inf
        self._done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def allow(self, memory_mb: int) -> None:
        """Set how much more than at the start it may take."""
        self._allowed_mb = memory_mb
        with contextlib.suppress(psutil.Error, AttributeError, ValueError, OSError):
            # Linux: let an allocation beyond it fail, which is gentler than being ended
            _, hard = self._process.rlimit(psutil.RLIMIT_DATA)
            self._process.rlimit(psutil.RLIMIT_DATA, (self._base_data + memory_mb * 2**20, hard))

    def stop(self) -> None:
        """Watch no longer."""
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(POLL_S):
            used, count = tree_mb(self._process)
            if used > self._allowed_mb + count * self._base:
                self._end()
                return


def _allocated(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(getattr(process.memory_info(), "data", 0))
    return 0


def tree_mb(process: psutil.Process) -> tuple[float, int]:
    """Return the memory of a process and all that it started, in MB, and how many they are."""
    if sys.platform == "linux":  # where pages of libraries can be told from its own
        from grader.sandboxed.worker import namespaces

        return namespaces.tree_mb(process.pid)
    used, count = 0.0, 0
    with contextlib.suppress(psutil.Error):
        for member in (process, *process.children(recursive=True)):
            used, count = used + member.memory_info().rss / 2**20, count + 1
    return used, count


def module(framework: str, *, bare: bool) -> list[str]:
    """Return what a Python is told to run as a worker of its own."""
    return ["-m", "grader.sandboxed.worker", framework, *(["--bare"] if bare else [])]


MakeWorker = Callable[[str], Worker]  # of a framework


class PipedWorker:
    """A worker behind the standard pipes of a program that this process starts.

    Parameters
    ----------
    command : sequence of str
        The program; says that it is ready once it has imported its framework.
    cwd : Path, optional
        Where it is started.
    env : mapping, optional
        Its environment; this process's own if left out.
    """

    def __init__(
        self, command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._hearing = threading.Thread(
            target=self._hear, args=(self._process.stderr,), daemon=True
        )
        self._hearing.start()
        self._replies: queue.Queue[dict[str, Any] | Exception] = queue.Queue()
        listen = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        listen.start()
        try:
            self._await(START_S)
        except (WorkerTimeout, WorkerDied):
            self.close()
            raise

    def _reason(self) -> str:
        """Return why the program ended, as a verdict's status."""
        return "crashed"

    def _listen(self, stream: Any) -> None:
        while True:
            try:
                reply: dict[str, Any] | Exception | None = read_message(stream)
            except (OSError, ValueError) as error:
                reply = WorkerDied("crashed", f"unreadable reply: {error}")
            self._replies.put(WorkerDied(self._reason()) if reply is None else reply)
            if reply is None or isinstance(reply, Exception):
                return

    def _hear(self, stream: Any) -> None:
        """Read to the end what the watch says; others, such as an engine, write there too."""
        with contextlib.suppress(OSError, ValueError):
            for line in iter(lambda: stream.readline(_LONGEST), b""):
                if line.startswith(b'{"what"') and len(self.said) < _MOST_SAID:
                    self.said.append(line.decode("ascii", "replace").strip())

    def _await(self, timeout_s: float) -> dict[str, Any]:
        try:
            reply = self._replies.get(timeout=timeout_s)
        except queue.Empty:
            raise WorkerTimeout from None
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
            raise WorkerDied("crashed")
        try:
            request = numbered(message)
            self._process.stdin.write(pack(request))
            self._process.stdin.flush()
        except OSError:
            raise WorkerDied(self._reason()) from None
        return matching(request, self._await(timeout_s))

    def _kill(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        """Kill the process and its group."""
        self._kill()
        self._process.wait()
        self._hearing.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class ColdWorker(PipedWorker):
    """A fresh interpreter that imports its framework first; the same on every system.

    Parameters
    ----------
    framework : str
        ``keras`` or ``pytorch``.
    bare : bool
        Import nothing ahead; the cells do it themselves.
    """

    def __init__(self, framework: str, *, bare: bool = False) -> None:
        self._memory: _MemoryWatch | None = None
        self._ended = "crashed"
        command = [sys.executable, *module(framework, bare=bare)]
        super().__init__(command, settings.project_root(), worker_environment())
        self._memory = _MemoryWatch(self._process.pid, self._out_of_memory)

    def _out_of_memory(self) -> None:
        self._ended = "out of memory"
        self._kill()

    def _reason(self) -> str:
        return self._ended

    def allow(self, memory_mb: int) -> None:
        """Set how much memory the worker may take from now on, beside what it took at first."""
        if self._memory is not None:
            self._memory.allow(memory_mb)

    def close(self) -> None:
        """Kill the process and its group."""
        if self._memory is not None:
            self._memory.stop()
        super().close()


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
