"""Lesson 05, fine-tuning: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks import layers as tables
from grader.checks import recomputed
from grader.checks.evidence import Table, compared
from grader.checks.lesson_02_hints import Hint
from grader.checks.lesson_05_hints import FOLLOW, FRONT, PHASE, RECIPE
from grader.checks.model import Check, Facts, Finding
from grader.sandboxed.observers import lesson_05 as observers
from grader.sandboxed.observers.model import Case
from grader.sandboxed.toy_networks import networks

CaseParams = dict[str, Any]
Flags = Sequence[bool]
NAMES = ("ash", "birch", "cedar", "elm", "fir", "larch", "maple", "oak", "pine", "willow")


def _wrong(
    facts: Facts,
    hints: Mapping[str, Hint],
    checked: str,
    expected: object,
    found: object,
    hint: str,
    share: float = 0.0,
    shown: Iterable[Table] = (),
) -> Finding:
    """Return a finding whose next step speaks of the student's own framework."""
    step = getattr(hints[hint], facts["framework"]) if hint else ""
    return Finding.wrong(
        checked, expected=expected, found=found, next_step=step, hint=hint, share=share, shown=shown
    )


def _by_layer(phase: str, listed: Sequence[networks.Array], wanted: Flags, found: Flags) -> Table:
    caption = f"What trains in the {phase} phase, layer by layer, on a small network"
    return tables.by_layer(caption, listed, wanted, found)


def _texts(hints: Mapping[str, Hint]) -> dict[str, str]:
    return {name: str(hint) for name, hint in hints.items()}


def _any(flags: Flags, among: Flags) -> bool:
    return any(flag for flag, mine in zip(flags, among, strict=True) if mine)


def _row(rng: np.random.Generator, blocks: int) -> CaseParams:
    """Draw a row of 1×1 convolutions; no two neighbors are of one width."""
    widths = rng.permutation(np.arange(4, 12))[:blocks]
    names = rng.permutation(NAMES)[: int(rng.integers(4, 7))]
    return {
        "channels": [int(width) for width in widths],
        "strides": [1] * blocks,
        "names": [str(name) for name in names],
        "training": True,
    }


# --- 1 the frozen front, computed once ----------------------------------------------------------


def draw_front(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network and a cut inside it, for a batch and for another cut."""
    row = _row(rng, 4)
    cuts = rng.permutation([2, 3])
    return [
        {**row, "strides": [1, 2, 1, 1], "count": int(rng.integers(4, 8)), "blocks": int(cut)}
        for cut in cuts
    ]


def judge_front(case: Case, facts: Facts) -> Finding:
    """Compare the features with what NumPy makes of the same weights."""
    checked = f"the output of the first {case['blocks']} blocks of a small network"
    right = _forward(case, case["blocks"])
    made = facts["made"]
    if facts["drifted"]:
        expected, found = "BatchNorm statistics as they were", "they moved"
        return _wrong(facts, FRONT, checked, expected, found, "training-mode")
    if _near(made, _shaped(right, facts)):
        if facts["graph"]:
            expected, found = "a tensor without a graph", "one that requires a gradient"
            return _wrong(facts, FRONT, checked, expected, found, "keeps-graph", share=0.5)
        return Finding.right(checked)
    hint, shape = _front_mistake(case, facts, made), _shaped(right, facts).shape
    expected, found = f"{shape}, in inference mode", f"{made.shape}"
    if made.shape == shape:
        found = f"{found}, with other values"
    return _wrong(facts, FRONT, checked, expected, found, hint)


def _front_mistake(case: Case, facts: Facts, made: np.ndarray) -> str:
    right, last = _forward(case, case["blocks"]), len(case["channels"])
    if _near(made, right.mean(axis=(1, 2))):
        return "pooled"
    whole = _forward(case, last)
    if _near(made, _shaped(whole, facts)) or _near(made, whole.mean(axis=(1, 2))):
        return "whole-backbone"
    near = [_forward(case, case["blocks"] + by) for by in (-1, 1)]
    if any(_near(made, _shaped(maps, facts)) for maps in near):
        return "off-by-one"
    batch = _forward(case, case["blocks"], batch_statistics=True)
    return "training-mode" if _near(made, _shaped(batch, facts)) else ""


def _forward(
    case: Case, blocks: int, *, count: int | None = None, batch_statistics: bool = False
) -> np.ndarray:
    """Return the maps ``(N, H, W, C)`` after ``blocks`` blocks, worked out with NumPy."""
    maps = observers.draw_pictures(case)[:count].astype(np.float64)
    drawn = zip(observers.draw_blocks(case), case["strides"], strict=True)
    for block, stride in list(drawn)[:blocks]:
        maps = maps[:, ::stride, ::stride] @ block["kernel"]
        mean, variance = block["mean"], block["variance"]
        if batch_statistics:
            mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
        maps = (maps - mean) / np.sqrt(variance + observers.EPSILON)
        maps = np.maximum(maps * block["scale"] + block["shift"], 0)
    return maps


def _shaped(maps: np.ndarray, facts: Facts) -> np.ndarray:
    return maps.transpose(0, 3, 1, 2) if facts["framework"] == "pytorch" else maps


def _near(made: np.ndarray, wanted: np.ndarray) -> bool:
    return made.shape == wanted.shape and bool(np.allclose(made, wanted, rtol=1e-3, atol=1e-3))


FRONT_FEATURES = Check(
    id="05-fine-tuning/front-features",
    title="Compute the frozen front once",
    answers=("front_features",),
    points=2,
    observe=observers.front_features,
    judge=judge_front,
    cases=draw_front,
    hints=_texts(FRONT),
)

# --- 2 the second phase -------------------------------------------------------------------------


def draw_phase(rng: np.random.Generator) -> list[CaseParams]:
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


def judge_phase(case: Case, facts: Facts) -> Finding:
    """Compare the flags with the cut, then look at the optimizer."""
    keras = facts["framework"] == "keras"
    count = case["layers"][facts["framework"]]
    listed = networks.arrays(observers.network(case, facts["framework"]))
    wanted = _after_cut(case, listed, count, keras)
    checked = f"what trains after phase_two(model, {count}, {case['rate']:g}) on a small network"
    if facts["trains"] != wanted:
        hint = _phase_mistake(case, facts, listed, count)
        expected, found = _summary(wanted, listed), _summary(facts["trains"], listed)
        if expected == found:
            expected, found = f"{expected}, those at the end", f"{found}, but other ones"
        shown = [_by_layer("second", listed, wanted, facts["trains"])]
        return _wrong(facts, PHASE, checked, expected, found, hint, shown=shown)
    return _judge_optimizer(case, facts)


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


def _phase_mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    keras, flags = facts["framework"] == "keras", list(facts["trains"])
    head = [array.part == "head" for array in listed]
    if not any(flags) and not facts.get("outer_flag", True):
        return "outer-flag"
    if not _any(flags, head):
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
        return _wrong(facts, PHASE, checked, expected, found, "not-compiled", share=0.5)
    if not np.allclose(facts["rates"], case["rate"], rtol=1e-4, atol=0):
        found = ", ".join(f"{rate:g}" for rate in facts["rates"])
        return _wrong(
            facts, PHASE, checked, f"learning rate {case['rate']:g}", found, "wrong-rate", share=0.5
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
    return _wrong(facts, PHASE, checked, expected, found, hint, share=0.5)


def _summary(flags: Flags, listed: Sequence[networks.Array]) -> str:
    """Say how many arrays of each part the flags name."""
    parts = []
    for part in ("backbone", "head"):
        mine = [flag for flag, array in zip(flags, listed, strict=True) if array.part == part]
        parts.append(f"{sum(mine)} of {len(mine)} arrays of the {part}")
    return ", ".join(parts)


PHASE_TWO = Check(
    id="05-fine-tuning/phase-two",
    title="Set up the second phase",
    answers=("phase_two",),
    points=3,
    observe=observers.phase_two,
    judge=judge_phase,
    cases=draw_phase,
    parts={"the end": 2, "no backbone": 1},
    hints=_texts(PHASE),
)

# --- 3 the whole recipe -------------------------------------------------------------------------


def draw_recipe(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a network, open or frozen, with the rates and epochs of both phases."""
    cases = []
    for start in ("open", "frozen"):
        rates = rng.uniform(1e-3, 9e-3), rng.uniform(1e-5, 9e-5)
        cases.append(
            {
                "channels": [int(width) for width in rng.integers(3, 7, 3)],
                "deep": [],
                "hidden": 0,
                "classes": int(rng.integers(3, 7)),
                "start": start,
                "rates": [float(f"{rate:.1e}") for rate in rates],
                "epochs": [int(epochs) for epochs in rng.permutation(np.arange(2, 9))[:2]],
            }
        )
    return cases


def judge_recipe(case: Case, facts: Facts) -> Finding:
    """Ask what each call of train was allowed to move, how fast and for how long."""
    calls = facts["calls"]
    if len(calls) != 2:
        checked, found = "how often two_phases calls train", f"{len(calls)} times"
        hint = "one-phase" if len(calls) < 2 else ""
        return _wrong(facts, RECIPE, checked, "twice, once per phase", found, hint)
    return (
        _judge_first(case, facts, calls[0])
        or _judge_second(case, facts, calls[1])
        or _judge_numbers(case, facts, calls)
        or Finding.right("both phases of the recipe")
    )


def _judge_first(case: Case, facts: Facts, call: Mapping[str, Any]) -> Finding | None:
    listed = networks.arrays(case.params)
    head = [array.part == "head" for array in listed]
    backbone = [not mine for mine in head]
    checked, expected = "what the first phase trains", _summary(head, listed)
    found = _summary(call["moved"], listed) + " moved"
    if _any(call["moved"], backbone) or _any(call["trains"], backbone) or any(call["drifted"]):
        found = _summary(call["trains"], listed)
        shown = [_by_layer("first", listed, head, call["trains"])]
        return _wrong(facts, RECIPE, checked, expected, found, "not-frozen", shown=shown)
    if not _any(call["moved"], head):
        return _wrong(facts, RECIPE, checked, expected, found, "head-frozen")
    return None


def _judge_second(case: Case, facts: Facts, call: Mapping[str, Any]) -> Finding | None:
    listed = networks.arrays(case.params)
    last = len(case["channels"]) - 1
    wanted = [a.part == "head" or (a.block == last and not a.norm) for a in listed]
    checked, expected = "what the second phase trains", _summary(wanted, listed)
    found = _summary(call["trains"], listed)
    if call["trains"] != wanted or any(call["drifted"]):
        hint = _recipe_mistake(listed, call["trains"], last)
        shown = [_by_layer("second", listed, wanted, call["trains"])]
        return _wrong(facts, RECIPE, checked, expected, found, hint, shown=shown)
    end = [a.block == last and not a.norm for a in listed]
    if not _any(call["moved"], end):
        found = f"{found}, but the end of the backbone did not move"
        return _wrong(facts, RECIPE, checked, expected, found, "not-told")
    return None


def _recipe_mistake(listed: Sequence[networks.Array], flags: Flags, last: int) -> str:
    if not _any(flags, [array.part == "head" for array in listed]):
        return "head-frozen"
    if not _any(flags, [array.block == last for array in listed]):
        return "still-frozen"
    if _any(flags, [0 <= array.block < last and not array.norm for array in listed]):
        return "too-much"
    return "batchnorm"


def _judge_numbers(case: Case, facts: Facts, calls: Sequence[Mapping[str, Any]]) -> Finding | None:
    rates = [rate for call in calls for rate in call["rates"]]
    expected = ", then ".join(f"{rate:g}" for rate in case["rates"])
    if len(rates) != 2 or not np.allclose(rates, case["rates"], rtol=1e-4, atol=0):
        found = ", then ".join(f"{rate:g}" for rate in rates)
        hint = ""
        if len(rates) == 2 and np.allclose(rates, case["rates"][::-1], rtol=1e-4, atol=0):
            hint = "rates-swapped"
        elif len(rates) == 2 and np.isclose(rates[0], rates[1]):
            hint = "same-rate"
        return _wrong(
            facts, RECIPE, "the learning rates of the phases", expected, found, hint, share=0.5
        )
    epochs = [call["epochs"] for call in calls]
    if epochs != list(case["epochs"]):
        expected, found = (", then ".join(map(str, each)) for each in (case["epochs"], epochs))
        checked = "the epochs of the phases"
        return _wrong(facts, RECIPE, checked, expected, found, "wrong-epochs", share=0.5)
    return None


def _recipe_again(case: Case, facts: Facts) -> str:
    framework = {"framework": facts["framework"]}
    found = (
        recomputed.steps(case.params, {**call, **framework}, call["trains"])
        for call in facts["calls"]
    )
    return next(filter(None, found), "")


TWO_PHASES = Check(
    id="05-fine-tuning/two-phases",
    title="Write the two-phase recipe",
    answers=("two_phases",),
    points=4,
    observe=observers.two_phases,
    judge=judge_recipe,
    cases=draw_recipe,
    hints=_texts(RECIPE),
    recompute=_recipe_again,
)

# --- 4 one prediction followed ------------------------------------------------------------------


def draw_follow(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with a stride somewhere; one decides the shapes, one the answer."""
    cases = []
    for part in ("shapes", "answer", "answer"):
        row = _row(rng, int(rng.integers(3, 5)))
        strides = [int(stride) for stride in rng.permutation([2, 2, 1, 1][: len(row["channels"])])]
        cases.append({**row, "strides": strides, "count": 1, "part": part})
    return cases


def judge_follow(case: Case, facts: Facts) -> Finding:
    """Judge the shapes stage by stage, or the name and its probability."""
    return (_judge_shapes if case.part == "shapes" else _judge_answer)(case, facts)


def _judge_shapes(case: Case, facts: Facts) -> Finding:
    checked = "the shape after each stage"
    stages = range(len(case["channels"]) + 1)
    made = [_shaped(_forward(case, count), facts).shape[1:] for count in stages]
    expected = [list(shape) for shape in made]
    found = facts["shapes"]
    if found == expected[1:]:
        return Finding.right(checked)
    hint = ""
    if found == expected[:-1]:
        hint = "inputs-not-outputs"
    elif len(found) != len(expected) - 1 or sorted(found) == sorted(expected[1:]):
        hint = "missing-stage"
    rows = [
        (f"stage {at}", tuple(shape), tuple(found[at - 1]) if at <= len(found) else "none")
        for at, shape in enumerate(expected[1:], 1)
    ]
    shown = [compared("Shapes, stage by stage", "After", rows)]
    return _wrong(facts, FOLLOW, checked, expected[1:], found or "none", hint, shown=shown)


def _judge_answer(case: Case, facts: Facts) -> Finding:
    checked, names = "the answer for one picture", case["names"]
    weights, bias = observers.draw_head(case)
    pooled = _forward(case, len(case["channels"])).mean(axis=(1, 2))[0]
    logits = pooled @ weights.astype(np.float64) + bias
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    best, given = int(logits.argmax()), facts["probability"]
    expected = f"{names[best]}, {chances[best]:.4f}"
    found = f"{facts['name']}, {given:.4f}"
    if facts["name"] == names[best] and np.isclose(given, chances[best], atol=1e-3):
        if facts["drifted"]:
            found = f"{found}, and BatchNorm statistics that moved"
            return _wrong(facts, FOLLOW, checked, expected, found, "training-mode")
        return Finding.right(checked)
    hint = _answer_mistake(case, facts, logits, chances)
    return _wrong(facts, FOLLOW, checked, expected, found, hint)


def _answer_mistake(case: Case, facts: Facts, logits: np.ndarray, chances: np.ndarray) -> str:
    given, best = facts["probability"], int(logits.argmax())
    if facts["drifted"]:
        return "training-mode"
    if facts["name"] not in case["names"]:
        return "not-a-name"
    if np.isclose(given, logits[best], atol=1e-3):
        return "logit"
    if np.isclose(given, 1 / (1 + np.exp(-logits[best])), atol=1e-3):
        return "sigmoid"
    if given == 1:
        return "wrong-axis"
    return "training-mode" if facts["name"] == case["names"][best] else "least-likely"


FOLLOW_ONE = Check(
    id="05-fine-tuning/follow",
    title="Follow one picture to its answer",
    answers=("follow",),
    points=3,
    observe=observers.follow,
    judge=judge_follow,
    cases=draw_follow,
    parts={"shapes": 1, "answer": 2},
    hints=_texts(FOLLOW),
)

CHECKS = (FRONT_FEATURES, PHASE_TWO, TWO_PHASES, FOLLOW_ONE)
