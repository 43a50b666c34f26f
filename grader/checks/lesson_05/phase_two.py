"""Set up the second phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.layers import Flags, any_of, summary
from grader.checks.lesson_05.shared import by_layer
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_05 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "everything": Hint(
        keras="The whole backbone trains. Freeze all its layers but the last `layers`.",
        pytorch="The whole backbone trains. Count modules without children, not blocks: a block "
        "holds several layers.",
    ),
    "minus-zero": Hint(
        keras="With layers=0 nothing of the backbone may train, and [-0:] is all of it.",
        pytorch="With layers=0 nothing of the backbone may train, and [-0:] is all of it.",
    ),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers train, so their statistics will drift. Set trainable = False on "
        "each of them.",
        pytorch="BatchNorm layers train. Set requires_grad = False on their parameters too.",
    ),
    "off-by-one": same("One layer too many or too few. The last layer is number -1."),
    "first-instead": same("You unfroze the first layers, next to the input. Take the last ones."),
    "head-frozen": same("The head is frozen. It goes on training in the second phase."),
    "outer-flag": Hint(
        keras="The model's own flag is off and hides all inside it. Switch it on first.",
    ),
    "flags-before": same("Flags from before are still there. Set every flag, on or off."),
    "wrong-rate": same("The rate is the argument `rate`: hand it to the optimizer."),
    "holds-frozen": Hint(
        pytorch="The optimizer holds frozen parameters. Hand it only those with requires_grad.",
    ),
    "lacks-some": Hint(
        pytorch="Parameters that train are not in the optimizer. Make it after the flags are set.",
    ),
    "not-compiled": Hint(
        keras="The model still has the first phase's optimizer. Compile it with a new one.",
    ),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw cuts just before a convolution, just after one, and behind the whole backbone."""
    cases = []
    for place, start in enumerate(("frozen", "open", "frozen")):
        blocks = int(rng.integers(3, 5))
        deep = [int(rng.integers(1, blocks))]
        whole = int(rng.integers(1, blocks - 1))
        network = {
            "channels": [int(width) for width in rng.integers(2, 7, blocks)],
            "deep": deep,
            "hidden": 0 if place else int(rng.integers(4, 9)),
            "classes": int(rng.integers(3, 7)),
            "start": start,
            "rate": float(f"{10 ** rng.uniform(-5.5, -3.5):.1e}"),
        }
        cut = _leaves_after(network, blocks - 1 - whole)
        less = {0: 0, 1: 1}.get(place)  # the first layer that trains: a convolution, a BatchNorm
        counts = {name: 0 if less is None else count - less for name, count in cut.items()}
        part = "no backbone" if less is None else "the end"
        cases.append({**network, "layers": counts, "part": part})
    return cases


def _leaves_after(network: CaseParams, block: int) -> dict[str, int]:
    """Return how many layers there are from the start of a block to the end, per framework."""
    blocks = range(block, len(network["channels"]))
    inner = sum(2 for number in blocks if number in network["deep"])
    return {"keras": 3 * len(blocks) + 1, "pytorch": 3 * len(blocks) + inner}


def judge(case: Case, facts: Facts) -> Finding:
    """Compare the flags with the cut, then look at the optimizer."""
    keras = facts["framework"] == "keras"
    count = case["layers"][facts["framework"]]
    listed = networks.arrays(observers.network(case, facts["framework"]))
    wanted = _after_cut(case, listed, count, keras)
    checked = f"what trains after phase_two(model, {count}, {case['rate']:g}) on a small network"
    if facts["trains"] != wanted:
        hint = _mistake(case, facts, listed, count)
        expected, found = summary(wanted, listed), summary(facts["trains"], listed)
        if expected == found:
            expected, found = f"{expected}, those at the end", f"{found}, but other ones"
        shown = [by_layer("second", listed, wanted, facts["trains"])]
        return wrong(facts, HINTS, checked, expected, found, hint, shown=shown)
    return _judge_optimizer(case, facts)


def _rows(params: networks.Params, keras: bool) -> list[list[int]]:
    """Return, layer by layer of the backbone, the places of its arrays."""
    rows: list[list[int]] = [[]] if keras else []
    at = 0
    for block in range(len(params["channels"])):
        rows += [[at], [at + 1, at + 2], []]
        at += 3
        if not keras and block in params["deep"]:
            rows += [[at], [at + 1, at + 2]]
            at += 3
    return rows + ([[]] if keras else [])


def _after_cut(
    case: Case, listed: Sequence[networks.Array], count: int, keras: bool, *, norms: bool = False
) -> list[bool]:
    rows = _rows(observers.network(case, "keras" if keras else "pytorch"), keras)
    count = min(max(count, 0), len(rows))
    late = {at for row in rows[len(rows) - count :] for at in row}
    return [
        array.part == "head" or (at in late and (norms or not array.norm))
        for at, array in enumerate(listed)
    ]


def _mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    keras, flags = facts["framework"] == "keras", list(facts["trains"])
    head = [array.part == "head" for array in listed]
    if not any(flags) and not facts.get("outer_flag", True):
        return "outer-flag"
    if not any_of(flags, head):
        return "head-frozen"
    convs = [flag for flag, array in zip(flags, listed, strict=True) if not array.norm]
    if all(convs):
        return "everything" if count else "minus-zero"

    def same_convs(other: Flags) -> bool:
        theirs = [flag for flag, array in zip(other, listed, strict=True) if not array.norm]
        return convs == theirs

    if same_convs(_after_cut(case, listed, count, keras)):
        return "batchnorm-trains"
    if any(same_convs(_after_cut(case, listed, count + by, keras)) for by in (-1, 1)):
        return "off-by-one"
    rows = _rows(observers.network(case, facts["framework"]), keras)
    early = {at for row in rows[:count] for at in row}
    first = [h or at in early for at, h in enumerate(head)]
    return "first-instead" if same_convs(first) else "flags-before"


def _judge_optimizer(case: Case, facts: Facts) -> Finding:
    checked = "the optimizer of the second phase"
    if not facts.get("new", True):
        expected, found = "a new optimizer", "the one of the first phase"
        return wrong(facts, HINTS, checked, expected, found, "not-compiled", share=0.5)
    if not np.allclose(facts["rates"], case["rate"], rtol=1e-4, atol=0):
        found = ", ".join(f"{rate:g}" for rate in facts["rates"])
        return wrong(
            facts, HINTS, checked, f"learning rate {case['rate']:g}", found, "wrong-rate", share=0.5
        )
    if facts["framework"] == "keras":
        return Finding.right(checked)
    wanted = [place for place, trains in enumerate(facts["trains"]) if trains]
    if facts["held"] == wanted and not facts["strangers"]:
        return Finding.right(checked)
    frozen = len(set(facts["held"]) - set(wanted))
    expected = f"the {len(wanted)} tensors that train, each once"
    found = f"{len(facts['held'])} tensors, {frozen} of them frozen"
    hint = "holds-frozen" if frozen else "lacks-some"
    return wrong(facts, HINTS, checked, expected, found, hint, share=0.5)


CHECK = Check(
    id="05-fine-tuning/phase-two",
    title="Set up the second phase",
    answers=("phase_two",),
    points=3,
    observe=observers.phase_two,
    judge=judge,
    cases=draw,
    parts={"the end": 2, "no backbone": 1},
    hints=texts(HINTS),
)
