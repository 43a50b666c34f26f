"""Archives of platforms, and archives that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from grader.classroom.receipts import Receipts
from grader.classroom.roster import Roster, Student
from grader.errors import ClassroomError
from grader.intake.take_in import Intake
from grader.reading.owners import safe_name, student_name


def pack(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def take(tmp_path, members):
    (tmp_path / "in.zip").write_bytes(pack(members))
    taken = intake(tmp_path).archive(tmp_path / "in.zip")
    found = {p.relative_to(tmp_path / "submitted").as_posix() for p in taken.files}
    return found, taken.notes


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Ann Lee_123_assignsubmission_file_/pytorch.ipynb", "Ann Lee-123"),
        ("leeann_123_456_pytorch.ipynb", "leeann"),
        ("leeann_LATE_123_456_pytorch.ipynb", "leeann"),
        ("ann/pytorch.ipynb", "ann"),
        ("ann/02-freezing/pytorch.ipynb", "ann"),
        ("ann/work/pytorch.ipynb", "ann"),
        ("work/pytorch.ipynb", ""),
        ("../../etc/pytorch.ipynb", "etc"),
        ("..\\..\\ann\\keras.ipynb", "ann"),
        ("李雷/keras.ipynb", "李雷"),
        ("=cmd|'x'!A1/keras.ipynb", "_cmd__x__A1"),
    ],
)
def test_whose_file_it_is(path, student):
    assert student_name(path) == student


def test_names_are_short_and_harmless():
    assert safe_name("..") == safe_name("/").strip("_") == ""
    assert len(safe_name("x" * 500)) == 80
    assert "\x00" not in safe_name("a\x00b")


def test_a_zip_of_zips(tmp_path):
    inner = pack({"work/pytorch.ipynb": "{}", "notes.txt": "hello"})
    found, notes = take(tmp_path, {"Ann Lee_1_assignsubmission_file_/hand-in.zip": inner})
    assert found == {"Ann Lee-1/02-freezing/pytorch.ipynb"}
    assert notes == [
        "Ann Lee-1: 'Ann Lee_1_assignsubmission_file_/hand-in.zip/notes.txt': handed in, "
        "not a notebook of 02-freezing; kept for whoever marks."
    ]


@pytest.mark.attack(27, 36)
def test_traversal_links_and_strangers_stay_out(tmp_path):
    link = zipfile.ZipInfo("bob/keras.ipynb")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../../outside/pytorch.ipynb", "{}")
        archive.writestr("ann/essay.ipynb", "{}")
    (tmp_path / "in.zip").write_bytes(stream.getvalue())
    taken = intake(tmp_path).archive(tmp_path / "in.zip")
    assert [p.relative_to(tmp_path).as_posix() for p in taken.files] == [
        "submitted/outside/02-freezing/pytorch.ipynb"
    ]
    assert taken.notes == [
        "bob: 'bob/keras.ipynb' is a link; it was left out.",
        "ann: 'ann/essay.ipynb': handed in, not a notebook of 02-freezing; "
        "ask for the notebook (.ipynb).",
    ]


@pytest.mark.attack(53)
def test_bombs_are_left_out(tmp_path):
    bomb = pack({"a/pytorch.ipynb": b"0" * (201 * 2**20), "a/keras.ipynb": "{}"})
    deep = pack({"b/x.zip": pack({"y.zip": pack({"keras.ipynb": "{}"})})})
    found, notes = take(tmp_path, {"a.zip": bomb, "b.zip": deep, "c/keras.ipynb": "{}"})
    assert found == {"a/02-freezing/keras.ipynb", "c/02-freezing/keras.ipynb"}
    assert notes == [
        "a: 'a.zip/a/pytorch.ipynb' is larger than 200 MB unpacked: 201 MB; "
        "ask for it without outputs and data.",
        "b: 'b.zip/b/x.zip' is a zip inside a zip inside a zip; "
        "it was left out; ask for the notebook alone.",
    ]


def test_twice_is_said_and_no_zip_is_refused(tmp_path):
    found, notes = take(tmp_path, {"a/keras.ipynb": "1", "a/02-freezing/keras.ipynb": "2"})
    assert found == {"a/02-freezing/keras.ipynb"}
    assert notes == [
        "a: 'a/02-freezing/keras.ipynb' counts as keras.ipynb, and 'a/keras.ipynb' does not."
    ]
    (tmp_path / "no.zip").write_text("no")
    with pytest.raises(ClassroomError, match="cannot be read as a zip"):
        intake(tmp_path).archive(tmp_path / "no.zip")


NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def intake(tmp_path, students=()):
    return Intake(tmp_path, tmp_path / "submitted", "02-freezing", Roster(students))


def names(tmp_path):
    files = (tmp_path / "submitted").rglob("*.ipynb")
    return {path.relative_to(tmp_path / "submitted").as_posix() for path in files}


def test_a_folder_is_taken_in_like_a_zip(tmp_path):
    for who, name in (("ana", "pytorch.ipynb"), ("दीपा शर्मा", "keras (1).ipynb")):
        (tmp_path / "in" / who).mkdir(parents=True)
        (tmp_path / "in" / who / name).write_text("{}")
    (tmp_path / "in" / "bo").mkdir()
    (tmp_path / "in" / "bo" / "pytorch.ipynb").symlink_to(tmp_path / "in" / "ana" / "pytorch.ipynb")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "in" / "ana")
    taken = intake(tmp_path).archive(tmp_path / "in")
    assert names(tmp_path) == {"ana/02-freezing/pytorch.ipynb", "दीपा शर्मा/02-freezing/keras.ipynb"}
    assert taken.notes == ["bo: 'bo/pytorch.ipynb' is a link; it was left out."]


def test_the_class_list_says_whose_it_is(tmp_path):
    students = [Student("ana", "Ana", "Lee", "", "41"), Student("bo", "Bo", "Ek")]
    members = {"leeana_41_9_pytorch.ipynb": "1", "zoe_7_8_pytorch.ipynb": "2"}
    (tmp_path / "canvas.zip").write_bytes(pack(members))
    taken = intake(tmp_path, students).archive(tmp_path / "canvas.zip")
    assert names(tmp_path) == {"ana/02-freezing/pytorch.ipynb"}
    waiting = tmp_path / ".grader" / "strangers" / "zoe" / "02-freezing"
    assert taken.strangers == {"zoe": waiting}
    assert (waiting / "pytorch.ipynb").read_text() == "2"
    (tmp_path / "moodle.zip").write_bytes(pack({"Bo Ek_5_assignsubmission_file_/keras.ipynb": "3"}))
    intake(tmp_path, students).archive(tmp_path / "moodle.zip")
    assert "bo/02-freezing/keras.ipynb" in names(tmp_path)


def test_another_lessons_notebooks_stay_out(tmp_path):
    (tmp_path / "in.zip").write_bytes(
        pack({"ana/02-freezing/keras.ipynb": "1", "ana/03-new-head/keras.ipynb": "2"})
    )
    taken = intake(tmp_path).archive(tmp_path / "in.zip")
    assert taken.notes == [
        "ana: 'ana/03-new-head/keras.ipynb': of 03-new-head, not of 02-freezing; "
        "left out, take it in as 03-new-head."
    ]
    assert taken.files[0].read_text() == "1"


@pytest.mark.attack(35)
def test_the_time_of_receipt_is_ours_and_stays(tmp_path):
    (tmp_path / "in.zip").write_bytes(pack({"ana/keras.ipynb": "1", "ana/timestamp.txt": "1999"}))
    intake(tmp_path).archive(tmp_path / "in.zip", NOW)
    intake(tmp_path).archive(tmp_path / "in.zip", NOW + timedelta(days=3))  # the same once more
    assert Receipts(tmp_path).time("ana", "02-freezing") == datetime(2026, 10, 1, 12, 0)
    assert not list((tmp_path / "submitted").rglob("timestamp.txt"))


def test_a_newer_one_keeps_the_older(tmp_path):
    for text, day in (("1", 0), ("2", 1), ("3", 2)):
        (tmp_path / "in.zip").write_bytes(pack({"ana/keras.ipynb": text}))
        intake(tmp_path).archive(tmp_path / "in.zip", NOW + timedelta(days=day))
    kept = tmp_path / ".grader" / "earlier" / "ana" / "02-freezing"
    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        "keras-1.ipynb": "1",
        "keras-2.ipynb": "2",
    }
    assert Receipts(tmp_path).time("ana", "02-freezing", "keras").day == 3


def test_what_canvas_marks_as_late_is_late(tmp_path):
    members = {"ana_1_2_keras.ipynb": "1", "bo_LATE_3_4_keras.ipynb": "2"}
    (tmp_path / "in.zip").write_bytes(pack(members))
    intake(tmp_path).archive(tmp_path / "in.zip", datetime(2020, 1, 1, tzinfo=UTC))
    receipts = Receipts(tmp_path)
    assert receipts.time("ana", "02-freezing").year == 2020
    assert receipts.time("bo", "02-freezing").year > 2020


def test_a_file_that_cannot_be_written_costs_that_file(tmp_path):
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "ana").write_text("a file where a folder should be")
    (tmp_path / "in.zip").write_bytes(pack({"ana/keras.ipynb": "1", "bo/keras.ipynb": "2"}))
    taken = intake(tmp_path).archive(tmp_path / "in.zip")
    assert names(tmp_path) == {"bo/02-freezing/keras.ipynb"}
    assert taken.notes[0].startswith("ana: 'ana/keras.ipynb' could not be written")


def test_nothing_there(tmp_path):
    with pytest.raises(ClassroomError, match="expected a zip or a folder"):
        intake(tmp_path).archive(tmp_path / "nowhere.zip")


def test_names_of_any_script_stay_readable():
    for name in ("Zoë Ångström", "Нина", "李雷", "दीपा शर्मा", "สมชาย", "محمد", "ana@x.org"):
        assert safe_name(name) == name
    assert safe_name("می\u200cخواهم\u202e") == "میخواهم"
    assert len(safe_name("\U00020000" * 100).encode()) <= 200
