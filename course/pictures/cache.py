"""Drawn pictures kept on disk: checked when read, rebuilt when damaged, never needed.

A file belongs to the exact sources that drew it: change a drawing, and its pictures are drawn
anew. A cache folder that cannot be read or written costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from course import files, settings
from course.pictures.kinds import KINDS, PictureRequest

SMALLEST = 32  # fewer pictures are drawn sooner than a file is found
LARGEST_BYTES = 1_000_000_000  # of one file
KEPT_BYTES = 3_000_000_000  # of all files together; the oldest go first
_ENGINE = (
    "backdrops", "canvas", "color", "noise", "paint", "patch", "scene", "shapes",
)  # fmt: skip


def folder() -> Path:
    """Return where drawn pictures are kept."""
    return settings.cache_dir() / "pictures"


def path_of(order: PictureRequest, count: int) -> Path:
    """Return the file that keeps these pictures, drawn by the present sources."""
    what = {**asdict(order), "count": count, "sources": sources_digest(order.kind)}
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
    return folder() / f"{order.kind}-{order.split}-{count}x{order.size_px}px-{digest}.npz"


@lru_cache(maxsize=8)
def sources_digest(kind: str) -> str:
    """Return the SHA-256 of everything that decides a set's pixels: our sources and OpenCV's."""
    import cv2

    here = Path(__file__).parent
    own = here / "drawing" / KINDS[kind].module.rpartition(".")[2]
    ours = [here / "kinds.py", *(here / "drawing" / f"{name}.py" for name in _ENGINE)]
    ours += sorted(own.rglob("*.py")) if own.is_dir() else [own.with_suffix(".py")]
    digest = hashlib.sha256(f"opencv {cv2.__version__}, numpy {np.__version__}".encode())
    for file in ours:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fetch(order: PictureRequest, count: int, draw: Callable[[], np.ndarray]) -> np.ndarray:
    """Return the pictures from disk, or draw and keep them.

    Returns
    -------
    (count, size_px, size_px, 3) uint8
    """
    shape = (count, order.size_px, order.size_px, 3)
    if count < SMALLEST or np.prod(shape, dtype=np.int64) > LARGEST_BYTES:
        return draw()
    path = path_of(order, count)
    images = _read(path, shape)
    if images is None:
        images = draw()
        _write(path, images)
    return images


def _read(path: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return the kept pictures; None where there are none, with a note where they are damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            images: np.ndarray = kept["images"]
            digest = kept["sha256"].tobytes()
        if images.shape == shape and _digest(images) == digest:
            return images
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    print(f"note: the cached pictures in {path.name} were damaged; they are drawn again")
    return None


def _digest(images: np.ndarray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(images).data).digest()


def _write(path: Path, images: np.ndarray) -> None:
    """Keep the pictures: whole or not at all."""
    with contextlib.suppress(OSError):
        with files.replacing(path) as beside, beside.open("wb") as stream:
            np.savez(stream, images=images, sha256=np.frombuffer(_digest(images), np.uint8))
        _forget_oldest(path.parent)


def _forget_oldest(where: Path) -> None:
    """Remove the files used longest ago until the rest fits ``KEPT_BYTES``."""
    stats = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in where.glob("*.npz"))
    total = sum(size for _, size, _ in stats)
    for _, size, path in stats[:-1]:
        if total <= KEPT_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
