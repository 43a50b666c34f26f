"""Damaged notebooks give up what can be had, cell by cell, and cost no time."""

from __future__ import annotations

import json
import os
import time

import pytest

from grader.classroom import lessons
from grader.grading.submission import read_submission
from grader.reading.salvage import read_cells, without_outputs
from tests.grader import notebooks as nb

LESSON = "02-freezing"
ANSWERS = {
    "count-trainable",
    "freeze-backbone",
    "still-batchnorm",
    "unfreeze-last",
    "next-phase",
    "explain-freezing",
}
PICTURE = {
    "output_type": "display_data",
    "metadata": {"id": "x"},
    "data": {"image/png": 'iVBORw0KGgo"[{' * 40, "application/json": {"cells": [[[]], {"a": "]"}]}},
}


@pytest.fixture(scope="module")
def source():
    return lessons.load(LESSON, "pytorch")


@pytest.fixture(scope="module")
def solved():
    return (nb.ROOT / "solutions" / LESSON / "pytorch.ipynb").read_text("utf-8")


@pytest.fixture
def read(tmp_path, source):
    def of(content):
        return read_submission(nb.write(tmp_path / "pytorch.ipynb", content), source)

    return of


@pytest.fixture
def whole(read, solved):
    return read(solved)


def test_a_whole_notebook_is_not_touched(whole):
    assert set(whole.answers) == ANSWERS
    assert whole.notes == ()


def test_cut_off_behind_the_last_answer_loses_nothing(read, solved, whole):
    found = read(solved.encode()[:-300])
    assert found.answers == whole.answers
    assert "cells of it could be read" in found.notes[0]


def test_cut_off_in_the_middle_loses_what_is_behind(read, solved, whole):
    found = read(solved.encode()[:40_000])
    assert "count-trainable" in found.answers
    lost = ANSWERS - set(found.answers)
    assert lost
    assert found.notes[1:] == tuple(
        f"The answer cell '{name}' is missing from the submission."
        for name in whole.answers
        if name in lost
    )
    assert "It ends in the middle: the file was cut off." in found.notes[0]


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9, 0.99])
def test_cut_off_anywhere_no_half_answer_is_taken(read, solved, whole, part):
    content = solved.encode()
    found = read(content[: int(len(content) * part)])
    assert found.answers.items() <= whole.answers.items()


def test_a_comma_too_many_and_one_too_few(read, solved, whole):
    found = read(solved.replace('\n ],\n "metadata"', ',\n ],\n "metadata"', 1))
    assert found.answers == whole.answers
    assert found.notes[0].startswith("The notebook is damaged (line ")
    found = read(solved.replace("  },\n  {", "  }\n  {"))
    assert found.answers == whole.answers


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_lose_nothing(read, solved, whole, codec):
    assert read(solved.encode(codec)) == whole


def test_latin_1_is_read(read, solved):
    text = solved.replace("YOUR ANSWER HERE", "Größe").encode("cp1252", "replace")
    made = json.loads(solved)
    cell = next(c for c in made["cells"] if c["id"] == "explain-freezing")
    cell["source"] = "Die Größe zählt, für alle Äste."
    text = json.dumps(made, ensure_ascii=False).encode("cp1252", "replace")
    assert read(text).answers["explain-freezing"] == "Die Größe zählt, für alle Äste."


def test_one_bad_byte_costs_one_letter(read, solved, whole):
    letter = next(letter for letter in solved if letter > "\x7f")
    found = read(solved.encode().replace(letter.encode(), b"\xff", 1))
    assert set(found.answers) == ANSWERS
    assert found.notes == ("The notebook holds 1 damaged characters, now shown as \ufffd.",)


def conflicted(text, ours, theirs, old):
    both = f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> a branch\n"
    assert text.count(old) == 1
    return text.replace(old, both)


def test_conflict_markers_choose_nothing_silently(read, solved, whole):
    line = next(
        line + "\n"
        for line in solved.splitlines()
        if solved.count(line + "\n") == 1 and "def freeze_backbone" in line
    )
    found = read(conflicted(solved, line, line.replace("def ", "async def "), line))
    kept = {name: text for name, text in whole.answers.items() if name != "freeze-backbone"}
    assert found.answers == kept
    assert "both sides of a git conflict" in found.notes[0]
    assert "'freeze-backbone' is there 2 times with different text" in found.notes[1]


def test_a_conflict_in_outputs_costs_nothing(read, solved, whole):
    made = json.loads(solved)
    made["cells"][5]["outputs"] = [PICTURE]
    text = json.dumps(made, indent=1)
    line = next(line + "\n" for line in text.splitlines() if '"output_type"' in line)
    found = read(conflicted(text, line, line.replace("display", "other"), line))
    assert found.answers == whole.answers


def test_metadata_stripped_and_ids_kept(read, solved, whole):
    made = json.loads(solved)
    for cell in made["cells"]:
        cell["metadata"] = {}
    assert read(made) == whole


def test_metadata_and_ids_stripped_leaves_the_names(read, solved, whole):
    made = json.loads(solved)
    for cell in made["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    assert read(made).answers == whole.answers


def test_a_name_defined_twice_is_not_guessed(read, solved, whole):
    made = json.loads(solved)
    for cell in made["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    made["cells"].append(
        {"cell_type": "code", "source": "def freeze_backbone(model):\n    pass", "metadata": {}}
    )
    found = read(made)
    assert set(found.answers) == ANSWERS - {"freeze-backbone"}
    assert "there 2 times with different text" in found.notes[0]


def test_an_id_does_not_outdo_a_grade_id(read, solved, whole):
    made = json.loads(solved)
    made["cells"].append(
        {"cell_type": "code", "source": "forged = 1", "metadata": {}, "id": "freeze-backbone"}
    )
    assert read(made).answers == whole.answers


@pytest.mark.parametrize("indent", [1, 2, None])
def test_outputs_are_passed_over_exactly(solved, indent):
    made = json.loads(solved)
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [PICTURE, {"output_type": "stream", "text": ['"outputs": [', "]"]}]
    bare = json.loads(without_outputs(json.dumps(made, indent=indent).encode()))
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    assert bare == made


def big(solved, each, indent=1):
    """Return a notebook with outputs of ``each`` megabytes in every tenth code cell."""
    made = json.loads(solved)
    codes = [cell for cell in made["cells"] if cell["cell_type"] == "code"][::10]
    for cell in codes:
        text = "0123456789abcdef" * (each * 2**16)
        cell["outputs"] = [{"output_type": "display_data", "data": {"image/png": text}}]
    return json.dumps(made, indent=indent).encode()


@pytest.mark.parametrize("indent", [1, None])
def test_outputs_of_many_megabytes(read, solved, whole, indent):
    content = big(solved, 4, indent)
    assert len(content) > 20 * 2**20
    begin = time.process_time()
    assert read(content) == whole
    assert time.process_time() - begin < 3


def test_outputs_that_never_end_cost_the_outputs(read, solved, whole):
    content = big(solved, 1).replace(b'cdef"', b"cdef", 1)
    found = read(content)
    assert len(found.answers) >= len(ANSWERS) - 1
    assert found.answers.items() <= whole.answers.items()


@pytest.mark.skipif(os.name != "posix", reason="a file with a hole in it")
def test_more_than_any_notebook_holds(read, tmp_path, source):
    with (tmp_path / "huge.ipynb").open("wb") as stream:
        stream.truncate(201 * 2**20)
    found = read_submission(tmp_path / "huge.ipynb", source)
    assert "at most 200 MB are read. Clear the outputs" in found.notes[0]


HOSTILE = {
    "brackets": "[" * 100_000,
    "cells": '{"cell_type":' * 7_700,
    "open cells": '{"cell_type": "code", "source": ' * 3_100,
    "outputs": '"outputs": [' * 8_300,
    "outputs by line": '\n"outputs": [1' * 7_000,
    "quotes": '"' * 99_999,
    "escapes": '{"id": "' + "\\" * 99_000,
    "markers": "<<<<<<< a\n" * 10_000,
    "blanks": '{"id"' + " " * 99_000,
    "number": "1" * 100_000,
    "nul": "\0" * 100_000,
}


@pytest.mark.attack(46, 67)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_no_time(name):
    content = HOSTILE[name].encode()
    begin = time.process_time()
    with pytest.raises(ValueError, match="it "):
        read_cells(content)
    assert time.process_time() - begin < 0.5
