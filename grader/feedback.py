"""Feedback as a student reads it: the page, and what a test cell says in it.

The page runs no script, whoever wrote it: its own content policy forbids them all, and what is
shown of a student's was sanitised before.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from bleach import ALLOWED_ATTRIBUTES, ALLOWED_TAGS
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode, v4

from grader.checks.verdict import INFRASTRUCTURE, NOT_DONE, Verdict

TEMPLATE = "course_feedback"
TAGS = sorted({*ALLOWED_TAGS, "table", "tbody", "tr", "th", "td", "p", "pre", "br"})
ATTRIBUTES = {**ALLOWED_ATTRIBUTES, "th": ["scope"]}


class FeedbackExporter(HTMLExporter):
    """nbgrader's own feedback page, readable on a phone and without scripts."""


def template_folders() -> list[str]:
    """Return where the page's template is, and nbgrader's, which it extends."""
    import nbgrader

    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    return [str(Path(__file__).with_name("templates")), str(theirs)]


def show(cell: NotebookNode, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts into the output of a test cell, as a table and as text."""
    listed = list(verdicts)
    text = "\n\n".join("\n".join(verdict.lines()) for verdict in listed)
    data = {"text/html": "\n".join(map(as_html, listed)), "text/plain": text + "\n"}
    cell.outputs = [v4.new_output("display_data", data=data)]
    cell.metadata["course_title"] = "; ".join(verdict.title for verdict in listed)
    cell.metadata["course_result"] = "; ".join(map(result, listed))


def result(verdict: Verdict) -> str:
    """Return in a word or two what became of an exercise."""
    if verdict.passed:
        return "passed"
    if verdict.hint_id == NOT_DONE:
        return "not done yet"
    if verdict.status == INFRASTRUCTURE:
        return "could not be graded yet; not your fault"
    if verdict.points:
        return "partly right"
    return {"failed": "not right yet", "error": "it raised an error"}.get(
        verdict.status, verdict.status
    )


def as_html(verdict: Verdict) -> str:
    """Return a verdict as a table: what was checked, expected, found, and the next step."""
    lines = {
        "Checked": verdict.checked,
        "Expected": verdict.expected,
        "Found": verdict.found,
        "Next step": verdict.next_step,
    }
    rows = [_row(name, text) for name, text in lines.items() if text and not verdict.passed]
    rows += [_row(f"Part: {name}", _share(share)) for name, share in verdict.parts.items()]
    head = f"<p><strong>{escape(verdict.title)}: {escape(result(verdict))}</strong></p>"
    table = f"<table><tbody>{''.join(rows)}</tbody></table>" if rows else ""
    return head + table + _own_lines(verdict)


def _row(name: str, text: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(text)}</td></tr>'


def _share(share: float) -> str:
    if share >= 1:
        return "✓ right"
    return f"{share:.0%} right" if share > 0 else "✗ not right"


def _own_lines(verdict: Verdict) -> str:
    """Return the student's own lines on the way to an error; none of ours."""
    if not verdict.detail or verdict.status == INFRASTRUCTURE:
        return ""
    return (
        f"<p>Your lines, the last one is where it stopped:</p><pre>{escape(verdict.detail)}</pre>"
    )


def configure(c: Any) -> None:
    """Have nbgrader write feedback with this page."""
    c.GenerateFeedback.exporter_class = "grader.feedback.FeedbackExporter"
    c.FeedbackExporter.template_name = TEMPLATE
    c.FeedbackExporter.extra_template_basedirs = template_folders()
    c.SanitizeHTML.tags = TAGS
    c.SanitizeHTML.attributes = ATTRIBUTES
