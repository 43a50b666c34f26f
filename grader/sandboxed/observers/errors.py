"""What an observer may raise."""

from __future__ import annotations


class Unusable(Exception):
    """Raised by an observer when the student's result cannot be looked at at all.

    It becomes an ordinary failed check with this message, for example when a function that
    should return a model returned ``None``.

    Parameters
    ----------
    expected, found, next_step : str
        Lines of the message the student reads.
    hint_id : str
        Key into the check's ``hints``, or empty.
    """

    def __init__(self, expected: str, found: str, next_step: str = "", hint_id: str = "") -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found = expected, found
        self.next_step, self.hint_id = next_step, hint_id
