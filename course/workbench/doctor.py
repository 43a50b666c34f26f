"""Is everything here that the course needs? One line each, ending in OK or in a next step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course import settings
from course.workbench import workspace

DISTRIBUTION = "finetuning-course"
SHOWN = ("torch", "torchvision", "tensorflow", "keras", "jupyterlab", "nbgrader")
LEAST_FREE_GB = 1.0
DEVICE_TIMEOUT_S = 300.0
OPENING_TIMEOUT_S = 60.0  # a learner who opens the course should not wait for a slow disk

# Each runs in a process of its own: the two frameworks do not bear each other in one.
DEVICE_CODE = {
    "PyTorch": """
import json, torch, torchvision
from torchvision.ops import nms
from course.device import describe_torch
nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
print(json.dumps({"found": describe_torch()}))
""",
    "Keras": """
import json, os
from course.keras_backend import asked_for
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
backend, home = asked_for(), os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
if backend not in ("", "tensorflow", "torch", "jax"):
    print(json.dumps({
        "found": f"backend {backend}",
        "problem": "the lessons use Keras on TensorFlow, PyTorch or JAX",
        "next_step": f"unset KERAS_BACKEND, or set backend to tensorflow in {home}/keras.json",
    }))
else:
    from course.device import describe_keras
    print(json.dumps({"found": describe_keras()}))
""",
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's.

    Attributes
    ----------
    name, found : str
        What was looked at and what was there.
    problem, next_step : str
        Empty when all is well.
    """

    name: str
    found: str
    problem: str = ""
    next_step: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return not self.problem


def examine(*, fresh: bool = True) -> list[Finding]:
    """Look at everything and return one finding each.

    Parameters
    ----------
    fresh : bool
        Start both frameworks and ask for their devices (several seconds). False takes what they
        said last time, if they are still the same versions.
    """
    quick: tuple[Callable[[], Finding], ...] = (
        python,
        versions,
        weights,
        imagenet,
        pictures,
        lessons,
        folder,
        disk,
        gradebook_tool,
        kernel,
    )
    findings = [look() for look in quick]
    return [*findings[:2], *devices(fresh=fresh), *findings[2:]]


def python() -> Finding:
    """Which Python this is, and where."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", f"{version} in {sys.prefix}")


def versions() -> Finding:
    """Whether every dependency is there in a version that the course accepts."""
    from packaging.requirements import Requirement

    wrong, here = [], 0
    for line in metadata.requires(DISTRIBUTION) or ():
        asked = Requirement(line)
        if asked.marker is not None and not asked.marker.evaluate({"extra": ""}):
            continue
        installed = _version(asked.name)
        if installed is None or not asked.specifier.contains(installed, prereleases=True):
            wrong.append(f"{asked.name} {installed or 'missing'} (expected {asked.specifier})")
        here += 1
    shown = ", ".join(f"{name} {_version(name) or 'missing'}" for name in SHOWN)
    if not wrong:
        return Finding("Packages", f"{shown} and {here - len(SHOWN)} more")
    return Finding("Packages", shown, "; ".join(wrong), "delete the folder .venv and start again")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def devices(*, fresh: bool) -> list[Finding]:
    """Return where each framework computes; a CPU is as right as a GPU."""
    remembered = None if fresh else _remembered()
    if remembered is not None:
        return remembered
    timeout_s = DEVICE_TIMEOUT_S if fresh else OPENING_TIMEOUT_S
    with ThreadPoolExecutor(len(DEVICE_CODE)) as pool:
        findings = list(pool.map(lambda name: _device(name, timeout_s), DEVICE_CODE))
    if all(finding.ok for finding in findings):
        _remember(findings)
    return findings


def _device(framework: str, timeout_s: float = DEVICE_TIMEOUT_S) -> Finding:
    try:
        done = subprocess.run(
            [sys.executable, "-c", DEVICE_CODE[framework]],
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        said = f"did not start within {timeout_s:g} s"
        step = "this machine is busy or its disk slow: wait a little, then `course doctor`"
        return Finding(framework, "does not start", said, step)
    try:
        return Finding(framework, **json.loads(done.stdout.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        lines = done.stderr.strip().splitlines()
        said = lines[-1] if lines else f"ended with code {done.returncode}"
        step = "delete the folder .venv and start again"
        return Finding(framework, "does not start", said, step)


def _memory() -> tuple[Path, dict[str, str | None]]:
    same = {"prefix": sys.prefix, **{name: _version(name) for name in SHOWN[:4]}}
    # Two copies of the course do not push each other's memory out.
    place = hashlib.sha256(sys.prefix.encode()).hexdigest()[:12]
    return settings.cache_dir() / f"devices-{place}.json", same


def _remembered() -> list[Finding] | None:
    file, same = _memory()
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads(file.read_text(encoding="utf-8"))
        if held["of"] == same:
            return [Finding(name, held["found"][name]) for name in DEVICE_CODE]
    return None


def _remember(findings: list[Finding]) -> None:
    file, same = _memory()
    with suppress(OSError):  # it only saves time
        file.parent.mkdir(parents=True, exist_ok=True)
        found = {finding.name: finding.found for finding in findings}
        file.write_text(json.dumps({"of": same, "found": found}), encoding="utf-8")


def weights() -> Finding:
    """Whether the bundled weights are whole."""
    from course.backbone.weights import WeightsError, read_weights, weights_path

    try:
        held = read_weights()
    except WeightsError as error:
        said, _, remedy = str(error).partition(". ")
        return Finding("Weights", weights_path().name, said, remedy.rstrip("."))
    size_mb = weights_path().stat().st_size / 1e6
    found = f"{weights_path().name}, {size_mb:.1f} MB, {len(held.classes)} classes, checked"
    return Finding("Weights", found)


def imagenet() -> Finding:
    """Whether the real ImageNet weights are whole; set-up converts them here, once."""
    from course.backbone import lite
    from course.backbone.weights import WeightsError

    try:
        lite.read()
    except (WeightsError, OSError) as error:
        said, _, remedy = str(error).partition(". ")
        return Finding("ImageNet", lite.path().name, said, remedy.rstrip(".") or "Start once more")
    size_mb = lite.path().stat().st_size / 1e6
    return Finding("ImageNet", f"EfficientNet-Lite0, {size_mb:.1f} MB, 1000 classes, checked")


def pictures() -> Finding:
    """Whether pictures are to be had: drawn, or the photographs that were asked for."""
    try:
        if settings.pictures() == "drawn":
            return Finding("Pictures", "drawn by the course itself")
        where = settings.photos_folder()
    except ValueError as error:
        return Finding("Pictures", "no choice made", str(error), "see COURSE_PICTURES above")
    missing = [name for name in ("flowers", "pets") if not (where / name).is_dir()]
    if len(missing) < 2:
        return Finding("Pictures", f"photographs in {where}")
    return Finding(
        "Pictures",
        str(where),
        "COURSE_PICTURES=photos, but there is no folder flowers or pets in it",
        "course pictures get flowers, or set COURSE_PHOTOS to the folder that holds them",
    )


def lessons() -> Finding:
    """Whether the lessons are in ``work/``."""
    here, work = workspace.lessons(), settings.work_dir()
    if not here:
        return Finding(
            "Lessons",
            "none in lessons/",
            "this copy of the course is not complete",
            "get it again, or: git checkout -- lessons",
        )
    missing = [one.name for one in here if not any((work / one.name).glob("*.ipynb"))]
    found = f"{len(here) - len(missing)} of {len(here)} in {work}"
    if missing:
        return Finding("Lessons", found, f"not copied yet: {', '.join(missing)}", "course lab")
    return Finding("Lessons", found)


def folder() -> Finding:
    """Whether ``work/`` may be written."""
    work = settings.work_dir()
    nearest = next(one for one in (work, *work.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Finding("Your folder", f"{work}, may be written")
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
    return Finding(
        "Your folder", str(work), said, "make it your own, or set COURSE_WORK to another"
    )


def disk() -> Finding:
    """Whether there is room for what lessons keep."""
    work = settings.work_dir()
    nearest = next(one for one in (work, *work.parents) if one.exists())
    free_gb = shutil.disk_usage(nearest).free / 1e9
    if free_gb >= LEAST_FREE_GB:
        return Finding("Disk", f"{free_gb:.0f} GB free")
    return Finding(
        "Disk", f"{free_gb:.1f} GB free", f"less than {LEAST_FREE_GB:g} GB", "free some space"
    )


def gradebook_tool() -> Finding:
    """Whether nbgrader will find ``alembic``, which it starts to make a gradebook."""
    beside = Path(sys.executable).parent
    found = shutil.which("alembic", path=os.pathsep.join([str(beside), os.environ.get("PATH", "")]))
    if found:
        return Finding("Gradebook", f"alembic {_version('alembic')}")
    return Finding(
        "Gradebook",
        "alembic is missing",
        "nbgrader cannot make a gradebook",
        f"{sys.executable} -m pip install --force-reinstall --no-deps alembic",
    )


def kernel() -> Finding:
    """Whether notebooks will run in this Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(
            "Kernel",
            "no python3",
            "notebooks cannot run",
            f"{sys.executable} -m pip install ipykernel",
        )
    start = spec.argv[0]
    # A bare "python" means: the Python that runs the server.
    if not Path(start).is_absolute() or Path(start).parent == Path(sys.executable).parent:
        return Finding("Kernel", "python3, in this environment")
    return Finding(
        "Kernel",
        f"python3 starts {start}",
        "another kernel of that name comes first",
        f"remove it: {sys.executable} -m jupyter kernelspec remove python3",
    )
