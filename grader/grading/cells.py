"""One cell of a notebook, whoever wrote it: its ids, its text, what it defines and calls."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from grader.configure import CODE_STUB
from grader.reading import parsing

MAX_CELL_CHARS = 100_000
SETUP_TAG = "setup"
PLAIN = "cell:"  # begins the id of a test that calls no check


def grade_id(cell: Mapping[str, Any]) -> str:
    """Return nbgrader's id of the cell, or an empty string; tolerates any metadata."""
    metadata = cell.get("metadata")
    described = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    found = described.get("grade_id") if isinstance(described, Mapping) else None
    return found if isinstance(found, str) else ""


def has_flag(cell: Mapping[str, Any], name: str) -> bool:
    """Return whether nbgrader's metadata of a cell say so, ``grade`` or ``solution``."""
    return bool(grade_id(cell)) and bool(cell["metadata"]["nbgrader"].get(name))


def is_answer(cell: Mapping[str, Any]) -> bool:
    """Return whether a student writes this cell."""
    return has_flag(cell, "solution")


def released_text(text: str) -> str:
    """Return what nbgrader leaves of an answer cell when it releases a lesson.

    Written out here because nbgrader takes a second to import, and every check of a notebook asks.
    """
    stub = CODE_STUB["python"].split("\n")
    if stub[0] in text:
        return text  # the source is itself a released notebook
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line.strip() == "### BEGIN SOLUTION":
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in stub]
            inside = True
        elif line.strip() == "### END SOLUTION":
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept if "### BEGIN SOLUTION" in text else stub)


def is_plain(check_id: str) -> bool:
    """Return whether an id is that of a test cell which calls no check."""
    return check_id.startswith(PLAIN)


def called_checks(text: str) -> tuple[str, ...]:
    """Return the ids of the checks that a cell calls, in order."""
    try:
        tree = ast.parse(_without_magics(text))
    except (SyntaxError, ValueError):
        return ()
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return tuple(
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "check"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def used_modules(text: str) -> set[str]:
    """Return the names, without what follows a dot, of the modules that a cell imports."""
    try:
        tree = ast.parse(_without_magics(text))
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _without_magics(text: str) -> str:
    lines = text.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def cell_text(cell: Mapping[str, Any]) -> str:
    """Return a cell's text from any version of the format; empty where it holds none."""
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return whole(text) if isinstance(text, str) else ""


def whole(text: str) -> str:
    """Return text that can be written as UTF-8: half a character becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def place(cell: Mapping[str, Any], number: int) -> str:
    """Return what tells a cell of the source from the others."""
    return str(cell.get("id") or f"cell-{number}")


def bound_names(text: str) -> set[str]:
    """Return the names that a cell binds for the cells after it."""
    return set(parsing.names(text)[0])


def used_names(text: str) -> set[str]:
    """Return the names that a cell takes from the notebook; a function's own do not count."""
    return set(parsing.names(text)[1])
