"""The Keras lessons use Keras 3 only: they run on the PyTorch and JAX backends too.

Two notebooks run here, whole; all eight by ``python -m benchmarks.lessons --frameworks keras``
with ``KERAS_BACKEND=torch``.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT, run_python

pytestmark = [pytest.mark.keras, pytest.mark.torch]
every = pytest.mark.parametrize("backend", ["torch", "jax"])
both = pytest.mark.parametrize("lesson", ["03-new-head", "08-capstone"])


@cache
def ran(lesson: str, backend: str, work: Path) -> dict[str, Any]:
    work.mkdir(parents=True)
    copy = work / "keras.ipynb"
    copy.write_bytes((ROOT / "solutions" / lesson / "keras.ipynb").read_bytes())
    code = "import runpy; runpy.run_module('tests.lessons.notebook_worker', run_name='__main__')"
    environment = {
        "COURSE_FAST": "1",
        "COURSE_WORK": str(work),
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT),
    }
    done = run_python(code, str(copy), timeout_s=900, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def cells(
    lesson: str, backend: str, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: the course does not need it")
    work = tmp_path_factory.getbasetemp() / "backends" / lesson / backend
    return ran(lesson, backend, work)["cells"]


@both
@every
def test_every_cell_runs_and_says_nothing_on_stderr(cells: list[dict[str, Any]]):
    assert {c["id"]: c["said"] for c in cells if c["error"] or not c["ran"]} == {}
    assert {c["id"]: c["stderr"] for c in cells if c["stderr"]} == {}


@both
@every
def test_the_setup_says_which_backend_it_used(cells: list[dict[str, Any]], backend: str):
    setup = next(cell for cell in cells if cell["id"] == "setup")
    assert setup["printed"].startswith("Keras 3.")
    assert f"backend {backend}" in setup["printed"]


@both
@every
def test_every_check_gives_full_marks(cells: list[dict[str, Any]]):
    tests = [cell["printed"] for cell in cells if cell["test"]]
    assert tests
    assert [printed for printed in tests if not printed.startswith("Passed: ")] == []
