"""What each lesson is, read from the lesson itself, and how far the learner is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import settings
from course.frameworks import FRAMEWORKS
from course.records import progress
from course.workbench import workspace

FRAMEWORK_NAMES = {"keras": "Keras", "pytorch": "PyTorch"}


@dataclass(frozen=True)
class Lesson:
    """One lesson as the start page shows it.

    Attributes
    ----------
    slug : str
        The folder's name, ``02-freezing``.
    title, goal : str
        The heading, and what the learner can do at the end ("" when the lesson does not say).
    time : str
        How long it takes, in the lesson's words ("" when it does not say).
    frameworks : tuple of str
        The notebooks there are.
    checks : tuple of str
        Ids of its graded exercises, without the lesson's slug.
    """

    slug: str
    title: str
    goal: str
    time: str
    frameworks: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def number(self) -> str:
        """The lesson's number, two digits."""
        return self.slug[:2]


def overview() -> list[Lesson]:
    """Return the lessons that exist, in order."""
    return [_lesson(folder) for folder in workspace.lessons()]


def _lesson(folder: Path) -> Lesson:
    frameworks = tuple(f for f in FRAMEWORKS if (folder / f"{f}.ipynb").is_file())
    notebook = json.loads((folder / f"{frameworks[0]}.ipynb").read_text(encoding="utf-8"))
    texts = [_source(cell) for cell in notebook["cells"][:3] if cell["cell_type"] == "markdown"]
    opening = "\n".join(texts)
    return Lesson(
        slug=folder.name,
        title=_title(opening) or folder.name[3:].replace("-", " ").capitalize(),
        # The page speaks of both notebooks at once.
        goal=_goal(opening).replace(f" in {FRAMEWORK_NAMES[frameworks[0]]}", ""),
        time=_time(opening),
        frameworks=frameworks,
        checks=tuple(_check_ids(notebook)),
    )


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _title(text: str) -> str:
    heading = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    return re.sub(r"^(?:Lesson )?\d+\W+", "", heading.group(1)).strip() if heading else ""


def _goal(text: str) -> str:
    """Return what stands after **At the end you can**: one sentence, in plain words."""
    found = re.search(r"\*\*At the end you can\*\*(.+?)(?:\n\s*\n|\Z)", text, flags=re.DOTALL)
    if not found:
        return ""
    sentence = re.split(r"(?<=[.])\s", " ".join(found.group(1).split()))[0]
    return re.sub(r"[*`]", "", sentence).strip(" .")


def _time(text: str) -> str:
    """Return the first length of time that stands after **Time:**."""
    found = re.search(r"\*\*Time:\*\*[^\n]*?((?:an?|\d[\d–]*) (?:minutes?|hours?))", text)
    return found.group(1) if found else ""


def _check_ids(notebook: Mapping[str, Any]) -> list[str]:
    graded = [cell.get("metadata", {}).get("nbgrader", {}) for cell in notebook["cells"]]
    ids = [str(one.get("grade_id", "")) for one in graded if one.get("grade")]
    # What a person marks is graded too, but has no check.
    return [one.removeprefix("test-") for one in ids if one.startswith("test-")]


def _section(name: str) -> dict[str, Any]:
    """Read one part of the progress file, and nothing but read; damaged counts as empty."""
    with suppress(OSError, ValueError, AttributeError):
        held = json.loads((settings.work_dir() / progress.FILE_NAME).read_text(encoding="utf-8"))
        part = held.get("sections", {}).get(name, {})
        return part if isinstance(part, dict) else {}
    return {}


def passed_checks() -> dict[str, set[str]]:
    """Return which frameworks each check was passed in, by check id (``02-freezing/...``)."""
    passed = {}
    for check_id, results in _section("checks").items():
        by_framework = results if isinstance(results, dict) else {}
        passed[check_id] = {
            framework
            for framework, one in by_framework.items()
            if isinstance(one, dict) and one.get("passed")
        }
    return passed


def answers() -> dict[str, Any]:
    """Return the answers to quiz questions, for `course.records.mastery`."""
    return _section("answers")


def done(lesson: Lesson, framework: str, passed: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the ids of the lesson's checks that were passed in one framework."""
    ids = (f"{lesson.slug}/{one}" for one in lesson.checks)
    return tuple(one for one in ids if framework in passed.get(one, ()))
