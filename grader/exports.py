"""Grades out of the gradebook, as a spreadsheet can read them without being attacked by them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """Return ``value`` so that no spreadsheet takes it for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return "'" + text if text.lstrip(" \n").startswith(_FORMULA) else text


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Write rows as CSV: UTF-8, quoted where needed, formulas made harmless."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([safe(value) for value in row] for row in rows)


class CsvExporter(ExportPlugin):
    """The columns of nbgrader's own CSV, written properly."""

    def export(self, gradebook: Gradebook) -> None:
        """Write ``grades.csv``, or the file named with ``--to``."""
        path = Path(self.to or "grades.csv")
        write_csv(path, [COLUMNS, *self._rows(gradebook)])
        self.log.info("Exported grades to %s", path)

    def _rows(self, gradebook: Gradebook) -> Iterator[tuple[Any, ...]]:
        assignments, students = set(map(str, self.assignment)), set(map(str, self.student))
        for assignment in gradebook.assignments:
            for student in gradebook.students:
                if (not assignments or assignment.name in assignments) and (
                    not students or student.id in students
                ):
                    yield _row(gradebook, assignment, student)


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> tuple[Any, ...]:
    try:
        found = gradebook.find_submission(assignment.name, student.id)
        score, penalty = found.score, found.late_submission_penalty or 0.0
        when = found.timestamp
    except MissingEntry:
        score, penalty, when = 0.0, 0.0, None
    return (
        assignment.name,
        assignment.duedate,
        when,
        student.id,
        student.last_name,
        student.first_name,
        student.email,
        score,
        penalty,
        max(0.0, score - penalty),
        assignment.max_score,
    )
