"""The widget's kernel side, without a browser: what the page gets, and what it must not."""

from __future__ import annotations

import json

import pytest

from course.records import progress
from quizzes.engine import bank
from quizzes.notebook import CardsView, QuizView, ask, cards, explain, practice
from quizzes.views import render
from tests.quizzes.samples import ALL, CARDS, NUMBER, ORDER, SEVERAL, SINGLE, YES_NO


def send(view: QuizView, **content) -> dict:
    view._on_message(view, content, [])
    return view.replies.get(content.get("id", ""), {})


def test_the_page_gets_no_key_no_feedback_no_solution():
    view = QuizView(ALL, "Sample")
    page = json.dumps(view.paper)
    for question in ALL:
        for option in question.options:
            assert json.dumps(render.html(option.feedback))[1:-1] not in page
        assert question.hint not in page
        assert question.solution[0] not in page
    assert '"key"' not in page
    assert "6405" not in page
    assert view.replies == {}


def test_an_answer_comes_back_with_feedback_and_is_kept():
    view = QuizView((SINGLE, SEVERAL), "Sample")
    reply = send(view, type="answer", id=SINGLE.id, answer="a")
    assert (reply["right"], reply["said"]) == (False, "Not this.")
    assert set(reply["notes"]) == {"a"}
    assert "It stays" in reply["solution"]
    assert view.total == "1 of 2 answered, 0 right"
    assert progress.section("answers")[SINGLE.id]["tries"][0]["answer"] == "a"


def test_a_hint_stays_beside_the_answer():
    view = QuizView((SINGLE,), "Sample")
    assert "one weight &lt; per pair" in send(view, type="hint", id=SINGLE.id)["hint"]
    reply = send(view, type="answer", id=SINGLE.id, answer="b")
    assert reply["hint"]
    assert reply["right"]


def test_what_cannot_be_read_is_said_and_not_kept():
    view = QuizView((NUMBER,), "Sample")
    assert "Expected a number" in send(view, type="answer", id=NUMBER.id, answer="x")["problem"]
    assert progress.read() == {}


def test_a_cell_run_again_shows_the_answers():
    send(QuizView(ALL, "Sample"), type="answer", id=ORDER.id, answer="cab")
    again = QuizView(ALL, "Sample")
    assert again.replies[ORDER.id]["right"]
    assert again.total == f"1 of {len(ALL)} answered, 1 right"


def test_a_commitment_cannot_be_taken_back():
    view = QuizView((YES_NO,), "Sample")
    send(view, type="answer", id=YES_NO.id, answer="yes")
    assert "committed" in send(view, type="answer", id=YES_NO.id, answer="no")["problem"]


def test_more_questions_are_others():
    view = practice("freezing", 3, framework="pytorch")
    first = [q["id"] for q in view.paper]
    for question in view.desk.paper:
        view.desk.answer(question.id, str(question.key))
    send(view, type="more")
    assert not {i.split("@")[0] for i in first} & {q["id"].split("@")[0] for q in view.paper}


def test_an_unknown_message_is_no_fault():
    send(QuizView((SINGLE,), "Sample"), type="nonsense", id=SINGLE.id)


def test_unknown_topic_and_question_offer_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'freezing'"):
        practice("freezng")
    with pytest.raises(ValueError, match="Did you mean 'freezing"):
        ask("freezing.what-it-doe")


def test_markdown_is_shown_and_html_in_it_is_text():
    assert render.html("a <script>x</script> `b`") == (
        "<p>a &lt;script&gt;x&lt;/script&gt; <code>b</code></p>"
    )
    assert '<span class="fq-k">for</span>' in render.html("```python\nfor x in y: pass\n```")
    assert render.html_inline("*one*") == "<em>one</em>"


def test_without_a_widget_the_text_says_what_to_do():
    bundle = QuizView((SINGLE,), "Sample")._repr_mimebundle_()
    assert bundle[0]["text/plain"].startswith("Sample: 1 questions. Open this notebook")


def test_cards_go_by_one_at_a_time_and_come_back_later(monkeypatch):
    monkeypatch.setattr(bank, "cards", lambda: CARDS)
    view = cards()
    assert (view.said, view.card["id"]) == ("2 cards", CARDS[0].id)
    rate = {"type": "rate", "id": CARDS[0].id, "rating": "good"}
    view._rated(view, rate, [])
    assert view.said.startswith("Comes back in 10 minutes. 1 to go.")
    # The same click twice does not rate the next card.
    view._rated(view, rate, [])
    assert view.card["id"] == CARDS[1].id
    view._rated(view, {**rate, "id": CARDS[1].id}, [])
    assert view.card == {}
    assert cards().said.startswith("No card is due. The next one comes in")


def test_cards_that_do_not_exist_are_said():
    assert CardsView([], "There are no cards for this topic yet.").said.startswith("There are no")


def test_an_explanation_is_read_kept_and_shown_again():
    view = explain("explain.2")
    text = view.asked.model_answer
    view._read(view, {"type": "read", "text": text}, [])
    assert view.said == "4 of 4 ideas found."
    assert explain("explain.2").text == text
    view._read(view, {"type": "read", "text": "<b>nothing</b>"}, [])
    assert view.said == "0 of 4 ideas found."
    assert view.found.count("missed") == 4
    assert progress.section("explained")["explain.2"]["earned"] == 0


def test_an_unknown_prompt_lists_the_known():
    with pytest.raises(ValueError, match=r"No prompt 'explain\.9'\. There are: explain\.1"):
        explain("explain.9")
