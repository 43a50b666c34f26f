"""Photographs through a ``DataLoader``: read by workers while the model computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from course.backbone import preprocess
from course.pictures.stream import TURNS, Listing, Throughput, read_or_raise, throughput

Row = tuple[np.ndarray, int]  # an image and its label


class PhotoDataset(Dataset[Row]):
    """The photographs of a listing: ``(size_px, size_px, 3) uint8`` and a label each."""

    def __init__(self, listing: Listing, size_px: int) -> None:
        self.listing, self.size_px = listing, size_px

    def __len__(self) -> int:
        return len(self.listing)

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        image = read_or_raise(self.listing.paths[place], self.size_px)
        return image, int(self.listing.labels[place])


def _collate(
    rows: list[Row], prepare: Callable[[np.ndarray], np.ndarray]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make a batch, in the worker: ``(N, 3, H, W) float32`` and ``(N,) int64``."""
    images = prepare(np.stack([image for image, _ in rows]))
    return torch.from_numpy(images), torch.tensor([label for _, label in rows])


def loader(
    listing: Listing,
    *,
    size_px: int,
    batch_size: int = 32,
    workers: int = 2,
    shuffle: bool = True,
    seed: int = 0,
    prepare: Callable[[np.ndarray], np.ndarray] | None = None,
) -> DataLoader[Row]:
    """Return batches of photographs, read as they are needed.

    Parameters
    ----------
    listing : which files
    size_px : side of the pictures
    workers : processes that read; 0 reads in this one
    shuffle : in another order each epoch, the same again for the same seed
    prepare : ``(N, H, W, 3) uint8`` to what the model takes; None is ``preprocess`` for the
        weights that ``COURSE_WEIGHTS`` chooses
    """
    prepare = prepare or partial(preprocess, framework="torch")
    return DataLoader(
        PhotoDataset(listing, size_px),
        batch_size=batch_size,
        shuffle=shuffle,
        num_workers=workers,
        collate_fn=partial(_collate, prepare=prepare),
        generator=torch.Generator().manual_seed(seed),
        persistent_workers=workers > 0,
        pin_memory=torch.cuda.is_available(),
    )


def measure(
    model: Any, batches: DataLoader[Row], *, seconds: float = 5.0, turns: int = TURNS
) -> Throughput:
    """Measure pictures per second of the input and of training ``model``, which is changed."""
    device = next(model.parameters()).device
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=1e-4)

    def step(images: torch.Tensor, labels: torch.Tensor) -> None:
        logits = model(images.to(device, non_blocking=True))
        loss = torch.nn.functional.cross_entropy(logits, labels.to(device, non_blocking=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    return throughput(batches, step, seconds=seconds, turns=turns, wait=wait)
