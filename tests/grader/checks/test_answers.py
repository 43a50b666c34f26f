"""The bank of right and wrong answers: ``answers/<lesson>/<framework>/<exercise>/*.py``.

Add a file to add a test. Its name says what must happen:

- ``right_<how>.py`` gets full marks, on the notebook's cases and on fresh ones;
- ``wrong_<hint>.py`` or ``wrong_<hint>__<note>.py`` fails with that hint (a key of the check's
  ``hints``); ``wrong___<note>.py`` fails without one, ``wrong_error__<note>.py`` raises.

A file holds what a learner would write in the answer cell; the names of the lesson's first cell
(``torch``, ``nn``, ``F``, ``keras``, ``np``, ``math``) are there. One process per framework runs
them all.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.checks import get
from tests.grader.checks import messages
from tests.helpers import run_python

ANSWERS = Path(__file__).parents[1] / "answers"
FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("pytorch", marks=pytest.mark.torch),
]
RIGHT_AT_LEAST, WRONG_AT_LEAST = 3, 4


def exercises() -> list[tuple[str, str, str]]:
    """Return (lesson, framework, exercise) for each folder of the bank."""
    folders = sorted(path for path in ANSWERS.glob("*/*/*") if path.is_dir())
    return [path.relative_to(ANSWERS).parts for path in folders]  # type: ignore[misc]


def wanted_hint(file: str) -> str | None:
    """Return the hint that a file's name asks for; None for a right answer."""
    kind, _, rest = Path(file).stem.partition("_")
    return None if kind == "right" else rest.split("__")[0]


@cache
def verdicts(framework: str) -> list[dict[str, Any]]:
    code = f"from tests.grader.checks.answers_worker import main; main({framework!r})"
    return json.loads(run_python(code, timeout_s=1200).stdout.splitlines()[-1])


def told(record: dict[str, Any]) -> str:
    return f"{record['file']}, seed {record['seed']}: " + "\n".join(
        [f"{record['status']} {record['points']} {record['hint']}", *record["lines"]]
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_right_answers_get_full_marks(framework: str):
    right = [r for r in verdicts(framework) if wanted_hint(r["file"]) is None]
    assert right
    assert [told(r) for r in right if r["status"] != "passed"] == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_answer_is_for_a_person_to_look_at_while_it_runs(framework: str):
    assert [(r["file"], r["said"]) for r in verdicts(framework) if r["said"]] == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_wrong_answers_fail_and_never_for_the_graders_fault(framework: str):
    wrong = [r for r in verdicts(framework) if wanted_hint(r["file"]) is not None]
    assert wrong
    assert [told(r) for r in wrong if r["status"] in ("passed", "infrastructure")] == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_mistake_is_named_in_the_notebook(framework: str):
    misnamed = []
    for record in verdicts(framework):
        hint = wanted_hint(record["file"])
        if hint is None or record["seed"] != 0:
            continue
        named = record["status"] if hint == "error" else record["hint"]
        misnamed += [told(record)] if named != hint else []
    assert misnamed == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_learners_message_has_four_lines_at_most(framework: str):
    long = [told(r) for r in verdicts(framework) if len(r["lines"]) > 4 and not r["detail"]]
    assert long == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_a_learner_reads_is_written_down(framework: str):
    difference = messages.difference(verdicts(framework), framework)
    if difference:
        pytest.fail(f"{messages.HOW}\n{difference}", pytrace=False)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_most_lessons_show_mistakes_in_a_table_or_chart(framework: str):
    shown = {r["file"] for r in verdicts(framework) if r["shown"]}
    assert [name for name in shown if wanted_hint(name) is None] == []
    lessons = {lesson for lesson, _, _ in exercises()}
    without = lessons - {name.partition("/")[0] for name in shown}
    assert len(without) <= len(lessons) // 4, without


@pytest.mark.parametrize(("lesson", "framework", "exercise"), exercises())
def test_each_exercise_has_enough_answers(lesson: str, framework: str, exercise: str):
    files = [path.name for path in (ANSWERS / lesson / framework / exercise).glob("*.py")]
    right = [name for name in files if wanted_hint(name) is None]
    assert len(right) >= RIGHT_AT_LEAST
    assert len(files) - len(right) >= WRONG_AT_LEAST


@pytest.mark.parametrize(("lesson", "framework", "exercise"), exercises())
def test_every_hint_asked_for_exists(lesson: str, framework: str, exercise: str):
    hints = {"", "error", *get(f"{lesson}/{exercise}").hints}
    files = (ANSWERS / lesson / framework / exercise).glob("wrong_*.py")
    assert [path.name for path in files if wanted_hint(path.name) not in hints] == []


def test_every_hint_is_fed_a_mistake():
    fed: dict[str, set[str]] = {}
    for lesson, framework, exercise in exercises():
        names = (ANSWERS / lesson / framework / exercise).glob("wrong_*.py")
        hints = {wanted_hint(path.name) or "" for path in names}
        fed.setdefault(f"{lesson}/{exercise}", set()).update(hints)
    unfed = {check: sorted(set(get(check).hints) - hints) for check, hints in fed.items()}
    assert {check: hints for check, hints in unfed.items() if hints} == {}
