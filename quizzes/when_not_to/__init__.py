"""Questions about when not to fine-tune."""

from __future__ import annotations

from quizzes.when_not_to.easy import QUESTIONS as EASY
from quizzes.when_not_to.hard import QUESTIONS as HARD
from quizzes.when_not_to.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
