"""What a program says of the framework installed, against what a lesson claims of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from tests.helpers import run_json

Claim = tuple[str, object, str]


@cache
def seen(code: str) -> dict[str, Any]:
    """Return what a program prints last; it runs once, in a process of its own."""
    return run_json(code, timeout_s=300)


def plain(facts: Mapping[str, object]) -> list[Claim]:
    """Return claims whose names say it all."""
    return [(fact, value, fact.replace("_", " ")) for fact, value in facts.items()]


def claims_hold(
    lesson: str, framework: str, code: str, claims: Sequence[Claim]
) -> Callable[[str, object, str], None]:
    """Return a test of each claim: a fact's name, its value, and what the lesson says of it.

    A release that changes one of these facts fails here, and the lesson that teaches it is named.
    """

    @getattr(pytest.mark, framework)
    @pytest.mark.parametrize(("fact", "value", "claim"), claims)
    def test(fact: str, value: object, claim: str) -> None:
        assert seen(code)[fact] == value, f"{lesson} says: {claim}"

    return test
