"""The steps of ``start.py``: check the place, make the environment, fill it, hand over to it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from course.install import disk_space, packages, venv
from course.install.problems import SetupProblem, command
from course.install.progress_line import clock

DESCRIPTION = """\
Set the course up beside this file (in .venv) and open it in JupyterLab.
The first start downloads the frameworks; every later one needs no network.

  start.py                  set up, check, copy the lessons into work/, open JupyterLab
  start.py test [ARGS ...]  set up the same way and run the tests; ARGS go to pytest
"""


def parser() -> argparse.ArgumentParser:
    """Return the command line of ``start.py``."""
    made = argparse.ArgumentParser(
        prog=command(),
        usage=f"{command()} [--check] [--no-browser] [--port N] [--cpu] [test ...]",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--check", action="store_true", help="everything but the server")
    made.add_argument(
        "--no-browser", action="store_true", help="print the address instead of opening it"
    )
    made.add_argument(
        "--port", type=_port, metavar="N", help="serve on this port (else 8888 or up)"
    )
    made.add_argument(
        "--cpu",
        action="store_true",
        help="take PyTorch without CUDA, about 5 GB less on Linux; "
        f"uses PyTorch's own CPU index, {packages.CPU_INDEX}",
    )
    return made


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number from 1 to 65535")
    return int(text)


def split(arguments: list[str]) -> tuple[list[str], list[str] | None]:
    """Return what is for ``start.py`` and what is for pytest (None without the word ``test``)."""
    if "test" not in arguments:
        return arguments, None
    at = arguments.index("test")
    return arguments[:at], arguments[at + 1 :]


def main(arguments: list[str]) -> int:
    """Run ``start.py`` and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may lack a character; a lost one beats a crash.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    own, for_pytest = split(arguments)
    options = parser().parse_args(own)
    try:
        home = prepare(cpu=options.cpu)
        if for_pytest is not None:
            return run_tests(home, for_pytest)
        return hand_over(course(home, "lab", *lab_options(options)))
    except SetupProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped. {command()} goes on from here.", file=sys.stderr)
        return 130


def prepare(*, cpu: bool = False) -> Path:
    """Make the environment complete, doing only what is missing, and return its folder.

    Raises
    ------
    SetupProblem
        If that cannot be done.
    """
    home = venv.home()
    if venv.complete(home):
        if cpu and not venv.made_for_cpu(home):
            print("  note        already set up without --cpu; to change it, delete .venv first")
        return home
    cpu = cpu or venv.made_for_cpu(home)
    disk_space.check_writable(venv.project())
    announce(home, cpu=cpu)
    if venv.moved(home) or venv.of_another_python(home) or not venv.usable(home):
        venv.make(home)
    halves = venv.mend(home)
    if halves:
        print(f"  mending     {', '.join(halves)}: left half installed by an interrupted set-up")
    packages.install(home, cpu=cpu)
    venv.write_stamp(home, cpu=cpu)
    return home


def announce(home: Path, *, cpu: bool) -> None:
    """Say what is about to happen and how much it takes, and check that there is room for it."""
    need = disk_space.need(cpu=cpu)
    sizes = f"about {need.download_gb:g} GB to download, {need.installed_gb:g} GB on disk"
    if venv.moved(home):
        print(f"Setting up again: the folder was moved here, and {home} holds its old place")
    elif venv.stamp(home):
        print(f"Bringing {home} up to date: what the course needs has changed")
        sizes = "only what has changed is downloaded"
    elif home.exists():
        print(f"Going on with the set-up in {home}, which was not finished")
        sizes += ", less what is there already"
    else:
        print(f"Setting up in {home}")
        sizes += f" when done ({need.note})"
    print(f"  size        {sizes}")
    missing_gb = need.peak_gb - disk_space.size_gb(home)
    disk_space.check_disk(venv.project(), max(missing_gb, 0.5))


def course(home: Path, *arguments: str) -> list[str]:
    """Return the command line that runs the ``course`` door inside the environment."""
    return [str(venv.python(home)), "-m", "course.cli", *arguments]


def lab_options(options: argparse.Namespace) -> list[str]:
    """Return the options that ``course lab`` gets from those of ``start.py``."""
    flags = {"--check": options.check, "--no-browser": options.no_browser}
    chosen = [flag for flag, given in flags.items() if given]
    return chosen + ([] if options.port is None else ["--port", str(options.port)])


def hand_over(arguments: list[str]) -> int:
    """Become the given command, so that Ctrl-C and signals reach it and nothing else."""
    os.chdir(venv.project())
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(arguments[0], arguments)
    # Windows has no exec: stay, and leave Ctrl-C to the one that is running.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(arguments)


def run_tests(home: Path, for_pytest: list[str]) -> int:
    """Run the tests, say how long they took, and return pytest's exit code."""
    began = time.monotonic()
    workers = str(min(os.cpu_count() or 1, 4))
    # By file, and notebooks one by one: tests/conftest.py.
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    run = [str(venv.python(home)), "-m", "pytest", *spread, *for_pytest]
    code = subprocess.call(run, cwd=venv.project())
    result = "passed" if code == 0 else f"ended with code {code}"
    print(f"Tests {result} in {clock(time.monotonic() - began)} (minutes:seconds)")
    return code
