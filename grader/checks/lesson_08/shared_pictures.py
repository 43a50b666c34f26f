"""Find pictures that are in two splits."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.sandboxed.observers import lesson_08 as observers

HINTS = {
    "same-place": "A picture may stand elsewhere in the other set. Compare each with all.",
    "positions-in-first": "Those are positions in `first`. Positions in `second` are asked for.",
    "look-alikes": "Alike is not the same: some have the same colors in other places, some all "
    "pixels but one. Compare every pixel, exactly.",
    "inside-second": "Pictures twice in `second` are no leak. Compare with `first` only.",
    "not-positions": "Return the positions in `second`, such as [2, 5]; [] if there are none.",
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
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


def judge(case: Case, facts: Facts) -> Finding:
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


CHECK = Check(
    id="08-capstone/shared-pictures",
    title="Find pictures that are in two splits",
    answers=("shared",),
    points=2,
    observe=observers.shared,
    judge=judge,
    cases=draw,
    parts={"a leak": 1, "no leak": 1},
    hints=HINTS,
    timeout_s=20,
)
