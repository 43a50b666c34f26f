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
WORKERS = ("grader/sandboxed/observers/", "grader/sandboxed/worker/")
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


def test_quizzes_use_only_public_names_of_the_course():
    private = {
        name_of(file): sorted(names)
        for file in FILES
        if name_of(file).startswith("quizzes/")
        and (
            names := {
                name
                for name in everywhere(file)
                if name.startswith("course.") and any(p.startswith("_") for p in name.split("."))
            }
        )
    }
    assert private == {}


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
