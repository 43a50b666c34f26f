"""Attack 67: texts that are written to stop whoever reads them."""

from __future__ import annotations

import time

import pytest

from grader.gradebook.feedback import harmless
from grader.grading.cells import MAX_CELL_CHARS, bound_names, used_names
from grader.reading import parsing
from grader.reading.parsing import CPU_S
from grader.sandboxed.policy import UNREADABLE

HOSTILE = {
    "dotted import": "import " + "a." * 49_000 + "a",
    "brackets": "(" * 100_000,
    "brackets that close": ("(" * 199 + ")" * 199 + "\n") * 250,
    "minus": "x = " + "-" * 99_000 + "1",
    "tilde": "x = " + "~" * 99_000 + "1",
    "a number": "x = " + "9" * 99_000,
    "comparisons": "x = " + "1 < " * 24_000 + "1",
    "f-strings": "x = " + "f'{" * 30_000,
    "lambdas": "x = " + "lambda: " * 12_000 + "1",
    "attributes": "x" + ".a" * 49_000,
    "calls": "x" + "()" * 49_000,
    "many names": "\n".join(f"a{i} = b{i}" for i in range(7_000)),
    "surrogates": "x = '\ud800'\n" * 9_000,
}


@pytest.mark.attack(67)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_the_coordinator_nothing_to_speak_of(name):
    text = HOSTILE[name]
    assert len(text) <= MAX_CELL_CHARS + 10
    begin = time.process_time()
    bound_names(text), used_names(text)
    found = parsing.reaches([("double", text, True)])
    assert time.process_time() - begin < 0.5
    assert {one.what for one in found} <= {UNREADABLE}


@pytest.mark.attack(67)
def test_a_text_that_takes_too_long_is_for_a_person_to_look_at():
    begin = time.monotonic()
    found = parsing.reaches([("setup", "x = 1", False), ("double", HOSTILE["dotted import"], True)])
    assert [(one.cell, one.what) for one in found] == [("double", UNREADABLE)]
    assert time.monotonic() - begin < 10 * CPU_S  # and nobody waits much longer than it may take


@pytest.mark.attack(67)
def test_the_helper_is_there_again_for_the_next_text():
    assert bound_names(HOSTILE["dotted import"] + " # again") == set()
    long = "\n".join(f"x{i} = y" for i in range(400))
    assert len(bound_names(long)) == 400
    assert used_names(long) == {"y"}


@pytest.mark.attack(67)
@pytest.mark.parametrize(
    "text",
    ["|a|b|\n|-|-|\n" + "|x|y|\n" * 16_000, "<b>" * 30_000, ">" * 100_000, "[" * 100_000],
    ids=["a table", "tags", "quotes", "links"],
)
def test_hostile_markdown_is_shown_as_it_was_written(text):
    begin = time.process_time()
    shown = harmless(text)
    assert time.process_time() - begin < 0.5
    assert "<pre>" in shown
    assert "<b>" not in shown
