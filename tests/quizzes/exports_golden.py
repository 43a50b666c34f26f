"""What each format asks, in short: the types, and the right answer of every question.

`python -m tests.quizzes.exports_golden` writes the file anew after the bank has changed; its
difference is what a platform's learners would see.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from quizzes import exports
from quizzes.engine import bank
from tests.quizzes import readers

FILE = Path(__file__).with_name("exports_golden.txt")
FORMS = ("moodle", "gift", "qti", "canvas")
PARSER = "gift-pegjs@1.0.2"
WIDTH = " | "


def read(form: str, path: Path, parser: Path | None = None) -> dict[str, readers.Read]:
    """Return every question of the export at ``path``, as the format's reader sees it."""
    one: dict[str, Callable] = {
        "moodle": lambda: (readers.moodle(path), readers.moodle_read),
        "qti": lambda: (readers.qti21(path), readers.qti21_read),
        "canvas": lambda: (readers.qti12(path), readers.qti12_read),
    }
    if form == "gift":
        assert parser
        return readers.gift(path, parser)
    nodes, reader = one[form]()
    return {name: reader(node) for name, node in nodes.items()}


def column(form: str, found: dict[str, readers.Read]) -> list[str]:
    """Return the format's name with its types, then a key for each question of the bank."""
    kinds = sorted(item.kind for item in found.values())
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    ids = [question.id for question in bank.questions()]
    assert set(found) <= set(ids)
    return [f"{form}: {counts}", *(found[i].key if i in found else "-" for i in ids)]


def kept(form: str) -> list[str]:
    """Return the column as it stands in the file."""
    rows = [line.split(WIDTH) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [row[1 + FORMS.index(form)] for row in rows]


def install(folder: Path, npm: str = "npm") -> Path | None:
    """Install npm's GIFT parser into ``folder``; None when npm cannot, within a minute."""
    quick = ["--silent", "--no-audit", "--no-fund", "--fetch-retries=0"]
    command = [npm, "install", *quick, "--prefix", str(folder), PARSER]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return folder / "node_modules" / "gift-pegjs"


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parser = install(folder)
        paths = {form: exports.export(form, folder / form).path for form in FORMS}
        columns = [column(form, read(form, path, parser)) for form, path in paths.items()]
    ids = ["question", *(question.id for question in bank.questions())]
    rows = (WIDTH.join(row) for row in zip(ids, *columns, strict=True))
    FILE.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
