"""Write the lock files: the versions that were tested, with hashes, for every promised system.

``python -m course.pins`` lets uv resolve what ``pyproject.toml`` asks for and keeps the versions
that are locked already; delete a line, or the file, to get newer ones. ``--check`` compares only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course.install import packages, venv
from course.install.problems import LOCK

OLDEST = "3.11.0"
COMMAND = "python -m course.pins"
# Every package comes as a wheel: a learner's machine has no compiler.
COMPILE = ("pip", "compile", "--quiet", "--no-build", "pyproject.toml")
FORM = ("--universal", "--python-version", OLDEST, "--generate-hashes", "--no-annotate")
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # the oldest that PyTorch has wheels for


class PinsError(RuntimeError):
    """uv finds no set of versions, or no index; its words."""


def uv(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run uv at the project's root and return what it printed.

    Raises
    ------
    PinsError
        If it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "uv", *arguments],
        cwd=venv.project(),
        env={**packages.DEFAULTS, **os.environ, **(environment or {})},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise PinsError(done.stderr.strip())
    return done.stdout


def write(folder: Path) -> None:
    """Bring both lock files in ``folder`` up to date."""
    lock, tools = folder / LOCK, folder / venv.TOOLS
    form = (*FORM, "--custom-compile-command", COMMAND)
    uv(*COMPILE, *form, "-o", str(lock))
    names = [packages.pin(entry).split("==")[0] for entry in packages.entries(lock)]
    left_out = [part for name in names for part in ("--no-emit-package", name)]
    uv(*COMPILE, *form, "--extra", "dev", "-c", str(lock), *left_out, "-o", str(tools))


def stale() -> list[str]:
    """Return the names of the lock files that uv would write otherwise."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in (LOCK, venv.TOOLS):
            shutil.copy(venv.project() / name, scratch)
        write(Path(scratch))
        return [
            name
            for name in (LOCK, venv.TOOLS)
            if (Path(scratch) / name).read_bytes() != (venv.project() / name).read_bytes()
        ]


def main() -> None:
    """Write the files, or say which would differ."""
    try:
        if "--check" not in sys.argv:
            write(venv.project())
        elif names := stale():
            sys.exit(f"out of date: {', '.join(names)}. Next step: {COMMAND}")
    except PinsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
