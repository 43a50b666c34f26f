"""What nbgrader runs instead of its own parts: reading, executing, and saving scores.

`grader.configure` names these classes in nbgrader's own options, so that ``nbgrader autograde``
grades with them and everything after it (formgrader, feedback, export) works as its manual says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets import Bool

from grader.checks.verdict import Verdict
from grader.classroom import layout
from grader.classroom.carried import carry, note_receipt
from grader.classroom.configuration import cell_timeout_s
from grader.classroom.engine import Engine
from grader.classroom.folder import timestamp
from grader.classroom.receipts import Receipts
from grader.gradebook import feedback, scoring
from grader.grading.cells import grade_id
from grader.grading.source import Source
from grader.grading.submission import Submission, read_submission, rebuilt_notebook
from grader.isolation.process import MakeWorker

_engines: dict[tuple[Path, bool], Engine] = {}


def engine_for(folders: CourseDirectory, *, sandbox: bool = True) -> Engine:
    """Return the engine of a class folder; one per process, so that its workers stay warm."""
    name = (Path(folders.root).resolve(), sandbox)
    if name not in _engines:
        _engines[name] = Engine(name[0], _workers(sandbox))
    _engines[name].folders = folders
    return _engines[name]


@cache
def _workers(sandbox: bool) -> MakeWorker:
    from grader.isolation.workers import worker_factory

    return worker_factory(sandbox=sandbox)


@dataclass(frozen=True)
class HandedIn:
    """A submitted notebook on its way through nbgrader's steps."""

    source: Source
    submission: Submission


def _read(engine: Engine, folders: CourseDirectory, described: Mapping[str, str]) -> HandedIn:
    """Read the file that a student handed in; each of nbgrader's passes reads it for itself."""
    lesson, name, student = (described[key] for key in ("assignment", "notebook", "student"))
    source = engine.source(lesson, name, student)
    place = layout.place(folders, folders.submitted_directory, student, lesson)
    return HandedIn(source, read_submission(place / f"{name}.ipynb", source))


class RebuildingExporter(NotebookExporter):
    """Reads a submission by rebuilding it from the source, however damaged it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        converter: Any = self.parent  # the Autograde that made this exporter
        if isinstance(converter, Autograde):
            converter.init_assignment = partial(_init_assignment, converter)
            # a time that is none, or a pipe, is not waited for
            converter.coursedir.get_existing_timestamp = lambda path: timestamp(Path(path))

    def from_filename(
        self, filename: str, resources: Any = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return what `NotebookExporter` would, of the rebuilt notebook."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **kwargs)
        converter: Any = self.parent
        folders = converter.coursedir
        found = _read(engine_for(folders), folders, resources["nbgrader"])
        notebook = rebuilt_notebook(found.source, found.submission)
        return self.from_notebook_node(  # type: ignore[no-any-return, no-untyped-call]
            notebook, resources, **kwargs
        )


def _init_assignment(converter: Autograde, lesson: str, student: str) -> None:
    """Do what nbgrader does before the notebooks of a submission, and copy its files with care."""
    folders = converter.coursedir
    when = Receipts(Path(folders.root)).time(student, lesson)
    if when is not None:
        note_receipt(folders, student, lesson, when)
    ignored = folders.ignore
    folders.ignore = ["*"]
    try:
        Autograde.init_assignment(converter, lesson, student)
    finally:
        folders.ignore = ignored
    carry(folders, student, lesson, when, converter.exclude_overwriting.get(lesson, ()))


class ObserveAndJudge(Execute):  # type: ignore[misc]  # nbgrader has no types
    """Fills each test cell's output with our verdict, instead of executing the notebook here."""

    sandbox = Bool(True, help="Run students' code in a sandbox, or not at all.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade the notebook and put messages into its test cells."""
        described = resources["nbgrader"]
        folders = self.parent.parent.coursedir
        engine = engine_for(folders, sandbox=self.sandbox)
        engine.cell_timeout_s = cell_timeout_s(self)
        found = _read(engine, folders, described)
        who = (described["student"], described["assignment"], described["notebook"])
        entry = engine.entry(found.submission, *who)
        scores = engine.cell_scores(entry)
        fill(nb, {name: verdicts for name, (_, verdicts) in scores.items()}, entry.notes)
        resources["course_grader"] = scores
        return nb, resources


def fill(
    notebook: NotebookNode, verdicts: Mapping[str, list[Verdict]], notes: Iterable[str] = ()
) -> None:
    """Write messages into the outputs of test cells."""
    for cell in notebook.cells:
        listed = verdicts.get(grade_id(cell), [])
        if cell.cell_type == "code" and listed:
            feedback.show(cell, listed)
    text = "\n".join(f"- {escape(note)}" for note in notes)
    if text:
        notebook.cells.insert(0, v4.new_markdown_cell(f"**About this submission**\n\n{text}"))


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]  # nbgrader has no types
    """Saves the points of the verdicts; a notebook's output has no say in them."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write scores, flags and comments of one notebook; without a grading, all are open."""
        described, folders = resources["nbgrader"], self.parent.parent.coursedir
        found = _read(engine_for(folders), folders, described)
        who = (described["notebook"], described["assignment"], described["student"])
        with Gradebook(described["db_url"]) as book:
            stored = book.find_submission_notebook(*who)
            scores = resources.get("course_grader", {})
            scoring.settle(stored, found.source, found.submission, scores)
            book.db.commit()
        return nb, resources
