"""A class's configuration: every place where nbgrader looks, every option that it has."""

from __future__ import annotations

import json

import pytest

from grader.classroom.folder import Classroom
from grader.errors import ClassroomError
from tests.grader import stock
from tests.grader.commands import grade, nbgrader
from tests.grader.isolation.test_sandbox import have_sandbox
from tests.grader.notebooks import write

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
OWN = "from grader.configure import configure\nc = get_config()\nconfigure(c)\n"


@pytest.fixture
def jupyter(tmp_path, monkeypatch):
    """Return a person's own folder of Jupyter configuration."""
    folder = tmp_path / "jupyter"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    return folder


def test_jupyters_folders_are_read_and_the_class_wins(jupyter, root):
    (jupyter / "nbgrader_config.py").write_text(
        "c.CourseDirectory.course_id = 'theirs'\nc.Lateness.grace_minutes = 7\n"
    )
    (jupyter / "nbgrader_config.json").write_text(
        json.dumps({"Lateness": {"percent_per_day": 5.0}})
    )
    (root / "nbgrader_config.py").write_text(OWN + "c.CourseDirectory.course_id = 'own'\n")
    found = Classroom(root).config
    assert found.CourseDirectory.course_id == "own"
    assert (found.Lateness.grace_minutes, found.Lateness.percent_per_day) == (7, 5.0)


def test_a_class_configured_in_json_alone(jupyter, root):
    options = {"CourseDirectory": {"submitted_directory": "in"}}
    (root / "nbgrader_config.json").write_text(json.dumps(options))
    folders = Classroom(root).folders
    assert (folders.submitted_directory, folders.source_directory) == ("in", "source")


def test_a_folder_without_a_file_is_configured_as_the_course(jupyter, root):
    (jupyter / "nbgrader_config.py").write_text("c.CourseDirectory.course_id = 'theirs'\n")
    folders = Classroom(root).folders
    assert (folders.source_directory, folders.course_id) == ("solutions", "theirs")


def test_a_file_that_cannot_be_read_is_said(jupyter, root):
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Lateness.due = 1 / 0\n")
    with pytest.raises(ClassroomError, match=r"cannot be read: ZeroDivisionError.*nbgrader_config"):
        Classroom(root)


def test_a_gradebook_named_without_a_folder_is_the_classes_own(jupyter, root):
    (root / "nbgrader_config.py").write_text(
        OWN + "c.CourseDirectory.db_url = 'sqlite:///marks.db'\n"
    )
    assert Classroom(root).folders.db_url == f"sqlite:///{root / 'marks.db'}"


def test_the_root_is_the_folder_that_was_asked_for(jupyter, root):
    (root / "nbgrader_config.py").write_text(OWN + "c.CourseDirectory.root = '/elsewhere'\n")
    assert Classroom(root).folders.root == str(root)


PLUGIN = """
from nbgrader.plugins import BasePlugin
class Fixed(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.25
"""
PENALTIES = {  # what the class says, and what is taken off the 7 points of the late one
    "": None,
    "c.LateSubmissionPlugin.penalty_method = 'zero'": 7.0,
    "c.AssignLatePenalties.plugin_class = 'fixed_penalty.Fixed'": 0.25,
    "c.Lateness.percent_per_day = 10": 0.7,
}


@pytest.fixture(scope="module")
def other_names(tmp_path_factory):
    """Return a class in which nothing is called what it is usually called."""
    root = tmp_path_factory.mktemp("names") / "a class"
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        OWN + "for step in ('source', 'release', 'submitted', 'autograded', 'feedback'):\n"
        "    setattr(c.CourseDirectory, f'{step}_directory', f'our-{step}')\n"
        "c.CourseDirectory.db_url = 'sqlite:///marks.db'\n"
        "c.Lateness.due = {'ps1': '2026-10-01'}\n"
    )
    (root / "fixed_penalty.py").write_text(PLUGIN)
    stock.write(root / "our-source")
    grade(root, "release", stock.ASSIGNMENT)
    for name in ("problem1", "problem2"):
        released = root / "our-release" / stock.ASSIGNMENT / f"{name}.ipynb"
        answers = {**stock.RIGHT, "answer": "answer = 42"}
        folder = root / "our-submitted" / "ana lee" / stock.ASSIGNMENT
        write(folder / f"{name}.ipynb", stock.answered(released, **answers))
        (folder / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC")
    return root


@pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")
@pytest.mark.parametrize("option", PENALTIES)
@pytest.mark.parametrize("route", ["grade", "nbgrader"])
def test_names_of_folders_and_penalties_are_honoured(other_names, option, route, request):
    path = other_names / "nbgrader_config.py"
    before = path.read_text()
    request.addfinalizer(lambda: path.write_text(before))
    path.write_text(before + option + "\n")
    if route == "grade":
        grade(other_names.parent, "run", str(other_names))  # from another folder
    else:
        nbgrader(other_names, "autograde", stock.ASSIGNMENT, "--force")
    assert not (other_names / "autograded").exists()
    assert not (other_names / "gradebook.db").exists()
    with Classroom(other_names).gradebook() as book:
        found = book.find_submission_notebook("problem1", stock.ASSIGNMENT, "ana lee")
        assert (found.score, found.late_submission_penalty) == (7.0, PENALTIES[option])


@pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")
def test_feedback_goes_into_the_classes_own_folder(other_names):
    grade(other_names.parent, "run", str(other_names))
    grade(other_names.parent, "feedback", stock.ASSIGNMENT, "-C", str(other_names))
    folder = other_names / "our-feedback" / "ana lee" / stock.ASSIGNMENT
    assert sorted(page.name for page in folder.glob("*.html")) == [
        "problem1.html",
        "problem2.html",
    ]
    assert not (other_names / "feedback").exists()


def test_what_counts_of_an_assignment_in_no_framework(other_names):
    said = grade(other_names, "export", "--to", "grades.csv")
    assert "ps1: all of its notebooks count, added up, out of 11" in said
    header, line = (other_names / "grades.csv").read_text("utf-8").splitlines()
    assert header.split(",")[-3:] == ["max_score", "rule", "counted"]
    assert line.split(",")[-3:] == ["11.0", "both", "problem1 problem2"]


@pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")
def test_a_students_own_module_is_not_seen_and_that_is_said(other_names, request):
    path = other_names / "nbgrader_config.py"
    before = path.read_text()
    request.addfinalizer(lambda: path.write_text(before))
    path.write_text(before + "c.Autograde.exclude_overwriting = {'ps1': ['helper.py']}\n")
    said = grade(other_names, "run")
    assert "ps1: cells saw the assignment's own helper.py, not the students'." in said
