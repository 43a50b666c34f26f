"""Keep a library's log lines out of a notebook."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Throw away what reaches standard error inside a ``with`` block, C++ log lines too.

    TensorFlow writes a dozen lines when it is imported, before any of its switches for logging
    is read. For later, one of them is set, unless a person has set it: errors are shown,
    information and warnings are not. An exception is raised as usual.

    Examples
    --------
    >>> with quiet():
    ...     import keras  # doctest: +SKIP
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        kept, void = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no standard error, as under some Windows launchers: nothing to silence
        yield
        return
    try:
        os.dup2(void, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(void)
