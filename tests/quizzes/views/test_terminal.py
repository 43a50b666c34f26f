"""The quiz in a terminal: narrow, colorless, interrupted."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from course.records import progress
from quizzes.engine import bank
from quizzes.study.session import QuizSession
from quizzes.views import terminal
from tests.quizzes.samples import ALL, CARDS, NUMBER, ORDER, SEVERAL, SINGLE


class Typist(Console):
    """A console whose person types from a list."""

    def __init__(self, *lines: str, width: int = 60) -> None:
        super().__init__(file=io.StringIO(), width=width, no_color=True)
        self.lines = list(lines)

    def input(self, prompt="", **_) -> str:
        self.print(prompt, markup=False)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    @property
    def shown(self) -> str:
        return self.file.getvalue()  # type: ignore[attr-defined]


def sit(console, *questions) -> QuizSession:
    return terminal._sit(console, questions, 0)


def test_feedback_and_solution_follow_an_answer():
    console = Typist("a")
    sit(console, SINGLE)
    assert "Not this." in console.shown
    assert "a (wrong): About a:" in console.shown
    assert "Answer: b" in console.shown


def test_hint_typing_slip_and_answer():
    console = Typist("?", "z", "B")
    desk = sit(console, SINGLE)
    assert f"Hint: {SINGLE.hint[:20]}" in console.shown
    assert "has options a, b, c" in console.shown
    assert desk.marks[SINGLE.id].right


def test_every_kind_can_be_answered():
    console = Typist("b", "c, a", "c a b", "6,405", "0.12", "n", "a", "c")
    desk = sit(console, *ALL)
    assert desk.right == len(ALL), console.shown


def test_stopping_keeps_what_was_answered():
    console = Typist("ac", "q")
    desk = sit(console, SEVERAL, ORDER, NUMBER)
    assert list(desk.marks) == [SEVERAL.id]
    assert list(progress.section("answers")) == [SEVERAL.id]


def test_no_line_is_wider_than_a_narrow_window():
    console = Typist("b", "ac", width=40)
    sit(console, SINGLE, SEVERAL)
    assert max(map(len, console.shown.splitlines())) <= 40
    assert "\x1b[" not in console.shown


def test_the_mastery_test_says_how_each_concept_went(monkeypatch):
    right = {q.id: q for q in bank.questions(seed=5)}

    def answer_right(console, desk, question):
        key = right[question.id].key
        return desk.answer(question.id, str(key))

    monkeypatch.setattr(terminal, "_take", answer_right)
    console = Typist(width=100)
    terminal.mastery(console, None, 5)
    assert "10 of 10 points. Strong pattern" in console.shown
    assert console.shown.count(": strong (") == len({(q.topic, q.concept) for q in asked(right)})


def asked(questions) -> list:
    return [questions[i] for i in questions if i.split("@")[0] in progress.section("answers")]


def test_no_verdict_without_all_answers():
    console = Typist("q")
    terminal.mastery(console, None, 1)
    assert "No verdict without all ten answers" in console.shown


def test_cards_turn_and_come_back(monkeypatch):
    monkeypatch.setattr(bank, "cards", lambda: CARDS)
    console = Typist("", "5", "3", "", "easy")
    terminal.review_cards(console, None, 10)
    assert "Type 1 to 4" in console.shown
    assert console.shown.count("Comes back in") == 2
    later = Typist()
    terminal.review_cards(later, None, 10)
    assert "No card is due. The next one comes in" in later.shown


def test_progress_names_what_to_repeat():
    console = Typist()
    terminal.show_progress(console)
    assert "Nothing answered yet" in console.shown
    sit(Typist("a"), SINGLE)
    console = Typist(width=80)
    terminal.show_progress(console)
    assert "Repeat next: what freezing does. Try: quiz --topic freezing" in console.shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--topic", "freezin"], "quiz: No topic 'freezin'. Did you mean 'freezing'?"),
        (["--difficulty", "hardest"], "quiz: No difficulty 'hardest'."),
        (["--framework", "jax"], "quiz: No framework 'jax'."),
        (["export", "moodel"], "quiz: No export 'moodel'. Did you mean 'moodle'?"),
    ],
)
def test_a_wrong_word_is_one_sentence(arguments, said):
    done = subprocess.run(
        [sys.executable, "-m", "quizzes.cli", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_closed_keyboard_is_no_fault():
    done = subprocess.run(
        [sys.executable, "-m", "quizzes.cli", "--topic", "freezing", "--seed", "1"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert "Stopped. What you answered is kept." in done.stdout
    assert "Traceback" not in done.stderr


def test_an_explanation_is_scored_with_what_was_missed():
    console = Typist("Freezing keeps the weights as they are.", "", width=100)
    terminal.explain(console, "explain.2")
    assert "of 4 concepts covered." in console.shown
    assert "missed   " in console.shown
