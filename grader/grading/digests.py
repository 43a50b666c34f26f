"""What a verdict depends on beside the answers: the text of every file that can touch it.

A file counts for a lesson if the lesson's checks, its observers, its notebook or the grader itself
import it, directly or through others. So a mended hint regrades the lessons that give it, and the
Keras half of an observer leaves PyTorch notebooks alone.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from grader.grading.source import Source
from quizzes.exams.paper import is_exam

_HERE = Path(__file__).resolve().parents[2]
_ROOMS = ("course", "grader", "quizzes")
_VERSION = "3"  # raise it when the same answers must be judged anew
_PACKAGES = ("keras", "numpy", "tensorflow", "torch", "torchvision")
# What runs in a worker, and what decides here; the answers and the gradebook are not among them.
_GRADING = (
    "grader.grading.session",
    "grader.sandboxed.worker.child",
    "grader.sandboxed.worker.__main__",
)
_HALVES = {"keras": ("_torch", "torch_kit"), "pytorch": ("_keras", "keras_kit")}  # not theirs
_DATA = (".safetensors", ".json", ".npz")  # beside a module, and read by it
_BY_NAME = {"course.pictures.kinds": "course/pictures/drawing/*.py"}  # imported by a string


@cache
def environment() -> str:
    """Return a hash of the versions that could change a verdict."""
    versions = [_VERSION, platform.python_version(), *map(_version, _PACKAGES)]
    return hashlib.sha256("\0".join(versions).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def lesson(name: str, framework: str, source: Source) -> str:
    """Return a hash of the files that verdicts on a lesson's notebook depend on."""
    number = name.partition("-")[0]
    shown = ("quizzes", "course.plots", "course.predict")  # cells of these are not graded
    roots = [*_GRADING, *(one for one in _imported(_code(source)) if not one.startswith(shown))]
    if not is_exam(name):
        rooms = ("grader.checks", "grader.sandboxed.observers")
        roots += [f"{room}.lesson_{number}" for room in rooms]
    else:
        roots += [
            "grader.classroom.exams",
            *(_name(path) for path in (_HERE / "quizzes").rglob("*.py")),
        ]
    return _digest(files(roots, framework))


def files(roots: Iterable[str], framework: str) -> list[Path]:
    """Return the files of this project that modules need, themselves included.

    Parameters
    ----------
    framework : str
        ``keras`` or ``pytorch``; the other one's half is left out.
    """
    skipped = _HALVES.get(framework, ())
    found: dict[Path, None] = {}
    queue = list(roots)
    while queue:
        path = _file(queue.pop())
        if path is None or path in found or _belongs(path, skipped):
            continue
        found[path] = None
        queue += _imports_of(path)
        queue += map(_name, _by_name(_name(path)))
    data = {one for path in found for one in _data_beside(path.parent)}
    return sorted({*found, *data})


def _by_name(module: str) -> list[Path]:
    pattern = _BY_NAME.get(module)
    return list(_HERE.glob(pattern)) if pattern else []


def _belongs(path: Path, endings: tuple[str, ...]) -> bool:
    return any(part.removesuffix(".py").endswith(endings) for part in path.parts) and bool(endings)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(_HERE).as_posix()} {_hash(path)}\n".encode())
    return digest.hexdigest()


@cache
def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _data_beside(folder: Path) -> tuple[Path, ...]:
    inside = folder.is_relative_to(_HERE / "course") or folder.is_relative_to(_HERE / "grader")
    return tuple(p for p in sorted(folder.glob("*")) if inside and p.suffix in _DATA)


@cache
def _file(module: str) -> Path | None:
    """Return the file of a module of this project; ``None`` for anything else."""
    if module.partition(".")[0] not in _ROOMS:
        return None
    path = _HERE.joinpath(*module.split("."))
    places = (path.with_suffix(".py"), path / "__init__.py")
    return next((place for place in places if place.is_file()), None)


def _name(path: Path) -> str:
    parts = path.relative_to(_HERE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports_of(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path.read_text("utf-8")))


def _imported(text: str) -> Iterator[str]:
    """Yield every module that a text may import, inside functions too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from names


def _code(source: Source) -> str:
    """Return the code of a source's cells, without lines that are not Python."""
    lines = [
        line
        for cell in source.notebook.cells
        if cell.cell_type == "code"
        for line in cell.source.split("\n")
    ]
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
