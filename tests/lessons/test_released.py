"""A notebook that was released before the move still finds all that its cells ask for.

``released_before_the_move.json`` holds, by framework, every import of the cells as it was
written, and how they call what they import from here. It is not written anew: notebooks in
students' hands do not change.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import ROOT, run_json

RELEASED = Path(__file__).with_name("released_before_the_move.json")
ANSWERS = ROOT / "tests" / "grader" / "answers" / "01-pretrained-models"
FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("pytorch", marks=pytest.mark.torch),
]
TRY_ALL = """
import contextlib, inspect, io, json, pkgutil, sys

released, answer = json.loads(sys.argv[1]), sys.argv[2]
wrong, said = [], io.StringIO()
cells = {}

def finds(line, try_it):
    try:
        try_it()
    except Exception as error:
        wrong.append(f"{line}: {type(error).__name__}: {error}")

def binds(line):
    name, _, rest = line.partition("(")
    inspect.signature(pkgutil.resolve_name(name))
    eval(f"inspect.signature(thing).bind({rest}", {
        "inspect": inspect, "thing": pkgutil.resolve_name(name), "_": None})

for line in released["imports"]:
    finds(line, lambda: exec(line, cells))
for line in released["uses"]:
    finds(line, lambda: pkgutil.resolve_name(line))
for line in released["calls"]:
    finds(line, lambda: binds(line))
with contextlib.redirect_stdout(said):
    for cell in (answer, 'check("01-pretrained-models/names", predict_names)'):
        finds(cell, lambda: exec(cell, cells))
print(json.dumps({"wrong": wrong, "said": said.getvalue(), "looked at": len(cells)}))
"""


@pytest.fixture(scope="module", params=FRAMEWORKS)
def found(request):
    """Do all that released cells do, in one process of their framework."""
    released = json.loads(RELEASED.read_text("utf-8"))[request.param]
    answer = sorted((ANSWERS / request.param / "names").glob("right_*.py"))[0]
    return run_json(TRY_ALL, json.dumps(released), answer.read_text("utf-8"))


def test_all_that_a_released_notebook_asks_for_is_there(found):
    assert found["wrong"] == []


def test_its_check_cells_still_pass(found):
    assert found["said"].startswith("Passed: ")
