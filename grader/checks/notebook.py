"""What a test cell of a notebook calls: look, judge, say it in four lines."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from course.frameworks import FRAMEWORKS, framework_name
from course.records import progress
from grader.checks import evidence
from grader.checks.model import Check
from grader.checks.registry import get
from grader.checks.verdict import Verdict, decide
from grader.sandboxed import policy
from grader.sandboxed.observers.model import Student
from grader.sandboxed.observers.run import (
    MISSING,
    Observation,
    missing_answer,
    observe_case,
    unfilled_answers,
)


class CheckFailed(Exception):
    """Ends a test cell that has not earned full marks; shows its message and no frames."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("\n".join(verdict.lines()))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:  # IPython asks for this instead of a traceback
        return str(self).splitlines()


CheckFailed.__module__ = "builtins"  # a plain Python shows "CheckFailed: ...", not our path


def check(check_id: str, *answers: Any, framework: str | None = None, **named: Any) -> None:
    """Check an exercise on its public cases and say what was found.

    Parameters
    ----------
    check_id : str
        ``"02-freezing/freeze-backbone"``.
    *answers, **named
        The student's answers, in the check's order or by name. Without any, they are taken from
        the calling notebook by name, so that a name not yet defined gets a kind message.
    framework : str, optional
        ``keras`` or ``pytorch``; by default the one that the notebook has imported.

    Raises
    ------
    CheckFailed
        If not all points are reached. Printed by IPython without a traceback.
    """
    __tracebackhide__ = True
    caller = sys._getframe(1).f_globals
    wanted = get(check_id)
    verdict, used = _examine(wanted, answers, named, framework, caller)
    _remember(verdict, used)
    given = _answers(wanted, answers, named, caller)
    with contextlib.suppress(Exception):  # a hint; grading reads the whole notebook
        print("\n".join(map(_will_be_seen, policy.read_answers(given))), end="")
    if not verdict.passed:
        _show(verdict)
        raise CheckFailed(verdict).with_traceback(None) from None
    print("\n".join(verdict.lines()))


def _will_be_seen(found: policy.Reach) -> str:
    return f"It uses {found.place}; your instructor will look at it before points are given.\n"


def _show(verdict: Verdict) -> None:
    """Show a verdict's tables and charts where there is a notebook to show them in."""
    kernel = sys.modules.get("IPython")
    if not verdict.shown or kernel is None or kernel.get_ipython() is None:
        return
    for one in verdict.shown:
        data = {"text/html": evidence.as_html(one), "text/plain": evidence.as_text(one)}
        kernel.display.display(data, raw=True)


def _remember(verdict: Verdict, framework: str) -> None:
    """Keep the best result of each framework; progress is a kindness, so it never fails."""
    one = {
        "points": verdict.points,
        "of": verdict.of,
        "passed": verdict.passed,
        "when": datetime.now().isoformat(timespec="seconds"),
    }

    def best(old: Any) -> dict[str, Any]:
        known = dict(old) if isinstance(old, Mapping) else {}
        before = known.get(framework)
        earned = before.get("points", 0) if isinstance(before, Mapping) else 0
        return known if before and verdict.points < earned else {**known, framework: one}

    with contextlib.suppress(Exception):
        progress.update("checks", verdict.check_id, best)


def _examine(
    check: Check,
    answers: tuple[Any, ...],
    named: Mapping[str, Any],
    framework: str | None,
    caller: Mapping[str, Any],
) -> tuple[Verdict, str]:
    used = _framework(check, framework, caller)
    given = _answers(check, answers, named, caller)
    cases = check.draw()
    absent = missing_answer(check.answers, given)
    if absent:
        return decide(check, cases, [Observation(MISSING, {}, {"name": absent})]), used
    student = Student(used, given)
    with _silence():
        seen = [observe_case(check.observe, student, case) for case in cases]
    return decide(check, cases, seen, unfilled_answers(check.answers, given)), used


def _answers(
    check: Check, answers: tuple[Any, ...], named: Mapping[str, Any], caller: Mapping[str, Any]
) -> dict[str, Any]:
    if len(answers) > len(check.answers) or not set(named) <= set(check.answers):
        raise TypeError(f"check({check.id!r}) takes the answers {', '.join(check.answers)}.")
    given = dict(zip(check.answers, answers, strict=False)) | dict(named)
    return {name: given.get(name, caller.get(name)) for name in check.answers}


def _framework(check: Check, framework: str | None, caller: Mapping[str, Any]) -> str:
    said = framework or caller.get("FRAMEWORK")
    if isinstance(said, str):
        return framework_name(said)
    loaded = [name for name in FRAMEWORKS if {"pytorch": "torch"}.get(name, name) in sys.modules]
    if len(loaded) == 1:
        return loaded[0]
    if not loaded:
        return check.frameworks[0]
    if "keras" in loaded and sys.modules["keras"].backend.backend() == "torch":
        return "keras"  # PyTorch is there because Keras runs on it
    raise ValueError(
        f"check({check.id!r}) found Keras and PyTorch in one notebook; "
        "add framework='keras' or framework='pytorch'."
    )


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep log lines and warnings out of the test cell: stock nbgrader gives 0 for any of them."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        with contextlib.suppress(OSError):
            kept, void = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            stack.callback(os.close, kept)
            stack.callback(os.dup2, kept, 2)
            os.dup2(void, 2)
            os.close(void)
        yield
