"""Is there room, and may we write? Asked before anything is downloaded."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from course.install.problems import SetupProblem

GB = 1e9
SPARE_GB = 0.5  # uv's run, which links what it unpacked, and pip's peaked 0.1 GB above what stayed


@dataclass(frozen=True)
class Need:
    """What set-up takes on this system, in GB (1e9 bytes)."""

    download_gb: float
    installed_gb: float
    note: str

    @property
    def peak_gb(self) -> float:
        """The most that is on the disk at once, packed files included, with a little to spare."""
        return self.installed_gb + SPARE_GB


# On Linux the ordinary index gives PyTorch with NVIDIA's CUDA libraries; elsewhere it does not.
LINUX = Need(3.3, 8.5, "measured on Linux; most of it is NVIDIA's CUDA libraries")
LINUX_CPU = Need(1.0, 3.0, "an estimate: PyTorch without the CUDA libraries")
ELSEWHERE = Need(0.7, 3.0, "an estimate: measured on Linux only")


def need(*, cpu: bool = False) -> Need:
    """Return what set-up takes on this system."""
    if not sys.platform.startswith("linux"):
        return ELSEWHERE
    return LINUX_CPU if cpu else LINUX


def check_writable(folder: Path) -> None:
    """Make sure that ``folder`` may be written.

    Raises
    ------
    SetupProblem
        If it may not.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        if error.errno == 28:  # no space left on device
            raise _too_full(folder, 0.0, need().installed_gb) from None
    owner = "an administrator" if os.name == "nt" else "its owner"
    raise SetupProblem(
        f"the folder {folder} may not be written.",
        f"copy the course to a folder of your own, or ask {owner} for permission to write.",
    )


def check_disk(folder: Path, needed_gb: float) -> None:
    """Make sure that ``needed_gb`` are free where ``folder`` is.

    Raises
    ------
    SetupProblem
        If they are not, with both figures.
    """
    free_gb = shutil.disk_usage(folder).free / GB
    if free_gb < needed_gb:
        raise _too_full(folder, free_gb, needed_gb)


def size_gb(folder: Path) -> float:
    """Return how much ``folder`` holds, links not followed, 0 when there is none."""
    sizes: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            found = os.lstat(os.path.join(parent, name))
            # uv's cache and the packages are the same files under two names
            sizes[found.st_dev, found.st_ino] = found.st_size if stat.S_ISREG(found.st_mode) else 0
    return sum(sizes.values()) / GB


def _too_full(folder: Path, free_gb: float, needed_gb: float) -> SetupProblem:
    return SetupProblem(
        f"the disk of {folder} is too full: {free_gb:.1f} GB free, {needed_gb:.1f} GB needed.",
        "free some space or copy the course to another disk. "
        "On Linux without a GPU, --cpu needs much less.",
    )
