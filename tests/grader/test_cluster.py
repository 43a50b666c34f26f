"""A scheduler and two workers on loopback, one of them killed half-way: the same gradebook."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import nbformat
import pytest

from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.classroom.verdict_log import Log
from grader.cluster import Cluster, Job, engine_on, grade_job, result_from_bytes
from grader.errors import ClusterError
from grader.gradebook.runner import run_class
from grader.grading.submission import OwnCell, Submission
from grader.isolation.workers import Workers
from tests.grader import cluster_class as light
from tests.grader import notebooks as nb

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

STUDENTS = 8
EXTRA = "dask.distributed is an extra: pip install distributed"
SLOW = "import time\ntime.sleep(0.4)\n"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    root = tmp_path_factory.mktemp("cluster") / "class"
    light.write_lesson(root)
    for number in range(STUDENTS):
        answer = light.RIGHT if number % 3 else light.WRONG
        light.hand_in(root, f"s{number:02}", SLOW + answer)
    made = Classroom(root)
    made.release(light.LESSON)
    return made


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Yield the scheduler's address and the processes of its two workers."""
    distributed = pytest.importorskip("distributed", reason=EXTRA)
    folder = tmp_path_factory.mktemp("dask")
    note = folder / "scheduler.json"
    started = [
        _start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")(note, folder)
    ]
    try:
        deadline = time.monotonic() + 60
        while not note.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        for _ in range(2):
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
            started.append(_start("worker", *options)(note, folder))
        address = json.loads(note.read_text())["address"]
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(role, *options):
    def start(note, folder):
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
        if role == "worker":
            command += ["--local-directory", str(folder)]
        return subprocess.Popen(
            [*command, "--scheduler-file", str(note)],
            cwd=folder,  # a worker finds the course because it is installed
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start


def points(classroom):
    with classroom.gradebook() as book:
        return {s.student_id: s.score for s in book.assignment_submissions(light.LESSON)}


@pytest.mark.torch
@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_worker_killed_half_way_loses_and_doubles_nothing(classroom, cluster, tmp_path):
    address, (victim, _) = cluster
    alone = Classroom(shutil.copytree(classroom.root, tmp_path / "alone"))
    shared = Classroom(shutil.copytree(classroom.root, tmp_path / "shared"))

    engine, jobs = engine_on(address, shared.root, sandbox=False)
    assert jobs == 4
    killer = threading.Thread(target=_kill_after, args=(victim, Log(shared.root).path, 3))
    killer.start()
    outcomes = run_class(shared, engine, shared.submissions(), jobs=jobs)
    killer.join()
    assert victim.wait(10) == -signal.SIGKILL
    assert [o.reason for o in outcomes if o.state != "graded"] == []
    assert len(list(Log(shared.root).entries())) == STUDENTS

    workers = Workers(sandbox=False)
    try:
        run_class(alone, Engine(alone.root, workers), alone.submissions(), jobs=2)
    finally:
        workers.close()
    assert (
        points(shared)
        == points(alone)
        == {f"s{number:02}": 2.0 if number % 3 else 0.0 for number in range(STUDENTS)}
    )


@pytest.mark.torch
def test_the_door_takes_a_scheduler(classroom, cluster, tmp_path):
    root = shutil.copytree(classroom.root, tmp_path / "class")
    for student in sorted((root / "submitted").iterdir())[2:]:
        shutil.rmtree(student)
    door = "from grader.cli import main; main()"
    options = ("--scheduler", cluster[0], "--no-sandbox")
    done = subprocess.run(
        [sys.executable, "-c", door, "run", str(root), *options],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert points(Classroom(root)) == {"s00": 0.0, "s01": 2.0}


def _kill_after(process, log, lines):
    """Kill ``process`` when so many verdicts are in the log."""
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        if log.exists() and len(log.read_bytes().splitlines()) >= lines:
            break
        time.sleep(0.02)
    process.kill()


def job(**changed):
    plain = {
        "lesson": light.LESSON,
        "framework": "pytorch",
        "notebook": nbformat.writes(nb.source_notebook()),
        "handed_in": {"answers": {}, "own": (), "notes": ()},
        "secret": "00",
        "sandbox": False,
        "versions": ("other", "other"),
    }
    return Job(**plain | changed)


def test_a_worker_with_another_version_of_the_course_says_so():
    with pytest.raises(ClusterError, match="another version of the course"):
        result_from_bytes(grade_job(job().to_bytes()))


HANDED_IN = Submission({"a": "x = '\ud800 é'"}, (OwnCell("import math", "a"),), ("n",))


def test_a_job_survives_the_way_there():
    sent = job(handed_in=asdict(HANDED_IN))
    assert Job.from_bytes(sent.to_bytes()).submission == HANDED_IN


def test_nobody_answers():
    pytest.importorskip("distributed", reason=EXTRA)
    with pytest.raises(ClusterError, match=r"No scheduler answers at .*dask worker"):
        Cluster("tcp://127.0.0.1:9", connect_s=1)


def test_without_distributed_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="pip install distributed"):
        Cluster("tcp://127.0.0.1:9")
