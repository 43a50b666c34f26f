"""Text of other people's that a terminal or a page may show."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEEN = "\ufffd"  # stands for what was there


def printable(text: str) -> str:
    r"""Return ``text`` on one line, with each character that could do harm as U+FFFD.

    These are control characters (line breaks too), marks that turn the direction of writing round,
    and lone surrogates, which no file of UTF-8 can hold.

    >>> printable("Ann\x1b[2J\n")
    'Ann\ufffd[2J\ufffd'
    """
    return "".join(_SEEN if _is_harmful(letter) else letter for letter in text)


def _is_harmful(letter: str) -> bool:
    return letter in _BIDI or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
