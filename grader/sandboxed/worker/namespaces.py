"""What keeps a worker in: the kernel's own namespaces and limits, called without a helper.

The server already runs inside bubblewrap, where no answer, no other submission, no gradebook and
no network exist. These walls stand between one submission and the next: each has its own process
tree, its own temporary and home folder, its own network with nothing in it, and no rights.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from pathlib import Path

from grader.sandboxed.worker.limits import (
    MAX_FILE_MB,
    MAX_FILES,
    MAX_TASKS,
    NOBODY,
    SCRATCH,
    SHARED_MB,
    TEMPORARY_MB,
)

_NEW = {"mount": 0x00020000, "uts": 0x04000000, "ipc": 0x08000000, "user": 0x10000000}
_NEW |= {"pid": 0x20000000, "net": 0x40000000}
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 2, 4, 16384, 1 << 18
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP, _PR_SET_PDEATHSIG = 4, 38, 24, 1
_LAST_CAPABILITY = 63
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _call(name: str, *arguments: object) -> None:
    if _libc is None:
        raise OSError("namespaces exist on Linux only")
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def drop_root() -> None:
    """Become nobody if this process is root; limits on processes do not bind root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):  # inside a user namespace there may be no such user
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)  # or /proc/self would stay root's


def separate() -> None:
    """Leave every namespace; the next child is the first process of its own tree."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", sum(_NEW.values()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    _mount_tmpfs(SCRATCH, TEMPORARY_MB)
    _mount_tmpfs("/dev/shm", SHARED_MB)


def _mount_tmpfs(target: str, size_mb: int) -> None:
    options = f"size={size_mb}m,nr_inodes=20000,mode=1777".encode()
    _call("mount", b"tmpfs", target.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, options)


def close_in() -> None:
    """Give up every right that `separate` brought; called by the first process of the tree."""
    with contextlib.suppress(OSError):  # where the kernel forbids it, the outer one stays visible
        _call("mount", b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV, None)
    _call("prctl", _PR_SET_PDEATHSIG, 9, 0, 0, 0)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(_LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):
            _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    _drop_capabilities()


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("syscall", _SYS_CAPSET[os.uname().machine], header, nothing)


def limit(memory_mb: int, cpu_s: int, *, shut_in: bool) -> None:
    """Set hard limits on memory, processor time, files, tasks and core dumps."""
    wanted = {
        "RLIMIT_DATA": (data_mb() + memory_mb) * 2**20,
        "RLIMIT_CPU": cpu_s,
        "RLIMIT_FSIZE": MAX_FILE_MB * 2**20,
        "RLIMIT_NOFILE": MAX_FILES,
        "RLIMIT_CORE": 0,
    }
    if shut_in:  # outside, everything else this person runs would count too
        wanted["RLIMIT_NPROC"] = MAX_TASKS
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, hard = resource.getrlimit(number)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(number, (value, value))


def limit_data(pid: int, most_mb: int) -> None:
    """Let what process ``pid`` allocates beyond ``most_mb`` fail; gentler than being ended."""
    with contextlib.suppress(ValueError, OSError, AttributeError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        wanted = most_mb * 2**20
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (soft, hard))


def _status(pid: int | str) -> dict[str, int]:
    found: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if value.endswith("kB"):
                found[name] = int(value.split()[0])
    return found


def data_mb(pid: int | str = "self") -> int:
    """Return how much a process has allocated, used or not, in MB."""
    return _status(pid).get("VmData", 0) // 1024


def anonymous_mb(pid: int) -> float:
    """Return the memory of one process that no file backs, in MB."""
    found = _status(pid)
    return (found.get("RssAnon", 0) + found.get("RssShmem", 0)) / 1024


def tree_mb(pid: int) -> tuple[float, int]:
    """Return the memory of a process and all its descendants, in MB, and how many they are."""
    used, count, queue = 0.0, 0, [pid]
    while queue and count < 1000:
        current = queue.pop()
        used, count = used + anonymous_mb(current), count + 1
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                queue += map(int, (task / "children").read_text().split())
    return used, count
