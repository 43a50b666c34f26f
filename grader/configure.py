"""The one place where nbgrader is told about this course."""

from __future__ import annotations

from traitlets.config import Config

from grader import feedback
from grader.rebuild import CODE_STUB

# What a lesson's folder holds beside its notebooks, and what running them leaves behind.
IGNORED = (
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "feedback",
    "lesson.md",
    "keras.py",  # what a paired notebook writes; it would hide the framework
    "pytorch.py",
    "*.pt",
    "*.keras",
    "*.npz",
)
CELL_TIMEOUT_S = (
    300  # stock nbgrader gives a cell 30 s, less than a first TensorFlow import may take
)


def configure(c: Config) -> None:
    """Set nbgrader's options for this course on ``c``, as its own ``get_config()`` gives it.

    Every option can still be changed after this call, in a class's own ``nbgrader_config.py``.
    """
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "lessons"
    c.CourseDirectory.submitted_directory = "submitted"
    c.CourseDirectory.autograded_directory = "autograded"
    c.CourseDirectory.feedback_directory = "feedback"
    c.CourseDirectory.ignore = list(IGNORED)
    c.ClearSolutions.code_stub = CODE_STUB
    c.ExecutePreprocessor.timeout = CELL_TIMEOUT_S
    c.Autograde.exporter_class = "grader.plugins.RebuildingExporter"
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        "grader.plugins.ObserveAndJudge",
        "nbgrader.preprocessors.LimitOutput",
        "grader.plugins.SaveVerdicts",
        "grader.lateness.LatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.AssignLatePenalties.plugin_class = "grader.lateness.Lateness"
    feedback.configure(c)
    c.ExportApp.plugin_class = "grader.exports.CsvExporter"
