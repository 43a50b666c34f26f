"""What may make training faster is kept only if it is faster and gives the same numbers."""

from __future__ import annotations

import time

import numpy as np
import pytest

from course.training import speed

PLAIN_S = 0.02


class Model:
    """A model whose step sleeps, and whose logits can be moved."""

    def __init__(self) -> None:
        self.step_s, self.logits = PLAIN_S, np.array([1.0, -2.0])

    def candidate(self, step_s: float, moved: float = 0.0) -> speed.Candidate:
        def apply() -> None:
            self.step_s, self.logits = step_s, np.array([1.0, -2.0 - moved])

        def undo() -> None:
            self.step_s, self.logits = PLAIN_S, np.array([1.0, -2.0])

        return speed.Candidate("mixed precision", apply, undo)

    def try_all(self, *candidates: speed.Candidate) -> speed.Trials:
        return speed.try_all(
            candidates, step=lambda: time.sleep(self.step_s), outputs=lambda: self.logits
        )


@pytest.fixture(autouse=True)
def few_runs(monkeypatch):
    monkeypatch.setattr(speed, "ENOUGH_S", 0.0)
    monkeypatch.setattr(speed, "LEAST_RUNS", 3)


def test_what_is_faster_is_kept():
    model = Model()
    (row,) = (trials := model.try_all(model.candidate(0.002, moved=0.02))).rows
    assert row.kept
    assert trials.kept == ("mixed precision",)
    assert row.gain > 2
    assert row.difference == pytest.approx(0.01)
    assert row.note.startswith("built in 0.0 s: pays after ")
    assert model.step_s == 0.002


def test_what_is_slower_is_undone():
    model = Model()
    trials = model.try_all(model.candidate(0.06))
    assert (trials.kept, trials.rows[0].note, model.step_s) == ((), "not faster", PLAIN_S)


def test_what_gives_other_numbers_is_undone():
    model = Model()
    trials = model.try_all(model.candidate(0.002, moved=0.2))  # 10 % of the largest logit
    assert (trials.kept, trials.rows[0].note, model.step_s) == ((), "other numbers", PLAIN_S)


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (speed.NotHereError("no convolutions"), "no convolutions"),
        (RuntimeError("no compiler | found\nand a long trace"), "failed: no compiler / found"),
    ],
)
def test_what_cannot_be_tried_says_why_and_the_rest_goes_on(error, note):
    def fails() -> None:
        raise error

    model, undone = Model(), []
    broken = speed.Candidate("compilation", fails, lambda: undone.append(True))
    trials = model.try_all(broken, model.candidate(0.002))
    assert trials.rows[0].note == note
    assert undone == [True]
    assert trials.kept == ("mixed precision",)
    assert str(trials).splitlines()[2] == f"| compilation | – | – | no | {note} |"
    assert str(trials).splitlines()[0] == "| tried | times as fast | logits moved by | kept | |"
