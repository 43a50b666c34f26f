"""Fill the environment: with uv, in one resolution, or with pip where uv cannot be had."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import time
from ast import literal_eval
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from course.install import venv
from course.install.problems import LOCK, SetupProblem, explain
from course.install.progress_line import LiveLine, clock

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's own builds without CUDA
CUDA = re.compile(r"(torch|torchvision|triton)(==|$)|(nvidia|cuda)-")  # what those builds replace
# Compiled at once: where a sandbox may only read, each start would compile anew. What builds the
# course, setuptools, is in the lock.
COURSE = ("--compile-bytecode", "--no-build-isolation-package", venv.NAME, "-e", ".")
COURSE_BY_PIP = ("--no-deps", "--no-build-isolation", "-e", ".")
REFRESH_S = 0.5

# What sends files elsewhere, or asks for another Python.
ELSEWHERE = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
ELSEWHERE |= {"UV_PYTHON", "UV_SYSTEM_PYTHON", "VIRTUAL_ENV"}
DEFAULTS = {
    "PIP_RETRIES": "2",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    # As pip does: this system's certificates, and the best version of all indexes.
    "UV_SYSTEM_CERTS": "1",
    "UV_INDEX_STRATEGY": "unsafe-best-match",
}
# pip's settings, under uv's names for them.
AS_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "no-index",  # an option only
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}


def install(home: Path, *, cpu: bool = False) -> None:
    """Install the course and all it needs into the environment at ``home``.

    Raises
    ------
    SetupProblem
        If that fails, with the reason and where the whole output is.
    """
    log, scratch = home / "setup.log", home / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir(parents=True)
        with log.open("w", encoding="utf-8") as file:
            _fill(Installer(home, scratch, file), cpu=cpu)
    except OSError as error:
        raise explain(str(error), 1, log) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(home / "cache", ignore_errors=True)


def _fill(installer: Installer, *, cpu: bool) -> None:
    hopeless = {"disk", "permission", "network", "trust"}
    try:
        installer.get_uv()
        hopeless -= {"network", "trust"}  # pip has reached the index: its way may be another
        installer.by_uv(cpu=cpu)
    except SetupProblem as problem:
        if problem.cause in hopeless:
            raise
        print(f"  note        not with uv ({problem.what.rstrip('.')}); going on with pip, slower")
        installer.by_pip(cpu=cpu)


def locked(name: str) -> list[str]:
    """Return the entries of a lock file beside ``start.py``."""
    return entries(venv.project() / name)


def entries(lock: Path) -> list[str]:
    """Return the entries of a lock file, each with its marker and hashes."""
    text = lock.read_text(encoding="utf-8")
    return re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]


def pin(entry: str) -> str:
    """Return name and version of a lock file's entry.

    >>> pin("triton==3.9.0 ; sys_platform == 'linux' --hash=sha256:00")
    'triton==3.9.0'
    """
    return entry.split(maxsplit=1)[0]


@dataclass(frozen=True)
class Installer:
    """uv and pip for one environment: where they unpack, and where their output is kept."""

    home: Path
    scratch: Path
    log: TextIO

    def get_uv(self) -> None:
        """Let pip fetch uv, in the version and with the hashes of the lock file."""
        asked = [entry for entry in locked(venv.TOOLS) if pin(entry).startswith("uv==")]
        file = self._write("uv.txt", asked)
        self._pip("uv", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", file)

    def by_uv(self, *, cpu: bool) -> None:
        """Resolve all at once, so that what does not fit is found before it is fetched."""
        home, environment = self.home, self._environment()
        environment |= {k: v for k, v in of_pip(home).items() if k not in environment}
        environment.setdefault("UV_CACHE_DIR", str(home / "cache"))
        # What a killed run was unpacking would fill the disk.
        for half in (home / "cache").glob(".tmp*"):
            shutil.rmtree(half, ignore_errors=True)
        command: tuple[str, ...] = ("uv", "pip", "install", "--python", str(venv.python(home)))
        if environment.pop("no-index", None):
            command += ("--no-index",)
        if cpu:
            self._run("PyTorch", (*command, *_pytorch_for_cpu()), environment)
        self._run("packages", (*command, "-r", self._lock(cpu=cpu), *COURSE), environment)

    def by_pip(self, *, cpu: bool) -> None:
        """Do the same with pip, which takes hashes only where nothing is editable."""
        if cpu:
            self._pip("PyTorch", *_pytorch_for_cpu())
        self._pip("packages", "--require-hashes", "-r", self._lock(cpu=cpu))
        self._pip("the course", *COURSE_BY_PIP)

    def _lock(self, *, cpu: bool) -> str:
        return self._write(LOCK, [e for e in locked(LOCK) if not (cpu and CUDA.match(e))])

    def _write(self, name: str, entries: list[str]) -> str:
        (self.scratch / name).write_text("".join(entries), encoding="utf-8")
        return str(self.scratch / name)

    def _pip(self, title: str, *arguments: str) -> None:
        command = ("pip", "install", "--progress-bar", "off", *arguments)
        self._run(title, command, self._environment())

    def _environment(self) -> dict[str, str]:
        """Return the person's environment, unpacking on the disk whose room was checked.

        A small ``/tmp`` is a common reason for set-ups to fail.
        """
        kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        return {**DEFAULTS, **kept, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.scratch))}

    def _run(self, title: str, module: tuple[str, ...], environment: Mapping[str, str]) -> None:
        command = [str(venv.python(self.home)), "-m", *module]
        self.log.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command,
            cwd=venv.project(),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        output = _watch(process, title, self.log)
        if process.returncode:
            raise explain(output, process.returncode, Path(self.log.name))


def _pytorch_for_cpu() -> tuple[str, ...]:
    # The hashes of that index are its own.
    pins = [pin(entry) for entry in locked(LOCK)]
    asked = [one for one in pins if one.startswith(("torch==", "torchvision=="))]
    return ("--no-deps", "--index-url", CPU_INDEX, *asked)


def of_pip(home: Path) -> dict[str, str]:
    """Return how this person's pip is set up (index, mirror, proxy), under uv's names."""
    command = [str(venv.python(home)), "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    return as_uv(done.stdout)


def as_uv(listed: str) -> dict[str, str]:
    """Return what ``pip config list`` shows, as uv's environment variables.

    >>> as_uv("global.timeout='9'\\ninstall.find-links='/a /b'\\n:env:.timeout='60'")
    {'UV_HTTP_TIMEOUT': '60', 'UV_FIND_LINKS': '/a,/b'}
    """
    found = dict(re.findall(r"^(\S+?)=(.+)$", listed, flags=re.MULTILINE))
    given = {}
    for section in ("global", "install", ":env:"):  # the later wins, as in pip
        for name, theirs in AS_UV.items():
            if value := found.get(f"{section}.{name}"):
                between = "," if name == "find-links" else " "
                given[theirs] = between.join(str(literal_eval(value)).split())
    return given


def _watch(process: subprocess.Popen[str], title: str, log: TextIO) -> str:
    """Show how a run goes until it ends, and return the end of its output."""
    began, last = time.monotonic(), deque[str](["starting\n"], maxlen=200)
    reader = threading.Thread(target=_listen, args=(process.stdout, last, log), daemon=True)
    reader.start()
    try:
        _show(process, last, title, began)
    except BaseException:
        process.terminate()
        raise
    finally:
        process.wait()
        reader.join()
    return "".join(last)


def _listen(output: IO[str], last: deque[str], log: TextIO) -> None:
    for line in output:
        last.append(line)
        log.write(line)
        log.flush()
    output.close()


def _show(process: subprocess.Popen[str], last: deque[str], title: str, began: float) -> None:
    line = LiveLine()
    while process.poll() is None:
        line.show(f"  {title:<11} {clock(time.monotonic() - began)}  {last[-1].strip()}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(REFRESH_S)
    end = "done" if process.returncode == 0 else "stopped"
    line.end(f"  {title:<11} {end} in {clock(time.monotonic() - began)}")
