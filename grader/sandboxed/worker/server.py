"""A process that has only imported a framework, and forks for every submission.

Started by the coordinator as ``python -m grader.sandboxed.worker.server``. Over its control socket
come
pairs of sockets, one pair per submission. For each it forks a *keeper*, which makes the walls,
forks the worker inside them, watches its memory and ends it; the worker answers requests.

The parent never runs an operation, so that it stays a process of one thread: only such a process
can be forked safely. With ``--cold`` it imports nothing, and each worker does that for itself.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from grader.sandboxed.observers.facts import pack
from grader.sandboxed.worker import namespaces, syscalls
from grader.sandboxed.worker.limits import LIMIT, SCRATCH

POLL_MS = 100
MAX_PROCESSES = 64
MOST_SAID = 65536  # what a pipe holds


def main() -> None:
    """Import, report, and fork on request until the control socket closes."""
    options = _options()
    control = socket.socket(fileno=options.control)
    _quiet()
    from grader.sandboxed.worker.child import warm_up
    from grader.sandboxed.worker.tamper_check import Guard

    import_module("grader.sandboxed.worker.__main__")  # what every fork needs
    if options.framework != "bare" and not options.cold:
        try:
            warm_up(options.framework, tuple(options.observers))
        except Exception as error:
            control.sendall(pack({"fault": f"{type(error).__name__}: {error}"}))
            os._exit(1)
    guard = Guard()
    if options.shut_in:
        namespaces.drop_root()
    gc.collect()
    gc.freeze()
    control.sendall(pack({"threads": len(os.listdir("/proc/self/task")) if _LINUX else 1}))
    while True:
        _reap()
        ready, _, _ = select.select([control], [], [], 1.0)
        if not ready:
            continue
        message, handles, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            os._exit(0)
        framework = message.decode()
        if os.fork() == 0:
            control.close()
            _keep(framework, handles, guard, options)
        for handle in handles:
            os.close(handle)


_LINUX = sys.platform == "linux"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("framework")
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--shut-in", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--memory-mb", type=int, default=4000)
    parser.add_argument("--cpu-s", type=int, default=900)
    parser.add_argument("--observers", nargs="*", default=[])
    return parser.parse_args()


def _quiet() -> None:
    void = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(void, number)
    os.close(void)
    sys.argv[:] = [""]


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _keep(
    framework: str, handles: list[int], guard: object, options: argparse.Namespace
) -> NoReturn:
    """Make the walls, fork the worker, and stay until it is gone or no longer wanted."""
    talk, watch = (socket.socket(fileno=handle) for handle in handles)
    os.setsid()
    reason, heard = "crashed", -1
    try:
        if options.shut_in:
            namespaces.separate()
        heard, said = os.pipe()
        worker = os.fork()
        if worker == 0:
            watch.close()
            _work(framework, talk, said, guard, options)
        talk.close()
        os.close(said)
        reason = _watch(worker, watch, options.memory_mb, options.cpu_s)
    except OSError as error:
        reason = f"infrastructure: {error}"
    with contextlib.suppress(OSError):
        watch.sendall(pack({"ended": reason, "said": _all_of(heard)}))
    os._exit(0)


def _all_of(heard: int) -> str:
    """Return what the worker said; a process that it left behind may hold the other end."""
    if heard < 0:
        return ""
    os.set_blocking(heard, False)
    try:
        return os.read(heard, MOST_SAID).decode("ascii", "replace")
    except BlockingIOError:
        return ""


def _watch(worker: int, watch: socket.socket, memory_mb: int, cpu_s: int) -> str:
    """Return why the worker ended.

    Over ``watch`` the coordinator sends new limits on memory, and closes it to have it ended.
    """
    base, base_data, allowed_mb = (
        namespaces.anonymous_mb(worker),
        namespaces.data_mb(worker),
        memory_mb,
    )
    poller = select.poll()
    poller.register(watch, select.POLLIN | select.POLLHUP)
    reason = "crashed"
    while True:
        pid, status, spent = os.wait4(worker, os.WNOHANG)
        if pid:
            killed = os.WIFSIGNALED(status)  # at the limit the kernel sends SIGXCPU or SIGKILL
            late = spent.ru_utime + spent.ru_stime >= cpu_s - 0.5
            return "timeout" if killed and late else reason
        if poller.poll(POLL_MS):
            told = watch.recv(LIMIT.size)
            if len(told) < LIMIT.size:
                _end(worker)
                return "closed"
            allowed_mb = min(memory_mb, *LIMIT.unpack(told))
            namespaces.limit_data(worker, base_data + allowed_mb)
        used, count = namespaces.tree_mb(worker)
        if used > allowed_mb + count * base or count > MAX_PROCESSES:
            _end(worker)
            return "out of memory"


def _end(worker: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _work(
    framework: str,
    talk: socket.socket,
    said: int,
    guard: object,
    options: argparse.Namespace,
) -> NoReturn:
    """Answer requests inside the walls; the first of a new process tree."""
    code, keep = 1, talk.fileno()
    try:
        os.setsid()
        if options.shut_in:
            namespaces.close_in()
            syscalls.refuse()
            Path(SCRATCH, "home").mkdir(exist_ok=True)
            os.chdir(SCRATCH)
        namespaces.limit(options.memory_mb, options.cpu_s, shut_in=options.shut_in)
        keep = talk.detach()
        _close_all_but(keep, said)
        from grader.sandboxed.worker.__main__ import Pipes
        from grader.sandboxed.worker.audit import said_through
        from grader.sandboxed.worker.child import serve, warm_up
        from grader.sandboxed.worker.tamper_check import Guard

        if options.cold:
            warm_up(framework, tuple(options.observers))
            guard = Guard()
        channel = Pipes(os.fdopen(keep, "rb", closefd=False), os.fdopen(os.dup(keep), "wb"))
    except Exception as error:  # a wall that could not be made: say it, and run nothing
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(keep)) as tell:
            tell.sendall(pack({"fault": f"{type(error).__name__}: {error}"}))
        os._exit(1)
    try:
        serve(channel, framework, guard, said_through(said))  # type: ignore[arg-type]
        code = 0
    finally:
        os._exit(code)  # nothing registered with atexit may hold this process back


def _close_all_but(*kept: int) -> None:
    first = 3
    for handle in sorted(kept):
        os.closerange(first, handle)
        first = handle + 1
    os.closerange(first, 4096)


if __name__ == "__main__":
    main()
