"""Where there are no namespaces of Linux to be had: a container per submission.

Docker or Podman runs the worker in an image that holds Python and the frameworks; the course's own
files are mounted read-only. It is slower than bubblewrap, for each container imports its framework
anew, and it is the same channel: requests on stdin, replies on stdout.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course import settings
from grader.errors import SandboxError
from grader.isolation.process import QUIET, PipedWorker, module, worker_environment
from grader.sandboxed.worker.limits import (
    CPU_S,
    MAX_FILE_MB,
    MAX_FILES,
    MAX_TASKS,
    MEMORY_MB,
    NOBODY,
    SCRATCH,
    SHARED_MB,
    TEMPORARY_MB,
)

PROGRAMS = ("docker", "podman")
IMAGE = "finetuning-course-grader"
HOME = "/course-files"  # where the course is mounted
CACHE = "/cache"
SEEN = ("course", "quizzes", "grader/__init__.py", "grader/sandboxed")
IMPORTED_MB = 1500  # what a framework takes once it is imported; not the student's
ANSWER_S = 60.0
_PACKAGES = "finetuning-course"


@dataclass(frozen=True)
class Engine:
    """A container engine that answers, and the image it is to run.

    Attributes
    ----------
    program : str
        Its path.
    image : str
        Name and tag.
    """

    program: str
    image: str

    @property
    def name(self) -> str:
        """``docker`` or ``podman``."""
        return Path(self.program).stem

    def ask(self, *arguments: str, content: str = "") -> subprocess.CompletedProcess[str]:
        """Have the engine do something small; never raises for what it says."""
        try:
            return subprocess.run(
                [self.program, *arguments],
                input=content,
                capture_output=True,
                text=True,
                timeout=ANSWER_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return subprocess.CompletedProcess(arguments, 1, "", str(error))

    def command(self, name: str, arguments: list[str]) -> list[str]:
        """Return the command line that runs Python with ``arguments`` in a container ``name``."""
        return [
            *(self.program, "run", "--interactive", "--name", name, "--pull=never"),
            *self._walls(),
            *self._limits(IMPORTED_MB + MEMORY_MB),
            *(f"--env={key}={value}" for key, value in environment().items()),
            *(part for mount in _mounts() for part in ("--mount", mount)),
            *(f"--workdir={SCRATCH}", "--entrypoint=python", self.image, *arguments),
        ]

    def _walls(self) -> list[str]:
        nobody = f"{NOBODY}:{NOBODY}"
        # SELinux would keep a container from files that are not labeled for it
        labels = ["--security-opt=label=disable"] if self.name == "podman" else []
        return [
            *("--network=none", "--read-only", "--cap-drop=ALL", f"--user={nobody}"),
            *("--security-opt=no-new-privileges", *labels, "--ipc=private"),
            f"--tmpfs={SCRATCH}:rw,nosuid,nodev,size={TEMPORARY_MB}m,mode=1777",
            f"--tmpfs=/tmp:rw,nosuid,nodev,size={TEMPORARY_MB}m,mode=1777",
            f"--shm-size={SHARED_MB}m",
        ]

    def _limits(self, memory_mb: int) -> list[str]:
        return [
            *(f"--memory={memory_mb}m", f"--memory-swap={memory_mb}m", "--cpus=1"),
            f"--pids-limit={MAX_TASKS}",
            f"--ulimit=nofile={MAX_FILES}:{MAX_FILES}",
            f"--ulimit=fsize={MAX_FILE_MB * 2**20}:{MAX_FILE_MB * 2**20}",
            f"--ulimit=cpu={CPU_S}:{CPU_S}",
            "--ulimit=core=0:0",
        ]


def environment() -> dict[str, str]:
    """Return what a worker in a container sees; nothing of this machine's."""
    passed = {key: value for key, value in worker_environment().items() if _ours(key)}
    own = {"HOME": SCRATCH, "TMPDIR": SCRATCH, "USER": "student", "LANG": "C.UTF-8"}
    return {**passed, **own, "PYTHONPATH": HOME, "COURSE_CACHE": CACHE}


def _ours(key: str) -> bool:
    return key in QUIET or key in ("COURSE_FAST", "COURSE_WEIGHTS", "COURSE_PICTURES")


def _mounts() -> Iterator[str]:
    root = settings.project_root()
    for name in SEEN:
        yield _mount(root / name, f"{HOME}/{name}")
    if settings.cache_dir().is_dir():
        yield _mount(settings.cache_dir(), CACHE)


def _mount(source: Path, target: str) -> str:
    """Return one mount as the engines read it: fields of a CSV line."""
    fields = ("type=bind", f"source={source}", f"target={target}", "readonly")
    return ",".join(f'"{one}"' if re.search('[,"]', one) else one for one in fields)


class ContainerWorker(PipedWorker):
    """A worker in a container of its own, which is gone when the worker is.

    Parameters
    ----------
    engine : Engine
        What runs it.
    framework : str
        ``keras`` or ``pytorch``.
    bare : bool
        Import nothing ahead.
    """

    def __init__(self, engine: Engine, framework: str, *, bare: bool = False) -> None:
        self._engine, self._name = engine, f"grade-{secrets.token_hex(8)}"
        self._memory_mb = IMPORTED_MB + MEMORY_MB
        _live[self._name] = engine
        super().__init__(engine.command(self._name, module(framework, bare=bare)))

    def allow(self, memory_mb: int) -> None:
        """Set how much memory it may take from now on, beside what its framework takes."""
        wanted = IMPORTED_MB + min(memory_mb, MEMORY_MB)
        if wanted == self._memory_mb:
            return
        limits = (f"--memory={wanted}m", f"--memory-swap={wanted}m")
        if self._engine.ask("update", *limits, self._name).returncode == 0:
            self._memory_mb = wanted

    def _reason(self) -> str:
        asked = self._engine.ask("inspect", "--format", "{{.State.OOMKilled}}", self._name)
        return "out of memory" if asked.stdout.strip() == "true" else "crashed"

    def close(self) -> None:
        """Remove the container with all that runs in it."""
        _remove(self._engine, self._name)
        super().close()


_live: dict[str, Engine] = {}  # a container goes on without the program that asked for it


def _remove(engine: Engine, name: str) -> None:
    engine.ask("rm", "--force", name)
    _live.pop(name, None)


def remove_all() -> None:
    """Remove the containers of this process, before it ends without closing its workers."""
    for name, engine in list(_live.items()):
        _remove(engine, name)


def find() -> Engine:
    """Return a container engine that answers and has the image.

    Raises
    ------
    SandboxError
        If there is none; the message says what to do.
    """
    there = [path for path in map(shutil.which, PROGRAMS) if path]
    if not there:
        raise SandboxError("neither Docker nor Podman is installed")
    silent = []
    for program in there:
        engine = Engine(program, image_name())
        asked = engine.ask("info")
        if asked.returncode:
            reason = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
            silent.append(f"{engine.name} does not answer ({reason})")
        elif engine.ask("image", "inspect", engine.image).returncode:
            raise SandboxError(
                f"{engine.name} has no image {engine.image} yet; make it once, with a network: "
                "grade image"
            )
        else:
            return engine
    raise SandboxError(" and ".join(silent))


def image_name() -> str:
    """Return the image's name; its tag is that of what would be in it."""
    own = os.environ.get("COURSE_GRADER_IMAGE", "")
    return own or f"{IMAGE}:{hashlib.sha256(dockerfile().encode()).hexdigest()[:12]}"


def dockerfile() -> str:
    """Return how the image is made: this Python's version, and the packages in their versions."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pinned = " ".join(sorted(_pinned()))
    return (
        f"FROM python:{version}-slim\n"
        f"RUN python -m pip install --no-cache-dir --no-compile {pinned}\n"
    )


def _pinned() -> Iterator[str]:
    for line in importlib.metadata.requires(_PACKAGES) or ():
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        if "extra ==" in line:
            continue
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield f"{name}=={importlib.metadata.version(name).partition('+')[0]}"


def build() -> str:
    """Make the image with the first engine there is, showing what it says; return its name.

    Raises
    ------
    SandboxError
        If there is no engine, or it fails.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SandboxError("There is neither Docker nor Podman here; install one of them first.")
    name = image_name()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Dockerfile").write_text(dockerfile(), "utf-8")
        done = subprocess.run([program, "build", "--tag", name, folder])
    if done.returncode:
        raise SandboxError(f"{Path(program).stem} could not make the image; it says why above.")
    return name
