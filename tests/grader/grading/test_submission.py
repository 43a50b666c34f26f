"""Only the text of answer cells counts, and damage costs no more than the cell it is in."""

from __future__ import annotations

import json
import os

import pytest

from grader.errors import SourceError
from grader.grading.cells import bound_names, grade_id, is_answer, used_names
from grader.grading.dependencies import cells_to_run
from grader.grading.source import read_source
from grader.grading.submission import MISSING_TEXT, OwnCell, read_submission, rebuilt_notebook
from tests.grader import notebooks as nb


@pytest.fixture
def source(tmp_path):
    return read_source(nb.write_lesson(tmp_path))


def submit(tmp_path, source, notebook):
    return read_submission(nb.write(tmp_path / "s" / "pytorch.ipynb", notebook), source)


def test_the_source_says_which_check_a_cell_calls(source):
    assert source.checks == {"test-double": ("00-sample/double",)}
    assert source.answer_ids == ("double",)
    assert source.points() == {"test-double": 3.0}


def test_only_the_answers_text_is_taken(tmp_path, source):
    made = nb.submitted_notebook(nb.SQUARE)
    made["cells"][4]["source"] = "print('forged test')"
    made["cells"][4]["metadata"]["nbgrader"]["points"] = 1e9
    made["cells"][4]["metadata"]["tags"] = ["skip-execution"]
    made["metadata"] = {"kernelspec": {"name": "bash"}}
    rebuilt = rebuilt_notebook(source, submit(tmp_path, source, made))
    assert rebuilt.cells[3].source == nb.SQUARE
    assert rebuilt.cells[4] == source.notebook.cells[4]
    assert rebuilt.metadata == source.notebook.metadata


def test_what_grading_runs(tmp_path, source):
    cells = cells_to_run(source, submit(tmp_path, source, nb.submitted_notebook(nb.RIGHT)))
    assert [(cell.id, cell.kind) for cell in cells] == [("imports", "setup"), ("double", "answer")]


def test_names_that_a_cell_takes_and_gives():
    text = "import a.b\nc = d\ndef f(model):\n    x = g(model)\n    return x\n%time\n"
    assert used_names(text) == {"d", "g"}
    assert bound_names(text) == {"a", "c", "f"}
    assert bound_names("no python") == used_names("no python") == set()


def test_a_demo_runs_when_an_answer_needs_it(tmp_path, source):
    source.notebook.cells[2].source = "first = 1\nmodel = first"
    answer = "def double(x):\n    return 2 * x * model"
    cells = cells_to_run(source, submit(tmp_path, source, nb.submitted_notebook(answer)))
    assert [cell.id for cell in cells] == ["imports", "demo", "double"]


def test_a_missing_cell_costs_itself(tmp_path, source):
    made = nb.submitted_notebook(nb.RIGHT)
    del made["cells"][3]
    found = submit(tmp_path, source, made)
    assert found.notes == ("The answer cell 'double' is missing from the submission.",)
    assert rebuilt_notebook(source, found).cells[3].source == MISSING_TEXT


def test_a_doubled_cell_is_fine_when_both_say_the_same(tmp_path, source):
    made = nb.submitted_notebook(nb.RIGHT)
    made["cells"].append(made["cells"][3])
    assert submit(tmp_path, source, made).answers == {"double": nb.RIGHT}
    made["cells"].append({**made["cells"][3], "source": nb.SQUARE})
    found = submit(tmp_path, source, made)
    assert found.answers == {}
    assert "3 times with different text" in found.notes[0]


def test_another_cell_type_or_flag_changes_nothing(tmp_path, source):
    made = nb.submitted_notebook(nb.RIGHT)
    made["cells"][3] |= {"cell_type": "raw"}
    made["cells"][3]["metadata"]["nbgrader"] |= {"grade": False, "solution": False, "points": -1}
    assert submit(tmp_path, source, made).answers == {"double": nb.RIGHT}


def test_nbformat_3_is_read(tmp_path, source):
    cell = nb.submitted_notebook(nb.RIGHT)["cells"][3]
    old = {"nbformat": 3, "worksheets": [{"cells": [{**cell, "input": cell["source"]}]}]}
    del old["worksheets"][0]["cells"][0]["source"]
    assert submit(tmp_path, source, old).answers == {"double": nb.RIGHT}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a notebook"),
        ("{}", "no list of cells"),
        (b"\x00\x01\x02", "not valid JSON"),
        ("[" * 100_000, "could not be read"),
        (b" " * (20 * 2**20 + 1), "at most 16 MB are read"),
        (
            json.dumps({"cells": [1, None, {"metadata": 7}, {"metadata": {"nbgrader": []}}]}),
            "missing",
        ),
    ],
)
def test_damage_is_said_and_never_raises(tmp_path, source, content, message):
    found = submit(tmp_path, source, content)
    assert found.answers == {}
    assert message in found.notes[0]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_pipes_and_folders_are_not_followed(tmp_path, source):
    secret = nb.write(tmp_path / "secret.ipynb", nb.submitted_notebook(nb.RIGHT))
    (tmp_path / "link.ipynb").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    for name in ("link", "pipe", "folder", "absent"):
        found = read_submission(tmp_path / f"{name}.ipynb", source)
        assert found.answers == {}
        assert "could not be read" in found.notes[0]


def test_own_and_changed_cells_are_kept_with_their_places(tmp_path, source):
    made = nb.submitted_notebook(nb.STUB)
    made["cells"].insert(3, {"cell_type": "code", "source": nb.RIGHT, "metadata": {}})
    made["cells"].insert(0, {"cell_type": "code", "source": ["a = 1"], "metadata": {}})
    made["cells"][3]["source"] = "OFFSET = 7"
    found = submit(tmp_path, source, made).own
    assert found == (
        OwnCell("a = 1"),
        OwnCell("OFFSET = 7", "demo", "demo"),
        OwnCell(nb.RIGHT, "demo"),
    )


def test_cells_of_the_lesson_are_not_the_students_own(tmp_path, source):
    made = nb.submitted_notebook(nb.RIGHT)
    for cell in made["cells"]:
        cell["id"] = f"new-{cell['id']}"  # as some editors do
    made["cells"].append({"cell_type": "code", "source": " \n", "metadata": {}})
    assert submit(tmp_path, source, made).own == ()


def test_what_is_too_much_of_a_students_own_is_said(tmp_path, source):
    made = nb.submitted_notebook(nb.RIGHT)
    made["cells"] += [{"cell_type": "code", "source": f"a{n} = 1"} for n in range(400)]
    found = submit(tmp_path, source, made)
    assert len(found.own) == 300
    assert found.notes[0].startswith("100 of the 400 cells beside the answers")


def test_what_was_released_is_known(tmp_path, source):
    solved = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    source.notebook.cells[3].source = solved
    assert source.is_as_released("double", nb.STUB + "\n")
    assert not source.is_as_released("double", nb.RIGHT)
    released = read_source(nb.write(tmp_path / "r.ipynb", nb.submitted_notebook(nb.STUB)))
    assert released.is_as_released("double", nb.STUB)


@pytest.mark.parametrize("path", sorted((nb.ROOT / "lessons").glob("*/*.ipynb")), ids=str)
def test_every_answer_as_released_is_told_from_work(path):
    solved = read_source(nb.ROOT / "solutions" / path.parent.name / path.name)
    given = read_submission(path, solved)
    code = [c for c in solved.notebook.cells if c.cell_type == "code"]
    names = [grade_id(cell) for cell in code if is_answer(cell)]
    assert names
    assert given.own == ()
    assert all(solved.is_as_released(name, given.answers[name]) for name in names)
    whole = read_submission(nb.ROOT / "solutions" / path.parent.name / path.name, solved)
    assert not any(solved.is_as_released(name, whole.answers[name]) for name in names)


def test_a_test_cell_without_a_check_is_a_plain_test(tmp_path):
    path = nb.write_lesson(tmp_path)
    path.write_text(path.read_text().replace("check(", "print("))
    found = read_source(path)
    assert found.checks == {"test-double": ("cell:test-double",)}
    assert found.has_plain_tests


def test_another_language_is_said(tmp_path):
    path = nb.write_lesson(tmp_path)
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(SourceError, match="is written in r, which is not graded here"):
        read_source(path)


def test_the_digest_follows_the_answers_only(tmp_path, source):
    one, two = nb.submitted_notebook(nb.RIGHT), nb.submitted_notebook(nb.RIGHT)
    two["cells"][0]["source"] = "other words"
    three = nb.submitted_notebook(nb.SQUARE)
    digests = [submit(tmp_path, source, made).digest for made in (one, two, three)]
    assert digests[0] == digests[1] != digests[2]
