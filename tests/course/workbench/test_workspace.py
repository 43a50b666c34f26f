"""Lessons reach work/, and nothing a person wrote there is ever lost."""

from __future__ import annotations

import json

import pytest

from course import settings
from course.workbench import workspace
from course.workbench.workspace import Copied

NAMES = ("02-freezing/keras.ipynb", "02-freezing/pytorch.ipynb")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return ``release(text)``, which puts a release of lesson 02 into a project of its own."""
    monkeypatch.setattr(settings, "project_root", lambda: tmp_path)
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "work"))

    def release(text: str) -> None:
        for name in NAMES:
            file = tmp_path / "lessons" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text} {file.stem}")

    release("first")
    return release


def work(name: str):
    return settings.work_dir() / name


def test_first_time_copies_all(project, tmp_path):
    (tmp_path / "lessons" / "02-freezing" / "figure.svg").write_text("<svg/>")
    hidden = tmp_path / "lessons" / "02-freezing" / ".ipynb_checkpoints" / "keras.ipynb"
    hidden.parent.mkdir()
    hidden.write_text("old")
    assert workspace.copy_lessons() == Copied(added=("02-freezing/figure.svg", *NAMES))
    assert work(NAMES[0]).read_text() == "first keras"
    assert not work("02-freezing/.ipynb_checkpoints").exists()


def test_a_second_time_does_nothing(project):
    workspace.copy_lessons()
    assert workspace.copy_lessons() == Copied()


def test_an_untouched_copy_follows_the_release(project):
    workspace.copy_lessons()
    project("second")
    assert workspace.copy_lessons() == Copied(updated=NAMES)
    assert work(NAMES[1]).read_text() == "second pytorch"


def test_a_changed_copy_is_kept_and_said_once_there_is_news(project):
    workspace.copy_lessons()
    work(NAMES[0]).write_text("mine")
    assert workspace.copy_lessons() == Copied()
    project("second")
    assert workspace.copy_lessons() == Copied(updated=NAMES[1:], kept=NAMES[:1])
    assert workspace.copy_lessons() == Copied(kept=NAMES[:1])
    assert work(NAMES[0]).read_text() == "mine"


def test_a_file_that_was_there_before_the_course_is_the_persons(project):
    work(NAMES[0]).parent.mkdir(parents=True)
    work(NAMES[0]).write_text("mine")
    assert workspace.copy_lessons() == Copied(added=NAMES[1:], kept=NAMES[:1])
    assert work(NAMES[0]).read_text() == "mine"


def notebook(source, outputs=(), **metadata) -> str:
    cell = {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": {}}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        (notebook(["a = 1"], language_info={"version": "3.11"}), Copied(updated=NAMES[:1])),
        (notebook("a = 1"), Copied(updated=NAMES[:1])),
        (notebook("a = 2"), Copied(kept=NAMES[:1])),
        (notebook("a = 1", [{"output_type": "stream"}]), Copied(kept=NAMES[:1])),
    ],
)
def test_opening_a_notebook_does_not_make_it_the_persons(project, tmp_path, held, outcome):
    release = tmp_path / "lessons" / NAMES[0]
    release.write_text(notebook("a = 1"))
    workspace.copy_lessons()
    work(NAMES[0]).write_text(held)
    release.write_text(notebook("b = 1"))
    assert workspace.copy_lessons() == outcome


def test_a_deleted_copy_comes_back(project):
    workspace.copy_lessons()
    work(NAMES[0]).unlink()
    assert workspace.copy_lessons() == Copied(added=NAMES[:1])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "null"])
def test_a_damaged_record_makes_every_change_the_persons(project, text):
    workspace.copy_lessons()
    work(".course.json").write_text(text)
    work(NAMES[0]).write_text("mine")
    project("second")
    assert set(workspace.copy_lessons().kept) == set(NAMES)
    assert work(NAMES[0]).read_text() == "mine"


def test_the_record_holds_what_was_put_there(project):
    workspace.copy_lessons()
    held = json.loads(work(".course.json").read_text())
    assert held["files"] == {name: workspace.digest(work(name)) for name in NAMES}


@pytest.mark.parametrize("name", ["02-freezing", "02", "2", "freezing", " Freezing/ "])
def test_a_lesson_has_several_names(project, name):
    assert workspace.find_lesson(name).name == "02-freezing"


def test_an_unknown_lesson_names_those_there_are(project):
    with pytest.raises(ValueError, match=r"no lesson '9'. The lessons here: 02-freezing\."):
        workspace.find_lesson("9")


def test_an_unknown_framework(project):
    with pytest.raises(ValueError, match="no framework 'jax'; expected keras or pytorch"):
        workspace.reset("02", "jax")


class TestReset:
    def test_keeps_the_persons_file_beside(self, project):
        workspace.copy_lessons()
        work(NAMES[1]).write_text("mine")
        [(name, kept)] = workspace.reset("02", "pytorch")
        assert name == NAMES[1]
        assert kept.startswith("02-freezing/pytorch-before-20")
        assert work(kept).read_text() == "mine"
        assert work(NAMES[1]).read_text() == "first pytorch"

    def test_both_without_a_framework_and_nothing_to_keep(self, project):
        workspace.copy_lessons()
        assert workspace.reset("02") == [(name, None) for name in NAMES]
        assert len(list(work("02-freezing").iterdir())) == 2

    def test_twice_in_a_second_keeps_both(self, project):
        workspace.copy_lessons()
        for text in ("mine", "mine again"):
            work(NAMES[0]).write_text(text)
            workspace.reset("02", "keras")
        kept = {file.read_text() for file in work("02-freezing").glob("keras-before-*")}
        assert kept == {"mine", "mine again"}

    def test_brings_the_newer_release_and_follows_again(self, project):
        workspace.copy_lessons()
        work(NAMES[0]).write_text("mine")
        project("second")
        workspace.copy_lessons()
        workspace.reset("02", "keras")
        assert work(NAMES[0]).read_text() == "second keras"
        project("third")
        assert workspace.copy_lessons() == Copied(updated=NAMES)


def test_the_courses_own_page_gives_way_to_a_persons(project):
    workspace.write_own("START.md", "one")
    workspace.write_own("START.md", "two")
    assert [file.name for file in settings.work_dir().glob("START*")] == ["START.md"]
    work("START.md").write_text("my notes")
    workspace.write_own("START.md", "three")
    [kept] = settings.work_dir().glob("START-before-*.md")
    assert (kept.read_text(), work("START.md").read_text()) == ("my notes", "three")
