"""An exam tells nothing, reads plain answers only, and gives nothing for choosing everything."""

from __future__ import annotations

import json

import nbformat
import pytest

from quizzes.engine.marking import mark
from quizzes.exams import paper
from tests.quizzes.samples import ALL, NUMBER, ORDER, SEVERAL, SINGLE

FREEZING = paper.Exam("quiz-02-freezing")


def right_texts(questions) -> dict[str, str]:
    return {f"q{n}": f"answer_{n} = {q.key!r}" for n, q in enumerate(questions, 1)}


def test_every_topic_has_an_exam():
    assert paper.exam_names()[:2] == ["quiz-01-pretrained-models", "quiz-02-freezing"]
    assert paper.exam_names()[-1] == "quiz-mastery"
    with pytest.raises(ValueError, match=r"No exam 'quiz-9'\. There are: quiz-01"):
        paper.Exam("quiz-9")


def test_a_paper_is_three_easy_four_medium_three_hard():
    paper = FREEZING.paper(5)
    assert [q.difficulty for q in paper] == ["easy"] * 3 + ["medium"] * 4 + ["hard"] * 3
    assert FREEZING.paper(5) == paper
    assert {q.topic for q in paper} == {"freezing"}


def test_two_students_get_two_papers():
    seeds = [paper.personal_seed(b"secret" * 6, FREEZING.name, name) for name in ("ada", "bo")]
    first, second = (FREEZING.paper(seed) for seed in seeds)
    assert [q.id for q in first] != [q.id for q in second]
    assert seeds[0] != paper.personal_seed(b"other!" * 6, FREEZING.name, "ada")


def test_the_notebook_holds_no_key_no_feedback_no_solution():
    made = paper.notebook(FREEZING, ALL)
    text = json.dumps(made)
    for question in ALL:
        assert json.dumps(question.hint)[1:-1] not in text
        assert json.dumps(question.solution[0])[1:-1] not in text
        assert not any(json.dumps(o.feedback)[1:-1] in text for o in question.options)
    assert "6405" not in text
    assert nbformat.writes(made) == nbformat.writes(paper.notebook(FREEZING, ALL))


def test_the_notebook_is_what_nbgrader_expects():
    cells = paper.notebook(FREEZING, ALL).cells
    graded = [c.metadata.nbgrader for c in cells if "nbgrader" in c.metadata]
    answers = [g.grade_id for g in graded if g.solution]
    tests = {g.grade_id: g.points for g in graded if g.grade}
    assert answers == [f"q{n}" for n in range(1, len(ALL) + 1)]
    assert tests == {f"test-q{n}": 1.0 for n in range(1, len(ALL) + 1)}


def test_right_answers_get_full_marks_and_empty_ones_none():
    full = paper.mark_paper(ALL, right_texts(ALL))
    assert [one.points for one in full] == [1.0] * len(ALL)
    untouched = {c.id: c.source for c in paper.notebook(FREEZING, ALL).cells}
    empty = paper.mark_paper(ALL, untouched)
    assert [(one.points, one.given, one.problem) for one in empty] == [(0.0, "", "")] * len(ALL)


def test_every_option_chosen_scores_zero():
    [one] = paper.mark_paper([SEVERAL], {"q1": 'answer_1 = "abcd"'})
    assert one.points == 0


def test_partial_credit_for_several_right():
    [one] = paper.mark_paper([SEVERAL], {"q1": 'answer_1 = ["a"]'})
    assert one.points == 0.5 == mark(SEVERAL, "a").score


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('answer_1 = "b"', "b"),
        ("answer_1 = 'x'\nanswer_1 = 'b'", "b"),
        ("answer_1 = answer = 'b'", "b"),
        ("answer_1 = 2570", "2570"),
        ("answer_1 = -1.5e-3", "-0.0015"),
        ("answer_1 = ('c', 'a', 'b')", "cab"),
    ],
)
def test_plain_answers_are_read(text, given):
    assert paper.read_answer(text, 1) == given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "answer_2 = 'b'",
        "answer_1 = open('key').read()",
        "answer_1 = __import__('os').getcwd()",
        "answer_1 = True",
        "answer_1 = None",
        "if True:\n    answer_1 = 'b'",
        "answer_1 = (",
        "answer_1 = " + "(" * 5000,
    ],
)
def test_anything_else_is_not_run_and_said(text):
    with pytest.raises(paper.Unreadable, match='such as: answer_1 = "b"'):
        paper.read_answer(text, 1)


@pytest.mark.parametrize(
    ("question", "text"),
    [(SINGLE, "answer_1 = 'z'"), (NUMBER, "answer_1 = 'many'"), (ORDER, "answer_1 = 'ca'")],
)
def test_an_answer_that_fits_no_question_earns_nothing_and_says_why(question, text):
    [one] = paper.mark_paper([question], {"q1": text})
    assert one.points == 0
    assert one.problem


def test_the_cell_under_an_answer_says_how_it_was_read(capsys):
    paper.check("quiz-02-freezing/q3", "b")
    paper.check("quiz-02-freezing/q3", "")
    paper.check("quiz-02-freezing/q3", object())
    assert capsys.readouterr().out.splitlines() == [
        "Your answer: b",
        "Not answered yet.",
        'Write the answer itself, such as: answer_3 = "b"',
    ]
