"""Grade one submission: run its cells in a worker, observe each check, judge here.

A worker that hangs or dies costs the cell or check it was busy with; a fresh one goes on with the
rest. Nothing of the student's ever runs in this process, and all that comes from the worker is
plain data.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.checks.model import Check
from grader.checks.registry import get
from grader.checks.verdict import (
    CRASHED,
    INFRASTRUCTURE,
    MACHINE,
    MEMORY,
    TAMPERED,
    TIMEOUT,
    Verdict,
    decide,
    fault,
    nothing_found,
    recomputed,
    stopped,
)
from grader.grading import holding, own_code
from grader.grading.cells import grade_id, is_answer, is_plain
from grader.grading.dependencies import SETUP, Cell, Plan, bound_names, plan
from grader.grading.plain_tests import plain_verdicts, stack_of
from grader.grading.source import Source
from grader.grading.submission import Submission
from grader.isolation.process import START_S, MakeWorker, Worker, WorkerDied, WorkerTimeout
from grader.sandboxed.observers.model import Case
from grader.sandboxed.observers.run import ERROR, MISSING, OK, Observation
from grader.sandboxed.worker.limits import MEMORY_MB

CELL_TIMEOUT_S = 120.0
SHORT_S = 60.0
MAX_WORKERS = 12  # for one submission: each lost worker costs one cell or check


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
    plan: Plan
    make_worker: MakeWorker
    seed: int
    deadline: float
    stages: dict[str, float]
    memory_mb: Mapping[str, int] = field(default_factory=dict)  # by grade id of an answer
    lost: dict[str, Observation] = field(default_factory=dict)  # cells that ended a worker
    errors: dict[str, Observation] = field(default_factory=dict)  # cells that raised
    changed: list[str] = field(default_factory=list)
    worker: Worker | None = None
    forged: Observation | None = None  # somebody else wrote into the worker's pipe
    said: list[str] = field(default_factory=list)  # by the watches of workers that have ended
    started: int = 0

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
            raise WorkerTimeout
        return min(wanted_s, left)

    def ready(self) -> Worker:
        """Return a worker that has run every cell that can be run."""
        while self.worker is None:
            if self.started >= MAX_WORKERS:
                raise WorkerDied(CRASHED, "too many workers were lost")
            self.started += 1
            self.limit(START_S)
            with self.timed("start"):
                self.worker = self.make_worker(self.framework)
                self.worker.ask({"do": "seed", "seed": self.seed}, SHORT_S)
            self._run_cells(self.worker)
        return self.worker

    def broken_setup(self) -> str:
        """Return why a cell of the trusted source failed, or an empty string."""
        setup = {cell.id for cell in self.plan.cells if cell.kind == SETUP}
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
            except (WorkerTimeout, WorkerDied) as error:
                if isinstance(error, WorkerDied) and error.reason == TAMPERED:
                    self.forged = _lost(error, SHORT_S)

    def drop(self) -> None:
        """End the worker in use."""
        if self.worker is not None:
            self.worker.close()
            self.said += self.worker.said
            self.worker = None

    def _run_cells(self, worker: Worker) -> None:
        for cell in self.plan.cells:
            if cell.id in self.lost:
                continue
            request = _cell_message(cell)
            try:
                with self.timed("setup" if cell.kind == SETUP else "answers"):
                    worker.allow(self.memory_mb.get(cell.id, MEMORY_MB))
                    look = _observation(worker.ask(request, self.limit(CELL_TIMEOUT_S)))
            except (WorkerTimeout, WorkerDied) as error:
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
    return _Grading(source, submission, framework, make_worker, secret).result()


class _Grading:
    """One submission: its exercises in one worker, and each on its own where that goes wrong."""

    def __init__(
        self,
        source: Source,
        submission: Submission,
        framework: str,
        make_worker: MakeWorker,
        secret: bytes | None,
    ) -> None:
        self._source, self._submission = source, submission
        self._framework, self._make_worker, self._secret = framework, make_worker, secret
        listed = [name for names in source.checks.values() for name in names]
        self._checks = [get(name) for name in listed if not is_plain(name)]
        self._stages: dict[str, float] = {}
        self._runs: list[_Run] = []

    def result(self) -> Result:
        """Judge all exercises."""
        shared = self._run(None, 2 * CELL_TIMEOUT_S + sum(c.timeout_s for c in self._checks))
        judged = self._verdict if self._has_answers(shared.plan) else _not_a_lesson
        try:
            verdicts = {check.id: judged(shared, check) for check in self._checks}
        finally:
            for run in self._runs:
                with run.timed("end"):
                    run.drop()
        forged = next((run.forged for run in self._runs if run.forged), None)
        if forged:
            verdicts = {check.id: _stopped(check, forged) for check in self._checks}
        said = [line for run in self._runs for line in run.said]
        reached = holding.reaches(shared.plan.cells, said)
        verdicts = holding.hold(verdicts, reached) | self._plain_verdicts()
        changed = [name for run in self._runs for name in run.changed]
        flags = [*(f"replaced {name}" for name in changed), *holding.flags(reached)]
        flags += [f"{v.check_id}: {v.status}" for v in verdicts.values() if v.status == TAMPERED]
        stages = {name: round(seconds, 4) for name, seconds in self._stages.items()}
        notes = (*self._submission.notes, *own_code.notes(shared.plan))
        return Result(verdicts, notes, tuple(dict.fromkeys(flags)), stages)

    def _has_answers(self, planned: Plan) -> bool:
        """Return whether anything of the lesson is in the file at all."""
        asked = self._source.answer_ids
        return bool(self._submission.answers or planned.moved) or not asked

    def _plain_verdicts(self) -> dict[str, Verdict]:
        source, submission = self._source, self._submission
        return plain_verdicts(source, submission, self._framework, self._make_worker)

    def _run(self, only: frozenset[str] | None, seconds: float) -> _Run:
        plain = self._source.has_plain_tests
        made = _Run(
            stack_of(self._source, self._framework) if plain else self._framework,
            plan(self._source, self._submission, only),
            self._make_worker,
            self._seed("run") % 2**31,
            time.monotonic() + START_S + seconds,
            self._stages,
            {cell: check.memory_mb for check in self._checks for cell in self._cells_of(check)},
        )
        self._runs.append(made)
        return made

    def _seed(self, name: str) -> int:
        return secret_seed(self._secret, name, self._submission.digest) if self._secret else 0

    def _cells_of(self, check: Check) -> frozenset[str]:
        """Return the grade ids of the answers that a check looks at."""
        return frozenset(
            grade_id(cell)
            for cell in self._source.notebook.cells
            if cell.cell_type == "code"
            and is_answer(cell)
            and bound_names(cell.source) & set(check.answers)
        )

    def _verdict(self, shared: _Run, check: Check) -> Verdict:
        if self._untouched(shared.plan, check):
            nothing = Observation(MISSING, {}, {"name": check.answers[0]})
            return decide(check, (), [nothing])
        verdict, blame = _grade_check(shared, check, self._seed(check.id))
        if blame != SHARED or shared.forged:
            return verdict
        return self._alone(check)

    def _alone(self, check: Check) -> Verdict:
        """Judge an exercise without the others, one of which may have cost it its worker."""
        run = self._run(self._cells_of(check), CELL_TIMEOUT_S + check.timeout_s)
        verdict, _ = _grade_check(run, check, self._seed(check.id))
        with run.timed("end"):
            run.end()
            run.drop()
        return verdict

    def _untouched(self, planned: Plan, check: Check) -> bool:
        """Return whether all answers of a check are as released, or missing."""
        answers = self._submission.answers
        cells = self._cells_of(check)
        return (
            bool(cells)
            and not planned.moved.keys() & set(check.answers)
            and all(
                name not in answers or self._source.is_as_released(name, answers[name])
                for name in cells
            )
        )


def _not_a_lesson(_: _Run, check: Check) -> Verdict:
    return nothing_found(check)


OWN_DOING, SHARED = "own doing", "shared"


def _grade_check(run: _Run, check: Check, seed: int) -> tuple[Verdict, str]:
    """Return the verdict, and whether what went wrong may be another exercise's doing."""
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
    except (WorkerTimeout, WorkerDied) as error:
        return _ended(check, error, CELL_TIMEOUT_S), SHARED
    if run.forged:
        return _stopped(check, run.forged), OWN_DOING
    try:
        with run.timed("observe"):
            worker.allow(check.memory_mb)
            limit_s = run.limit(check.timeout_s)
            reply = worker.ask(request, limit_s)
    except (WorkerTimeout, WorkerDied) as error:
        run.drop()
        in_time = isinstance(error, WorkerTimeout) and limit_s == check.timeout_s
        return run.note(_ended(check, error, check.timeout_s)), OWN_DOING if in_time else SHARED
    with run.timed("judge"):
        verdict = _judge(run, check, cases, reply)
    return verdict, SHARED if verdict.status in (MEMORY, CRASHED, INFRASTRUCTURE) else OWN_DOING


def _ended(check: Check, error: WorkerTimeout | WorkerDied, limit_s: float) -> Verdict:
    """Return the verdict on code that cost a worker; on our own faults, one that counts nothing."""
    if _ours(error):
        return fault(check, f"{MACHINE}{error}")
    return _stopped(check, _lost(error, limit_s))


def _judge(run: _Run, check: Check, cases: Sequence[Case], reply: Mapping[str, Any]) -> Verdict:
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
        explained = _why_missing(run, seen[0].detail.get("name", ""))
        if explained is not None and explained.status in (TIMEOUT, MEMORY, CRASHED):
            return _stopped(check, explained)
        if explained is not None:
            seen = [explained] * len(cases)
    if len(seen) != len(cases) and not _absent(seen):
        return fault(check, f"{len(seen)} observations of {len(cases)} cases")
    if any(_needs_memory(look) for look in seen):
        return _stopped(check, _lost(WorkerDied(MEMORY), check.timeout_s))
    verdict = recomputed(check, cases, seen, decide(check, cases, seen, unfilled))
    verdict = own_code.explained(verdict, run.plan, {**run.errors, **run.lost})
    broken = run.broken_setup()
    return fault(check, broken) if broken and not verdict.passed else verdict


def _absent(seen: Sequence[Observation]) -> bool:
    return bool(seen) and seen[0].status == MISSING


def _why_missing(run: _Run, name: str) -> Observation | None:
    """Return what became of the cell that should define ``name``, if anything went wrong there."""
    texts = {cell.id: cell.source for cell in run.plan.cells if cell.kind != SETUP}
    for cell_id, look in {**run.errors, **run.lost}.items():
        text = texts.get(cell_id, "")
        if name in bound_names(text) | _unparsed(text, name):
            return look
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


def _ours(error: WorkerTimeout | WorkerDied) -> bool:
    """Return whether a worker was lost by no act of the student's."""
    return isinstance(error, WorkerDied) and _status(error).startswith(INFRASTRUCTURE)


def _status(error: WorkerTimeout | WorkerDied) -> str:
    if not isinstance(error, WorkerDied):
        return TIMEOUT
    # a worker without memory for its own reply says so as a fault of its own
    return MEMORY if "MemoryError" in str(error) else error.reason


def _lost(error: WorkerTimeout | WorkerDied, limit_s: float) -> Observation:
    status = _status(error)
    found, step = _LOST.get(status, _LOST[CRASHED])
    return Observation(status, {}, {"found": found.format(limit_s), "next_step": step})


def _cell_message(cell: Cell) -> dict[str, Any]:
    text = {"id": cell.id, "source": cell.source, "kind": cell.kind}
    return {"do": "cell", **text, "keep": list(cell.keep)}


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
