"""The start page says what each lesson says of itself, and how far the learner is."""

from __future__ import annotations

import json

import pytest

from course import settings
from course.records import progress
from course.workbench import overview, welcome

OPENING = """# Lesson 2: Freeze & prove

*This is the Keras notebook.*

**At the end you can** freeze in Keras any `part`, and *prove*
it. More follows.

**Time:** about 45 minutes, a minute of the computer's.
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return ``lesson(slug, opening)``, which puts a lesson into a project of its own."""
    monkeypatch.setattr(settings, "project_root", lambda: tmp_path)
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "work"))

    def lesson(slug: str, opening: str, frameworks=("keras", "pytorch")) -> None:
        graded = [
            {"grade": True, "grade_id": "test-count", "solution": False},
            {"grade": True, "grade_id": "test-freeze", "solution": False},
            {"grade": True, "grade_id": "explain", "solution": True},
            {"grade": False, "grade_id": "count", "solution": True},
        ]
        cells = [{"cell_type": "markdown", "source": opening.splitlines(True), "metadata": {}}]
        for one in graded:
            cells.append({"cell_type": "code", "source": "", "metadata": {"nbgrader": one}})
        for framework in frameworks:
            file = tmp_path / "lessons" / slug / f"{framework}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({"cells": cells}))

    return lesson


def test_a_lesson_tells_its_title_goal_and_time(project):
    project("02-freezing", OPENING)
    assert overview.overview() == [
        overview.Lesson(
            slug="02-freezing",
            title="Freeze & prove",
            goal="freeze any part, and prove it",
            time="45 minutes",
            frameworks=("keras", "pytorch"),
            checks=("count", "freeze"),
        )
    ]


def test_a_lesson_that_tells_nothing_goes_by_its_folder(project):
    project("03-new-head", "hello", frameworks=("pytorch",))
    [lesson] = overview.overview()
    assert (lesson.title, lesson.goal, lesson.time) == ("New head", "", "")
    assert "(New head" not in welcome.page()
    assert "03 &nbsp;New head" in welcome.page()


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("**Time:** about an hour of yours, two minutes of the computer's.", "an hour"),
        ("**Time:** 20–30 minutes", "20–30 minutes"),
        ("**Time:** 1 hour.", "1 hour"),
        ("takes 20 minutes", ""),
    ],
)
def test_times(project, line, time):
    project("01-x", f"# X\n\n{line}")
    assert overview.overview()[0].time == time


def test_passed_checks_are_counted_per_framework(project):
    project("02-freezing", OPENING)
    progress.record("checks", "02-freezing/count", {"keras": {"passed": True}})
    progress.record("checks", "02-freezing/freeze", {"keras": {"passed": False}})
    [lesson] = overview.overview()
    passed = overview.passed_checks()
    assert overview.done(lesson, "keras", passed) == ("02-freezing/count",)
    assert overview.done(lesson, "pytorch", passed) == ()
    assert "1 of 2 passed" in welcome.page()
    progress.record("checks", "02-freezing/freeze", {"keras": {"passed": True}})
    assert "✓ all passed" in welcome.page()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"sections": 3}', '{"sections": {"checks": {"a": 1}}}', "\x00"]
)
def test_a_damaged_record_is_no_progress_and_stays_where_it_is(project, text):
    project("02-freezing", OPENING)
    settings.work_dir().mkdir()
    progress.path().write_text(text)
    [lesson] = overview.overview()
    assert overview.done(lesson, "keras", overview.passed_checks()) == ()
    assert progress.path().read_text() == text


def test_the_page_links_what_is_there_and_escapes_the_rest(project):
    project("02-freezing", OPENING)
    page = welcome.page()
    assert page.count('<a href="02-freezing/') == 2
    assert "Freeze &amp; prove" in page
    assert "grade check 02-freezing/pytorch.ipynb" in page
    assert "$" not in page


def test_a_page_without_lessons_says_what_to_do(project):
    assert "There are no lessons in `lessons/`. `course doctor` says what to do." in welcome.page()


def test_the_page_and_its_picture_are_written_once_each(project, monkeypatch):
    from PIL import Image

    welcome.write()
    picture = settings.work_dir() / "START.png"
    with Image.open(picture) as image:
        assert image.size == (10 * 97 + 9 * 6, 97)
    monkeypatch.setattr(welcome, "draw_banner", lambda file: pytest.fail("drawn twice"))
    welcome.write()
    assert sorted(file.name for file in settings.work_dir().glob("START*")) == [
        "START.md",
        "START.png",
    ]


def test_every_lesson_of_the_course_tells_all():
    lessons = overview.overview()
    assert lessons
    for lesson in lessons:
        assert lesson.goal, lesson.slug
        assert lesson.time, lesson.slug
        assert lesson.checks, lesson.slug
        assert lesson.frameworks == ("keras", "pytorch"), lesson.slug
