"""Near-duplicates among photographs: the same shot again, resized, recompressed or brightened.

The hash is a difference hash (Krawetz, 2013,
https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html): is each point
of a tiny grey copy brighter than its neighbor? 64 such bits along the rows and 64 down the
columns. Few bits apart makes a pair a candidate; a tiny color copy then confirms it, because
skies and other smooth pictures share bits without being the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from course.pictures.photos.read import upright

SIDE = 8  # bits along one side of the hash
THUMB = 16  # side of the color copy
# Where photographs and their altered copies part:
# see tests/course/pictures/test_near_duplicates.py.
MOST_BITS = 24
MOST_DIFFERENCE = 0.35
_BLOCK = 512
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # as Pillow weighs red, green and blue
_COLORLESS = 0.05  # the channels of a grey picture differ by rounding only


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What one photograph is compared by.

    Attributes
    ----------
    bits : (2,) uint64, the difference hash along rows and down columns
    thumb : (16, 16, 3) float32, the colors with mean 0 and deviation 1
    """

    bits: np.ndarray
    thumb: np.ndarray


@dataclass(frozen=True)
class Twins:
    """Two near-duplicates: their places in the list, and how many of 128 bits part them."""

    first: int
    second: int
    bits: int


def fingerprint(image: Image.Image) -> Fingerprint:
    """Return what an upright RGB photograph is compared by."""
    small = image.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0)
    grey = small.convert("L")
    rows = np.asarray(grey.resize((SIDE + 1, SIDE), Image.Resampling.BOX), np.int16)
    columns = np.asarray(grey.resize((SIDE, SIDE + 1), Image.Resampling.BOX), np.int16)
    bits = [rows[:, 1:] > rows[:, :-1], columns[1:] > columns[:-1]]
    packed = np.concatenate([np.packbits(b) for b in bits]).view(np.uint64)
    thumb = np.asarray(small.resize((THUMB, THUMB), Image.Resampling.BOX), np.float32)
    thumb = (thumb - thumb.mean()) / max(float(thumb.std()), 4.0)
    return Fingerprint(packed, thumb)


def fingerprints(paths: Sequence[Path]) -> list[Fingerprint | None]:
    """Return the fingerprint of each file; None for what is no readable image."""

    def of(path: Path) -> Fingerprint | None:
        image = upright(path, 64)
        return None if image is None else fingerprint(image)

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(of, paths))


def difference(first: Fingerprint, second: Fingerprint) -> float:
    """Return how far two color copies are apart: 0 is the same, 1 is unrelated.

    Where one of them has no color, neither one's color counts.
    """
    pair = np.stack([first.thumb, second.thumb])
    if (np.ptp(pair, axis=-1).max(axis=(1, 2)) < _COLORLESS).any():
        pair = pair @ _LUMA
        spread = np.maximum(pair.std(axis=(1, 2), keepdims=True), 0.1)
        pair = (pair - pair.mean(axis=(1, 2), keepdims=True)) / spread
    return float(np.abs(pair[0] - pair[1]).mean())


def find_twins(
    marks: Sequence[Fingerprint],
    *,
    most_bits: int = MOST_BITS,
    most_difference: float = MOST_DIFFERENCE,
) -> list[Twins]:
    """Return every pair of near-duplicates, in the order of the list."""
    if len(marks) < 2:
        return []
    bits = np.stack([mark.bits for mark in marks])
    found = []
    for start in range(0, len(bits), _BLOCK):
        block = bits[start : start + _BLOCK]
        apart = np.bitwise_count(block[:, None] ^ bits[None, start:]).sum(-1, dtype=np.int32)
        for row, column in np.argwhere(apart <= most_bits):
            if (
                row < column
                and difference(marks[start + row], marks[start + column]) <= most_difference
            ):
                pair = (int(start + row), int(start + column), int(apart[row, column]))
                found.append(Twins(*pair))
    return found
