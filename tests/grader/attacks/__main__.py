"""Run the attack suite and print one line for each of the 70: ``python -m tests.grader.attacks``.

What follows goes to pytest, such as ``-x`` or ``-k lesson``.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import pytest

from tests.grader.attacks.names import NAMES
from tests.helpers import ROOT


class Tally:
    """Collects what became of each test, by the number of its attack."""

    def __init__(self) -> None:
        self.outcomes: dict[int, list[str]] = defaultdict(list)
        self._numbers: dict[str, tuple[int, ...]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the numbers that each test is marked with."""
        for item in items:
            marks = item.iter_markers("attack")
            self._numbers[item.nodeid] = tuple(n for mark in marks for n in mark.args)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome of the call, or of a set-up that did not get that far."""
        if report.when == "call" or report.outcome != "passed":
            for number in self._numbers[report.nodeid]:
                self.outcomes[number].append(report.outcome)

    def held(self, number: int) -> bool:
        """Return whether an attack was tried and every case of it was held."""
        found = self.outcomes[number]
        return bool(found) and set(found) == {"passed"}

    def lines(self) -> list[str]:
        """Return a line for each attack, and how many were held."""
        said = []
        for number, name in NAMES.items():
            cases = self.outcomes[number]
            word = "held" if self.held(number) else "NOT HELD" if cases else "NOT TRIED"
            said.append(f"{number:2} {word:9} {len(cases):3} cases  {name}")
        return [*said, f"{sum(map(self.held, NAMES))} of {len(NAMES)}"]


def main(arguments: list[str]) -> int:
    """Run every test that is marked as an attack; return 0 if all were held."""
    tally = Tally()
    code = pytest.main(
        [str(ROOT / "tests" / "grader"), "-m", "attack", "-q", *arguments], plugins=[tally]
    )
    print("\n".join(tally.lines()))
    return int(code) or int(not all(map(tally.held, NAMES)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
