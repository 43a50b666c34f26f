"""Where students' code may run: bubblewrap's arguments, whether it works here, and what else does.

The sandbox is a list of what may be seen, not of what may not: the system's libraries, this
Python, ``course``, ``quizzes`` and ``grader/sandboxed``, all read-only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from course import settings
from grader.errors import SandboxError
from grader.isolation import container
from grader.isolation.container import SEEN, Engine
from grader.isolation.process import worker_environment
from grader.sandboxed.worker.limits import SCRATCH

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "fonts", "alternatives")
CACHE = "/cache"  # drawn pictures, read-only
_REFUSED = "Students' code cannot be shut in"
_ADVICE = "Go on without one, at your own risk, with --no-sandbox."


def command(extra: tuple[Path, ...] = ()) -> list[str]:
    """Return the bubblewrap command line that a program's own follows.

    Parameters
    ----------
    extra : tuple of Path
        More to see, read-only.

    Raises
    ------
    SandboxError
        If this machine has no sandbox that works.
    """
    check_available()
    return [*_base(), *_visible(extra), "--remount-ro", "/", "--"]


def _base() -> list[str]:
    names = ("ipc", "pid", "net", "uts")
    arguments = [_program(), *(f"--unshare-{name}" for name in names), "--die-with-parent"]
    if os.geteuid() == 0:  # the server becomes nobody, for which it needs these two rights
        arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        arguments += ["--unshare-user"]
    arguments += ["--new-session", "--clearenv"]
    for name, value in (worker_environment() | _own_environment()).items():
        arguments += ["--setenv", name, value]
    arguments += ["--dev", "/dev", "--proc", "/proc"]
    for folder, kind in ((SCRATCH, "--tmpfs"), (f"{SCRATCH}/home", "--dir"), ("/dev/shm", "--dir")):
        arguments += ["--perms", "1777", kind, folder]
    return arguments


def _own_environment() -> dict[str, str]:
    return {
        "HOME": f"{SCRATCH}/home",
        "TMPDIR": SCRATCH,
        "USER": "student",
        "LOGNAME": "student",
        "COURSE_CACHE": CACHE,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }


def _visible(extra: tuple[Path, ...]) -> Iterator[str]:
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    root = settings.project_root()
    shown = [*(Path("/etc") / name for name in _ETC), *(root / name for name in SEEN)]
    shown += [*_python_folders(), *extra]
    if settings.cache_dir().is_dir():
        yield from ("--ro-bind", str(settings.cache_dir()), CACHE)
    if not any(path.is_relative_to("/tmp") for path in shown):
        yield from ("--symlink", SCRATCH, "/tmp")
    made: set[Path] = set()
    for path in filter(Path.exists, shown):
        for parent in reversed(path.parents[:-1]):
            if parent not in made:  # bubblewrap would make it for its own user only
                made.add(parent)
                yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(path), str(path))


def _python_folders() -> list[Path]:
    """Return where this Python and its packages live, outermost only."""
    wanted = {Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parents[1]}
    root = settings.project_root()
    for name in sys.path:
        path = Path(name).resolve()
        if name and path.is_dir() and path != root and "site-packages" in path.parts:
            wanted.add(path)
    system = tuple(map(Path, _SYSTEM))
    outside = {path for path in wanted if not any(path.is_relative_to(s) for s in system)}
    return sorted(
        path for path in outside if not any(path != o and path.is_relative_to(o) for o in outside)
    )


def _program() -> str:
    return shutil.which("bwrap") or "bwrap"


def choose() -> Engine | None:
    """Return the container engine to shut students' code in with; ``None`` for bubblewrap.

    Raises
    ------
    SandboxError
        If this machine has neither; the message says why and what to do.
    """
    try:
        check_available()
    except SandboxError as error:
        try:
            return container.find()
        except SandboxError as other:
            raise SandboxError(f"{_REFUSED}: {error}; {other}. {_ADVICE}") from None
    return None


def available() -> bool:
    """Return whether bubblewrap works here."""
    try:
        check_available()
    except SandboxError:
        return False
    return True


@cache
def check_available() -> None:
    """Try bubblewrap once.

    Raises
    ------
    SandboxError
        If it cannot be had; the message says why.
    """
    if sys.platform != "linux":
        raise SandboxError("namespaces, which bubblewrap needs, exist on Linux only")
    if shutil.which("bwrap") is None:
        raise SandboxError(
            "the program bwrap is missing; install the package bubblewrap "
            "(sudo apt install bubblewrap)"
        )
    probe = [*_base(), *_visible(()), "--", sys.executable, "-c", _PROBE]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=60)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SandboxError(f"bubblewrap does not work here: {reason}")


_PROBE = """
import os
from grader.sandboxed.worker import namespaces, syscalls
namespaces.drop_root()
namespaces.separate()
if os.fork() == 0:
    namespaces.close_in()
    syscalls.refuse()
    import grader.sandboxed.worker.child
    os._exit(0)
raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
"""
