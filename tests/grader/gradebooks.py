"""A gradebook of three students and two lessons, made without running anything."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from nbgrader.api import Gradebook

from grader.classroom.folder import _find_alembic

_find_alembic()

POINTS = {  # by lesson, student, framework
    ("02-freezing", "ana"): {"keras": 4.0, "pytorch": 7.5},
    ("02-freezing", "=bo"): {"keras": 10.0},
    ("03-new-head", "ana"): {"keras": 5.0, "pytorch": 3.0},
}


@cache
def _empty() -> bytes:
    """Return a new gradebook; nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "gradebook.db")
        Gradebook(f"sqlite:///{path}").close()
        return path.read_bytes()


def make(root: Path, *, students: bool = True) -> Gradebook:
    """Return an open gradebook in ``root``: each notebook is worth 10 points."""
    (root / "gradebook.db").write_bytes(_empty())
    book = Gradebook(f"sqlite:///{root / 'gradebook.db'}")
    if not students:
        return book
    book.add_student(
        "ana", first_name="Ana", last_name="Lee, Jr", email="ana@x.org", lms_user_id="41"
    )
    book.add_student("=bo", first_name="Bo", last_name="Ek", lms_user_id="sis-7")
    book.add_student("李雷")
    for lesson in ("02-freezing", "03-new-head"):
        book.add_assignment(lesson)
        for framework in ("keras", "pytorch"):
            book.add_notebook(framework, lesson)
            book.add_grade_cell("test-a", framework, lesson, max_score=10, cell_type="code")
    for (lesson, student), points in POINTS.items():
        enter(book, lesson, student, points)
    return book


def enter(book: Gradebook, lesson: str, student: str, points: dict[str, float]) -> None:
    """Write one student's points into the gradebook."""
    book.add_submission(lesson, student)
    for framework in ("keras", "pytorch"):
        grade = book.find_grade("test-a", framework, lesson, student)
        grade.auto_score, grade.needs_manual_grade = points.get(framework, 0.0), False
    book.db.commit()
