"""Questions about the new head."""

from __future__ import annotations

from quizzes.head.easy import QUESTIONS as EASY
from quizzes.head.hard import QUESTIONS as HARD
from quizzes.head.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
