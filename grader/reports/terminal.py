"""Verdicts as a person reads them in a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.checks.evidence import as_text
from grader.checks.verdict import FAILED, PASSED, Verdict
from grader.grading.session import Result
from grader.printable import printable
from grader.sandboxed.observers.run import ERROR

if TYPE_CHECKING:
    from grader.classroom.verdict_log import Entry
    from grader.gradebook.regrade import Change, Who
    from grader.gradebook.runner import Outcome

_COLORS = {PASSED: "green", FAILED: "yellow"}


def points_text(value: float) -> str:
    """Return points without needless zeros: ``2``, ``1.5``, ``0.67``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def total(verdicts: Iterable[Verdict]) -> tuple[float, float]:
    """Return points earned and full marks."""
    listed = list(verdicts)
    return sum(v.points for v in listed), sum(v.of for v in listed)


def show(result: Result, title: str, console: Console | None = None) -> None:
    """Print a table: exercise, points, message."""
    console = console or Console()
    table = Table(title=title, title_justify="left", show_lines=True, expand=False)
    table.add_column("Exercise", min_width=18)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("What was found")
    for verdict in result.verdicts.values():
        color = _COLORS.get(verdict.status, "red")
        points = f"{points_text(verdict.points)} / {points_text(verdict.of)}"
        table.add_row(Text(verdict.title), Text(points, color), _message(verdict))
    console.print(table)
    for note in result.notes:
        console.print(f"[yellow]Note:[/] {escape(printable(note))}")
    earned, full = total(result.verdicts.values())
    console.print(f"[bold]{points_text(earned)} of {points_text(full)} points[/]")


def _message(verdict: Verdict) -> Group:
    lines = ["Passed"] if verdict.passed else verdict.lines()
    seen = [line for one in verdict.shown for line in ("", *as_text(one).splitlines())]
    return Group(*(Text(line) for line in (*lines, *seen)))


@contextlib.contextmanager
def progress(count: int, console: Console) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar with the time left; yields what to call after each submission."""
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=count)
        yield lambda outcome: bar.advance(task)


def show_class(outcomes: Iterable[Outcome], console: Console) -> None:
    """Print one row per submission, and what needs a look."""
    listed = sorted(outcomes, key=lambda o: (o.submitted.lesson, o.submitted.student))
    table = Table(title="Class", title_justify="left")
    for name in ("Student", "Lesson", "Framework", "Points", "Remarks"):
        table.add_column(name, justify="right" if name == "Points" else "left")
    for outcome in listed:
        own = outcome.submitted
        said = (own.student, own.lesson, own.framework, _points(outcome), _remarks(outcome))
        table.add_row(*map(Text, map(printable, said)))
    console.print(table)
    graded = sum(outcome.state == "graded" for outcome in listed)
    known = sum(outcome.state == "known" for outcome in listed)
    console.print(
        f"{graded} graded now, {known} known before, {len(listed) - graded - known} refused"
    )


def show_changes(changed: Sequence[Change], before: Mapping[Who, Entry], console: Console) -> None:
    """Print whose points a new grading changed, by exercise; nothing on a first grading."""
    if not before:
        return
    if not changed:
        console.print("Nobody's points changed")
        return
    table = Table(title="Changed", title_justify="left")
    for name in ("Student", "Framework", "Exercise"):
        table.add_column(name)
    for name in ("Before", "Now", "By"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in changed:
        numbers = (points_text(one.before), points_text(one.now), f"{one.by:+.4g}")
        said = (one.student, one.framework, one.exercise, *numbers)
        table.add_row(*map(Text, map(printable, said)))
    console.print(table)
    people = {(one.student, one.lesson, one.framework) for one in changed}
    up = sum(max(0.0, one.by) for one in changed)
    down = sum(max(0.0, -one.by) for one in changed)
    console.print(
        f"{len(people)} notebooks changed: {points_text(up)} points more, {points_text(down)} fewer"
    )


def show_missing(missing: Mapping[str, Sequence[str]], console: Console) -> None:
    """Print who has handed nothing in, by lesson."""
    for lesson, students in missing.items():
        if students:
            console.print(f"{lesson}: nothing from {printable(', '.join(students))}", markup=False)


def show_notes(notes: Iterable[str], console: Console) -> None:
    """Print what was left out, and why."""
    for note in notes:
        console.print(f"Left out: {printable(note)}", markup=False)


def _points(outcome: Outcome) -> str:
    if outcome.entry is None:
        return "–"
    earned, full = total(outcome.entry.verdicts.values())
    before = "" if outcome.before is None else f" (was {points_text(outcome.before)})"
    return f"{points_text(earned)} / {points_text(full)}{before}"


def _remarks(outcome: Outcome) -> str:
    if outcome.entry is None or outcome.reason:
        return outcome.reason
    return "; ".join((*flags(outcome.entry), *outcome.entry.notes))


def flags(entry: Entry) -> list[str]:
    """Return what a person should look at: replaced functions, and how exercises ended oddly."""
    ends: dict[str, list[str]] = {}
    for verdict in entry.verdicts.values():
        if verdict.status not in (PASSED, FAILED, ERROR):
            ends.setdefault(verdict.status, []).append(verdict.title)
    said = {f"{name}: {verdict.status}" for name, verdict in entry.verdicts.items()}
    whole = len(entry.verdicts)
    odd = [
        f"{status}: {'every exercise' if len(titles) == whole > 1 else ', '.join(titles)}"
        for status, titles in ends.items()
    ]
    waiting = sum(verdict.held for verdict in entry.verdicts.values())
    held = [f"{points_text(waiting)} points held until you have looked"] if waiting else []
    return [*(flag for flag in entry.flags if flag not in said), *odd, *held]
