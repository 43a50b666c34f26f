"""Questions about overfitting."""

from __future__ import annotations

from quizzes.overfitting.easy import QUESTIONS as EASY
from quizzes.overfitting.hard import QUESTIONS as HARD
from quizzes.overfitting.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
