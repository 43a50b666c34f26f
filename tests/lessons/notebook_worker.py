"""Run one notebook as JupyterLab's "Run all" does, and print what came of it as JSON.

Usage: ``python -m tests.lessons.notebook_worker NOTEBOOK [EXECUTED]``; the executed notebook, with
all it showed, is written to the second file if one is named.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

CELL_TIMEOUT_S = 600


def run(path: Path, executed: Path | None = None) -> dict[str, Any]:
    """Execute the notebook in its folder, to its end even if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=folder, allow_errors=True)
    begin = time.perf_counter()
    client.execute()
    seconds = round(time.perf_counter() - begin, 1)
    if executed:
        nbformat.write(notebook, executed)
    return {
        "seconds": seconds,
        "cells": [_cell(cell) for cell in notebook.cells if cell.cell_type == "code"],
    }


def _cell(cell: nbformat.NotebookNode) -> dict[str, Any]:
    outputs = cell.outputs
    texts = [o.text for o in outputs if o.output_type == "stream"]
    errors = [o for o in outputs if o.output_type == "error"]
    plain = [str(o.data.get("text/plain", "")) for o in outputs if "data" in o]
    return {
        "id": cell.id,
        "test": bool(cell.metadata.get("nbgrader", {}).get("grade")),
        "printed": "".join(texts) + "\n".join(plain),
        "stderr": "".join(o.text for o in outputs if o.get("name") == "stderr"),
        "error": errors[0].ename if errors else "",
        "said": _plain("\n".join(errors[0].traceback)) if errors else "",
        "pictures": [p.removeprefix("[figure] ") for p in plain if p.startswith("[figure] ")],
        "ran": cell.execution_count is not None,
    }


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


if __name__ == "__main__":
    print(json.dumps(run(*(Path(name).resolve() for name in sys.argv[1:3]))))
