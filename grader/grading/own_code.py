"""What a learner is told of code beside the answers: what was found there, and why it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.checks.verdict import Verdict
from grader.grading.dependencies import OWN, Plan
from grader.sandboxed.observers.run import ERROR, Observation

_UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def notes(plan: Plan) -> Iterator[str]:
    """Yield what the feedback says of answers that were found in other cells."""
    for name, cell in plan.moved.items():
        yield (
            f"`{name}` was found in a cell of your own, which begins “{cell.title}”, "
            "and counts. Next time, write it into the answer cell."
        )


def explained(verdict: Verdict, plan: Plan, went_wrong: Mapping[str, Observation]) -> Verdict:
    """Return ``verdict``; if a name was missing, with what became of the cell that defines it."""
    found = _UNDEFINED.match(verdict.found)
    if verdict.status != ERROR or found is None:
        return verdict
    return replace(verdict, next_step=_step(found[1], plan, went_wrong))


def _step(name: str, plan: Plan, went_wrong: Mapping[str, Observation]) -> str:
    for cell in plan.cells:
        look = went_wrong.get(cell.id)
        if cell.kind == OWN and name in cell.binds and look is not None:
            return (
                f"`{name}` comes from your cell that begins “{cell.title}”, which stopped: "
                f"{_why(look)}. Mend that cell."
            )
    return (
        f"No cell that comes first defines `{name}`. Restart the kernel, run all cells in order, "
        "and put what is missing into the answer cell or a cell above it."
    )


def _why(look: Observation) -> str:
    detail = look.detail
    return detail.get("found") or ": ".join(filter(None, (detail["type"], detail["message"])))
