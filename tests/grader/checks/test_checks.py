"""The check protocol: data that validates itself, messages that speak to a learner."""

from __future__ import annotations

import dataclasses
import json
import sys
import warnings

import numpy as np
import pytest

from course.records import progress
from grader.checks import Check, CheckFailed, Finding, check, get, lesson_checks, register
from tests.grader import sample
from tests.grader.sample_observers import observe_fault


@pytest.fixture(autouse=True)
def _own_work_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    register(sample.DOUBLE)


def fails(*answers, **named) -> str:
    with pytest.raises(CheckFailed) as caught:
        check("00-sample/double", *answers, **named)
    return str(caught.value)


def test_right_answer_prints_one_line_and_is_recorded(capsys):
    check("00-sample/double", lambda x: x + x, framework="torch")
    assert capsys.readouterr().out == "Passed: Double a number (3 of 3 points)\n"
    assert progress.section("checks")["00-sample/double"]["pytorch"]["passed"] is True


def test_wrong_answer_gets_four_lines_and_its_hint():
    # 2 squared is 4, which is right by accident: a third of the points, and the second case speaks
    message = fails(lambda x: x**2, framework="keras").splitlines()
    assert message[0].startswith("Checked:   double(")
    assert message[3] == "Next step: Multiply by two; you squared."
    assert len(message) == 4
    assert progress.section("checks")["00-sample/double"]["keras"]["points"] == 1


def test_best_result_is_kept():
    check("00-sample/double", lambda x: 2 * x, framework="keras")
    fails(lambda x: 0, framework="keras")
    assert progress.section("checks")["00-sample/double"]["keras"]["points"] == 3


def test_unfilled_exercise_is_not_done_yet():
    def double(x):
        raise NotImplementedError

    for answer in (double, None, ...):
        assert fails(answer).startswith("Not done yet: Double a number (3 points)")


def test_answers_are_found_by_name_in_the_notebook():
    scope = {"check": check, "double": lambda x: 2 * x}
    exec("check('00-sample/double')", scope)
    with pytest.raises(CheckFailed, match="Not done yet"):
        exec("check('00-sample/double')", {"check": check})


def test_an_exception_shows_the_students_frames_only():
    code = compile("def double(x):\n    return x / 0\n", "<cell double>", "exec")
    scope: dict = {}
    exec(code, scope)
    message = fails(scope["double"])
    assert "Found:     ZeroDivisionError: division by zero" in message
    assert "line 2 in double" in message
    assert "observe" not in message


def test_an_unusable_result_says_what_was_expected():
    message = fails(lambda x: None)
    assert "Expected:  a number\nFound:     None\nNext step: Return the result." in message


def test_a_fault_of_ours_is_not_the_students():
    register(dataclasses.replace(sample.DOUBLE, id="00-sample/broken", observe=observe_fault))
    with pytest.raises(CheckFailed, match="This is not your mistake") as caught:
        check("00-sample/broken", lambda x: 2 * x)
    assert caught.value.verdict.status == "infrastructure"
    assert "KeyError" in caught.value.verdict.detail


def test_a_judge_that_trips_is_infrastructure():
    register(dataclasses.replace(sample.DOUBLE, id="00-sample/trips", judge=lambda c, f: f["no"]))
    with pytest.raises(CheckFailed, match="This is not your mistake") as caught:
        check("00-sample/trips", lambda x: 2 * x)
    assert caught.value.verdict.status == "infrastructure"


def test_nothing_reaches_stderr(capfd):
    def double(x):
        warnings.warn("noisy", stacklevel=1)
        print("log line", file=sys.stderr)
        return 2 * x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check("00-sample/double", double)
    assert capfd.readouterr().err == ""


def test_the_notebook_shows_no_frames_of_ours():
    with pytest.raises(CheckFailed) as caught:
        check("00-sample/double", lambda x: 0)
    error = caught.value
    assert error._render_traceback_() == str(error).splitlines()
    assert type(error).__module__ == "builtins"


def test_public_cases_are_stable_and_fresh_ones_differ():
    assert sample.DOUBLE.draw() == sample.DOUBLE.draw()
    assert all(case.public for case in sample.DOUBLE.draw())
    fresh = {sample.DOUBLE.draw(seed)[1]["x"] for seed in range(1, 30)}
    assert len(fresh) > 10
    assert not sample.DOUBLE.draw(5)[0].public


def test_progress_survives_a_damaged_file(tmp_path):
    (tmp_path / progress.FILE_NAME).write_text("{")
    check("00-sample/double", lambda x: 2 * x, framework="keras")
    assert json.loads((tmp_path / progress.FILE_NAME).read_text())["version"] == 1


def test_a_check_leaves_predictions_and_answers_alone():
    progress.record("predictions", "02-freezing/drift", ["17"])
    check("00-sample/double", lambda x: 2 * x, framework="keras")
    assert progress.section("predictions") == {"02-freezing/drift": ["17"]}


def test_progress_never_fails(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "file"))
    check("00-sample/double", lambda x: 2 * x, framework="keras")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "freeze"}, "expected the form '02-freezing/freeze-backbone'"),
        ({"answers": "double"}, "expected a tuple"),
        ({"answers": ("a b",)}, "is no Python name"),
        ({"points": 0}, "expected more than 0"),
        ({"timeout_s": 0}, "must be above 0"),
        ({"parts": {"a": -1}}, "weight above 0"),
        ({"frameworks": ("torch",)}, "write framework 'pytorch'"),
        ({"observe": lambda s, c: {}}, "named function at the top of a module"),
        ({"title": ""}, "needs a title"),
    ],
)
def test_a_check_validates_itself(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(sample.DOUBLE, **change)


def test_parts_must_match_the_cases():
    odd = dataclasses.replace(sample.DOUBLE, parts={"other": 1})
    with pytest.raises(ValueError, match="its cases decide"):
        odd.draw()


def test_a_finding_validates_itself():
    with pytest.raises(ValueError, match="expected 0 to 1"):
        Finding(2, "x")
    with pytest.raises(ValueError, match="what was found"):
        Finding(0, "x")


def test_share_is_the_worst_case_of_each_part():
    cases = sample.DOUBLE.draw()
    right, wrong = Finding.right("x"), Finding.wrong("x", expected=1, found=2)
    assert sample.DOUBLE.share(cases, [right, wrong]) == pytest.approx(1 / 3)
    assert sample.DOUBLE.share(cases, [wrong, right]) == pytest.approx(2 / 3)


def test_an_unknown_id_lists_what_there_is():
    with pytest.raises(ValueError, match=r"Checks of '00-sample': .*00-sample/double"):
        get("00-sample/nothing")
    assert lesson_checks("no-lesson") == ()


def test_a_random_generator_decides_the_cases():
    assert isinstance(sample.DOUBLE, Check)
    assert sample.draw_double(np.random.default_rng(0)) == sample.draw_double(
        np.random.default_rng(0)
    )
