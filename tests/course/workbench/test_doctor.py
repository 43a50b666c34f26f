"""The doctor names each thing that is missing, with a next step, and nothing else."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest

from course import settings
from course.workbench import doctor, workspace
from course.workbench.doctor import Finding


def test_a_sound_course_has_no_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    monkeypatch.setattr(doctor, "devices", lambda fresh: [Finding("PyTorch", "CPU")])
    workspace.copy_lessons()
    findings = doctor.examine()
    assert [(one.name, one.problem) for one in findings if not one.ok] == []
    assert [one.name for one in findings] == [
        "Python",
        "Packages",
        "PyTorch",
        "Weights",
        "ImageNet",
        "Pictures",
        "Lessons",
        "Your folder",
        "Disk",
        "Gradebook",
        "Kernel",
    ]


def test_a_version_too_old_is_named(monkeypatch):
    asked = ["torch>=99", "keras>=3", 'ruff>=99 ; extra == "dev"']
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: asked)
    found = doctor.versions()
    assert found.problem.startswith("torch ")
    assert "(expected >=99)" in found.problem
    assert "keras" not in found.problem


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: ["no-such-package>=1"])
    assert doctor.versions().problem == "no-such-package missing (expected >=1)"


class TestDevices:
    @pytest.fixture(autouse=True)
    def cache(self, tmp_path, monkeypatch):
        monkeypatch.setenv("COURSE_CACHE", str(tmp_path))

    def test_remembered_for_the_same_versions_only(self, monkeypatch):
        monkeypatch.setattr(doctor, "DEVICE_CODE", {"PyTorch": 'print(\'{"found": "CPU"}\')'})
        assert doctor.devices(fresh=True) == [Finding("PyTorch", "CPU")]
        monkeypatch.setattr(doctor, "_device", lambda name, _: Finding(name, "asked"))
        assert doctor.devices(fresh=False) == [Finding("PyTorch", "CPU")]
        assert doctor.devices(fresh=True) == [Finding("PyTorch", "asked")]
        monkeypatch.setattr(doctor, "_version", lambda name: "99")
        assert doctor.devices(fresh=False) == [Finding("PyTorch", "asked")]

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"of": 1}'])
    def test_a_damaged_memory_is_none(self, tmp_path, monkeypatch, text):
        doctor._memory()[0].write_text(text)
        monkeypatch.setattr(doctor, "_device", lambda name, _: Finding(name, "asked"))
        assert {one.found for one in doctor.devices(fresh=False)} == {"asked"}

    def test_a_framework_that_does_not_start(self, monkeypatch):
        monkeypatch.setitem(doctor.DEVICE_CODE, "PyTorch", "raise ImportError('no libcudart')")
        found = doctor._device("PyTorch")
        assert found.problem == "ImportError: no libcudart"
        assert "delete the folder .venv" in found.next_step

    def test_one_that_says_nothing(self, monkeypatch):
        monkeypatch.setitem(doctor.DEVICE_CODE, "PyTorch", "import os; os._exit(3)")
        assert doctor._device("PyTorch").problem == "ended with code 3"

    def test_one_that_hangs(self, monkeypatch):
        monkeypatch.setitem(doctor.DEVICE_CODE, "PyTorch", "import time; time.sleep(60)")
        assert doctor._device("PyTorch", 0.2).problem == "did not start within 0.2 s"

    def test_a_problem_is_not_remembered(self, tmp_path, monkeypatch):
        monkeypatch.setattr(doctor, "_device", lambda name, _: Finding(name, "", "broken"))
        doctor.devices(fresh=True)
        assert not any(tmp_path.iterdir())

    @pytest.mark.torch
    @pytest.mark.keras
    def test_both_frameworks_really_start(self):
        findings = doctor.devices(fresh=True)
        assert [one.problem for one in findings] == ["", ""]
        assert all(one.found.startswith(("CPU, ", "GPU")) for one in findings)


@pytest.mark.keras
def test_another_keras_backend_is_a_problem(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "numpy")
    found = doctor._device("Keras")
    assert found.problem == "the lessons use Keras on TensorFlow, PyTorch or JAX"
    assert "unset KERAS_BACKEND" in found.next_step


@pytest.mark.keras
@pytest.mark.torch
def test_a_keras_backend_that_the_lessons_run_on_is_named(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    found = doctor._device("Keras")
    assert (found.problem, found.found.rpartition(", ")[2]) == ("", "backend torch")


def test_missing_weights_say_how_to_get_them(monkeypatch, tmp_path):
    from course.backbone import weights

    monkeypatch.setattr(weights, "weights_path", lambda: tmp_path / "weights.safetensors")
    found = doctor.weights()
    assert "No weights file at" in found.problem
    assert "course backbone pretrain" in found.next_step


class TestPictures:
    def test_drawn(self):
        assert doctor.pictures() == Finding("Pictures", "drawn by the course itself")

    def test_photos_that_are_not_there(self, monkeypatch, tmp_path):
        monkeypatch.setenv("COURSE_PICTURES", "photos")
        monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path))
        assert "there is no folder flowers or pets" in doctor.pictures().problem
        (tmp_path / "flowers").mkdir()
        assert doctor.pictures().ok

    def test_an_unknown_choice(self, monkeypatch):
        monkeypatch.setenv("COURSE_PICTURES", "painted")
        assert "expected one of drawn, photos" in doctor.pictures().problem


class TestLessons:
    def test_none_in_the_project(self, monkeypatch, tmp_path):
        monkeypatch.setattr(settings, "project_root", lambda: tmp_path)
        assert doctor.lessons().next_step == "get it again, or: git checkout -- lessons"

    def test_not_copied_yet(self, monkeypatch, tmp_path):
        monkeypatch.setattr(settings, "project_root", lambda: tmp_path)
        monkeypatch.setenv("COURSE_WORK", str(tmp_path / "work"))
        (tmp_path / "lessons" / "01-x").mkdir(parents=True)
        (tmp_path / "lessons" / "01-x" / "keras.ipynb").touch()
        assert doctor.lessons().problem == "not copied yet: 01-x"
        workspace.copy_lessons()
        assert doctor.lessons().found == f"1 of 1 in {tmp_path / 'work'}"


def test_a_folder_that_cannot_be_written(monkeypatch, tmp_path):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "deep" / "work"))
    assert doctor.folder().ok
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    assert doctor.folder().problem == "cannot be written: Permission denied"


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0.4e9))
    assert (doctor.disk().found, doctor.disk().problem) == ("0.4 GB free", "less than 1 GB")


def test_no_alembic(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert doctor.gradebook_tool().problem == "nbgrader cannot make a gradebook"


class TestKernel:
    def test_this_environment(self):
        assert doctor.kernel() == Finding("Kernel", "python3, in this environment")

    def test_another_one_in_front(self, monkeypatch, tmp_path):
        kernel = tmp_path / "kernels" / "python3"
        kernel.mkdir(parents=True)
        spec = {"argv": ["/elsewhere/python", "-m", "x"], "display_name": "x", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(spec))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        found = doctor.kernel()
        assert found.found == "python3 starts /elsewhere/python"
        assert "kernelspec remove python3" in found.next_step
