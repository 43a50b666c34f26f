"""What each format asks, in short: the types, and the right answer of every question.

`python -m tests.quizzes.exports.golden` writes the file anew after the bank has changed; its
difference is what a platform's learners would see.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from quizzes import exports
from quizzes.engine import bank
from tests.quizzes.exports import readers

FILE = Path(__file__).with_name("golden.txt")
FORMS = ("moodle", "gift", "qti", "canvas")
BETWEEN = " | "
ANEW = "Meant so? Write the file anew: python -m tests.quizzes.exports.golden"


def read(form: str, path: Path) -> dict[str, readers.Read]:
    """Return every question of the export at ``path``, as the format's reader sees it."""
    if form == "gift":
        return readers.gift(path)
    nodes, reader = {
        "moodle": (readers.moodle, readers.moodle_read),
        "qti": (readers.qti21, readers.qti21_read),
        "canvas": (readers.qti12, readers.qti12_read),
    }[form]
    return {name: reader(node) for name, node in nodes(path).items()}


def column(form: str, found: dict[str, readers.Read]) -> list[str]:
    """Return the format's name with its types, then a key for each question of the bank."""
    kinds = sorted(item.kind for item in found.values())
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    ids = [question.id for question in bank.questions()]
    assert set(found) <= set(ids)
    return [f"{form}: {counts}", *(found[i].key if i in found else "-" for i in ids)]


def kept(form: str) -> list[str]:
    """Return the column as it stands in the file."""
    rows = [line.split(BETWEEN) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [row[1 + FORMS.index(form)] for row in rows]


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {form: exports.export(form, folder / form).path for form in FORMS}
        columns = [column(form, read(form, path)) for form, path in paths.items()]
    ids = ["question", *(question.id for question in bank.questions())]
    rows = (BETWEEN.join(row) for row in zip(ids, *columns, strict=True))
    FILE.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
