"""nbgrader's exchange, with students in it who would rather hand in something else."""

from __future__ import annotations

import getpass
import os
import time

import pytest

from grader.classroom.folder import Classroom
from grader.classroom.receipts import Receipts
from grader.errors import ClassroomError
from grader.intake.exchange import collect
from tests.grader import gradebooks
from tests.grader import notebooks as nb

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(os.name != "posix", reason="an exchange is a shared Unix folder"),
]
CODE = "2026-10-01 10:00:00.000000 UTC"


@pytest.fixture
def classroom(tmp_path):
    inbound = tmp_path / "exchange" / "course" / "inbound"
    inbound.mkdir(parents=True)
    root = tmp_path / "class"
    nb.write_lesson(root)
    (root / "nbgrader_config.py").write_text(
        "from grader.configure import configure\nc = get_config()\nconfigure(c)\n"
        f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
        "c.CourseDirectory.course_id = 'course'\nc.ExchangeCollect.check_owner = False\n"
    )
    gradebooks.make(root, students=False).close()
    return Classroom(root)


def submit(classroom, student, text="{}", when=CODE, code="a"):
    inbound = classroom.root.parent / "exchange" / "course" / "inbound"
    folder = inbound / f"{student}+{nb.LESSON}+{when}+{code}"
    folder.mkdir()
    (folder / "pytorch.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text(when)
    return folder


@pytest.mark.attack(35)
def test_the_newest_to_arrive_counts_whatever_its_name_says(classroom):
    submit(classroom, "ana", "new by name", "2030-01-01 10:00:00.0 UTC")
    time.sleep(0.05)
    submit(classroom, "ana", "new by arrival", "2020-01-01 10:00:00.0 UTC", "b")
    taken = collect(classroom, nb.LESSON)
    assert [path.read_text() for path in taken.files] == ["new by arrival"]
    assert "ana names 2020-01-01 10:00 UTC, but it arrived at" in taken.notes[0]
    assert Receipts(classroom.root).time("ana", nb.LESSON).year > 2020


@pytest.mark.attack(27)
def test_links_and_strange_folders_stay_out(classroom):
    secret = classroom.root / "gradebook-copy"
    secret.write_text("other people's grades")
    link = submit(classroom, "bo") / "pytorch.ipynb"
    link.unlink()
    link.symlink_to(secret)
    inbound = link.parents[1]
    (inbound / f"cy+{nb.LESSON}+{CODE}+x").symlink_to(classroom.root)
    submit(classroom, "..")
    (inbound / "notes.txt").write_text("")
    taken = collect(classroom, nb.LESSON)
    assert taken.files == []
    assert sum("left out" in note for note in taken.notes) == 3
    assert not (classroom.root / "submitted").exists()


@pytest.mark.attack(35)
def test_somebody_elses_name_is_refused(classroom):
    classroom.config.ExchangeCollect.check_owner = True
    submit(classroom, "ana")
    submit(classroom, getpass.getuser())
    taken = collect(classroom, nb.LESSON)
    assert [path.parents[1].name for path in taken.files] == [getpass.getuser()]
    assert f"belongs to {getpass.getuser()}, not to ana" in taken.notes[0]


def test_no_exchange(classroom):
    classroom.folders.course_id = "another"
    with pytest.raises(ClassroomError, match=r"c\.Exchange\.root and c.CourseDirectory.course_id"):
        collect(classroom, nb.LESSON)
