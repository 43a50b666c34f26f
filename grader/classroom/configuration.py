"""A class's configuration, read from all the places where nbgrader reads it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from jupyter_core.application import JupyterApp
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from sqlalchemy.engine import make_url
from traitlets.config import Config

from grader.configure import configure
from grader.errors import ClassroomError

NAME = "nbgrader_config"
NO_LIMIT_S = 3600.0  # a cell's, even where nbgrader is told that there is none


class _Reader(NbGrader):  # type: ignore[misc]  # nbgrader has no types
    """An nbgrader command that does nothing but read its configuration."""

    name = "grade"
    load_cwd_config = False  # the class folder counts, wherever the command was given


def load(root: Path) -> Config:
    """Return the configuration of a class folder: Jupyter's folders first, its own file last.

    A folder without a file of its own is configured as this course is.

    Raises
    ------
    ClassroomError
        If a file cannot be read; the message names it.
    """
    if str(root) not in sys.path:
        sys.path.append(str(root))  # nbgrader too finds a class's own plug-ins there
    own = any((root / f"{NAME}{suffix}").is_file() for suffix in (".py", ".json"))
    made = Config()
    if not own:
        configure(made)
    reader: Any = _Reader(config=made, raise_config_file_errors=True)
    reader.log.setLevel(logging.ERROR)
    try:
        reader.load_config_file()
        super(JupyterApp, reader).load_config_file(f"{NAME}.py", path=str(root))
    except Exception as error:
        raise ClassroomError(
            f"nbgrader's configuration cannot be read: {type(error).__name__}: {error}. "
            f"Look into {root / NAME}.py, and into the folders that `jupyter --paths` lists."
        ) from None
    found: Config = reader.config
    found.CourseDirectory.root = str(root)
    return found


def course_directory(config: Config) -> CourseDirectory:
    """Return the class's folders; a gradebook named without a folder is in the class's own."""
    folders = CourseDirectory(config=config)
    url = make_url(folders.db_url)
    named = url.database or ""
    if url.get_backend_name() == "sqlite" and named and not named.startswith((":", "/", "file:")):
        url = url.set(database=str(Path(folders.root, named)))
        config.CourseDirectory.db_url = url.render_as_string(hide_password=False)
        folders = CourseDirectory(config=config)
    return folders


def cell_timeout_s(execute: Execute) -> float:
    """Return the limit of nbgrader's own option on a cell's time."""
    return float(execute.timeout) if (execute.timeout or -1) > 0 else NO_LIMIT_S
