"""How an attack is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.grader import notebooks as nb

WRONG = "def double(x):\n    return 0\n"
HONEST_WRONG_POINTS = 1.0  # what squaring earns: no cheat may get more
FULL_POINTS = 3.0


@dataclass(frozen=True)
class Attack:
    """One submission that tries something.

    Attributes
    ----------
    number : int
        1 to 70, as the course's list of attacks counts them.
    name : str
        What is tried.
    answer : str
        The text of the answer cell.
    change : function or None
        Changes the submitted notebook (plain JSON) before it is handed in; may return bytes.
    honest : bool
        The answer is right and must earn full points in spite of what is odd.
    held : bool
        The answer is right, and its points wait for a person because of what else it does.
    flagged : bool
        No point may come of it before a person has looked, and a line must be named.
    statuses : tuple of str
        Verdicts that are allowed; any if empty.
    """

    number: int
    name: str
    answer: str = WRONG
    change: Callable[[dict[str, Any]], Any] | None = None
    honest: bool = False
    held: bool = False
    flagged: bool = False
    statuses: tuple[str, ...] = ()

    def notebook(self) -> Any:
        """Return what is handed in."""
        made = nb.submitted_notebook(self.answer)
        return self.change(made) if self.change else made

    @property
    def id(self) -> str:
        """A readable name for the test's line."""
        return f"{self.number:02d}-{self.name.replace(' ', '-')}"


def setting(cell: int, **values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a change that sets fields of one cell; ``nbgrader`` goes into its metadata."""

    def change(made: dict[str, Any]) -> dict[str, Any]:
        target = made["cells"][cell]
        target["metadata"].setdefault("nbgrader", {}).update(values.pop("nbgrader", {}))
        target["metadata"].update(values.pop("metadata", {}))
        target.update(values)
        return made

    return change
