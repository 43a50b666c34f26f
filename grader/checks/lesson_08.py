"""Lesson 08, the capstone: what is right, and what each usual mistake is called."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.checks import recomputed
from grader.checks.evidence import Table
from grader.checks.lesson_08_hints import SAVED, SHARED, TUNE
from grader.checks.model import Check, Facts, Finding
from grader.sandboxed.observers import lesson_08 as observers
from grader.sandboxed.observers.model import Case
from grader.sandboxed.toy_networks import networks

CaseParams = dict[str, Any]

# --- 1 shared pictures ------------------------------------------------------------------------


def draw_shared(rng: np.random.Generator) -> list[CaseParams]:
    """Draw two sets with copies, look-alikes and twins, and two sets without a copy."""
    cases = []
    for copies in (3, 0):
        first, second = int(rng.integers(9, 13)), int(rng.integers(12, 16))
        places = [int(place) for place in rng.permutation(second)]
        sources = [int(source) for source in rng.permutation(first)]
        pairs = list(zip(places[:copies], sources[:copies], strict=True))
        # a copy stands in another place than its original, or looking place by place finds it
        pairs = [(place, (source + (place == source)) % first) for place, source in pairs]
        cases.append(
            {
                "side_px": 5,
                "first": first,
                "second": second,
                "copies": [list(pair) for pair in pairs],
                "look_alikes": [[places[4], sources[4]], [places[5], sources[5]]],
                "twins": [[places[6], places[7]]],
                "part": "a leak" if copies else "no leak",
            }
        )
    return cases


def judge_shared(case: Case, facts: Facts) -> Finding:
    """Compare the positions with those where copies were put."""
    checked, found = "pictures of the second set that are in the first", sorted(facts["places"])
    wanted = sorted(place for place, _ in case["copies"])
    if found == wanted:
        return Finding.right(checked)
    first, second = observers.draw_sets(case)
    alike = {place for place, _ in case["look_alikes"]}
    twins = {place for pair in case["twins"] for place in pair}
    at_once = [at for at in range(len(first)) if (first[at] == second[at]).all()]
    hint = ""
    if found == sorted(source for _, source in case["copies"]):
        hint = "positions-in-first"
    elif alike & set(found):
        hint = "look-alikes"
    elif twins & set(found):
        hint = "inside-second"
    elif found == at_once:
        hint = "same-place"
    return Finding.wrong(checked, expected=wanted, found=found, hint=hint)


SHARED_PICTURES = Check(
    id="08-capstone/shared-pictures",
    title="Find pictures that are in two splits",
    answers=("shared",),
    points=2,
    observe=observers.shared,
    judge=judge_shared,
    cases=draw_shared,
    parts={"a leak": 1, "no leak": 1},
    hints=SHARED,
    timeout_s=20,
)

# --- 2 two phases -----------------------------------------------------------------------------

BLOCKS = 8
LEARNED = 1e-3  # by how much the loss must fall: a rate near 0 shows, a short training passes
LOWER = 0.2  # a gentle rate is at most this share of the head's


def draw_tune(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network of eight blocks; its flags say nothing about what to do."""
    return [
        {
            "channels": [int(width) for width in rng.integers(3, 6, BLOCKS)],
            "deep": [],
            "hidden": 0,
            "classes": int(rng.integers(3, 5)),
            "start": "open",
        }
    ]


def judge_tune(case: Case, facts: Facts) -> Finding:
    """Ask for a head phase, then a gentle one that trains the end and leaves BatchNorm alone."""
    checked = "the two phases of fine_tune on a small network"
    verdict = _judge_phases(case, facts)
    if verdict is None:
        return Finding.right(checked)
    expected, found, hint, share = verdict
    step = getattr(TUNE[hint], facts["framework"]) or str(TUNE[hint])
    shown = [_phases_table(case, facts["phases"])] if facts["phases"] else []
    return Finding.wrong(
        checked, expected=expected, found=found, next_step=step, hint=hint, share=share, shown=shown
    )


def _phases_table(case: Case, phases: Sequence[dict[str, Any]]) -> Table:
    """Return what trained in each phase that was seen, and how fast."""
    listed, rows = networks.arrays(case.params), []
    for at, phase in enumerate(phases, 1):
        arrays = [listed[place] for place in phase["arrays"]]
        blocks = sorted({array.block for array in arrays if array.part == "backbone"})
        head = "trains" if any(array.part == "head" for array in arrays) else "still"
        named = ", ".join(map(str, blocks)) or "none"
        rows.append((f"{at}", head, named, f"{phase['rate']:.1e}"))
    columns = ("Phase", "Head", "Blocks that train", "Rate")
    return Table(f"Your phases; the backbone's blocks are 0 to {BLOCKS - 1}", columns, tuple(rows))


def _judge_phases(case: Case, facts: Facts) -> tuple[str, str, str, float] | None:
    """Return what was expected and found, the mistake and the share earned; None when right."""
    listed = networks.arrays(case.params)
    found = facts["phases"]
    touched = [{listed[place].part for place in phase["arrays"]} for phase in found]
    if not found or touched[0] != {"head"}:
        what = "nothing trained" if not found else "arrays of the backbone trained"
        return "a first phase in which only the head trains", what, "no-head-phase", 0.0
    later = [phase for phase, parts in zip(found, touched, strict=True) if "backbone" in parts]
    if not later:
        flagged = any(
            flag and array.part == "backbone"
            for flag, array in zip(facts["flags"], listed, strict=True)
        )
        hint = "not-told" if flagged else "one-phase"
        return "a second phase with the end of the backbone", "the head alone", hint, 0.4
    return _judge_second(facts, listed, found[0]["rate"], later)


def _judge_second(
    facts: Facts, listed: list[networks.Array], head_rate: float, later: list[dict[str, Any]]
) -> tuple[str, str, str, float] | None:
    arrays = [listed[place] for phase in later for place in phase["arrays"]]
    rate = max(phase["rate"] for phase in later)
    if any(array.norm and array.part == "backbone" for array in arrays) or facts["drifted"]:
        what = (
            f"statistics of {facts['drifted']} layers moved" if facts["drifted"] else "γ, β train"
        )
        return "BatchNorm layers of the backbone still", what, "batchnorm-moved", 0.5
    if rate > LOWER * head_rate:
        return f"a rate of {LOWER * head_rate:.1e} or less", f"{rate:.1e}", "rate-not-lowered", 0.5
    if any(array.block == 0 for array in arrays):
        return "the first block frozen in both phases", "it trained", "unfroze-all", 0.7
    before, after = facts["losses"]
    if not after < before - LEARNED:
        what = f"{before:.3f} before, {after:.3f} after"
        return "a loss that falls", what, "learned-nothing", 0.5
    return None


def _training_again(case: Case, facts: Facts) -> str:
    (weights, trained), (began, ended) = facts["weights"], facts["statistics"]
    images, labels = observers.draw_task(case)
    seen = observers.PICTURES * 2 // 3  # what it trained on
    for told, *arrays in zip(facts["losses"], (weights, trained), (began, ended), strict=True):
        logits = recomputed.Network(case.params, facts["framework"], *arrays).logits(images[:seen])
        if not recomputed.close(told, recomputed.loss(logits, labels[:seen])):
            return "the losses before and after"
    if facts["drifted"] != sum(networks.moved(began, ended)):
        return "how many statistics moved"
    in_a_phase = {place for phase in facts["phases"] for place in phase["arrays"]}
    moved = {at for at, flag in enumerate(networks.moved(weights, trained)) if flag}
    return "" if moved <= in_a_phase else "which weights moved"


FINE_TUNE = Check(
    id="08-capstone/fine-tune",
    title="Train in two phases",
    answers=("fine_tune",),
    points=5,
    observe=observers.fine_tune,
    judge=judge_tune,
    cases=draw_tune,
    hints={name: str(hint) for name, hint in TUNE.items()},
    timeout_s=90,
    recompute=_training_again,
)

# --- 3 a saved model --------------------------------------------------------------------------

PER_CLASS = 12
# The shares of right answers for all points, for half, and for more than guessing.
DRAWN = (0.80, 0.60, 0.40)
# Photographs are harder, and far from what the bundled weights have seen: less is much there.
PHOTOS = {"imagenet": (0.65, 0.50, 0.35), "bundled": (0.40, 0.32, 0.26)}

# The classes of the pictures in each case that this process has drawn, by the pictures' digest.
# A case travels to the sandbox; this stays here.
_labels: dict[str, tuple[int, ...]] = {}


def draw_saved(rng: np.random.Generator) -> list[CaseParams]:
    """Draw flowers that no notebook has seen, in an order that says nothing."""
    seed = int(rng.integers(2**31))
    images, labels = _flowers(seed)
    order = rng.permutation(len(labels))
    packed = observers.pack_images(images[order])
    _labels[_digest(packed)] = tuple(int(label) for label in labels[order])
    return [{"images": packed, "shape": list(images.shape), "bars": _bars()}]


def _bars() -> list[float]:
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


def judge_saved(case: Case, facts: Facts) -> Finding:
    """Count right answers on pictures whose classes only this process knows."""
    labels = np.array(_labels[_digest(case["images"])])
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


def _answers_again(case: Case, facts: Facts) -> str:
    chances, few, damaged = facts["chances"], facts["few"], facts["damaged"]
    same = damaged.shape == chances.shape and np.allclose(damaged, chances, atol=1e-6)
    if facts["from_file"] == same:
        return "the answers of a damaged file"
    alone = few.shape == chances[:5].shape and np.allclose(few, chances[:5], atol=1e-3)
    return "" if facts["alone"] == alone else "the answers for five pictures alone"


SAVED_MODEL = Check(
    id="08-capstone/saved-model",
    title="A saved model, on pictures it has never seen",
    answers=("SAVED", "predict_saved"),
    points=5,
    observe=observers.saved_model,
    judge=judge_saved,
    cases=draw_saved,
    hints=SAVED,
    timeout_s=90,
    recompute=_answers_again,
)

CHECKS = (SHARED_PICTURES, FINE_TUNE, SAVED_MODEL)
