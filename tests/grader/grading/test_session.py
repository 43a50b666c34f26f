"""A submission in a worker of its own: right, wrong, endless, crashing."""

from __future__ import annotations

import dataclasses
import functools
import os
import sys

import psutil
import pytest

from grader.checks import register
from grader.grading.session import grade, secret_seed
from grader.grading.source import read_source, source_of
from grader.grading.submission import Submission
from grader.isolation.process import ColdWorker
from grader.isolation.workers import WarmServer, Workers
from tests.grader import notebooks as nb
from tests.grader import sample

bare = Workers(sandbox=False, bare=True)


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


@pytest.fixture
def source(tmp_path):
    register(dataclasses.replace(sample.DOUBLE, timeout_s=5))
    return read_source(nb.write_lesson(tmp_path))


def verdict(source, answer, **options):
    result = grade(source, Submission({"double": answer}), "pytorch", bare, **options)
    return result.verdicts["00-sample/double"]


def test_right_with_public_and_with_secret_cases(source):
    assert verdict(source, nb.RIGHT).points == 3
    assert verdict(source, nb.RIGHT, secret=b"s").points == 3


def test_an_answer_fitted_to_the_public_cases_fails_on_fresh_ones(source):
    known = {case["x"]: 2 * case["x"] for case in sample.DOUBLE.draw()}
    fitted = f"double = {known}.get"
    assert verdict(source, fitted).points == 3
    assert verdict(source, fitted, secret=b"s").points == 1


def test_stub_missing_and_syntax_error(source):
    assert verdict(source, nb.STUB).hint_id == "not-done-yet"
    assert verdict(source, "").hint_id == "not-done-yet"
    broken = verdict(source, "def double(x)\n    return 2 * x")
    assert (broken.status, broken.found) == (
        "error",
        "SyntaxError: expected ':' (<cell double>, line 1)",
    )


def test_an_error_in_the_cell_is_told_with_its_line(source):
    found = verdict(source, "x = 1\ny = x / 0\ndouble = y")
    assert found.status == "error"
    assert found.lines()[-1] == "line 2: y = x / 0"


def test_stderr_stdout_and_magics_cost_nothing(source):
    noisy = "import sys\n%matplotlib inline\nprint('x' * 10**6, file=sys.stderr)\n!ls\n" + nb.RIGHT
    assert verdict(source, noisy).points == 3


def test_what_ends_a_worker_costs_its_check_only(source):
    register(dataclasses.replace(sample.DOUBLE, timeout_s=1))
    endless = verdict(source, "def double(x):\n    while True: pass")
    assert (endless.status, endless.points) == ("timeout", 0)
    gone = verdict(source, "import os\ndef double(x):\n    os._exit(0)")
    assert gone.status == "crashed"
    in_cell = verdict(source, "import os\nos._exit(0)\n" + nb.RIGHT)
    assert in_cell.status == "crashed"


HUNGRY = "held = bytearray(600 * 2**20)"
SHARED = (
    "import mmap, time\n    held = mmap.mmap(-1, 600 * 2**20)\n    held.write(b'x' * 600 * 2**20)"
)


@pytest.mark.parametrize("eat", [HUNGRY, SHARED + "\n    time.sleep(0.5)"])
def test_each_exercise_has_its_own_memory(source, eat):
    answer = f"def double(x):\n    {eat}\n    return 2 * x"
    register(dataclasses.replace(sample.DOUBLE, timeout_s=60))
    found = verdict(source, answer)  # what maps memory itself is right and waits for a person
    assert found.points + found.held == 3
    register(dataclasses.replace(sample.DOUBLE, memory_mb=200, timeout_s=60))
    found = verdict(source, answer)
    assert (found.status, found.points) == ("out of memory", 0)


def test_a_server_that_has_ended_is_replaced(source):
    bare._servers["bare"].close()
    assert verdict(source, nb.RIGHT).points == 3


def test_with_threads_in_the_server_each_worker_imports_for_itself(source, monkeypatch):
    monkeypatch.setattr(WarmServer, "forkable", False)
    cold = Workers(sandbox=False, bare=True)
    try:
        found = grade(source, Submission({"double": nb.RIGHT}), "pytorch", cold)
    finally:
        cold.close()
    assert found.verdicts["00-sample/double"].points == 3


def test_an_exit_in_the_answer_is_an_error_of_the_students(source):
    found = verdict(source, "import sys\ndef double(x):\n    sys.exit(3)")
    assert (found.status, found.found) == ("error", "SystemExit: 3")


def test_replaced_functions_are_tampering(source):
    patch = (
        "import grader.sandboxed.observers.run as r\nr.observe_case = lambda *a: None\n" + nb.RIGHT
    )
    found = verdict(source, patch)
    assert (found.status, found.points) == ("tampered", 0)
    assert "observe_case" in found.found
    forged = "import builtins\nbuiltins.len = lambda x: 3\ndef double(x):\n    return 0"
    assert verdict(source, forged).status == "tampered"


def test_an_object_that_equals_everything_earns_nothing(source):
    liar = "class Any(int):\n    def __eq__(self, o): return True\n    __hash__ = int.__hash__\n"
    found = verdict(source, liar + "def double(x):\n    return Any(0)", secret=b"s")
    assert (found.status, found.found) == ("failed", "0")


def test_a_broken_source_is_infrastructure(source):
    source.notebook.cells[1].source = "1 / 0"
    assert verdict(source, nb.STUB).status == "infrastructure"


def test_seeds_depend_on_the_secret_and_the_submission():
    seeds = {secret_seed(s, "check", d) for s in (b"1", b"2") for d in ("a", "b")}
    assert len(seeds) == 4
    assert secret_seed(b"1", "check", "a") == secret_seed(b"1", "check", "a") > 0


@pytest.fixture
def cold():
    """Return what `grade check` grades with: a worker without a keeper of its own."""
    return functools.partial(ColdWorker, bare=True)


def test_grade_check_holds_the_memory_of_a_check(source, cold):
    register(dataclasses.replace(sample.DOUBLE, memory_mb=200, timeout_s=60))
    hungry = "def double(x):\n    kept = bytearray(400 * 2**20)\n    return 2 * x"
    sharing = (
        "import mmap\n"
        "def double(x):\n"
        "    kept = mmap.mmap(-1, 600 * 2**20)\n"
        "    for _ in range(600):\n"
        "        kept.write(b'x' * 2**20)\n"
        "    while True:\n"
        "        pass"
    )
    for answer in (hungry, sharing):
        found = grade(source, Submission({"double": answer}), "pytorch", cold)
        verdict = found.verdicts["00-sample/double"]
        assert (verdict.status, verdict.points) == ("out of memory", 0)
        assert verdict.found == "it needed more memory than is allowed"
    modest = "def double(x):\n    kept = bytearray(100 * 2**20)\n    return 2 * x"
    found = grade(source, Submission({"double": modest}), "pytorch", cold)
    assert found.verdicts["00-sample/double"].points == 3


def test_memory_is_watched_where_the_system_gives_no_help(source, cold, monkeypatch):
    register(dataclasses.replace(sample.DOUBLE, memory_mb=200, timeout_s=60))
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(psutil.Process, "rlimit")
    kept = "KEPT = []\ndef double(x):\n    KEPT.append(b'x' * 400 * 2**20)\n    while True: pass"
    found = grade(source, Submission({"double": kept}), "pytorch", cold)
    assert found.verdicts["00-sample/double"].status == "out of memory"


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_a_forked_child_that_comes_back_does_not_answer_too(source):
    twins = "import os\ndef double(x):\n    os.fork()\n    return 2 * x"
    found = verdict(source, twins)
    assert (found.status, found.points, found.held) == ("tampered", 0, 3)  # and not a forged reply
    assert "os.fork" in found.found


TWO = {"double": nb.RIGHT, "choice": "choice = 'b'"}
HELD = "held = bytearray(700 * 2**20)\n"  # more than the exercise may take, and it stays
UNLEASHED = (
    "import os, threading, time\n"
    "threading.Thread(target=lambda: (time.sleep(0.2), os._exit(1)), daemon=True).start()\n"
)
ENDLESS = "while True: pass\n"
EXIT = "import os; os._exit(1)\n"


@pytest.fixture
def two(tmp_path):
    """The sample lesson with a second exercise, which is looked at after the first."""
    register(dataclasses.replace(sample.DOUBLE, timeout_s=5, memory_mb=300))
    register(dataclasses.replace(sample.CHOICE, timeout_s=5, memory_mb=300))
    made = nb.source_notebook()
    made.cells += [
        nb.answer_cell("choice", "### BEGIN SOLUTION\nchoice = 'b'\n### END SOLUTION"),
        nb.test_cell("test-choice", 'check("00-sample/choice", choice)', 1),
    ]
    yield source_of(made)
    register(sample.DOUBLE, sample.CHOICE)


@pytest.mark.parametrize(
    ("evil", "status"),
    [(HELD, "out of memory"), (UNLEASHED, ""), (ENDLESS, "timeout"), (EXIT, "crashed")],
    ids=["hog", "crash later", "loop", "crash"],
)
@pytest.mark.parametrize("where", ["double", "choice"])
def test_what_goes_wrong_costs_the_exercise_it_stands_in(two, monkeypatch, evil, status, where):
    monkeypatch.setattr("grader.grading.session.CELL_TIMEOUT_S", 1.5)
    slow = "import time; time.sleep(0.6)\n" if evil == UNLEASHED else ""
    answers = {**TWO, where: evil + TWO[where]}
    other = "choice" if where == "double" else "double"
    answers[other] = slow + answers[other]
    found = grade(two, Submission(answers), "pytorch", bare).verdicts
    spared = found[f"00-sample/{other}"]
    assert spared.points + spared.held == spared.of  # held where a person is to look
    if status:
        assert (found[f"00-sample/{where}"].status, found[f"00-sample/{where}"].points) == (
            status,
            0,
        )


def test_an_untouched_lesson_needs_no_worker(two):
    def no_worker(framework):
        raise AssertionError("a worker was started")

    stub = "# YOUR CODE HERE\n..."
    for answers in ({"double": stub, "choice": stub}, {"double": stub}):
        found = grade(two, Submission(answers), "pytorch", no_worker).verdicts.values()
        assert [verdict.hint_id for verdict in found] == ["not-done-yet"] * 2


def test_a_file_without_one_answer_waits_for_a_person(two):
    def no_worker(framework):
        raise AssertionError("a worker was started")

    note = "The notebook could not be read: it has no cells."
    found = grade(two, Submission({}, notes=(note,)), "pytorch", no_worker)
    assert found.notes == (note,)
    for verdict in found.verdicts.values():
        assert (verdict.status, verdict.hint_id) == ("infrastructure", "by-hand")
        assert not verdict.to_be_tried_again
        assert verdict.found == "not one of its answer cells"
