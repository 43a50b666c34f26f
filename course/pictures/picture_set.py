"""What every source of pictures returns: arrays, labels and the names of the classes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class PictureSet:
    """Labelled pictures of one split.

    Attributes
    ----------
    images : (N, H, W, 3) uint8, RGB, 0–255
    labels : (N,) int64, what a training program is told; index into ``classes``
    classes : names of the classes, in the order of the labels
    name : the set's name, such as ``"flowers"``
    split : ``"train"``, ``"val"`` or ``"test"``
    true_labels : (N,) int64, the labels before label noise
    skipped : files that could not be used, each with its reason (photographs only)
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    name: str
    split: str
    true_labels: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.true_labels.shape != self.labels.shape:
            object.__setattr__(self, "true_labels", self.labels.copy())
        if len(self.images) != len(self.labels):
            raise ValueError(
                f"Expected one label per image; received {len(self.images)} images and "
                f"{len(self.labels)} labels. Select both with the same index."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        side = "x".join(str(n) for n in self.images.shape[1:3])
        return f"<PictureSet {self.name}/{self.split}: {len(self)} of {side}, {self.counts()}>"

    def counts(self) -> dict[str, int]:
        """Return how many labels each class has."""
        totals = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, totals.tolist(), strict=True))

    def select(self, index: np.ndarray) -> PictureSet:
        """Return the pictures at ``index`` (positions or a mask), in that order."""
        return replace(
            self,
            images=self.images[index],
            labels=self.labels[index],
            true_labels=self.true_labels[index],
        )

    def take(self, n: int, seed: int = 0) -> PictureSet:
        """Return ``n`` pictures drawn by seed, as evenly over the labels as they allow.

        Raises
        ------
        ValueError
            If ``n`` is not between 1 and ``len(self)``.
        """
        if not 1 <= n <= len(self):
            raise ValueError(
                f"n is {n}; expected 1 to {len(self)}, the size of this set. "
                "Ask for fewer, or make the set with a larger per_class."
            )
        order = np.random.default_rng(seed).permutation(len(self))
        rank = np.empty(len(self), np.int64)  # 0 for a class's first picture in this order, then 1
        seen = np.zeros(len(self.classes), np.int64)
        for position in order:
            rank[position] = seen[self.labels[position]]
            seen[self.labels[position]] += 1
        chosen = order[np.argsort(rank[order], kind="stable")][:n]
        return self.select(chosen)

    def of_class(self, name: str) -> PictureSet:
        """Return the pictures labelled ``name``.

        Raises
        ------
        ValueError
            If no class has that name.
        """
        if name not in self.classes:
            raise ValueError(
                f"No class {name!r} in {self.name}; expected one of {', '.join(self.classes)}."
            )
        return self.select(self.labels == self.classes.index(name))
