"""The two frameworks of the course, and what each is called."""

from __future__ import annotations

from typing import Literal

Framework = Literal["keras", "pytorch"]
FRAMEWORKS: tuple[Framework, ...] = ("keras", "pytorch")
_ALIASES = {"torch": "pytorch", "tensorflow": "keras", "tf": "keras"}


def framework_name(name: str) -> Framework:
    """Return ``keras`` or ``pytorch``; ``torch`` and ``tensorflow`` are understood too.

    Raises
    ------
    ValueError
        If ``name`` is no framework of this course.
    """
    said = name.strip().lower()
    for known in FRAMEWORKS:
        if _ALIASES.get(said, said) == known:
            return known
    raise ValueError(f"Framework is {name!r}; expected 'keras' or 'pytorch'.")
