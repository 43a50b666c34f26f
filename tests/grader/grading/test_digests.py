"""What a verdict depends on decides what is graded again: no file too few, few too many."""

from __future__ import annotations

import pytest

from grader.classroom import lessons
from grader.grading import digests
from tests.helpers import ROOT

LESSONS = lessons.lesson_names()


@pytest.fixture
def changed(monkeypatch):
    """Return what says which notebooks' digests a change of one file would change."""
    before = {}

    def of(file):
        nonlocal before
        before = before or digests_now()
        original = digests._hash
        with monkeypatch.context() as patch:
            target = ROOT / file
            assert target.is_file()
            patch.setattr(digests, "_hash", lambda p: "new" if p == target else original(p))
            return {name for name, digest in digests_now().items() if digest != before[name]}

    return of


SOURCES = {(n, f): lessons.load(n, f) for n in LESSONS for f in ("keras", "pytorch")}
EVERY = set(SOURCES)


def digests_now():
    return {(n, f): digests.lesson(n, f, source) for (n, f), source in SOURCES.items()}


def of_lesson(number, *frameworks):
    return {(n, f) for n, f in EVERY if n.startswith(number) and f in (frameworks or (f,))}


def test_a_mended_hint_regrades_its_lesson(changed):
    files = sorted((ROOT / "grader/checks").glob("lesson_*/*.py"))
    assert files
    for file in files:
        number = file.parent.name.removeprefix("lesson_")
        assert changed(file.relative_to(ROOT)) == of_lesson(number), file


def test_a_frameworks_half_regrades_its_notebooks(changed):
    assert changed("grader/sandboxed/observers/lesson_03_keras.py") == of_lesson("03", "keras")
    torch = changed("grader/sandboxed/toy_networks/networks_torch.py")
    assert of_lesson("02", "pytorch") <= torch
    assert {f for _, f in torch} == {"pytorch"}


@pytest.mark.parametrize(
    "file",
    [
        "grader/checks/verdict.py",
        "grader/checks/evidence.py",
        "grader/sandboxed/observers/run.py",
        "grader/sandboxed/worker/child.py",
        "grader/grading/session.py",
        "grader/grading/submission.py",
        "grader/grading/dependencies.py",
    ],
)
def test_what_all_verdicts_pass_through_regrades_everything(changed, file):
    assert changed(file) == EVERY


def test_the_weights_and_the_drawings_count_where_they_are_used(changed):
    assert of_lesson("08") <= changed("course/backbone/weights.safetensors")
    assert of_lesson("08") <= changed("course/pictures/drawing/flowers.py")


@pytest.mark.parametrize(
    "file",
    [
        "grader/reports/terminal.py",
        "grader/reports/class_page.py",
        "quizzes/notebook.py",
        "grader/cli.py",
    ],
)
def test_what_no_verdict_depends_on_regrades_nothing(changed, file):
    assert changed(file) == set()


def test_an_exam_depends_on_its_questions(changed, monkeypatch):
    source = SOURCES["02-freezing", "pytorch"]
    paths = digests.files(["grader.classroom.exams", "quizzes.freezing.easy"], "pytorch")
    assert ROOT / "quizzes/freezing/easy.py" in paths
    before = digests.lesson("quiz-02-freezing", "pytorch", source)
    monkeypatch.setattr(digests, "_hash", lambda path: path.name)
    assert digests.lesson("quiz-02-freezing", "pytorch", source) != before
