"""Figures made of pictures, and what a model mistook for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from course.plots.figure import Plot, drawing, headline, ink_on


class LabelledPictures(Protocol):
    """What `contact_sheet` needs of a picture set."""

    @property
    def images(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...
    @property
    def classes(self) -> tuple[str, ...]: ...


def contact_sheet(picture_set: LabelledPictures, *, per_class: int = 8, title: str = "") -> Plot:
    """Draw the first pictures of each class, a row per class.

    Parameters
    ----------
    picture_set : PictureSet
        Anything with ``images`` (N, H, W, 3) uint8, ``labels`` (N,) and ``classes``.
    per_class : int
        Pictures in a row.
    """
    classes = picture_set.classes
    longest = max(len(name) for name in classes)
    width, height = 0.09 * longest + 0.2 + 0.86 * per_class, 0.88 * len(classes) + 0.3
    with drawing(width, height, pad_in=0.03) as figure:
        axes = figure.subplots(len(classes), per_class, squeeze=False)
        for at, name in enumerate(classes):
            mine = picture_set.images[picture_set.labels == at][:per_class]
            _strip(axes[at], mine)
            axes[at, 0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=6)
        headline(figure, title)
    alt = f"{title or 'Contact sheet'}: {per_class} pictures each of {', '.join(classes)}"
    return Plot(figure, alt)


def picture_row(images: Sequence[np.ndarray], titles: Sequence[str], *, columns: int = 6) -> Plot:
    """Draw images with a line of text above each.

    Parameters
    ----------
    images : sequence of ndarray, shape (H, W, 3) uint8, or floats 0–1
        What to show.
    titles : sequence of str
        One per image.
    """
    if len(images) != len(titles) or not len(images):
        raise ValueError(f"expected a title per image, received {len(titles)} for {len(images)}.")
    lines = [line for text in titles for line in text.split("\n")]
    width = max(1.3, 0.085 * max(map(len, lines)))
    columns = min(columns, len(images), int(8 / width))
    rows = int(np.ceil(len(images) / columns))
    height = 1.3 + 0.2 * (max(text.count("\n") for text in titles) + 1)
    with drawing(width * columns, height * rows, pad_in=0.05) as figure:
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        _strip(axes, images)
        for axis, text in zip(axes, titles, strict=False):
            axis.set_title(text, fontsize=10, fontweight="normal", loc="center")
    flat = "; ".join(text.replace("\n", ", ") for text in titles)
    return Plot(figure, f"{len(images)} images: {flat}")


def _strip(axes: Iterable[Axes], images: Sequence[np.ndarray] | np.ndarray) -> None:
    for at, axis in enumerate(axes):
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        axis.grid(visible=False)
        if at < len(images):
            axis.imshow(images[at])


def confusion_matrix(
    labels: Sequence[int] | np.ndarray,
    predicted: Sequence[int] | np.ndarray,
    classes: Sequence[str],
    *,
    title: str = "",
) -> Plot:
    """Draw how often each class (row) was taken for each class (column).

    Parameters
    ----------
    labels, predicted : array_like, shape (N,) int
        True and predicted class indices.
    """
    truth, guess = np.asarray(labels), np.asarray(predicted)
    if truth.shape != guess.shape or truth.ndim != 1:
        raise ValueError(
            f"expected two rows of class indices of one length, received {truth.shape} and "
            f"{guess.shape}. Take argmax over the classes first."
        )
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (truth, guess), 1)
    side = 1.9 + 0.62 * len(classes)
    with drawing(side + 0.4, side) as figure:
        axis = figure.subplots()
        _matrix(axis, counts, classes)
        right = float((truth == guess).mean()) if truth.size else 0.0
        axis.set_title(f"{title + ': ' if title else ''}{right:.0%} right")
    return Plot(figure, _confusion_words(counts, classes, right, title))


def _matrix(axis: Axes, counts: np.ndarray, classes: Sequence[str]) -> None:
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axis.imshow(share, cmap="cividis", vmin=0, vmax=1)
    axis.set(xlabel="predicted", ylabel="true")
    rotation: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    axis.set_xticks(range(len(classes)), list(classes), **rotation)
    axis.set_yticks(range(len(classes)), list(classes))
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    for row, column in np.ndindex(counts.shape):
        ink = ink_on(mpl.colormaps["cividis"](share[row, column]))
        weight = "bold" if row == column else "normal"
        number = str(counts[row, column])
        axis.text(column, row, number, ha="center", va="center", color=ink, weight=weight)


def _confusion_words(counts: np.ndarray, classes: Sequence[str], right: float, title: str) -> str:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    text = f"Confusion matrix{': ' + title if title else ''}, {right:.0%} right"
    if not wrong.any():
        return f"{text}, no mistakes"
    row, column = divmod(int(wrong.argmax()), len(classes))
    worst = f"{classes[row]} taken for {classes[column]} ({wrong[row, column]} times)"
    return f"{text}; most frequent mistake: {worst}"


def worst_mistakes(
    images: np.ndarray,
    labels: Sequence[int] | np.ndarray,
    probabilities: np.ndarray,
    classes: Sequence[str],
    *,
    count: int = 12,
) -> Plot:
    """Draw the pictures a model was most sure about and wrong.

    Parameters
    ----------
    images : ndarray, shape (N, H, W, 3) uint8
        What was predicted.
    labels : array_like, shape (N,) int
        True classes.
    probabilities : ndarray, shape (N, classes)
        Rows that sum to 1.
    """
    truth, chances = np.asarray(labels), np.asarray(probabilities, float)
    if chances.shape != (len(images), len(classes)) or len(truth) != len(images):
        raise ValueError(
            f"expected labels and probabilities for {len(images)} images and {len(classes)} "
            f"classes, received {truth.shape} and {chances.shape}."
        )
    guess = chances.argmax(axis=1)
    sure = np.where(guess != truth, chances.max(axis=1), -1)
    order = [int(at) for at in np.argsort(-sure, kind="stable")[:count] if sure[at] >= 0]
    if not order:
        return _no_mistakes(len(images))
    titles = [f"says {classes[guess[at]]} {sure[at]:.2f}\nis {classes[truth[at]]}" for at in order]
    plot = picture_row([images[at] for at in order], titles)
    return Plot(plot.figure, f"The {len(order)} surest mistakes. {plot.alt}")


def _no_mistakes(count: int) -> Plot:
    with drawing(5.0, 0.6) as figure:
        text = f"No mistakes among {count} images."
        figure.text(0.5, 0.5, text, ha="center", va="center")
    return Plot(figure, text)
