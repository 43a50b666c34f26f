"""Verdicts as a person reads them in a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.checks.verdict import FAILED, PASSED, Verdict
from grader.session import Result

if TYPE_CHECKING:
    from grader.runner import Outcome

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
        console.print(f"[yellow]Note:[/] {escape(note)}")
    earned, full = total(result.verdicts.values())
    console.print(f"[bold]{points_text(earned)} of {points_text(full)} points[/]")


def _message(verdict: Verdict) -> Group:
    lines = ["Passed"] if verdict.passed else verdict.lines()
    return Group(*(Text(line) for line in lines))


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
        table.add_row(
            *map(
                Text, (own.student, own.lesson, own.framework, _points(outcome), _remarks(outcome))
            )
        )
    console.print(table)
    graded = sum(outcome.state == "graded" for outcome in listed)
    known = sum(outcome.state == "known" for outcome in listed)
    console.print(
        f"{graded} graded now, {known} known before, {len(listed) - graded - known} refused"
    )


def _points(outcome: Outcome) -> str:
    if outcome.entry is None:
        return "–"
    earned, full = total(outcome.entry.verdicts.values())
    before = "" if outcome.before is None else f" (was {points_text(outcome.before)})"
    return f"{points_text(earned)} / {points_text(full)}{before}"


def _remarks(outcome: Outcome) -> str:
    if outcome.entry is None or outcome.reason:
        return outcome.reason
    return "; ".join((*outcome.entry.flags, *outcome.entry.notes))
