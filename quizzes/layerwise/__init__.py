"""Questions about layer-wise learning rates."""

from __future__ import annotations

from quizzes.layerwise.easy import QUESTIONS as EASY
from quizzes.layerwise.hard import QUESTIONS as HARD
from quizzes.layerwise.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
