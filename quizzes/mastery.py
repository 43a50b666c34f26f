"""The mastery test: ten questions from the whole bank, and what the points mean. Data only."""

from __future__ import annotations

PAPER: dict[str, int] = {"easy": 3, "medium": 4, "hard": 3}

# Least share of the points, and what it says; the first that fits is said.
REMARKS: tuple[tuple[float, str], ...] = (
    (0.9, "Strong pattern: you can explain what happens, not just make it happen."),
    (0.7, "Good pattern with gaps: the concepts below are worth another look."),
    (0.4, "The pattern is forming: go back to the lessons below, then draw a new paper."),
    (0.0, "Early days: start with the first lesson below; the next paper has fresh questions."),
)
