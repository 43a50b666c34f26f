"""Cells run out of order: a name that is not there yet, and the cell that makes it.

`course lab` lets each kernel run `watch` when it starts, so that the sentence comes even where
the kernel was restarted and nothing of the course has been imported.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

OWN_NAMES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ADVICE = (
    "\n`{name}` is made in the cell that begins with `{begins}`{where}; that cell has not run "
    "since the kernel started, or did not get so far. Run it first; after a restart choose "
    "Run → Run All Above Selected Cell, then run this cell again. Nothing you wrote is lost."
)


def watch() -> None:
    """In a kernel, let a `NameError` say which cell of the notebook makes the name."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None
) -> None:
    with suppress(OSError, ValueError):  # no notebook, or one that is just being written
        advice = advise(error, notebook())
        if advice:
            error.add_note(advice)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def notebook() -> dict[str, Any]:
    """Return the notebook that this kernel was started for, as it was last saved.

    Raises
    ------
    OSError, ValueError
        If there is none, or none that can be read.
    """
    found = json.loads(Path(os.environ.get("JPY_SESSION_NAME", "")).read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def advise(error: NameError, notebook: Mapping[str, Any]) -> str | None:
    """Return where the missing name is made; None where no cell makes it.

    Parameters
    ----------
    error : NameError
        As Python raised it.
    notebook : mapping
        In nbformat 4.

    Returns
    -------
    str or None
        One sentence on what happened, one on what to do.
    """
    name = error.name
    if not name or isinstance(error, UnboundLocalError):
        return None
    heading = ""
    for cell in notebook.get("cells", []):
        source = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            heading = _last_heading(source) or heading
        elif cell.get("cell_type") == "code" and name in made_in(source):
            where = f", under “{heading}”" if heading else ""
            begins = source.strip().splitlines()[0]
            return ADVICE.format(name=name, begins=begins, where=where)
    return None


def _last_heading(text: str) -> str:
    headings = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    return headings[-1].rstrip() if headings else ""


def made_in(source: str) -> set[str]:
    """Return the names that a cell leaves behind: imports, definitions, assignments.

    Examples
    --------
    >>> sorted(made_in("import numpy as np\\nfor i in (1, 2):\\n    a, b = i, [j for j in 'x']"))
    ['a', 'b', 'i', 'np']
    """
    try:
        return set(_bound(ast.parse(source)))
    except SyntaxError:  # unfinished, or with a % of IPython's
        return set()


def _bound(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name
        elif isinstance(child, ast.alias):
            yield (child.asname or child.name).split(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif not isinstance(child, OWN_NAMES):
            yield from _bound(child)
