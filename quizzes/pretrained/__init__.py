"""Questions about pretrained models."""

from __future__ import annotations

from quizzes.pretrained.easy import QUESTIONS as EASY
from quizzes.pretrained.hard import QUESTIONS as HARD
from quizzes.pretrained.medium import QUESTIONS as MEDIUM

QUESTIONS = (*EASY, *MEDIUM, *HARD)
