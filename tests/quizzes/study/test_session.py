"""A learner's answers: marked, remembered, and back after a restart."""

from __future__ import annotations

import pytest

from course.records import mastery, progress
from quizzes.engine.marking import mark
from quizzes.study.session import QuizSession, heading, option_notes, practice_paper, said
from tests.quizzes.samples import ALL, BUG, NUMBER, SEVERAL, SINGLE, YES_NO


def tries(question):
    return progress.section("answers")[question.id]["tries"]


def test_an_answer_is_marked_and_kept():
    desk = QuizSession((SINGLE,))
    assert not desk.answer(SINGLE.id, "a").right
    assert desk.answer(SINGLE.id, "b").right
    kept = tries(SINGLE)
    assert [(one["answer"], one["score"], one["first"]) for one in kept] == [
        ("a", 0.0, True),
        ("b", 1.0, False),
    ]
    assert desk.total == "1 of 1 answered, 1 right"


def test_a_read_hint_is_kept_with_the_answer():
    desk = QuizSession((SINGLE,))
    assert desk.hint(SINGLE.id) == SINGLE.hint
    desk.answer(SINGLE.id, "b")
    assert tries(SINGLE)[0]["hinted"]


def test_a_commitment_stays():
    desk = QuizSession((YES_NO,))
    desk.answer(YES_NO.id, "yes")
    with pytest.raises(ValueError, match="committed"):
        desk.answer(YES_NO.id, "no")
    assert [one["answer"] for one in tries(YES_NO)] == ["yes"]


def test_an_unreadable_answer_is_not_kept():
    desk = QuizSession((NUMBER,))
    with pytest.raises(ValueError, match="Expected a number"):
        desk.answer(NUMBER.id, "many")
    assert progress.read() == {}


def test_a_restarted_kernel_finds_the_answers_again():
    QuizSession(ALL).answer(SEVERAL.id, "ac")
    again = QuizSession(ALL)
    again.take_up()
    assert again.given == {SEVERAL.id: "ac"}
    assert again.marks[SEVERAL.id].right


def test_an_answer_to_a_question_that_changed_is_asked_anew():
    other = SINGLE
    progress.record("answers", other.id, {"tries": [{"answer": "z", "variant": other.id}]})
    desk = QuizSession((other,))
    desk.take_up()
    assert desk.marks == {}


def test_mastery_counts_first_tries_only():
    desk = QuizSession((SINGLE, BUG))
    desk.answer(SINGLE.id, "a")
    desk.answer(SINGLE.id, "b")
    desk.answer(BUG.id, "c")
    [one] = mastery.by_concept(progress.section("answers"))
    assert (one.topic, one.concept, one.asked, one.share) == ("freezing", "meaning", 2, 0.5)
    assert one.state == "repeat"
    assert mastery.repeat_next(progress.section("answers")) == [one]


def test_mastery_passes_over_what_it_cannot_read():
    assert mastery.by_concept({"x": 3, "y": {"tries": "no"}, "z": {"tries": [{}]}}) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [("ac", "Right."), ("a", "Partly: 50%"), ("abcd", "Not this."), ("bd", "Not this. 2 right")],
)
def test_what_is_said_of_several_right(answer, words):
    assert said(SEVERAL, mark(SEVERAL, answer)).startswith(words)


def test_notes_are_for_chosen_options_only():
    assert [(o.id, ok) for o, ok in option_notes(SEVERAL, "ab")] == [("a", True), ("b", False)]
    assert option_notes(NUMBER, "6400") == []


def test_headings_say_what_to_expect():
    assert heading(BUG, 2, 5) == "Question 2 of 5 · easy · PyTorch"
    assert heading(SEVERAL, 1, 1) == "Question · easy · several are right"
    assert heading(YES_NO, 1, 1) == "Question · easy · commit before you look"


def test_practice_papers_mix_difficulties_and_keep_to_the_framework():
    paper = practice_paper("freezing", 6, framework="keras", seed=3)
    order = ["easy", "medium", "hard"]
    ranks = [order.index(q.difficulty) for q in paper]
    assert len(paper) == 6
    assert ranks == sorted(ranks)
    assert all(q.framework in ("keras", None) for q in paper)
    assert practice_paper("freezing", 6, framework="keras", seed=3) == paper


def test_practice_goes_on_with_questions_not_met():
    first = practice_paper("freezing", 3, seed=0)
    second = practice_paper("freezing", 3, seed=0, used=[q.id for q in first])
    assert not {q.base_id for q in first} & {q.base_id for q in second}


@pytest.mark.parametrize("count", [0, -1])
def test_a_paper_has_questions(count):
    with pytest.raises(ValueError, match="at least one"):
        practice_paper("freezing", count)
