"""What a learner saw pass is what is graded: imports and helpers in cells of their own count."""

from __future__ import annotations

import dataclasses
import json

import pytest
from nbformat import v4

from grader.checks import register
from grader.grading.dependencies import cells_to_run, plan
from grader.grading.session import grade
from grader.grading.source import read_source
from grader.grading.submission import read_submission
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.helpers import run_python

bare = Workers(sandbox=False, bare=True)
USES = "def double(x):\n    return helper(x)"
HELPER = "def helper(x):\n    return factor * x"


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


@pytest.fixture
def source(tmp_path):
    register(dataclasses.replace(sample.DOUBLE, timeout_s=5))
    return read_source(nb.write_lesson(tmp_path))


def own(text):
    return v4.new_code_cell(text)


def handed_in(tmp_path, source, answer, extra):
    made = nb.submitted_notebook(answer, extra)
    return read_submission(nb.write(tmp_path / "s" / "pytorch.ipynb", made), source)


def graded(tmp_path, source, answer, extra):
    return grade(source, handed_in(tmp_path, source, answer, extra), "pytorch", bare)


def verdict(*arguments):
    return graded(*arguments).verdicts["00-sample/double"]


ABOVE = {3: own("factor = 2"), 4: own(HELPER)}


@pytest.mark.parametrize(
    "extra",
    [
        ABOVE,
        {1: own("factor = 2"), 3: own(HELPER)},  # at the very top
        {5: own("factor = 2"), 6: own(HELPER)},  # below the answer: called only by the check
        {3: own("factor = 2\n" + HELPER)},
        {3: own(HELPER), 5: own("import operator\nfactor = operator.index(2)")},
    ],
)
def test_helpers_in_cells_of_their_own_count(tmp_path, source, extra):
    assert verdict(tmp_path, source, USES, extra).points == 3


def test_nothing_runs_that_no_answer_needs(tmp_path, source):
    extra = {**ABOVE, 5: own("while True: pass"), 6: own("unused = 1 / 0")}
    cells = cells_to_run(source, handed_in(tmp_path, source, USES, extra))
    assert [cell.source for cell in cells if cell.kind == "own"] == ["factor = 2", HELPER]


def test_an_import_added_to_a_cell_of_the_lesson_counts(tmp_path, source):
    made = nb.submitted_notebook("def double(x):\n    return math.trunc(2 * x)")
    made["cells"][1]["source"] += "\nimport math"
    found = read_submission(nb.write(tmp_path / "s.ipynb", made), source)
    assert grade(source, found, "pytorch", bare).verdicts["00-sample/double"].points == 3


def test_an_experiment_below_the_answer_does_not_replace_it(tmp_path, source):
    experiment = "def double(x):\n    return 0\nseen = double(1)\nfactor = 2"
    answer = "def double(x):\n    return factor * x"
    assert verdict(tmp_path, source, answer, {5: own(experiment)}).points == 3
    assert verdict(tmp_path, source, answer, {3: own(experiment)}).points == 3


def test_a_value_changed_above_the_answer_is_the_one_that_passed(tmp_path, source):
    answer = "def double(x):\n    return 2 * x + OFFSET"
    assert verdict(tmp_path, source, answer, {3: own("OFFSET = 1")}).points == 0
    assert verdict(tmp_path, source, answer, {5: own("OFFSET = 1")}).points == 3  # an afterthought


@pytest.mark.parametrize("at", [3, 4])  # above and below the empty answer cell
def test_an_answer_in_another_cell_is_found_and_it_is_said(tmp_path, source, at):
    found = graded(tmp_path, source, nb.STUB, {at: own(nb.RIGHT)})
    assert found.verdicts["00-sample/double"].points == 3
    assert found.notes == (
        "`double` was found in a cell of your own, which begins “def double(x):”, and counts. "
        "Next time, write it into the answer cell.",
    )


def test_so_is_one_whose_answer_cell_was_deleted_or_emptied(tmp_path, source):
    assert verdict(tmp_path, source, "", {4: own(nb.RIGHT)}).points == 3
    made = nb.submitted_notebook(nb.RIGHT)
    made["cells"][3] = json.loads(json.dumps(own(nb.RIGHT)))
    found = read_submission(nb.write(tmp_path / "s.ipynb", made), source)
    result = grade(source, found, "pytorch", bare)
    assert result.verdicts["00-sample/double"].points == 3
    assert "is missing from the submission" in result.notes[0]
    assert "was found in a cell of your own" in result.notes[1]


def test_an_answer_that_is_there_wins_over_one_beside_it(tmp_path, source):
    submission = handed_in(tmp_path, source, nb.SQUARE, {4: own(nb.RIGHT)})
    assert plan(source, submission).moved == {}
    assert grade(source, submission, "pytorch", bare).verdicts["00-sample/double"].points == 1


def test_a_cell_that_cannot_be_used_is_named_with_the_name(tmp_path, source):
    found = verdict(tmp_path, source, USES, {3: own("factor = 1 / 0"), 4: own(HELPER)})
    assert (found.status, found.found) == ("error", "NameError: name 'factor' is not defined")
    assert found.next_step == (
        "`factor` comes from your cell that begins “factor = 1 / 0”, which stopped: "
        "ZeroDivisionError: division by zero. Mend that cell."
    )


def test_a_name_that_only_the_kernel_remembers_is_explained(tmp_path, source):
    found = verdict(tmp_path, source, USES, {4: own(HELPER)})
    assert found.next_step.startswith("No cell that comes first defines `factor`. Restart")


def test_own_cells_have_the_same_limits(tmp_path, source, monkeypatch):
    monkeypatch.setattr("grader.grading.session.CELL_TIMEOUT_S", 1.0)
    extra = {3: own("factor = 2\nwhile True: pass"), 4: own(HELPER)}
    found = verdict(tmp_path, source, USES, extra)
    assert "“factor = 2”, which stopped: it was still running after 1 seconds" in found.next_step


@pytest.mark.torch
def test_on_a_real_lesson_by_the_command(tmp_path):
    made = json.loads((nb.ROOT / "solutions/02-freezing/pytorch.ipynb").read_text("utf-8"))
    cells = {cell["id"]: cell for cell in made["cells"]}
    cells["count-trainable"]["source"] = (
        "def count_trainable(model):\n"
        "    return sum(math.prod(p.shape) for p in model.parameters() if wanted(p))\n"
    )
    moved = json.loads(json.dumps(own("".join(cells["freeze-backbone"]["source"]))))
    cells["freeze-backbone"]["source"] = "# see below"
    made["cells"].insert(1, json.loads(json.dumps(own("import math"))))
    made["cells"] += [json.loads(json.dumps(own("def wanted(p): return p.requires_grad"))), moved]
    path = nb.write(tmp_path / "02-freezing" / "pytorch.ipynb", made)
    door = "import sys; sys.argv[1:1] = ['check']; from grader.cli import main; main()"
    done = run_python(door, str(path), timeout_s=180, check=False)
    assert done.returncode == 0, done.stdout
    assert "14 of 14 points" in done.stdout
    assert "`freeze_backbone` was found in a cell of your own" in " ".join(done.stdout.split())
