"""Grades out of the gradebook: for a spreadsheet, for Canvas, for Moodle.

Each is an nbgrader exporter, so ``nbgrader export --exporter
grader.gradebook.exports.CanvasExporter`` works
as well as ``grade export --format canvas``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Unicode

from course.frameworks import FRAMEWORKS
from grader.classroom.rules import BOTH, Rules, rule_name
from grader.gradebook.scores import Counted, counted, full_marks

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
    "rule",
    "counted",
)
NO_GRADE = "-"  # Moodle's own sign for a grade that is not there
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """Return ``value`` so that no spreadsheet takes it for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float) or value == NO_GRADE:
        return value
    text = str(value)
    return "'" + text if text.lstrip(" \n").startswith(_FORMULA) else text


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Write rows as CSV: UTF-8, quoted where needed, formulas made harmless."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([safe(value) for value in row] for row in rows)


def number(value: float) -> str:
    """Return points as both platforms write them: two decimals and a point."""
    return f"{value:.2f}"


class Exporter(ExportPlugin):  # type: ignore[misc]  # nbgrader has no types
    """What the exporters have in common: whose work, which lessons, and what of it counts."""

    rule = Unicode(
        "",
        help="keras, pytorch, both or best-of-two, instead of what the lessons were released with",
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write ``grades.csv``, or the file named with ``--to``."""
        path = Path(self.to or "grades.csv")
        write_csv(path, list(self.rows(gradebook)))
        self.log.info("Exported grades to %s", path)

    def rows(self, gradebook: Gradebook) -> Iterator[Iterable[Any]]:
        """Yield the header and a row for each line of the file."""
        raise NotImplementedError

    def assignments(self, gradebook: Gradebook) -> list[Any]:
        """Return the assignments asked for, in the gradebook's order."""
        wanted = set(map(str, self.assignment))
        return [one for one in gradebook.assignments if not wanted or one.name in wanted]

    def students(self, gradebook: Gradebook) -> list[Any]:
        """Return the students asked for, in the gradebook's order."""
        wanted = set(map(str, self.student))
        return [one for one in gradebook.students if not wanted or one.id in wanted]

    def rules(self, gradebook: Gradebook) -> Rules:
        """Return what counts of each lesson."""
        return Rules(_class_folder(self, gradebook), rule_name(self.rule) if self.rule else None)


def _class_folder(plugin: ExportPlugin, gradebook: Gradebook) -> Path:
    folders = getattr(plugin.parent, "coursedir", None)  # of `nbgrader export`
    if folders is not None:
        return Path(folders.root)
    if "root" in plugin.config.CourseDirectory:  # of a class folder that was opened here
        return Path(plugin.config.CourseDirectory.root)
    return Path(gradebook.engine.url.database or "gradebook.db").resolve().parent


class CsvExporter(Exporter):
    """One row per student and lesson: the columns of nbgrader's own CSV, and what counted."""

    def rows(self, gradebook: Gradebook) -> Iterator[Iterable[Any]]:
        """Yield the header, then everyone's lessons."""
        rules = self.rules(gradebook)
        students = self.students(gradebook)
        yield COLUMNS
        for assignment in self.assignments(gradebook):
            rule = rules[assignment.name]
            for student in students:
                found = counted(gradebook, assignment.name, student.id, rule)
                yield _line(assignment, student, found, rule)


def _line(assignment: Any, student: Any, found: Counted, rule: str) -> tuple[Any, ...]:
    return (
        assignment.name,
        assignment.duedate,
        found.when,
        student.id,
        student.last_name,
        student.first_name,
        student.email,
        round(found.raw, 4),
        round(found.penalty, 4),
        round(found.score, 4),
        found.of,
        rule if set(FRAMEWORKS) & {one.name for one in assignment.notebooks} else BOTH,
        " ".join(found.notebooks),
    )


class _Platform(Exporter):
    """A row per student and a column per lesson, named as the platform names it."""

    columns = Dict(
        {}, help="The platform's title of a lesson's column, where it is not the lesson's name."
    ).tag(config=True)

    def titles(self, gradebook: Gradebook) -> list[str]:
        """Return the titles of the lessons' columns."""
        names = [assignment.name for assignment in self.assignments(gradebook)]
        return [str(self.columns.get(name, name)) for name in names]

    def points(self, gradebook: Gradebook, student: Any, nothing: str) -> list[str]:
        """Return a student's points by lesson; ``nothing`` where nothing was handed in."""
        rules = self.rules(gradebook)
        found = [
            counted(gradebook, assignment.name, student.id, rules[assignment.name])
            for assignment in self.assignments(gradebook)
        ]
        return [number(one.score) if one.handed_in else nothing for one in found]


class CanvasExporter(_Platform):
    """A gradebook file that Canvas imports: *Grades*, *Import*.

    Canvas knows a student by its own number, which ``lms_user_id`` may hold, else by the SIS or
    login id; and an assignment by ``Title (number)`` or its title alone. It asks before it makes
    an assignment that it does not know. A blank cell leaves a grade as it is.
    """

    def rows(self, gradebook: Gradebook) -> Iterator[Iterable[Any]]:
        """Yield the header, the points possible, and a row for each student."""
        rules = self.rules(gradebook)
        yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *self.titles(gradebook))
        possible = [full_marks(a, rules[a.name]) for a in self.assignments(gradebook)]
        yield ("    Points Possible", "", "", "", "", *map(number, possible))
        for student in self.students(gradebook):
            known = str(student.lms_user_id or "")
            canvas, sis = (known, "") if known.isdecimal() else ("", known)
            points = self.points(gradebook, student, nothing="")
            yield (sortable_name(student), canvas, sis, student.id, "", *points)


class MoodleExporter(_Platform):
    """A file for Moodle's *Import*, *CSV file*: map from one of the first columns, as you choose.

    Moodle knows a student by user name, ID number or e-mail address; it refuses the whole file if
    it does not know one of them, and points above 100 unless the site allows them. A ``-`` is
    no grade.
    """

    def rows(self, gradebook: Gradebook) -> Iterator[Iterable[Any]]:
        """Yield the header and a row for each student."""
        yield (
            *("First name", "Last name", "Username", "ID number", "Email address"),
            *self.titles(gradebook),
        )
        for student in self.students(gradebook):
            who = (student.first_name, student.last_name, student.id)
            points = self.points(gradebook, student, nothing=NO_GRADE)
            yield (*who, student.lms_user_id, student.email, *points)


def sortable_name(student: Any) -> str:
    """Return ``Last, First``; what there is of it, or the student's id."""
    return ", ".join(filter(None, (student.last_name, student.first_name))) or str(student.id)


FORMATS = {"csv": CsvExporter, "canvas": CanvasExporter, "moodle": MoodleExporter}
