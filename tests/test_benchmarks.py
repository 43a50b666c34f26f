"""The benchmarks can be imported, and their parts do what their tables say."""

from __future__ import annotations

import json

import pytest

from benchmarks import cluster, flat, grading, lessons, measure, submissions, warm  # noqa: F401
from grader.classroom.lessons import load
from grader.grading.submission import read_submission

LESSON = "02-freezing"


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
def test_a_submission_holds_an_answer_for_each_exercise(framework, tmp_path):
    source = load(LESSON, framework)
    chosen = submissions.draw(submissions.answers(LESSON, framework), seed=1)
    made = submissions.hand_in(source.notebook, chosen, "ana")
    path = tmp_path / "made.ipynb"
    path.write_text(json.dumps(made))
    answers = read_submission(path, source).answers
    assert {name for name, text in answers.items() if text.endswith("# ana")} == set(chosen)


def test_both_right_and_wrong_answers_are_drawn():
    bank = submissions.answers(LESSON, "pytorch")
    drawn = [answer.right for seed in range(20) for answer in submissions.draw(bank, seed).values()]
    assert 0.4 < sum(drawn) / len(drawn) < 0.8


def test_a_lean_notebook_keeps_set_up_answers_and_tests():
    kept = grading.kept_cells(load(LESSON, "pytorch"))
    assert {"setup", "count-trainable", "test-count-trainable"} <= kept
    assert "cost-table" not in kept


def test_percentile():
    assert [grading.percentile(range(100), share) for share in (0, 50, 95, 100)] == [0, 50, 95, 99]


def test_memory_and_time_are_measured_from_outside(tmp_path):
    code = (
        "import time; x = bytearray(80 * 2**20); x[::4096] = b'1' * len(x[::4096]); time.sleep(1)"
    )
    found = measure.run(measure.python("-c", code), tmp_path, {"PATH": "/usr/bin:/bin"})
    assert 1 < found.seconds < 30
    assert found.peak_mb > 60
    assert 0 < found.median_mb <= found.peak_mb
    with pytest.raises(RuntimeError, match="ended with 3"):
        measure.run(measure.python("-c", "raise SystemExit(3)"), tmp_path, {})


def test_lessons_are_chosen_by_how_their_names_begin():
    assert lessons.chosen(["02"]) == [LESSON]
    assert len(lessons.chosen([])) == len(lessons.lesson_names())
    with pytest.raises(SystemExit, match="No lesson begins with 99"):
        lessons.chosen(["99"])
