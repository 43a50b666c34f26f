"""What a stranger wrote cannot move the cursor, turn the line round, or break a log."""

from __future__ import annotations

import pytest

from grader.printable import printable


@pytest.mark.parametrize("text", ["Zoë Ångström", "李雷", "दीपा शर्मा", "محمد", "a\u00a0b", ""])
def test_names_of_any_script_stay(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    "harmful",
    ["\x1b", "\x07", "\n", "\r", "\t", "\x00", "\x9b", "\u202e", "\u2066", "\ud800", "\u2028"],
)
def test_what_moves_or_breaks_is_shown_as_a_mark(harmful):
    assert printable(f"a{harmful}b") == "a\ufffdb"
    printable(harmful).encode("utf-8")
