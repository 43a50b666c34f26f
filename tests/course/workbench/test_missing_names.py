"""A missing name says which cell makes it, in the words a learner sees."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel

from course.workbench import lab, missing_names

CELLS = [
    ("markdown", "# 06 Rates\n\nA lesson."),
    ("code", "import numpy as np\n\nSEED = 0"),
    ("markdown", "Some words.\n\n## 4 A rate for every depth\n\nMore words."),
    ("code", "rates, rate = {}, 1e-3\nfor name in ('a', 'b'):\n    rates[name] = rate"),
    ("code", "%matplotlib inline"),
    ("code", "def total(rates):\n    inside = sum(rates.values())\n    return inside + SEED"),
]
NOTEBOOK = {"cells": [{"cell_type": kind, "source": source} for kind, source in CELLS]}


def missing(name: str, kind: type[NameError] = NameError) -> NameError:
    return kind(f"name {name!r} is not defined", name=name)


def test_the_cell_and_its_heading_are_named():
    assert missing_names.advise(missing("rates"), NOTEBOOK) == (
        "\n`rates` is made in the cell that begins with `rates, rate = {}, 1e-3`, under "
        "“4 A rate for every depth”; that cell has not run since the kernel started, or did not "
        "get so far. Run it first; after a restart choose Run → Run All Above Selected Cell, then "
        "run this cell again. Nothing you wrote is lost."
    )


@pytest.mark.parametrize(
    ("name", "begins"),
    [("np", "import numpy as np"), ("SEED", "import numpy as np"), ("total", "def total(rates):")],
)
def test_imports_constants_and_functions_are_found(name, begins):
    assert f"begins with `{begins}`" in missing_names.advise(missing(name), NOTEBOOK)


@pytest.mark.parametrize("name", ["ratse", "inside", ""])
def test_nothing_is_said_where_no_cell_makes_it(name):
    assert missing_names.advise(missing(name), NOTEBOOK) is None


def test_a_local_name_used_too_early_is_another_mistake():
    assert missing_names.advise(missing("rates", UnboundLocalError), NOTEBOOK) is None


def test_lines_of_a_source_may_be_a_list():
    cell = {"cell_type": "code", "source": ["a = 1\n", "b = 2"]}
    assert "begins with `a = 1`;" in missing_names.advise(missing("b"), {"cells": [cell]})


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = [b for b in c]\nd = lambda e: e", {"a", "d"}),
        ("with open('x') as f:\n    g += 1", {"f", "g"}),
        ("import a.b\nfrom c import d as e", {"a", "e"}),
        ("class A:\n    b = 1\n\n@c\ndef d(e):\n    f = e", {"A", "d"}),
        ("if (a := 1):\n    (b, *c), d.e, f[0] = a", {"a", "b", "c"}),
        ("a = ", set()),
    ],
)
def test_what_a_cell_leaves_behind(source, names):
    assert missing_names.made_in(source) == names


def test_no_notebook_leaves_pythons_own_words(monkeypatch, tmp_path):
    shown = []
    shell = SimpleNamespace(showtraceback=lambda what, tb_offset: shown.append(what[1]))
    (tmp_path / "half.ipynb").write_text('{"cells": [')
    for path in ("", tmp_path / "none.ipynb", tmp_path / "half.ipynb"):
        monkeypatch.setenv("JPY_SESSION_NAME", str(path))
        missing_names._show(shell, NameError, missing("rates"), None)
    assert [getattr(error, "__notes__", []) for error in shown] == [[], [], []]


def test_outside_a_kernel_nothing_happens(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    missing_names.watch()


def test_a_start_up_file_of_ones_own_stays(monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", "mine.py")
    lab.watch_kernels()
    assert os.environ["PYTHONSTARTUP"] == "mine.py"


def test_a_fresh_kernel_asked_for_a_middle_cell(monkeypatch, tmp_path):
    (tmp_path / "lesson.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    monkeypatch.setenv("PYTHONSTARTUP", "undone afterwards")
    monkeypatch.delenv("PYTHONSTARTUP")
    lab.watch_kernels()
    assert Path(os.environ["PYTHONSTARTUP"]).is_file()
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "lesson.ipynb"))
    manager, client = start_new_kernel(startup_timeout=300)
    said = []
    try:
        ask = {"output_hook": said.append, "timeout": 300}
        reply = client.execute_interactive(CELLS[3][1].splitlines()[2], **ask)
        left = client.execute_interactive("assert not {'order', 'watch'} & set(dir())", **ask)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    errors = ["\n".join(m["content"]["traceback"]) for m in said if m["msg_type"] == "error"]
    assert reply["content"]["ename"] == "NameError"
    assert left["content"]["status"] == "ok"
    assert len(errors) == 1
    assert "under “4 A rate for every depth”; that cell has not run" in errors[0]
