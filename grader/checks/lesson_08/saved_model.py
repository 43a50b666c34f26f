"""A saved model, on pictures it has never seen."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.sandboxed.observers import lesson_08 as observers

HINTS = {
    "no-file": "Save the model, and put the file's path into SAVED.",
    "not-rows": "Return one row of probabilities for each picture, as an array.",
    "other-classes": "These pictures are the five drawn flowers. Set FOLDER = None and train.",
    "not-from-file": "A damaged file gave the same answers: load the model from `path`.",
    "no-softmax": "Those are scores. Apply softmax, so that each row sums to 1.",
    "training-mode": "A picture's answer depends on the others in its batch: inference mode.",
    "guessing": "Near guessing. Are the pictures preprocessed, and the classes in order?",
    "too-weak": "It works, but answers too few right. Train longer, then save again.",
}
PER_CLASS = 12
# The shares of right answers for all points, for half, and for more than guessing.
DRAWN = (0.80, 0.60, 0.40)
# Photographs are harder, and far from what the bundled weights have seen: less is much there.
PHOTOS = {"imagenet": (0.65, 0.50, 0.35), "bundled": (0.40, 0.32, 0.26)}
# The classes of the pictures in each case that this process has drawn, by the pictures' digest.
# A case travels to the sandbox; this stays here.
CLASSES_OF: dict[str, tuple[int, ...]] = {}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw flowers that no notebook has seen, in an order that says nothing."""
    seed = int(rng.integers(2**31))
    images, labels = _flowers(seed)
    order = rng.permutation(len(labels))
    packed = observers.pack_images(images[order])
    CLASSES_OF[_digest(packed)] = tuple(int(label) for label in labels[order])
    return [{"images": packed, "shape": list(images.shape), "bars": bars()}]


def bars() -> list[float]:
    """Return the shares of right answers for all points, for half, and for more than guessing."""
    from course import settings

    drawn = settings.pictures() == "drawn"
    return list(DRAWN if drawn else PHOTOS[settings.weights()])


def _digest(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()


@lru_cache(maxsize=4)
def _flowers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    from course import settings
    from course.backbone import size_px
    from course.pictures import flowers, worker
    from course.pictures.kinds import KINDS, PictureRequest

    if settings.pictures() == "photos":
        chosen = flowers(PER_CLASS, split="test", seed=seed, size_px=size_px())
        return chosen.images, chosen.labels
    classes = len(KINDS["flowers"].classes)
    order = PictureRequest("flowers", "test", seed, size_px(), 0.0)
    # drawn anew and kept nowhere: the cache of pictures is a folder that others can read
    images = worker.draw(order, PER_CLASS * classes, 1)
    return images, np.arange(len(images)) % classes


def judge(case: Case, facts: Facts) -> Finding:
    """Count right answers on pictures whose classes only this process knows."""
    labels = np.array(CLASSES_OF[_digest(case["images"])])
    chances, checked = facts["chances"], f"your saved model on {len(labels)} new pictures"
    wanted = (len(labels), len(set(labels.tolist())))
    if chances.shape != wanted:
        return Finding.wrong(checked, expected=wanted, found=chances.shape, hint="other-classes")
    if not facts["from_file"]:
        expected, found = "a model that comes from the file", "the same answers from a damaged file"
        return Finding.wrong(checked, expected=expected, found=found, hint="not-from-file")
    if not facts["alone"]:
        expected, found = "the same answers for five pictures alone", "other answers"
        return Finding.wrong(checked, expected=expected, found=found, hint="training-mode")
    return _judge_right(checked, chances, labels, case["bars"])


def _judge_right(
    checked: str, chances: np.ndarray, labels: np.ndarray, bars: list[float]
) -> Finding:
    good, fair, chance = bars
    right = float((chances.argmax(axis=1) == labels).mean())
    share = 1.0 if right >= good else 0.5 if right >= fair else 0.0
    if not (np.allclose(chances.sum(axis=1), 1, atol=1e-2) and (chances >= -1e-6).all()):
        found = f"rows that sum to {chances.sum(axis=1)[0]:.2f}"
        return Finding.wrong(
            checked, expected="rows that sum to 1", found=found, hint="no-softmax", share=share / 2
        )
    if right >= good:
        return Finding.right(checked)
    hint = "guessing" if right < chance else "too-weak"
    return Finding.wrong(
        checked, expected=f"{good:.0%} right", found=f"{right:.0%}", hint=hint, share=share
    )


def _again(case: Case, facts: Facts) -> str:
    chances, few, damaged = facts["chances"], facts["few"], facts["damaged"]
    same = damaged.shape == chances.shape and np.allclose(damaged, chances, atol=1e-6)
    if facts["from_file"] == same:
        return "the answers of a damaged file"
    alone = few.shape == chances[:5].shape and np.allclose(few, chances[:5], atol=1e-3)
    return "" if facts["alone"] == alone else "the answers for five pictures alone"


CHECK = Check(
    id="08-capstone/saved-model",
    title="A saved model, on pictures it has never seen",
    answers=("SAVED", "predict_saved"),
    points=5,
    observe=observers.saved_model,
    judge=judge,
    cases=draw,
    hints=HINTS,
    timeout_s=90,
    recompute=_again,
)
