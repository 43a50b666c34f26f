"""Figures of layers by depth: which are frozen, which moved, which drifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course.plots.curves import depth_axis
from course.plots.figure import BLACK, COLORS, GREY, Plot, drawing, headline, series, thousands


def frozen_bar(layers: Sequence[tuple[str, int, int]], *, title: str = "") -> Plot:
    """Draw how many parameters train and how many are frozen, from input to head.

    Parameters
    ----------
    layers : sequence of (name, trains, frozen)
        Per layer or block, by depth: its name and its two parameter counts.
    """
    if not layers:
        raise ValueError("expected at least one layer as (name, trains, frozen), received none.")
    names = [name for name, _, _ in layers]
    trains, frozen = (np.array([row[at] for row in layers], float) for at in (1, 2))
    with drawing(7.6, 0.9 + 0.27 * len(layers)) as figure:
        axis = figure.subplots()
        rows = np.arange(len(layers))
        look: dict[str, Any] = {"height": 0.72, "edgecolor": BLACK, "linewidth": 0.8}
        axis.barh(rows, frozen, facecolor="#e3e3e3", hatch="////", label="frozen", **look)
        axis.barh(rows, trains, left=frozen, facecolor=COLORS[0], label="trains", **look)
        for row, (mine, still) in enumerate(zip(trains, frozen, strict=True)):
            axis.annotate(
                _counts(mine, still),
                (mine + still, row),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
        axis.set_yticks(rows, names)
        axis.invert_yaxis()
        axis.grid(axis="y", visible=False)
        axis.set_xlim(0, max(float((trains + frozen).max()), 1) * 1.3)
        axis.xaxis.set_major_formatter(lambda value, _: thousands(value))
        axis.set_xlabel("parameters  (top row: input, bottom row: output)")
        total = f"{thousands(trains.sum())} of {thousands((trains + frozen).sum())} train"
        axis.set_title(f"{title}: {total}" if title else total)
        axis.legend(frameon=True, edgecolor="white", loc="best")
    rows_text = "; ".join(f"{name} {_counts(t, f)}" for name, t, f in layers)
    alt = f"{title or 'What trains and what is frozen'}: {total} parameters. {rows_text}"
    return Plot(figure, alt)


def _counts(trains: float, frozen: float) -> str:
    if trains and frozen:
        return f"{thousands(trains)} train, {thousands(frozen)} frozen"
    if trains:
        return f"{thousands(trains)} train"
    return f"{thousands(frozen)} frozen" if frozen else "no parameters"


def layer_change(
    names: Sequence[str],
    changes: Sequence[float],
    *,
    title: str = "Change in one step",
    ylabel: str = "largest change of a weight",
) -> Plot:
    """Draw how far each layer moved; one that did not move at all stands on the floor.

    Parameters
    ----------
    names : sequence of str
        The layers, by depth.
    changes : sequence of float
        Per layer a size of its change, 0 or more.
    """
    values = _by_layer(names, changes, "changes")
    moved = values > 0
    with drawing(7.6, 3.4) as figure:
        axis = figure.subplots()
        floor = _log_with_floor(axis, values)
        x = np.arange(len(names))
        axis.vlines(x[moved], floor, values[moved], color=COLORS[1], linewidth=1.4)
        axis.plot(x[moved], values[moved], "o", color=COLORS[1], label=f"moved ({moved.sum()})")
        still: dict[str, Any] = {
            "markerfacecolor": "white",
            "markeredgecolor": BLACK,
            "linestyle": "none",
        }
        label = f"did not move: exactly 0 ({(~moved).sum()})"
        axis.plot(x[~moved], [floor] * int((~moved).sum()), marker="s", label=label, **still)
        depth_axis(axis, names)
        axis.set(title=title, ylabel=ylabel)
        axis.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    which = ", ".join(name for name, is_moved in zip(names, moved, strict=True) if is_moved)
    alt = f"{title}: {moved.sum()} of {len(names)} layers moved"
    return Plot(figure, f"{alt}: {which}" if 0 < moved.sum() <= 12 else alt)


def bn_drift(
    names: Sequence[str],
    drift_by_case: Mapping[str, Sequence[float]],
    *,
    title: str = "Drift of the BatchNorm statistics",
) -> Plot:
    """Draw how far the running statistics of each BatchNorm layer moved, per way of freezing.

    Parameters
    ----------
    names : sequence of str
        The BatchNorm layers, by depth.
    drift_by_case : mapping of str to sequence of float
        Per case one size of change per layer, 0 or more.
    """
    cases = {
        case: _by_layer(names, values, f"drift of {case!r}")
        for case, values in drift_by_case.items()
    }
    if not cases:
        raise ValueError("expected at least one case of drift, received none.")
    with drawing(7.6, 4.2) as figure:
        axis = figure.subplots()
        floor = _log_with_floor(axis, np.concatenate(list(cases.values())))
        for at, (case, values) in enumerate(cases.items()):
            shown = np.where(values > 0, values, floor * 1.5**at)
            text = f"{case}: {(values > 0).sum()} of {len(names)} layers drift"
            axis.plot(shown, label=text, markersize=4.5, **series(at))
        depth_axis(axis, names)
        axis.set(ylabel="largest change")
        headline(figure, title)
        figure.legend(loc="outside lower left", frameon=False, handlelength=3.5)
    words = "; ".join(
        f"{case}: {(values > 0).sum()} of {len(names)} layers drift, at most {values.max():.2g}"
        for case, values in cases.items()
    )
    return Plot(figure, f"{title}. {words}")


def _by_layer(names: Sequence[str], values: Sequence[float], what: str) -> np.ndarray:
    array = np.asarray(values, float)
    if array.shape != (len(names),) or len(names) == 0:
        raise ValueError(
            f"expected one value per layer ({len(names)}) in the {what}, received shape "
            f"{array.shape}."
        )
    if not (array >= 0).all():
        raise ValueError(f"expected sizes of 0 or more in the {what}; take abs() first.")
    return array


def _log_with_floor(axis: Axes, values: np.ndarray) -> float:
    """Set a log axis and return a floor, a decade below all else, where exact zeros stand."""
    positive = values[values > 0]
    low = positive.min() if positive.size else 1e-6
    high = positive.max() if positive.size else 1e-3
    floor = 10 ** (np.floor(np.log10(low)) - 1)
    axis.set_yscale("log")
    axis.set_ylim(floor / 2, high * 4)
    axis.axhline(floor, color=GREY, linewidth=0.8)
    ticks = [tick for tick in axis.get_yticks() if floor * 2 < tick <= high * 4]
    axis.set_yticks([floor, *ticks])
    axis.yaxis.set_major_formatter(lambda tick, _: "0" if tick == floor else f"{tick:.0e}")
    axis.minorticks_off()
    return float(floor)
