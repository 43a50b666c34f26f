"""Run pip, and say how far it is."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

from course.install import venv
from course.install.liveline import LiveLine, clock
from course.install.problems import explain

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's own builds without CUDA
INSTALL = ("install", "--progress-bar", "off", "-c", "constraints.txt")
REFRESH_S = 0.5
MB = 1e6


@dataclass(frozen=True)
class Step:
    """One run of pip: what a person calls it, and pip's arguments."""

    title: str
    arguments: tuple[str, ...]


@dataclass
class Reading:
    """What pip's output has told so far."""

    installing: int = 0
    last: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    def read(self, line: str) -> None:
        """Take in one line of pip's output."""
        self.last.append(line)
        if line.startswith("Installing collected packages:"):
            self.installing = line.count(",") + 1


def pinned_count(constraints: Path) -> int:
    """Return how many packages a set-up on this system has: those pinned, pip and the course."""
    needed, _, _ = constraints.read_text(encoding="utf-8").partition("# Tools")
    pins = [line for line in needed.splitlines() if "==" in line]
    foreign = [p for p in pins if "sys_platform" in p and f'"{sys.platform}"' not in p]
    return len(pins) - len(foreign) + 2


def environment(scratch: Path) -> dict[str, str]:
    """Return the environment pip runs in: the person's, less what would send files elsewhere.

    pip unpacks in ``scratch``, on the disk whose room was checked; a small ``/tmp`` is a common
    reason for set-ups to fail.
    """
    dropped = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    defaults = {"PIP_RETRIES": "2", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**defaults, **kept, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}


def steps(*, cpu: bool) -> list[Step]:
    """Return pip's runs in order: the two large frameworks first, each kept once it is in.

    A set-up that is interrupted, or whose network breaks, goes on after the last run that ended,
    even where pip may keep no cache.
    """
    asked = venv.dependencies()
    # That index holds few versions of other packages: they come with the third run.
    index = ("--no-deps", "--index-url", CPU_INDEX) if cpu else ()
    return [
        Step("PyTorch", (*INSTALL, *index, *_named(asked, "torch", "torchvision"))),
        Step("TensorFlow and Keras", (*INSTALL, *_named(asked, "tensorflow", "keras"))),
        Step("JupyterLab and the course", (*INSTALL, "-e", ".")),
    ]


def _named(requirements: list[str], *names: str) -> list[str]:
    return [one for one in requirements if re.split(r"[^\w.-]", one)[0] in names]


def install(home: Path, *, cpu: bool = False) -> None:
    """Install the course and all it needs into the environment at ``home``.

    Raises
    ------
    SetupProblem
        If pip fails, with the reason and where its whole output is.
    """
    log, scratch = home / "setup.log", home / "tmp"
    began, every = time.monotonic(), steps(cpu=cpu)
    try:
        with log.open("w", encoding="utf-8") as file:
            for number, step in enumerate(every, start=1):
                shutil.rmtree(scratch, ignore_errors=True)
                scratch.mkdir(parents=True)
                label = f"{step.title} ({number} of {len(every)})"
                _run(home, step, file, Watch(home, scratch, label, began))
    except OSError as error:
        raise explain(str(error), 1, log) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass
class Watch:
    """What the live line is made from."""

    home: Path
    scratch: Path
    label: str
    began: float

    def __post_init__(self) -> None:
        self.total = pinned_count(venv.project() / "constraints.txt")

    def text(self, reading: Reading) -> str:
        """Return the live line: what pip is doing, how far it is, how long it has taken."""
        elapsed = clock(time.monotonic() - self.began)
        count = f"{venv.installed_count(self.home)} of about {self.total} packages in"
        if reading.installing:
            return f"  {self.label}: installing, {count}  {elapsed}"
        fetched = f"{_arrived_mb(self.scratch):,.0f} MB"
        return f"  {self.label}: fetching {fetched}, {count}  {elapsed}"

    def done(self) -> str:
        """Return what is left standing when the run has ended well."""
        count = venv.installed_count(self.home)
        elapsed = clock(time.monotonic() - self.began)
        return f"  {self.label}: done, {count} packages in  {elapsed}"


def _run(home: Path, step: Step, log: TextIO, watch: Watch) -> None:
    command = [str(venv.python(home)), "-m", "pip", *step.arguments]
    log.write(f"$ {' '.join(command)}\n")
    process = subprocess.Popen(
        command,
        cwd=venv.project(),
        env=environment(watch.scratch),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    reading = Reading()
    reader = threading.Thread(target=_listen, args=(process.stdout, reading, log), daemon=True)
    reader.start()
    try:
        _show(process, reading, watch)
    except BaseException:
        process.terminate()
        raise
    finally:
        process.wait()
        reader.join()
    if process.returncode:
        raise explain("".join(reading.last), process.returncode, Path(log.name))


def _listen(output: IO[str], reading: Reading, log: TextIO) -> None:
    for line in output:
        reading.read(line)
        log.write(line)
        log.flush()
    output.close()


def _show(process: subprocess.Popen[str], reading: Reading, watch: Watch) -> None:
    line = LiveLine()
    while process.poll() is None:
        line.show(watch.text(reading))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(REFRESH_S)
    line.end(watch.done() if process.returncode == 0 else f"  {watch.label}: stopped")


def _arrived_mb(scratch: Path) -> float:
    total = 0
    for parent, folders, names in os.walk(scratch):
        # pip builds and unpacks in deeper folders; the downloads lie at the top.
        if len(Path(parent).relative_to(scratch).parts) >= 2:
            folders.clear()
        for name in names:
            try:
                total += os.path.getsize(os.path.join(parent, name))
            except OSError:  # moved away between the two calls
                continue
    return total / MB
