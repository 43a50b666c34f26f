"""The learner's door parses, calls one function, prints; an error is one message."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from course import cli
from course.workbench import doctor, lab, welcome, workspace
from course.workbench.doctor import Finding
from tests.helpers import run_python


@pytest.fixture
def door(monkeypatch, tmp_path):
    """Return ``door(*arguments)``, which gives the exit code and what was printed."""
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
        return result.exit_code, result.output

    return run


@pytest.fixture
def well(monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda fresh: [Finding("Disk", "9 GB free")])


def test_doctor_says_ok(door, well):
    code, said = door("doctor")
    assert (code, said.split()) == (0, ["Disk", "9", "GB", "free", "OK"])


def test_doctor_says_the_next_step(door, monkeypatch):
    ill = [
        Finding("Disk", "0 GB free", "less than 1 GB", "free some space"),
        Finding("Kernel", "x"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda fresh: ill)
    code, said = door("doctor")
    assert code == 1
    assert "less than 1 GB\n            next: free some space\n" in said


class TestLab:
    @pytest.fixture(autouse=True)
    def served(self, monkeypatch, well):
        calls = []
        monkeypatch.setattr(lab, "serve", lambda port, browser: calls.append((port, browser)))
        monkeypatch.setattr(lab, "has_display", lambda: True)
        monkeypatch.setattr(welcome, "draw_banner", lambda file: file.touch())
        return calls

    def test_copies_and_serves(self, door, served, tmp_path):
        code, said = door("lab", "--port", "8123")
        assert (code, served) == (0, [(8123, True)])
        assert "Copied into work/: " in said
        assert (tmp_path / "START.md").is_file()

    def test_no_browser(self, door, served):
        door("lab", "--no-browser", "--port", "8123")
        assert served == [(8123, False)]

    def test_says_when_the_usual_port_is_taken(self, door, served, monkeypatch):
        monkeypatch.setattr(lab, "free_port", lambda wanted: 8890)
        assert "Port 8888 is in use, so this is on port 8890." in door("lab")[1]

    def test_check_serves_nothing(self, door, served, tmp_path):
        assert door("lab", "--check")[0] == 0
        assert served == []
        assert any(tmp_path.glob("*/keras.ipynb"))

    def test_kept_files_are_said_with_the_way_to_the_newer(self, door, monkeypatch):
        copied = workspace.Copied(kept=("02-freezing/keras.ipynb",))
        monkeypatch.setattr(workspace, "copy_lessons", lambda: copied)
        said = door("lab", "--check")[1]
        assert "Yours, left alone; a newer 02-freezing/keras.ipynb exists" in said
        assert "course reset 02-freezing --framework keras" in said


def test_reset_says_where_yours_is(door, monkeypatch):
    done = [("02/keras.ipynb", "02/keras-before-x.ipynb"), ("b.ipynb", None)]
    monkeypatch.setattr(workspace, "reset", lambda lesson, framework: done)
    said = door("reset", "2")[1]
    assert "Put back: 02/keras.ipynb   (yours is now 02/keras-before-x.ipynb)" in said
    assert "Put back: b.ipynb\n" in said


def test_lessons_are_listed_with_goal_and_time(door):
    code, said = door("lessons")
    assert code == 0
    assert said.count("you will be able to") == len(workspace.lessons()) > 0


def test_progress_without_any(door):
    code, said = door("progress")
    assert code == 0
    assert said.count("0 of ") == 2 * len(workspace.lessons())


@pytest.mark.parametrize("name", ["pictures", "backbone"])
def test_sub_doors_are_opened_late_and_answer_help(name):
    code = """
        import sys
        from course import cli
        assert not any(m.startswith(("course.pictures", "course.backbone")) for m in sys.modules)
        cli.main()
    """
    done = run_python(code, name, "--help")
    assert f"Usage: course {name}" in done.stdout


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (ValueError("no such lesson"), "no such lesson\n"),
            (
                PermissionError(13, "Permission denied", "work"),
                "Permission denied: work. Make it your own, "
                "or set COURSE_WORK to a folder that is.\n",
            ),
            (
                OSError(28, "No space left on device"),
                "No space left on device. Free some space and try again.\n",
            ),
            (OSError("odd"), "odd. `course doctor` looks at the usual reasons.\n"),
        ],
    )
    def test_one_message_and_no_traceback(self, monkeypatch, capsys, error, said):
        def fail():
            raise error

        monkeypatch.setattr(cli, "app", fail)
        with pytest.raises(SystemExit, match="1"):
            cli.main()
        assert capsys.readouterr().err == said

    def test_in_a_process_of_its_own(self, tmp_path):
        done = run_python(
            "from course.cli import main; main()",
            "reset",
            "no-such-lesson",
            env={"COURSE_WORK": str(tmp_path)},
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("There is no lesson 'no-such-lesson'. The lessons here: 0")


def test_the_command_is_installed():
    from importlib.metadata import entry_points

    [found] = entry_points(group="console_scripts", name="course")
    assert found.load() is cli.main
    assert sys.modules["course.cli"] is cli
