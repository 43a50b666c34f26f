"""Behind the walls: what a worker can see, reach and use up."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from course import settings
from grader.errors import SandboxError
from grader.isolation import sandbox
from grader.isolation.process import WorkerDied, WorkerTimeout
from grader.isolation.workers import Workers


def have_sandbox() -> bool:
    try:
        sandbox.check_available()
    except SandboxError:
        return False
    return True


pytestmark = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(bare=True, memory_mb=500)
    yield made
    made.close()


def run(workers, source, timeout_s=20.0):
    """Run a cell and return the text of what it raises."""
    worker = workers("pytorch")
    try:
        reply = worker.ask({"do": "cell", "id": "x", "source": source}, timeout_s)
    finally:
        worker.close()
    return reply["detail"].get("message", reply["status"])


def value(workers, expression):
    """Return what an expression is worth inside, through JSON."""
    return json.loads(run(workers, f"import json, os\nraise ValueError(json.dumps({expression}))"))


def test_only_what_is_needed_can_be_seen(workers):
    root = settings.project_root()
    seen = value(workers, f"[os.listdir({str(root)!r}), os.listdir({str(root / 'grader')!r})]")
    assert set(seen[0]) <= {".venv", "course", "quizzes", "grader"}
    assert set(seen[1]) == {"__init__.py", "sandboxed"}


def test_no_name_of_this_machine_comes_in(workers, monkeypatch):
    monkeypatch.setenv("LMS_TOKEN", "secret")
    inside = value(workers, "[n for n in os.environ if 'TF_' not in n and 'THREADS' not in n]")
    assert "LMS_TOKEN" not in inside
    assert not any("grad" in name.lower() for name in inside)
    assert value(workers, "os.environ['HOME']") == "/scratch/home"


@pytest.mark.parametrize("folder", ["course", "grader/sandboxed/observers"])
def test_the_course_cannot_be_written(workers, folder):
    path = settings.project_root() / folder / "x"
    assert "Read-only file system" in run(workers, f"open({str(path)!r}, 'w')")
    assert not path.exists()


def test_each_worker_has_its_own_temporary_folder(workers):
    assert run(workers, "open('/scratch/left', 'w').write('x')\nopen('/dev/shm/left', 'w')") == "ok"
    assert value(workers, "[os.path.exists('/scratch/left'), os.path.exists('/dev/shm/left')]") == [
        False,
        False,
    ]


def test_no_network_and_no_socket_outside(workers):
    assert "not supported" in run(
        workers, "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)"
    )
    assert "refused" in run(
        workers,
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0/tmp/.X11-unix/X0')",
    )


@pytest.mark.attack(66)
@pytest.mark.parametrize(
    ("outside", "said"),
    [
        ("import os\nos.memfd_create('x')", "Operation not permitted"),
        ("libc.shmget(0, 1 << 20, 0o1777)", "Operation not permitted"),
        ("libc.msgget(0, 0o1777)", "Operation not permitted"),
        ("libc.mq_open(b'/x', 0o102, 0o600, None)", "Operation not permitted"),
        ("libc.unshare(0x10000000)", "Operation not permitted"),
        ("libc.syscall(CLONE, 0x10000011, 0, 0, 0, 0)", "Operation not permitted"),
        ("libc.syscall(435, 0, 0)", "Function not implemented"),
        ("libc.mount(b'tmpfs', b'/scratch', b'tmpfs', 0, None)", "Operation not permitted"),
        ("libc.ptrace(0, 0, 0, 0)", "Operation not permitted"),
        ("import socket\nsocket.socket(socket.AF_VSOCK)", "not supported"),
        ("import socket\nsocket.socket(socket.AF_NETLINK, 3)", "not supported"),
    ],
)
def test_memory_and_sockets_outside_of_a_process_are_refused(workers, outside, said):
    helped = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "CLONE = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]\n"
    )
    check = "\nn = ctypes.get_errno()\nraise OSError(n, os.strerror(n))"
    assert said in run(workers, helped + outside + check)


@pytest.mark.attack(66)
def test_temporary_files_are_limited_as_a_whole(workers):
    fill = "n = 0\nwhile True:\n    n += 1\n    open(f'{folder}/{n}', 'wb').write(b'x' * 10**7)\n"
    for folder in ("/scratch", "/dev/shm"):
        assert "No space left" in run(workers, f"folder = {folder!r}\n" + fill)


def test_what_multiprocessing_needs_is_there(workers):
    shared = (
        "import multiprocessing as m, socket\nq = m.get_context('fork').Queue()\n"
        "q.put(1)\nassert q.get(timeout=5) == 1\nm.get_context('fork').Lock().acquire()\n"
        "a, b = socket.socketpair()\na.send(b'x')\nassert b.recv(1) == b'x'"
    )
    assert run(workers, shared) == "ok"


def test_no_rights(workers):
    assert value(workers, "[os.getpid(), os.geteuid()]")[0] == 1
    assert run(workers, "import os\nos.setuid(0)") != "ok"
    assert "Operation not permitted" in run(
        workers, "import os\nos.kill(2, 9)\nos.chroot('/tmp')"
    ) or ("No such process" in run(workers, "import os\nos.kill(2, 9)"))


def test_a_worker_that_ends_itself_is_gone(workers):
    for how in ("os._exit(0)", "os.abort()", "import ctypes; ctypes.string_at(0)"):
        with pytest.raises(WorkerDied) as caught:
            run(workers, f"import os\n{how}")
        assert caught.value.reason == "crashed"


def test_an_endless_cell_is_late_and_leaves_nothing(workers):
    with pytest.raises(WorkerTimeout):
        run(workers, "import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True: pass", 0.5)
    assert run(workers, "pass") == "ok"


def test_memory_is_limited(workers):
    assert "MemoryError" in repr(_error(workers, "x = bytearray(2 * 10**9)"))
    shared = "import mmap\nm = mmap.mmap(-1, 3 * 10**9)\nwhile True:\n    m.write(b'x' * 10**6)"
    with pytest.raises(WorkerDied) as caught:
        run(workers, shared)
    assert caught.value.reason == "out of memory"


def _error(workers, source):
    worker = workers("pytorch")
    try:
        return worker.ask({"do": "cell", "id": "x", "source": source}, 20)["detail"]["type"]
    finally:
        worker.close()


def test_processor_time_is_limited():
    """However much wall time it is given, and though it ignores the signal that says so."""
    hasty = Workers(bare=True, memory_mb=500, cpu_s=1)
    try:
        with pytest.raises(WorkerDied) as caught:
            run(hasty, "while True: pass", 300)
        assert caught.value.reason == "timeout"
        deaf = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
        with pytest.raises(WorkerDied) as caught:
            run(hasty, deaf, 300)
        assert caught.value.reason == "timeout"
    finally:
        hasty.close()


def test_processes_are_limited(workers):
    bomb = "import os, time\nwhile True:\n    os.fork()"
    try:
        said = run(workers, bomb, 5)
    except (WorkerDied, WorkerTimeout):
        said = "ended"
    # whichever is first: the keeper, who counts, or the system, which gives no more
    assert said == "ended" or "temporarily unavailable" in said
    assert run(workers, "pass") == "ok"


def test_files_are_limited(workers):
    assert "File too large" in run(
        workers, "open('/scratch/x', 'wb').truncate(10**12)"
    ) or "No space" in run(workers, "open('/scratch/x', 'wb').write(b'x' * 10**9)")
    assert "Too many open files" in run(workers, "f = [open('/dev/null') for _ in range(10**4)]")


def test_a_daemon_ends_with_its_worker(workers):
    daemon = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)"
    assert run(workers, daemon) == "ok"
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if b"sleep(60)" in _read(p)]
    assert left == []


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_multiprocessing_works_inside(workers):
    source = (
        "import multiprocessing as m\n"
        "with m.get_context('fork').Pool(2) as pool:\n"
        "    raise ValueError(sum(pool.map(abs, range(10))))"
    )
    assert run(workers, source) == "45"


def test_without_bubblewrap_nothing_runs(monkeypatch):
    sandbox.check_available.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    none = r"neither Docker nor Podman is installed\. Go on without one.*--no-sandbox"
    with pytest.raises(
        SandboxError, match=rf"bwrap is missing; .*apt install bubblewrap\); {none}"
    ):
        Workers()
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=rf"exist on Linux only; {none}"):
        Workers()
    sandbox.check_available.cache_clear()
