"""The numbers of the pretraining, in one block, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from course.backbone.architecture import SIZE_PX


@dataclass(frozen=True)
class Recipe:
    """How the backbone is pretrained.

    Attributes
    ----------
    seed
        For pictures, first weights, order and augmentation.
    per_class
        Training pictures drawn for each class.
    epochs
        Passes over them.
    batch_size, peak_rate, weight_decay, warmup
        AdamW with a rate that rises over the ``warmup`` share of the steps and then falls
        to zero along a cosine.
    small_px, small_share
        Share of the steps that see small pictures first: twice as fast, nearly as good.
    """

    seed: int = 0
    per_class: int = 600
    epochs: int = 30
    batch_size: int = 64
    peak_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: float = 0.1
    size_px: int = SIZE_PX
    small_px: int = 65
    small_share: float = 0.6
    val_per_class: int = 25

    def __post_init__(self) -> None:
        sizes = (self.size_px, self.small_px)
        if any(side % 32 != 1 for side in sizes):
            raise ValueError(f"Expected sizes of the form 32k + 1, such as 65 or 97; got {sizes}.")
        counts = (self.per_class, self.epochs, self.batch_size)
        if min(counts) < 1:
            raise ValueError(f"per_class, epochs and batch_size must be at least 1; got {counts}.")

    def side_at(self, progress: float) -> int:
        """Return the picture size after a share of the training, 0 to 1."""
        return self.small_px if progress < self.small_share else self.size_px
