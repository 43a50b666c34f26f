"""Grade one submission: run its cells in a worker, observe each check, judge here.

A worker that hangs or dies costs the cell or check it was busy with; a fresh one goes on with the
rest. Nothing of the student's ever runs in this process, and all that comes from the worker is
plain data.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.checks.model import Case, Check
from grader.checks.registry import get
from grader.checks.verdict import (
    CRASHED,
    INFRASTRUCTURE,
    MEMORY,
    TAMPERED,
    TIMEOUT,
    Verdict,
    decide,
    fault,
    stopped,
)
from grader.observers.run import ERROR, MISSING, OK, Observation
from grader.plain_tests import plain_verdicts, stack_of
from grader.process import START_S, Gone, Late, Worker
from grader.rebuild import Cell, Source, Submission, bound_names, cells_to_run, is_plain

CELL_TIMEOUT_S = 120.0
SHORT_S = 60.0
MAX_WORKERS = 12  # for one submission: each lost worker costs one cell or check

MakeWorker = Callable[[str], Worker]

_LOST = {
    TIMEOUT: ("it was still running after {0:g} seconds", "Look for a loop that never ends."),
    MEMORY: ("it needed more memory than is allowed", "Keep fewer or smaller arrays alive."),
    TAMPERED: (
        "something else than the check answered for it",
        "Your instructor will look at this.",
    ),
    CRASHED: ("Python itself ended while it ran", "Remove exit calls; run the cell by itself."),
}
_REPLACED = "replaced functions that belong to Python, the framework or the course: "


@dataclass(frozen=True)
class Result:
    """What grading one submission gave.

    Attributes
    ----------
    verdicts : mapping of str to Verdict
        By check id, in the lesson's order.
    notes : tuple of str
        Sentences for the feedback, about the submission as a whole.
    flags : tuple of str
        For the instructor to look at.
    stages : mapping of str to float
        Seconds spent on ``start``, ``setup``, ``answers``, ``observe``, ``judge`` and ``end``.
    """

    verdicts: Mapping[str, Verdict]
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass
class _Run:
    """The state of one grading: what is lost so far, and the worker in use."""

    framework: str
    cells: list[Cell]
    make_worker: MakeWorker
    seed: int
    lost: dict[str, Observation] = field(default_factory=dict)  # cells that ended a worker
    errors: dict[str, Observation] = field(default_factory=dict)  # cells that raised
    changed: list[str] = field(default_factory=list)
    worker: Worker | None = None
    forged: Observation | None = None  # somebody else wrote into the worker's pipe
    started: int = 0
    deadline: float = math.inf
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time of what follows to ``stage``."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + time.perf_counter() - begin

    def limit(self, wanted_s: float) -> float:
        """Return ``wanted_s``, or what is left of the submission's own time if that is less."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Late
        return min(wanted_s, left)

    def ready(self) -> Worker:
        """Return a worker that has run every cell that can be run."""
        while self.worker is None:
            if self.started >= MAX_WORKERS:
                raise Gone(CRASHED, "too many workers were lost")
            self.started += 1
            self.limit(START_S)
            with self.timed("start"):
                self.worker = self.make_worker(self.framework)
                self.worker.ask({"do": "seed", "seed": self.seed}, SHORT_S)
            self._run_cells(self.worker)
        return self.worker

    def broken_setup(self) -> str:
        """Return why a cell of the trusted source failed, or an empty string."""
        setup = {cell.id for cell in self.cells if cell.kind == "setup"}
        for cell_id, look in self.errors.items():
            if cell_id in setup:
                return f"cell {cell_id!r} of the source: {dict(look.detail)}"
        return ""

    def note(self, verdict: Verdict) -> Verdict:
        """Return ``verdict``, and remember it if it is about a forged reply."""
        if verdict.status == TAMPERED:
            detail = {"found": verdict.found, "next_step": verdict.next_step}
            self.forged = Observation(TAMPERED, {}, detail)
        return verdict

    def end(self) -> None:
        """Have the worker say that it is done: a reply too many shows here."""
        if self.worker is not None and self.forged is None:
            try:
                self.worker.ask({"do": "end"}, SHORT_S)
            except (Late, Gone) as error:
                if isinstance(error, Gone) and error.reason == TAMPERED:
                    self.forged = _lost(error, SHORT_S)

    def drop(self) -> None:
        """End the worker in use."""
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    def _run_cells(self, worker: Worker) -> None:
        for cell in self.cells:
            if cell.id in self.lost:
                continue
            request = {"do": "cell", "id": cell.id, "source": cell.source}
            try:
                with self.timed("setup" if cell.kind == "setup" else "answers"):
                    look = _observation(worker.ask(request, self.limit(CELL_TIMEOUT_S)))
            except (Late, Gone) as error:
                if _ours(error):
                    raise
                self.lost[cell.id] = _lost(error, CELL_TIMEOUT_S)
                if self.lost[cell.id].status == TAMPERED:
                    self.forged = self.lost[cell.id]
                return self.drop()
            if look.status != OK:
                self.errors[cell.id] = look
        with self.timed("answers"):
            self.changed = list(worker.ask({"do": "guard"}, SHORT_S)["changed"])
        return None


def secret_seed(secret: bytes, *parts: str) -> int:
    """Return the seed that only the holder of ``secret`` can know for these ``parts``."""
    digest = hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).digest()
    return 1 + int.from_bytes(digest[:6], "big")


def grade(
    source: Source,
    submission: Submission,
    framework: str,
    make_worker: MakeWorker,
    *,
    secret: bytes | None = None,
) -> Result:
    """Return the verdicts on ``submission``; the cases are the public ones without a ``secret``."""
    checks = [get(name) for names in source.checks.values() for name in names if not is_plain(name)]
    seed = secret_seed(secret, "run", submission.digest) % 2**31 if secret else 0
    stack = stack_of(source, framework) if source.has_plain_tests else framework
    run = _Run(stack, cells_to_run(source, submission), make_worker, seed)
    run.deadline = (
        time.monotonic() + START_S + 2 * CELL_TIMEOUT_S + sum(c.timeout_s for c in checks)
    )
    verdicts = {}
    try:
        for check in checks:
            case_seed = secret_seed(secret, check.id, submission.digest) if secret else 0
            verdicts[check.id] = _grade_check(run, check, case_seed, submission)
        with run.timed("end"):
            run.end()
        if run.forged:
            verdicts = {check.id: _stopped(check, run.forged) for check in checks}
    finally:
        with run.timed("end"):
            run.drop()
    verdicts |= plain_verdicts(source, submission, framework, make_worker)
    flags = [f"replaced {name}" for name in run.changed]
    flags += [f"{v.check_id}: {v.status}" for v in verdicts.values() if v.status == TAMPERED]
    stages = {name: round(seconds, 4) for name, seconds in run.stages.items()}
    return Result(verdicts, submission.notes, tuple(dict.fromkeys(flags)), stages)


def _grade_check(run: _Run, check: Check, seed: int, submission: Submission) -> Verdict:
    with run.timed("judge"):
        cases = check.draw(seed)
    request = {
        "do": "check",
        "observer": check.observer,
        "answers": list(check.answers),
        "cases": [_case_message(case) for case in cases],
    }
    try:
        worker = run.ready()
    except Late as error:
        return _stopped(check, _lost(error, CELL_TIMEOUT_S))
    except Gone as error:
        return fault(check, f"no worker could be made ready: {error!r}")
    if run.forged:
        return _stopped(check, run.forged)
    try:
        with run.timed("observe"):
            worker.allow(check.memory_mb)
            reply = worker.ask(request, run.limit(check.timeout_s))
    except (Late, Gone) as error:
        run.drop()
        if _ours(error):
            return fault(check, str(error))
        return run.note(_stopped(check, _lost(error, check.timeout_s)))
    with run.timed("judge"):
        return _judge(run, check, cases, reply, submission)


def _judge(
    run: _Run, check: Check, cases: Sequence[Case], reply: Mapping[str, Any], sub: Submission
) -> Verdict:
    try:
        seen = [_observation(look) for look in reply["seen"]]
        unfilled = [str(name) for name in reply["unfilled"]]
        changed = [*run.changed, *map(str, reply["changed"])]
    except (KeyError, TypeError, ValueError) as error:
        return fault(check, f"the worker's reply cannot be read: {error!r}")
    if changed:
        return stopped(
            check,
            TAMPERED,
            _REPLACED + ", ".join(changed[:3]),
            "Your instructor will look at this. Give your own functions names of their own.",
        )
    if seen and seen[0].status == MISSING:
        explained = _why_missing(run, seen[0].detail.get("name", ""), sub)
        if explained is not None and explained.status in (TIMEOUT, MEMORY, CRASHED):
            return _stopped(check, explained)
        if explained is not None:
            seen = [explained] * len(cases)
    if len(seen) != len(cases) and not _absent(seen):
        return fault(check, f"{len(seen)} observations of {len(cases)} cases")
    if any(_needs_memory(look) for look in seen):
        return _stopped(check, _lost(Gone(MEMORY), check.timeout_s))
    verdict = decide(check, cases, seen, unfilled)
    broken = run.broken_setup()
    return fault(check, broken) if broken and not verdict.passed else verdict


def _absent(seen: Sequence[Observation]) -> bool:
    return bool(seen) and seen[0].status == MISSING


def _why_missing(run: _Run, name: str, submission: Submission) -> Observation | None:
    """Return what became of the cell that should define ``name``, if anything went wrong there."""
    texts = {cell.id: cell.source for cell in run.cells if cell.kind == "answer"}
    for cell_id, look in {**run.errors, **run.lost}.items():
        text = texts.get(cell_id, "")
        if name in bound_names(text) | _unparsed(text, name):
            return look
    if name in submission.elsewhere:
        detail = {
            "expected": f"`{name}` in the answer cell of the exercise",
            "found": "it is defined in another cell, which grading does not see",
            "next_step": "Move it into the answer cell and submit again.",
        }
        return Observation("unusable", {}, detail)
    return None


def _unparsed(text: str, name: str) -> set[str]:
    """Return ``{name}`` if a text that is no Python still speaks of it."""
    return {name} if name in text and not bound_names(text) else set()


def _stopped(check: Check, look: Observation) -> Verdict:
    return stopped(check, look.status, look.detail["found"], look.detail["next_step"])


def _needs_memory(look: Observation) -> bool:
    if look.status != ERROR:
        return False
    kind, message = look.detail.get("type", ""), look.detail.get("message", "")
    return kind.endswith(("MemoryError", "ResourceExhaustedError")) or "can't allocate" in message


def _ours(error: Late | Gone) -> bool:
    """Return whether a worker was lost by no act of the student's."""
    return isinstance(error, Gone) and error.reason.startswith(INFRASTRUCTURE)


def _lost(error: Late | Gone, limit_s: float) -> Observation:
    status = error.reason if isinstance(error, Gone) else TIMEOUT
    found, step = _LOST.get(status, _LOST[CRASHED])
    return Observation(status, {}, {"found": found.format(limit_s), "next_step": step})


def _case_message(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "seed": case.seed,
        "params": dict(case.params),
        "part": case.part,
        "public": True,  # the code being looked at must not be able to tell
    }


def _observation(message: Mapping[str, Any]) -> Observation:
    known = (OK, MISSING, "unfilled", ERROR, "unusable", "broken")
    status, facts, detail = message["status"], message["facts"], message["detail"]
    if status not in known or not isinstance(facts, dict) or not isinstance(detail, dict):
        raise ValueError(f"an observation of status {status!r}")
    plain = {str(key): str(value) for key, value in detail.items()}
    return Observation(status, facts, plain, float(message["seconds"]))
