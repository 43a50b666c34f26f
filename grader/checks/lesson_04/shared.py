"""What exercises of lesson 04 share: faults that are looked for one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checks import Finding
from grader.checks.evidence import Table

Fault = tuple[str, str, str]  # what was expected, what was found, and the hint


def judged(checked: str, fault: Fault | None, shown: Iterable[Table] = ()) -> Finding:
    """Return the finding that names a fault; that all is right if there is none."""
    if fault is None:
        return Finding.right(checked)
    expected, found, hint = fault
    return Finding.wrong(checked, expected=expected, found=found, hint=hint, shown=shown)
