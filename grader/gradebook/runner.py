"""Grade a class: workers in parallel, one coordinator that writes, nothing graded twice."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from course import files
from grader.classroom.carried import SECRET, small_file
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom, Submitted
from grader.classroom.verdict_log import FOLDER, Entry
from grader.errors import ClassroomError, SourceError
from grader.gradebook.record import record
from grader.grading.submission import Submission, read_submission

RECORDED = "recorded.json"


@dataclass(frozen=True)
class Outcome:
    """What became of one submitted file.

    Attributes
    ----------
    submitted : Submitted
        The file.
    entry : Entry or None
        Its verdicts; ``None`` if it could not be graded.
    state : str
        ``graded`` now, ``known`` from the log, or ``refused``.
    reason : str
        Why it was refused.
    before : float or None
        Points of the grading before, if they differ.
    read_s, write_s : float
        What the coordinator spent on rebuilding it, and on gradebook and notebook.
    """

    submitted: Submitted
    entry: Entry | None
    state: str
    reason: str = ""
    before: float | None = None
    read_s: float = 0.0
    write_s: float = 0.0


@dataclass
class _Recorded:
    """Which verdicts are in the gradebook already, by student, lesson and framework."""

    path: Path
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path) -> _Recorded:
        path = root / FOLDER / RECORDED
        return cls(path, dict(filter(_is_pair, files.records(path))))

    def has(self, name: str, key: str) -> bool:
        return self.keys.get(name) == key

    def add(self, name: str, key: str) -> None:
        self.keys[name] = key
        files.append(self.path, [name, key])


def _is_pair(plain: Any) -> bool:
    return isinstance(plain, list) and len(plain) == 2 and all(isinstance(p, str) for p in plain)


def run_class(
    classroom: Classroom,
    engine: Engine,
    wanted: Iterable[Submitted],
    *,
    jobs: int,
    again: bool = False,
    notify: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Grade ``wanted`` and write the gradebook; call ``notify`` after each.

    A submission whose text, checks and environment are in the log is not run again, unless
    ``again``. Whatever goes wrong with one submission is an `Outcome` of its own; the others are
    graded. Interrupted at any moment, the next call goes on where this one stopped.
    """
    before = engine.log.latest()
    recorded = _Recorded.load(classroom.root)
    outcomes = []
    with classroom.gradebook() as book:
        present = _in_gradebook(book)
        for submitted, submission, made, read_s in _graded(engine, wanted, jobs, again):
            begin = time.perf_counter()
            outcome = _write(
                classroom, book, engine, recorded, present, submitted, submission, made
            )
            outcome = _compared(outcome, before)
            outcome = replace(outcome, read_s=read_s, write_s=time.perf_counter() - begin)
            outcomes.append(outcome)
            notify(outcome)
    return outcomes


_Made = tuple[str, Entry | None, str]  # state, entry, reason
_Read = tuple[Submitted, Submission, float]  # and the seconds that rebuilding took


def _graded(
    engine: Engine, wanted: Iterable[Submitted], jobs: int, again: bool
) -> Iterator[tuple[Submitted, Submission, _Made, float]]:
    """Yield each submission with its entry, as they are done; the log is written here."""
    running: dict[Future[Entry], _Read] = {}
    pool = ThreadPoolExecutor(jobs)
    try:
        for submitted in wanted:
            begin = time.perf_counter()
            submission, made = _look_up(engine, submitted, again)
            read_s = time.perf_counter() - begin
            if made is not None:
                yield submitted, submission, made, read_s
                continue
            who = (submitted.student, submitted.lesson, submitted.framework)
            running[pool.submit(engine.run, submission, *who)] = submitted, submission, read_s
            if len(running) >= 2 * jobs:  # enough to keep every worker busy
                yield from _finished(engine, running)
        while running:
            yield from _finished(engine, running)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _finished(
    engine: Engine, running: dict[Future[Entry], _Read]
) -> Iterator[tuple[Submitted, Submission, _Made, float]]:
    """Wait for at least one of ``running`` and yield what is done."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        submitted, submission, read_s = running.pop(future)
        yield submitted, submission, _finish(engine, future), read_s


def _look_up(engine: Engine, submitted: Submitted, again: bool) -> tuple[Submission, _Made | None]:
    try:
        source = engine.source(submitted.lesson, submitted.framework, submitted.student)
        submission = read_submission(submitted.path, source)
        who = (submitted.student, submitted.lesson, submitted.framework)
        found = None if again else engine.known(submission, *who)
    except (SourceError, OSError) as error:
        return Submission({}), ("refused", None, str(error))
    return submission, ("known", found, "") if found else None


def _finish(engine: Engine, future: Future[Entry]) -> _Made:
    try:
        entry = future.result()
    except Exception as error:  # a fault of ours must not cost the rest of the class
        return "refused", None, f"grading failed: {type(error).__name__}: {error}"
    try:
        engine.log.append(entry)
    except OSError as error:  # a full disk; the next run grades this one again
        return "refused", None, f"its verdicts could not be kept: {error.strerror}"
    return "graded", entry, ""


def _write(
    classroom: Classroom,
    book: Gradebook,
    engine: Engine,
    recorded: _Recorded,
    present: set[tuple[str, str]],
    submitted: Submitted,
    submission: Submission,
    made: _Made,
) -> Outcome:
    state, entry, reason = made
    if entry is None:
        return Outcome(submitted, None, state, reason)
    name = f"{submitted.student}/{submitted.lesson}/{submitted.framework}"
    mark = _mark(submitted, entry)
    there = (submitted.student, submitted.lesson) in present
    if state == "known" and there and recorded.has(name, mark):
        return Outcome(submitted, entry, state)
    try:
        record(classroom, book, engine, submitted, submission, entry)
    except (ClassroomError, OSError) as error:
        return Outcome(submitted, entry, "refused", str(error))
    with contextlib.suppress(OSError):  # if not noted, it is written again next time
        recorded.add(name, mark)
    return Outcome(submitted, entry, state)


def _mark(submitted: Submitted, entry: Entry) -> str:
    """Return what a record was made of: verdicts, points, the file, and the secret beside it."""
    worth = "/".join(f"{points:g}" for points in (*entry.worth.values(), entry.points))
    secret = small_file(submitted.path.parent / SECRET) or b""
    beside = f" {hashlib.sha256(secret).hexdigest()}" if secret else ""
    return f"{entry.key} {submitted.path.stat().st_mtime_ns} {worth}{beside}"


def _in_gradebook(book: Gradebook) -> set[tuple[str, str]]:
    return {
        (submission.student_id, assignment.name)
        for assignment in book.assignments
        for submission in assignment.submissions
    }


def _compared(outcome: Outcome, before: dict[tuple[str, str, str], Entry]) -> Outcome:
    if outcome.entry is None:
        return outcome
    own = outcome.submitted
    old = before.get((own.student, own.lesson, own.framework))
    if old is None or old.points == outcome.entry.points:
        return outcome
    return Outcome(own, outcome.entry, outcome.state, outcome.reason, old.points)
