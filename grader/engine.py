"""Grade submissions of a class folder, each text once: what the log knows is not run again."""

from __future__ import annotations

import hashlib
import hmac
import importlib.metadata
import importlib.util
import json
import os
import platform
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader import lessons
from grader.checks.verdict import Verdict
from grader.exams import Exams, is_exam
from grader.log import FOLDER, Entry, Log
from grader.rebuild import CELL_TIMEOUT_S, Source, Submission
from grader.session import MakeWorker, Result, grade

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

Remote = Callable[[Source, Submission, str, str, bytes], Result]

_VERSION = "2"  # raise it when the same answers must be judged anew
_PACKAGES = ("keras", "numpy", "tensorflow", "torch", "torchvision")


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
            json.dumps([sorted(submission.elsewhere), submission.notes]),
            self.source(lesson, framework, student).digest,
            checks_digest(lesson),
            environment_digest(),
            hashlib.sha256(self._secret).hexdigest(),
            lesson,
            framework,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def known(
        self, submission: Submission, student: str, lesson: str, framework: str
    ) -> Entry | None:
        """Return the logged verdicts on the same text, if there are any."""
        found = self.log.get(self.key(submission, lesson, framework, student))
        if found is None or found.student == student:
            return found
        copied = Entry(**{**found.__dict__, "student": student})
        self.log.append(copied)
        return copied

    def run(self, submission: Submission, student: str, lesson: str, framework: str) -> Entry:
        """Grade ``submission`` in a worker; nothing is written."""
        begin = time.perf_counter()
        result = self._judged(submission, student, lesson, framework)
        return Entry(
            self.key(submission, lesson, framework, student),
            student,
            lesson,
            framework,
            result.verdicts,
            result.notes,
            result.flags,
            seconds=round(time.perf_counter() - begin, 3),
            stages=result.stages,
            text=submission.digest,
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


@cache
def environment_digest() -> str:
    """Return a hash of the versions that could change a verdict."""
    versions = [_VERSION, platform.python_version(), *map(_version, _PACKAGES)]
    return hashlib.sha256("\0".join(versions).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


@cache
def checks_digest(lesson: str) -> str:
    """Return a hash of the text of the lesson's checks and observers."""
    number = lesson.partition("-")[0]
    digest = hashlib.sha256()
    for package in ("checks", "observers"):
        module = f"lesson_{number}"
        found = module.isidentifier()  # an assignment of another course may be called anything
        spec = importlib.util.find_spec(f"grader.{package}.{module}") if found else None
        if spec is not None and spec.origin:
            digest.update(Path(spec.origin).read_bytes())
    return digest.hexdigest()
