"""The instructor's page on a class: how it went, what was got wrong most, whom to look at."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from nbgrader.api import Gradebook

from grader.checks.registry import get
from grader.checks.verdict import NOT_DONE, Verdict
from grader.classroom.folder import Classroom
from grader.classroom.rules import Rules, said
from grader.classroom.verdict_log import Entry, Log
from grader.gradebook.scores import Counted, counted, full_marks
from grader.intake import attachments
from grader.reports import chart
from grader.reports.terminal import flags, points_text

PAGE = "class.html"
BINS = 10
_MOST = 12  # mistakes listed

Who = tuple[str, str, str]  # student, lesson, framework


@dataclass(frozen=True)
class Link:
    """Somebody's notebook: what to call it, and where its feedback is, if it was written."""

    text: str
    href: str = ""


@dataclass
class Exercise:
    """How one exercise went, in one framework."""

    title: str
    framework: str
    passed: int = 0
    tried: int = 0
    not_done: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """Median time that looking at an answer took, in seconds."""
        return statistics.median(self.seconds) if self.seconds else 0.0

    @property
    def slowest_s(self) -> float:
        """The longest of them."""
        return max(self.seconds, default=0.0)


@dataclass
class Mistake:
    """One known mistake, and who made it."""

    exercise: str
    hint: str
    step: str
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One student of a lesson."""

    name: str
    id: str
    counted: Counted
    links: tuple[Link, ...]
    seconds: float
    late: str
    attachments: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Part:
    """Everything the page says of one lesson."""

    lesson: str
    rule: str
    of: float
    rows: tuple[Row, ...]
    exercises: tuple[Exercise, ...]
    mistakes: tuple[Mistake, ...]
    flagged: tuple[tuple[Link, str], ...]
    distribution: Markup
    bins: tuple[tuple[str, int], ...]

    @property
    def handed_in(self) -> int:
        """How many students handed anything in."""
        return sum(row.counted.handed_in for row in self.rows)

    @property
    def to_mark(self) -> int:
        """How many of them wait for a person's marks."""
        return sum(row.counted.to_mark for row in self.rows)

    @property
    def scores(self) -> list[float]:
        """The points of those who handed something in."""
        return [row.counted.score for row in self.rows if row.counted.handed_in]

    @property
    def mean(self) -> float:
        """Mean of the scores; 0 without any."""
        return statistics.fmean(self.scores) if self.scores else 0.0

    @property
    def median(self) -> float:
        """Median of the scores; 0 without any."""
        return statistics.median(self.scores) if self.scores else 0.0


def write(classroom: Classroom, rule: str | None = None) -> Path:
    """Write ``class.html`` into the class folder; return the file."""
    entries = Log(classroom.root).latest()
    rules = classroom.rules(rule)
    with classroom.gradebook() as book:
        names = [assignment.name for assignment in book.assignments]
        parts = [_part(classroom, book, name, rules, entries) for name in names]
        people = len(book.students)
    text = _template().render(
        parts=parts, people=people, made=datetime.now().astimezone(), root=classroom.root.name
    )
    path = classroom.root / PAGE
    path.write_text(text, "utf-8")
    return path


def _template() -> jinja2.Template:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.reports"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["points"] = points_text
    return made.get_template(PAGE)


def _part(
    classroom: Classroom, book: Gradebook, lesson: str, rules: Rules, entries: Mapping[Who, Entry]
) -> Part:
    rule, assignment = rules[lesson], book.find_assignment(lesson)
    people = {submission.student_id for submission in assignment.submissions}
    own = [one for one in entries.values() if one.lesson == lesson and one.student in people]
    rows = [_row(classroom, book, student, lesson, rule, own) for student in book.students]
    of = full_marks(assignment, rule)
    bins = _bins([row.counted.score for row in rows if row.counted.handed_in], of)
    return Part(
        lesson,
        said(rule, (one.name for one in assignment.notebooks)),
        of,
        tuple(rows),
        tuple(_exercises(own)),
        tuple(_mistakes(classroom, own)[:_MOST]),
        tuple(_flagged(classroom, own)),
        _distribution(lesson, bins),
        bins,
    )


def _row(
    classroom: Classroom,
    book: Gradebook,
    student: Any,
    lesson: str,
    rule: str,
    entries: Iterable[Entry],
) -> Row:
    who = str(student.id)
    parts = (student.first_name, student.last_name)
    own = [entry for entry in entries if entry.student == who]
    found = counted(book, lesson, who, rule)
    return Row(
        " ".join(filter(None, parts)) or who,
        who,
        found,
        tuple(_link(classroom, entry, entry.framework) for entry in own),
        sum(entry.seconds for entry in own),
        f"−{points_text(found.penalty)} for lateness" if found.penalty else "",
        _attachments(classroom, who, lesson),
    )


def _attachments(classroom: Classroom, student: str, lesson: str) -> tuple[Link, ...]:
    """Return links to what a student handed in beside notebooks."""
    files = attachments.listed(classroom.root, student, lesson)
    places = [path.relative_to(classroom.root).as_posix() for path in files]
    return tuple(Link(path.name, quote(place)) for path, place in zip(files, places, strict=True))


def _link(classroom: Classroom, entry: Entry, text: str, check_id: str = "") -> Link:
    """Return a link to somebody's feedback, to the exercise there if one is named."""
    place = Path(classroom.folders.feedback_directory, entry.student, entry.lesson)
    page = place / f"{entry.framework}.html"
    if not (classroom.root / page).is_file():
        return Link(text)
    below = f"#test-{check_id.partition('/')[2]}" if check_id else ""
    return Link(text, quote(page.as_posix()) + below)


def _bins(scores: Iterable[float], of: float) -> tuple[tuple[str, int], ...]:
    """Return how many scores lie in each tenth of the full marks; the last one holds full marks."""
    counts = [0] * BINS
    for score in scores:
        counts[min(BINS - 1, int(BINS * score / of + 1e-9)) if of else 0] += 1
    step = 100 // BINS
    labels = [f"{at * step}–{(at + 1) * step} %" for at in range(BINS)]
    return tuple(zip(labels, counts, strict=True))


def _distribution(lesson: str, bins: Iterable[tuple[str, int]]) -> Markup:
    listed = list(bins)
    said = "; ".join(f"{label}: {count}" for label, count in listed if count) or "no scores yet"
    labels = [label.removesuffix(" %") for label, _ in listed]
    # built in chart.bars, which escapes all it is given
    title = f"Students by share of the points of {lesson}"
    return Markup(chart.bars(title, said, labels, [count for _, count in listed]))


def _exercises(entries: Iterable[Entry]) -> list[Exercise]:
    made: dict[tuple[str, str], Exercise] = {}
    for entry in entries:
        for verdict in entry.verdicts.values():
            name = (verdict.check_id, entry.framework)
            one = made.setdefault(name, Exercise(verdict.title, entry.framework))
            if verdict.hint_id == NOT_DONE:
                one.not_done += 1
                continue
            one.tried += 1
            one.passed += verdict.passed
            one.seconds.append(verdict.seconds)
    return sorted(made.values(), key=lambda one: one.framework)


def _mistakes(classroom: Classroom, entries: Iterable[Entry]) -> list[Mistake]:
    """Return the named mistakes, the most frequent first."""
    made: dict[tuple[str, str], Mistake] = {}
    for entry in entries:
        for verdict in entry.verdicts.values():
            if not verdict.hint_id or verdict.hint_id == NOT_DONE:
                continue
            name = (verdict.check_id, verdict.hint_id)
            one = made.setdefault(name, Mistake(verdict.title, verdict.hint_id, _step(verdict)))
            who = f"{entry.student} ({entry.framework})"
            one.links.append(_link(classroom, entry, who, verdict.check_id))
    return sorted(made.values(), key=lambda one: -len(one.links))


def _step(verdict: Verdict) -> str:
    """Return what the student was told, or what the check's hint says."""
    if verdict.next_step:
        return verdict.next_step
    try:
        return str(get(verdict.check_id).hints.get(verdict.hint_id, ""))
    except (ValueError, ImportError):  # a quiz, or a lesson that is no longer there
        return ""


def _flagged(classroom: Classroom, entries: Iterable[Entry]) -> list[tuple[Link, str]]:
    """Return the submissions that a person should look at, and why."""
    flagged = []
    for entry in entries:
        reasons = [*flags(entry), *entry.notes]
        if reasons:
            link = _link(classroom, entry, f"{entry.student} ({entry.framework})")
            flagged.append((link, "; ".join(dict.fromkeys(reasons))))
    return flagged
