'''The checks of the exercises: what is looked at, and what is right.

A check has two halves. ``observe`` (in ``grader/sandboxed/observers/lesson_NN.py``) runs beside the
student's code and returns plain facts. ``judge`` (in ``grader/checks/lesson_NN/``, one file an
exercise) decides on facts alone. In a notebook both run at once on public cases; when grading,
``observe`` runs in a sandbox on fresh cases that nobody has seen, and ``judge`` in a process that
never executes a line of the student's. So the sandbox holds ``grader/sandboxed`` and nothing that
knows an answer.

How to write one
----------------
Say that a lesson asks for ``count_trainable(model)``. First the observer, in
``grader/sandboxed/observers/lesson_02.py``; frameworks are imported inside the functions::

    from typing import Any

    from grader.sandboxed.observers import Case, Student, Unusable


    def count_trainable(student: Student, case: Case) -> dict[str, Any]:
        """Report what the student counts, and what there is to count."""
        if student.framework == "pytorch":
            from torch import nn

            model = nn.Sequential(nn.Linear(case["inputs"], 8), nn.Linear(8, case["classes"]))
            model[0].requires_grad_(not case["frozen"])
        else:
            ...
        counted = student.count_trainable(model)  # an exception in here is the student's own
        if not isinstance(counted, int):
            raise Unusable(expected="a whole number", found=type(counted).__name__)
        return {"counted": counted}

Then all else of the exercise, in ``grader/checks/lesson_02/count_trainable.py``. The judge works
out what is right from the case, never from what the sandbox says is right::

    import numpy as np

    from grader.checks import Case, CaseParams, Check, Facts, Finding
    from grader.sandboxed.observers import lesson_02 as observers

    HINTS = {"counts-all": "Count only parameters with requires_grad (Keras: trainable)."}


    def draw(rng: np.random.Generator) -> list[CaseParams]:
        sizes = {"inputs": int(rng.integers(3, 9)), "classes": int(rng.integers(2, 6))}
        return [{**sizes, "frozen": True}, {**sizes, "frozen": False}]


    def judge(case: Case, facts: Facts) -> Finding:
        checked = "the number of trainable parameters"
        head = 8 * case["classes"] + case["classes"]
        body = case["inputs"] * 8 + 8
        expected = head if case["frozen"] else head + body
        if facts["counted"] == expected:
            return Finding.right(checked)
        hint = "counts-all" if facts["counted"] == head + body else ""
        return Finding.wrong(checked, expected=expected, found=facts["counted"], hint=hint)


    CHECK = Check(
        id="02-freezing/count-trainable",
        title="Count the trainable parameters",
        answers=("count_trainable",),  # names the student defines
        points=2,
        observe=observers.count_trainable,
        judge=judge,
        cases=draw,  # one mapping per case: `name`, `part`, `seed` are understood
        hints=HINTS,
        timeout_s=20,
    )

Last, the lesson's list, ``grader/checks/lesson_02/__init__.py``, in the lesson's order::

    from grader.checks.lesson_02 import count_trainable

    CHECKS = (count_trainable.CHECK,)

What exercises of one lesson share stands in its ``shared.py``; what lessons share, in `layers`
(tables of layers), `recomputed` (arithmetic) and `wording`, which gives a hint in the words of the
student's framework.

In the notebook, the test cell is one line after ``from grader.checks import check``::

    check("02-freezing/count-trainable", count_trainable)

or, where the answer is a variable that may not exist yet, ``check("02-freezing/count-trainable")``,
which takes it by name. The number of points in the cell's metadata equals ``Check.points``.

Rules
-----
* Facts are plain: numbers, strings, booleans, ``None``, lists and dicts of them with string keys,
  and NumPy arrays of numbers. No framework objects.
* Use the case (``case["inputs"]``, ``case.seed``) for all that varies, so that an answer fitted to
  the notebook's numbers fails on fresh ones.
* An answer that is missing, ``None`` or ``...``, and code that raises ``NotImplementedError``, is
  "not done yet". The student's exceptions become a message with their own lines. Neither needs
  code in a check.
* Partial points: give cases a ``part`` and the check ``parts={"weights": 2, "batchnorm": 1}``, or
  return ``Finding.wrong(..., share=0.5)``. A part is worth its worst case.
* A variable (not a function) is observed as it is: ``student.answer_3``.
* What an observer concludes from arrays (what moved, a loss), it reports along with the arrays, and
  ``Check.recompute`` works it out again with `grader.checks.recomputed` when grading.
* Every hint names one plausible wrong answer, and a test feeds that answer in.
* Where a table or a chart shows the mistake, hand it over: ``Finding.wrong(..., shown=[table])``,
  with what `grader.checks.evidence` has (``compared`` for expected against found). Make it of what
  was judged; never of what only the judge knows, such as the classes of a hidden test set.
'''

from grader.checks.model import CaseParams, Check, Facts, Finding
from grader.checks.notebook import CheckFailed, check
from grader.checks.registry import get, lesson_checks, register
from grader.checks.verdict import Verdict, decide
from grader.sandboxed.observers.errors import Unusable
from grader.sandboxed.observers.model import Case, Student

__all__ = [
    "Case",
    "CaseParams",
    "Check",
    "CheckFailed",
    "Facts",
    "Finding",
    "Student",
    "Unusable",
    "Verdict",
    "check",
    "decide",
    "get",
    "lesson_checks",
    "register",
]
