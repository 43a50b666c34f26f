"""Find a check by its id: ``02-freezing/...`` lives in ``grader/checks/lesson_02``."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from grader.checks.model import Check

_registered: dict[str, Check] = {}


def register(*checks: Check) -> None:
    """Make checks known that live outside ``grader/checks``, such as a class's own."""
    for check in checks:
        _registered[check.id] = check


def lesson_checks(lesson: str) -> tuple[Check, ...]:
    """Return the checks of a lesson such as ``02-freezing``, in the order they are taken.

    Raises
    ------
    ValueError
        If a check is listed twice or under another lesson's number.
    """
    own = tuple(check for check in _registered.values() if check.lesson == lesson)
    number = lesson.partition("-")[0]
    module = f"grader.checks.lesson_{number}"
    if not number.isdigit():
        return own
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        return own
    return (*_validated(found.CHECKS, number), *own)


def _validated(checks: Iterable[Check], number: str) -> tuple[Check, ...]:
    checks = tuple(checks)
    ids = [check.id for check in checks]
    for check_id in ids:
        if ids.count(check_id) > 1:
            raise ValueError(f"Check {check_id} is listed twice in lesson_{number}.CHECKS.")
        if not check_id.startswith(number + "-"):
            raise ValueError(f"Check {check_id} stands in lesson_{number}; move it to its own.")
    return checks


def get(check_id: str) -> Check:
    """Return the check with this id.

    Raises
    ------
    ValueError
        If there is none; the message lists those of the lesson.
    """
    lesson = check_id.partition("/")[0]
    known = {check.id: check for check in lesson_checks(lesson)}
    if check_id not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise ValueError(f"No check has the id {check_id!r}. Checks of {lesson!r}: {listed}.")
    return known[check_id]
