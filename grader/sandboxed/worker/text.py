"""A cell's text as plain Python: what a worker runs is what the policy read."""

from __future__ import annotations

import ast


def without_magics(source: str) -> str:
    """Return the cell as plain Python: lines of ``%magic`` and ``!shell`` do nothing here."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        lines = source.split("\n")
        return "\n".join(map(_plain_line, lines))
    return source


def _plain_line(line: str) -> str:
    bare = line.lstrip()
    if bare.startswith("%%"):
        return ""
    if bare.startswith(("%", "!", "?")) or bare.rstrip().endswith("?"):
        return line[: len(line) - len(bare)] + "pass"
    return line
