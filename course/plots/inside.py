"""Figures of what is inside a network: filters, feature maps, embeddings, one prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course.plots.figure import BLACK, COLORS, GREY, MARKERS, Plot, drawing, headline


def filters(weights: np.ndarray, *, title: str = "", columns: int = 8) -> Plot:
    """Draw convolution filters as small images; mid-grey is a weight of zero.

    Parameters
    ----------
    weights : ndarray, shape (N, H, W, 3) or (N, H, W)
        One filter per row. Keras keeps them as (H, W, 3, N), PyTorch as (N, 3, H, W):
        transpose first. Each is stretched so that its largest weight is full color.
    """
    array = np.asarray(weights, float)
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[-1] != 3):
        raise ValueError(
            f"expected filters of shape (N, H, W, 3) or (N, H, W), received {array.shape}. "
            "Transpose: Keras keeps (H, W, 3, N), PyTorch (N, 3, H, W)."
        )
    flat = np.abs(array.reshape(len(array), -1)).max(axis=1)
    scale = np.where(flat > 0, flat, 1).reshape(-1, *[1] * (array.ndim - 1))
    tiles = 0.5 + 0.5 * array / scale
    rows = int(np.ceil(len(tiles) / columns))
    with drawing(0.9 * columns, 0.95 * rows + (0.4 if title else 0)) as figure:
        _tiles(figure, tiles, columns, cmap="gray")
        headline(figure, title)
    size = "×".join(str(side) for side in array.shape[1:])
    alt = f"{title or 'Filters'}: {len(tiles)} filters of {size} weights, mid-grey is zero"
    return Plot(figure, alt)


def _tiles(figure: Figure, tiles: np.ndarray, columns: int, **show: Any) -> None:
    rows = int(np.ceil(len(tiles) / columns))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for at, axis in enumerate(axes):
        axis.axis("off")
        if at < len(tiles):
            axis.imshow(tiles[at], vmin=0, vmax=1, interpolation="nearest", **show)
            axis.set_title(str(at), fontsize=9, fontweight="normal", pad=2, loc="center")


def feature_maps(
    maps: Mapping[str, np.ndarray], *, image: np.ndarray | None = None, count: int = 6
) -> Plot:
    """Draw the strongest channels of each stage: bright where a feature was found.

    Parameters
    ----------
    maps : mapping of str to ndarray, shape (H, W, C)
        Per stage its activations for one image, channels last.
    image : ndarray, shape (H, W, 3) uint8, optional
        The image itself, drawn on the left.
    count : int
        Channels per stage: those that vary most over the image.
    """
    for name, stage in maps.items():
        if np.ndim(stage) != 3:
            raise ValueError(
                f"expected the maps of {name!r} as (H, W, C), received {np.shape(stage)}. "
                "Take one image out of the batch, channels last."
            )
    with drawing(8.0, 1.2 * len(maps) + 0.2) as figure:
        has_image = image is not None
        widths = (1.5, 6.5) if has_image else (0.01, 8.0)
        parts: Any = figure.subfigures(1, 2, width_ratios=widths)
        if has_image:
            _input(parts[0].subplots(), image)
        axes = parts[1].subplots(len(maps), count, squeeze=False)
        for row, (name, stage) in zip(axes, maps.items(), strict=True):
            _map_row(row, name, np.asarray(stage, float))
    shapes = "; ".join(f"{name} {stage.shape}" for name, stage in maps.items())
    alt = f"Feature maps of one image, the {count} most varied channels per stage: {shapes}"
    return Plot(figure, alt + ". Early maps follow edges, late ones are coarse.")


def _map_row(row: Sequence[Axes], name: str, stage: np.ndarray) -> None:
    strongest = np.argsort(-stage.std(axis=(0, 1)), kind="stable")
    for axis, channel in zip(row, strongest, strict=False):
        axis.imshow(stage[..., channel], cmap="cividis", interpolation="nearest")
        axis.set_title(f"channel {channel}", fontsize=9, fontweight="normal", pad=2, loc="center")
    for axis in row:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    height, width, channels = stage.shape
    row[0].set_ylabel(
        f"{name}\n{height}×{width}×{channels}", rotation=0, ha="right", va="center", labelpad=8
    )


def project(points: np.ndarray, dims: int = 2) -> np.ndarray:
    """Project points to their ``dims`` directions of largest spread (PCA).

    Parameters
    ----------
    points : ndarray, shape (N, D)
        One row per picture.

    Returns
    -------
    ndarray, shape (N, dims)
        Centered coordinates. The sign of each axis is fixed: its largest entry is positive.

    Examples
    --------
    >>> project(np.array([[0.0, 0.0], [3.0, 4.0]]), 1).ravel().tolist()
    [-2.5, 2.5]
    """
    centered = np.asarray(points, float) - np.mean(points, axis=0)
    # the N×N matrix has the same spreads as the D×D one, and pictures have many more pixels
    # than there are pictures
    spreads, mixes = np.linalg.eigh(centered @ centered.T)
    mixes = mixes[:, ::-1][:, :dims] / np.sqrt(np.clip(spreads[::-1][:dims], 1e-12, None))
    directions = mixes.T @ centered
    largest = np.abs(directions).argmax(axis=1)
    placed: np.ndarray = (
        centered @ (directions * np.sign(directions[np.arange(dims), largest])[:, None]).T
    )
    return placed


def embedding(
    spaces: Mapping[str, np.ndarray] | np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    title: str = "",
) -> Plot:
    """Draw points in two dimensions, one panel per space, as before and after.

    Parameters
    ----------
    spaces : mapping of str to ndarray, shape (N, D)
        Per panel its points, as ``{"pixels": before, "features": after}``; projected by `project`.
    labels : ndarray, shape (N,) int
        The class of each point, an index into ``classes``.
    """
    panels = spaces if isinstance(spaces, Mapping) else {"": spaces}
    labels = np.asarray(labels)
    for name, points in panels.items():
        if np.ndim(points) != 2 or len(points) != len(labels):
            raise ValueError(
                f"expected {len(labels)} rows of numbers in {name!r}, received {np.shape(points)}. "
                "Flatten each picture to one row."
            )
    with drawing(4.0 * len(panels) if len(panels) > 1 else 5.2, 4.1) as figure:
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for axis, (name, points) in zip(axes, panels.items(), strict=True):
            _scatter(axis, project(points), labels, classes)
            axis.set(title=name, xticks=[], yticks=[])
        handles, names = axes[0].get_legend_handles_labels()
        columns = 5 if len(panels) > 1 else 3
        look: dict[str, Any] = {"frameon": False, "columnspacing": 1.2, "handletextpad": 0.2}
        figure.legend(handles, names, loc="outside lower left", ncols=columns, **look)
        headline(figure, title)
    where = " and ".join(name for name in panels if name) or "one space"
    return Plot(
        figure,
        f"{title or 'Embedding'}: {len(labels)} points of {len(classes)} classes "
        f"({', '.join(classes)}) in two dimensions, {where}",
    )


def _scatter(axis: Axes, flat: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> None:
    for at, name in enumerate(classes):
        mine = flat[labels == at]
        look: dict[str, Any] = {"marker": MARKERS[at % 8], "color": COLORS[at % 8], "s": 30}
        axis.scatter(*mine.T, label=name, edgecolor="white", linewidth=0.5, **look)
    present = [at for at in range(len(classes)) if (labels == at).any()]
    centers = np.array([np.median(flat[labels == at], axis=0) for at in present])
    centers[:, 1] = _spread(centers[:, 1], 0.075 * np.ptp(flat[:, 1]))
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.85, "edgecolor": GREY}
    for at, center in zip(present, centers, strict=True):
        axis.annotate(classes[at], center, ha="center", va="center", fontsize=10, bbox=box)


def _spread(heights: np.ndarray, least: float) -> np.ndarray:
    """Move heights apart until neighbors are ``least`` away, so that labels do not overlap."""
    order = np.argsort(heights, kind="stable")
    moved = heights[order].copy()
    for _ in range(200):
        short = least - np.diff(moved)
        if (short <= 1e-9).all():
            break
        push = np.clip(short, 0, None) / 2
        moved[:-1] -= push
        moved[1:] += push
    back = np.empty_like(moved)
    back[order] = moved
    return back


def prediction_path(
    stages: Sequence[tuple[str, tuple[int, ...]]],
    probabilities: np.ndarray,
    classes: Sequence[str],
    *,
    image: np.ndarray | None = None,
) -> Plot:
    """Draw one prediction's way: the shape after each stage, then the probabilities.

    Parameters
    ----------
    stages : sequence of (name, shape)
        In order; a shape is (H, W, C) or (C,), without the batch.
    probabilities : ndarray, shape (classes,)
        What comes out at the end; must sum to 1.
    image : ndarray, shape (H, W, 3) uint8, optional
        What went in.
    """
    chances = np.asarray(probabilities, float)
    if chances.shape != (len(classes),) or not np.isclose(chances.sum(), 1, atol=1e-3):
        raise ValueError(
            f"expected {len(classes)} probabilities that sum to 1, received shape {chances.shape} "
            f"with sum {chances.sum():.3f}. Apply softmax to the logits of one image."
        )
    with drawing(8.0, 3.2) as figure:
        widths = (1.5, 0.75 * len(stages) + 0.4, 2.1)
        picture, path, bars = figure.subplots(1, 3, width_ratios=widths)
        _input(picture, image)
        _blocks(path, stages)
        _probabilities(bars, chances, classes)
    steps = " → ".join(f"{name} {'×'.join(map(str, shape))}" for name, shape in stages)
    best = int(chances.argmax())
    alt = f"One prediction, stage by stage: {steps}. Result: {classes[best]} {chances[best]:.2f}"
    return Plot(figure, alt)


def _input(axis: Axes, image: np.ndarray | None) -> None:
    axis.axis("off")
    if image is not None:
        axis.imshow(image)
        axis.set_title("in", loc="center", fontweight="normal")


def _blocks(axis: Axes, stages: Sequence[tuple[str, tuple[int, ...]]]) -> None:
    """Draw each stage as a block: height for its size in space, width for its channels."""
    tallest = max(shape[0] if len(shape) == 3 else 1 for _, shape in stages)
    widest = max(shape[-1] for _, shape in stages)
    for at, (name, shape) in enumerate(stages):
        side = shape[0] if len(shape) == 3 else 1
        height = 0.08 + 1.1 * side / tallest
        width = 0.12 + 0.6 * np.sqrt(shape[-1] / widest)
        color = COLORS[4] if len(shape) == 3 else COLORS[1]
        corner = (at - width / 2, -height / 2)
        axis.add_patch(Rectangle(corner, width, height, facecolor=color, edgecolor=BLACK))
        text = f"{side}×{side}\n×{shape[-1]}" if len(shape) == 3 else f"{shape[0]}"
        axis.text(at, height / 2 + 0.05, text, ha="center", va="bottom", fontsize=9)
        below: dict[str, Any] = {"ha": "right", "va": "top", "rotation_mode": "anchor"}
        axis.text(at + 0.1, -0.66, name, fontsize=9.5, rotation=35, **below)
    axis.set(xlim=(-0.7, len(stages) - 0.4), ylim=(-1.15, 0.95))
    axis.axis("off")


def _probabilities(axis: Axes, chances: np.ndarray, classes: Sequence[str], top: int = 6) -> None:
    order = np.argsort(-chances, kind="stable")[:top]
    axis.barh(range(len(order)), chances[order], 0.6, color=COLORS[0], edgecolor=BLACK)
    axis.set_yticks(range(len(order)), [classes[at] for at in order])
    axis.invert_yaxis()
    axis.set(xlim=(0, 1.35), xticks=[0, 0.5, 1], title="softmax")
    axis.grid(visible=False)
    for row, at in enumerate(order):
        axis.annotate(
            f"{chances[at]:.2f}",
            (chances[at], row),
            (4, 0),
            textcoords="offset points",
            va="center",
        )
