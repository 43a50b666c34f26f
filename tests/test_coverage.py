"""Every id of the curriculum has a home, and every home is there."""

from __future__ import annotations

import tomllib
from functools import cache

import nbformat
import pytest

from grader.checks import get
from quizzes.engine import bank
from quizzes.study import explain
from solutions.build import lesson_names
from tests.helpers import ROOT

MAP = tomllib.loads((ROOT / "solutions" / "coverage.toml").read_text(encoding="utf-8"))


def numbered(name: str, last: int) -> set[str]:
    return {f"{name}.{number}" for number in range(1, last + 1)}


# What the course promises to teach: ids owed by lessons, and ids owed by the quiz bank.
TAUGHT = {
    *("intro.why", "intro.examples", "intro.sample", *numbered("intro.steps", 5)),
    *(*numbered("deep", 7), *numbered("pitfall", 3), "exp", "exp.bonus", "trace"),
    *(*numbered("expert", 3), "not.1", *numbered("myth", 4), "connect", "produce", "practice.5"),
}
ASKED = {
    *(*numbered("practice", 5), *numbered("check", 5), *numbered("trace", 3)),
    *(*numbered("myth", 4), "deep.3", "deep.4", "deep.6", "deep.7"),
    *(*numbered("recall", 5), *numbered("explain", 2)),
}


@cache
def cell_ids(lesson: str, framework: str) -> set[str]:
    path = ROOT / "lessons" / lesson / f"{framework}.ipynb"
    return {cell.id for cell in nbformat.read(path, as_version=4).cells}


@cache
def asked() -> dict[str, tuple[str, ...]]:
    """Return what the quiz bank offers, as ``kind:id``, with the ids each serves."""
    questions = {f"question:{q.id}": q.serves for q in bank.questions()}
    cards = {f"card:{card.id}": card.serves for card in bank.cards()}
    return questions | cards | {f"explain:{p.id}": p.serves for p in explain.prompts()}


def problem(home: str) -> str:
    """Return what is wrong with a home, or nothing."""
    kind, _, where = home.partition(":")
    if kind == "cell":
        lesson, _, name = where.partition("#")
        missing = [f for f in ("keras", "pytorch") if name not in cell_ids(lesson, f)]
        return f"{home}: no such cell in {', '.join(missing)}" if missing else ""
    if kind == "check":
        return "" if get(where).id == where else f"{home}: no such check"
    return "" if home in asked() else f"{home}: not in the quiz bank"


def homes() -> list[tuple[str, str]]:
    groups = [*MAP["lessons"].values(), *MAP["contents"].values(), MAP["questions"]]
    return [(owed, home) for group in groups for owed, at in group.items() for home in at]


def test_every_id_is_taught_or_promised():
    taught = {owed for group in MAP["lessons"].values() for owed in group}
    promised = {owed for group in MAP["to_come"].values() for owed in group}
    assert taught | promised == TAUGHT
    assert taught & promised == set()


def test_every_id_of_the_quiz_bank_is_asked():
    assert set(MAP["questions"]) == ASKED


def test_a_lesson_that_exists_owes_a_cell_or_a_check():
    assert sorted(MAP["lessons"]) == lesson_names()
    assert set(MAP["to_come"]) & set(lesson_names()) == set()
    for group in (*MAP["lessons"].values(), *MAP["contents"].values()):
        for owed, at in group.items():
            assert any(home.startswith(("cell:", "check:")) for home in at), owed


@pytest.mark.parametrize(("owed", "home"), homes())
def test_a_home_is_there(owed: str, home: str):
    assert problem(home) == ""


@pytest.mark.parametrize(
    ("owed", "home"),
    [(owed, home) for owed, at in MAP["questions"].items() for home in at if home[:5] != "cell:"],
)
def test_a_question_says_itself_what_it_serves(owed: str, home: str):
    assert owed in asked()[home]
