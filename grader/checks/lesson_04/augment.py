"""Augment pictures, keep labels and range."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_04.shared import Fault, judged
from grader.sandboxed.observers import lesson_04 as observers

HINTS = {
    "changes-given": "The pictures that were handed in have changed. Work on a copy, or the next "
    "epoch augments what is already augmented.",
    "not-uint8": "Return uint8, 0 to 255, like what came in: round, clip, then .astype(np.uint8).",
    "wraps": "A uint8 that passes 255 starts again at 0. Compute in float, np.clip to 0 and 255, "
    "then convert.",
    "upside-down": "Pictures stand on their heads. Left and right is the third axis: "
    "images[:, :, ::-1].",
    "turns-colors": "The last axis holds red, green and blue; you turned it around. Left and right "
    "is the third axis.",
    "all-alike": "Every picture of the batch was changed in the same way. Draw one number for "
    "each: rng.random(len(images)).",
    "never-mirrored": "No picture was mirrored. Mirror each with probability one half.",
    "always-mirrored": "All pictures were mirrored. Mirror each with probability one half.",
    "never-brighter": "No picture became brighter or darker. Multiply each by its own factor.",
    "too-strong": "Some factors lie outside 0.8 to 1.2: rng.uniform(0.8, 1.2, ...).",
    "speckled": "Each pixel got a factor of its own. One per picture: shape (N, 1, 1, 1).",
    "own-chance": "Take all chance from the rng that is handed in, or no run can be repeated.",
}

WEAKEST, STRONGEST = 0.8, 1.2
ROUNDING = 1.5  # on the 0–255 scale


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a batch of pictures that are higher than wide nowhere, and a bright one."""
    return [
        {
            "count": int(rng.integers(60, 81)),
            "half": int(rng.integers(3, 6)),
            "bright": int(rng.integers(236, 250)),
        }
    ]


def judge(case: Case, facts: Facts) -> Finding:
    """Ask for other pictures of the same things, in the same range."""
    checked = "augment(images, rng) on a batch of uint8 pictures"
    return judged(checked, _form_fault(case, facts) or _content_fault(case, facts))


def _form_fault(case: Case, facts: Facts) -> Fault | None:
    if facts["shape"] != facts["wanted_shape"]:
        return f"shape {tuple(facts['wanted_shape'])}", f"shape {tuple(facts['shape'])}", ""
    if facts["dtype"] != "uint8":
        return "uint8", facts["dtype"], "not-uint8"
    if facts["given_changed"]:
        return "the given pictures left as they were", "the given pictures changed", "changes-given"
    if facts["bright_low"] < WEAKEST * case["bright"] / 2:
        lowest = f"a pixel of {facts['bright_low']:.0f}"
        return f"bright pictures ({case['bright']}) stay bright", lowest, "wraps"
    if not facts["repeats"]:
        return "the same pictures from the same rng", "other pictures", "own-chance"
    return None


def _content_fault(case: Case, facts: Facts) -> Fault | None:
    made = np.asarray(facts["made"])
    plain = observers.quartered(len(made), case["half"]).astype(np.float64)
    factors = made.mean(axis=(1, 2, 3)) / plain[0].mean()
    scaled = factors[:, None, None, None] * plain
    turned = {"as it was": scaled, "mirrored": scaled[:, :, ::-1]}
    off = {name: np.abs(made - want).max(axis=(1, 2, 3)) for name, want in turned.items()}
    mirrored = off["mirrored"] < off["as it was"]
    clipped = made.max(axis=(1, 2, 3)) >= 255  # too bright to compare; the factors will tell
    if np.minimum(*off.values())[~clipped].max(initial=0) > 2 * ROUNDING:
        return _turn_fault(made[~clipped], scaled[~clipped])
    return _chance_fault(factors, mirrored)


def _turn_fault(made: np.ndarray, scaled: np.ndarray) -> Fault:
    expected = "pictures mirrored left to right, or as they were"
    for hint, axis in (("upside-down", 1), ("turns-colors", 3)):
        wanted = [scaled, scaled[:, :, ::-1], np.flip(scaled, axis)]
        wanted.append(wanted[-1][:, :, ::-1])
        if np.min([np.abs(made - w).max(axis=(1, 2, 3)) for w in wanted], 0).max() <= 2 * ROUNDING:
            return expected, "other ones", hint
    inside = made.reshape(len(made), 2, made.shape[1] // 2, 2, made.shape[2] // 2, 3)
    speckled = inside.std(axis=(2, 4)).max() > ROUNDING
    return expected, "pictures with other content", "speckled" if speckled else ""


def _chance_fault(factors: np.ndarray, mirrored: np.ndarray) -> Fault | None:
    some = f"{mirrored.sum()} of {len(mirrored)} mirrored"
    spread = f"factors from {factors.min():.2f} to {factors.max():.2f}"
    wide = f"factors spread over {WEAKEST} to {STRONGEST}, one per picture"
    slack = ROUNDING / 128
    if factors.min() < WEAKEST - slack or factors.max() > STRONGEST + slack:
        return f"factors from {WEAKEST} to {STRONGEST}", spread, "too-strong"
    if np.ptp(factors) < 0.02:
        return wide, spread, "never-brighter" if abs(factors.mean() - 1) < slack else "all-alike"
    if not 0.2 < mirrored.mean() < 0.8:
        hint = "always-mirrored" if mirrored.all() else "never-mirrored"
        return "about half of them mirrored, each by its own chance", some, hint
    return None


CHECK = Check(
    id="04-overfitting/augment",
    title="Augment pictures, keep labels and range",
    answers=("augment",),
    points=3,
    observe=observers.augmented,
    judge=judge,
    cases=draw,
    hints=HINTS,
)
