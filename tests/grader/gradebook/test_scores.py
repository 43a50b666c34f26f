"""What counts when a lesson is there in two frameworks."""

from __future__ import annotations

import pytest

from grader.classroom.rules import BEST, DEFAULT, Rules, frameworks_of, rule_name
from grader.errors import ClassroomError
from grader.gradebook.scores import counted, summary
from tests.grader import gradebooks

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with gradebooks.make(tmp_path_factory.mktemp("scores")) as made:
        yield made


@pytest.mark.parametrize(
    ("rule", "score", "of", "notebooks"),
    [
        ("keras", 4.0, 10.0, ("keras",)),
        ("pytorch", 7.5, 10.0, ("pytorch",)),
        ("both", 11.5, 20.0, ("keras", "pytorch")),
        ("best-of-two", 7.5, 10.0, ("pytorch",)),
    ],
)
def test_each_rule(book, rule, score, of, notebooks):
    found = counted(book, "02-freezing", "ana", rule)
    assert (found.score, found.of, tuple(sorted(found.notebooks))) == (score, of, notebooks)


def test_two_released_notebooks_never_add_up_unasked(book):
    assert DEFAULT == BEST
    for student in ("ana", "=bo"):
        found = counted(book, "02-freezing", student, DEFAULT)
        assert found.score <= found.of == 10.0
    assert book.find_assignment("02-freezing").max_score == 20.0  # as nbgrader stores it


def test_penalties_come_off_before_the_better_one_is_chosen(book):
    notebook = book.find_submission_notebook("keras", "03-new-head", "ana")
    notebook.late_submission_penalty = 4.0
    found = counted(book, "03-new-head", "ana", BEST)
    assert (found.notebooks, found.score) == (("pytorch",), 3.0)
    assert counted(book, "03-new-head", "ana", "keras").score == 1.0
    book.db.rollback()


def test_nothing_handed_in(book):
    found = counted(book, "03-new-head", "李雷", BEST)
    assert (found.handed_in, found.score, found.of) == (False, 0.0, 10.0)


def test_of_two_that_earned_nothing_the_one_that_was_handed_in_counts(tmp_path):
    with gradebooks.make(tmp_path) as book:
        where = "new-head", "pytorch", "03-new-head"
        book.add_solution_cell(*where)
        gradebooks.enter(book, "03-new-head", "=bo", {})
        book.find_comment(*where, "=bo").auto_comment = "Not done yet."
        assert counted(book, "03-new-head", "=bo", BEST).notebooks == ("pytorch",)


def test_rules_are_kept_and_can_be_overruled(tmp_path):
    Rules(tmp_path).set("02-freezing", "both")
    Rules(tmp_path).set("03-new-head", "keras")
    found = Rules(tmp_path)
    assert [found[name] for name in ("02-freezing", "03-new-head", "04-x")] == [
        "both",
        "keras",
        "best-of-two",
    ]
    assert Rules(tmp_path, "pytorch")["02-freezing"] == "pytorch"


def test_names_of_rules():
    assert [rule_name(name) for name in ("PyTorch", "torch", "best", "both")] == [
        "pytorch",
        "pytorch",
        "best-of-two",
        "both",
    ]
    assert frameworks_of("keras") == ("keras",)
    assert frameworks_of("best-of-two") == ("keras", "pytorch")
    with pytest.raises(ClassroomError, match=r"'jax'; expected one of keras, pytorch, both"):
        rule_name("jax")


def test_a_summary_says_what_is_not_final(book, tmp_path):
    first = next(iter(summary(book, Rules(tmp_path))))
    assert first == (
        "02-freezing: the better of the two notebooks counts, out of 10; "
        "2 of 3 handed in; 0 to mark by hand"
    )
