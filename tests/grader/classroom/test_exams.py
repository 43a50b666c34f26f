"""An exam through nbgrader's gradebook: own papers, no key released, nothing run."""

from __future__ import annotations

import csv
import warnings

import nbformat
import pytest

from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.errors import ClassroomError
from grader.gradebook.exports import CsvExporter
from grader.gradebook.runner import run_class
from quizzes.engine import bank
from quizzes.engine.model import Question

# nbgrader's own, on every new submission
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
EXAM = "quiz-02-freezing"
FRAMEWORK = "pytorch"


def no_worker(framework: str):
    raise AssertionError("an exam runs nothing of a student's")


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A class of three with their papers; nbgrader's own deprecations are not ours to mend."""
    folder = tmp_path_factory.mktemp("class")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classroom = Classroom(folder)
        classroom.release_exam(EXAM, (FRAMEWORK,), ["ada", "bo", "cy"])
        return classroom


@pytest.fixture(scope="module")
def engine(classroom):
    return Engine(classroom.root, no_worker)


def paper(engine, student: str) -> tuple[Question, ...]:
    return engine.exams.paper(EXAM, FRAMEWORK, student)


def text_of(path) -> str:
    return "\n".join(cell.source for cell in nbformat.read(path, 4).cells)


def hand_in(classroom, student: str, answers: dict[str, str]) -> None:
    made = nbformat.read(classroom.root / "papers" / student / EXAM / f"{FRAMEWORK}.ipynb", 4)
    for cell in made.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name]
    path = classroom.root / "submitted" / student / EXAM / f"{FRAMEWORK}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)


def right(questions) -> dict[str, str]:
    return {f"q{at}": f"answer_{at} = {q.key!r}" for at, q in enumerate(questions, 1)}


def everything(questions) -> dict[str, str]:
    letters = ["".join(o.id for o in q.options) for q in questions]
    return {f"q{at}": f"answer_{at} = {text!r}" for at, text in enumerate(letters, 1)}


def test_papers_differ_and_hold_no_key(classroom, engine):
    papers = {name: paper(engine, name) for name in ("ada", "bo", "cy")}
    assert len({tuple(q.id for q in questions) for questions in papers.values()}) == 3
    for name, questions in papers.items():
        text = text_of(classroom.root / "papers" / name / EXAM / f"{FRAMEWORK}.ipynb")
        for question in questions:
            assert question.stem.strip() in text
            assert question.solution[0] not in text
            assert not any(option.feedback in text for option in question.options)
    released = text_of(classroom.root / "lessons" / EXAM / f"{FRAMEWORK}.ipynb")
    assert not any(q.solution[0] in released for q in bank.questions("freezing"))


def test_a_class_is_graded_from_the_bank(classroom, engine, tmp_path):
    hand_in(classroom, "ada", right(paper(engine, "ada")))
    hand_in(classroom, "bo", everything(paper(engine, "bo")))
    # Another student's right answers are answers to other questions.
    hand_in(classroom, "cy", right(paper(engine, "ada")))
    outcomes = run_class(classroom, engine, list(classroom.submissions()), jobs=1)
    points = {one.submitted.student: one.entry.points for one in outcomes}
    assert points["ada"] == 10
    choices = [q for q in paper(engine, "bo") if q.kind not in ("order",)]
    assert points["bo"] == 0, [q.id for q in choices]
    assert points["cy"] < 10
    classroom.export(CsvExporter, tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(newline="") as stream:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(stream)}
    assert rows == points


def test_feedback_shows_the_student_their_own_questions(classroom, engine):
    hand_in(classroom, "bo", everything(paper(engine, "bo")))
    list(run_class(classroom, engine, list(classroom.submissions()), jobs=1))
    graded = text_of(classroom.root / "autograded" / "bo" / EXAM / f"{FRAMEWORK}.ipynb")
    assert all(question.stem.strip() in graded for question in paper(engine, "bo"))


def test_the_same_text_of_two_students_is_two_entries(classroom, engine):
    texts = right(paper(engine, "ada"))
    hand_in(classroom, "ada", texts)
    hand_in(classroom, "cy", texts)
    keys = [
        one.entry.key for one in run_class(classroom, engine, list(classroom.submissions()), jobs=1)
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["../eve", "a/b", "", ".."])
def test_a_name_that_is_no_folder_is_refused(classroom, name):
    with pytest.raises(ClassroomError, match="cannot be a student's id"):
        classroom.release_exam(EXAM, (FRAMEWORK,), [name])
