"""What a learner did is kept, whatever happens to the file."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from course.records import progress


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    return tmp_path


def test_nothing_recorded_is_an_empty_record():
    assert progress.read() == {}
    assert progress.section("checks") == {}


def test_sections_do_not_touch_each_other():
    progress.record("checks", "02-freezing/count", {"points": 2})
    progress.record("answers", "freezing.first", "b")
    progress.record("checks", "02-freezing/count", {"points": 3})
    assert progress.read() == {
        "checks": {"02-freezing/count": {"points": 3}},
        "answers": {"freezing.first": "b"},
    }


def test_two_notebooks_writing_at_once_lose_nothing():
    def count(_):
        progress.update("counts", "n", lambda old: (old or 0) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    assert progress.section("counts") == {"n": 40}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"sections": 3}', "\x00"])
def test_a_damaged_file_is_set_aside_and_said(work, capsys, text):
    progress.path().write_text(text)
    assert progress.read() == {}
    assert "is kept as .progress.damaged-" in capsys.readouterr().out
    [kept] = work.glob(".progress.damaged-*.json")
    assert kept.read_text() == text
    progress.record("cards", "recall.x", 1)
    assert json.loads(progress.path().read_text())["sections"] == {"cards": {"recall.x": 1}}


def test_a_folder_that_cannot_be_written_costs_a_note_only(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "file"))
    progress.record("checks", "x", 1)
    assert "your progress could not be kept" in capsys.readouterr().out
