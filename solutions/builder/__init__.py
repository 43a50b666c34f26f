"""Turn one ``lesson.md`` into the solved and the released notebooks of both frameworks."""

from solutions.builder.notebook import FRAMEWORKS, build_notebook
from solutions.builder.reader import LessonError, read_cells
from solutions.builder.release import release

__all__ = ["FRAMEWORKS", "LessonError", "build_notebook", "read_cells", "release"]
