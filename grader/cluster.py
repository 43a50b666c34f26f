"""The same grading on many machines: bytes go to a dask.distributed cluster, verdicts come back.

A worker of the cluster needs the course installed and nothing else: it gets the trusted notebook,
the student's answers and a key for the fresh cases of this one submission, starts its own warm
server and sandbox, and returns the verdicts as JSON. What was under way on a machine that is lost
is sent to another one; only the coordinator writes, so nothing is lost and nothing counts twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from grader.checks.verdict import Verdict
from grader.classroom.engine import Engine
from grader.errors import ClusterError, SandboxError
from grader.grading import digests
from grader.grading.session import Result, grade
from grader.grading.source import CELL_TIMEOUT_S, Source, source_of
from grader.grading.submission import Submission
from grader.isolation.workers import Workers

INSTALL = "python -m pip install distributed"
CONNECT_S = 20


@dataclass(frozen=True)
class Job:
    """All that grading one submission needs, as plain data."""

    lesson: str
    framework: str
    notebook: str
    handed_in: Mapping[str, Any]
    secret: str
    sandbox: bool
    versions: tuple[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = CELL_TIMEOUT_S

    def to_bytes(self) -> bytes:
        """Return the job as JSON."""
        return json.dumps(asdict(self)).encode("utf-8", "surrogatepass")

    @classmethod
    def from_bytes(cls, content: bytes) -> Job:
        """Return the job that `to_bytes` wrote."""
        return cls(**json.loads(content))

    @property
    def submission(self) -> Submission:
        """The student's half."""
        return Submission.from_plain(self.handed_in)

    @property
    def source(self) -> Source:
        """The trusted half."""
        files = {name: base64.b64decode(content) for name, content in self.files.items()}
        return replace(_source(self.notebook), files=files, timeout_s=self.timeout_s)


def versions(lesson: str, framework: str, source: Source) -> tuple[str, str]:
    """Return the hashes that coordinator and worker must share for the same verdicts."""
    return digests.lesson(lesson, framework, source), digests.environment()


def grade_job(content: bytes) -> bytes:
    """Grade one `Job` on this machine; runs in a worker of the cluster.

    A fault that has nothing to do with the submission comes back as ``{"fault": ...}``.
    """
    job = Job.from_bytes(content)
    source = _source(job.notebook)
    if list(job.versions) != list(versions(job.lesson, job.framework, source)):
        return _fault("another version of the course, or of the frameworks, is installed there")
    try:
        workers = _workers(job.sandbox)
    except SandboxError as error:
        return _fault(str(error))
    secret = bytes.fromhex(job.secret)
    result = grade(job.source, job.submission, job.framework, workers, secret=secret)
    return result_to_bytes(result)


def _fault(reason: str) -> bytes:
    return json.dumps({"fault": reason}).encode()


_making = threading.Lock()
_made: dict[bool, Workers] = {}


def _workers(sandbox: bool) -> Workers:
    with _making:
        if sandbox not in _made:
            _made[sandbox] = Workers(sandbox=sandbox)
        return _made[sandbox]


@lru_cache(16)
def _source(notebook: str) -> Source:
    return source_of(nbformat.reads(notebook, as_version=4))


def result_to_bytes(result: Result) -> bytes:
    """Return verdicts, notes, flags and stages as JSON."""
    plain = {**result.__dict__, "verdicts": [asdict(v) for v in result.verdicts.values()]}
    return json.dumps(plain).encode("utf-8", "surrogatepass")


def result_from_bytes(content: bytes) -> Result:
    """Return the result that `result_to_bytes` wrote.

    Raises
    ------
    ClusterError
        If the worker could not grade at all; the message says why.
    """
    plain: dict[str, Any] = json.loads(content)
    if "fault" in plain:
        raise ClusterError(f"a worker of the cluster cannot grade: {plain['fault']}")
    verdicts = [Verdict.from_plain(verdict) for verdict in plain["verdicts"]]
    return Result(
        {verdict.check_id: verdict for verdict in verdicts},
        tuple(plain["notes"]),
        tuple(plain["flags"]),
        dict(plain["stages"]),
    )


class Cluster:
    """The coordinator's end of a dask.distributed cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://192.168.1.10:8786``.
    sandbox : bool
        Whether the workers shut students' code in.
    connect_s : float
        How long to wait for the scheduler.

    Raises
    ------
    ClusterError
        If dask.distributed is not installed, or nothing answers there.
    """

    def __init__(self, address: str, *, sandbox: bool = True, connect_s: float = CONNECT_S) -> None:
        try:
            import distributed
        except ImportError:
            raise ClusterError(
                f"--scheduler needs dask.distributed; install it with: {INSTALL}"
            ) from None
        logging.getLogger("distributed").setLevel(logging.ERROR)
        try:
            self._client = distributed.Client(address, timeout=connect_s, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(
                f"No scheduler answers at {address}: {error}. Start one with `dask scheduler` "
                f"and workers with `dask worker {address} --nthreads 1`."
            ) from None
        self._sandbox = sandbox

    @property
    def slots(self) -> int:
        """How many submissions the workers can grade at once; at least 1."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def grade(
        self, source: Source, submission: Submission, lesson: str, framework: str, secret: bytes
    ) -> Result:
        """Have one submission graded; waits for the verdicts."""
        job = Job(
            lesson,
            framework,
            nbformat.writes(source.notebook),
            asdict(submission),
            secret.hex(),
            self._sandbox,
            versions(lesson, framework, source),
            {name: base64.b64encode(one).decode() for name, one in source.files.items()},
            source.timeout_s,
        )
        content = job.to_bytes()
        name = f"grade-{hashlib.sha256(content).hexdigest()}"
        future = self._client.submit(grade_job, content, key=name, pure=False)
        try:
            return result_from_bytes(future.result())
        finally:
            future.release()

    def close(self) -> None:
        """Leave the cluster; its workers stay."""
        self._client.close()


def engine_on(address: str, root: Path, *, sandbox: bool = True) -> tuple[Engine, int]:
    """Return an engine that grades the class in ``root`` on a cluster, and how many jobs fit."""
    cluster = Cluster(address, sandbox=sandbox)
    # one more under way per worker than it can run, so that none waits for the network
    return Engine(root, None, remote=cluster.grade), 2 * cluster.slots
