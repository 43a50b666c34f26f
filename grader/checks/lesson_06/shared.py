"""What exercises of lesson 06 share: networks with rates, and what is said of rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import CaseParams
from grader.checks.evidence import Chart, Line

Numbers = Sequence[float] | np.ndarray


def draw_rate(rng: np.random.Generator) -> float:
    """Draw a learning rate of two digits."""
    return float(f"{10 ** rng.uniform(-4, -2):.1e}")


def draw_decay(rng: np.random.Generator) -> float:
    """Draw by what a rate shrinks from one stage to the one below."""
    return round(float(rng.uniform(0.45, 0.85)), 2)


def draw_network(rng: np.random.Generator, *, blocks: int, hidden: bool) -> CaseParams:
    """Draw an open network with the rate of its head and the decay below it."""
    deep = int(rng.integers(blocks))
    return {
        "channels": [int(width) for width in rng.integers(2, 6, blocks)],
        "deep": [deep] if blocks < 10 else [],
        "hidden": int(rng.integers(4, 9)) if hidden else 0,
        "classes": int(rng.integers(3, 7)),
        "start": "open",
        "rate": draw_rate(rng),
        "decay": draw_decay(rng),
    }


def is_near(found: Numbers, wanted: Numbers) -> bool:
    """Return whether rates are the same, but for a framework's rounding."""
    return len(found) == len(wanted) and bool(np.allclose(found, wanted, rtol=2e-3, atol=1e-12))


def listed_rates(rates: Numbers) -> str:
    """Write rates as a learner reads them; of many, both ends."""
    texts = [f"{rate + 0.0:.2e}" for rate in rates]  # never -0
    return ", ".join(texts if len(texts) <= 4 else [*texts[:2], "…", *texts[-2:]])


def rates_chart(
    caption: str, across: str, labels: Sequence[str], wanted: Numbers, found: Numbers
) -> Chart:
    """Return the expected and the found rates as two lines."""
    described = f"expected {listed_rates(wanted)}; found {listed_rates(found)}"
    lines = (Line("expected", tuple(wanted)), Line("found", tuple(found)))
    log = all(rate > 0 for rate in (*wanted, *found))
    caption += ", in powers of ten" * log
    return Chart(caption, described, across, lines, tuple(labels), log=log)
