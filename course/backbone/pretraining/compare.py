"""Compare weights: each row of the transfer table from each of them, in both frameworks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import fmean

from course.backbone.pretraining.card import FRAMEWORK_NAMES, cell
from course.backbone.pretraining.evaluate import FRAMEWORKS, Run, Table, evaluate
from course.backbone.pretraining.transfer import WAYS, Row

WEIGHTS = ("bundled", "imagenet")
ASKED_WAYS = ("scratch", "head", "tuned")


@dataclass
class Comparison:
    """The runs from each set of weights, and what kept some of them from running."""

    tables: dict[str, Table] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def compare(
    rows: Sequence[Row],
    *,
    seeds: Sequence[int],
    weights: Sequence[str] = WEIGHTS,
    frameworks: Sequence[str] = FRAMEWORKS,
    report: Callable[[str, Run], None] | None = None,
) -> Comparison:
    """Run the rows from each set of weights; what cannot run is named and left out.

    Parameters
    ----------
    rows
        Lines of the transfer table; ``scratch`` starts untrained, in the shape of the weights.
    seeds
        Each draws its own pictures, first weights and order.
    report
        Called after each run, with the weights.
    """
    made = Comparison()
    for name in weights:
        made.tables[name] = Table()
        told = partial(report, name) if report else None
        for framework in frameworks:
            try:
                evaluate(
                    seeds=seeds,
                    frameworks=[framework],
                    rows=rows,
                    report=told,
                    environment={"COURSE_WEIGHTS": name},
                    table=made.tables[name],
                )
            except RuntimeError as error:
                made.failed.append(f"{name}, {FRAMEWORK_NAMES[framework]}: {_last_line(error)}")
    return made


def chosen(rows: Sequence[Row], ways: Sequence[str], pictures: int | None) -> list[Row]:
    """Return the rows trained in one of ``ways``, on ``pictures`` pictures if a number is given.

    Raises
    ------
    ValueError
        If a way is unknown or no row has so many pictures.
    """
    unknown = sorted(set(ways) - set(WAYS))
    if unknown:
        raise ValueError(f"--ways has {', '.join(unknown)}; expected some of {', '.join(WAYS)}.")
    found = [row for row in rows if row.way in ways and pictures in (None, row.pictures)]
    if not found:
        counts = sorted({row.pictures for row in rows})
        raise ValueError(
            f"--pictures-count is {pictures}; expected one of {', '.join(map(str, counts))}."
        )
    return found


def text(comparison: Comparison, rows: Sequence[Row]) -> str:
    """Return the table in Markdown: mean, lowest and highest accuracy, and mean seconds."""
    names = list(FRAMEWORK_NAMES.values())
    head = ["task", "pictures", "weights", "trained", *(f"{n} | s" for n in names)]
    lines = [f"| {' | '.join(head)} |", "|---|--:|---|---|" + "--:|--:|" * len(names)]
    for row in rows:
        for weights, table in comparison.tables.items():
            runs = {framework: table.of(row.id, framework) for framework in FRAMEWORK_NAMES}
            seen = next((found[0].train for found in runs.values() if found), row.pictures)
            cells = [_accuracy_and_seconds(found) for found in runs.values()]
            words = [row.task, str(seen), weights, WAYS[row.way], *cells]
            lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


def _accuracy_and_seconds(runs: Sequence[Run]) -> str:
    if not runs:
        return "– | –"
    values = [run.accuracy for run in runs]
    facts = {"mean": fmean(values), "low": min(values), "high": max(values)}
    return f"{cell(facts)} | {fmean(run.seconds for run in runs):.0f}"


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
