"""Feedback as a student reads it: the page, and what a test cell says in it.

The page runs no script, whoever wrote it: its own content policy forbids them all, and what is
shown of a student's was sanitised before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import Any

import bleach
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, v4

from grader.checks import evidence
from grader.checks.verdict import INFRASTRUCTURE, NOT_DONE, TAMPERED, Verdict
from grader.grading.cells import is_answer

MOST_MARKDOWN = 8000  # characters; longer ones are shown as written, for rendering takes n² time
_TAGS = frozenset(
    "a b blockquote br code em h1 h2 h3 h4 h5 h6 hr i li ol p pre strong table tbody td th thead "
    "tr ul".split()
)
_PROTOCOLS = frozenset(("http", "https", "mailto"))
_OURS = frozenset("caption div img span".split())
_PICTURE = "data:image/svg+xml;base64,"  # as an image, SVG runs nothing and loads nothing


class SafeText(Preprocessor):
    """Makes what a student wrote as text harmless to whoever opens it, in formgrader too.

    nbgrader's pages show an answer's Markdown as it is, with any HTML and any link in it.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace a text answer by what is safe of it."""
        if cell.cell_type != "code" and is_answer(cell):
            cell.source = harmless(cell.source)
        return cell, resources


def harmless(markdown: str) -> str:
    """Return Markdown as one line of HTML: no script, no style, no image, no strange link.

    One line, because a blank one would end the HTML and begin Markdown again; and marked so that
    MathJax, whose formulas may hold links, leaves it alone.
    """
    line = "&#10;".join(_rendered(markdown).splitlines())
    return f'<div class="tex2jax_ignore mathjax_ignore">{line}</div>'


def _rendered(markdown: str) -> str:
    if len(markdown) > MOST_MARKDOWN:
        return f"<pre>{escape(markdown)}</pre>"
    return str(
        bleach.clean(
            markdown2html(markdown), tags=_TAGS, attributes={"a": ["href"]}, protocols=_PROTOCOLS
        )
    )


def clean(page: object) -> str:
    """Return what nbconvert's own ``clean_html`` would, tables with headings and charts kept.

    nbconvert sanitises each output and text with the filter of that name; its list of tags has no
    ``th``, ``caption`` or ``img``.
    """
    cleaned: str = bleach.clean(
        str(page),
        tags=_TAGS | _OURS | bleach.ALLOWED_TAGS,
        attributes=_allowed,
        protocols=_PROTOCOLS | {"data"},
    )
    return cleaned


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img":
        return name == "alt" or (name == "src" and value.startswith(_PICTURE))
    if tag == "a":
        return name in ("class", "id", "title") or (name == "href" and _is_link(value))
    return name in ("class", "id") or (tag == "th" and name == "scope")


def _is_link(value: str) -> bool:
    """Return whether an address, read as a browser reads it, is one of the harmless kinds."""
    plain = re.sub(r"[\x00-\x20\x7f-\xa0\s]+", "", unescape(value)).lower()
    return ":" not in plain or plain.startswith(("http:", "https:", "mailto:", "#", "/", "."))


class FeedbackExporter(HTMLExporter):
    """nbgrader's own feedback page, readable on a phone and without scripts."""


def show(cell: NotebookNode, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts into the output of a test cell, as a table and as text."""
    listed = list(verdicts)
    text = "\n\n".join(map(as_text, listed))
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
    if verdict.status == TAMPERED:
        return "your instructor will look at it"
    if verdict.points:
        return "partly right"
    return {"failed": "not right yet", "error": "it raised an error"}.get(
        verdict.status, verdict.status
    )


def as_text(verdict: Verdict) -> str:
    """Return a verdict's lines, and its tables and charts below them."""
    return "\n\n".join(["\n".join(verdict.lines()), *map(evidence.as_text, verdict.shown)])


def as_html(verdict: Verdict) -> str:
    """Return a verdict: what was checked, expected, found, the next step, and part by part.

    Only with tags that `clean` lets through.
    """
    lines = {
        "Checked": verdict.checked,
        "Expected": verdict.expected,
        "Found": verdict.found,
        "Next step": verdict.next_step,
    }
    rows = [_row(name, text) for name, text in lines.items() if text and not verdict.passed]
    rows += [_row(f"Part: {name}", _share(share)) for name, share in verdict.parts.items()]
    head = f"<div><strong>{escape(verdict.title)}: {escape(result(verdict))}</strong></div>"
    seen = "".join(map(evidence.as_html, verdict.shown))
    return f'<div class="verdict">{head}{"".join(rows)}{seen}{_own_lines(verdict)}</div>'


def _row(name: str, text: str) -> str:
    return f'<div class="said"><strong>{escape(name)}:</strong> <span>{escape(text)}</span></div>'


def _share(share: float) -> str:
    if share >= 1:
        return "✓ right"
    return f"{share:.0%} right" if share > 0 else "✗ not right"


def _own_lines(verdict: Verdict) -> str:
    """Return the student's own lines on the way to an error; none of ours."""
    if not verdict.detail or verdict.status == INFRASTRUCTURE:
        return ""
    said = "Your lines; the last one is where it stopped:"
    if verdict.status == TAMPERED:
        said = "The lines in question:"
    return f"<div>{said}</div><pre>{escape(verdict.detail)}</pre>"
