"""The half of every check that runs beside the student's code and only reports facts.

An observer is a plain function ``observe(student, case) -> dict``. It may call the student's
functions and look at what came back; it decides nothing, expects nothing and knows no right
answer. That is why a sandbox may hold this folder, and never ``grader/checks``.
"""

from grader.sandboxed.observers.errors import Unusable
from grader.sandboxed.observers.model import Case, Student

__all__ = ["Case", "Student", "Unusable"]
