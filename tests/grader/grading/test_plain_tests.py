"""Test cells with plain asserts: what they earn, and what ends with the cell that it stood in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import nbgrader
import pytest

from grader.checks import register
from grader.classroom import lessons
from grader.classroom.folder import Classroom
from grader.errors import SourceError
from grader.grading.plain_tests import stack_of
from grader.grading.session import grade
from grader.grading.source import source_of
from grader.grading.submission import Submission
from grader.isolation.workers import Workers
from tests.grader import commands, sample, stock
from tests.grader import notebooks as nb
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
needs_sandbox = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")
bare = Workers(sandbox=False, bare=True)


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


def judged(answer, *tests, timeout_s=20.0, files=None, extra=()):
    """Return the verdicts on one answer, of test cells worth two points each."""
    cells = [nb.answer_cell("answer", ""), *extra]
    cells += [nb.test_cell(f"t{at}", text, 2) for at, text in enumerate(tests, start=1)]
    source = replace(
        source_of(nb.v4.new_notebook(cells=cells)), timeout_s=timeout_s, files=files or {}
    )
    found = grade(source, Submission({"answer": answer}), "problem", bare).verdicts
    return [(one.status, one.points) for one in found.values()]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("assert x == 1", ("passed", 2.0)),
        ("assert x == 2", ("failed", 0.0)),
        ("x.nothing", ("error", 0.0)),
        ("import sys, warnings; warnings.warn('w'); print('e', file=sys.stderr)", ("passed", 2.0)),
        ("%matplotlib inline\nassert x", ("passed", 2.0)),
        ("raise NotImplementedError", ("failed", 0.0)),
        ("1.5", ("failed", 1.5)),
        ("import numpy as np\nnp.float64(1.5)", ("failed", 1.5)),
        ("1.5;", ("passed", 2.0)),
        ("0", ("failed", 0.0)),
        ("2", ("passed", 2.0)),
        ("'a text'", ("passed", 2.0)),
        ("x == 1", ("passed", 2.0)),
        ("None", ("passed", 2.0)),
        ("float('nan')", ("infrastructure", 0.0)),
        ("-1", ("infrastructure", 0.0)),
        ("3", ("infrastructure", 0.0)),
    ],
)
def test_what_a_test_earns(test, expected):
    assert judged("x = 1", test) == [expected]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("import os; os._exit(0)", "error"),
        ("raise ValueError", "error"),
        ("while True: pass", "error"),
        ("this is no Python", "error"),
    ],
)
def test_what_ends_a_cell_costs_what_needs_it(answer, expected):
    found = judged(answer, "assert x == 1", "assert True", timeout_s=2)
    assert found == [(expected, 0.0), ("passed", 2.0)]


@pytest.mark.parametrize(
    ("text", "status"), [("while True: pass", "timeout"), ("import os; os._exit(0)", "crashed")]
)
def test_a_test_that_a_student_makes_hang_or_end_costs_itself_alone(text, status):
    answer = f"def f():\n    {text}"
    found = judged(answer, "f()", "assert callable(f)", timeout_s=2)
    assert found == [(status, 0.0), ("passed", 2.0)]


def test_files_can_be_read_and_imported():
    files = {"in/data.csv": b"1,2", "helper.py": b"TWO = 2"}
    test = "import helper\nassert open('in/data.csv').read() == '1,2' and helper.TWO == 2"
    assert judged("", test, files=files) == [("passed", 2.0)]


def test_a_notebook_of_both_kinds():
    register(sample.DOUBLE)
    made = nb.source_notebook()
    made.cells.append(nb.test_cell("plain", "assert double(4) == 8", 2))
    source = source_of(made)
    for answer, points in ((nb.RIGHT, [3.0, 2.0]), (nb.SQUARE, [1.0, 0.0])):
        found = grade(source, Submission({"double": answer}), "pytorch", bare).verdicts
        assert [one.points for one in found.values()] == points


def test_the_stack_is_told_by_the_name_or_by_what_is_imported():
    def source(text):
        return source_of(nb.v4.new_notebook(cells=[nb.v4.new_code_cell(text)]))

    assert stack_of(source("import torch"), "keras") == "keras"
    assert stack_of(source("%pip list\nfrom torch import nn"), "ps1") == "pytorch"
    assert stack_of(source("import tensorflow.keras as k"), "ps1") == "keras"
    assert stack_of(source("import numpy"), "ps1") == "python"


@needs_sandbox
def test_a_stock_submission_is_shut_in(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("grades of others")
    nasty = f"def mean(numbers):\n    return len(open({str(secret)!r}).read()) and 3.0"
    stock.write(tmp_path / "source")
    path = tmp_path / "source" / stock.ASSIGNMENT / "problem1.ipynb"
    source = lessons._files_beside(path, [])
    made = replace(lessons.read_source(path), files=source)
    workers = Workers(sandbox=True)
    try:
        found = grade(made, Submission({"mean": nasty}), "problem1", workers).verdicts
        right = grade(made, Submission(stock.RIGHT), "problem1", workers).verdicts
    finally:
        workers.close()
    assert found["cell:test-mean"].found.startswith("FileNotFoundError")
    assert [one.points for one in right.values()] == [2.0, 1.0, 4.0]


def test_tests_that_nbgrader_writes_are_those_of_the_release(tmp_path):
    root = tmp_path / "class"
    cells = [
        nb.answer_cell("answer", "### BEGIN SOLUTION\na = 5\n### END SOLUTION"),
        nb.test_cell("auto", "### AUTOTEST a", 1),
    ]
    path = root / "source" / "ps2" / "p.ipynb"
    path.parent.mkdir(parents=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = nb.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(made), "utf-8")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")  # nothing of ours at all
    rules = Path(nbgrader.__file__).with_name("tests") / "apps" / "files" / "autotests.yml"
    (root / "autotests.yml").write_text(rules.read_text("utf-8"), "utf-8")
    classroom = Classroom(root)
    with pytest.raises(SourceError, match="release it first: grade release ps2"):
        lessons.load("ps2", "p", root, classroom.folders)
    commands.grade(root, "release", "ps2")
    source = lessons.load("ps2", "p", root, classroom.folders)
    for answer, points in (("a = 5", 1.0), ("a = 6", 0.0)):
        found = grade(source, Submission({"answer": answer}), "p", bare).verdicts
        assert found["cell:auto"].points == points
