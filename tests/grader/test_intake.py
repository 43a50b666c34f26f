"""Archives of platforms, and archives that mean harm."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.errors import ClassroomError
from grader.intake import safe_name, student_name, take_in


def pack(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def take(tmp_path, members):
    (tmp_path / "in.zip").write_bytes(pack(members))
    taken = take_in(tmp_path / "in.zip", tmp_path / "submitted", "02-freezing")
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
    assert notes == []


def test_traversal_links_and_strangers_stay_out(tmp_path):
    link = zipfile.ZipInfo("bob/keras.ipynb")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../../outside/pytorch.ipynb", "{}")
        archive.writestr("ann/essay.ipynb", "{}")
    (tmp_path / "in.zip").write_bytes(stream.getvalue())
    taken = take_in(tmp_path / "in.zip", tmp_path / "submitted", "02-freezing")
    assert [p.relative_to(tmp_path).as_posix() for p in taken.files] == [
        "submitted/outside/02-freezing/pytorch.ipynb"
    ]
    assert "essay.ipynb" in taken.notes[0]


def test_bombs_are_left_out(tmp_path):
    bomb = pack({"a/pytorch.ipynb": b"0" * (30 * 2**20)})
    deep = pack({"b/x.zip": pack({"y.zip": pack({"keras.ipynb": "{}"})})})
    found, notes = take(tmp_path, {"a.zip": bomb, "b.zip": deep, "c/keras.ipynb": "{}"})
    assert found == {"c/02-freezing/keras.ipynb"}
    assert "too large or damaged" in notes[0]
    assert "inside a zip" in notes[1]


def test_twice_is_said_and_no_zip_is_refused(tmp_path):
    found, notes = take(tmp_path, {"a/keras.ipynb": "1", "a/02-freezing/keras.ipynb": "2"})
    assert found == {"a/02-freezing/keras.ipynb"}
    assert notes == ["a handed in keras.ipynb twice; the last one counts."]
    (tmp_path / "no.zip").write_text("no")
    with pytest.raises(ClassroomError, match="cannot be read as a zip"):
        take_in(tmp_path / "no.zip", tmp_path, "02-freezing")
