"""Hints in the words of the student's framework, and the finding that gives one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.checks.evidence import Shown
from grader.checks.model import Facts, Finding


@dataclass(frozen=True)
class Hint:
    """One next step, said once per framework; empty where the mistake cannot be made."""

    keras: str = ""
    pytorch: str = ""

    def __str__(self) -> str:
        if self.keras == self.pytorch or not self.pytorch:
            return self.keras
        return f"PyTorch: {self.pytorch} Keras: {self.keras}" if self.keras else self.pytorch


Hints = Mapping[str, Hint]


def same(text: str) -> Hint:
    """Return a hint that reads the same in both frameworks."""
    return Hint(text, text)


def texts(hints: Hints) -> dict[str, str]:
    """Return what a check lists of its hints: both frameworks' words in one text."""
    return {name: str(hint) for name, hint in hints.items()}


def wrong(
    facts: Facts,
    hints: Hints,
    checked: str,
    expected: object,
    found: object,
    hint: str = "",
    shown: Iterable[Shown] = (),
    *,
    share: float = 0.0,
) -> Finding:
    """Return a finding whose next step speaks of the student's own framework."""
    step = getattr(hints[hint], facts["framework"]) if hint else ""
    return Finding.wrong(
        checked, expected=expected, found=found, next_step=step, hint=hint, share=share, shown=shown
    )
