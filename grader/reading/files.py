"""Read a file that came from outside: a regular one, and not too large."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_BYTES = 200 * 2**20  # outputs, above all, which are passed over


def read_bytes(path: Path) -> bytes:
    """Return the file's content; refuses links, pipes, devices and anything huge."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is not an ordinary file.")
        if found.st_size > MAX_BYTES:
            raise ValueError(
                f"it is {found.st_size / 2**20:.0f} MB; at most {MAX_BYTES / 2**20:.0f} MB "
                "are read. Clear the outputs and submit again."
            )
        return stream.read(MAX_BYTES + 1)


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # opening a FIFO must not wait for a writer
