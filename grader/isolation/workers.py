"""Which kind of worker a class is graded with: forked from a warm server, shut in or not."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from course import settings
from course.frameworks import FRAMEWORKS
from grader import sandboxed
from grader.isolation import sandbox as walls
from grader.isolation.container import ContainerWorker
from grader.isolation.process import (
    START_S,
    ColdWorker,
    MakeWorker,
    Worker,
    WorkerDied,
    WorkerTimeout,
    matching,
    numbered,
    worker_environment,
)
from grader.sandboxed.observers.facts import PREFIX, pack, sizes, unpack
from grader.sandboxed.worker.limits import CPU_S, LIMIT, MEMORY_MB


class WarmServer:
    """A process that has imported one framework and forks a worker per submission.

    Parameters
    ----------
    framework : str
        ``keras`` or ``pytorch``; ``python`` is neither, and ``bare`` imports nothing.
    sandbox : bool
        Whether it runs in bubblewrap.
    cold : bool
        Import nothing; each worker does, after the fork.
    extra : tuple of Path
        What else the sandbox may see, read-only.
    """

    def __init__(
        self,
        framework: str,
        *,
        sandbox: bool,
        cold: bool = False,
        memory_mb: int = MEMORY_MB,
        cpu_s: int = CPU_S,
        extra: tuple[Path, ...] = (),
    ) -> None:
        ours, theirs = socket.socketpair()
        self._control, self._lock = ours, threading.Lock()
        options = [f"--control={theirs.fileno()}", f"--memory-mb={memory_mb}", f"--cpu-s={cpu_s}"]
        shut_in = [*walls.command(extra)] if sandbox else []
        self._process = subprocess.Popen(
            [
                *shut_in,
                *(sys.executable, "-m", "grader.sandboxed.worker.server", framework, *options),
                *(["--shut-in"] if sandbox else []),
                *(["--cold"] if cold else []),
                *(["--observers", *observer_modules()] if framework in FRAMEWORKS else []),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=None if sandbox else settings.project_root(),
            env=None if sandbox else worker_environment(),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        theirs.close()
        ours.settimeout(START_S)
        try:
            ready = _receive(ours)
        except (WorkerDied, WorkerTimeout) as error:
            ready = {"fault": str(error)}
        if "fault" in ready:
            self.close()
            reason = f"the {framework} server did not start: {ready['fault']}"
            raise WorkerDied("infrastructure", reason) from None
        self.threads = int(ready["threads"])

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    @property
    def forkable(self) -> bool:
        """Whether its forks are whole: a fork takes along one thread, and the locks of the rest."""
        return self.threads == 1

    def worker(self, framework: str) -> WarmWorker:
        """Fork a worker; it is ready at once."""
        talk, their_talk = socket.socketpair()
        watch, their_watch = socket.socketpair()
        with self._lock:
            try:
                handles = [their_talk.fileno(), their_watch.fileno()]
                socket.send_fds(self._control, [framework.encode()], handles)
            except OSError:
                raise WorkerDied("crashed", "the server is gone") from None
            finally:
                their_talk.close()
                their_watch.close()
        return WarmWorker(talk, watch)

    def close(self) -> None:
        """End the server, and with it every worker."""
        self._control.close()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class WarmWorker:
    """A forked worker at the other end of two sockets: one to talk, one to the keeper.

    Attributes
    ----------
    said : list of str
        What its watch noticed; complete once it is closed.
    """

    said: list[str]
    _ended: dict[str, Any] | None

    def __init__(self, talk: socket.socket, watch: socket.socket) -> None:
        self._talk, self._watch = talk, watch
        self.said, self._ended = [], None

    def ask(self, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send a request and return its reply; raises `WorkerTimeout` or `WorkerDied`."""
        self._talk.settimeout(timeout_s)
        request = numbered(message)
        try:
            self._talk.sendall(pack(request))
            reply = _receive(self._talk, time.monotonic() + timeout_s)
        except (WorkerDied, OSError) as error:
            if isinstance(error, TimeoutError):
                raise WorkerTimeout from None
            raise WorkerDied(self._reason()) from None
        return matching(request, reply)

    def allow(self, memory_mb: int) -> None:
        """Tell the keeper how much memory the worker may take from now on."""
        with contextlib.suppress(OSError):  # a keeper that is gone shows when the worker is asked
            self._watch.sendall(LIMIT.pack(memory_mb))

    def _last_words(self, timeout_s: float) -> dict[str, Any]:
        """Return what the keeper says once the worker is gone."""
        if self._ended is None:
            self._watch.settimeout(timeout_s)
            with contextlib.suppress(WorkerDied, WorkerTimeout, OSError):
                self._ended = _receive(self._watch)
        return self._ended or {}

    def _reason(self) -> str:
        return str(self._last_words(5).get("ended", "crashed"))

    def close(self) -> None:
        """Have the keeper end the worker and all it started; returns when that is done."""
        self._talk.close()
        with contextlib.suppress(OSError):
            self._watch.shutdown(socket.SHUT_WR)
        self.said = str(self._last_words(10).get("said", "")).splitlines()
        self._watch.close()


def _receive(source: socket.socket, deadline: float | None = None) -> dict[str, Any]:
    try:
        header, blob = sizes(_exactly(source, PREFIX, deadline))
        return unpack(_exactly(source, header, deadline), _exactly(source, blob, deadline))
    except TimeoutError:
        raise WorkerTimeout from None
    except (ValueError, OSError) as error:
        raise WorkerDied("crashed", f"unreadable reply: {error}") from None


def _exactly(source: socket.socket, count: int, deadline: float | None) -> bytes:
    parts = []
    while count:
        if deadline is not None:
            source.settimeout(max(0.001, deadline - time.monotonic()))
        part = source.recv(min(count, 1 << 20))
        if not part:
            raise WorkerDied("crashed", "the worker ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def observer_modules() -> list[str]:
    """Return the modules of observers, and of the networks that they build."""
    folder = Path(sandboxed.__file__).parent
    rooms = ("observers", "toy_networks")
    found = sorted(path for room in rooms for path in (folder / room).glob("[!_]*.py"))
    return [f"grader.sandboxed.{path.parent.name}.{path.stem}" for path in found]


class Workers:
    """Makes workers, and keeps one warm server per framework.

    Parameters
    ----------
    sandbox : bool
        Whether students' code is shut in. Without, only limits are set.
    bare : bool
        Import nothing ahead; for lessons without a framework.

    Raises
    ------
    SandboxError
        If a sandbox is wanted and cannot be had.
    """

    def __init__(
        self,
        *,
        sandbox: bool = True,
        bare: bool = False,
        memory_mb: int = MEMORY_MB,
        cpu_s: int = CPU_S,
        extra: tuple[Path, ...] = (),
    ) -> None:
        self._engine = walls.choose() if sandbox else None
        self._options: dict[str, Any] = {"sandbox": sandbox, "memory_mb": memory_mb}
        self._options |= {"cpu_s": cpu_s, "extra": extra}
        self._bare = bare
        self._servers: dict[str, WarmServer] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def __call__(self, framework: str) -> Worker:
        """Return a worker for ``framework``."""
        if self._engine is not None:
            return ContainerWorker(self._engine, framework, bare=self._bare)
        if not hasattr(socket, "send_fds"):  # Windows
            return ColdWorker(framework, bare=self._bare)
        return self._server("bare" if self._bare else framework).worker(framework)

    def _server(self, name: str) -> WarmServer:
        with self._locks[name]:  # servers of two frameworks may start side by side
            known = self._servers.get(name)
            if known is None or not known.alive:
                if known is not None:
                    known.close()
                self._servers[name] = self._started(name)
            return self._servers[name]

    def _started(self, name: str) -> WarmServer:
        server = WarmServer(name, **self._options)
        if server.forkable:
            return server
        server.close()
        return WarmServer(name, cold=True, **self._options)

    def close(self) -> None:
        """End all servers."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()


def worker_factory(*, sandbox: bool) -> MakeWorker:
    """Return what makes workers for this machine."""
    return Workers(sandbox=sandbox)


@contextlib.contextmanager
def makers_for(notebook: Path) -> Iterator[tuple[MakeWorker, str]]:
    """Yield what makes workers to check one notebook, and a remark where it is not shut in.

    A class's folder holds the secret of its cases: what lies there is run in a sandbox or not at
    all. Elsewhere, on a machine that has no sandbox, a person's own notebook runs as they run it.

    Raises
    ------
    SandboxError
        If the notebook is a class's and this machine has no sandbox.
    """
    beside_a_class = any((folder / ".grader").is_dir() for folder in notebook.resolve().parents)
    if beside_a_class:
        walls.choose()
    elif not walls.available():
        yield ColdWorker, "No sandbox here: your code runs as it does in the notebook."
        return
    made = Workers()
    try:
        yield made, ""
    finally:
        made.close()
