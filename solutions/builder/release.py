"""Release lessons through nbgrader itself, so that what a student opens is what it makes."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
INSTRUCTORS_CONFIG = ROOT / "grader" / "nbgrader_config.py"


def release(lesson: str, source: Path, target: Path) -> None:
    """Run ``nbgrader generate_assignment`` for one lesson, without a gradebook.

    Parameters
    ----------
    lesson
        Name of the folder, such as ``"02-freezing"``.
    source
        Folder that holds ``<lesson>/{keras,pytorch}.ipynb``, solved.
    target
        Folder that receives ``<lesson>/…``, released.

    Raises
    ------
    nbgrader.converters.base.NbGraderException
        If nbgrader refuses a notebook; its log, on stderr, says which cell.
    """
    shutil.rmtree(target / lesson, ignore_errors=True)
    config = _config(source, target)
    folders = CourseDirectory(config=config, assignment_id=lesson)
    converter = GenerateAssignment(coursedir=folders, config=config)
    converter.log.setLevel(logging.ERROR)
    converter.start()


def _config(source: Path, target: Path) -> Config:
    """Take the instructor's settings, and say where to read and write."""
    config = PyFileConfigLoader(
        INSTRUCTORS_CONFIG.name, str(INSTRUCTORS_CONFIG.parent)
    ).load_config()
    config.CourseDirectory.root = str(target.parent)
    config.CourseDirectory.source_directory = str(source)
    config.CourseDirectory.release_directory = str(target)
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    return config
