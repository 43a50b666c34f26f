"""Figures of learning rates at work: range test, schedules, two tasks, reading by depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from course.plots.curves import depth_axis
from course.plots.figure import BLACK, COLORS, GREY, Plot, drawing, headline, series

Lines = Mapping[str, Sequence[float]]


def range_test(
    rates: Sequence[float],
    losses: Sequence[float],
    *,
    smooth: Sequence[float] | None = None,
    chosen: float | None = None,
    title: str = "Learning-rate range test",
) -> Plot:
    """Draw the loss of each step against the rate that the step was taken with.

    Parameters
    ----------
    rates, losses : sequence of float
        One per step, the rates rising and above 0.
    smooth : sequence of float, optional
        The same losses, smoothed.
    chosen : float, optional
        The rate picked from the test, marked by a line.
    """
    x, y = np.asarray(rates, float), np.asarray(losses, float)
    if x.shape != y.shape or x.ndim != 1 or not len(x):
        raise ValueError(
            f"expected one loss per rate, received {x.shape} and {y.shape}. Run the test first."
        )
    if (x <= 0).any():
        raise ValueError("expected rates above 0: they are drawn on a scale of powers of ten.")
    with drawing(7.6, 3.4) as figure:
        axis = figure.subplots()
        axis.plot(x, y, "o", color=GREY, markersize=4, label="loss of one step")
        curve = y if smooth is None else np.asarray(smooth, float)
        axis.plot(x, curve, color=COLORS[0], label="smoothed" if smooth is not None else None)
        axis.set_xscale("log")
        axis.set(xlabel="learning rate of the step", ylabel="training loss")
        calm = float(np.nanmax(curve[: max(1, len(curve) // 3)]))
        axis.set_ylim(0, 2.2 * calm)  # what blows up may leave the picture
        if chosen is not None:
            axis.axvline(chosen, color=COLORS[1], linestyle="--", label=f"chosen: {chosen:.1e}")
        axis.legend(frameon=False, loc="upper left")
        headline(figure, title)
    lowest = int(np.nanargmin(curve))
    words = (
        f"{title}: the loss goes from {curve[0]:.2f} at rate {x[0]:.1e} down to "
        f"{curve[lowest]:.2f} at {x[lowest]:.1e}, and ends at {curve[-1]:.2f} at {x[-1]:.1e}"
    )
    return Plot(figure, words + (f"; chosen: {chosen:.1e}" if chosen is not None else ""))


def rate_by_step(rates: Lines, *, title: str = "Learning rate by step") -> Plot:
    """Draw the learning rate of each group from the first step to the last.

    Parameters
    ----------
    rates : mapping of str to sequence of float
        Per group, or schedule, one rate per step.
    """
    _one_length(rates)
    with drawing(7.6, 3.2) as figure:
        axis = figure.subplots()
        _draw(axis, range(1, _length(rates) + 1), rates)
        axis.set_yscale("log")
        axis.set(xlabel="step", ylabel="learning rate")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), handlelength=3)
        headline(figure, title)
    words = "; ".join(f"{name} from {v[0]:.1e} to {v[-1]:.1e}" for name, v in rates.items())
    return Plot(figure, f"{title}, {_length(rates)} steps: {words}")


def two_tasks(new: Lines, old: Lines, *, start: float | None = None, title: str = "") -> Plot:
    """Draw what is learned and what is forgotten, epoch by epoch, in two panels.

    Parameters
    ----------
    new, old : mapping of str to sequence of float
        Per run the accuracy (0–1) after each epoch, on the new task and on the old one.
    start : float, optional
        The accuracy on the old task before any training, drawn as a line.
    """
    _one_length({f"new, {run}": values for run, values in new.items()})
    _one_length({f"old, {run}": values for run, values in old.items()})
    if list(new) != list(old):
        raise ValueError(f"expected the same runs twice, received {list(new)} and {list(old)}.")
    epochs = range(1, _length(new) + 1)
    with drawing(7.8, 3.6) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        _draw(left, epochs, new)
        _draw(right, epochs, old)
        left.set(title="new task", xlabel="epoch", ylabel="accuracy", ylim=(-0.03, 1.1))
        right.set(title="old task, with its old head", xlabel="epoch")
        for axis in (left, right):
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        if start is not None:
            right.axhline(start, color=BLACK, linewidth=1, linestyle=":")
            spot: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "va": "bottom"}
            right.annotate("before", (epochs[-1], start), (0, 2), style="italic", **spot)
        handles, labels = left.get_legend_handles_labels()
        look: dict[str, Any] = {"ncols": 2, "frameon": False, "handlelength": 3.5}
        figure.legend(handles, labels, loc="outside lower left", **look)
        headline(figure, title)
    words = "; ".join(
        f"{run}: new task {new[run][-1]:.0%}, old task {old[run][-1]:.0%} at the end" for run in new
    )
    before = f" The old task began at {start:.0%}." if start is not None else ""
    return Plot(figure, f"{title or 'Two tasks'}, {len(epochs)} epochs. {words}.{before}")


def accuracy_by_depth(names: Sequence[str], tasks: Lines, *, title: str = "") -> Plot:
    """Draw how well a task can be read from each depth of a network, with the best depth marked.

    Parameters
    ----------
    names : sequence of str
        The stages, from the input on.
    tasks : mapping of str to sequence of float
        Per task one accuracy (0–1) per stage.
    """
    for task, values in tasks.items():
        if len(values) != len(names):
            raise ValueError(
                f"expected one accuracy per stage ({len(names)}) for {task!r}, "
                f"received {len(values)}."
            )
    with drawing(7.6, 3.6) as figure:
        axis = figure.subplots()
        _draw(axis, range(len(names)), tasks)
        best = {task: int(np.argmax(values)) for task, values in tasks.items()}
        for at, (task, place) in enumerate(best.items()):
            ring: dict[str, Any] = {"markersize": 15, "markerfacecolor": "none"}
            axis.plot(place, tasks[task][place], "o", markeredgecolor=COLORS[at % 8], **ring)
        depth_axis(axis, names)
        axis.set(ylabel="accuracy")
        axis.legend(frameon=False, loc="best", handlelength=3)
        headline(figure, title)
    words = "; ".join(
        f"{task} best at {names[place]} ({tasks[task][place]:.0%})" for task, place in best.items()
    )
    return Plot(figure, f"{title or 'Accuracy by depth'}, ring around the best stage: {words}")


def _draw(axis: Axes, x: Sequence[int] | range, lines: Lines) -> None:
    for at, (name, values) in enumerate(lines.items()):
        axis.plot(list(x), list(values), label=name, markersize=4.5, **series(at))


def _length(lines: Lines) -> int:
    return len(next(iter(lines.values())))


def _one_length(lines: Lines) -> None:
    lengths = {name: len(values) for name, values in lines.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        raise ValueError(f"expected lines of one length, received {lengths or 'none'}.")
