"""Figures of training: curves by epoch, rates by depth, and runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course.plots.figure import BLACK, COLORS, GREY, HATCHES, Plot, drawing, headline, series

PANELS = (("loss", "Loss", False), ("accuracy", "Accuracy", True))


def learning_curve(
    history: Mapping[str, Sequence[float]],
    *,
    phases: Mapping[str, int] | None = None,
    title: str = "",
) -> Plot:
    """Draw loss and accuracy by epoch, with the overfitting gap shaded.

    Parameters
    ----------
    history : mapping of str to sequence of float
        One value per epoch under ``loss``, ``val_loss``, ``accuracy``, ``val_accuracy``
        (those there are are drawn): the dictionary in Keras's ``History.history``.
    phases : mapping of str to int, optional
        The phases in order with their number of epochs, as ``{"head": 5, "fine-tuning": 5}``.
    title : str
        What was trained.

    Raises
    ------
    ValueError
        If there is no curve to draw, the curves differ in length, or the phases do not add up.
    """
    curves = _curves(history)
    epochs = len(next(iter(curves.values())))
    _check_phases(phases, epochs)
    panels = [panel for panel in PANELS if panel[0] in curves or f"val_{panel[0]}" in curves]
    with drawing(7.6 if len(panels) == 2 else 5.2, 3.6) as figure:
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for axis, (key, name, up) in zip(axes, panels, strict=True):
            _panel(axis, curves, key, up)
            _label_gap(axis, curves, key)
            axis.set(title=name, xlabel="epoch")
            _mark_phases(axis, phases)
        _legend_below(figure, axes[0])
        headline(figure, title)
    return Plot(figure, _curve_words(curves, phases, title))


def learning_curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    key: str = "accuracy",
    phases: Mapping[str, Mapping[str, int]] | None = None,
    title: str = "",
) -> Plot:
    """Draw one quantity of several runs side by side, on one scale, with the gap shaded.

    Parameters
    ----------
    histories : mapping of str to history
        Per run its curves, as in `learning_curve`.
    key : str
        ``"accuracy"`` or ``"loss"``.
    phases : mapping of str to phases, optional
        By run, as in `learning_curve`.
    """
    runs = {name: _curves(history) for name, history in histories.items()}
    lacking = [name for name, curves in runs.items() if not {key, f"val_{key}"} & curves.keys()]
    if lacking or not runs:
        raise ValueError(
            f"expected {key!r} or 'val_{key}' in each run; {lacking or 'none'} lacks it."
        )
    phases = phases or {}
    with drawing(3.9 * len(runs), 3.5) as figure:
        axes = figure.subplots(1, len(runs), squeeze=False)[0]
        for axis, (name, curves) in zip(axes, runs.items(), strict=True):
            _check_phases(phases.get(name), len(next(iter(curves.values()))))
            _panel(axis, curves, key, up=key == "accuracy")
            axis.set_xlabel("epoch")
            axis.set_title(name, pad=20 if phases else None)  # one height, phases or not
            _mark_phases(axis, phases.get(name))
        _share_scale(axes, key)
        for axis, curves in zip(axes, runs.values(), strict=True):
            _label_gap(axis, curves, key)
        _legend_below(figure, axes[0])
        headline(figure, title)
    words = (_curve_words(curves, phases.get(name), name) for name, curves in runs.items())
    return Plot(figure, ". ".join(filter(None, (title, *words))))


def _share_scale(axes: Sequence[Axes], key: str) -> None:
    limits = [axis.get_ylim() for axis in axes]
    for axis in axes:
        axis.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    axes[0].set_ylabel(key)


def _legend_below(figure: Figure, axis: Axes) -> None:
    handles, labels = axis.get_legend_handles_labels()
    look: dict[str, Any] = {"ncols": 3, "frameon": False, "handlelength": 3.5}
    figure.legend(handles, labels, loc="outside lower left", **look)


def _curves(history: Mapping[str, Sequence[float]]) -> dict[str, np.ndarray]:
    if not isinstance(history, Mapping):
        raise ValueError(
            f"expected a mapping of curve names to values, received {type(history).__name__}. "
            "With Keras, pass history.history."
        )
    names = [prefix + key for key, _, _ in PANELS for prefix in ("", "val_")]
    curves = {name: np.asarray(history[name], float) for name in names if name in history}
    if not curves or not all(len(values) for values in curves.values()):
        raise ValueError(
            f"expected at least one epoch of {', '.join(names)}, received "
            f"{', '.join(history) or 'nothing'}. Train first, then draw."
        )
    lengths = {name: len(values) for name, values in curves.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"expected curves of one length, received {lengths}.")
    return curves


def _check_phases(phases: Mapping[str, int] | None, epochs: int) -> None:
    if phases and sum(phases.values()) != epochs:
        raise ValueError(
            f"expected phases that add up to {epochs} epochs, received {dict(phases)} "
            f"({sum(phases.values())}). Give each phase its number of epochs."
        )


def _panel(axis: Axes, curves: Mapping[str, np.ndarray], key: str, up: bool) -> None:
    for at, (name, label) in enumerate(((key, "training"), (f"val_{key}", "validation"))):
        if name in curves:
            x = np.arange(1, len(curves[name]) + 1)
            axis.plot(x, curves[name], label=label, **series(at))
    if up:
        low = min(values.min() for values in _drawn(curves, key))
        axis.set_ylim(np.floor(low * 10 - 0.3) / 10, 1.02)
    else:
        axis.set_ylim(0, 1.1 * max(values.max() for values in _drawn(curves, key)))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if key in curves and f"val_{key}" in curves:
        _shade_gap(axis, curves[key], curves[f"val_{key}"], up)


def _drawn(curves: Mapping[str, np.ndarray], key: str) -> list[np.ndarray]:
    return [curves[name] for name in (key, f"val_{key}") if name in curves]


def _shade_gap(axis: Axes, train: np.ndarray, val: np.ndarray, up: bool) -> None:
    """Shade where training looks better than validation: what was learned by heart."""
    x, worse = np.arange(1, len(train) + 1), train > val if up else val > train
    shade: dict[str, Any] = {"facecolor": GREY, "alpha": 0.25, "edgecolor": BLACK, "linewidth": 0}
    name = "overfitting gap"
    axis.fill_between(
        x, train, val, where=list(worse), interpolate=True, hatch="///", label=name, **shade
    )


def _label_gap(axis: Axes, curves: Mapping[str, np.ndarray], key: str) -> None:
    """Write the last gap inside the shading; where that is too narrow, below it or above it."""
    both = _drawn(curves, key)
    if len(both) < 2 or len(both[0]) < 2 or (both[0] > both[1])[-1] != (key == "accuracy"):
        return
    low, high = sorted(float(values[-1]) for values in both)
    share = (high - low) / np.ptp(axis.get_ylim())
    if share < 0.02:
        return
    spot: dict[str, Any] = {"textcoords": "offset points", "ha": "right"}
    spot["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    below = low - axis.get_ylim()[0] > 0.15 * np.ptp(axis.get_ylim())
    if share > 0.14:
        y, shift, spot["va"] = (low + high) / 2, (-8, 0), "center"
    elif below:
        y, shift, spot["va"] = low, (4, -8), "top"
    else:  # the numbers of the axis stand there
        y, shift, spot["va"] = high, (4, 8), "bottom"
    axis.annotate(f"gap {high - low:.2f}", (len(both[0]), y), shift, **spot)


def _mark_phases(axis: Axes, phases: Mapping[str, int] | None) -> None:
    start = 0.5
    for at, (name, epochs) in enumerate((phases or {}).items()):
        if at:
            axis.axvline(start, color=BLACK, linewidth=1.2, linestyle=":")
        where: dict[str, Any] = {
            "xycoords": ("data", "axes fraction"),
            "va": "bottom",
            "ha": "center",
        }
        axis.annotate(name, (start + epochs / 2, 1.0), fontsize=9.5, style="italic", **where)
        start += epochs
    if phases:
        axis.set_xlim(0.5, start)
        axis.set_title(axis.get_title(loc="left"), loc="left", pad=20)


def _curve_words(
    curves: Mapping[str, np.ndarray], phases: Mapping[str, int] | None, title: str
) -> str:
    parts = [
        f"{name.replace('val_', 'validation ') if 'val_' in name else 'training ' + name} "
        f"from {values[0]:.2f} to {values[-1]:.2f}"
        for name, values in curves.items()
    ]
    if {"accuracy", "val_accuracy"} <= curves.keys():
        parts.append(f"final gap {curves['accuracy'][-1] - curves['val_accuracy'][-1]:.2f}")
    if phases:
        parts.append("phases " + ", ".join(f"{name} ({n} epochs)" for name, n in phases.items()))
    epochs = len(next(iter(curves.values())))
    return f"Learning curve{': ' + title if title else ''}, {epochs} epochs: " + "; ".join(parts)


def learning_rate_by_depth(
    names: Sequence[str], rates: Mapping[str, Sequence[float]], *, title: str = ""
) -> Plot:
    """Draw the learning rate of each layer, from the input (left) to the head (right).

    Parameters
    ----------
    names : sequence of str
        The layers or blocks, by depth.
    rates : mapping of str to sequence of float
        Per scheme one rate per layer; a rate of 0 means frozen, drawn on the floor.
    """
    for scheme, values in rates.items():
        _same_length(names, values, f"rates of {scheme!r}")
    smallest = min((rate for values in rates.values() for rate in values if rate > 0), default=1e-5)
    floor = smallest / 10
    with drawing(7.6, 3.2) as figure:
        axis = figure.subplots()
        for at, (scheme, values) in enumerate(rates.items()):
            shown = [rate if rate > 0 else floor for rate in values]
            axis.plot(range(len(names)), shown, label=scheme, **series(at))
        axis.set_yscale("log")
        axis.set(ylabel="learning rate", title=title or "Learning rate by depth")
        if any(rate == 0 for values in rates.values() for rate in values):
            axis.annotate("frozen", (0, floor), (4, 6), textcoords="offset points", style="italic")
        depth_axis(axis, names)
        axis.legend(frameon=False, handlelength=3, loc="best")
    words = "; ".join(f"{scheme} from {v[0]:.2g} to {v[-1]:.2g}" for scheme, v in rates.items())
    return Plot(figure, f"Learning rate by depth over {len(names)} layers: {words}")


def depth_axis(axis: Axes, names: Sequence[str]) -> None:
    """Label the x axis with layers from input to head, thinned until they can be read."""
    step = max(1, int(np.ceil(len(names) / 18)))
    ticks = range(0, len(names), step)
    axis.set_xticks(list(ticks))
    longest = max(len(names[at]) for at in ticks)
    crowded = longest * len(ticks) > 70
    axis.set_xticklabels(
        [names[at] for at in ticks],
        rotation=40 if crowded else 0,
        ha="right" if crowded else "center",
        rotation_mode="anchor" if crowded else None,
        fontsize=9 if crowded else 10,
    )
    axis.set_xlabel("input  →  depth  →  head")


def _same_length(names: Sequence[str], values: Sequence[float], what: str) -> None:
    if len(names) != len(values):
        raise ValueError(
            f"expected one value per layer ({len(names)}) in the {what}, received {len(values)}."
        )


def comparison(
    results: Mapping[str, Sequence[float] | float],
    *,
    title: str = "",
    unit: str = "%",
    target: float | None = None,
    chance: float | None = None,
) -> Plot:
    """Draw runs side by side: bar to the mean, whisker over the range, a dot per seed.

    Parameters
    ----------
    results : mapping of str to sequence of float
        Per run its results over the seeds, in the ``unit`` given.
    unit : str
        Written behind each number; ``"%"`` fixes the axis to 0–100.
    target, chance : float, optional
        Lines to compare with: what is to be reached, what guessing reaches.
    """
    runs = {name: np.atleast_1d(np.asarray(values, float)) for name, values in results.items()}
    if not runs or not all(values.size for values in runs.values()):
        raise ValueError("expected at least one result per run, received none. Run first.")
    texts = {name: _mean_and_range(values, unit) for name, values in runs.items()}
    with drawing(7.6, 1.3 + 0.48 * len(runs)) as figure:
        axis = figure.subplots()
        for at, (name, values) in enumerate(runs.items()):
            _bar(axis, at, values, texts[name])
        axis.set_yticks(range(len(runs)), list(runs))
        axis.invert_yaxis()
        axis.grid(axis="y", visible=False)
        low, top = (0.0, 100.0) if unit == "%" else _span(list(runs.values()))
        axis.set_xlim(low, low + (top - low) * 1.32)
        axis.set_xticks([tick for tick in axis.get_xticks() if low <= tick <= top * 1.01])
        axis.set_xlabel(unit if unit != "%" else "accuracy (%)")
        headline(figure, title)
        for value, word in ((target, "target"), (chance, "chance")):
            _reference(axis, value, word)
    words = "; ".join(f"{name} {text}" for name, text in texts.items())
    return Plot(figure, f"Comparison{': ' + title if title else ''}. {words}")


def _span(results: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the ends of an axis that shows 0 and all results; from 0 to 1 if all are 0."""
    every = np.concatenate(results)
    low, top = min(0.0, every.min()), max(0.0, every.max())
    return (low, top) if low < top else (0.0, 1.0)


def _mean_and_range(values: np.ndarray, unit: str) -> str:
    digits = 0 if np.abs(values).max() >= 1000 else 1
    text = f"{values.mean():,.{digits}f} {unit}"
    if values.size > 1:
        text += f" ({values.min():,.{digits}f}–{values.max():,.{digits}f})"
    return text


def _bar(axis: Axes, at: int, values: np.ndarray, text: str) -> None:
    color, hatch = COLORS[at % 8], HATCHES[at % 8]
    axis.barh(at, values.mean(), 0.62, facecolor=color, alpha=0.55, hatch=hatch, edgecolor=BLACK)
    axis.plot([values.min(), values.max()], [at, at], color=BLACK, linewidth=1.5)
    if values.size > 1:
        axis.plot(values, [at] * values.size, "o", color="white", markeredgecolor=BLACK, ms=5)
    end = values.max()
    over_lines = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    axis.annotate(
        text, (end, at), (8, 0), textcoords="offset points", va="center", bbox=over_lines, zorder=5
    )


def _reference(axis: Axes, value: float | None, word: str) -> None:
    if value is None:
        return
    axis.axvline(value, color=BLACK, linestyle="--", linewidth=1.2)
    spot: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "va": "bottom", "ha": "center"}
    axis.annotate(word, (value, 1.0), fontsize=9.5, style="italic", **spot)
