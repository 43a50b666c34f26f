"""The attack suite: a cheat earns no more than an honest wrong answer, an honest one everything."""

from __future__ import annotations

import dataclasses

import pytest

from grader.checks import register
from grader.rebuild import Submission, read_source, read_submission
from grader.session import grade
from grader.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.attacks.breaking import BREAKING
from tests.grader.attacks.forging import FORGING, choice_answers
from tests.grader.attacks.model import FULL_POINTS, HONEST_WRONG_POINTS
from tests.grader.test_sandbox import have_sandbox

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


def graded(workers, source, submission):
    result = grade(source, submission, "pytorch", workers, secret=b"attacks")
    return result.verdicts["00-sample/double"]


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
