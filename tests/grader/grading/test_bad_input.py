"""What goes wrong around a class: a clear sentence each, and the rest is graded."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.cli import app
from grader.errors import ClassroomError
from grader.gradebook import record
from grader.gradebook.runner import run_class
from grader.intake import overlooked
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
bare = Workers(sandbox=False, bare=True)


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("class")
    nb.write_lesson(root)
    for student in ("ana", "bo"):
        path = root / "submitted" / student / nb.LESSON / "pytorch.ipynb"
        nb.write(path, nb.submitted_notebook(nb.RIGHT + f"\n# {student}"))
    Classroom(root).release(nb.LESSON)
    return root


@pytest.fixture
def classroom(released, tmp_path):
    register(sample.DOUBLE)
    return Classroom(shutil.copytree(released, tmp_path / "class"))


def grade_all(classroom):
    outcomes = run_class(classroom, Engine(classroom.root, bare), classroom.submissions(), jobs=2)
    return {one.submitted.student: one for one in outcomes}


def said(*arguments):
    """Return the exit code and what the door printed or raised."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    return done.exit_code, done.output + str(done.exception or "")


def test_a_gradebook_of_an_older_nbgrader(classroom):
    book = sqlite3.connect(classroom.root / "gradebook.db")
    book.execute("UPDATE alembic_version SET version_num = '724cde206c17'")
    book.commit()
    book.close()
    with pytest.raises(ClassroomError, match=r"another version of nbgrader.*nbgrader db upgrade"):
        classroom.gradebook()


def test_a_gradebook_that_is_none(classroom):
    (classroom.root / "gradebook.db").write_bytes(b"no database at all, whatever its name says" * 9)
    with pytest.raises(ClassroomError, match="is no gradebook: file is not a database"):
        classroom.gradebook()


def test_a_disk_that_cannot_be_written(classroom):
    (classroom.root / ".grader").write_text("in the way")
    with pytest.raises(ClassroomError, match="so no verdict could be kept"):
        classroom.check_writable()
    code, text = said("run", classroom.root)
    assert code
    assert "so no verdict could be kept" in " ".join(text.split())


def test_one_folder_that_cannot_be_written_costs_one_student(classroom):
    (classroom.root / "autograded").mkdir()
    (classroom.root / "autograded" / "ana").write_text("in the way")
    found = grade_all(classroom)
    assert (found["ana"].state, found["bo"].state) == ("refused", "graded")
    assert "autograded" in found["ana"].reason


def test_a_gradebook_that_refuses_one_student(classroom, monkeypatch):
    enter = record._enter

    def refuse(classroom, book, engine, submitted, *rest):
        if submitted.student == "ana":
            raise OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))
        enter(classroom, book, engine, submitted, *rest)

    monkeypatch.setattr(record, "_enter", refuse)
    found = grade_all(classroom)
    assert found["ana"].reason == (
        "the gradebook could not be written: attempt to write a readonly database."
    )
    assert found["bo"].state == "graded"
    monkeypatch.undo()
    assert grade_all(classroom)["ana"].state == "known"  # its verdicts were in the log
    with classroom.gradebook() as book:
        assert {s.student_id: s.score for s in book.assignment_submissions(nb.LESSON)} == {
            "ana": 3.0,
            "bo": 3.0,
        }


def test_an_empty_class(classroom):
    shutil.rmtree(classroom.root / "submitted")
    code, text = said("run", classroom.root)
    assert code == 1
    assert "Nothing to grade: no STUDENT/LESSON/FRAMEWORK.ipynb below" in " ".join(text.split())


def test_who_handed_nothing_in(classroom):
    with classroom.gradebook() as book:
        book.add_student("cy")
    grade_all(classroom)
    assert classroom.missing(nb.LESSON) == ["cy"]


def test_notebooks_under_other_names_are_said(classroom):
    folder = classroom.root / "submitted" / "दीपा" / nb.LESSON
    nb.write(folder / "Übung zwei.ipynb", "{}")
    nb.write(classroom.root / "submitted" / "pytorch.ipynb", "{}")
    expected = "expected STUDENT/LESSON/keras.ipynb or pytorch.ipynb"
    assert overlooked.reasons(classroom) == [
        f"pytorch.ipynb: {expected}",
        f"दीपा/{nb.LESSON}/Übung zwei.ipynb: {expected}",
    ]
    assert set(grade_all(classroom)) == {"ana", "bo"}


def test_a_lesson_that_nobody_knows(classroom):
    (classroom.root / "in").mkdir()
    code, text = said("take-in", classroom.root / "in", "77-x", "-C", classroom.root)
    assert code
    assert "There is no lesson '77-x'" in text
    code, text = said("export", classroom.root, "--format", "excel")
    assert "expected one of csv, canvas, moodle" in text
    code, text = said("release", nb.LESSON, "-C", classroom.root, "--framework", "jax")
    assert "expected one of keras, pytorch, both, best-of-two" in text


def test_released_again_after_submissions(classroom):
    grade_all(classroom)
    assert [path.name for path in classroom.release(nb.LESSON)] == ["pytorch.ipynb"]
    nb.write_lesson(classroom.root, "keras")
    with pytest.raises(ClassroomError, match=r"lets nobody add notebooks to it \(keras\)"):
        classroom.release(nb.LESSON)
    code, text = said("release", nb.LESSON, "-C", classroom.root, "--framework", "pytorch")
    assert code == 0, text
    assert classroom.rules()[nb.LESSON] == "pytorch"


def test_the_doors_of_a_class(classroom, tmp_path):
    (tmp_path / "students.csv").write_text("student_id,name\ncy,Cy Young\n")
    assert said("class-list", tmp_path / "students.csv", "-C", classroom.root)[0] == 0
    notebook = classroom.root / "submitted" / "ana" / nb.LESSON / "pytorch.ipynb"
    (tmp_path / "in" / "Cy Young").mkdir(parents=True)
    shutil.copy(notebook, tmp_path / "in" / "Cy Young")
    code, text = said("take-in", tmp_path / "in", nb.LESSON, "-C", classroom.root)
    assert code == 0, text
    assert "Took in 1 notebooks" in text
    grade_all(classroom)
    code, text = said("report", classroom.root)
    assert code == 0, text
    code, text = said("export", classroom.root, "--to", tmp_path / "c.csv", "--format", "canvas")
    assert code == 0, text
    assert "3 of 3 handed in" in " ".join(text.split())
    assert '"Young, Cy",,,cy,,3.00' in (tmp_path / "c.csv").read_text("utf-8")
