"""SHARED"""

from __future__ import annotations

from typing import Any

from grader.checks import CaseParams

"""Lesson 04, overfitting: what is right, and what each usual mistake is called."""

from __future__ import annotations

CaseParams = dict[str, Any]
