"""From observations to a verdict: pure, and the same in a notebook as when grading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.checks.evidence import Shown, from_plain
from grader.checks.model import Check, Finding
from grader.printable import printable
from grader.sandboxed.observers.model import Case
from grader.sandboxed.observers.run import (
    BROKEN,
    ERROR,
    MISSING,
    OK,
    UNFILLED,
    UNUSABLE,
    Observation,
)

PASSED = "passed"
FAILED = "failed"
CRASHED = "crashed"
TIMEOUT = "timeout"
MEMORY = "out of memory"
TAMPERED = "tampered"
INFRASTRUCTURE = "infrastructure"
STATUSES = (PASSED, FAILED, ERROR, TIMEOUT, MEMORY, CRASHED, TAMPERED, INFRASTRUCTURE)

NOT_DONE = "not-done-yet"
BY_HAND = "by-hand"  # the check cannot look at this answer; a person does
MACHINE = "The machine: "  # how the detail of a fault begins that no answer had a part in
_LINES = ("checked", "expected", "found", "next_step", "detail")


@dataclass(frozen=True)
class Verdict:
    """The answer to one check.

    Attributes
    ----------
    check_id, title : str
    status : str
        One of the eight of `STATUSES`.
    points, of : float
        Earned, and full marks. An ``infrastructure`` verdict counts for nothing either way.
    checked, expected, found, next_step : str
        The lines a student reads; of the first case that went wrong.
    hint_id : str
        Names the mistake; ``not-done-yet`` for an exercise still empty.
    detail : str
        The student's own frames, or for ``infrastructure`` what the instructor needs.
    parts : mapping of str to float
        Share earned of each part of the exercise, where it has parts and not all are right.
    shown : tuple of Table or Chart
        What makes the mistake visible; of the same case as the lines.
    held : float
        Points that wait until a person has looked; 0 unless ``tampered``.
    """

    check_id: str
    title: str
    status: str
    points: float
    of: float
    checked: str = ""
    expected: str = ""
    found: str = ""
    next_step: str = ""
    hint_id: str = ""
    detail: str = ""
    seconds: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    held: float = 0.0

    def __post_init__(self) -> None:
        for name in _LINES:  # a student's own words may stand in any of them
            said = getattr(self, name)
            object.__setattr__(self, name, "\n".join(map(printable, said.split("\n"))))
        if self.status not in STATUSES:
            raise ValueError(f"Verdict is {self.status!r}; expected one of {', '.join(STATUSES)}.")
        if not 0 <= self.points <= self.of:
            raise ValueError(f"{self.check_id}: {self.points} points of {self.of}.")

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Verdict:
        """Return the verdict that `dataclasses.asdict` and JSON made plain."""
        return cls(**{**plain, "shown": tuple(map(from_plain, plain.get("shown", ())))})

    @property
    def passed(self) -> bool:
        """Whether the check has full marks."""
        return self.status == PASSED

    @property
    def to_be_tried_again(self) -> bool:
        """Whether nothing was decided yet."""
        return self.status == INFRASTRUCTURE and self.hint_id != BY_HAND

    def lines(self) -> list[str]:
        """Return the message, at most four lines and the student's own frames."""
        if self.passed:
            return [f"Passed: {self.title} ({_points(self.points)} of {_plural(self.of)})"]
        if self.hint_id == NOT_DONE:
            return [f"Not done yet: {self.title} ({_plural(self.of)})", self.next_step]
        named = {
            "Checked": self.checked,
            "Expected": self.expected,
            "Found": self.found,
            "Next step": self.next_step,
        }
        message = [f"{name + ':':<10} {text}" for name, text in named.items() if text]
        if self.detail and self.status != INFRASTRUCTURE:
            message += ["", *self.detail.splitlines()]
        return message


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _plural(value: float) -> str:
    return f"{_points(value)} point" + ("" if value == 1 else "s")


def decide(
    check: Check,
    cases: Sequence[Case],
    seen: Sequence[Observation],
    unfilled: Sequence[str] = (),
) -> Verdict:
    """Return the verdict on ``check`` from one observation per case.

    ``unfilled`` names answers that still hold the ``...`` of the released lesson: if they earn
    nothing, the exercise counts as not done yet.

    Never raises for what a student did: facts that the judge cannot read give an
    ``infrastructure`` verdict, which is never the student's failure.
    """
    verdict = _decide(check, cases, seen)
    if unfilled and verdict.points == 0 and verdict.hint_id != NOT_DONE:
        return _not_done(check, unfilled[0])
    return verdict


def _decide(check: Check, cases: Sequence[Case], seen: Sequence[Observation]) -> Verdict:
    seconds = sum(look.seconds for look in seen)
    for look in seen:
        if look.status == BROKEN:
            return fault(check, look.detail.get("trace", ""), seconds=seconds)
        if look.status in (MISSING, UNFILLED):
            return _not_done(check, look.detail.get("name", ""))
    try:
        findings = [_finding(check, case, look) for case, look in zip(cases, seen, strict=True)]
        share = check.share(cases, findings)
    except Exception as error:  # a judge that trips over facts it did not foresee
        return fault(check, f"judge: {type(error).__name__}: {error}", seconds=seconds)
    worst = next((i for i, finding in enumerate(findings) if not finding.passed), None)
    if worst is None:
        return Verdict(check.id, check.title, PASSED, check.points, check.points, seconds=seconds)
    status = ERROR if seen[worst].status == ERROR else FAILED
    verdict = _verdict(check, findings[worst], status, share, seen[worst], seconds)
    return replace(verdict, parts=check.shares(cases, findings))


def _finding(check: Check, case: Case, look: Observation) -> Finding:
    if look.status == OK:
        return check.explain(check.judge(case, look.facts))
    detail = look.detail
    if look.status == UNUSABLE:
        found = Finding.wrong(
            check.title,
            expected=detail["expected"],
            found=detail["found"],
            next_step=detail.get("next_step", ""),
            hint=detail.get("hint_id", ""),
        )
        return check.explain(found)
    message = detail["message"]
    return Finding.wrong(
        check.title,
        expected="code that runs to its end",
        found=detail["type"] + (f": {message}" if message else ""),
        next_step="Read the lines below: they are yours, the last one is where it stopped.",
    )


def _verdict(
    check: Check, finding: Finding, status: str, share: float, look: Observation, seconds: float
) -> Verdict:
    return Verdict(
        check.id,
        check.title,
        status,
        round(check.points * share, 4),
        check.points,
        finding.checked,
        finding.expected,
        finding.found,
        finding.next_step,
        finding.hint_id,
        look.detail.get("trace", "") if status == ERROR else "",
        seconds,
        shown=finding.shown,
    )


def _not_done(check: Check, name: str) -> Verdict:
    what = f"`{name}`" if name else " and ".join(f"`{answer}`" for answer in check.answers)
    step = f"Write {what} in the cell above, run it, then run this cell again."
    return Verdict(
        check.id, check.title, FAILED, 0.0, check.points, next_step=step, hint_id=NOT_DONE
    )


def recomputed(
    check: Check, cases: Sequence[Case], seen: Sequence[Observation], verdict: Verdict
) -> Verdict:
    """Return the verdict, held if what earned points is not what the arrays beside it come to."""
    if check.recompute is None or not verdict.points:
        return verdict
    for case, look in zip(cases, seen, strict=True):
        found = _disagreement(check, case, look)
        if found:
            said = "its numbers are not those that the same arrays give when computed again"
            return held(verdict, said, f"{case.name}: {found}")
    return verdict


def _disagreement(check: Check, case: Case, look: Observation) -> str:
    if check.recompute is None or look.status != OK or not check.judge(case, look.facts).share:
        return ""
    try:
        return check.recompute(case, look.facts)
    except Exception as error:  # arrays of another shape than those of the case
        return f"arrays that cannot be computed with: {type(error).__name__}: {error}"


def fault(check: Check, detail: str, *, seconds: float = 0.0) -> Verdict:
    """Return the verdict for a fault of the grader's own."""
    return Verdict(
        check.id,
        check.title,
        INFRASTRUCTURE,
        0.0,
        check.points,
        checked=check.title,
        expected="a check that can look at your answer",
        found="a fault in the check itself",
        next_step="This is not your mistake. Please tell your instructor, or report it.",
        detail=detail,
        seconds=seconds,
    )


def left_to_a_person(verdict: Verdict) -> Verdict:
    """Return an ``infrastructure`` verdict that is not tried again: an instructor marks it."""
    return replace(
        verdict,
        next_step="This is not your mistake. Your instructor will look at it and mark it.",
        hint_id=BY_HAND,
    )


def nothing_found(check: Check) -> Verdict:
    """Return the verdict on a file in which not one answer was found: an instructor looks at it."""
    return replace(
        fault(check, ""),
        checked="the notebook that was handed in",
        expected="the cells of this lesson",
        found="not one of its answer cells",
        next_step="Hand in the file from work/ again, as it is. Your instructor will see this too.",
        hint_id=BY_HAND,
    )


def stopped(check: Check, status: str, found: str, next_step: str, *, detail: str = "") -> Verdict:
    """Return the verdict for code that was ended: timeout, memory, crash, tampering."""
    return Verdict(
        check.id,
        check.title,
        status,
        0.0,
        check.points,
        checked=check.title,
        expected="code that runs to its end within its limits",
        found=found,
        next_step=next_step,
        detail=detail,
    )


def held(verdict: Verdict, found: str, detail: str) -> Verdict:
    """Return the verdict whose points wait for a person; what earned nothing stays as it is.

    A fault of the grader's own beside such code is no longer taken for one.

    Parameters
    ----------
    found : str
        What is doubtful, in a sentence.
    detail : str
        The lines in question.
    """
    if verdict.points == 0 and verdict.status != INFRASTRUCTURE:
        return verdict
    return replace(
        verdict,
        status=TAMPERED,
        points=0.0,
        held=verdict.points,
        checked=verdict.title,
        expected="",
        found=found,
        next_step="Your instructor will look at it before points are given.",
        hint_id="",
        detail=f"{detail}\n{verdict.detail}".strip(),
        parts={},
        shown=(),
    )


def given(verdict: Verdict) -> Verdict:
    """Return the verdict after a person has looked: what was held counts."""
    if not verdict.held:
        return verdict
    return replace(
        verdict,
        status=PASSED if verdict.held == verdict.of else FAILED,
        points=verdict.held,
        held=0.0,
        found="",
        next_step="Your instructor has looked at it.",
        detail="",
    )
