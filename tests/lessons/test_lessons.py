"""Every lesson runs from top to bottom, solved and as released, in both frameworks."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.checks import lesson_checks
from solutions.build import lesson_names
from tests.helpers import ROOT, run_python

LESSONS = lesson_names()
FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("pytorch", marks=pytest.mark.torch),
]
both = pytest.mark.parametrize("framework", FRAMEWORKS)
every = pytest.mark.parametrize("lesson", LESSONS)


@cache
def ran(folder: str, lesson: str, framework: str, work: Path) -> dict[str, Any]:
    """Run a copy, so that nothing is left beside the original."""
    work.mkdir(parents=True, exist_ok=True)
    copy = work / f"{framework}.ipynb"
    copy.write_bytes((ROOT / folder / lesson / f"{framework}.ipynb").read_bytes())
    code = "import runpy; runpy.run_module('tests.lessons.notebook_worker', run_name='__main__')"
    environment = {"COURSE_FAST": "1", "COURSE_WORK": str(work), "PYTHONPATH": str(ROOT)}
    done = run_python(code, str(copy), timeout_s=900, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def solved(lesson: str, framework: str, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.getbasetemp() / "solved" / lesson / framework
    return ran("solutions", lesson, framework, folder)


@pytest.fixture
def released(lesson: str, framework: str, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.getbasetemp() / "released" / lesson / framework
    return ran("lessons", lesson, framework, folder)


@every
@both
def test_solved_every_cell_runs(solved: dict[str, Any]):
    failed = {c["id"]: c["said"] for c in solved["cells"] if c["error"] or not c["ran"]}
    assert failed == {}


@every
@both
def test_solved_gets_full_marks(solved: dict[str, Any]):
    tests = [cell for cell in solved["cells"] if cell["test"]]
    assert tests
    assert [c["printed"] for c in tests if not c["printed"].startswith("Passed: ")] == []


@every
@both
def test_solved_writes_nothing_to_stderr(solved: dict[str, Any]):
    assert {c["id"]: c["stderr"] for c in solved["cells"] if c["stderr"]} == {}


@every
@both
def test_solved_says_first_what_it_computes_on(solved: dict[str, Any], framework: str):
    name = {"keras": "Keras", "pytorch": "PyTorch"}[framework]
    said = next(cell["printed"] for cell in solved["cells"] if cell["id"] == "setup")
    assert re.match(rf"{name} \d+\.\d+\S* on (CPU|GPU)\b", said), said


@pytest.mark.parametrize("lesson", ["05-fine-tuning"])
@both
def test_solved_shows_what_a_gpu_saves_or_that_there_is_none(solved: dict[str, Any]):
    said = {cell["id"]: cell["printed"] for cell in solved["cells"]}
    alone = "no GPU here: on a machine with one, this cell shows what it saves"
    wanted = alone if " on CPU" in said["setup"] else "one epoch, through everything: "
    assert said["processor-and-gpu"].startswith(wanted)


@pytest.mark.parametrize("lesson", ["05-fine-tuning", "08-capstone"])
@both
def test_solved_streams_and_says_which_of_the_two_waits(solved: dict[str, Any]):
    said = {cell["id"]: cell["printed"] for cell in solved["cells"]}["stream"]
    speeds = r"input alone \d+, model alone \d+, together \d+ pictures per second"
    assert re.search(
        rf"{speeds} \(\d+ % of the model alone\): the (input|model) is the limit", said
    )


@every
@both
def test_solved_draws_figures_with_alternative_text(solved: dict[str, Any]):
    pictures = [alt for cell in solved["cells"] for alt in cell["pictures"]]
    assert len(pictures) >= 3
    assert [alt for alt in pictures if len(alt) < 20] == []


@every
@both
def test_released_runs_on_past_every_empty_exercise(released: dict[str, Any]):
    failed = {c["id"]: c["said"] for c in released["cells"] if c["error"] and not c["test"]}
    assert failed == {}
    assert [c["id"] for c in released["cells"] if not c["ran"]] == []


@every
@both
def test_released_earns_nothing_and_is_told_so_kindly(released: dict[str, Any]):
    told = [cell["said"] for cell in released["cells"] if cell["test"]]
    assert told
    for said in told:
        assert said.startswith("Not done yet: ")
        assert "Write `" in said
        assert len(said.splitlines()) <= 4
        assert "Traceback" not in said


@every
@both
def test_points_in_the_notebook_are_those_of_the_checks(lesson: str, framework: str):
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{framework}.ipynb", as_version=4)
    graded = {
        cell.metadata.nbgrader.grade_id.removeprefix("test-"): cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("locked")
    }
    checks = [c for c in lesson_checks(lesson) if framework in c.frameworks]
    assert graded == {check.exercise: check.points for check in checks}


@every
@both
def test_released_holds_no_answer_and_no_output(lesson: str, framework: str):
    path = ROOT / "lessons" / lesson / f"{framework}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "SOLUTION" not in text
    assert "Rubric" not in text
    cells = nbformat.reads(text, as_version=4).cells
    assert [c.id for c in cells if c.get("outputs") or c.get("execution_count")] == []


@every
def test_released_folders_hold_notebooks_only(lesson: str):
    files = sorted(path.name for path in (ROOT / "lessons" / lesson).iterdir())
    assert files == ["keras.ipynb", "pytorch.ipynb"]


@every
@both
def test_a_lesson_teaches_in_enough_ways(lesson: str, framework: str):
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{framework}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "**At the end you can**" in notebook.cells[0].source
    assert "**Time:**" in notebook.cells[0].source
    assert code.count("predict(") >= 2
    assert code.count("plots.") >= 3
    assert text.lower().count("pitfall lab") >= 1
    assert text.count("<details>") >= 6
    for part in ("myth or fact", "recall cards", "practice quiz", "explain it back", "experiment"):
        assert part in text.lower(), f"{lesson} has no {part}"
