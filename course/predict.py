"""Predict first: an answer is asked for and kept before the cell that reveals the truth runs.

In a notebook::

    predict("02-freezing/drift", 7)
    ...
    reveal("02-freezing/drift", drifting)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from course.records import progress

SECTION = "predictions"
Answer = str | int | float


def predict(key: str, answer: Any) -> None:
    """Keep what the learner expects, before it is measured.

    The first answer stays in the record for good; a later one is added to it.

    Parameters
    ----------
    key : str
        Lesson and question, ``"02-freezing/drift"``.
    answer : str, int or float
        What is expected. ``...`` means not yet decided: nothing is kept.

    Raises
    ------
    ValueError
        If the answer is neither text nor a number.
    """
    if answer is ... or answer is None or answer == "":
        print("Nothing kept yet: put your answer in place of ... and run this cell, then go on.")
        return
    if isinstance(answer, bool) or not isinstance(answer, Answer):
        raise ValueError(
            f"expected a number or text in quotes as the answer, received "
            f"{type(answer).__name__}. Write for example 7 or 'the head'."
        )
    tried = {"answer": answer, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    progress.update(SECTION, key, lambda old: [*_tries(old), tried])
    print(f"Kept: {answer}. Now run on and see.")


def prediction(key: str) -> Answer | None:
    """Return the latest answer kept under ``key``, or None."""
    tries = _tries(progress.section(SECTION).get(key))
    return tries[-1]["answer"] if tries else None


def reveal(key: str, truth: Answer, unit: str = "") -> None:
    """Print what was predicted beside what is so.

    Parameters
    ----------
    key : str
        As given to `predict`.
    truth : str, int or float
        What the cell has just measured.
    unit : str
        Written behind the truth, and behind a predicted number.
    """
    expected = prediction(key)
    if expected is None:
        said = "nothing yet (the cell above this one asks)"
    else:
        said = _with_unit(expected, unit)
    print(f"You predicted: {said}")
    print(f"It is:         {_with_unit(truth, unit)}")


def _with_unit(value: Answer, unit: str) -> str:
    if isinstance(value, str):
        return value
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"
    return f"{shown} {unit}".rstrip()


def _tries(kept: Any) -> list[dict[str, Any]]:
    """Return a record's tries, leaving out whatever has another form."""
    rows = kept if isinstance(kept, list) else []
    return [row for row in rows if isinstance(row, dict) and "answer" in row]
