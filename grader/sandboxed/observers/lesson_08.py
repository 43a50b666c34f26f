"""What the capstone's exercises did: splits compared, two phases of training, a file that predicts.

The pictures for the saved model come inside the case. Nothing here knows their classes.
"""

from __future__ import annotations

import base64
import operator
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandboxed.observers import Case, Student, Unusable

PICTURES, SIDE_PX = 24, 8  # of the small set on which a training is watched


# ------------------------------------------------------------------ 1 shared pictures


def draw_sets(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return two sets of pictures; the case says which of the second are in the first."""
    rng = np.random.default_rng(case.seed)
    side = case["side_px"]
    first = rng.integers(0, 256, (case["first"], side, side, 3)).astype(np.uint8)
    second = rng.integers(0, 256, (case["second"], side, side, 3)).astype(np.uint8)
    for place, source in case["copies"]:
        second[place] = first[source]
    (turned, one), *nearly = case["look_alikes"]
    second[turned] = first[one][::-1, ::-1]  # the same colors in other places
    for place, source in nearly:  # one color of one pixel is another
        second[place] = first[source]
        second[place, 0, 0, 0] ^= 1
    for place, source in case["twins"]:  # twice in the second set, never in the first
        second[place] = second[source]
    return first, second


def shared(student: Student, case: Case) -> dict[str, Any]:
    """Report which pictures of the second set the student finds in the first."""
    found = student.shared(*draw_sets(case))
    try:
        return {"places": [int(operator.index(place)) for place in found]}
    except TypeError:
        raise Unusable(
            "a list of positions",
            type(found).__name__,
            "Return the positions in `second`, such as [2, 5]; [] if there are none.",
            "not-positions",
        ) from None


# ------------------------------------------------------------------ 2 two phases


def draw_task(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures (N, 8, 8, 3) float32 whose color tells the class, and their labels."""
    rng = np.random.default_rng(case.seed)
    labels = np.arange(PICTURES) % case["classes"]
    colors = rng.normal(0, 1, (case["classes"], 1, 1, 3))
    noise = rng.normal(0, 0.3, (PICTURES, SIDE_PX, SIDE_PX, 3))
    return (colors[labels] + noise).astype(np.float32), labels


def fine_tune(student: Student, case: Case) -> dict[str, Any]:
    """Report the phases of the student's training: which arrays, at which rate."""
    if student.framework == "pytorch":
        from grader.sandboxed.observers import lesson_08_torch as kit
    else:
        from grader.sandboxed.observers import lesson_08_keras as kit  # type: ignore[no-redef]
    images, labels = draw_task(case)
    half = PICTURES * 2 // 3
    parts = (images[:half], labels[:half]), (images[half:], labels[half:])
    return {"framework": student.framework, **kit.watched(student, case, *parts)}


def phases(notes: list[tuple[list[int], float]]) -> list[dict[str, Any]]:
    """Return runs of steps that trained the same arrays, with the highest rate of each."""
    found: list[dict[str, Any]] = []
    for arrays, rate in notes:
        if found and found[-1]["arrays"] == arrays:
            found[-1]["rate"] = max(found[-1]["rate"], rate)
        else:
            found.append({"arrays": arrays, "rate": rate})
    return found


# ------------------------------------------------------------------ 3 a saved model


def pack_images(images: np.ndarray) -> str:
    """Return images as text that a case can hold."""
    return base64.b64encode(zlib.compress(images.tobytes(), 1)).decode()


def unpack_images(case: Case) -> np.ndarray:
    """Return the case's images, ``(N, H, W, 3) uint8``."""
    raw = zlib.decompress(base64.b64decode(case["images"]))
    return np.frombuffer(raw, np.uint8).reshape(case["shape"]).copy()


def saved_model(student: Student, case: Case) -> dict[str, Any]:
    """Report what the student's file predicts, all at once and few at a time."""
    given, images = _file(student.SAVED), unpack_images(case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("moved" + "".join(given.suffixes[-2:]))
        shutil.copyfile(given, path)
        chances = _predicted(lambda: student.predict_saved(str(path), images.copy()))
        few = _predicted(lambda: student.predict_saved(str(path), images[:5].copy()))
        path.write_bytes(given.read_bytes()[:200])
        try:
            damaged = _predicted(lambda: student.predict_saved(str(path), images.copy()))
        except Exception:  # as it should: the file is damaged
            damaged = np.empty(0)
    alone = few.shape == chances[:5].shape and bool(np.allclose(few, chances[:5], atol=1e-3))
    return {
        "framework": student.framework,
        "chances": chances,
        "from_file": not _alike(chances, damaged),
        "alone": alone,
        "few": few,
        "damaged": damaged,
        "bytes": given.stat().st_size,
    }


def _file(saved: Any) -> Path:
    if not isinstance(saved, str | Path) or not Path(saved).is_file():
        raise Unusable(
            "SAVED, the path of your saved model",
            f"{saved!s:.60}" + (": no such file" if isinstance(saved, str | Path) else ""),
            hint_id="no-file",
        )
    return Path(saved)


def _predicted(call: Callable[[], Any]) -> np.ndarray:
    made = call()
    if hasattr(made, "detach"):
        made = made.detach().cpu()
    try:
        chances = np.asarray(made, np.float64)
    except (TypeError, ValueError):
        chances = np.empty(0)
    if chances.ndim != 2:
        raise Unusable(
            "probabilities (N, classes)",
            f"{type(made).__name__} of shape {chances.shape}",
            "Return one row of probabilities for each picture.",
            "not-rows",
        )
    return chances


def _alike(chances: np.ndarray, others: np.ndarray) -> bool:
    return others.shape == chances.shape and bool(np.allclose(others, chances, atol=1e-6))
