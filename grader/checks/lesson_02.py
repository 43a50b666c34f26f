"""Lesson 02, freezing: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks import layers as tables
from grader.checks import recomputed
from grader.checks.evidence import Table, compared
from grader.checks.lesson_02_hints import COUNT, FREEZE, LAST, PHASE, STILL
from grader.checks.model import CaseParams, Check, Facts, Finding
from grader.checks.wording import texts, wrong
from grader.sandboxed.observers import lesson_02 as observers
from grader.sandboxed.observers.model import Case
from grader.sandboxed.toy_networks import networks

Flags = Sequence[bool]


def _network(
    rng: np.random.Generator, *, blocks: int = 0, deep: bool = True, hidden: bool | None = None
) -> CaseParams:
    """Draw a small network; a seed's own widths make a memorized number useless."""
    count = blocks or int(rng.integers(2, 4))
    with_hidden = bool(rng.integers(2)) if hidden is None else hidden
    return {
        "channels": [int(width) for width in rng.integers(2, 9, count)],
        "deep": [int(rng.integers(count))] if deep else [],
        "hidden": int(rng.integers(4, 9)) if with_hidden else 0,
        "classes": int(rng.integers(3, 7)),
        "start": "open",
    }


def _some_blocks(rng: np.random.Generator, network: CaseParams) -> list[int]:
    """Draw which blocks are frozen: at least one, and never all."""
    count = len(network["channels"])
    chosen = rng.choice(count, int(rng.integers(1, count)), replace=False)
    return sorted(int(block) for block in chosen)


def _where(
    listed: Sequence[networks.Array], wanted: Callable[[networks.Array], bool]
) -> list[bool]:
    return [wanted(array) for array in listed]


def _summary(flags: Flags, listed: Sequence[networks.Array]) -> str:
    """Say how many arrays of each part the flags name."""
    parts = []
    for part in ("backbone", "head"):
        mine = [flag for flag, array in zip(flags, listed, strict=True) if array.part == part]
        parts.append(f"{sum(mine)} of {len(mine)} arrays of the {part}")
    return ", ".join(parts)


def _by_layer(listed: Sequence[networks.Array], wanted: Flags, found: Flags) -> list[Table]:
    caption = "What trains, layer by layer, in the small network that was looked at"
    return [tables.by_layer(caption, listed, wanted, found)]


# --- 1 count what trains ----------------------------------------------------------------------


def draw_count(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with a part, nothing and all of them frozen."""
    partly = [_network(rng, hidden=True) for _ in range(2)]
    cases = [{**each, "start": _some_blocks(rng, each), "part": "partly frozen"} for each in partly]
    cases += [{**_network(rng), "start": start, "part": "whole"} for start in ("open", "frozen")]
    return [{**case, "tied": place == 1} for place, case in enumerate(cases)]


def judge_count(case: Case, facts: Facts) -> Finding:
    """Compare the count with the arithmetic of the network."""
    frozen = {"open": "nothing", "frozen": "everything"}.get(str(case["start"]), "a part")
    twice = " and one layer used twice" if case["tied"] else ""
    checked = f"the count for a small network with {frozen} frozen{twice}"
    listed, flags = networks.arrays(case.params), networks.flags(case.params)
    expected = networks.total(listed, flags)
    found = facts["counted"]
    if found == expected:
        return Finding.right(checked)
    hint = _count_mistakes(case.params).get(found, "")
    shown = [tables.sizes("What there was to count", listed, flags)]
    return wrong(facts, COUNT, checked, f"{expected:,}", f"{found:,}", hint, shown)


def _count_mistakes(params: networks.Params) -> dict[int, str]:
    """Return what each usual mistake would count; the more telling ones last, so that they win."""
    listed, flags = networks.arrays(params), networks.flags(params)
    everything = networks.total(listed, [True] * len(listed))
    training = networks.total(listed, flags)
    last = sum(array.size for array in listed[-2:])
    blocks = {array.block for array, trains in zip(listed, flags, strict=True) if trains}
    averages = {norm: 2 * norm.width for norm in networks.norms(params)}
    of_training = sum(size for norm, size in averages.items() if norm.block in blocks)
    return {
        training + last: "counts-twice",
        training + sum(averages.values()): "counts-statistics",
        training + of_training: "counts-statistics",
        everything - training: "counts-frozen",
        sum(flags): "counts-arrays",
        everything + sum(averages.values()): "counts-all",
        everything + last: "counts-all",
        everything: "counts-all",
    }


COUNT_TRAINABLE = Check(
    id="02-freezing/count-trainable",
    title="Count what trains",
    answers=("count_trainable",),
    points=2,
    observe=observers.count_trainable,
    judge=judge_count,
    cases=draw_count,
    parts={"partly frozen": 1, "whole": 1},
    hints=texts(COUNT),
)

# --- 2 freeze the backbone --------------------------------------------------------------------


def draw_freeze(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks that begin open, frozen, and half frozen."""
    mixed = _network(rng)
    return [
        {**_network(rng, hidden=True), "part": "from open"},
        {**_network(rng), "start": "frozen", "part": "whatever the flags were"},
        {**mixed, "start": [-1, *_some_blocks(rng, mixed)], "part": "whatever the flags were"},
    ]


def judge_freeze(case: Case, facts: Facts) -> Finding:
    """Ask for a backbone that trains nothing and moves nothing, and a head that trains."""
    listed = networks.arrays(case.params)
    head = _where(listed, lambda array: array.part == "head")
    if facts["trains"] != head:
        checked = "what trains after freeze_backbone(model)"
        expected = "0 arrays of the backbone, all of the head"
        hint = _freeze_mistake(case, facts, head)
        found = _summary(facts["trains"], listed)
        shown = _by_layer(listed, head, facts["trains"])
        return wrong(facts, FREEZE, checked, expected, found, hint, shown)
    return _judge_step(case, facts, head)


def _freeze_mistake(case: Case, facts: Facts, head: Flags) -> str:
    flags, backbone = facts["trains"], [not inside for inside in head]
    if flags == networks.flags(case.params) and tables.any_of(flags, backbone):
        if facts["odd_attributes"]:
            return "attribute-only"
        return "only-eval" if facts["eval_mode"] else ""
    if flags == backbone:
        return "froze-head"
    if not any(flags) and not facts["outer_flag"]:
        return "outer-flag"
    if not any(flags) and case["start"] == "open":
        return "froze-all"
    return "left-some" if tables.any_of(flags, backbone) else "flags-before"


_MOVED = "What one training step moved, layer by layer"


def _judge_step(case: Case, facts: Facts, head: Flags) -> Finding:
    checked = "what one training step moves after freeze_backbone(model)"
    backbone = [not inside for inside in head]
    if tables.any_of(facts["moved"], backbone) or not tables.any_of(facts["moved"], head):
        listed = networks.arrays(case.params)
        found = _summary(facts["moved"], listed)
        moved = tables.by_layer(_MOVED, listed, head, facts["moved"], ("moves", "stands still"))
        expected = "only arrays of the head"
        return wrong(facts, FREEZE, checked, expected, found, "left-some", [moved])
    layers = networks.norms(case.params)
    drifted = sum(d for d, n in zip(facts["drifted"], layers, strict=True) if n.part == "backbone")
    if drifted and facts["framework"] == "keras":  # in PyTorch that is exercise 3
        found = f"statistics of {drifted} BatchNorm layers of the backbone"
        shown = [_still_or_not(layers, [n.part == "backbone" for n in layers], facts["drifted"])]
        expected = "nothing of the backbone"
        return wrong(facts, FREEZE, checked, expected, found, "variables-only", shown)
    return Finding.right(checked)


def _still_or_not(layers: Sequence[networks.Norm], still: Flags, drifted: Flags) -> Table:
    """Return a table of the BatchNorm layers: which should be still, and which moved."""
    says = {True: "still", False: "averages"}
    rows = [
        (
            "head" if norm.part == "head" else f"block {norm.block}" + ", inner" * norm.deep,
            says[held],
            says[not moved],
        )
        for norm, held, moved in zip(layers, still, drifted, strict=True)
    ]
    return compared("Mean and variance of each BatchNorm layer", "BatchNorm of", rows)


def _step_again(case: Case, facts: Facts) -> str:
    return recomputed.steps(case.params, facts, facts["trains"], networks.RATE)


FREEZE_BACKBONE = Check(
    id="02-freezing/freeze-backbone",
    title="Freeze the backbone, not the head",
    answers=("freeze_backbone",),
    points=3,
    observe=observers.freeze_backbone,
    judge=judge_freeze,
    cases=draw_freeze,
    parts={"from open": 2, "whatever the flags were": 1},
    hints=texts(FREEZE),
    recompute=_step_again,
)

# --- 3 BatchNorm held still -------------------------------------------------------------------


def draw_still(rng: np.random.Generator) -> list[CaseParams]:
    """Draw networks with BatchNorm at two depths and in the head, frozen in different parts."""
    frozen = _network(rng, hidden=True)
    mixed = _network(rng, hidden=True)
    every_block = list(range(len(frozen["channels"])))
    return [
        {**frozen, "start": every_block, "part": "backbone frozen"},
        {**mixed, "start": _some_blocks(rng, mixed), "part": "other flags"},
        {**_network(rng, hidden=True), "start": "frozen", "part": "other flags"},
    ]


def judge_still(case: Case, facts: Facts) -> Finding:
    """Ask which BatchNorm layers averaged, and that all else trains as it should."""
    judge = _judge_still_keras if facts["framework"] == "keras" else _judge_still_torch
    return judge(case, facts)


def _judge_still_torch(case: Case, facts: Facts) -> Finding:
    layers = networks.norms(case.params)
    start = case["start"]
    still = [start == "frozen" or norm.block in start for norm in layers]
    checked = "two epochs that begin with keep_batchnorm_still(model)"
    if facts["trains"] != networks.flags(case.params):
        expected, found = "flags as they were", "other parameters train than before"
        return wrong(facts, STILL, checked, expected, found, "changed-flags")
    if not (facts["mode"] and facts["dropout"]):
        found = "the model, or its dropout, in inference mode"
        return wrong(facts, STILL, checked, "training mode, dropout included", found, "eval-all")
    return _judge_drift(facts, checked, layers, still)


def _judge_drift(
    facts: Facts, checked: str, layers: Sequence[networks.Norm], still: Flags
) -> Finding:
    drifted = facts["drifted"]
    if drifted == [not held for held in still]:
        return Finding.right(checked)
    wrongly = [norm for norm, d, held in zip(layers, drifted, still, strict=True) if d and held]
    expected = f"{sum(still)} of {len(still)} BatchNorm layers still, the others averaging"
    found = f"{sum(not moved for moved in drifted)} still"
    if wrongly:
        found = f"{len(wrongly)} of the {sum(still)} that should be still moved their statistics"
    hint = _drift_mistake(layers, wrongly, still)
    shown = [_still_or_not(layers, still, drifted)]
    return wrong(facts, STILL, checked, expected, found, hint, shown)


def _drift_mistake(
    layers: Sequence[networks.Norm], wrongly: Sequence[networks.Norm], still: Flags
) -> str:
    if not wrongly:
        return "holds-all"
    if len(wrongly) == sum(still):
        return "statistics-drift"
    if all(norm.part == "head" for norm in wrongly):
        return "only-2d"
    return "not-deep" if all(norm.deep for norm in wrongly) else ""


def _judge_still_keras(case: Case, facts: Facts) -> Finding:
    listed, layers = networks.arrays(case.params), networks.norms(case.params)
    wanted = _where(listed, lambda array: array.part == "head" or not array.norm)
    weights = _where(listed, lambda array: not array.norm)
    still = [norm.part == "backbone" for norm in layers]
    checked = "one fit after keep_batchnorm_still(model)"
    flags = facts["trains"]
    if not tables.any_of(flags, weights):
        found = "nothing trains"
        return wrong(facts, STILL, checked, _summary(wanted, listed), found, "nothing-trains")
    shown = _by_layer(listed, wanted, flags)
    if not all(flag for flag, mine in zip(flags, weights, strict=True) if mine):
        found, expected = _summary(flags, listed), _summary(wanted, listed)
        return wrong(facts, STILL, checked, expected, found, "flags-before", shown)
    judged = _judge_drift(facts, checked, layers, still)
    if judged.passed and flags != wanted:
        found = "γ and β of BatchNorm layers that should be still train"
        expected = _summary(wanted, listed)
        return wrong(facts, STILL, checked, expected, found, "statistics-drift", shown)
    return judged


STILL_BATCHNORM = Check(
    id="02-freezing/still-batchnorm",
    title="Keep BatchNorm still",
    answers=("keep_batchnorm_still",),
    points=3,
    observe=observers.still_batchnorm,
    judge=judge_still,
    cases=draw_still,
    parts={"backbone frozen": 2, "other flags": 1},
    hints=texts(STILL),
    recompute=_step_again,
)

# --- 4 unfreeze the end -----------------------------------------------------------------------


def draw_last(rng: np.random.Generator) -> list[CaseParams]:
    """Draw how much to unfreeze: some, none, all; for PyTorch in blocks, for Keras in layers."""
    least = (4, 3, 2, 2)
    network = [
        _network(rng, blocks=int(rng.integers(blocks, blocks + 2)), hidden=place < 2)
        for place, blocks in enumerate(least)
    ]
    mixed = [-1, *_some_blocks(rng, network[1])]
    depth = [len(each["channels"]) for each in network]
    counts = [int(rng.integers(2, depth[0] - 1)), int(rng.integers(1, depth[1] - 1)), 0, depth[3]]
    # layers from the end are pool, then relu, norm, conv of each block: a cut just before and
    # just after a conv tells an answer that is one off
    layers = [4 + 3 * (counts[0] - 1), 3 + 3 * counts[1], 0, 3 * depth[3] + 2]
    starts = ["open", mixed, "frozen", "frozen"]
    parts = ["some", "some", "none or all", "none or all"]
    return [
        {**each, "count": count, "layers": layer, "start": start, "part": part}
        for each, count, layer, start, part in zip(
            network, counts, layers, starts, parts, strict=True
        )
    ]


def judge_last(case: Case, facts: Facts) -> Finding:
    """Compare every flag with where the cut should be."""
    keras = facts["framework"] == "keras"
    count = case["layers"] if keras else case["count"]
    listed = networks.arrays(observers.cut_network(case.params, facts["framework"]))
    wanted = _cut(case, listed, count, keras)
    checked = f"what trains after unfreeze_last(model, {count}) on a small network"
    if facts["trains"] == wanted:
        return Finding.right(checked)
    hint = _last_mistake(case, facts, listed, count)
    expected, found = _summary(wanted, listed), _summary(facts["trains"], listed)
    if expected == found:
        expected, found = f"{expected}, those at the end", f"{found}, but other ones"
    shown = _by_layer(listed, wanted, facts["trains"])
    return wrong(facts, LAST, checked, expected, found, hint, shown)


def _cut(case: Case, listed: Sequence[networks.Array], count: int, keras: bool) -> list[bool]:
    """Return the flags after a cut ``count`` blocks (Keras: layers) from the end."""
    blocks = len(case["channels"])
    # a Keras backbone has an input, three layers a block and a pool: 3 * blocks + 2
    first = (3 * blocks + 1 - count) / 3 if keras else blocks - count
    return _where(listed, lambda a: a.part == "head" or (a.block >= first and not a.norm))


def _last_mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    keras, flags = facts["framework"] == "keras", facts["trains"]
    wanted = _cut(case, listed, count, keras)
    head = _where(listed, lambda a: a.part == "head")
    backbone = [not inside for inside in head]
    no_norm = _where(listed, lambda a: not a.norm)
    if not facts.get("outer_flag", True) and not any(flags):
        return "outer-flag"
    if not tables.any_of(flags, head):
        return "head-frozen"
    if count == 0 and all(f for f, b, n in zip(flags, backbone, no_norm, strict=True) if b and n):
        return "minus-zero"
    if [f or h for f, h in zip(flags, head, strict=True)] == wanted:
        return "head-batchnorm" if case["hidden"] else "head-frozen"
    if _masked(flags, no_norm) == _masked(wanted, no_norm):
        return "batchnorm-trains"
    if _masked(flags, no_norm) == _masked(_first(case, listed, count, keras), no_norm):
        return "first-instead"
    near = [_masked(_cut(case, listed, count + by, keras), no_norm) for by in (-1, 1)]
    return "off-by-one" if _masked(flags, no_norm) in near else "flags-before"


def _masked(flags: Flags, mask: Flags) -> list[bool]:
    return [flag and wanted for flag, wanted in zip(flags, mask, strict=True)]


def _first(case: Case, listed: Sequence[networks.Array], count: int, keras: bool) -> list[bool]:
    first = (count - 1) / 3 if keras else count
    return _where(listed, lambda a: a.part == "head" or a.block < first)


UNFREEZE_LAST = Check(
    id="02-freezing/unfreeze-last",
    title="Unfreeze the end, BatchNorm excepted",
    answers=("unfreeze_last",),
    points=3,
    observe=observers.unfreeze_last,
    judge=judge_last,
    cases=draw_last,
    parts={"some": 2, "none or all": 1},
    hints=texts(LAST),
)

# --- 5 the next phase -------------------------------------------------------------------------


def draw_phase(rng: np.random.Generator) -> list[CaseParams]:
    """Draw a phase that unfreezes, one that freezes, and the rate of a third."""
    network = [_network(rng, blocks=2, deep=False) for _ in range(3)]
    backbone = [list(range(len(each["channels"]))) for each in network]
    firsts = [backbone[0], "open", backbone[2]]
    starts = [_some_blocks(rng, network[0]), backbone[1], "open"]
    parts = ["what moves", "what moves", "rate and kind"]
    rates = [float(f"{10 ** rng.uniform(-5, -2):.1e}") for _ in network]
    return [
        {**each, "first": first, "start": start, "rate": rate, "part": part}
        for each, first, start, rate, part in zip(
            network, firsts, starts, rates, parts, strict=True
        )
    ]


def judge_phase(case: Case, facts: Facts) -> Finding:
    """Ask for an optimizer of the right kind that trains exactly what the flags say."""
    checked = "the next phase, after the flags have changed"
    if facts["trains"] != networks.flags(case.params):
        expected, found = "flags as they were", "other flags after your function"
        return wrong(facts, PHASE, checked, expected, found, "changed-flags")
    if facts["weights_changed"]:
        expected, found = "weights as they were", "other weights after your function"
        return wrong(facts, PHASE, checked, expected, found, "changed-weights")
    if case.part == "rate and kind":
        return _judge_kind(case, facts)
    judge = _judge_moves_keras if facts["framework"] == "keras" else _judge_held
    return judge(case, facts, checked)


def _judge_kind(case: Case, facts: Facts) -> Finding:
    checked = "kind and learning rate of the optimizer"
    rates = facts.get("rates") or [facts["rate"]]
    if not facts["adam"]:
        return wrong(facts, PHASE, checked, "Adam", facts["kind"], "not-adam")
    if not np.allclose(rates, case["rate"], rtol=1e-4, atol=0):
        found = ", ".join(f"{rate:g}" for rate in rates)
        return wrong(facts, PHASE, checked, f"{case['rate']:g}", found, "wrong-rate")
    if facts["framework"] == "keras":
        return _judge_loss(facts)
    return Finding.right(checked)


def _judge_loss(facts: Facts) -> Finding:
    checked = "the loss that the model was compiled with"
    logits = np.asarray(facts["logits"], float)
    logits = logits - logits.max(axis=1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    wanted = -chances[np.arange(len(logits)), np.asarray(facts["classes"])].mean()
    if np.isclose(facts["loss"], wanted, rtol=1e-3):
        return Finding.right(checked)
    found = f"{facts['loss']:.4f}"
    return wrong(facts, PHASE, checked, f"{wanted:.4f} on a batch", found, "wrong-loss")


_HELD = "What the optimizer holds, layer by layer"


def _judge_held(case: Case, facts: Facts, checked: str) -> Finding:
    flags, held = facts["trains"], set(facts["held"])
    wanted = {place for place, trains in enumerate(flags) if trains}
    expected = f"an optimizer that holds the {len(wanted)} tensors that train"
    if held == wanted and not facts["strangers"] and len(facts["held"]) == len(held):
        return Finding.right(checked)
    if facts["strangers"]:
        found = f"{facts['strangers']} tensors that do not belong to the model"
        return wrong(facts, PHASE, checked, expected, found, "changed-weights")
    holds = [place in held for place in range(len(flags))]
    shown = [
        tables.by_layer(_HELD, networks.arrays(case.params), flags, holds, ("held", "left out"))
    ]
    if held - wanted:
        found = f"{len(held & wanted)} of them, and {len(held - wanted)} frozen ones"
        return wrong(facts, PHASE, checked, expected, found, "holds-frozen", shown)
    found = f"{len(held)} of them"
    return wrong(facts, PHASE, checked, expected, found, "lacks-some", shown)


def _judge_moves_keras(case: Case, facts: Facts, checked: str) -> Finding:
    if not facts["compiled_anew"]:
        expected, found = "a model compiled anew", "the training step of the old phase"
        return wrong(facts, PHASE, checked, expected, found, "not-compiled")
    if not facts["new_optimizer"]:
        expected, found = "a new optimizer", "the one of the old phase"
        return wrong(facts, PHASE, checked, expected, found, "old-optimizer")
    listed, wanted = networks.arrays(case.params), networks.flags(case.params)
    moved = facts["moved"]
    stray = [m for m, trains in zip(moved, wanted, strict=True) if m and not trains]
    # a ReLU may starve an array of its gradient, so ask for one that moves in each block
    missing = _blocks(listed, wanted) - _blocks(listed, moved)
    if not stray and not missing:
        return Finding.right(checked)
    expected = f"a step that moves {_summary(wanted, listed)}"
    shown = [tables.by_layer(_MOVED, listed, wanted, moved, ("moves", "stands still"))]
    return wrong(facts, PHASE, checked, expected, _summary(moved, listed), "", shown)


def _blocks(listed: Sequence[networks.Array], flags: Flags) -> set[int]:
    return {array.block for array, flag in zip(listed, flags, strict=True) if flag}


def _phase_again(case: Case, facts: Facts) -> str:
    if facts["framework"] == "pytorch":  # flags, and what an optimizer holds: there is no array
        return ""
    if case.part == "what moves":
        return recomputed.steps(case.params, facts, facts["trains"])
    network = recomputed.Network(case.params, "keras", facts["weights"], facts["statistics"])
    logits = network.logits(networks.batch(case.params, case.seed)[0])
    return "" if recomputed.close(facts["logits"], logits) else "the logits on a batch"


NEXT_PHASE = Check(
    id="02-freezing/next-phase",
    title="Begin the next phase",
    answers=("start_phase",),
    points=3,
    observe=observers.next_phase,
    judge=judge_phase,
    cases=draw_phase,
    parts={"what moves": 2, "rate and kind": 1},
    hints=texts(PHASE),
    recompute=_phase_again,
)

CHECKS = (COUNT_TRAINABLE, FREEZE_BACKBONE, STILL_BATCHNORM, UNFREEZE_LAST, NEXT_PHASE)
