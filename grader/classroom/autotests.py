"""Tests that nbgrader wrote itself: ``### AUTOTEST`` lines, as the release made them.

The source holds the lines alone, the gradebook the tests that came of them.
"""

from __future__ import annotations

import copy
from dataclasses import replace

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from grader.errors import SourceError
from grader.grading.cells import grade_id
from grader.grading.source import Source

MARK = "AUTOTEST "


def instantiated(source: Source, folders: CourseDirectory, lesson: str, name: str) -> Source:
    """Return a source whose tests are those that were released.

    Raises
    ------
    SourceError
        If the assignment was not released, so that the tests do not exist yet.
    """
    wanted = [cell for cell in source.notebook.cells if _is_one(cell.source)]
    if not wanted:
        return source
    made = _released(folders, lesson, name)
    if not {grade_id(cell) for cell in wanted} <= made.keys():
        raise SourceError(
            f"{lesson}/{name} has AUTOTEST lines, and its tests are made by the release; "
            f"release it first: grade release {lesson}"
        )
    notebook = copy.deepcopy(source.notebook)
    for cell in notebook.cells:
        if _is_one(cell.source):
            cell.source = made[grade_id(cell)]
    return replace(source, notebook=notebook)


def _is_one(text: str) -> bool:
    return any(line.lstrip().startswith("#") and MARK in line for line in text.split("\n"))


def _released(folders: CourseDirectory, lesson: str, name: str) -> dict[str, str]:
    with Gradebook(folders.db_url) as book:
        try:
            cells = book.find_notebook(name, lesson).source_cells
        except MissingEntry:
            return {}
        return {cell.name: cell.source for cell in cells}
