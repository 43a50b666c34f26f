"""What goes along with a submission, and what does not."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.classroom.carried import SMALL_BYTES, carry, note_receipt, small_file


@pytest.fixture
def folders(tmp_path):
    made = Config()
    made.CourseDirectory.root = str(tmp_path)
    (tmp_path / "submitted" / "ana" / "ps1").mkdir(parents=True)
    (tmp_path / "source" / "ps1" / "in").mkdir(parents=True)
    return CourseDirectory(config=made)


def carried(tmp_path):
    folder = tmp_path / "autograded" / "ana" / "ps1"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


@pytest.mark.attack(27)
@pytest.mark.attack(55)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_plain_files_go_along_and_nothing_else(folders, tmp_path):
    there = tmp_path / "submitted" / "ana" / "ps1"
    (tmp_path / "others.txt").write_text("grades")
    (there / "link.txt").symlink_to(tmp_path / "others.txt")
    (there / "folder").symlink_to(tmp_path)
    os.mkfifo(there / "timestamp.txt")
    for name in ("submission_secret.txt", "notes.txt", "p.ipynb", "page.html", "x.SVG", "y.pyc"):
        (there / name).write_text(name)
    carry(folders, "ana", "ps1")
    assert carried(tmp_path) == {
        "submission_secret.txt": "submission_secret.txt",
        "notes.txt": "notes.txt",
    }


def test_the_assignments_files_replace_the_students_unless_they_were_to_change(folders, tmp_path):
    for name in ("data.csv", "mine.py", "in/more.csv"):
        (tmp_path / "source" / "ps1" / name).write_text("given")
    for name in ("data.csv", "mine.py"):
        (tmp_path / "submitted" / "ana" / "ps1" / name).write_text("changed")
    carry(folders, "ana", "ps1", keep=["mine.py"])
    assert carried(tmp_path) == {"data.csv": "given", "mine.py": "changed", "in/more.csv": "given"}


@pytest.mark.attack(35)
def test_a_noted_time_counts_and_without_one_the_file_is_kept(folders, tmp_path):
    claimed = tmp_path / "submitted" / "ana" / "ps1" / "timestamp.txt"
    claimed.write_text("1999-01-01 00:00:00 UTC")
    carry(folders, "ana", "ps1")
    assert carried(tmp_path) == {"timestamp.txt": "1999-01-01 00:00:00 UTC"}
    when = datetime(2026, 10, 1, 12)
    note_receipt(folders, "ana", "ps1", when)
    note_receipt(folders, "who was never here", "ps1", when)
    carry(folders, "ana", "ps1", when)
    assert carried(tmp_path) == {"timestamp.txt": "2026-10-01 12:00:00.000000 UTC\n"}
    assert claimed.read_text() == carried(tmp_path)["timestamp.txt"]
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["ana"]


def test_a_small_file_is_small(tmp_path):
    (tmp_path / "one").write_bytes(bytes(SMALL_BYTES))
    (tmp_path / "two").write_bytes(bytes(SMALL_BYTES + 1))
    assert small_file(tmp_path / "one") == bytes(SMALL_BYTES)
    assert small_file(tmp_path / "two") is None
    assert small_file(tmp_path / "three") is None
