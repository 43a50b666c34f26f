"""A question checks itself when made; answers are marked; papers are drawn and judged."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from quizzes.engine import bank, papers
from quizzes.engine.concepts import CONCEPTS, TOPICS, concept_title
from quizzes.engine.marking import Mark, mark
from quizzes.engine.model import Card, Figure, Option, Proof, Question, QuestionError, code_of
from quizzes.engine.papers import PLAN
from quizzes.engine.proof_kit import blobs, which
from quizzes.engine.templates import Template, template

OPTIONS = (Option("a", "One", "No."), Option("b", "Two", "Yes."), Option("c", "Three", "Nearly."))
FIELDS = {
    "id": "freezing.sample",
    "concept": "meaning",
    "difficulty": "easy",
    "kind": "single",
    "stem": "How many?",
    "options": OPTIONS,
    "key": "b",
    "solution": ("Count.",),
    "hint": "Count.",
    "mistakes": ("Not counting.",),
    "source": "https://keras.io",
}
YES_NO = (Option("yes", "Yes", "Right."), Option("no", "No", "Wrong."))


def made(**changes) -> Question:
    return Question(**{**FIELDS, **changes})  # type: ignore[arg-type]


# ---- the model ----


def test_a_good_question_is_made_and_cannot_be_changed():
    question = made()
    assert (question.topic, question.right_ids, question.commits) == ("freezing", ("b",), False)
    with pytest.raises(FrozenInstanceError):
        question.key = "a"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"id": "Freezing Sample"}, "id", "topic.words-with-dashes"),
        ({"id": "thawing.sample"}, "id", "expected a topic of pretrained, freezing"),
        ({"concept": "thawing"}, "concept", "expected one of meaning, counting"),
        ({"difficulty": "brutal"}, "difficulty", "expected one of easy, medium, hard"),
        ({"kind": "essay"}, "kind", "expected one of single, multiple"),
        ({"framework": "jax"}, "framework", "expected one of keras, pytorch, None"),
        ({"serves": ("practice",)}, "serves", "expected such as 'practice.3'"),
        ({"stem": "  "}, "stem", "expected a text, received nothing"),
        ({"hint": ""}, "hint", "expected a text, received nothing"),
        ({"solution": ()}, "solution", "is a comma missing"),
        ({"solution": ("Count.")}, "solution", "is a comma missing"),
        ({"mistakes": ("",)}, "mistakes", "is a comma missing"),
        ({"source": ""}, "source", "or a proof that is run"),
        ({"proofs": (Proof("pass"),)}, "proofs", "code that sets evidence"),
        ({"proofs": (Proof("evidence = 1", "jax"),)}, "proofs", "a known framework"),
        ({"options": OPTIONS[::-1]}, "options", r"expected the ids \['a', 'b', 'c'\], in order"),
        ({"options": (*OPTIONS, Option("d", "Four", " "))}, "options", "'d' needs a text"),
        ({"options": (*OPTIONS, Option("d", "Two ", "x"))}, "options", "have the same text"),
        ({"options": (*OPTIONS, Option("d", "Four", "No."))}, "options", "the same feedback"),
        ({"key": "d"}, "key", "expected exactly one option id; received 'd'"),
        ({"key": "ab"}, "key", "expected exactly one option id; received 'ab'"),
        ({"kind": "multiple", "key": "b"}, "key", "two or more sorted option ids"),
        ({"kind": "multiple", "key": "ba"}, "key", "two or more sorted option ids"),
        ({"kind": "multiple", "key": "abc"}, "key", "at least one wrong option"),
        ({"kind": "multiple", "key": "ad"}, "key", "two or more sorted option ids"),
        ({"kind": "order", "key": "ba"}, "key", "expected every step once"),
        ({"kind": "order", "key": "abc"}, "options", "in the right order already"),
        ({"kind": "yes_no"}, "options", r"expected the ids \['yes', 'no'\]"),
        ({"kind": "yes_no", "options": YES_NO, "key": "b"}, "key", "exactly one option id"),
        ({"kind": "numeric", "key": "b"}, "key", "expected a finite number"),
        ({"kind": "numeric", "key": float("nan")}, "key", "expected a finite number"),
        ({"kind": "numeric", "key": 3.0, "tolerance": -1}, "tolerance", "expected 0 or more"),
        ({"kind": "numeric", "key": 3.0}, "unit", "expected what is counted"),
        ({"kind": "numeric", "key": 3.0, "unit": "x"}, "options", "received 'One'"),
        ({"figure": Figure("none.png", "Nothing.")}, "figure", "none.png and words for it"),
    ],
)
def test_a_mistake_names_file_question_and_field(changes, field, said):
    name = changes.get("id", "freezing.sample")
    with pytest.raises(
        QuestionError, match=rf"test_engine.py:\d+: question '{name}', field '{field}': .*{said}"
    ):
        made(**changes)


def test_an_expected_wrong_number_may_not_be_the_key():
    wrong = (Option("a", "3.2", "Too much."),)
    fields = {"kind": "numeric", "key": 3.0, "unit": "steps", "options": wrong}
    assert made(**fields, tolerance=0.1).options == wrong
    with pytest.raises(QuestionError, match=r"3\.2 is expected to be wrong and is the key"):
        made(**fields, tolerance=0.5)


def test_cards_check_themselves():
    with pytest.raises(QuestionError, match=r"field 'id': expected recall\.words"):
        Card("freezing", "freezing", "Front?", "Back.")
    with pytest.raises(QuestionError, match="field 'topic': expected one of pretrained"):
        Card("recall.one", "thawing", "Front?", "Back.")
    with pytest.raises(QuestionError, match="expected a front and a back"):
        Card("recall.one", "freezing", "Front?", "")


def test_code_of_takes_fences_or_strips_backticks():
    assert code_of("Look:\n\n```python\nx = 1\n```\nand\n```\ny = 2\n```") == "x = 1\n\ny = 2"
    assert code_of("`(None, 1280)`") == "(None, 1280)"


def test_an_unknown_option_lists_the_known():
    with pytest.raises(ValueError, match=r"has options a, b, c; received 'z'. Choose one"):
        made().option("z")


def test_every_topic_and_concept_has_words():
    assert set(TOPICS) == set(CONCEPTS)
    assert concept_title("freezing", "batchnorm") == "BatchNorm statistics while frozen"


# ---- marking ----


def test_single_gets_all_or_nothing_and_its_feedback():
    assert mark(made(), " B ") == Mark(1.0, True, ("Yes.",))
    assert mark(made(), "c") == Mark(0.0, False, ("Nearly.",))


@pytest.mark.parametrize(
    ("answer", "score"),
    [("ac", 1.0), ("a", 0.5), ("ab", 0.0), ("abc", 0.5), ("abcd", 0.0), ("bd", 0.0), ("", 0.0)],
)
def test_several_right_gives_partial_credit_and_nothing_for_choosing_all(answer, score):
    options = (*OPTIONS, Option("d", "Four", "Neither."))
    question = made(kind="multiple", key="ac", options=options)
    assert mark(question, answer).score == score
    assert mark(question, set(answer)).score == score


def test_several_right_names_what_was_missed():
    question = made(kind="multiple", key="ac")
    assert mark(question, "a") == Mark(0.5, False, ("No.",), ("c",))


def test_a_single_wrong_option_costs_as_much_as_all_right_ones_bring():
    assert mark(made(kind="multiple", key="ac"), "abc").score == 0.0


def test_order_is_right_only_as_a_whole_and_points_at_the_first_step_amiss():
    question = made(kind="order", key="cab")
    assert mark(question, ["c", "a", "b"]).right
    assert mark(question, "cba") == Mark(0.0, False, ("Yes.",))
    with pytest.raises(ValueError, match=r"has 3 steps; received 'ca'\. Give every step once"):
        mark(question, "ca")


@pytest.mark.parametrize("answer", ["1280", "1,280", 1280, 1280.4, " 1280.0 ", "1.28e3", "1_280"])
def test_numbers_are_read_in_the_usual_spellings(answer):
    assert mark(made(kind="numeric", key=1280.0, unit="x", tolerance=0.5, options=()), answer).right


def test_a_wrong_number_gets_the_feedback_that_names_it_or_a_direction():
    wrong = (Option("a", "1000", "Those are the classes."),)
    question = made(kind="numeric", key=1280.0, unit="x", options=wrong)
    assert mark(question, 1000).feedback == ("Those are the classes.",)
    assert mark(question, 1300).feedback == ("Not this: the number is smaller.",)
    assert mark(question, 2).feedback == ("Not this: the number is larger.",)


@pytest.mark.parametrize("answer", ["many", "", "inf", "nan"])
def test_what_is_no_number_is_asked_again(answer):
    question = made(kind="numeric", key=1280.0, unit="x", options=())
    with pytest.raises(ValueError, match="Expected a number such as 1280"):
        mark(question, answer)


def test_yes_and_no():
    question = made(kind="yes_no", options=YES_NO, key="yes")
    assert question.commits
    assert mark(question, "Yes").right
    assert not mark(question, "no").right


def test_letters_are_asked_for_where_a_number_is_given():
    with pytest.raises(ValueError, match="Expected option letters such as 'ac'; received 3"):
        mark(made(kind="multiple", key="ac"), 3)


def test_every_question_of_the_bank_marks_its_own_key_right_and_others_wrong():
    for question in bank.questions():
        assert mark(question, question.key).right, question.id
        if question.kind == "numeric":
            assert not any(mark(question, option.text).right for option in question.options)
        elif question.kind == "multiple":
            everything = [option.id for option in question.options]
            assert mark(question, everything).score == 0.0
        elif question.kind != "order":
            wrong = [option.id for option in question.options if option.id != question.key]
            assert not any(mark(question, option).right for option in wrong)


# ---- templates ----


def sample_template(**changes) -> Template:
    fields = {
        **{name: value for name, value in FIELDS.items() if name not in ("id", "kind", "key")},
        "kind": "numeric",
        "stem": "$count times two, for $$5?",
        "key": "$double",
        "unit": "things",
        "options": (Option("a", "$count", "Twice that."),),
        "values": {"count": (2, 3, 4, 5)},
        "derive": lambda v: {"double": 2 * v["count"]},
        **changes,
    }
    return template(id="freezing.twice", **fields)


def test_a_seed_makes_the_same_variant_again():
    twice = sample_template()
    assert twice.make(7) == twice.make(7)
    assert twice.make(7).id == "freezing.twice@7"
    assert twice.make(7).base_id == "freezing.twice"
    assert len({twice.make(seed).stem for seed in range(40)}) == 4


def test_a_variant_computes_its_key_and_fills_every_text():
    for question in sample_template().every_variant():
        count = int(question.options[0].text)
        assert question.stem == f"{count} times two, for $5?"
        assert question.key == 2.0 * count


def test_a_template_that_cannot_be_filled_is_refused_when_made():
    with pytest.raises(QuestionError, match=r"'freezing.twice', field 'fields': .*'tripled'"):
        sample_template(hint="$tripled")


def test_a_template_is_checked_like_a_question():
    with pytest.raises(QuestionError, match=r"'freezing.twice@0', field 'unit'"):
        sample_template(unit=" ")


# ---- papers ----


def test_a_mastery_paper_has_three_easy_four_medium_three_hard():
    paper = papers.mastery_paper(bank.questions(), seed=4)
    assert [q.difficulty for q in paper] == ["easy"] * 3 + ["medium"] * 4 + ["hard"] * 3
    assert PLAN == {"easy": 3, "medium": 4, "hard": 3}
    assert len({q.id for q in paper}) == 10


def test_a_mastery_paper_covers_every_topic():
    for seed in range(5):
        paper = papers.mastery_paper(bank.questions(), seed=seed)
        assert {q.topic for q in paper} == set(TOPICS)


def test_the_seed_decides_the_paper():
    pool = bank.questions()
    assert papers.mastery_paper(pool, seed=1) == papers.mastery_paper(pool, seed=1)
    assert papers.mastery_paper(pool, seed=1) != papers.mastery_paper(pool, seed=2)


def test_no_question_comes_back_before_all_of_its_difficulty_were_met():
    pool = bank.questions("freezing")
    easy = [q.id for q in pool if q.difficulty == "easy"]
    used: list[str] = []
    met: list[str] = []
    for seed in range(len(easy) // 3 + 1):
        paper = papers.mastery_paper(pool, seed=seed, used=used)
        met += [q.id for q in paper if q.difficulty == "easy"]
        used += [q.id for q in paper]
    assert len(set(met[: len(easy)])) == len(easy)


def test_a_variant_counts_as_its_question():
    pool = [q for q in bank.questions("freezing") if q.difficulty == "easy"]
    used = [f"{q.base_id}@99" for q in pool[:-3]]
    paper = papers.draw(pool, {"easy": 3}, seed=0, used=used)
    assert {q.id for q in paper} == {q.id for q in pool[-3:]}


def test_too_small_a_pool_says_so():
    with pytest.raises(ValueError, match=r"Expected at least 40 hard questions; found \d+"):
        papers.draw(bank.questions("freezing"), {"hard": 40}, seed=0)


def test_the_verdict_names_what_to_revisit_first():
    batchnorm = [q for q in bank.questions("freezing") if q.concept == "batchnorm"][:2]
    meaning = [q for q in bank.questions("freezing") if q.concept == "meaning"][:1]
    marks = [Mark(1.0, True, ()), Mark(0.0, False, ()), Mark(1.0, True, ())]
    verdict = papers.verdict([*batchnorm, *meaning], marks)
    assert (verdict.earned, verdict.asked) == (2.0, 3)
    assert [str(line) for line in verdict.concepts] == [
        "BatchNorm statistics while frozen: revisit lesson 02 Freezing (1 of 2)",
        "what freezing does: strong (1 of 1)",
    ]
    assert verdict.remark.startswith("The pattern is forming")


@pytest.mark.parametrize(
    ("right", "remark"), [(10, "Strong pattern"), (7, "Good pattern"), (0, "Early days")]
)
def test_the_remark_follows_the_points(right, remark):
    paper = papers.mastery_paper(bank.questions(), seed=0)
    marks = [Mark(float(n < right), n < right, ()) for n in range(10)]
    assert papers.verdict(paper, marks).remark.startswith(remark)


def test_a_verdict_needs_a_mark_for_each_question():
    with pytest.raises(ValueError, match="Expected 1 marks, one a question; received 0"):
        papers.verdict([made()], [])


# ---- what proofs are built from ----


def test_which_compares_floats_to_six_digits_and_the_rest_exactly():
    assert which(0.1 + 0.2, a=0.3, b=0.31) == {"a": True, "b": False}
    assert which((1, 2), a=(1, 2), b=[1, 2]) == {"a": True, "b": False}


def test_another_seed_of_blobs_is_fresh_data_of_the_same_task():
    x, y = blobs(300, seed=0)
    fresh, truth = blobs(300, seed=1)
    assert x.shape == (300, 8)
    assert (x.dtype, y.dtype) == ("float32", "int64")
    assert not (x == fresh).any()
    for label in range(3):
        assert abs(x[y == label].mean(0) - fresh[truth == label].mean(0)).max() < 0.5


def test_replacing_a_field_checks_again():
    with pytest.raises(QuestionError, match="field 'key'"):
        replace(made(), key="z")
