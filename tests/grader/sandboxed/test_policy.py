"""What a person is asked to look at, and what nobody is bothered with."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader.checks import check, register
from grader.sandboxed import policy
from tests.grader import sample
from tests.grader.attacks.ordinary import pieces
from tests.helpers import ROOT

BANK = Path(__file__).parents[1] / "answers"
HONEST = pieces()


@pytest.mark.parametrize("name", HONEST)
def test_ordinary_code_bothers_nobody(name):
    assert list(map(str, policy.read_cells([(name, HONEST[name], True)]))) == []


def test_no_answer_of_the_bank_is_flagged():
    files = sorted(BANK.glob("*/*/*/*.py"))
    assert len(files) > 700
    found = [(path.name, str(one)) for path in files for one in _read(path.read_text("utf-8"))]
    assert found == []


def _read(text):
    return policy.read_cells([("answer", text, True)])


@pytest.mark.parametrize("folder", ["solutions", "lessons"])
def test_no_cell_of_a_lesson_is_flagged(folder):
    files = sorted((ROOT / folder).glob("*/*.ipynb"))
    assert len(files) >= 16
    for path in files:
        cells = nbformat.read(path, as_version=4).cells
        code = [(cell.id, cell.source, True) for cell in cells if cell.cell_type == "code"]
        assert list(map(str, policy.read_cells(code))) == [], path


def test_the_courses_own_cells_say_what_names_stand_for_and_are_not_read():
    cells = [("setup", "import sys as s\ns.modules", False), ("mine", "x = s.modules", True)]
    assert list(map(str, policy.read_cells(cells))) == [
        "uses `sys.modules` (line 1 of 'mine'): x = s.modules"
    ]


INSIDE = {
    "import ctypes": "`ctypes`",
    "from os import _exit": "`os._exit`",
    "import os.path as p, sys\ny = sys.modules": "`sys.modules`",
    "import torch\ntorch.allclose = print": "`torch.allclose`, which it changes",
    "from torch import nn\nnn.Module.parameters = 1": "`torch.nn.Module.parameters`",
    "import torch\ntorch.sys.exit()": "`torch.sys`",
    "f.__code__ = g": "`__code__`",
    "x.__class__ = y": "`__class__`, which it changes",
    "y = x.__dict__": "`__dict__`",
    "eval('1')": "`eval`",
    "class A:\n    def __del__(self): ...": "`__del__`",
    "class A:\n    def __reduce__(self): ...": "`__reduce__`",
    "class A(metaclass=B): ...": "`metaclass`",
    "dict(__del__=1)": "`__del__`",
    "match x:\n    case object(__globals__=g): ...": "`__globals__`",
    "open('/proc/self/mem')": "files of a process",
    "import os\nf = [os]": "`os` handed on",
    "v = globals()": "`globals()`",
    "import grader as g\ng.sandboxed": "`grader.sandboxed`",
    "from multiprocessing import shared_memory": "`multiprocessing.shared_memory`",
    "from concurrent import futures": "`concurrent`",
    "x.f_back": "`f_back`",
}


@pytest.mark.parametrize("text", INSIDE)
def test_what_reaches_inside_is_named(text):
    assert INSIDE[text] in {one.what[: len(INSIDE[text])] for one in _read(text)}


def test_a_learner_hears_of_it_in_the_notebook_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    register(sample.DOUBLE)

    def double(x):
        (lambda: None).__code__  # noqa: B018
        return 2 * x

    check("00-sample/double", double, framework="torch")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "It uses `__code__` (line 2 of 'double'); your instructor will look at it before points "
        "are given.",
        "Passed: Double a number (3 of 3 points)",
    ]
