"""Test cells of a stock nbgrader assignment: plain asserts, run where the student's code ran.

The notebook is rebuilt from its source and its cells run in order in a worker: warm, shut in, with
limits. A test earns its points if it runs to its end; what goes to stderr costs nothing. As the
test shares a process with the student's code, that code could forge it: only a ``check`` is judged
elsewhere.
"""

from __future__ import annotations

import base64
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from course.frameworks import FRAMEWORKS
from grader.checks.verdict import (
    CRASHED,
    FAILED,
    INFRASTRUCTURE,
    MEMORY,
    NOT_DONE,
    PASSED,
    TAMPERED,
    TIMEOUT,
    Verdict,
)
from grader.grading import dependencies
from grader.grading.cells import PLAIN, grade_id, is_plain, used_modules
from grader.grading.dependencies import SETUP, TEST, Cell
from grader.grading.source import Source
from grader.grading.submission import Submission
from grader.isolation.process import START_S, Worker, WorkerDied, WorkerTimeout
from grader.sandboxed.observers.run import ERROR, OK, UNFILLED

NO_FRAMEWORK = "python"
MAX_WORKERS = 12  # each lost one costs the cell that it was busy with
WHOLE = 4  # a notebook gets so many times the limit of a cell
SHORT_S = 60.0
RUNS = "a test that runs to its end"

_LOST = {
    TIMEOUT: ("it was still running after {0:g} seconds", "Look for a loop that never ends."),
    MEMORY: ("it needed more memory than is allowed", "Keep fewer or smaller arrays alive."),
    CRASHED: ("Python itself ended while it ran", "Remove exit calls; run the cell by itself."),
    TAMPERED: ("something else answered for it", "Your instructor will look at this."),
}


@dataclass(frozen=True)
class _Seen:
    """What became of one cell."""

    status: str
    detail: Mapping[str, str] = field(default_factory=dict)
    value: str = ""


def stack_of(source: Source, name: str = "") -> str:
    """Return what a notebook runs on: ``keras``, ``pytorch``, or neither."""
    if name in FRAMEWORKS:
        return name
    used = {
        module
        for cell in source.notebook.cells
        if cell.cell_type == "code"
        for module in used_modules(cell.source)
    }
    if used & {"tensorflow", "keras"}:
        return "keras"
    return "pytorch" if used & {"torch", "torchvision"} else NO_FRAMEWORK


def plain_verdicts(
    source: Source,
    submission: Submission,
    name: str,
    make_worker: Callable[[str], Worker],
) -> dict[str, Verdict]:
    """Run a notebook and return the verdicts on its plain tests, by their check id."""
    tests = {
        test: cell
        for cell in source.notebook.cells
        for test in source.checks.get(grade_id(cell), ())
        if is_plain(test)
    }
    if not tests:
        return {}
    cells = list(dependencies.in_order(source, submission))
    run = _Run(cells, source, lambda: make_worker(stack_of(source, name)))
    run.all_cells()
    points = source.points()
    return {
        test: _verdict(test, points[grade_id(cell)], run.look(grade_id(cell)))
        for test, cell in tests.items()
    }


@dataclass
class _Run:
    """One run of a notebook, over as many workers as its cells end."""

    cells: list[Cell]
    source: Source
    make_worker: Callable[[], Worker]
    seen: dict[str, _Seen] = field(default_factory=dict)
    lost: dict[str, _Seen] = field(default_factory=dict)
    ended: _Seen | None = None  # why no further worker was tried
    deadline: float = math.inf

    def all_cells(self) -> None:
        """Run every cell; one that ends its worker is left out of the next."""
        self.deadline = time.monotonic() + START_S + WHOLE * self.source.timeout_s
        for _ in range(MAX_WORKERS):
            before = len(self.lost)
            try:
                self._once()
            except (WorkerTimeout, WorkerDied) as error:
                self.ended = _why(error, self.source.timeout_s)
                return
            if len(self.lost) == before:
                return
        self.ended = _Seen(CRASHED, {"found": "too many cells ended Python"})

    def look(self, name: str) -> _Seen:
        """Return what became of a test cell."""
        known = self.lost.get(name) or self.seen.get(name)
        return known or self.ended or _Seen(INFRASTRUCTURE, {"found": "it was not run"})

    def _once(self) -> None:
        worker = self.make_worker()
        try:
            worker.ask({"do": "seed", "seed": 0}, SHORT_S)
            worker.ask({"do": "files", "files": _packed(self.source.files)}, SHORT_S)
            for cell in self.cells:
                if cell.id not in self.lost and not self._ran(worker, cell):
                    return
        finally:
            worker.close()

    def _ran(self, worker: Worker, cell: Cell) -> bool:
        """Run one cell; return whether the worker is still there."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise WorkerTimeout
        kind = SETUP if cell.kind == TEST else cell.kind  # the course's own, either way
        request = {"do": "cell", "id": cell.id, "source": cell.source, "kind": kind}
        if cell.kind == TEST:
            request["value"] = "yes"
        try:
            reply = worker.ask(request, min(left, self.source.timeout_s))
            self.seen[cell.id] = _seen(reply)
        except (WorkerTimeout, WorkerDied) as error:
            why = _why(error, self.source.timeout_s)
            if why.status == INFRASTRUCTURE:
                raise
            self.lost[cell.id] = why
            return False
        return True


def _packed(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files.items()}


def _seen(reply: Mapping[str, Any]) -> _Seen:
    detail = {str(key): str(value) for key, value in dict(reply["detail"]).items()}
    return _Seen(str(reply["status"]), detail, str(dict(reply["facts"]).get("value", "")))


def _why(error: WorkerTimeout | WorkerDied, limit_s: float) -> _Seen:
    reason = error.reason if isinstance(error, WorkerDied) else TIMEOUT
    if reason.startswith(INFRASTRUCTURE):
        return _Seen(INFRASTRUCTURE, {"found": str(error)})
    found, step = _LOST.get(reason, _LOST[CRASHED])
    status = reason if reason in _LOST else CRASHED
    return _Seen(status, {"found": found.format(limit_s), "next_step": step})


def _verdict(test: str, full: float, seen: _Seen) -> Verdict:
    title = test.removeprefix(PLAIN)
    if seen.status == OK:
        return _passed(test, title, full, seen.value)
    if seen.status == INFRASTRUCTURE:
        return _fault(test, title, full, seen.detail.get("found", ""))
    if seen.status == UNFILLED:
        step = "Put your code in the place of `raise NotImplementedError`."
        return Verdict(test, title, FAILED, 0.0, full, next_step=step, hint_id=NOT_DONE)
    if seen.status not in _LOST:
        return _raised(test, title, full, seen.detail)
    found, step = seen.detail.get("found", ""), seen.detail.get("next_step", "")
    return Verdict(test, title, seen.status, 0.0, full, title, RUNS, found, step)


def _passed(test: str, title: str, full: float, value: str) -> Verdict:
    """Return a passed test; one whose last line is a number gives that many points."""
    try:
        points = float(value) if value else full
    except ValueError:
        points = full  # nbgrader's rule: another value than a number is full marks
    if not 0 <= points <= full:  # NaN too; nbgrader gives full marks, or stops
        return _fault(test, title, full, f"the test gave {value} of {full:g} points")
    if points == full:
        return Verdict(test, title, PASSED, full, full)
    step = "Read the test above: it says what is still missing."
    wanted, got = f"{full:g} points", f"{points:g} points"
    return Verdict(test, title, FAILED, points, full, title, wanted, got, step)


def _raised(test: str, title: str, full: float, detail: Mapping[str, str]) -> Verdict:
    kind, message = detail.get("type", ""), detail.get("message", "")
    return Verdict(
        test,
        title,
        FAILED if kind.endswith("AssertionError") else ERROR,
        0.0,
        full,
        title,
        RUNS,
        kind + (f": {message}" if message else ""),
        "Read the lines below: the last one is where it stopped.",
        detail=detail.get("trace", ""),
    )


def _fault(test: str, title: str, full: float, detail: str) -> Verdict:
    return Verdict(
        test,
        title,
        INFRASTRUCTURE,
        0.0,
        full,
        title,
        "a test that can be run",
        "a fault in the test, or in running it",
        "This is not your mistake. Please tell your instructor.",
        detail=detail,
    )
