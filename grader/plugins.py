"""What nbgrader runs instead of its own parts: reading, executing, and saving scores.

`grader.configure` names these classes in nbgrader's own options, so that ``nbgrader autograde``
grades with them and everything after it (formgrader, feedback, export) works as its manual says.
"""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets import Bool

from grader import feedback
from grader.checks.verdict import INFRASTRUCTURE, NOT_DONE, TAMPERED, Verdict
from grader.classroom import timestamp
from grader.engine import Engine
from grader.rebuild import Submission, grade_id, read_submission, rebuilt_notebook

_NOTES = "course_grader"  # in the notebook's metadata between nbgrader's two passes
_engines: dict[tuple[Path, bool], Engine] = {}


def engine_for(root: Path, *, sandbox: bool = True) -> Engine:
    """Return the engine of a class folder; one per process, so that its workers stay warm."""
    name = (root.resolve(), sandbox)
    if name not in _engines:
        from grader.workers import worker_factory

        _engines[name] = Engine(name[0], worker_factory(sandbox=sandbox))
    return _engines[name]


class RebuildingExporter(NotebookExporter):
    """Reads a submission by rebuilding it from the source, however damaged it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        folders = getattr(self.parent, "coursedir", None)  # the Autograde that made this exporter
        if folders is not None:
            folders.ignore = ["*"]  # a student's other files, links among them, are never copied
            folders.get_existing_timestamp = lambda path: timestamp(Path(path))  # nor waited for

    @property
    def _root(self) -> Path:
        converter: Any = self.parent
        return Path(converter.coursedir.root)

    def from_filename(
        self, filename: str, resources: Any = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return what `NotebookExporter` would, of the rebuilt notebook."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **kwargs)
        described = resources["nbgrader"]
        engine = engine_for(self._root)
        source = engine.source(described["assignment"], described["notebook"], described["student"])
        submission = read_submission(Path(filename), source)
        notebook = rebuilt_notebook(source, submission)
        notebook.metadata[_NOTES] = asdict(submission)
        return self.from_notebook_node(notebook, resources, **kwargs)


def submission_of(notebook: NotebookNode) -> Submission:
    """Return the submission that a rebuilt notebook holds."""
    return Submission.from_plain(notebook.metadata[_NOTES])


class ObserveAndJudge(Execute):
    """Fills each test cell's output with our verdict, instead of executing the notebook here."""

    sandbox = Bool(True, help="Run students' code in a sandbox, or not at all.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade the notebook and put messages into its test cells."""
        described = resources["nbgrader"]
        engine = engine_for(Path(self.parent.parent.coursedir.root), sandbox=self.sandbox)
        who = (described["student"], described["assignment"], described["notebook"])
        entry = engine.entry(submission_of(nb), *who)
        scores = engine.cell_scores(entry)
        fill(nb, {name: verdicts for name, (_, verdicts) in scores.items()}, entry.notes)
        resources["course_grader"] = scores
        return nb, resources


def fill(
    notebook: NotebookNode, verdicts: dict[str, list[Verdict]], notes: tuple[str, ...] = ()
) -> None:
    """Write messages into the outputs of test cells."""
    notebook.metadata.pop(_NOTES, None)
    for cell in notebook.cells:
        listed = verdicts.get(grade_id(cell), [])
        if cell.cell_type == "code" and listed:
            feedback.show(cell, listed)
    if notes:
        text = "\n".join(f"- {escape(note)}" for note in notes)
        notebook.cells.insert(0, v4.new_markdown_cell(f"**About this submission**\n\n{text}"))


class SaveVerdicts(SaveAutoGrades):
    """Saves the points of the verdicts; a notebook's output has no say in them."""

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        scores = resources.get("course_grader", {})
        name = cell.metadata["nbgrader"]["grade_id"]
        if name not in scores:
            return super()._add_score(cell, resources)
        points, verdicts = scores[name]
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        grade.auto_score = points
        statuses = {verdict.status for verdict in verdicts}
        look = points is None or bool(statuses & {TAMPERED, INFRASTRUCTURE})
        grade.needs_manual_grade = look or grade.manual_score is not None
        self.gradebook.db.commit()
        return None

    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_comment(cell, resources)
        verdicts = _answered_by(cell, resources)
        if verdicts and all(verdict.hint_id == NOT_DONE for verdict in verdicts):
            comment = self.gradebook.find_comment(
                grade_id(cell), self.notebook_id, self.assignment_id, self.student_id
            )
            comment.auto_comment = "Not done yet."
            self.gradebook.db.commit()


def _answered_by(cell: NotebookNode, resources: dict[str, Any]) -> list[Verdict]:
    """Return the verdicts on the exercise of an answer cell: its test is ``test-<its id>``."""
    return resources.get("course_grader", {}).get(f"test-{grade_id(cell)}", (None, []))[1]
