"""Build every notebook of the course: ``python -m solutions.build [--check] [LESSON ...]``.

From ``solutions/NN-topic/lesson.md`` come, in this order,

- ``solutions/NN-topic/{keras,pytorch}.ipynb``: solved, nbgrader's source;
- ``lessons/NN-topic/{keras,pytorch}.ipynb``: released by nbgrader's ``generate_assignment``.

``--check`` writes nothing and fails when a generated file is not, byte for byte, what its
lesson gives.

How to write a lesson
---------------------
``lesson.md`` is Jupytext Markdown. Text is a Markdown cell; two blank lines, or a code cell,
begin the next one. Each ``python`` fence is a code cell. What is said once belongs to both
notebooks; these attributes say otherwise::

    ```python framework="pytorch" name="freeze-all"
    for parameter in model.parameters():
        parameter.requires_grad = False
    ```

    <!-- #region framework="keras" -->
    Text that only the Keras notebook has.
    <!-- #endregion -->

    Inside shared text: set {{keras: `trainable = False` || pytorch: `requires_grad = False`}}.

Code that is shown and not run: begin its fence with ``python .noeval``.

==================  =================================================================
``framework="…"``   ``keras`` or ``pytorch``: the cell is in that notebook only
``name="…"``        the cell's id (else ``cell-<place in lesson.md>``); coverage.toml uses it
``exercise="id"``   answer cell; the answer stands between ``### BEGIN SOLUTION`` and
                    ``### END SOLUTION``. The learner sees ``# YOUR CODE HERE`` and ``...``
                    there, so keep what follows able to run when the answer is missing
``test="id"``       its test cell, locked; needs ``points=…``; calls
                    ``check("NN-topic/id", …)`` and ends in a statement
``manual="id"``     text (in a region) that a person marks; needs ``points=…``; the part between
                    BEGIN SOLUTION and END SOLUTION becomes "YOUR ANSWER HERE"
``tags=["…"]``      ordinary cell tags
==================  =================================================================

An exercise may stand twice under one id, once per framework; so may its test. No cell of the
lesson may depend on an exercise's answer: a skipped exercise costs its points and nothing else.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from solutions.builder import FRAMEWORKS, LessonError, build_notebook, release

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("solutions", "lessons")


def lesson_names(root: Path = ROOT) -> list[str]:
    """Return the lessons that have a source, in order."""
    return sorted(path.parent.name for path in (root / "solutions").glob("*/lesson.md"))


def build_into(target: Path, lessons: Sequence[str], root: Path = ROOT) -> None:
    """Write ``solutions/`` and ``lessons/`` of the named lessons below ``target``.

    Raises
    ------
    LessonError
        If a ``lesson.md`` is not written as the format asks; the message names file and cell.
    """
    solved, released = (target / folder for folder in FOLDERS)
    for lesson in lessons:
        (solved / lesson).mkdir(parents=True)
        _build_solved(root / "solutions" / lesson / "lesson.md", solved / lesson)
        release(lesson, solved, released)


def _build_solved(source: Path, folder: Path) -> None:
    text = source.read_text(encoding="utf-8")
    for framework in FRAMEWORKS:
        try:
            notebook = build_notebook(text, framework)
        except LessonError as error:
            raise LessonError(f"{source.parent.name}/lesson.md, {error}") from None
        (folder / f"{framework}.ipynb").write_text(notebook, encoding="utf-8", newline="\n")


def stale_files(built: Path, lessons: Sequence[str], root: Path = ROOT) -> Iterator[Path]:
    """Yield, relative to ``root``, each generated file that is missing, different or left over."""
    for folder in FOLDERS:
        for lesson in lessons:
            wanted = {p.name: p.read_bytes() for p in (built / folder / lesson).glob("*.ipynb")}
            present = {p.name: p.read_bytes() for p in (root / folder / lesson).glob("*.ipynb")}
            for name in sorted(wanted.keys() | present.keys()):
                if wanted.get(name) != present.get(name):
                    yield Path(folder, lesson, name)


def _replace(path: Path, built: Path) -> None:
    if not built.exists():
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(built.read_bytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m solutions.build", description=__doc__[:62])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02-freezing")
    parser.add_argument("--check", action="store_true", help="fail if a notebook is out of date")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.lessons) - set(lesson_names()))
    if unknown:
        parser.error(f"no lesson {unknown[0]!r}; there are {', '.join(lesson_names())}")
    try:
        return _run(options.lessons or lesson_names(), check_only=options.check)
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1


def _run(lessons: Sequence[str], *, check_only: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder).resolve()
        build_into(built, lessons)
        stale = list(stale_files(built, lessons))
        for path in stale:
            if not check_only:
                _replace(ROOT / path, built / path)
            print(f"{'out of date' if check_only else 'wrote'}: {path}")
    if stale and check_only:
        print("Run `python -m solutions.build` and commit what it writes.")
    if not stale:
        print(f"up to date: {len(lessons)} lessons")
    return 1 if stale and check_only else 0


if __name__ == "__main__":
    sys.exit(main())
