"""Class lists as people type them and platforms export them."""

from __future__ import annotations

import pytest

from grader.classroom.roster import Roster, Student, read
from grader.errors import ClassroomError


def listed(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "students.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def test_a_list_that_one_types(tmp_path):
    students, notes = listed(tmp_path, "student_id,first_name,last_name\nana,Ana,Lee\n李雷,雷,李\n")
    assert students == [Student("ana", "Ana", "Lee"), Student("李雷", "雷", "李")]
    assert notes == []


def test_what_canvas_exports(tmp_path):
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)\n"
        "    Points Possible,,,,,10.00\n"
        '"Lee, Ana",41,s-9,alee,Section A,9.00\n'
    )
    assert listed(tmp_path, text)[0] == [Student("alee", "Ana", "Lee", "", "41")]


def test_what_moodle_exports(tmp_path):
    text = "\ufeffFirst name;Last name;ID number;Email address\nAna;Lee;77;ana@x.org\n"
    assert listed(tmp_path, text)[0] == [Student("ana@x.org", "Ana", "Lee", "ana@x.org", "77")]


def test_a_whole_name_is_taken_apart(tmp_path):
    students, _ = listed(tmp_path, "username\tname\nana\tAna Maria Lee\nbo\tEk\n")
    assert students == [Student("ana", "Ana Maria", "Lee"), Student("bo", "", "Ek")]


def test_bad_lines_are_said_and_the_rest_is_read(tmp_path):
    text = "student_id,name\nana,A\n../x,B\n,C\nana,D\n\nbo,E\n"
    students, notes = listed(tmp_path, text)
    assert [one.id for one in students] == ["ana", "bo"]
    assert notes == [
        "Line 3: '../x' cannot be a folder's name; the line was left out. "
        "Give the student another id, such as '_x'.",
        "Line 4: no student id; the line was left out.",
        "Line 5: 'ana' is in the list twice; the first line counts.",
    ]


def test_what_is_no_list(tmp_path):
    with pytest.raises(ClassroomError, match=r"no column that names a student.*found: colour"):
        listed(tmp_path, "colour\nred\n")
    with pytest.raises(ClassroomError, match="found: nothing"):
        listed(tmp_path, "")
    with pytest.raises(ClassroomError, match="not UTF-8; save it as 'CSV UTF-8'"):
        listed(tmp_path, "student_id\nbjörn\n", "latin-1")


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (["ana"], "ana"),
        (["41", "leeana"], "ana"),
        (["leeana"], "ana"),
        (["Ana Lee"], "ana"),
        (["ANA  LEE"], "ana"),
        (["ana@x.org"], "ana"),
        (["Kim Park"], ""),  # two of them
        (["nobody", "bo2"], "bo2"),
        ([""], ""),
    ],
)
def test_whose_name_it_is(names, who):
    roll = Roster(
        [
            Student("ana", "Ana", "Lee", "ana@x.org", "41"),
            Student("bo1", "Kim", "Park"),
            Student("bo2", "Kim", "Park"),
        ]
    )
    assert roll.find(names) == who
