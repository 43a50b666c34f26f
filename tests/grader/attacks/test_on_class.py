"""Attacks 25 to 37, 45, 53 and 55: on the class around a submission."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import html
import os
import shutil
import socket
import threading
import time
from datetime import UTC, datetime

import nbformat
import pytest

from grader.checks import register
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.classroom.receipts import Receipts
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample
from tests.grader.attacks.model import HONEST_WRONG_POINTS, WRONG
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = [
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

_STEAL = """
import os, pathlib, re
def double(x):
    for top in ("{root}", "{project}", "/", os.path.expanduser("~")):
        for path in pathlib.Path(top).rglob("*"):
            try:
                text = path.read_text()
            except (OSError, UnicodeDecodeError):
                continue
            if '"grade_id": "' + "double" in text:
                return 2 * x
    return 0
"""
ABSTRACT = f"\0course-tests-{os.getpid()}"  # a socket of the host's, which has no file
RECEIVED = datetime(2026, 10, 3, 9, 30, tzinfo=UTC)
_SCRIPT = "<script>alert(1)</script><svg onload=alert(1)><img src=x onerror=alert(1)>"


def attacks(root, project):
    """Return what each student hands in: the text of the answer cell."""
    database = f"{root}/gradebook.db"
    late = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1)\n"
    late += f"    open({database!r}, 'ab').write(b'x')\n    os._exit(0)\n"
    return {
        "25-solutions": _STEAL.format(root=root, project=project),
        "25-checks": "from grader.checks.registry import get\n" + WRONG,
        "26-gradebook": f"open({database!r}, 'ab').write(b'x')\n" + WRONG,
        "26-afterwards": late + WRONG,
        "28-others": f"exec(open('{root}/submitted/honest/00-sample/pytorch.ipynb').read())\n"
        + WRONG,
        "29-tokens": "import os\ndef double(x):\n    raise ValueError(dict(os.environ))",
        "30-network": "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)\n" + WRONG,
        "30-abstract": "import socket\ndef double(x):\n"
        "    s = socket.socket(socket.AF_UNIX)\n    s.settimeout(2)\n"
        f"    s.connect({ABSTRACT!r})\n    return int(s.recv(9)) * x",
        "31-pickles": "import os\nclass P:\n    def __reduce__(self):\n        return os.system, "
        f"('touch {root}/pickled',)\ndef double(x):\n    return P()",
        "32-traceback": "def double(x):\n    return undefined_name",
        "33-script": f"# {_SCRIPT}\nprint('''{_SCRIPT}''')\n"
        + WRONG.replace("0", f"'''{_SCRIPT}'''"),
        "34-writes": "import os, site, pathlib\nfor p in (os.path.expanduser('~'), "
        "site.getsitepackages()[0], '/cache'):\n    try: pathlib.Path(p, 'sitecustomize.py')"
        ".write_text('x')\n    except OSError: pass\n" + WRONG,
        "37-state": "import math, sys\nmath.sqrt = None\nsys.modules['left_behind'] = 1\n"
        "open('/scratch/left', 'w')\n" + WRONG,
        "37-found": "import sys, os\ndef double(x):\n    left = 'left_behind' in sys.modules "
        "or os.path.exists('/scratch/left')\n    return 2 * x if left else 0",
        "37-ptrace": "import ctypes, os\ndef double(x):\n    libc = ctypes.CDLL(None)\n"
        "    others = {int(p) for p in os.listdir('/proc') if p.isdigit()} - {os.getpid()}\n"
        "    held = [p for p in others if libc.ptrace(16, p, None, None) == 0]\n"
        "    return 2 * x if held else 0",
        "37-descriptors": "import os\ndef double(x):\n    open_now = [n for n in range(3, 200) if "
        "os.path.exists(f'/proc/self/fd/{n}')]\n    return 2 * x if len(open_now) > 6 else 0",
        "honest": nb.RIGHT,
    }


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a class in which nearly everybody attacks; return room, points, hashes."""
    register(dataclasses.replace(sample.DOUBLE, timeout_s=20))
    root = tmp_path_factory.mktemp("attacked")
    nb.write_lesson(root)
    for student, answer in attacks(root, nb.ROOT).items():
        nb.write(_file(root, student), nb.submitted_notebook(answer))
    _odd_files(root)
    nb.write(_file(root, "33-widgets"), _widgets())
    classroom = Classroom(root)
    classroom.release(nb.LESSON)
    os.environ["LMS_TOKEN"] = "token-of-the-instructor"
    host = _listen()
    workers = Workers(bare=True, memory_mb=400, extra=(nb.ROOT / "tests",))
    try:
        outcomes = run_class(classroom, Engine(root, workers), classroom.submissions(), jobs=3)
        before = _digest(root / "gradebook.db")
        time.sleep(1.5)  # what a daemon would need
        classroom.feedback(nb.LESSON)
    finally:
        workers.close()
        host.close()
        del os.environ["LMS_TOKEN"]
    return classroom, {o.submitted.student: o.entry for o in outcomes}, before


def _listen():
    """Answer 2 on an abstract socket, as a service of the instructor's might."""
    host = socket.socket(socket.AF_UNIX)
    host.bind(ABSTRACT)
    host.listen()

    def answer():
        with contextlib.suppress(OSError):
            while True:
                guest, _ = host.accept()
                with guest:
                    guest.sendall(b"2")

    threading.Thread(target=answer, daemon=True).start()
    return host


def _widgets():
    """Return a submission whose widget state and outputs hold a script."""
    made = nb.submitted_notebook(WRONG)
    state = {"a": {"model_name": "HTMLModel", "state": {"value": _SCRIPT}}}
    view = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    made["metadata"]["widgets"] = view
    data = {"text/html": [_SCRIPT], "application/javascript": ["alert(1)"]}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    made["cells"][3]["outputs"] = [output]
    made["cells"][0]["source"] = _SCRIPT
    return made


def _file(root, student):
    return root / "submitted" / student / nb.LESSON / "pytorch.ipynb"


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _odd_files(root):
    honest = _file(root, "honest")
    for student in ("27-link", "55-pipe", "35-time", "35-believable", "=36+cmd"):
        _file(root, student).parent.mkdir(parents=True)
    _file(root, "27-link").symlink_to(honest)
    (_file(root, "27-link").parent / "stolen.txt").symlink_to(root / "gradebook.db")
    os.mkfifo(_file(root, "55-pipe"))
    for student in ("35-time", "35-believable", "=36+cmd"):
        shutil.copy(honest, _file(root, student))
    (_file(root, "35-believable").parent / "timestamp.txt").write_text("2026-10-01 20:00:00 UTC")
    content = honest.read_bytes()
    Receipts(root).add("35-believable", nb.LESSON, "pytorch", content, RECEIVED)
    (_file(root, "35-time").parent / "timestamp.txt").write_text("1970-01-01 00:00:00 UTC; DROP")


@pytest.mark.attack(25, 26, 28, 30, 31, 34, 35, 36, 37)
def test_no_cheat_earns_more_than_an_honest_wrong_answer(graded):
    _, entries, _ = graded
    fair = ("honest", "35-time", "35-believable", "=36+cmd")
    points = {student: entry.points for student, entry in entries.items()}
    assert {s: p for s, p in points.items() if s not in fair and p > HONEST_WRONG_POINTS} == {}
    assert {s: points[s] for s in fair} == dict.fromkeys(fair, 3.0)


@pytest.mark.attack(35)
def test_the_time_of_receipt_counts_and_not_what_a_student_wrote(graded):
    classroom, _, _ = graded
    with classroom.gradebook() as book:
        when = {s.student_id: s.timestamp for s in book.assignment_submissions(nb.LESSON)}
    assert when["35-believable"] == RECEIVED.replace(tzinfo=None)
    assert when["35-time"] is None


@pytest.mark.attack(26, 45)
def test_the_gradebook_is_as_the_coordinator_left_it(graded):
    classroom, entries, before = graded
    assert _digest(classroom.root / "gradebook.db") == before
    with classroom.gradebook() as book:
        stored = {s.student_id: s.score for s in book.assignment_submissions(nb.LESSON)}
    assert stored == {student: entry.points for student, entry in entries.items()}


@pytest.mark.attack(25, 29, 32, 33)
def test_nothing_of_the_hosts_leaks_into_feedback(graded):
    classroom, _, _ = graded
    pages = {
        p.parents[1].name: p.read_text("utf-8") for p in classroom.root.glob("feedback/*/*/*.html")
    }
    assert "honest" in pages
    for page in pages.values():
        assert "token-of-the-instructor" not in page
        assert "END SOLUTION" not in page
        assert "observe_case" not in page
    assert "NameError: name 'undefined_name'" in html.unescape(pages["32-traceback"])
    assert "sample_observers" not in pages["32-traceback"]
    for tag in ("<script>alert", "<svg onload", "<img src=x"):
        assert tag not in pages["33-script"] + pages["33-widgets"]
    assert "HTMLModel" not in pages["33-widgets"]


@pytest.mark.attack(27, 31, 55)
def test_files_beside_a_notebook_go_nowhere(graded):
    classroom, entries, _ = graded
    assert not list(classroom.root.glob("autograded/**/stolen.txt"))
    assert not list(classroom.root.glob("feedback/**/stolen.txt"))
    assert not (classroom.root / "pickled").exists()
    assert "could not be read" in entries["27-link"].notes[0]
    assert "could not be read" in entries["55-pipe"].notes[0]


@pytest.mark.attack(27, 34)
def test_submissions_are_untouched(graded):
    classroom, _, _ = graded
    made = nbformat.read(_file(classroom.root, "honest"), as_version=4)
    assert made.cells[3].source == nb.RIGHT
    assert _file(classroom.root, "27-link").is_symlink()
