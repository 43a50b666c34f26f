"""Files that are whole or not there at all, and records that are only ever appended to."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of ``path`` in one step at the end.

    A reader, and whoever comes after a crash, sees the old file or the new one. If the block
    raises, the old one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink()


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one step, text as UTF-8."""
    with replacing(path) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def append(path: Path, record: Any, *, sync: bool = False) -> None:
    """Append plain data to a file of JSON lines; its folder is made for its owner only.

    Parameters
    ----------
    sync : bool
        Whether to wait until the disk has it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        if stream.tell() and not _ends_in_newline(stream):
            stream.write(b"\n")  # what a killed run left behind stays a line of its own
        # plain ASCII, whatever a text holds: it is read back as it was
        stream.write(json.dumps(record).encode("ascii") + b"\n")
        if sync:
            stream.flush()
            os.fsync(stream.fileno())


def _ends_in_newline(stream: Any) -> bool:
    stream.seek(-1, os.SEEK_END)
    return bool(stream.read(1) == b"\n")


def records(path: Path) -> Iterator[Any]:
    """Yield what `append` wrote, oldest first; a line that was cut off is passed over."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        for line in stream:
            with suppress(ValueError):
                yield json.loads(line.decode("utf-8", "surrogatepass"))
