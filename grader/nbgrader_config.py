"""nbgrader's configuration for this course.

In the project's root: ``nbgrader autograde 02-freezing --config grader/nbgrader_config``.
``grade new-class FOLDER`` writes one like it, where nbgrader finds it without being told.
"""

from grader.configure import configure

configure(get_config())  # type: ignore[name-defined]  # noqa: F821  # nbgrader provides it
