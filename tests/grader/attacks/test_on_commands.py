"""Attacks 63 and 70: on the commands that a person types."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from grader.checks import register
from grader.classroom import lessons
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.classroom.verdict_log import Log
from grader.cli import app
from grader.errors import SandboxError
from grader.gradebook import plugins
from grader.grading.cells import grade_id
from grader.isolation import container, sandbox
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = [
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
LESSON = "02-freezing"
SECRET = "the-secret-of-the-class"


def type_in(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def lesson_notebook(folder, answer):
    """Write a submission of lesson 02 that answers one exercise, and return its path."""
    source = lessons.load(LESSON, "pytorch")
    made = json.loads(json.dumps(source.notebook))
    for cell in made["cells"]:
        if grade_id(cell) == "count-trainable":
            cell["source"] = answer
    return nb.write(folder / LESSON / "pytorch.ipynb", made)


@pytest.fixture
def classroom(tmp_path):
    root = tmp_path / "class"
    (root / ".grader").mkdir(parents=True)
    (root / ".grader" / "secret").write_text(SECRET)
    return root


@pytest.fixture(scope="module")
def workers():
    made = Workers(bare=True, memory_mb=400, extra=(nb.ROOT / "tests",))
    yield made
    made.close()


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("class")
    nb.write_lesson(root)
    Classroom(root).release(nb.LESSON)
    return root


@pytest.fixture
def sample_class(released, tmp_path, workers, monkeypatch):
    register(sample.DOUBLE)
    root = shutil.copytree(released, tmp_path / "class")
    monkeypatch.setattr(plugins, "engine_for", lambda *_, **__: Engine(root, workers))
    return root


@pytest.mark.torch
@pytest.mark.attack(70)
def test_grade_check_shuts_a_students_notebook_in(classroom):
    reads = (
        f"def count_trainable(model):\n    return open({str(classroom / '.grader' / 'secret')!r})"
    )
    writes = f"open({str(classroom / 'gradebook.db')!r}, 'w')\n" + reads
    path = lesson_notebook(classroom / "submitted" / "ann", reads)
    said = "".join(filter(str.isalnum, type_in("check", path).output))
    assert "FileNotFoundError" in said  # in its column
    lesson_notebook(classroom / "submitted" / "ann", writes)
    assert SECRET not in type_in("check", path).output
    assert not (classroom / "gradebook.db").exists()


@pytest.mark.attack(70)
def test_grade_check_runs_nothing_of_a_classs_without_a_sandbox(classroom, monkeypatch):
    def none():
        raise SandboxError("no bubblewrap")

    monkeypatch.setattr(sandbox, "check_available", none)
    monkeypatch.setattr(container, "find", none)
    path = lesson_notebook(classroom / "submitted" / "ann", f"open({str(classroom / 'x')!r}, 'w')")
    done = type_in("check", path)
    assert isinstance(done.exception, SandboxError)
    assert not (classroom / "x").exists()


@pytest.mark.torch
@pytest.mark.attack(70)
def test_grade_check_says_that_a_persons_own_work_is_not_shut_in(tmp_path, monkeypatch):
    def none():
        raise SandboxError("no bubblewrap")

    monkeypatch.setattr(sandbox, "check_available", none)
    said = type_in("check", lesson_notebook(tmp_path / "work", "..."))
    assert said.output.count("No sandbox here: your code runs as it does in the notebook.") == 1


ODD = {
    "error": "def double(x):\n    raise ValueError('\\ud800\\x1b[2J')",
    "text": "# \ud800\n" + nb.RIGHT,
    "name": "K = type('N\\udfff\\x1b]0;owned\\x07', (), {})\ndef double(x):\n    return K()",
    "right": nb.RIGHT,
}


@pytest.mark.attack(63, 69)
def test_a_lone_surrogate_stops_no_later_command(sample_class):
    for student, answer in ODD.items():
        path = sample_class / "submitted" / student / nb.LESSON / "pytorch.ipynb"
        nb.write(path, nb.submitted_notebook(answer))
    for _ in range(2):
        done = type_in("run", sample_class, "--jobs", "1")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "\x1b]0" not in done.output
    entries = {entry.student: entry.points for entry in Log(sample_class).entries()}
    assert entries.keys() == ODD.keys()
    assert entries["right"] == 3
    door = "from grader.cli import main; main()"
    for command in (
        ("feedback", "--class", sample_class),
        ("report", sample_class),
        ("export", sample_class, "--to", sample_class / "grades.csv"),
    ):
        done = subprocess.run([sys.executable, "-c", door, *command], cwd=nb.ROOT, timeout=120)
        assert done.returncode == 0, command
    assert {p.parents[1].name for p in sample_class.glob("feedback/*/*/*.html")} == ODD.keys()


@pytest.mark.attack(63)
def test_one_bad_line_of_the_log_stops_nothing(sample_class):
    log = sample_class / ".grader" / "verdicts.jsonl"
    nb.write(
        sample_class / "submitted" / "ann" / nb.LESSON / "pytorch.ipynb",
        nb.submitted_notebook(nb.RIGHT),
    )
    type_in("run", sample_class, "--jobs", "1")
    good = log.read_bytes()
    log.write_bytes(b'\xff\xfe"\n[1]\n"x"\n{"verdicts": 3}\n\xed\xa0\x80\n' + good + b'{"cut')
    assert type_in("report", sample_class).exit_code == 0
    assert [entry.points for entry in Log(sample_class).entries()] == [3]
