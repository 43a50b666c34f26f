"""The bank as a whole: its size, its spread, and every question id of the curriculum."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from quizzes.engine import bank, papers
from quizzes.engine.concepts import CONCEPTS, TOPICS
from quizzes.engine.model import KINDS, QuestionError
from quizzes.engine.papers import PLAN, REMARKS
from quizzes.engine.templates import Template
from quizzes.engine.validate import bank_problems, key_is_longest, one_of_several
from quizzes.study import explain
from tests.helpers import ROOT

CURRICULUM = {
    *(f"practice.{n}" for n in range(1, 6)),
    *(f"check.{n}" for n in range(1, 6)),
    *(f"trace.{n}" for n in range(1, 4)),
    *(f"myth.{n}" for n in range(1, 5)),
    *(f"deep.{n}" for n in (3, 4, 6, 7)),
    *(f"recall.{n}" for n in range(1, 6)),
    *(f"explain.{n}" for n in (1, 2)),
}


def test_every_question_id_of_the_curriculum_has_a_home():
    homes = [*bank.questions(), *bank.cards(), *explain.prompts()]
    served = {served for home in homes for served in home.serves}
    assert served >= CURRICULUM


def test_what_the_curriculum_wants_answered_before_it_is_shown():
    early = {served for q in bank.questions() if q.commits for served in q.serves}
    assert early >= {"deep.3", "deep.4", "deep.6", "deep.7", *(f"myth.{n}" for n in range(1, 5))}


def test_difficulties_that_the_curriculum_names():
    levels = {served: q.difficulty for q in bank.questions() for served in q.serves}
    named = {"practice.1": "easy", "practice.2": "easy", "practice.3": "medium"}
    named |= {"practice.4": "medium", "practice.5": "hard"}
    assert {served: levels[served] for served in named} == named


def test_size_and_spread():
    asked = bank.questions()
    assert len(asked) >= 120
    assert {q.kind for q in asked} == set(KINDS)
    by_topic = Counter(q.topic for q in asked)
    assert set(by_topic) == set(TOPICS)
    assert min(by_topic.values()) >= 15
    cells = Counter((q.topic, q.difficulty) for q in asked)
    assert min(cells[topic, level] for topic in TOPICS for level in PLAN) >= 5
    frameworks = Counter(q.framework for q in asked)
    assert min(frameworks[name] for name in ("keras", "pytorch", None)) >= 25


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_makes_a_mastery_paper_in_either_framework(topic, framework):
    pool = bank.questions(topic, framework=framework)
    paper = papers.mastery_paper(pool, seed=1)
    assert len({q.id for q in paper}) == 10


def test_every_concept_is_asked():
    asked = {(q.topic, q.concept) for q in bank.questions()}
    assert asked == {(topic, concept) for topic in CONCEPTS for concept in CONCEPTS[topic]}


def test_length_and_place_do_not_give_the_key_away():
    one = one_of_several(bank.questions())
    assert sum(key_is_longest(q) for q in one) <= len(one) / 3
    places = Counter(q.key for q in one)
    assert max(places.values()) <= 0.4 * len(one)


def test_yes_and_no_are_both_right_often():
    keys = Counter(q.key for q in bank.questions() if q.kind == "yes_no")
    assert min(keys["yes"], keys["no"]) >= 4


def test_most_keys_are_proved_and_the_rest_names_a_source_that_can_be_opened():
    asked = bank.questions()
    assert sum(bool(q.proofs) for q in asked) >= 0.75 * len(asked)
    assert all("http" in q.source for q in asked if not q.proofs)


def test_every_variant_of_every_template_is_a_valid_question():
    templates = [entry for entry in bank.entries() if isinstance(entry, Template)]
    assert len(templates) >= 25
    for template in templates:
        made = template.every_variant()
        assert len(made) >= 4
        assert len({q.stem for q in made}) == len(made)
        assert not any("$" in q.stem for q in made)


def test_no_text_is_left_with_a_placeholder_or_a_double_blank():
    for q in bank.questions():
        texts = [q.hint, *q.solution, *q.mistakes, *(o.feedback for o in q.options)]
        assert not any("  " in text or "$" in text for text in texts), q.id


def test_cards_cover_every_topic():
    by_topic = Counter(card.topic for card in bank.cards())
    assert set(by_topic) == set(TOPICS)
    assert len(bank.cards()) >= 25


def test_an_id_twice_is_found():
    asked = bank.questions()
    problems = bank_problems([*asked, replace(asked[0], stem="Another stem?")])
    assert problems == [f"id twice: {asked[0].base_id!r}"]


def test_a_stem_twice_is_found():
    asked = bank.questions()
    problems = bank_problems([*asked, replace(asked[0], id="pretrained.another")])
    assert len(problems) == 1
    assert problems[0].startswith("stem twice: ")


def test_keys_that_their_length_betrays_are_found():
    one = one_of_several(bank.questions())[:9]
    long = [
        replace(
            q,
            options=tuple(
                replace(o, text=o.text + " and so on" * 20) if o.id == q.key else o
                for o in q.options
            ),
        )
        for q in one
    ]
    (problem,) = bank_problems(long)
    assert problem.startswith("the key is the longest option in 9 of 9 (at most a third)")


def test_keys_at_the_same_place_are_found():
    one = [q for q in one_of_several(bank.questions()) if q.key == "b"]
    assert len(one) >= 20
    assert f"the key is option 'b' in {len(one)} of {len(one)} (at most 40%)" in bank_problems(one)


def test_an_unknown_topic_offers_the_nearest():
    with pytest.raises(ValueError, match=r"No topic 'freezin'. Did you mean 'freezing'\?"):
        bank.questions("freezin")


def test_an_unknown_question_offers_the_nearest():
    with pytest.raises(ValueError, match=r"Did you mean 'freezing.torch.snippet'\?"):
        bank.question("freezing.torch.snipet")
    with pytest.raises(ValueError, match=r"No question .freezing.count-dense@x."):
        bank.question("freezing.count-dense@x")


def test_a_question_is_found_by_id_with_and_without_a_seed():
    assert bank.question("freezing.torch.snippet").key == "d"
    assert bank.question("freezing.count-dense@3").id == "freezing.count-dense@3"
    assert bank.question("freezing.count-dense") == bank.question("freezing.count-dense@0")


def test_filters():
    hard = bank.questions("freezing", difficulty="hard", framework="keras")
    assert hard
    assert {q.difficulty for q in hard} == {"hard"}
    assert {q.framework for q in hard} <= {"keras", None}


def test_another_seed_is_another_paper_of_the_same_questions():
    first, second = bank.questions(seed=1), bank.questions(seed=2)
    assert [q.base_id for q in first] == [q.base_id for q in second]
    assert [q.stem for q in first] != [q.stem for q in second]
    assert first == bank.questions(seed=1)


def test_every_question_of_the_order_is_there():
    listed = [i for topic in TOPICS for i in importlib.import_module(f"quizzes.{topic}").ORDER]
    assert set(listed) <= {entry.id for entry in bank.entries()}
    assert len(set(listed)) == len(listed)


def test_what_no_order_lists_comes_last(monkeypatch):
    from quizzes import head

    unlisted, *listed = head.ORDER
    monkeypatch.setattr(head, "ORDER", listed)
    entries = inspect.unwrap(bank.entries)()
    assert [entry.id for entry in entries if entry.topic == "head"] == [*listed, unlisted]


def test_a_question_in_the_file_of_another_concept_is_named(monkeypatch):
    from quizzes.head import caching, probing

    monkeypatch.setattr(caching, "QUESTIONS", (*caching.QUESTIONS, probing.QUESTIONS[0]))
    with pytest.raises(QuestionError, match=r"quizzes/head/caching.py: .*head\.linear-probe"):
        inspect.unwrap(bank.entries)()


def test_a_module_with_a_mistake_names_file_question_and_field(tmp_path):
    source = (ROOT / "quizzes/freezing/meaning.py").read_text(encoding="utf-8")
    broken = tmp_path / "broken.py"
    broken.write_text(source.replace('key="b"', 'key="e"', 1), encoding="utf-8")
    with pytest.raises(
        QuestionError,
        match=r"broken.py:\d+: question 'freezing.what-it-does', field 'key': expected exactly one",
    ):
        exec(compile(broken.read_text(encoding="utf-8"), str(broken), "exec"), {"__name__": "b"})


def test_opening_the_bank_loads_no_framework():
    code = (
        "import sys; from quizzes.engine import bank; bank.questions(); bank.cards();"
        "print({'torch', 'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_remarks_cover_every_share():
    assert [least for least, _ in REMARKS] == sorted((x for x, _ in REMARKS), reverse=True)
    assert REMARKS[-1][0] == 0.0
    assert sum(PLAN.values()) == 10
