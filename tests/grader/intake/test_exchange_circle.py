"""nbgrader's exchange, the whole circle: what is released comes back to the student as feedback."""

from __future__ import annotations

import getpass
import os
import warnings
from pathlib import Path

import pytest

from tests.grader import stock
from tests.grader.commands import grade, nbgrader
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(os.name != "posix", reason="an exchange is a shared Unix folder"),
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
]
ROUTES = {
    "ours": [("collect", stock.ASSIGNMENT), ("run",), ("feedback", stock.ASSIGNMENT)],
    "nbgrader's": [
        ("nbgrader", "collect", stock.ASSIGNMENT),
        ("nbgrader", "autograde", stock.ASSIGNMENT),
        ("nbgrader", "generate_feedback", stock.ASSIGNMENT),
    ],
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a class whose assignment is in the exchange, and a student who has handed it in."""
    place = tmp_path_factory.mktemp("exchange")
    options = (
        "c = get_config()\n"
        f"c.Exchange.root = {str(place / 'exchange')!r}\n"
        f"c.Exchange.cache = {str(place / 'cache')!r}\n"
        "c.CourseDirectory.course_id = 'course'\n"
    )
    root, student = place / "class", place / "student"
    for folder in (root, student, place / "exchange", place / "cache"):
        folder.mkdir()
        folder.chmod(0o777)
    own = "from grader.configure import configure\nconfigure(c)\n"
    (root / "nbgrader_config.py").write_text(options.replace("config()\n", f"config()\n{own}", 1))
    (student / "nbgrader_config.py").write_text(options)
    stock.write(root / "solutions")
    grade(root, "release", stock.ASSIGNMENT)
    nbgrader(root, "release_assignment", stock.ASSIGNMENT)
    nbgrader(student, "fetch_assignment", stock.ASSIGNMENT)
    handed_in = student / stock.ASSIGNMENT
    assert (handed_in / "data.csv").read_text() == "1,2,6"
    answers = {**stock.WRONG, "explain": "Because.", "answer": "answer = 42"}
    for name in ("problem1", "problem2"):
        path = handed_in / f"{name}.ipynb"
        path.write_text(stock.answered(path, **answers), "utf-8")
    nbgrader(student, "submit", stock.ASSIGNMENT)
    return root, student


@pytest.mark.parametrize("route", ROUTES)
def test_feedback_comes_back(released, route):
    root, student = released
    for command in ROUTES[route]:
        said = nbgrader(root, *command[1:]) if command[0] == "nbgrader" else grade(root, *command)
        assert "Took in 2 notebooks" in said or command[0] != "collect"
    nbgrader(root, "release_feedback", stock.ASSIGNMENT)
    nbgrader(student, "fetch_feedback", stock.ASSIGNMENT)
    pages = sorted((student / stock.ASSIGNMENT / "feedback").glob("*/*.html"))
    assert [page.name for page in pages] == ["problem1.html", "problem2.html"]
    assert "AssertionError: got 9.0" in pages[0].read_text("utf-8")
    for page in pages:
        page.unlink()
    assert states(root) == [(getpass.getuser(), True, True)]
    for step in ("submitted", "autograded", "feedback"):
        for path in sorted(root.glob(f"{step}/*"), reverse=True):
            remove(path)


def test_the_same_work_handed_in_again_gets_its_feedback_too(released):
    root, student = released
    for command in ROUTES["ours"][:2]:
        grade(root, *command)
    before = set((student / stock.ASSIGNMENT / "feedback").glob("*"))
    nbgrader(student, "submit", stock.ASSIGNMENT)
    for command in ROUTES["ours"]:
        grade(root, *command)
    nbgrader(root, "release_feedback", stock.ASSIGNMENT)
    nbgrader(student, "fetch_feedback", stock.ASSIGNMENT)
    (new,) = set((student / stock.ASSIGNMENT / "feedback").glob("*")) - before
    assert sorted(page.name for page in new.iterdir()) == ["problem1.html", "problem2.html"]


def states(root: Path) -> list[tuple[str, bool, bool]]:
    """Return what formgrader says: whose, whether it is graded, whether a person is waited for."""
    from nbgrader.apps.api import NbGraderAPI

    from grader.classroom.folder import Classroom

    classroom = Classroom(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = NbGraderAPI(classroom.folders, config=classroom.config)
        found = api.get_submissions(stock.ASSIGNMENT)
    assert all(one["display_timestamp"] for one in found)
    return [(one["student"], one["autograded"], one["needs_manual_grade"]) for one in found]


def remove(path: Path) -> None:
    """Remove a folder of nbgrader's, whose files cannot be written."""
    from nbgrader.utils import rmtree

    rmtree(str(path))
