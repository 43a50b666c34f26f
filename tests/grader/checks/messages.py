"""What a learner reads for each answer of the bank, written down: ``messages_<framework>.txt``.

Usage: ``python -m tests.grader.checks.messages FRAMEWORK`` writes the file anew; look at what
``git diff`` shows before you commit it.
"""

from __future__ import annotations

import difflib
import math
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]
# Not ours: the words of Python and of a framework change with their versions.
THEIR_WORDS = re.compile(r"\b(\w*(?:Error|Exception)): .*")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
DECIMAL = re.compile(r"-?\d+\.\d+(?:e[-+]\d+)?")
HOW = "Messages have changed. If they should: python -m tests.grader.checks.messages FRAMEWORK"
AS_GOOD_AS_EQUAL = 0.02  # of a number with decimals: another processor rounds another way


def golden(framework: str) -> Path:
    """Return the file that holds the messages of one framework's answers."""
    return Path(__file__).with_name(f"messages_{framework}.txt")


def rendered(records: Iterable[Record]) -> str:
    """Return all messages as text, sorted by file; two draws that read the same stand once."""
    told: dict[str, dict[str, list[int]]] = {}
    for record in sorted(records, key=lambda one: (one["file"], one["seed"])):
        seeds = told.setdefault(record["file"], {})
        seeds.setdefault(_message(record), []).append(record["seed"])
    return "".join(_section(file, seeds) for file, seeds in told.items())


def _section(file: str, seeds: dict[str, list[int]]) -> str:
    said = (f"-- seed {' and '.join(map(str, drawn))}: {text}\n" for text, drawn in seeds.items())
    return f"== {file}\n{''.join(said)}"


def _message(record: Record) -> str:
    verdict = f"{record['status']}, {record['points']:g} points, hint {record['hint'] or 'none'}"
    # one record, one paragraph: a line of the student's own may be empty
    lines = "\n".join([verdict, *record["lines"], *record["shown"]]).splitlines()
    return "\n".join(_masked(line.rstrip()) for line in lines if line.strip())


def _masked(line: str) -> str:
    return ADDRESS.sub("0x...", THEIR_WORDS.sub(r"\1: ...", line))


def difference(records: Iterable[Record], framework: str) -> str:
    """Return how the messages differ from those written down; empty where they do not."""
    old = golden(framework).read_text("utf-8").splitlines()
    new = rendered(records).splitlines()
    if len(old) == len(new):
        new = [was if _same(was, now) else now for was, now in zip(old, new, strict=True)]
    return "\n".join(difflib.unified_diff(old, new, "written down", "now", n=6, lineterm=""))


def _same(was: str, now: str) -> bool:
    if DECIMAL.sub("", was) != DECIMAL.sub("", now):
        return False
    pairs = zip(DECIMAL.findall(was), DECIMAL.findall(now), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=AS_GOOD_AS_EQUAL) for a, b in pairs)


def main(framework: str) -> None:
    """Run the bank's answers in one framework and write down what they are told."""
    from tests.grader.checks.test_answers import verdicts

    golden(framework).write_text(rendered(verdicts(framework)), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
