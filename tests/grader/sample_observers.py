"""The observers of the sample check: a worker imports this and not its judge."""

from __future__ import annotations

from typing import Any

from grader.sandboxed.observers import Case, Student, Unusable


def observe_double(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's ``double`` makes of a number."""
    got = student.double(case["x"])
    if got is None:
        raise Unusable("a number", "None", "Return the result.", "forgot-return")
    if not isinstance(got, int | float):
        raise Unusable("a number", type(got).__name__)
    return {"got": got}


def observe_choice(student: Student, case: Case) -> dict[str, Any]:
    """Report the option that was chosen."""
    if not isinstance(student.choice, str):
        raise Unusable("one letter", type(student.choice).__name__)
    return {"choice": student.choice}


def observe_fault(student: Student, case: Case) -> dict[str, Any]:
    """Trip over its own mistake after the student's code has run well."""
    student.double(case["x"])
    return {"got": {}["ours"]}
