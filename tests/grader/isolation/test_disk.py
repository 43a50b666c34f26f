"""Disks that are read-only or full, by real mounts: said clearly, nothing lost, the rest graded."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course import settings
from grader.checks import register
from grader.classroom.folder import Classroom
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
STUDENTS = ("ana", "bo", "cy")
DISK_BYTES = 8 * 2**20


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    register(sample.DOUBLE)
    root = tmp_path_factory.mktemp("disk") / "class"
    nb.write_lesson(root)
    for student in STUDENTS:
        path = root / "submitted" / student / nb.LESSON / "pytorch.ipynb"
        nb.write(path, nb.submitted_notebook(nb.RIGHT + f"\n# {student}"))
    Classroom(root).release(nb.LESSON)
    return root


@pytest.fixture
def root(released, tmp_path) -> Path:
    return shutil.copytree(released, tmp_path / "class")


def mounted(mounts: list[str], *arguments: str) -> dict:
    """Run the driver with ``mounts`` on top of this machine's own."""
    program = shutil.which("bwrap")
    if program is None:
        pytest.skip("no bubblewrap here to mount with")
    walls = [program, "--dev-bind", "/", "/", *mounts, "--"]
    if subprocess.run([*walls, "true"], capture_output=True).returncode:
        pytest.skip("bubblewrap may not mount here")
    command = [*walls, sys.executable, "-m", "tests.grader.isolation.disk_driver", *arguments]
    done = subprocess.run(command, cwd=settings.project_root(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_class_folder_that_is_read_only(root):
    (root / "students.csv").write_text("student_id,first_name\nnew,New\n")
    told = mounted(["--ro-bind", str(root), str(root)], "door", str(root))
    refused = f"{root} cannot be written (Read-only file system), so no verdict could be kept."
    assert refused in told["run"][1]
    for name, (code, text) in told.items():
        assert code, (name, text)
        assert re.search("[Rr]ead-?only", text), (name, text)
        assert "Traceback" not in text, (name, text)


def test_one_students_folder_that_is_read_only_costs_one_student(root):
    held = root / "autograded" / "ana"
    held.mkdir(parents=True)
    told = mounted(["--ro-bind", str(held), str(held)], "grade", str(root))
    assert told["first"]["ana"][0] == "refused"
    assert "Read-only file system" in told["first"]["ana"][1]
    assert told["first"]["bo"] == told["first"]["cy"] == ["graded", ""]
    later = mounted([], "grade", str(root))
    assert later["first"] == {one: ["known", ""] for one in STUDENTS}  # its verdicts were kept
    assert later["scores"] == dict.fromkeys(STUDENTS, 3.0)


def test_a_gradebook_that_is_read_only_loses_no_verdict(root):
    book = root / "gradebook.db"
    told = mounted(["--ro-bind", str(book), str(book)], "grade", str(root))
    reason = "the gradebook could not be written: attempt to write a readonly database."
    assert told["first"] == {one: ["refused", reason] for one in STUDENTS}
    later = mounted([], "grade", str(root))
    assert later["first"] == {one: ["known", ""] for one in STUDENTS}
    assert later["scores"] == dict.fromkeys(STUDENTS, 3.0)


def test_a_full_disk(root, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    told = mounted(
        ["--size", str(DISK_BYTES), "--tmpfs", str(small)], "full", str(root), str(small)
    )
    assert f"{small}/class cannot be written (No space left on device)" in told["before"]
    states = {state for state, _ in told["full"].values()}
    assert states == {"refused"}
    for _, reason in told["full"].values():
        assert reason.endswith(("No space left on device", "database or disk is full."))
    assert {state for state, _ in told["after"].values()} <= {"graded", "known"}
    assert told["again"] == {one: ["known", ""] for one in STUDENTS}
    assert told["scores"] == dict.fromkeys(STUDENTS, 3.0)
