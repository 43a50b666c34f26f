"""The virtual environment beside ``start.py``: where it is, whether it is complete, making it."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from course.install.problems import LOCK, SetupProblem, explain

STAMP = "course-stamp.json"
NAME = "finetuning-course"
TOOLS = "tools.lock"  # what its authors use besides, uv among it


def project() -> Path:
    """Return the folder that holds ``start.py``."""
    return Path(__file__).resolve().parents[2]


def home() -> Path:
    """Return the virtual environment's folder."""
    return project() / ".venv"


def bin_dir(venv: Path) -> Path:
    """Return where the environment keeps its commands."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def python(venv: Path) -> Path:
    """Return the environment's interpreter."""
    return bin_dir(venv) / ("python.exe" if os.name == "nt" else "python")


def site_packages(venv: Path) -> Path | None:
    """Return where the environment keeps its packages, None while there is no such folder."""
    found = [*venv.glob("lib/python3.*/site-packages"), *venv.glob("Lib/site-packages")]
    return found[0] if found else None


def declared() -> dict[str, Any]:
    """Return the ``[project]`` table of ``pyproject.toml``."""
    text = (project() / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def dependencies() -> list[str]:
    """Return what the course asks for, as requirement lines."""
    return list(declared()["dependencies"])


def fingerprint(venv: Path) -> str:
    """Return a hash of all that decides what must be installed, and where.

    The folder counts: the commands inside a virtual environment hold its path, so one that was
    moved is not complete.
    """
    parts = {
        "dependencies": dependencies(),
        "scripts": declared()["scripts"],
        "lock": (project() / LOCK).read_text(encoding="utf-8"),
        "folder": str(venv),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def stamp(venv: Path) -> dict[str, Any]:
    """Return what the last finished set-up left behind, empty when there is none."""
    with suppress(OSError, ValueError):
        left = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        if isinstance(left, dict):
            return left
    return {}


def write_stamp(venv: Path, *, cpu: bool = False) -> None:
    """Say that set-up of ``venv`` is finished, and whether with PyTorch's CPU build."""
    left = {"fingerprint": fingerprint(venv), "folder": str(venv), "cpu": cpu}
    (venv / STAMP).write_text(json.dumps(left), encoding="utf-8")


def made_for_cpu(venv: Path) -> bool:
    """Return whether the last finished set-up took PyTorch's CPU build."""
    return stamp(venv).get("cpu") is True


def complete(venv: Path) -> bool:
    """Return whether set-up was finished for exactly these dependencies in exactly this place."""
    return python(venv).exists() and stamp(venv).get("fingerprint") == fingerprint(venv)


def moved(venv: Path) -> bool:
    """Return whether the environment was made in another folder."""
    return bool(stamp(venv).get("folder", str(venv)) != str(venv))


def of_another_python(venv: Path) -> bool:
    """Return whether the environment was made by another minor version of Python."""
    this = ".".join(map(str, sys.version_info[:2]))
    with suppress(OSError):
        made_by = re.search(
            r"^version *= *(\d+\.\d+)", (venv / "pyvenv.cfg").read_text(encoding="utf-8"), re.M
        )
        return made_by is not None and made_by[1] != this
    return False


def usable(venv: Path) -> bool:
    """Return whether the interpreter and its pip start, so that a half-made one can be resumed."""
    try:
        done = subprocess.run(
            [str(python(venv)), "-m", "pip", "--version"], capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def make(venv: Path) -> None:
    """Make an empty environment, in place of a broken one if there is one.

    Raises
    ------
    SetupProblem
        If Python cannot make it, with what is missing.
    """
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True
    )
    output = done.stdout + done.stderr
    if "ensurepip is not available" in output or "No module named ensurepip" in output:
        minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupProblem(
            "this Python cannot make virtual environments (its package for that is missing).",
            f"on Debian and Ubuntu: sudo apt install python{minor}-venv",
        )
    if done.returncode:
        raise explain(output, done.returncode)


def mend(venv: Path) -> list[str]:
    """Remove the records of packages that an interrupted run left half written.

    Returns
    -------
    list of str
        Their names. A package is whole when all files that its ``RECORD`` lists are there in
        their size; uv and pip would take half a one for whole.
    """
    folder = site_packages(venv)
    if folder is None:
        return []
    halves = [one for one in folder.glob("*.dist-info") if not _whole(one)]
    for half in [*halves, *folder.glob("~*")]:
        shutil.rmtree(half, ignore_errors=True)
    return sorted(half.name.split("-")[0] for half in halves)


def _whole(info: Path) -> bool:
    try:
        with (info / "RECORD").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row and not row[0].endswith(".pyc")]
        sizes = [(info.parent / name).stat().st_size for name, *_ in rows]
    except (OSError, ValueError):
        return False
    inside = [
        (row[2], str(size))
        for row, size in zip(rows, sizes, strict=True)
        if not row[0].startswith("..")  # a command's first line is this machine's
    ]
    # Installers name themselves when all else is written.
    return (info / "INSTALLER").exists() and all(asked in ("", size) for asked, size in inside)
