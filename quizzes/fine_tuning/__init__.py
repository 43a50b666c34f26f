"""Questions about the two-phase recipe."""

from __future__ import annotations

from quizzes.fine_tuning.easy import QUESTIONS as EASY
from quizzes.fine_tuning.hard import QUESTIONS as HARD
from quizzes.fine_tuning.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
