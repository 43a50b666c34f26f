"""The one place where nbgrader is told about this course."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

CODE_STUB = {"python": "# YOUR CODE HERE\n..."}
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
    c.Autograde.exporter_class = "grader.gradebook.plugins.RebuildingExporter"
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        "grader.gradebook.plugins.ObserveAndJudge",
        "nbgrader.preprocessors.LimitOutput",
        "grader.gradebook.plugins.SaveVerdicts",
        "grader.classroom.lateness.LatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.AssignLatePenalties.plugin_class = "grader.classroom.lateness.Lateness"
    _configure_feedback(c)
    c.ExportApp.plugin_class = "grader.gradebook.exports.CsvExporter"


def _configure_feedback(c: Config) -> None:
    """Have nbgrader write feedback with our page, and show answers harmlessly everywhere."""
    c.GenerateFeedback.exporter_class = "grader.gradebook.feedback.FeedbackExporter"
    c.FeedbackExporter.template_name = "course_feedback"
    c.FeedbackExporter.extra_template_basedirs = [
        str(Path(__file__).parent / "gradebook" / "templates")
    ]
    c.FeedbackExporter.extra_template_paths = _nbgraders_folders()
    c.HTMLExporter.preprocessors = ["grader.gradebook.feedback.SafeText"]
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {"clean_html": "grader.gradebook.feedback.clean"}


def _nbgraders_folders() -> list[str]:
    """Return where the template is that ours extends, and its style sheet."""
    import nbgrader

    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    style = theirs / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    return [str(theirs / "templates"), str(style)]
