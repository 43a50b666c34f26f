"""Write the bank for a learning platform, or the cards for Anki.

Every writer takes questions and a path and returns a `Report`. What a format cannot carry is named
in the report, never dropped silently.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path

from quizzes.engine import bank
from quizzes.engine.model import Question
from quizzes.exports.report import Report

SUFFIX = {
    "moodle": ".xml",
    "gift": ".gift.txt",
    "qti": ".qti21.zip",
    "canvas": ".qti12.zip",
    "anki": ".apkg",
    "json": ".json",
}
ALSO = {"qti21": "qti", "qti12": "canvas"}  # by the version of the standard


def export(
    form: str,
    out: Path | None = None,
    *,
    topic: str | None = None,
    difficulty: str | None = None,
    framework: str | None = None,
    seed: int = 0,
) -> Report:
    """Write questions (for ``anki``: the recall cards) in the format ``form``.

    Parameters
    ----------
    form
        ``moodle`` (Moodle XML), ``gift``, ``qti`` or ``qti21`` (QTI 2.1 package), ``canvas`` or
        ``qti12`` (QTI 1.2 package, by text2qti), ``anki`` (a deck) or ``json`` (everything, the
        keys too).
    out
        The file to write, or a folder for it; default: ``quiz-TOPIC`` with the format's ending, in
        the current folder.

    Raises
    ------
    ValueError
        An unknown format or topic (the nearest is offered), or nothing to export.
    """
    form = _known(form)
    path = _place(out, f"quiz-{topic or 'all'}{SUFFIX[form]}")
    if form == "anki":
        from quizzes.exports import anki
        from quizzes.study.cards import deck

        if difficulty or framework:
            raise ValueError("Cards are for all. Take off --difficulty and --framework.")
        return anki.write(deck(topic), path)
    questions = bank.questions(topic, difficulty=difficulty, framework=framework, seed=seed)
    if not questions:
        raise ValueError("No question fits. Take off --difficulty or --framework.")
    return _writer(form)(questions, path)


def _place(out: Path | None, name: str) -> Path:
    path = Path(out).expanduser() if out else Path(name)
    path = path / name if path.is_dir() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _known(form: str) -> str:
    form = ALSO.get(form, form)
    if form not in SUFFIX:
        close = difflib.get_close_matches(form, SUFFIX, n=1, cutoff=0.4)
        nearest = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"No export {form!r}.{nearest} Formats: {', '.join(SUFFIX)}.")
    return form


def _writer(form: str) -> Callable[[Sequence[Question], Path], Report]:
    from quizzes.exports import gift, json_form, moodle, qti12, qti21

    modules = {"moodle": moodle, "gift": gift, "qti": qti21, "canvas": qti12, "json": json_form}
    writer: Callable[[Sequence[Question], Path], Report] = modules[form].write
    return writer
