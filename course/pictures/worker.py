"""Draw on several cores: one plain child process per core, pictures come back through a pipe.

A child is started as ``python -m course.pictures.worker`` and imports neither a framework nor the
program that asked, so it is safe from a notebook, a script without a main guard, or a process in
which TensorFlow or PyTorch already run threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise

import numpy as np

from course import settings
from course.pictures import kinds

FEW = 300  # pictures that one process draws about as soon as a second one has started
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def draw(order: kinds.PictureRequest, count: int, workers: int | None = None) -> np.ndarray:
    """Draw the first ``count`` pictures of an order, ``(count, H, W, 3) uint8``.

    The result does not depend on ``workers``; None means one per core, or this process alone for
    a few hundred pictures.
    """
    workers = workers_for(count) if workers is None else workers
    if workers <= 1:
        return kinds.draw(order, 0, count)
    images = np.empty((count, order.size_px, order.size_px, 3), np.uint8)
    edges = np.linspace(0, count, workers + 1).astype(int).tolist()
    spans = list(pairwise(edges))
    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(lambda span: _ask_child(order, span[0], span[1], images), spans))
    for (start, stop), ok in zip(spans, done, strict=True):
        if not ok:  # no second process to be had, or it failed: draw here, with a real traceback
            images[start:stop] = kinds.draw(order, start, stop)
    return images


def workers_for(count: int) -> int:
    """Return how many processes draw ``count`` pictures soonest."""
    return min(_cores(), 1 + count // FEW)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ask_child(order: kinds.PictureRequest, start: int, stop: int, images: np.ndarray) -> bool:
    """Let a child draw ``start`` to ``stop`` into ``images``; False if it could not."""
    if start == stop:
        return True
    request = json.dumps({"order": asdict(order), "start": start, "stop": stop}).encode()
    here = str(settings.project_root())
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": os.pathsep.join(paths)}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "course.pictures.worker"],
            input=request, capture_output=True, env=env, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    if len(child.stdout) != images[start:stop].nbytes:
        return False
    images[start:stop] = np.frombuffer(child.stdout, np.uint8).reshape(images[start:stop].shape)
    return True


def main() -> None:
    """Read one request from stdin, write the pictures' bytes to stdout."""
    import cv2

    cv2.setNumThreads(1)
    request = json.load(sys.stdin)
    images = kinds.draw(kinds.PictureRequest(**request["order"]), request["start"], request["stop"])
    sys.stdout.buffer.write(images.data)


if __name__ == "__main__":
    main()
