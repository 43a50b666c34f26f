"""Open the course: make ``.venv``, install, check, and start JupyterLab.

``python3 start.py`` is the one command. It needs nothing but Python and its standard library; the
work is done in ``course/install/``. This file is read by any Python that exists, old ones too, so
that the wrong one gets an answer instead of a syntax error.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 13)

REFUSAL = """\
This course runs on Python {oldest} to {newest}; you started it with Python {found} ({path}).
{next_step}
Your files are untouched."""


def supported(version):
    """Return whether the course runs on this ``(major, minor)`` of Python."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def other_pythons():
    """Return the names of the supported Pythons on this machine that start, newest first."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    return [name for name in ("python3.%d" % minor for minor in minors) if starts(name)]  # noqa: UP031


def starts(name):
    """Return whether typing ``name`` starts a Python; one that is only listed does not count."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call([name, "-c", ""], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def refusal(version):
    """Return what to tell a person whose Python is too old or too new."""
    others = other_pythons()
    if others:
        step = "You have a fitting one: type  " + others[0] + " start.py"
    elif os.name == "nt":
        step = "Get Python 3.12 from https://www.python.org/downloads and type  py -3.12 start.py"
    else:
        step = (
            "Get Python 3.12 (https://www.python.org/downloads, or your package manager: "
            "apt, dnf, brew) and type  python3.12 start.py"
        )
    # A Python that cannot read f-strings gets here too.
    return REFUSAL.format(
        oldest="%d.%d" % OLDEST,  # noqa: UP031
        newest="%d.%d" % NEWEST,  # noqa: UP031
        found="%d.%d.%d" % tuple(version[:3]),  # noqa: UP031
        path=sys.executable,
        next_step=step,
    )


if __name__ == "__main__":
    if not supported(sys.version_info):
        sys.exit(refusal(sys.version_info))
    from course.install.main import main

    sys.exit(main(sys.argv[1:]))
