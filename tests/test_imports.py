"""Imports run downward only, and frameworks are imported late."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT

ROOMS = ("course", "quizzes", "grader")
FRAMEWORKS = {"torch", "torchvision", "tensorflow", "keras"}
# Not imported by the library: run as programs of their own, one framework each.
WORKERS = ("grader/sandboxed/",)
# The rooms of the grader, lowest floor first: each imports only what lies on floors below its own.
FLOORS = (
    {"errors", "configure", "printable", "sandboxed"},
    {"checks", "isolation", "reading", "nbgrader_config", "scaffold"},
    {"grading"},
    {"classroom"},
    {"intake", "gradebook", "cluster"},
    {"reports"},
    {"cli"},
)
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[str]:
    """Yield the dotted name of everything that is imported in ``nodes``."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def everywhere(file: Path) -> set[str]:
    return set(imports(ast.walk(ast.parse(file.read_text(encoding="utf-8")))))


def at_module_level(file: Path) -> set[str]:
    """Return what runs on import; what stands under ``if TYPE_CHECKING`` does not."""
    found: set[str] = set()
    waiting = list(ast.parse(file.read_text(encoding="utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        found |= set(imports([node]))
        for field in ("body", "orelse", "finalbody", "handlers"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting += getattr(node, field, [])
    return found


def top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def test_every_room_is_looked_at():
    assert {name_of(file).split("/")[0] for file in FILES} == set(ROOMS)


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("course", {"grader", "quizzes", "solutions", "tests"}),
        ("quizzes", {"grader", "solutions", "tests"}),
        ("grader", {"solutions", "tests"}),
    ],
)
def test_imports_run_downward(room, forbidden):
    wrong = {
        name_of(file): sorted(top(everywhere(file)) & forbidden)
        for file in FILES
        if name_of(file).startswith(f"{room}/") and top(everywhere(file)) & forbidden
    }
    assert wrong == {}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the names that a file's imports bind, and what stands for each, in full."""
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound |= {a.asname or a.name.split(".")[0]: a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            bound |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return bound


def private_names_of_others(source: str) -> list[str]:
    """Return what a file takes of our other modules though its name is private there."""
    tree = ast.parse(source)
    ours = {
        name: whole
        for name, whole in imported_names(tree).items()
        if whole.split(".")[0] in {*ROOMS, "solutions"}
    }
    taken = {whole for whole in ours.values() if any(map(is_private, whole.split(".")))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            root, _, rest = ast.unparse(node).partition(".")
            if root in ours:
                taken.add(f"{ours[root]}.{rest}")
    return sorted(taken)


@pytest.mark.parametrize(
    "source",
    [
        "from course.device import _gpus",
        "from course import device as d\nd._gpus()",
        "import course.device\ncourse.device._gpus()",
        "from quizzes import _own",
        "from grader.sandboxed.worker._inner import name",
    ],
)
def test_a_private_name_taken_is_seen(source):
    assert len(private_names_of_others(source)) == 1


def test_no_module_takes_another_ones_private_names():
    sources = sorted((ROOT / "solutions").rglob("*.py"))
    taken = {
        name_of(file): names
        for file in [*FILES, *sources]
        if (names := private_names_of_others(file.read_text(encoding="utf-8")))
    }
    assert taken == {}


def rooms_of_the_grader() -> dict[str, set[str]]:
    """Return each room and which others it imports, inside functions and for types too."""
    found: dict[str, set[str]] = {}
    for file in FILES:
        parts = Path(name_of(file)).with_suffix("").parts
        if parts[0] == "grader" and parts[1] != "__init__":
            names = (name.split(".") for name in everywhere(file))
            rooms = {name[1] for name in names if name[0] == "grader" and len(name) > 1}
            found.setdefault(parts[1], set()).update(rooms - {parts[1]})
    return found


def test_each_room_of_the_grader_stands_on_those_below():
    floor = {room: at for at, rooms in enumerate(FLOORS) for room in rooms}
    found = rooms_of_the_grader()
    assert set(found) == set(floor)
    upward = {
        (room, other)
        for room, others in found.items()
        for other in others
        if floor[other] >= floor[room]
    }
    assert upward == set()


@pytest.mark.parametrize(("kit", "other"), [("torch_kit", "keras_kit"), ("keras_kit", "torch_kit")])
def test_the_kits_do_not_know_each_other(kit, other):
    wrong = [
        name_of(file)
        for file in FILES
        if f"course/{kit}" in name_of(file)
        and any(other in name.split(".") for name in everywhere(file))
    ]
    assert wrong == []


def of_one_framework(file: Path) -> bool:
    parts = Path(name_of(file)).with_suffix("").parts
    return any("torch" in part or "keras" in part for part in parts)


def test_frameworks_are_imported_late():
    wrong = {
        name_of(file): sorted(top(at_module_level(file)) & FRAMEWORKS)
        for file in FILES
        if top(at_module_level(file)) & FRAMEWORKS
        and not of_one_framework(file)
        and not name_of(file).startswith(WORKERS)
    }
    assert wrong == {}


def test_no_module_imports_both_frameworks_on_import():
    wrong = [
        name_of(file)
        for file in FILES
        if top(at_module_level(file)) & {"torch", "torchvision"}
        and top(at_module_level(file)) & {"tensorflow", "keras"}
    ]
    assert wrong == []


def test_set_up_needs_nothing_but_the_standard_library():
    files = [ROOT / "start.py", *(ROOT / "course" / "install").rglob("*.py")]
    files.append(ROOT / "course" / "__init__.py")
    used = set().union(*(everywhere(file) for file in files))
    own = {name for name in used if name.split(".")[0] == "course"}
    assert {".".join(name.split(".")[:2]) for name in own} == {"course.install"}
    assert top(used - own) <= set(sys.stdlib_module_names)
