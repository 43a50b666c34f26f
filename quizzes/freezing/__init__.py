"""Questions about freezing."""

from __future__ import annotations

from quizzes.freezing.easy import QUESTIONS as EASY
from quizzes.freezing.hard import QUESTIONS as HARD
from quizzes.freezing.hard_keras import QUESTIONS as HARD_KERAS
from quizzes.freezing.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD, *HARD_KERAS)
