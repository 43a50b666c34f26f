"""What can be wrong before a single submission is looked at; the message says what to do."""

from __future__ import annotations


class SourceError(ValueError):
    """The trusted notebook of a lesson cannot be used; the instructor has to mend it."""


class ClassroomError(ValueError):
    """A class folder that cannot be used as asked."""


class SandboxError(RuntimeError):
    """Students' code cannot be shut in on this machine, so it is not run."""


class ClusterError(RuntimeError):
    """A dask.distributed cluster cannot be used as asked."""
