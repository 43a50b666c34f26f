"""Try what may make training faster, keep only what is; framework-free.

Each kit's ``faster`` says what can be tried and how to undo it. Here it is measured and judged:
kept only if a step of training gets at least 5 % faster and the logits stay the same, to 0.1 % of
the largest one, with mixed precision (bfloat16, so no loss is scaled) to 5 %.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MARGIN = 1.05  # times as fast at least: less is within what two measurements differ by
LEAST_RUNS = 5
MOST_RUNS = 30
ENOUGH_S = 1.0

# How far logits may move, as a share of the largest one: rounding, and the 8 bits of bfloat16.
TOLERANCES = {"channels-last": 1e-3, "mixed precision": 5e-2, "compilation": 1e-3}


class NotHereError(Exception):
    """Something cannot be tried; the message says why."""


@dataclass(frozen=True)
class Candidate:
    """One thing to try: how to switch it on, and off again."""

    name: str
    apply: Callable[[], None]
    undo: Callable[[], None]


@dataclass(frozen=True)
class Tried:
    """What came of one candidate.

    Attributes
    ----------
    gain : float
        How many times as fast a training step was; NaN if it could not be tried.
    difference : float
        The largest change of a logit, as a share of the largest logit.
    kept : bool
        Whether the model has it now.
    note : str
        Why not, or what it cost to build.
    """

    name: str
    gain: float
    difference: float
    kept: bool
    note: str


@dataclass(frozen=True)
class Trials:
    """All that was tried, in order; printed, a table in Markdown."""

    rows: tuple[Tried, ...]

    @property
    def kept(self) -> tuple[str, ...]:
        """Return the names of what the model has now."""
        return tuple(row.name for row in self.rows if row.kept)

    def __str__(self) -> str:
        lines = ["| tried | times as fast | logits moved by | kept | |", "|---|--:|--:|---|---|"]
        for row in self.rows:
            gain = "–" if math.isnan(row.gain) else f"{row.gain:.2f}"
            moved = "–" if math.isnan(row.difference) else f"{row.difference:.1e}"
            kept = "yes" if row.kept else "no"
            lines.append(f"| {row.name} | {gain} | {moved} | {kept} | {row.note} |")
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return str(self)


def candidates(
    tries: Sequence[str], makers: Sequence[Callable[..., Candidate]], *given: object
) -> list[Candidate]:
    """Return what is to be tried, each made of ``given``.

    Parameters
    ----------
    tries : sequence of str
        Some of the names in ``TOLERANCES``.
    makers : sequence of callable
        One for each of those names, in their order.

    Raises
    ------
    ValueError
        If a name is none of them.
    """
    known = dict(zip(TOLERANCES, makers, strict=True))
    unknown = [name for name in tries if name not in known]
    if unknown:
        raise ValueError(f"tries has {unknown[0]!r}; expected some of {', '.join(known)}.")
    return [known[name](*given) for name in tries]


def try_all(
    candidates: Sequence[Candidate],
    step: Callable[[], object],
    outputs: Callable[[], np.ndarray],
) -> Trials:
    """Try each candidate on top of those kept so far.

    Parameters
    ----------
    step : callable
        Takes a training step that changes no weights, and waits for it.
    outputs : callable
        Returns the logits of a fixed batch.
    """
    return Trials(tuple(_tried(each, step, outputs) for each in candidates))


def _tried(
    candidate: Candidate, step: Callable[[], object], outputs: Callable[[], np.ndarray]
) -> Tried:
    expected = outputs()
    plain_s = step_seconds(step)
    begin = time.perf_counter()
    try:
        candidate.apply()
        step()  # builds what there is to build
        built_s = time.perf_counter() - begin
        changed_s = step_seconds(step)
        found = outputs()
    except Exception as error:  # compilers fail in ways of their own
        candidate.undo()
        return Tried(candidate.name, math.nan, math.nan, False, _reason(error))
    candidate.undo()
    plain_s = min(plain_s, step_seconds(step))  # before and after: noise must not look like a gain
    gain = plain_s / changed_s
    difference = float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-12))
    close = difference <= TOLERANCES[candidate.name]
    kept = gain >= MARGIN and close
    if kept:
        candidate.apply()
        step()
    note = _note(gain, close, built_s, plain_s - changed_s)
    return Tried(candidate.name, gain, difference, kept, note)


def step_seconds(step: Callable[[], object]) -> float:
    """Return the median seconds of a step, after one to warm up."""
    step()
    spent: list[float] = []
    while len(spent) < LEAST_RUNS or (sum(spent) < ENOUGH_S and len(spent) < MOST_RUNS):
        begin = time.perf_counter()
        step()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def _note(gain: float, close: bool, built_s: float, saved_s: float) -> str:
    if not close:
        return "other numbers"
    if gain < MARGIN:
        return "not faster"
    return f"built in {built_s:.1f} s: pays after {math.ceil(built_s / saved_s)} steps"


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    said = lines[0].replace("|", "/")[:120] if lines else type(error).__name__
    return said if isinstance(error, NotHereError) else f"failed: {said}"
