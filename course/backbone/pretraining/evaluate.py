"""Make the transfer table: every row, in both frameworks, over several seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course import settings
from course.backbone.pretraining.transfer import ROWS, Row

FRAMEWORKS = ("torch", "keras")


@dataclass(frozen=True)
class Run:
    """One row, once, in one framework."""

    framework: str
    row: str
    seed: int
    accuracy: float
    seconds: float
    train: int
    test: int


@dataclass
class Table:
    """All runs, and what they were run with."""

    runs: list[Run] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)

    def of(self, row: str, framework: str) -> list[Run]:
        """Return the runs of one row in one framework."""
        return [run for run in self.runs if (run.row, run.framework) == (row, framework)]


def rows_at_hand() -> tuple[Row, ...]:
    """Return the rows whose pictures exist: all drawn ones, or the photographs in the folder."""
    if settings.pictures() == "drawn":
        return ROWS
    folder = settings.photos_folder()
    found = tuple(row for row in ROWS if (folder / row.task).is_dir())
    if not found:
        raise ValueError(
            f"No photographs in {folder}; expected flowers/ or pets/ there, each with one folder "
            "per class. Set COURSE_PHOTOS to the folder that holds them."
        )
    return found


def evaluate(
    *,
    seeds: Sequence[int],
    frameworks: Sequence[str] = FRAMEWORKS,
    rows: Sequence[Row] | None = None,
    report: Callable[[Run], None] | None = None,
    environment: Mapping[str, str] | None = None,
    table: Table | None = None,
) -> Table:
    """Run rows of the transfer table, each framework in its own process.

    Parameters
    ----------
    seeds
        Each draws its own pictures, first weights and order.
    frameworks
        ``torch``, ``keras`` or both.
    rows
        The lines to run; None takes all there are pictures for.
    report
        Called after each run.
    environment
        Variables for the frameworks' processes, such as ``COURSE_WEIGHTS``.
    table
        Where runs are added; by default a new one.

    Raises
    ------
    RuntimeError
        If a framework's process fails; the message ends with its own words.
    """
    rows = rows_at_hand() if rows is None else rows
    table = Table() if table is None else table
    for framework in frameworks:
        for facts in _facts(framework, rows, seeds, environment or {}):
            if "versions" in facts:
                table.versions |= facts["versions"]
                table.devices[framework] = facts["device"]
                continue
            table.runs.append(Run(framework=framework, **facts))
            if report:
                report(table.runs[-1])
    return table


def _facts(
    framework: str, rows: Sequence[Row], seeds: Sequence[int], given: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "course.backbone.pretraining.transfer_worker",
        framework,
        ",".join(row.id for row in rows),
        ",".join(map(str, seeds)),
    ]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        command,
        cwd=settings.project_root(),
        env={**os.environ, **quiet, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        words: list[str] = []
        for line in process.stdout or ():
            if line.startswith("{"):
                yield json.loads(line)
            else:
                words.append(line)
    if process.returncode:
        raise RuntimeError(f"The {framework} runs failed:\n{''.join(words[-15:])}")
