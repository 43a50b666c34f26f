"""Lay out a new exercise: what has to be written, each in its place, marked FILL IN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from course import settings
from course.frameworks import FRAMEWORKS
from grader.errors import ClassroomError

MARK = "FILL IN"
RIGHT, WRONG = 3, 4
_NAME = re.compile(r"(?P<number>\d\d)-[a-z0-9-]+/(?P<exercise>[a-z][a-z0-9-]*)")

_LESSON = '"""Lesson $number: its checks, in the order they are taken."""'

_OBSERVERS = '''"""What the exercises of lesson $number are looked at for."""

from __future__ import annotations

from typing import Any

from grader.sandboxed.observers.errors import Unusable
from grader.sandboxed.observers.model import Case, Student
'''

_OBSERVER = '''

def $function(student: Student, case: Case) -> dict[str, Any]:
    """$mark: say in one line what is reported."""
    made = student.$function(case["size"])  # an exception in here is the student's own
    if not isinstance(made, int):
        raise Unusable(expected="a whole number", found=type(made).__name__)
    return {"made": made}
'''

_CHECK = '''"""$mark: what the exercise asks for."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.sandboxed.observers import lesson_$number as observers

HINTS = {
$hints
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """$mark: draw what varies, so that a memorized answer fails."""
    return [{"size": int(rng.integers(3, 9))} for _ in range(2)]


def judge(case: Case, facts: Facts) -> Finding:
    """$mark: work out what is right from the case, and compare."""
    checked = f"$mark for size {case['size']}"
    expected = case["size"]
    if facts["made"] == expected:
        return Finding.right(checked)
    hint = {expected + 1: "mistake-1"}.get(facts["made"], "")
    return Finding.wrong(checked, expected=expected, found=facts["made"], hint=hint)


CHECK = Check(
    id="$name",
    title="$mark: what the exercise asks for",
    answers=("$function",),
    points=2,
    observe=observers.$function,
    judge=judge,
    cases=draw,
    hints=HINTS,
)
'''

_RIGHT_ANSWER = """# $mark: a right answer, unlike the others, as a student would write it
def $function(size):
    raise NotImplementedError("$mark")
"""

_WRONG_ANSWER = """# $mark: a usual mistake; the file is called after the hint that names it
def $function(size):
    raise NotImplementedError("$mark")
"""

_TEST = '''"""$name: filled in, and every answer judged as its file's name says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import ROOT, run_python

LESSON, EXERCISE = "$lesson", "$exercise"
FILES = [
    ROOT / "grader/checks/lesson_$number/$function.py",
    ROOT / "grader/sandboxed/observers/lesson_$number.py",
    *sorted(ROOT.glob(f"tests/grader/answers/{LESSON}/*/{EXERCISE}/*.py")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_is_filled_in(path: Path):
    marked = "FILL" + " IN"
    assert marked not in path.read_text("utf-8")


@pytest.mark.parametrize(
    "framework",
    [
        pytest.param("keras", marks=pytest.mark.keras),
        pytest.param("pytorch", marks=pytest.mark.torch),
    ],
)
def test_answers_are_judged_as_they_are_called(framework: str):
    code = f"from tests.grader.checks.answers_worker import main; main({framework!r}, {LESSON!r})"
    records = json.loads(run_python(code, timeout_s=600).stdout.splitlines()[-1])
    own = [one for one in records if f"/{EXERCISE}/" in one["file"]]
    assert own
    for one in own:
        right = Path(one["file"]).stem.startswith("right_")
        assert (one["status"] == "passed") == right, one
        assert one["status"] != "infrastructure", one
'''


def new_check(name: str, root: Path | None = None) -> list[Path]:
    """Write the files of a new exercise; return them, the ones to fill in first.

    Parameters
    ----------
    name : str
        ``09-topic/exercise``.
    root : Path, optional
        The project's folder; by default this one.

    Raises
    ------
    ClassroomError
        If the name is none, or the exercise is there already. Nothing is written then.
    """
    root = root or settings.project_root()
    words = _words(name)
    fresh = dict(_fresh(root, words))
    grown = dict(_grown(root, words))
    there = [path for path in fresh if path.exists()]
    there += [path for path in grown if f"def {words['function']}(" in _text(path)]
    if there:
        raise ClassroomError(f"{name} is there already, in {there[0]}.")
    made = {**grown, **fresh}
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(made)


def test_command(name: str) -> str:
    """Return the command that runs the test of a new exercise."""
    return f"python3 start.py test {_test_path(_words(name))}"


test_command.__test__ = False  # type: ignore[attr-defined]  # a command, not a test of pytest's


def _words(name: str) -> dict[str, str]:
    match = _NAME.fullmatch(name)
    if not match:
        raise ClassroomError(
            f"The exercise is called {name!r}; expected a name such as 09-topic/exercise."
        )
    function = match["exercise"].replace("-", "_")
    hints = [f'    "mistake-{at}": "{MARK}: one next step.",' for at in range(1, WRONG + 1)]
    return {
        "name": name,
        "lesson": name.partition("/")[0],
        "number": match["number"],
        "exercise": match["exercise"],
        "function": function,
        "mark": MARK,
        "hints": "\n".join(hints),
    }


def _fresh(root: Path, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the files that must not be there yet."""
    checks = root / "grader" / "checks" / f"lesson_{words['number']}"
    yield checks / f"{words['function']}.py", _filled(_CHECK, words)
    folder = root / "tests" / "grader" / "answers" / words["lesson"]
    for framework in FRAMEWORKS:
        answers = folder / framework / words["exercise"]
        for at in range(1, RIGHT + 1):
            yield answers / f"right_{at}.py", _filled(_RIGHT_ANSWER, words)
        for at in range(1, WRONG + 1):
            yield answers / f"wrong_mistake-{at}.py", _filled(_WRONG_ANSWER, words)
    yield root / _test_path(words), _filled(_TEST, words)


def _grown(root: Path, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield what the lesson has of its own, with the exercise added."""
    lesson = f"lesson_{words['number']}"
    observers = root / "grader" / "sandboxed" / "observers" / f"{lesson}.py"
    before = _text(observers) or _filled(_OBSERVERS, words)
    yield observers, before + _filled(_OBSERVER, words)
    checks = root / "grader" / "checks" / lesson / "__init__.py"
    yield checks, _listed(_text(checks), words)


def _listed(before: str, words: dict[str, str]) -> str:
    """Return the list of a lesson's checks, with the exercise at its end."""
    opening = before.partition("\n")[0] or _filled(_LESSON, words)
    exercises = [*re.findall(r"(\w+)\.CHECK", before), words["function"]]
    modules = "".join(f"    {name},\n" for name in sorted(exercises))
    checks = "".join(f"\n    {name}.CHECK," for name in exercises) + "\n"
    if len(exercises) == 1:
        checks = checks.strip()
    found = f"from grader.checks.lesson_{words['number']} import (\n{modules})"
    return f"{opening}\n\n{found}\n\nCHECKS = ({checks})\n"


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _test_path(words: dict[str, str]) -> str:
    return f"tests/grader/checks/test_{words['number']}_{words['function']}.py"


def _filled(text: str, words: dict[str, str]) -> str:
    return Template(text).substitute(words)
