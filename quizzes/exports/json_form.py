"""Everything a question holds, as JSON: for tools of your own. The keys are in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from quizzes.engine.model import Question
from quizzes.exports.report import Report

FORMAT = "finetuning-course-questions"
VERSION = 1


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions`` as one JSON object with ``format``, ``version`` and ``questions``."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "questions": [plain(question) for question in questions],
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return Report(path, len(questions))


def plain(question: Question) -> dict[str, Any]:
    """Return the question as plain data; a figure's bytes are in it, base64."""
    data = asdict(question)
    data["topic"] = question.topic
    if question.figure:
        data["figure"]["data"] = base64.b64encode(question.figure.path.read_bytes()).decode("ascii")
    return data
