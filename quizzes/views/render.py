"""Markdown as the bank writes it, as HTML that is safe to show anywhere."""

from __future__ import annotations

import base64
import functools
import re
from html import escape

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from quizzes.engine.model import Figure

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CODE_PREFIX = "fq-"  # before each class of a highlighted word, so that no page's own style hits it


def _highlighted(code: str, language: str, _: str) -> str:
    try:
        lexer = get_lexer_by_name(language or "python")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True, classprefix=CODE_PREFIX)))


@functools.cache
def _parser() -> MarkdownIt:
    # "js-default" takes no raw HTML: what a question says is text, never script.
    return MarkdownIt("js-default", {"highlight": _highlighted, "linkify": False})


def html(markdown: str) -> str:
    """Return ``markdown`` as HTML; raw HTML in it is shown as text."""
    return str(_parser().render(markdown)).strip()


@functools.cache
def _plain_parser() -> MarkdownIt:
    return MarkdownIt("js-default", {"linkify": False, "xhtmlOut": True})


def xhtml(markdown: str) -> str:
    """Return ``markdown`` as well-formed XHTML without highlighting, for other platforms."""
    return _NO_XML.sub("\ufffd", _plain_parser().render(markdown)).strip()


def html_inline(markdown: str) -> str:
    """Return one line of ``markdown`` as HTML without a paragraph around it, where that fits."""
    if "```" in markdown or "\n\n" in markdown.strip():
        return html(markdown)
    return str(_parser().renderInline(markdown.strip()))


def figure_html(figure: Figure) -> str:
    """Return the picture, its bytes inside, with its alternative text."""
    kind = {".svg": "svg+xml", ".jpg": "jpeg"}.get(figure.path.suffix, figure.path.suffix[1:])
    data = base64.b64encode(figure.path.read_bytes()).decode("ascii")
    return f'<img src="data:image/{kind};base64,{data}" alt="{escape(figure.alt)}" />'
