"""The one command: the right Python, one message for each thing that can go wrong, a retry."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from course.install import disk_space, packages, problems, venv
from course.install import main as steps
from course.install.problems import SetupProblem
from course.install.progress_line import LiveLine
from tests.helpers import ROOT

POSIX = pytest.mark.skipif(os.name == "nt", reason="stands Python in by a shell script")
CLOSED = "http://127.0.0.1:9/simple"  # nothing listens on the discard port


@pytest.fixture(scope="module")
def start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two dependencies, in an empty folder."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["torch>=2", "keras>=3"]\n'
        'scripts = {x = "x:main"}\n'
    )
    (tmp_path / "requirements.lock").write_text(
        "# made\ntorch==2.1 \\\n    --hash=sha256:01\nkeras==3.1 --hash=sha256:02\n"
        "nvidia-cublas==1 ; sys_platform == 'linux'\n"
    )
    (tmp_path / "tools.lock").write_text("ruff==1\nuv==2 --hash=sha256:03\n")
    monkeypatch.setattr(venv, "project", lambda: tmp_path)
    return tmp_path


def fake_pip(project, monkeypatch, script: str) -> None:
    """Let a shell script answer in place of the environment's Python."""
    file = project / ".venv" / "bin" / "python"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\necho "$@" >> "{project}/calls"\n{script}\n')
    file.chmod(0o755)
    monkeypatch.setattr(venv, "make", lambda home: pytest.fail("remade what could be resumed"))


def calls(project) -> list[str]:
    return (project / "calls").read_text().splitlines()


def starts(name: str) -> bool:
    if not shutil.which(name):
        return False
    return subprocess.run([name, "-c", ""], capture_output=True).returncode == 0


class TestPython:
    def test_parses_and_runs_on_old_pythons(self):
        tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
        new = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match, ast.AsyncFunctionDef)
        assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, new)] == []
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert [
            f.name for f in functions if f.returns or any(a.annotation for a in f.args.args)
        ] == []

    @pytest.mark.parametrize("name", ["python2.7", "python3.6", "python3.8", "python3.10"])
    def test_an_old_python_gets_the_message(self, name):
        if (
            not shutil.which(name)
            or subprocess.run([name, "-c", ""], capture_output=True).returncode
        ):
            pytest.skip(f"no {name} on this machine")
        done = subprocess.run([name, str(ROOT / "start.py")], capture_output=True, text=True)
        assert done.returncode == 1
        assert "runs on Python 3.11 to 3.13; you started it with Python" in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("version", "fits"),
        [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False), ((2, 7), False)],
    )
    def test_three_versions_fit(self, start, version, fits):
        assert start.supported(version) is fits

    def test_refusal_names_a_python_that_fits(self, start, monkeypatch):
        monkeypatch.setattr(start, "starts", lambda name: name == "python3.12")
        message = start.refusal((3, 8, 18))
        assert "you started it with Python 3.8.18" in message
        assert "type  python3.12 start.py" in message

    def test_refusal_says_where_to_get_one(self, start, monkeypatch):
        monkeypatch.setattr(start, "starts", lambda name: False)
        assert "https://www.python.org/downloads" in start.refusal((3, 14, 0))


class TestComplete:
    def test_a_finished_set_up_asks_for_nothing(self, project, monkeypatch):
        fake_pip(project, monkeypatch, "exit 1")
        venv.write_stamp(venv.home())
        assert steps.prepare() == project / ".venv"
        assert not (project / "calls").exists()

    @pytest.mark.parametrize("file", ["pyproject.toml", "requirements.lock"])
    def test_changed_needs_make_it_incomplete(self, project, monkeypatch, file):
        fake_pip(project, monkeypatch, "")
        venv.write_stamp(venv.home())
        assert venv.complete(venv.home())
        text = (project / file).read_text()
        (project / file).write_text(text.replace("keras", "torchvision"))
        assert not venv.complete(venv.home())

    def test_a_missing_interpreter_makes_it_incomplete(self, project, monkeypatch):
        fake_pip(project, monkeypatch, "")
        venv.write_stamp(venv.home())
        venv.python(venv.home()).unlink()
        assert not venv.complete(venv.home())

    @pytest.mark.parametrize("left", ["", "[]", "{", '{"fingerprint": 3}'])
    def test_a_damaged_stamp_is_none(self, project, monkeypatch, left):
        fake_pip(project, monkeypatch, "")
        (venv.home() / venv.STAMP).write_text(left)
        assert not venv.complete(venv.home())

    def test_a_moved_folder_is_made_again(self, project, monkeypatch, capsys):
        fake_pip(project, monkeypatch, "")
        venv.write_stamp(venv.home())
        moved = project / "elsewhere"
        moved.mkdir()
        for name in ("pyproject.toml", "requirements.lock", "tools.lock", ".venv"):
            shutil.move(project / name, moved / name)
        monkeypatch.setattr(venv, "project", lambda: moved)
        made = []
        monkeypatch.setattr(venv, "make", made.append)
        steps.prepare()
        assert made == [moved / ".venv"]
        assert "the folder was moved here" in capsys.readouterr().out


@POSIX
class TestInstall:
    def test_uv_first_then_all_in_one_resolution(self, project, monkeypatch, capsys):
        fake_pip(project, monkeypatch, "echo Resolved 3 packages")
        steps.prepare()
        got_uv, _, all_at_once = calls(project)[-3:]
        scratch = venv.home() / "tmp"
        assert got_uv.endswith(f"--only-binary :all: --require-hashes -r {scratch / 'uv.txt'}")
        assert all_at_once.startswith(f"-m uv pip install --python {venv.python(venv.home())} -r")
        assert all_at_once.endswith("-e .")
        assert venv.complete(venv.home())
        out = capsys.readouterr().out
        assert "Going on with the set-up in" in out
        assert "GB to download" in out
        assert "packages    done in 0:0" in out
        assert not scratch.exists()
        assert "Resolved 3 packages" in (venv.home() / "setup.log").read_text()

    @pytest.mark.parametrize("fails", ["*uv.txt*", "*'uv pip'*"])
    def test_without_uv_it_goes_on_with_pip(self, project, monkeypatch, capsys, fails):
        fake_pip(project, monkeypatch, f"case $* in {fails}) echo error: it rains; exit 2;; esac")
        steps.prepare()
        assert [call.split("off ")[1] for call in calls(project)[-2:]] == [
            f"--require-hashes -r {venv.home() / 'tmp' / 'requirements.lock'}",
            "--no-deps --no-build-isolation -e .",
        ]
        assert "not with uv (it rains); going on with pip, slower" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("fails", "output", "runs"),
        [
            ("*uv.txt*", "NewConnectionError", 1),
            ("*'uv pip'*", "No space left on device (os error 28)", 3),
            ("*'uv pip'*", "cause: Connection refused (os error 111)", 5),
        ],
    )
    def test_what_pip_would_meet_too_stops_at_once(self, project, monkeypatch, fails, output, runs):
        fake_pip(project, monkeypatch, f"case $* in {fails}) echo '{output}'; exit 2;; esac")
        if runs < 5:
            with pytest.raises(SetupProblem):
                steps.prepare()
        else:
            steps.prepare()
        assert len(calls(project)) - 1 == runs  # the first asks whether pip starts

    @pytest.mark.parametrize("broken", ["nothing", "*'uv pip'*"])
    def test_cpu_takes_pytorch_from_its_own_index_and_remembers(
        self, project, monkeypatch, capsys, broken
    ):
        keep = f'cp "{venv.home()}/tmp/requirements.lock" "{project}/asked" 2>/dev/null; exit 0'
        fake_pip(project, monkeypatch, f"case $* in {broken}) exit 1;; esac; {keep}")
        steps.prepare(cpu=True)
        torch = next(call for call in reversed(calls(project)) if packages.CPU_INDEX in call)
        assert torch.endswith(f"--no-deps --index-url {packages.CPU_INDEX} torch==2.1")
        assert packages.entries(project / "asked") == ["keras==3.1 --hash=sha256:02\n"]
        (project / "requirements.lock").write_text("torch==2.2\n")
        (project / "calls").unlink()
        steps.prepare()
        assert any(packages.CPU_INDEX in call for call in calls(project))

    def test_cpu_after_the_fact_says_how_to_change(self, project, monkeypatch, capsys):
        fake_pip(project, monkeypatch, "")
        venv.write_stamp(venv.home())
        steps.prepare(cpu=True)
        assert "delete .venv first" in capsys.readouterr().out

    def test_a_failure_names_the_log_and_leaves_no_stamp(self, project, monkeypatch):
        fake_pip(
            project,
            monkeypatch,
            "case $* in *'-e .'*) echo 'ERROR: [Errno 28] No space left on device'; exit 1;; esac",
        )
        with pytest.raises(SetupProblem, match="the disk is full") as caught:
            steps.prepare()
        assert caught.value.log == venv.home() / "setup.log"
        assert "No space left" in caught.value.log.read_text()
        assert not venv.complete(venv.home())

    def test_a_retry_picks_up_where_it_stopped(self, project, monkeypatch):
        fake_pip(project, monkeypatch, "case $* in *'-e .'*) exit 1;; esac")
        (venv.home() / "cache" / ".tmp-torch").mkdir(parents=True)
        (venv.home() / "cache" / "whole").mkdir()
        with pytest.raises(SetupProblem):
            steps.prepare()
        assert [one.name for one in (venv.home() / "cache").iterdir()] == ["whole"]
        fake_pip(project, monkeypatch, "")  # fails the test if the environment is made anew
        steps.prepare()
        assert venv.complete(venv.home())
        assert not (venv.home() / "cache").exists()

    def test_half_a_package_is_removed_first(self, project, monkeypatch, capsys):
        fake_pip(project, monkeypatch, "")
        site = venv.home() / "lib" / "python3.11" / "site-packages"
        record = (
            "{0}.py,sha256=x,3\n{0}.pyc,,\n../../../bin/{0},sha256=y,1\n{0}-1.dist-info/RECORD,,\n"
        )
        (venv.home() / "bin" / "whole").write_text("#!elsewhere")
        (venv.home() / "bin" / "unnamed").touch()
        for name in ("whole", "short", "gone", "unnamed", "unrecorded"):
            info = site / f"{name}-1.dist-info"
            info.mkdir(parents=True)
            (site / f"{name}.py").write_text("a=1")
            (info / "RECORD").write_text(record.format(name))
            (info / "INSTALLER").write_text("uv")
        (site / "short.py").write_text("a")
        (site / "gone.py").unlink()
        (site / "unnamed-1.dist-info" / "INSTALLER").unlink()
        (site / "unrecorded-1.dist-info" / "RECORD").unlink()
        (site / "~orch").mkdir()
        steps.prepare()
        assert [one.name for one in site.glob("*-info")] == ["whole-1.dist-info"]
        assert not (site / "~orch").exists()
        said = "mending     gone, short, unnamed, unrecorded: left half installed"
        assert said in capsys.readouterr().out

    @pytest.mark.parametrize(("made_by", "again"), [("3.9.1", True), (None, False)])
    def test_another_python_begins_anew(self, project, monkeypatch, made_by, again):
        fake_pip(project, monkeypatch, "")
        version = made_by or ".".join(map(str, sys.version_info[:3]))
        (venv.home() / "pyvenv.cfg").write_text(f"home = /x\nversion = {version}\n")
        made = []
        monkeypatch.setattr(venv, "make", made.append)
        steps.prepare()
        assert made == [venv.home()] * again

    def test_nothing_of_the_persons_settings_sends_files_elsewhere(self, project, monkeypatch):
        for name in ("PYTHONPATH", "PIP_TARGET", "PIP_USER", "UV_SYSTEM_PYTHON"):
            monkeypatch.setenv(name, "/astray")
        monkeypatch.setenv("PIP_RETRIES", "9")
        fake_pip(project, monkeypatch, f'env > "{project}/env"')
        steps.prepare()
        seen = (project / "env").read_text().splitlines()
        assert not [line for line in seen if "/astray" in line]
        assert {"PIP_RETRIES=9", f"TMPDIR={venv.home() / 'tmp'}"} <= set(seen)

    def test_uv_gets_what_pip_is_set_up_with(self, project, monkeypatch):
        settings = {
            "global.index-url": "https://mirror/simple",
            "global.cert": "/ca.pem",
            "install.find-links": "/a\n/b",
            "global.no-index": "true",
            ":env:.index-url": "https://user:secret@nearer/simple",
        }
        listed = "\n".join(f"{name}={value!r}" for name, value in settings.items())
        (project / "listed").write_text(listed)
        answer = f"case $* in *config*) cat '{project}/listed';; esac; env > '{project}/env'"
        fake_pip(project, monkeypatch, answer)
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        steps.prepare()
        seen = (project / "env").read_text().splitlines()
        assert {
            "UV_DEFAULT_INDEX=https://user:secret@nearer/simple",
            "SSL_CERT_FILE=/ca.pem",
            "UV_FIND_LINKS=/a,/b",
        } <= set(seen)
        assert " --no-index " in calls(project)[-1]
        assert "secret" not in (venv.home() / "setup.log").read_text()


def test_a_log_file_is_not_flooded():
    written = []
    stream = SimpleNamespace(isatty=lambda: False, write=written.append, flush=lambda: None)
    line = LiveLine(stream)
    for number in range(50):
        line.show(f"at {number}")
    line.end("done")
    assert written == ["at 0\n", "done\n"]


class TestRoom:
    def test_a_full_disk_is_said_before_anything_is_made(self, project, monkeypatch):
        usage = SimpleNamespace(total=10e9, used=8.8e9, free=1.2e9)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
        with pytest.raises(SetupProblem, match=r"too full: 1\.2 GB free, \d+\.\d GB needed"):
            steps.prepare()
        assert not (project / ".venv").exists()

    def test_what_is_there_already_counts(self, project, monkeypatch):
        fake_pip(project, monkeypatch, "")
        usage = SimpleNamespace(free=1.2e9)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
        monkeypatch.setattr(disk_space, "size_gb", lambda folder: 100.0)
        steps.announce(venv.home(), cpu=False)

    @pytest.mark.parametrize(
        ("errno", "said"),
        [(13, "may not be written"), (30, "may not be written"), (28, "too full")],
    )
    def test_a_folder_that_cannot_be_written(self, project, monkeypatch, errno, said):
        def refuse(**_):
            raise OSError(errno, "no")

        monkeypatch.setattr(disk_space.tempfile, "TemporaryFile", refuse)
        with pytest.raises(SetupProblem, match=said):
            steps.prepare()

    def test_size_follows_no_links(self, tmp_path):
        (tmp_path / "a").write_bytes(b"0" * 1000)
        (tmp_path / "b").symlink_to(tmp_path / "a")
        os.link(tmp_path / "a", tmp_path / "c")  # as uv does: one file, two names
        assert disk_space.size_gb(tmp_path) == 1e-6
        assert disk_space.size_gb(tmp_path / "none") == 0


class TestMessages:
    @pytest.mark.parametrize(
        ("output", "said", "next_step"),
        [
            (
                "NewConnectionError: Failed to establish a new connection: [Errno 111]\n"
                "ERROR: No matching distribution found for torch",
                "the package index cannot be reached",
                "connect to the internet",
            ),
            ("ReadTimeoutError: Read timed out.", "cannot be reached", "HTTPS_PROXY"),
            ("OSError: [Errno 28] No space left on device", "the disk is full", "free some space"),
            ("SSLError: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted", "PIP_CERT"),
            (
                "ERROR: No matching distribution found for torch>=2.15",
                "there is no torch for",
                "try Python 3.12",
            ),
            (
                "ERROR: No matching distribution found for torch==2.15.0",
                "does not offer torch==2.15.0, or cannot be reached",
                "check the network",
            ),
            (
                "ERROR: Ignored the following versions that require a different python version: "
                "4.1.1 Requires-Python >=3.11.5; 4.2 Requires-Python >=3.12\n"
                "ERROR: No matching distribution found for soupsieve==4.1.1",
                f"soupsieve asks for Python >=3.11.5, and this is {platform.python_version()}",
                "a newer Python",
            ),
            (
                "error: No solution found\n  cause: Because the current "
                "Python version (3.11.2) does not satisfy Python>=3.11.5 and soupsieve==4.1.1 "
                "depends on Python>=3.11.5, we can conclude that",
                "soupsieve==4.1.1 asks for Python >=3.11.5",
                "a newer Python",
            ),
            (
                "  cause: Because torch==2.15.0 has no wheels with a matching platform tag",
                "there is no torch for",
                "macOS 14",
            ),
            (
                "  cause: Because there is no version of six==99 and you require six==99",
                "does not offer six==99",
                "requirements.lock",
            ),
            ("error: Failed to fetch: http://x\n  cause: dns error", "cannot be reached", "HTTPS"),
            ("  cause: invalid peer certificate: UnknownIssuer", "not trusted", "PIP_CERT"),
            ("No space left on device (os error 28)", "the disk is full", "free some space"),
            ("  cause: Hash mismatch for `idna==3.10`", "not the one that", "mirror"),
            ("ERROR: [Errno 13] Permission denied: '/x'", "Permission denied: '/x'", "your own"),
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
                "not the one that",
                "pip cache purge",
            ),
            ("fine\nERROR: something new\n", "something new.", "end of the log"),
            ("", "the installer ended with code 2", "end of the log"),
        ],
    )
    def test_each_has_a_next_step(self, output, said, next_step):
        message = str(problems.explain(output, 2))
        assert said in message
        assert next_step in message
        assert "it picks up where it stopped" in message

    def test_ended_from_outside(self):
        assert "signal 9" in str(problems.explain("", -9))

    def test_no_venv_package(self, tmp_path, monkeypatch):
        done = SimpleNamespace(returncode=1, stdout="", stderr="ensurepip is not available")
        monkeypatch.setattr(subprocess, "run", lambda *a, **k: done)
        with pytest.raises(SetupProblem, match="cannot make virtual environments") as caught:
            venv.make(tmp_path)
        assert f"python{sys.version_info[0]}.{sys.version_info[1]}-venv" in caught.value.next_step


class TestMain:
    @pytest.fixture
    def ready(self, project, monkeypatch):
        monkeypatch.setattr(steps, "prepare", lambda cpu: project / ".venv")
        handed = []
        monkeypatch.setattr(steps, "hand_over", lambda arguments: handed.append(arguments) or 0)
        return handed

    @pytest.mark.parametrize(
        ("given", "passed_on"),
        [
            ([], []),
            (["--check"], ["--check"]),
            (["--no-browser", "--port", "8899"], ["--no-browser", "--port", "8899"]),
        ],
    )
    def test_hands_over_to_the_course(self, ready, given, passed_on):
        assert steps.main(given) == 0
        assert ready[0][1:] == ["-m", "course.cli", "lab", *passed_on]

    @pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
    def test_a_port_is_a_number(self, ready, capsys, port):
        with pytest.raises(SystemExit, match="2"):
            steps.main([f"--port={port}"])
        assert "expected a number from 1 to 65535" in capsys.readouterr().err

    def test_tests_get_the_rest_and_their_time_is_said(self, ready, monkeypatch, capsys):
        run = []
        monkeypatch.setattr(subprocess, "call", lambda command, cwd: run.extend(command) or 3)
        assert steps.main(["test", "-k", "freeze", "--port", "1"]) == 3
        assert run[1:4] == ["-m", "pytest", "-n"]
        spread = ["--dist", "loadfile", "--no-loadscope-reorder"]
        assert run[5:] == [*spread, "-k", "freeze", "--port", "1"]
        assert "Tests ended with code 3 in 0:00 (minutes:seconds)" in capsys.readouterr().out

    def test_a_problem_is_one_message(self, monkeypatch, capsys):
        def stop(**_):
            raise SetupProblem("it rains.", "wait.")

        monkeypatch.setattr(steps, "prepare", stop)
        assert steps.main([]) == 1
        message = capsys.readouterr().err.strip().splitlines()
        assert message[:2] == ["Set-up stopped: it rains.", "Next step: wait."]
        assert len(message) == 3

    def test_ctrl_c_says_how_to_go_on(self, monkeypatch, capsys):
        def stop(**_):
            raise KeyboardInterrupt

        monkeypatch.setattr(steps, "prepare", stop)
        assert steps.main([]) == 130
        assert "goes on from here" in capsys.readouterr().err


BACKEND = """
import shutil

def build_editable(folder, config_settings=None, metadata_directory=None):
    return shutil.copy("finetuning_course-1-py3-none-any.whl", folder).rpartition("/")[2]
"""


def write_wheel(folder, name: str, **files: str) -> str:
    """Write a wheel of these modules and return its entry in a lock file."""
    info = f"{name}-1.dist-info"
    files = {f"{name}/{module}.py": text for module, text in files.items()}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    wheel = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return f"{name}==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.mark.parametrize(("by", "sound"), [("uv", True), ("uv", False), ("pip", True)])
def test_real_installers_use_pips_settings_and_check_hashes(
    tmp_path, monkeypatch, capsys, by, sound
):
    """A course of one package, from a folder that only pip's settings name."""
    wheels, project = tmp_path / "wheels", tmp_path / "a project"
    wheels.mkdir()
    project.mkdir()
    (project / "backend.py").write_text(BACKEND)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "finetuning-course"\nversion = "1"\ndependencies = ["tiny"]\n'
        "scripts = {}\n"
    )
    write_wheel(project, "finetuning_course", __init__="")
    entry = write_wheel(wheels, "tiny", __init__="")
    (project / "requirements.lock").write_text(entry if sound else f"{entry[:-8]}0000000\n")
    (project / "tools.lock").write_text("")
    if by == "uv":
        real = pytest.importorskip("uv", reason="uv is not installed").find_uv_bin()
        starter = f"import subprocess, sys\nsys.exit(subprocess.call([{real!r}, *sys.argv[1:]]))"
        (project / "tools.lock").write_text(
            write_wheel(wheels, "uv", __init__="", __main__=starter)
        )
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    given = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(venv, "project", lambda: project)
    if sound:
        home = steps.prepare()
        check = "import tiny, finetuning_course"
        assert subprocess.run([venv.python(home), "-c", check]).returncode == 0
        assert venv.mend(home) == []
    else:
        with pytest.raises(SetupProblem, match="not the one that requirements"):
            steps.prepare()
    # whose hash is wrong for uv is wrong for pip
    assert ("going on with pip" in capsys.readouterr().out) is (by == "pip" or not sound)


def test_without_a_network_a_real_pip_gets_one_message_and_a_retry(tmp_path):
    """The whole command in a copy: no index, then again, then with a broken interpreter."""
    for name in ("start.py", "pyproject.toml", "requirements.lock", "tools.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "course").mkdir()
    shutil.copy(ROOT / "course" / "__init__.py", tmp_path / "course")
    shutil.copytree(ROOT / "course" / "install", tmp_path / "course" / "install")
    closed = {"PIP_INDEX_URL": CLOSED, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1"}
    kept = {n: v for n, v in os.environ.items() if not n.startswith("PIP_")}

    def run():
        command = [sys.executable, "start.py", "--check"]
        return subprocess.run(
            command, cwd=tmp_path, env={**kept, **closed}, capture_output=True, text=True
        )

    first, second = run(), run()
    assert "Setting up in" in first.stdout
    assert "Going on with the set-up in" in second.stdout
    for done in (first, second):
        assert done.returncode == 1
        assert "the package index cannot be reached" in done.stderr
        assert "Next step: connect to the internet" in done.stderr
        assert "Traceback" not in done.stderr
    interpreter = venv.python(tmp_path / ".venv")
    interpreter.unlink()
    interpreter.write_text("broken")
    assert "the package index cannot be reached" in run().stderr
    assert venv.usable(tmp_path / ".venv")
