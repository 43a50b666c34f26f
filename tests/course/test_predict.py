"""Predict first: what is expected is kept before the truth is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.predict import SECTION, predict, prediction, reveal
from course.records import progress


@pytest.fixture(autouse=True)
def own_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))


def test_the_answer_is_kept_and_shown_beside_the_truth(capsys: pytest.CaptureFixture[str]):
    predict("02-freezing/drift", 7)
    reveal("02-freezing/drift", 52, "layers")
    assert capsys.readouterr().out == (
        "Kept: 7. Now run on and see.\nYou predicted: 7 layers\nIt is:         52 layers\n"
    )


@pytest.mark.parametrize("answer", [..., None, ""])
def test_an_open_question_keeps_nothing_and_stops_nothing(
    answer: object, capsys: pytest.CaptureFixture[str]
):
    predict("02-freezing/drift", answer)
    reveal("02-freezing/drift", 1234.5, "ms")
    out = capsys.readouterr().out
    assert "Nothing kept yet: put your answer in place of ..." in out
    assert "You predicted: nothing yet (the cell above this one asks)\n" in out
    assert "It is:         1.23e+03 ms\n" in out
    assert prediction("02-freezing/drift") is None


def test_the_first_answer_stays_in_the_record():
    predict("k/a", "the head")
    predict("k/a", "all of it")
    assert [row["answer"] for row in progress.section(SECTION)["k/a"]] == ["the head", "all of it"]
    assert prediction("k/a") == "all of it"


def test_text_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]):
    predict("k/b", "the head")
    reveal("k/b", "everything", "layers")
    assert "You predicted: the head\nIt is:         everything\n" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [True, [1], {"a": 1}])
def test_other_kinds_are_refused(answer: object):
    with pytest.raises(ValueError, match="expected a number or text in quotes as the answer"):
        predict("k/c", answer)


def test_a_record_of_another_form_counts_as_none():
    progress.record(SECTION, "k/d", "scribble")
    assert prediction("k/d") is None
    predict("k/d", 3)
    assert prediction("k/d") == 3
