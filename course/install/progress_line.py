"""One line that shows how far a long step is, and stays out of the way in a log file."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

LOG_EVERY_S = 15.0  # without a terminal: often enough to see that it lives, not a flood


def clock(seconds: float) -> str:
    """Return a duration as ``m:ss``.

    >>> clock(72.4)
    '1:12'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class LiveLine:
    """A line that is rewritten in a terminal and repeated now and then elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.in_terminal = self.stream.isatty()
        self._said_at = 0.0

    def show(self, text: str) -> None:
        """Show ``text`` in place of what was shown before."""
        if self.in_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write("\r" + text[:width].ljust(width))
        elif time.monotonic() - self._said_at >= LOG_EVERY_S:
            self._said_at = time.monotonic()
            self.stream.write(text + "\n")
        self.stream.flush()

    def end(self, text: str) -> None:
        """Leave ``text`` standing as the last word of this step."""
        self._said_at = 0.0
        self.show(text)
        if self.in_terminal:
            self.stream.write("\n")
            self.stream.flush()
