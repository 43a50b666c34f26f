"""A new exercise is laid out whole, and its own test fails until it is filled in."""

from __future__ import annotations

import ast

import pytest

from grader.errors import ClassroomError
from grader.scaffold import MARK, new_check, test_command
from tests.grader.checks import test_answers
from tests.helpers import run_python

ROOTED = "tests/grader/answers/09-pruning"
FILLED = ("grader/checks/lesson_09/__init__.py", "tests/grader/checks/test_09_cut_weights.py")


def texts(root):
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_new_lesson(tmp_path):
    made = new_check("09-pruning/cut-weights", tmp_path)
    found = texts(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in made} == set(found)
    for framework in ("keras", "pytorch"):
        names = [n.rsplit("/", 1)[1] for n in found if n.startswith(f"{ROOTED}/{framework}/")]
        right = [name for name in names if test_answers.wanted_hint(name) is None]
        assert len(right) == test_answers.RIGHT_AT_LEAST
        assert len(names) - len(right) == test_answers.WRONG_AT_LEAST
    for name, text in found.items():
        ast.parse(text)
        assert (MARK in text) == (name not in FILLED)
    assert test_command("09-pruning/cut-weights").endswith("grader/checks/test_09_cut_weights.py")


def test_checks_of_the_scaffold_are_valid_and_listed_in_turn(tmp_path):
    new_check("09-pruning/keep-rate", tmp_path)
    new_check("09-pruning/cut-weights", tmp_path)
    # beside the real rooms: a lesson 09 that only this process sees
    code = f"""
import grader.checks, grader.sandboxed.observers
grader.checks.__path__.append({str(tmp_path / "grader/checks")!r})
grader.sandboxed.observers.__path__.append({str(tmp_path / "grader/sandboxed/observers")!r})
for check in grader.checks.lesson_checks("09-pruning"):
    size = check.draw()[0]["size"]
    print(check.id, check.observer, check.judge(check.draw()[0], dict(made=size + 1)).hint_id)
"""
    assert run_python(code).stdout.splitlines() == [
        f"09-pruning/{exercise} grader.sandboxed.observers.lesson_09:{function} mistake-1"
        for exercise, function in (("keep-rate", "keep_rate"), ("cut-weights", "cut_weights"))
    ]


def test_nothing_is_overwritten(tmp_path):
    new_check("09-pruning/cut-weights", tmp_path)
    before = texts(tmp_path)
    with pytest.raises(
        ClassroomError, match=r"09-pruning/cut-weights is there already, in .*cut_weights.py"
    ):
        new_check("09-pruning/cut-weights", tmp_path)
    assert texts(tmp_path) == before


@pytest.mark.parametrize("name", ["cut-weights", "9-x/y", "09-x/Y", "09-x/../y", "09-x/1y"])
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(ClassroomError, match="expected a name such as 09-topic/exercise"):
        new_check(name, tmp_path)
    assert texts(tmp_path) == {}
