"""Run one observer on one case and report what happened, whatever the student's code does."""

from __future__ import annotations

import ast
import inspect
import linecache
import sysconfig
import textwrap
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from grader.sandboxed.observers.errors import Unusable
from grader.sandboxed.observers.facts import plain
from grader.sandboxed.observers.model import Case, Student

MISSING = "missing"  # an answer is not defined, or still holds None or ...
UNFILLED = "unfilled"  # the lesson's own NotImplementedError
ERROR = "error"  # the student's code raised
UNUSABLE = "unusable"  # the observer cannot look at what came back
BROKEN = "broken"  # the observer itself failed
OK = "ok"

_MAX_LINES = 12
_MAX_LINE = 200
_MAX_MESSAGE = 500
_HERE = Path(__file__).resolve().parents[2]
_FOLDERS = ("checks", "sandboxed")
_PACKAGES = tuple(
    str(Path(sysconfig.get_paths()[name]).resolve())
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


@dataclass(frozen=True)
class Observation:
    """What one look at the student's answers gave: facts, or the reason there are none.

    Attributes
    ----------
    status : str
        ``ok``, ``missing``, ``unfilled``, ``error``, ``unusable`` or ``broken``.
    facts : mapping
        Numbers, strings, lists, arrays; empty unless ``ok``.
    detail : mapping of str to str
        ``name`` when missing; ``type``, ``message``, ``trace`` when something raised; the lines of
        an `Unusable`.
    seconds : float
        Wall time.
    """

    status: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Line:
    """One line of the student's own code, on the way to an exception."""

    number: int
    function: str
    code: str

    def __str__(self) -> str:
        where = "" if self.function == "<module>" else f" in {self.function}"
        return f"line {self.number}{where}" + (f": {self.code}" if self.code else "")


def missing_answer(names: tuple[str, ...], answers: Mapping[str, Any]) -> str:
    """Return the first name that has no usable answer yet, or an empty string."""
    for name in names:
        if answers.get(name) is None or answers[name] is Ellipsis:
            return name
    return ""


_OF_EVERY_CLASS = {"__module__", "__qualname__", "__doc__", "__dict__", "__weakref__"}
_OF_EVERY_CLASS |= {"__firstlineno__", "__static_attributes__"}  # since Python 3.13


def unfilled_answers(names: tuple[str, ...], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of functions and classes as the released lesson left them."""
    return tuple(name for name in names if _holds_ellipsis(answers.get(name)))


def _holds_ellipsis(answer: Any) -> bool:
    if inspect.isclass(answer) and set(vars(answer)) <= _OF_EVERY_CLASS:
        return True  # a notebook's class cannot be asked for its text
    if not inspect.isfunction(answer) and not inspect.isclass(answer):
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
        for node in ast.walk(tree)
    )


def observe_case(
    observe: Callable[[Student, Case], Mapping[str, Any]], student: Student, case: Case
) -> Observation:
    """Call ``observe(student, case)``; never raises an `Exception`, nor `SystemExit`."""
    begin = time.perf_counter()
    try:
        facts = observe(student, case)
        if not isinstance(facts, Mapping):
            raise TypeError(f"observe returned {type(facts).__name__}; expected a mapping of facts")
        seen = Observation(OK, plain(facts))
    except Unusable as stop:
        lines = {"expected": stop.expected, "found": stop.found, "next_step": stop.next_step}
        seen = Observation(UNUSABLE, {}, {**lines, "hint_id": stop.hint_id})
    except (Exception, SystemExit) as error:
        seen = observed_error(error, observer=getattr(observe, "__code__", None))
    return Observation(seen.status, seen.facts, seen.detail, time.perf_counter() - begin)


def observed_error(error: BaseException, *, observer: CodeType | None = None) -> Observation:
    """Return what an exception means: the student's error, an empty exercise, or our fault."""
    if isinstance(error, NotImplementedError):
        return Observation(UNFILLED, {}, {"type": "NotImplementedError", "message": _text(error)})
    frames = student_frames(error.__traceback__, skip=observer.co_filename if observer else "")
    theirs = bool(frames) or isinstance(error, SyntaxError | SystemExit)
    detail = {
        "type": type(error).__name__,
        "message": _text(error),
        "trace": _trace(error, frames) if theirs else _full_trace(error),
    }
    return Observation(ERROR if theirs else BROKEN, {}, detail)


def student_frames(trace: TracebackType | None, *, skip: str = "") -> list[Line]:
    """Return the lines of ``trace`` in the student's own code, oldest first; none of ``skip``."""
    found = []
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename != skip and _is_students(frame):
            name = frame.f_code.co_name
            code = linecache.getline(frame.f_code.co_filename, line).strip()
            found.append(Line(line, name, code[:_MAX_LINE]))
    return found


def _is_students(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    if filename.startswith("<") and not filename.startswith(("<cell", "<ipython")):
        return False
    path = str(Path(filename).resolve()) if not filename.startswith("<") else filename
    ours = (*(str(_HERE / name) for name in _FOLDERS), str(_HERE.parent / "course"))
    return not path.startswith((*ours, *_PACKAGES))


def _trace(error: BaseException, frames: list[Line]) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {(error.text or '').strip()[:_MAX_LINE]}"
    return "\n".join(str(line) for line in frames[-_MAX_LINES:])


def _full_trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-4000:]


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_MESSAGE]
    except Exception:  # an exception class of the student's with a broken __str__
        return ""
