"""Noise, drawn once and cut to measure: a random crop costs microseconds."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

_TILE_PX = 512
_OCTAVES = {"fine": (1, 2, 4), "cloud": (24, 48, 96), "rough": (4, 8, 16, 48), "sensor": (1,)}


@lru_cache(maxsize=8)
def _noise_tile(kind: str) -> np.ndarray:
    """Return a ``(512, 512) float32`` noise tile, mean 0 and deviation 1, always the same."""
    rng = np.random.default_rng(20240 + len(kind) * 7 + ord(kind[0]))
    tile: np.ndarray = np.zeros((_TILE_PX, _TILE_PX), np.float32)
    for cell in _OCTAVES[kind]:
        n = _TILE_PX // cell + 1
        layer = rng.standard_normal((n, n), dtype=np.float32)
        tile += cv2.resize(layer, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_CUBIC)
    tile = (tile - tile.mean()) / tile.std()
    tile.setflags(write=False)
    return tile


def noise_crop(rng: np.random.Generator, height: int, width: int, kind: str) -> np.ndarray:
    """Return a random piece of a noise tile, ``(height, width) float32``, about unit deviation.

    ``kind`` is ``fine`` (fur, paper), ``rough`` (stone), ``cloud`` (soft blotches) or
    ``sensor`` (white noise).
    """
    tile = _noise_tile(kind)
    if height > _TILE_PX or width > _TILE_PX:
        tile = np.tile(tile, (height // _TILE_PX + 1, width // _TILE_PX + 1))
    top = int(rng.integers(tile.shape[0] - height + 1))
    left = int(rng.integers(tile.shape[1] - width + 1))
    return tile[top : top + height, left : left + width]
