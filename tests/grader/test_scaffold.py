"""A new exercise is laid out whole, and its own test fails until it is filled in."""

from __future__ import annotations

import ast
import re

import pytest

from grader.errors import ClassroomError
from grader.scaffold import MARK, new_check, test_command
from tests.grader.checks import test_answers

ROOTED = "tests/grader/answers/09-pruning"


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
        assert (MARK in text) == (name != "tests/grader/checks/test_09_cut_weights.py")
    assert test_command("09-pruning/cut-weights").endswith("grader/checks/test_09_cut_weights.py")


def test_a_check_of_the_scaffold_is_valid_and_grows(tmp_path):
    new_check("09-pruning/cut-weights", tmp_path)
    new_check("09-pruning/keep-rate", tmp_path)
    observers, checks = (
        (tmp_path / "grader" / room / "lesson_09.py").read_text("utf-8")
        for room in ("sandboxed/observers", "checks")
    )
    names: dict = {}
    exec(compile(observers, "observers", "exec"), names)
    module = type("module", (), names)
    text = re.sub(r"from grader.sandboxed.observers import lesson_09 as observers\n", "", checks)
    judged: dict = {"observers": module, "__name__": "grader.checks.lesson_09"}
    exec(compile(text, "checks", "exec"), judged)
    assert [check.id for check in judged["CHECKS"]] == [
        "09-pruning/cut-weights",
        "09-pruning/keep-rate",
    ]
    case = judged["CHECKS"][0].draw()[0]
    assert judged["judge_cut_weights"](case, {"made": case["size"] + 1}).hint_id == "mistake-1"


def test_nothing_is_overwritten(tmp_path):
    new_check("09-pruning/cut-weights", tmp_path)
    before = texts(tmp_path)
    with pytest.raises(
        ClassroomError, match=r"09-pruning/cut-weights is there already, in .*right_1"
    ):
        new_check("09-pruning/cut-weights", tmp_path)
    assert texts(tmp_path) == before


@pytest.mark.parametrize("name", ["cut-weights", "9-x/y", "09-x/Y", "09-x/../y", "09-x/1y"])
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(ClassroomError, match="expected a name such as 09-topic/exercise"):
        new_check(name, tmp_path)
    assert texts(tmp_path) == {}
