"""The helper that parses: one request a line, one answer a line; see `grader.reading.parsing`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import symtable
import sys
from typing import Any

from grader.sandboxed.policy import read_cells

CPU_S = 0.3  # for one request
MEMORY_MB = 1024


def answer(request: dict[str, Any]) -> Any:
    """Return what a request asks for, as plain data; ``None`` if the text is beyond Python."""
    try:
        if request["do"] == "names":
            return _names(request["text"])
        cells = [(name, text, theirs) for name, text, theirs in request["cells"]]
        return [dataclasses.astuple(found) for found in read_cells(cells)]
    except (RecursionError, MemoryError):
        return None


def _names(text: str) -> tuple[list[str], list[str]]:
    scopes = _scopes(text)
    bound, used = set(), set()
    for table in scopes:
        own = table is scopes[0]
        for symbol in table.get_symbols():
            name = symbol.get_name()
            given = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if given and (own or symbol.is_declared_global()):
                bound.add(name)
            if symbol.is_referenced() and (own or symbol.is_global()):
                used.add(name)
    return sorted(bound), sorted(used)


def _scopes(text: str) -> list[symtable.SymbolTable]:
    """Return the name tables of a cell, the module's own first; none if it is no Python."""
    lines = text.split("\n")
    plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
    try:
        found = [symtable.symtable(plain, "cell", "exec")]
    except (SyntaxError, ValueError):
        return []
    for table in found:  # grows while it is walked
        found.extend(table.get_children())
    return found


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))


def _limit_time(seconds: float) -> None:
    """Have the system end this process after ``seconds`` of its own; 0 for no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def main() -> None:
    """Answer until the other side closes the pipe."""
    _limit_memory()
    for line in sys.stdin.buffer:
        _limit_time(CPU_S)
        said = json.dumps(answer(json.loads(line)))
        _limit_time(0)
        sys.stdout.write(said + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
