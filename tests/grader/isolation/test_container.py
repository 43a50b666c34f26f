"""Containers where there is no bubblewrap: with an engine that only looks like one.

It notes what it is asked, and for ``run`` it starts the command outside any container: that the
walls are asked for is tested here, that an engine makes them is not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from course import settings
from grader.checks import register
from grader.cli import app
from grader.errors import SandboxError
from grader.grading.session import grade
from grader.grading.source import read_source
from grader.grading.submission import Submission
from grader.isolation import container, sandbox
from grader.isolation.container import ContainerWorker, Engine
from grader.isolation.process import WorkerDied, WorkerTimeout
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the look-alike is a script of Unix")

FAKE = """#!{python}
import json, os, signal, sys
here, asked = {here!r}, sys.argv[1:]
with open(os.path.join(here, "asked.jsonl"), "a") as log:
    log.write(json.dumps(asked) + "\\n")
beside = lambda name: os.path.join(here, name)
if asked[0] == "info" and os.path.exists(beside("silent")):
    sys.exit("Cannot connect to the Docker daemon. Is the docker daemon running?")
if asked[0] == "image" and not os.path.exists(beside("image")):
    sys.exit(1)
if asked[0] == "build":
    log = open(beside("Dockerfile"), "w").write(open(os.path.join(asked[-1], "Dockerfile")).read())
    sys.exit(os.path.exists(beside("silent")))
if asked[0] == "inspect":
    print(str(os.path.exists(beside("oom"))).lower())
if asked[0] == "rm":
    os.kill(int(open(beside(asked[-1])).read()), signal.SIGKILL)
if asked[0] == "run":
    options, rest, sources = [], asked[1:], {{}}
    while rest[0].startswith("--"):
        options.append(rest.pop(0))
        if options[-1] in ("--name", "--mount"):
            options.append(rest.pop(0))
    open(beside(options[options.index("--name") + 1]), "w").write(str(os.getpid()))
    env = dict(one[6:].split("=", 1) for one in options if one.startswith("--env="))
    os.chdir(here)
    env.update(PYTHONPATH={root!r}, HOME=here, TMPDIR=here)
    os.execve(sys.executable, [sys.executable, *rest[1:]], env)
"""


class Fake:
    """An engine on PATH, and what it was asked."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.path = folder, folder / name
        words = {"python": sys.executable, "here": str(folder)}
        self.path.write_text(FAKE.format(**words, root=str(settings.project_root())))
        self.path.chmod(0o755)
        self.set("image")

    def set(self, name: str) -> None:
        (self.folder / name).touch()

    def asked(self, first: str) -> list[list[str]]:
        lines = (self.folder / "asked.jsonl").read_text().splitlines()
        return [one for one in map(json.loads, lines) if one[0] == first]

    def still_running(self) -> list[int]:
        names = [one[one.index("--name") + 1] for one in self.asked("run")]
        pids = [int((self.folder / name).read_text()) for name in names]
        alive = [pid for pid in pids if psutil.pid_exists(pid)]
        return [pid for pid in alive if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def fake(tmp_path, monkeypatch) -> Callable[[str], Fake]:
    def no_bubblewrap() -> None:
        raise SandboxError("namespaces, which bubblewrap needs, exist on Linux only")

    def make(name: str) -> Fake:
        return Fake(tmp_path, name)

    monkeypatch.setattr(sandbox, "check_available", no_bubblewrap)
    monkeypatch.setenv("PATH", str(tmp_path))
    return make


def test_every_wall_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "a,b"))
    (tmp_path / "a,b").mkdir()
    monkeypatch.setenv("LMS_TOKEN", "secret")
    made = Engine("/usr/bin/docker", "image:tag").command(
        "grade-1", ["-m", "grader.sandboxed.worker"]
    )
    at = made.index("image:tag")
    assert made[at:] == ["image:tag", "-m", "grader.sandboxed.worker"]
    assert made[:4] == ["/usr/bin/docker", "run", "--interactive", "--name"]
    assert set(made) >= {
        *("--network=none", "--read-only", "--cap-drop=ALL", "--user=65534:65534"),
        *("--security-opt=no-new-privileges", "--pull=never", "--pids-limit=512", "--cpus=1"),
        *("--memory=5500m", "--memory-swap=5500m", "--ulimit=nofile=512:512"),
        *("--ulimit=cpu=900:900", "--ulimit=core=0:0", "--shm-size=512m", "--entrypoint=python"),
        "--tmpfs=/scratch:rw,nosuid,nodev,size=256m,mode=1777",
    }
    mounts = [made[i + 1] for i, one in enumerate(made) if one == "--mount"]
    root = settings.project_root()
    assert mounts[:2] == [
        f"type=bind,source={root}/course,target=/course-files/course,readonly",
        f"type=bind,source={root}/quizzes,target=/course-files/quizzes,readonly",
    ]
    assert mounts[-1] == f'type=bind,"source={tmp_path}/a,b",target=/cache,readonly'
    assert all(one.endswith(",readonly") for one in mounts)
    assert not any("solutions" in one or "grader/checks" in one for one in mounts)
    assert not any("secret" in one or "LMS" in one for one in made)
    assert "--privileged" not in made
    podman = Engine("/usr/bin/podman", "image:tag").command("grade-1", [])
    assert "--security-opt=label=disable" in podman


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_a_class_is_graded_in_containers(fake, name, tmp_path):
    engine = fake(name)
    register(sample.DOUBLE)
    (tmp_path / "room").mkdir()
    source = read_source(nb.write_lesson(tmp_path / "room"))
    workers = Workers(bare=True)
    for answer, points in ((nb.RIGHT, 3.0), (nb.SQUARE, 1.0)):
        found = grade(source, Submission({"double": answer}), "pytorch", workers)
        assert found.verdicts["00-sample/double"].points == points
    assert len(engine.asked("run")) == len(engine.asked("rm")) == 2
    assert engine.asked("rm")[0] == ["rm", "--force", engine.asked("run")[0][3]]
    assert engine.still_running() == []


def test_memory_is_the_checks_and_its_end_is_told(fake):
    engine = fake("docker")
    worker = ContainerWorker(container.find(), "pytorch", bare=True)
    worker.allow(container.MEMORY_MB)  # as it began
    assert engine.asked("update") == []
    worker.allow(200)
    worker.allow(200)
    limits = ["--memory=1700m", "--memory-swap=1700m"]
    assert engine.asked("update") == [["update", *limits, engine.asked("run")[0][3]]]
    engine.set("oom")
    with pytest.raises(WorkerDied) as caught:
        worker.ask({"do": "cell", "id": "x", "source": "import os\nos._exit(137)"}, 30)
    assert caught.value.reason == "out of memory"
    worker.close()


def test_an_endless_answer_ends_with_its_container(fake):
    engine = fake("docker")
    worker = ContainerWorker(container.find(), "pytorch", bare=True)
    with pytest.raises(WorkerTimeout):
        worker.ask({"do": "cell", "id": "x", "source": "while True: pass"}, 0.5)
    worker.close()
    assert engine.still_running() == []


def test_a_run_stopped_by_hand_leaves_no_container(fake):
    engine = fake("docker")
    worker = ContainerWorker(container.find(), "pytorch", bare=True)
    with pytest.raises(WorkerTimeout):
        worker.ask({"do": "cell", "id": "x", "source": "while True: pass"}, 0.2)
    container.remove_all()
    container.remove_all()
    assert len(engine.asked("rm")) == 1
    worker._process.wait(10)
    assert engine.still_running() == []
    worker.close()


def said() -> str:
    with pytest.raises(SandboxError) as caught:
        Workers()
    return str(caught.value)


def test_without_any_engine_nothing_runs(fake):
    assert said() == (
        "Students' code cannot be shut in: namespaces, which bubblewrap needs, exist on Linux "
        "only; neither Docker nor Podman is installed. Go on without one, at your own risk, with "
        "--no-sandbox."
    )


def test_an_engine_that_does_not_answer(fake):
    fake("docker").set("silent")
    assert (
        "docker does not answer (Cannot connect to the Docker daemon. Is the docker daemon "
        "running?). Go on without one, at your own risk, with --no-sandbox."
    ) in said()


def test_an_engine_without_the_image(fake):
    (fake("docker").folder / "image").unlink()
    assert f"docker has no image {container.image_name()} yet; make it once" in said()
    assert "grade image" in said()


def test_the_image_holds_what_is_installed_here(fake):
    import importlib.metadata

    engine = fake("docker")
    done = CliRunner().invoke(app, ["image"])
    assert done.exit_code == 0, done.output
    assert f"Made {container.image_name()}" in " ".join(done.output.split())
    text = (engine.folder / "Dockerfile").read_text()
    assert text.startswith(f"FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim")
    assert f" numpy=={importlib.metadata.version('numpy')} " in text
    assert "ruff" not in text
    assert engine.asked("build")[0][:3] == ["build", "--tag", container.image_name()]
    engine.set("silent")
    with pytest.raises(SandboxError, match="docker could not make the image; it says why above"):
        container.build()
    engine.path.unlink()
    with pytest.raises(SandboxError, match="neither Docker nor Podman here; install one"):
        container.build()


def test_an_image_of_ones_own(monkeypatch):
    monkeypatch.setenv("COURSE_GRADER_IMAGE", "registry.example/grader:1")
    assert container.image_name() == "registry.example/grader:1"


def test_a_client_alone_is_no_engine():
    """The real client, where there is one and nothing behind it."""
    program = container.shutil.which("docker")
    if program is None or subprocess.run([program, "info"], capture_output=True).returncode == 0:
        pytest.skip("no Docker client without an engine here")
    assert Engine(program, "x").ask("info").returncode != 0
