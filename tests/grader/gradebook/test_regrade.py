"""A check is mended: one exercise is judged again, and it is said whose points that changed."""

from __future__ import annotations

import dataclasses
import json
import shutil

import nbformat
import pytest
from rich.console import Console

from grader.checks import Finding, register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.cli import app
from grader.errors import ClassroomError
from grader.gradebook import regrade
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from grader.reports import terminal
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.sample_observers import observe_fault

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
bare = Workers(sandbox=False, bare=True)
CHOICE = "choice = 'b'"
ANSWERS = {"ana": nb.RIGHT, "bo": nb.SQUARE, "cy": nb.STUB}


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    bare.close()


def two_exercises(answer, choice):
    """Return a notebook with a second exercise below the first."""
    made = nb.source_notebook(answer)
    made.cells += [
        nb.answer_cell("choice", choice),
        nb.test_cell("test-choice", 'check("00-sample/choice", choice)', 1),
    ]
    return made


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("class")
    path = nb.write_lesson(root)
    solved = f"### BEGIN SOLUTION\n{nb.RIGHT}\n### END SOLUTION"
    path.write_text(nbformat.writes(two_exercises(solved, CHOICE)))
    for student, answer in ANSWERS.items():
        made = json.loads(nbformat.writes(two_exercises(answer, CHOICE)))
        nb.write(root / "submitted" / student / nb.LESSON / "pytorch.ipynb", made)
    Classroom(root).release(nb.LESSON)
    return root


@pytest.fixture
def classroom(released, tmp_path):
    register(sample.DOUBLE, sample.CHOICE)
    made = Classroom(shutil.copytree(released, tmp_path / "class"))
    graded(made, Engine(made.root, bare))
    yield made
    register(sample.DOUBLE, sample.CHOICE)


def graded(classroom, engine, **options):
    return run_class(classroom, engine, classroom.submissions(), jobs=2, **options)


def points(classroom):
    with classroom.gradebook() as book:
        return {s.student_id: s.score for s in book.assignment_submissions(nb.LESSON)}


def lenient(case, facts):
    """A judge that takes squares too; and one that has lost its mind about choices."""
    return Finding.right("double")


def mad(case, facts):
    return Finding.wrong("the choice", expected="nothing", found="something")


def mend():
    register(dataclasses.replace(sample.DOUBLE, judge=lenient))
    register(dataclasses.replace(sample.CHOICE, judge=mad))


def test_one_exercise_is_judged_again_and_the_others_stay(classroom):
    assert points(classroom) == {"ana": 4.0, "bo": 2.0, "cy": 1.0}
    engine = Engine(classroom.root, bare)
    before = engine.log.latest()
    mend()
    outcomes = graded(classroom, regrade.OneExercise(engine, "00-sample/double"), again=True)
    assert points(classroom) == {"ana": 4.0, "bo": 4.0, "cy": 1.0}
    changed = list(regrade.changes(outcomes, before))
    assert [(c.student, c.exercise, c.before, c.now, c.by) for c in changed] == [
        ("bo", "00-sample/double", 1.0, 3.0, 2.0)
    ]
    console = Console(record=True, width=120)
    terminal.show_changes(changed, before, console)
    assert "1 notebooks changed: 2 points more, 0 fewer" in console.export_text()
    assert {o.state for o in graded(classroom, Engine(classroom.root, bare))} == {"known"}


def test_everything_again(classroom):
    engine = Engine(classroom.root, bare)
    before = engine.log.latest()
    mend()
    outcomes = graded(classroom, engine, again=True)
    assert points(classroom) == {"ana": 3.0, "bo": 3.0, "cy": 0.0}
    changed = {
        (c.student, c.exercise.partition("/")[2]): c.by for c in regrade.changes(outcomes, before)
    }
    assert changed == {
        ("ana", "choice"): -1.0,
        ("bo", "choice"): -1.0,
        ("bo", "double"): 2.0,
        ("cy", "choice"): -1.0,
    }
    console = Console(record=True, width=120)
    terminal.show_changes(list(regrade.changes(outcomes, before)), before, console)
    assert "3 notebooks changed: 2 points more, 3 fewer" in console.export_text()


def test_one_student_again(classroom):
    mend()
    outcomes = run_class(
        classroom, Engine(classroom.root, bare), classroom.wanted(student="bo"), jobs=1, again=True
    )
    assert [o.submitted.student for o in outcomes] == ["bo"]
    assert points(classroom) == {"ana": 4.0, "bo": 3.0, "cy": 1.0}


def test_a_submission_that_has_changed_is_judged_whole(classroom):
    made = json.loads(nbformat.writes(two_exercises(nb.RIGHT, "choice = 'a'")))
    nb.write(classroom.root / "submitted" / "bo" / nb.LESSON / "pytorch.ipynb", made)
    engine = regrade.OneExercise(Engine(classroom.root, bare), "00-sample/double")
    graded(classroom, engine, again=True)
    assert points(classroom)["bo"] == 3.0


def test_nothing_changed_is_said(classroom):
    console = Console(record=True, width=120)
    terminal.show_changes([], {("ana", nb.LESSON, "pytorch"): None}, console)
    terminal.show_changes([], {}, console)
    assert console.export_text().strip() == "Nobody's points changed"


def test_which_exercise_is_meant(classroom):
    assert regrade.exercise_id("choice", [nb.LESSON]) == "00-sample/choice"
    assert regrade.exercise_id("00-sample/double", [nb.LESSON]) == "00-sample/double"
    with pytest.raises(ClassroomError, match=r"no lesson has it; there are: .*00-sample/double"):
        regrade.exercise_id("treble", [nb.LESSON])


def with_points(classroom, points):
    """Give the first exercise other points in the class's source, as an instructor would."""
    path = classroom.root / "solutions" / nb.LESSON / "pytorch.ipynb"
    made = nbformat.read(path, as_version=4)
    next(c for c in made.cells if c.id == "test-double").metadata.nbgrader.points = points
    nbformat.write(made, path)


def test_changed_points_are_changed_points_and_nothing_is_run_again(classroom):
    with_points(classroom, 30)

    def no_worker(framework):
        raise AssertionError("a worker was started")

    engine = Engine(classroom.root, no_worker)
    before = engine.log.latest()
    outcomes = graded(classroom, engine)
    assert {o.state for o in outcomes} == {"known"}
    assert points(classroom) == {"ana": 31.0, "bo": 11.0, "cy": 1.0}
    changed = list(regrade.changes(outcomes, before))
    assert [(c.student, c.exercise, c.before, c.now) for c in changed] == [
        ("ana", "00-sample/double", 3.0, 30.0),
        ("bo", "00-sample/double", 1.0, 10.0),
    ]
    with classroom.gradebook() as book:
        assert {s.max_score for s in book.assignment_submissions(nb.LESSON)} == {31.0}
    assert graded(classroom, Engine(classroom.root, no_worker))[0].before is None


def test_what_a_check_cannot_look_at_twice_is_left_to_a_person(classroom):
    faulty = dataclasses.replace(sample.DOUBLE, observe=observe_fault)
    register(faulty)
    first = graded(classroom, Engine(classroom.root, bare), again=True)
    final = {o.submitted.student: o.entry.final for o in first}
    assert final == {"ana": False, "bo": False, "cy": True}
    second = graded(classroom, Engine(classroom.root, bare), again=True)
    entries = {o.submitted.student: o.entry for o in second}
    verdict = entries["ana"].verdicts["00-sample/double"]
    assert (verdict.status, verdict.hint_id) == ("infrastructure", "by-hand")
    assert verdict.next_step.endswith("Your instructor will look at it and mark it.")
    third = graded(classroom, Engine(classroom.root, bare))
    assert {o.state for o in third} == {"known"}
    with classroom.gradebook() as book:
        assert book.find_submission(nb.LESSON, "ana").needs_manual_grade


REACHING = "import gc\n" + nb.SQUARE.replace("return", "gc.get_objects(); return")


def test_what_is_held_counts_once_a_person_has_looked(classroom, capsys):
    made = json.loads(nbformat.writes(two_exercises(REACHING, CHOICE)))
    nb.write(classroom.root / "submitted" / "ana" / nb.LESSON / "pytorch.ipynb", made)
    graded(classroom, Engine(classroom.root, bare))
    assert points(classroom) == {"ana": 0.0, "bo": 2.0, "cy": 1.0}
    accept(["ana", nb.LESSON, "-C", str(classroom.root)])
    assert "2 points that were held count now" in capsys.readouterr().out
    assert points(classroom)["ana"] == 2.0
    with classroom.gradebook() as book:
        assert not book.find_submission(nb.LESSON, "ana").needs_manual_grade
    engine = Engine(classroom.root, bare)
    assert {o.state for o in graded(classroom, engine)} == {"known"}
    assert points(classroom)["ana"] == 2.0
    assert any("gc.get_objects" in flag for e in engine.log.entries() for flag in e.flags)
    with pytest.raises(ClassroomError, match="Nothing is held of ana's work on 00-sample"):
        accept(["ana", nb.LESSON, "-C", str(classroom.root)])
    made["cells"][3]["source"] = nb.RIGHT + "  # anew"
    nb.write(classroom.root / "submitted" / "ana" / nb.LESSON / "pytorch.ipynb", made)
    with pytest.raises(ClassroomError, match=r"changed since it was graded\. First: grade run"):
        accept(["ana", nb.LESSON, "-C", str(classroom.root)])


def accept(arguments):
    app(["accept", *arguments], standalone_mode=False)
