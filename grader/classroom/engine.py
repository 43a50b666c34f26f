"""Grade submissions of a class folder, each text once: what the log knows is not run again."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checks.verdict import Verdict
from grader.classroom import lessons
from grader.classroom.exams import Exams, is_exam
from grader.classroom.verdict_log import FOLDER, Entry, Log
from grader.errors import ClassroomError
from grader.grading import digests
from grader.grading.session import Result, grade
from grader.grading.source import CELL_TIMEOUT_S, Source
from grader.grading.submission import Submission
from grader.isolation.process import MakeWorker

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

Remote = Callable[[Source, Submission, str, str, bytes], Result]


class Engine:
    """Everything that grading one class needs, except the workers.

    Parameters
    ----------
    root : Path
        The class folder, with ``solutions/`` or ``lessons/`` in it.
    make_worker : function
        Makes a worker for a framework.
    remote : function, optional
        ``remote(source, submission, lesson, framework, secret)`` grades elsewhere instead.
    """

    def __init__(
        self, root: Path, make_worker: MakeWorker | None, *, remote: Remote | None = None
    ) -> None:
        self.root = root
        self.log = Log(root)
        self._make_worker, self._remote = make_worker, remote
        self._secret = class_secret(root)
        self._sources: dict[tuple[str, str], Source] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self.folders: CourseDirectory | None = None  # the class's own names of nbgrader's folders
        self.cell_timeout_s = CELL_TIMEOUT_S
        self.exams = Exams(root / FOLDER, self._secret)

    def source(self, lesson: str, framework: str, student: str = "") -> Source:
        """Return a trusted notebook, read once; of an exam, the student's own paper."""
        if is_exam(lesson):
            return self.exams.source(lesson, framework, student)
        name = (lesson, framework)
        if name not in self._sources:
            self._sources[name] = lessons.load(lesson, framework, self.root, self.folders)
        return replace(self._sources[name], timeout_s=self.cell_timeout_s)

    def key(self, submission: Submission, lesson: str, framework: str, student: str = "") -> str:
        """Return the hash under which the log keeps the verdicts on ``submission``."""
        parts = [
            submission.digest,
            json.dumps(submission.notes),
            self.source(lesson, framework, student).digest,
            self._files(lesson, framework, student),
            digests.environment(),
            hashlib.sha256(self._secret).hexdigest(),
            lesson,
            framework,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _files(self, lesson: str, framework: str, student: str) -> str:
        """Return the hash of all files that verdicts on a notebook depend on, made once."""
        name = (lesson, framework)
        if name not in self._digests:
            source = self.source(lesson, framework, student)
            self._digests[name] = digests.lesson(lesson, framework, source)
        return self._digests[name]

    def known(
        self, submission: Submission, student: str, lesson: str, framework: str
    ) -> Entry | None:
        """Return the logged verdicts on the same text, if there are any."""
        found = self.log.get(self.key(submission, lesson, framework, student))
        if found is None:
            return None
        worth = self._worth(found.verdicts, lesson, framework, student)
        if found.student == student and found.worth in ({}, worth):
            return found
        copied = replace(found, student=student, worth=worth)
        self.log.append(copied)
        return copied

    def _worth(
        self, verdicts: Mapping[str, Verdict], lesson: str, framework: str, student: str
    ) -> dict[str, float]:
        """Return what each check counts: its share of its test cell's points in the source."""
        source = self.source(lesson, framework, student)
        worth: dict[str, float] = {}
        for cell, full in source.points().items():
            listed = [verdicts[name] for name in source.checks[cell] if name in verdicts]
            possible = sum(verdict.of for verdict in listed)
            worth |= {one.check_id: round(full * one.of / possible, 4) for one in listed}
        return worth

    def accept(self, submission: Submission, student: str, lesson: str, framework: str) -> float:
        """Have what is held of a student's work count from now on; return how many points.

        Raises
        ------
        ClassroomError
            If the work, or what it is judged by, is not what was graded.
        """
        entry = self.known(submission, student, lesson, framework)
        if entry is None:
            raise ClassroomError(
                f"{student}'s {framework} notebook of {lesson}, or its checks, have changed since "
                "it was graded. First: grade run"
            )
        if not entry.held:
            return 0.0
        self.log.append(entry.accepted())
        return entry.held

    def run(self, submission: Submission, student: str, lesson: str, framework: str) -> Entry:
        """Grade ``submission`` in a worker; nothing is written."""
        begin = time.perf_counter()
        result = self._judged(submission, student, lesson, framework)
        key = self.key(submission, lesson, framework, student)
        verdicts = self.log.settled(key, result.verdicts)
        return Entry(
            key,
            student,
            lesson,
            framework,
            verdicts,
            result.notes,
            result.flags,
            seconds=round(time.perf_counter() - begin, 3),
            stages=result.stages,
            text=submission.digest,
            worth=self._worth(verdicts, lesson, framework, student),
        )

    def _judged(self, submission: Submission, student: str, lesson: str, framework: str) -> Result:
        if is_exam(lesson):
            return self.exams.grade(lesson, framework, student, submission)
        source, secret = self.source(lesson, framework), self._secret_of(submission)
        if self._remote is not None:
            return self._remote(source, submission, lesson, framework, secret)
        if self._make_worker is None:
            raise ValueError("This engine has neither workers nor a cluster to grade with.")
        return grade(source, submission, framework, self._make_worker, secret=secret)

    def _secret_of(self, submission: Submission) -> bytes:
        """Return the secret of one submission: what a machine elsewhere gets to know."""
        return hmac.new(self._secret, submission.digest.encode(), hashlib.sha256).digest()

    def entry(self, submission: Submission, student: str, lesson: str, framework: str) -> Entry:
        """Return the verdicts from the log, or grade and log them."""
        found = self.known(submission, student, lesson, framework)
        if found is None:
            found = self.run(submission, student, lesson, framework)
            self.log.append(found)
        return found

    def cell_scores(self, entry: Entry) -> dict[str, tuple[float | None, list[Verdict]]]:
        """Return points and verdicts by the grade id of the test cell.

        Points are scaled to the cell's own, as the source notebook gives them, and ``None`` where
        an infrastructure verdict leaves the score open.
        """
        source = self.source(entry.lesson, entry.framework, entry.student)
        scores = {}
        for cell_id, full in source.points().items():
            verdicts = [entry.verdicts[c] for c in source.checks[cell_id] if c in entry.verdicts]
            scores[cell_id] = (_scaled(verdicts, full), verdicts)
        return scores


def _scaled(verdicts: list[Verdict], full: float) -> float | None:
    if not verdicts or any(v.status == "infrastructure" for v in verdicts):
        return None
    earned, possible = sum(v.points for v in verdicts), sum(v.of for v in verdicts)
    return round(full * earned / possible, 4)


def class_secret(root: Path) -> bytes:
    """Return the secret that decides the fresh cases of a class; made on first use."""
    path = root / FOLDER / "secret"
    if path.is_file():
        return path.read_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = secrets.token_bytes(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secret)
    return secret
