"""The attack suite: a cheat earns no more than an honest wrong answer, an honest one everything."""

from __future__ import annotations

import dataclasses
import io
import unicodedata

import pytest
from rich.console import Console

from grader.checks import register
from grader.classroom.verdict_log import Entry, Log
from grader.grading.session import grade
from grader.grading.source import read_source
from grader.grading.submission import Submission, read_submission
from grader.isolation.workers import Workers
from grader.reports import terminal
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.attacks.breaking import BREAKING
from tests.grader.attacks.forging import FORGING, choice_answers
from tests.grader.attacks.insides import FLAGGED, ODD_TEXTS
from tests.grader.attacks.model import FULL_POINTS, HONEST_WRONG_POINTS
from tests.grader.isolation.test_sandbox import have_sandbox

ROOT = nb.ROOT
pytestmark = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")


@pytest.fixture(scope="module")
def workers():
    made = Workers(bare=True, memory_mb=400, extra=(ROOT / "tests",))
    yield made
    made.close()


@pytest.fixture
def source(tmp_path):
    register(dataclasses.replace(sample.DOUBLE, timeout_s=2))
    return read_source(nb.write_lesson(tmp_path))


def judged(workers, source, submission):
    return grade(source, submission, "pytorch", workers, secret=b"attacks")


def graded(workers, source, submission):
    return judged(workers, source, submission).verdicts["00-sample/double"]


def hand_in(tmp_path, source, notebook):
    return read_submission(nb.write(tmp_path / "pytorch.ipynb", notebook), source)


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(one, id=one.id, marks=pytest.mark.attack(one.number))
        for one in (*FORGING, *BREAKING)
    ],
)
def test_attack(workers, source, tmp_path, attack):
    for name in ("numpy.py", "json.py", "sitecustomize.py", "conftest.py", "x.pth"):
        (tmp_path / name).write_text("raise SystemExit('foreign code ran')")
    verdict = graded(workers, source, hand_in(tmp_path, source, attack.notebook()))
    if attack.honest:
        assert (verdict.status, verdict.points) == ("passed", FULL_POINTS), verdict.lines()
    elif attack.held:
        assert (verdict.status, verdict.held) == ("tampered", FULL_POINTS), verdict.lines()
    else:
        assert verdict.points <= HONEST_WRONG_POINTS, verdict.lines()
    if attack.statuses:
        assert verdict.status in attack.statuses, verdict.lines()


def test_the_measure_is_what_it_says(workers, source):
    assert graded(workers, source, Submission({"double": nb.RIGHT})).points == FULL_POINTS
    assert graded(workers, source, Submission({"double": nb.SQUARE})).points == HONEST_WRONG_POINTS


@pytest.mark.parametrize(
    "attack",
    [pytest.param(one, id=one.id, marks=pytest.mark.attack(one.number)) for one in FLAGGED],
)
def test_what_reaches_inside_earns_nothing_before_a_person_has_looked(
    workers, source, tmp_path, attack
):
    result = judged(workers, source, hand_in(tmp_path, source, attack.notebook()))
    verdict = result.verdicts["00-sample/double"]
    assert verdict.points == 0, verdict.lines()
    assert verdict.status in attack.statuses, (verdict.status, verdict.lines())
    assert any("line" in flag or "replaced" in flag for flag in result.flags), result.flags


@pytest.mark.parametrize(
    "attack",
    [pytest.param(one, id=one.id, marks=pytest.mark.attack(one.number)) for one in ODD_TEXTS],
)
def test_odd_characters_harm_neither_the_log_nor_the_terminal(workers, source, tmp_path, attack):
    result = judged(workers, source, hand_in(tmp_path, source, attack.notebook()))
    entry = Entry("key", "ann", "00-sample", "pytorch", result.verdicts, flags=result.flags)
    log = Log(tmp_path)
    log.append(entry)
    log.append(entry)
    assert [dict(one.verdicts) for one in Log(tmp_path).entries()] == [dict(result.verdicts)] * 2
    shown = Console(file=io.StringIO(), force_terminal=False, width=200)
    terminal.show(result, "title", shown)
    said = "\n".join((shown.file.getvalue(), *result.flags))
    assert not [c for c in said if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")]
    assert "\u202e" not in said


@pytest.mark.attack(24)
@pytest.mark.parametrize(("answer", "points"), choice_answers())
def test_attack_24_every_option_at_once(workers, tmp_path, answer, points):
    register(sample.CHOICE)
    path = nb.write_lesson(tmp_path)
    path.write_text(path.read_text().replace("00-sample/double", "00-sample/choice"))
    result = grade(
        read_source(path), Submission({"double": answer}), "pytorch", workers, secret=b"s"
    )
    assert result.verdicts["00-sample/choice"].points == points
