"""Hold the points of a submission that a person should look at, and say which lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from grader.checks.verdict import Verdict, held
from grader.grading.dependencies import SETUP, Cell
from grader.printable import printable
from grader.reading import parsing
from grader.sandboxed.policy import Reach

_MOST = 5  # lines that are named
_MAX_WHAT = 80


def reaches(cells: Sequence[Cell], said: Sequence[str]) -> list[Reach]:
    """Return what the student's cells reach for: as they are written, and as they ran.

    Parameters
    ----------
    cells : sequence of Cell
        What was run, in order.
    said : sequence of str
        Lines of the watch in the worker (`grader.sandboxed.worker.audit`).
    """
    listed = [(cell.id, cell.source, cell.kind != SETUP) for cell in cells]
    texts = {cell.id: cell.source.split("\n") for cell in cells}
    written = parsing.reaches(listed)
    known = {(one.cell, one.line) for one in written}
    ran = [one for one in map(_heard, said) if one and (one.cell, one.line) not in known]
    return written + [_with_text(one, texts.get(one.cell, [])) for one in ran]


def _heard(line: str) -> Reach | None:
    try:
        plain = json.loads(line)
        return Reach(str(plain["cell"]), int(plain["line"]), str(plain["what"])[:_MAX_WHAT])
    except (ValueError, KeyError, TypeError):
        return Reach("?", 0, "the channel of its watch")  # nobody else writes there


def _with_text(one: Reach, lines: Sequence[str]) -> Reach:
    text = lines[one.line - 1].strip()[:120] if 0 < one.line <= len(lines) else ""
    return Reach(one.cell, one.line, one.what, text)


def flags(found: Sequence[Reach]) -> list[str]:
    """Return a line for the instructor on each of the first few, and how many more there are."""
    said = [printable(str(one)) for one in found[:_MOST]]
    more = len(found) - _MOST
    return [*said, *([f"and {more} more such lines"] if more > 0 else [])]


def hold(verdicts: Mapping[str, Verdict], found: Sequence[Reach]) -> dict[str, Verdict]:
    """Return the verdicts with every point held if anything was found.

    All of them: code in one cell can change what any other exercise is seen to do.
    """
    if not found:
        return dict(verdicts)
    uses, lines = found[0].place, "\n".join(flags(found))
    return {name: held(verdict, f"it uses {uses}", lines) for name, verdict in verdicts.items()}
