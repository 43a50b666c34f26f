"""A worker of its own: ``python -m grader.sandboxed.worker FRAMEWORK``.

Requests come on stdin, replies go to stdout.

What a student's code reaches for is said on stderr, one line each.

The two pipes are moved away from descriptors 0 and 1 before any student's code runs, so that
nothing it prints or reads can reach them by accident.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from grader.sandboxed.observers.facts import PREFIX, pack, sizes, unpack


class Pipes:
    """A channel over two pipes."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader, self._writer = reader, writer

    def receive(self) -> dict[str, Any] | None:
        """Return the next request, or ``None`` at the end."""
        prefix = self._reader.read(PREFIX)
        if len(prefix) < PREFIX:
            return None
        header, blob = sizes(prefix)
        return unpack(self._reader.read(header), self._reader.read(blob))

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one reply."""
        self._writer.write(pack(message))
        self._writer.flush()


def private_pipes() -> Pipes:
    """Take stdin and stdout for the channel, and leave the null device in their places."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    void = os.open(os.devnull, os.O_RDWR)
    os.dup2(void, 0)
    os.dup2(void, 1)
    os.close(void)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    return Pipes(reader, writer)


def main(framework: str, *, bare: bool = False) -> None:
    """Import the framework, unless ``bare``, say that it is there, then serve."""
    channel, said = private_pipes(), os.dup(2)
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 2)
    os.close(void)
    from grader.sandboxed.worker.audit import said_through
    from grader.sandboxed.worker.child import serve, warm_up
    from grader.sandboxed.worker.tamper_check import Guard

    if not bare:
        warm_up(framework)
    channel.send({"ready": True})
    serve(channel, framework, Guard(), said_through(said))
    os._exit(0)  # nothing a student registered with atexit may hold this process back


if __name__ == "__main__":
    main(sys.argv[1], bare="--bare" in sys.argv[2:])
