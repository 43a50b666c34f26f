"""nbgrader's own tests of its commands, under our configuration.

They come with nbgrader. A few of them stand in `BETTER`, and in the grader's README with the reason
why. Here some run by default; ``pytest -m slow`` runs them all, minutes long.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.grader.isolation.test_sandbox import have_sandbox
from tests.helpers import QUIET, ROOT

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="a sandbox is needed"),
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
]
MODULES = ("autograde", "export", "generate_assignment", "generate_feedback")
# What these tests take for granted: nbgrader's names of folders, and what it puts for an answer.
CONFIGURATION = """
from grader.configure import configure
c = get_config()
configure(c)
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
"""
BETTER = {
    "test_grade_empty_timestamp",
    "test_grade_with_validating_envvar",
    "test_handle_failure",
    "test_handle_failure_single_notebook",
    "test_missing_source_kernelspec",
    "test_no_execute",
    "test_side_effects",
}
SOME = (
    "test_export or test_grade_overwrite_files or test_grade_timestamp or "
    "test_late_submission_penalty_zero or test_grade_autotest"
)


def results(place: Path, *chosen: str) -> dict[str, bool]:
    """Run nbgrader's tests; return by name whether each passed."""
    (place / "nbgrader_config.py").write_text(CONFIGURATION)
    report = place / "report.xml"
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(place), "-q"),
            *("-p", "no:cacheprovider", "-W", "ignore", f"--junitxml={report}", *chosen),
            *("--pyargs", *(f"nbgrader.tests.apps.test_nbgrader_{name}" for name in MODULES)),
        ],
        cwd=place,
        env={**os.environ, **QUIET, "PATH": programs, "JUPYTER_CONFIG_PATH": str(place)},
        capture_output=True,
        timeout=3000,
    )
    cases = ElementTree.parse(report).iter("testcase")
    return {
        str(case.get("name")): case.find("failure") is None and case.find("error") is None
        for case in cases
        if case.find("skipped") is None
    }


def test_some_of_them_pass(tmp_path):
    found = results(tmp_path, "-k", SOME)
    assert [name for name, passed in found.items() if not passed] == []
    assert len(found) == 6


@pytest.mark.slow
def test_all_pass_but_those_that_ours_is_better_than(tmp_path):
    found = results(tmp_path)
    assert {name for name, passed in found.items() if not passed} == BETTER
    assert len(found) >= 80


def test_each_exception_is_explained():
    text = (ROOT / "grader" / "README.md").read_text("utf-8")
    assert [name for name in sorted(BETTER) if f"`{name}`" not in text] == []
