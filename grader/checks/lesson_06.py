"""Lesson 06, layer-wise learning rates: what is right, and what each usual mistake is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks import layers as tables
from grader.checks.evidence import Chart, Line, Shown
from grader.checks.lesson_02_hints import Hint
from grader.checks.lesson_06_hints import GRADUAL, OPTIMIZER, RATES, WARM
from grader.checks.model import Check, Facts, Finding
from grader.sandboxed.observers import lesson_06 as observers
from grader.sandboxed.observers.model import Case
from grader.sandboxed.toy_networks import networks

CaseParams = dict[str, Any]
Numbers = Sequence[float] | np.ndarray
NAMES = ("stem", "block_1", "block_2", "block_3", "block_4", "block_5", "block_6", "last_conv")


def _wrong(
    facts: Facts,
    hints: Mapping[str, Hint],
    checked: str,
    expected: object,
    found: object,
    hint: str,
    shown: Iterable[Shown] = (),
) -> Finding:
    """Return a finding whose next step speaks of the student's own framework."""
    step = getattr(hints[hint], facts["framework"]) if hint else ""
    return Finding.wrong(
        checked, expected=expected, found=found, next_step=step, hint=hint, shown=shown
    )


def _rates_chart(
    caption: str, across: str, labels: Sequence[str], wanted: Numbers, found: Numbers
) -> Chart:
    described = f"expected {_said(wanted)}; found {_said(found)}"
    lines = (Line("expected", tuple(wanted)), Line("found", tuple(found)))
    log = all(rate > 0 for rate in (*wanted, *found))
    caption += ", in powers of ten" * log
    return Chart(caption, described, across, lines, tuple(labels), log=log)


def _rate(rng: np.random.Generator) -> float:
    return float(f"{10 ** rng.uniform(-4, -2):.1e}")


def _decay(rng: np.random.Generator) -> float:
    return round(float(rng.uniform(0.45, 0.85)), 2)


def _same(found: Numbers, wanted: Numbers) -> bool:
    return len(found) == len(wanted) and bool(np.allclose(found, wanted, rtol=2e-3, atol=1e-12))


def _said(rates: Numbers) -> str:
    """Write rates as a learner reads them; of many, both ends."""
    texts = [f"{rate + 0.0:.2e}" for rate in rates]  # never -0
    return ", ".join(texts if len(texts) <= 4 else [*texts[:2], "…", *texts[-2:]])


# --- 1 rates by depth -------------------------------------------------------------------------


def draw_rates(rng: np.random.Generator) -> list[CaseParams]:
    """Draw lists of stages of several lengths, one of them a head alone."""
    counts = [int(rng.integers(3, 6)), int(rng.integers(6, 9)), 0]
    stages = [[*NAMES[:count], "head"] for count in counts]
    return [{"stages": each, "rate": _rate(rng), "decay": _decay(rng)} for each in stages]


def judge_rates(case: Case, facts: Facts) -> Finding:
    """Compare each stage's rate with the power it should be."""
    stages, rate, decay = list(case["stages"]), case["rate"], case["decay"]
    last = len(stages) - 1
    wanted = [rate * decay ** (last - at) for at in range(len(stages))]
    checked = f"the rates of {len(stages)} stages, rate {rate:g}, decay {decay:g}"
    if sorted(facts["names"]) != sorted(stages):
        found = f"{len(facts['names'])} stages: {', '.join(facts['names'][:3])} …"
        expected = f"one rate for each of {len(stages)} stages"
        return _wrong(facts, RATES, checked, expected, found, "")
    given = dict(zip(facts["names"], facts["rates"], strict=True))
    rates = [given[name] for name in stages]
    if not _same(rates, wanted):
        hint = _rate_mistake(rates, rate, decay)
        caption = "The rate of each stage"
        shown = [_rates_chart(caption, "from input to head", stages, wanted, rates)]
        return _wrong(facts, RATES, checked, _said(wanted), _said(rates), hint, shown)
    if facts["changed"]:
        expected, found = "the list of stages as it was", "another order or length"
        return _wrong(facts, RATES, checked, expected, found, "changed-list")
    return Finding.right(checked)


def _rate_mistake(rates: Numbers, rate: float, decay: float) -> str:
    count = len(rates)
    below = np.arange(count)[::-1]  # steps below the head
    usual = {
        "one-rate": np.full(count, rate),
        "reversed": rate * decay ** np.arange(count),
        "off-by-one": rate * decay ** (below + 1),
        "linear": rate * (1 - (1 - decay) * below),
    }
    product = np.where(below == 0, rate, rate * decay * below)
    if _same(rates, product):
        return "linear"
    return next((name for name, each in usual.items() if _same(rates, list(each))), "")


DEPTH_RATES = Check(
    id="06-layerwise-learning-rates/depth-rates",
    title="A rate for each depth",
    answers=("depth_rates",),
    points=2,
    observe=observers.depth_rates,
    judge=judge_rates,
    cases=draw_rates,
    hints={name: str(hint) for name, hint in RATES.items()},
)

# --- 2 the optimizer --------------------------------------------------------------------------


def _network(rng: np.random.Generator, *, blocks: int, hidden: bool) -> CaseParams:
    deep = int(rng.integers(blocks))
    return {
        "channels": [int(width) for width in rng.integers(2, 6, blocks)],
        "deep": [deep] if blocks < 10 else [],
        "hidden": int(rng.integers(4, 9)) if hidden else 0,
        "classes": int(rng.integers(3, 7)),
        "start": "open",
        "rate": _rate(rng),
        "decay": _decay(rng),
    }


def draw_optimizer(rng: np.random.Generator) -> list[CaseParams]:
    """Draw an open network, one with its beginning frozen, and one with twelve blocks."""
    open_, partly = (_network(rng, blocks=int(rng.integers(3, 6)), hidden=True) for _ in range(2))
    partly = {**partly, "start": list(range(int(rng.integers(1, len(partly["channels"]) - 1))))}
    deep = {**_network(rng, blocks=12, hidden=False), "part": "twelve blocks"}
    few = [{**each, "part": "a few blocks"} for each in (open_, partly)]
    return [*few, deep]


def judge_optimizer(case: Case, facts: Facts) -> Finding:
    """Compare how far each array moved with the rate of its depth."""
    listed, flags = networks.arrays(case.params), networks.flags(case.params)
    blocks, rate, decay = len(case["channels"]), case["rate"], case["decay"]
    checked = f"one step of the optimizer, {blocks} blocks, rate {rate:g}, decay {decay:g}"
    if facts["flags_changed"] or facts["weights_changed"]:
        expected, found = "weights and flags as they were", "others after your function"
        return _wrong(facts, OPTIMIZER, checked, expected, found, "scaled-gradients")
    moves = np.asarray(facts["moves"], float)
    trains = np.asarray(flags)
    wanted = np.where(trains, _powers(listed, blocks, rate, decay), 0)
    if _same(moves, wanted):
        return Finding.right(checked)
    hint = _optimizer_mistake(listed, moves, wanted, trains, case)
    should, does = (_by_block(listed, each, trains) for each in (wanted, moves))
    expected, found = f"steps of {_said(should)} from input to head", f"steps of {_said(does)}"
    names = [*(f"{block}" for block in range(blocks - len(should) + 1, blocks)), "head"]
    caption = "How far one step moves each block"
    seen = not _same(does, should)  # of the first array of each block
    shown = [_rates_chart(caption, "block, from input to head", names, should, does)] * seen
    return _wrong(facts, OPTIMIZER, checked, expected, found, hint, shown)


def _powers(listed: Sequence[networks.Array], blocks: int, rate: float, decay: float) -> np.ndarray:
    """Return the rate of each array: the head's block is -1, so it is the one after the last."""
    below = [0 if array.block < 0 else blocks - array.block for array in listed]
    return rate * decay ** np.asarray(below, float)


def _by_block(
    listed: Sequence[networks.Array], values: np.ndarray, trains: np.ndarray
) -> list[float]:
    """Return the value of the first training array of each block, the head last."""
    found: dict[int, float] = {}
    for array, value, mine in zip(listed, values, trains, strict=True):
        if mine:
            found.setdefault(array.block, float(value))
    return [found[block] for block in sorted(found, key=lambda b: (b < 0, b))]


def _optimizer_mistake(
    listed: Sequence[networks.Array],
    moves: np.ndarray,
    wanted: np.ndarray,
    trains: np.ndarray,
    case: Case,
) -> str:
    blocks, rate, decay = len(case["channels"]), case["rate"], case["decay"]
    head = np.array([array.block < 0 for array in listed])
    number = np.array([array.block for array in listed])
    if (moves[trains] == 0).any():
        return "forgot-some"
    if _same(moves, observers.GRADIENT * wanted):
        return "not-adam"
    if np.allclose(moves[trains], moves[trains][0], rtol=1e-3):
        return "one-rate"
    from_input = rate * decay ** (np.where(head, blocks, number).astype(float))
    swapped = np.where(head, rate, rate * decay ** (number + 1.0))
    if any(_same(moves[trains], each[trains]) for each in (from_input, swapped)):
        return "reversed"
    no_step = np.where(head, rate, wanted / decay)
    if any(_same(moves[trains], each[trains]) for each in (wanted * decay, no_step)):
        return "off-by-one"
    low = number < 10
    return "prefix" if blocks > 10 and _same(moves[low], wanted[low]) else ""


def _moves_again(case: Case, facts: Facts) -> str:
    one_way = all(np.ptp(array) <= 1e-3 * abs(array.mean()) for array in facts["after"])
    moves = [-float(array.mean()) for array in facts["after"]]
    same = one_way and _same(facts["moves"], moves)
    return "" if same else "how far one step moves the weights"


LAYERWISE_OPTIMIZER = Check(
    id="06-layerwise-learning-rates/layerwise-optimizer",
    title="An optimizer with a rate for each depth",
    answers=("layerwise_optimizer",),
    points=4,
    observe=observers.layerwise_optimizer,
    judge=judge_optimizer,
    cases=draw_optimizer,
    parts={"a few blocks": 3, "twelve blocks": 1},
    hints={name: str(hint) for name, hint in OPTIMIZER.items()},
    recompute=_moves_again,
)

# --- 3 warm-up --------------------------------------------------------------------------------


def draw_warm(rng: np.random.Generator) -> list[CaseParams]:
    """Draw groups of different rates, and calls during and after the warm-up."""
    cases = []
    for part in ("during", "after"):
        steps = int(rng.integers(4, 9))
        top, decay = _rate(rng), _decay(rng)
        rates = [float(f"{top * decay**at:.3e}") for at in range(int(rng.integers(3, 5)))]
        calls = [0, 1, 1, 2, steps - 1] if part == "during" else [0, steps - 1, steps, steps + 7]
        cases.append({"base_rates": rates[::-1], "steps": steps, "calls": calls, "part": part})
    return cases


def judge_warm(case: Case, facts: Facts) -> Finding:
    """Compare the rate of each group after each call with its share of the base rate."""
    base, steps = np.asarray(case["base_rates"], float), case["steps"]
    calls = np.asarray(case["calls"], float)[:, None]
    wanted = base * np.minimum(1, (calls + 1) / steps)
    rates = np.asarray(facts["rates"], float)
    checked = f"warm_up over {steps} steps, called for steps {_listed(case['calls'])}"
    if np.allclose(rates, wanted, rtol=1e-3, atol=0):
        return Finding.right(checked)
    at = int(np.argmax(~np.isclose(rates, wanted, rtol=1e-3, atol=0).all(axis=1)))
    expected = f"{_said(wanted[at])} at step {case['calls'][at]}"
    hint = _warm_mistake(rates, base, calls, steps)
    caption, labels = "The rate of the last group after each call", list(map(str, case["calls"]))
    shown = [_rates_chart(caption, "step", labels, wanted[:, -1], rates[:, -1])]
    return _wrong(facts, WARM, checked, expected, _said(rates[at]), hint, shown)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _warm_mistake(rates: np.ndarray, base: np.ndarray, calls: np.ndarray, steps: int) -> str:
    def like(wanted: np.ndarray) -> bool:
        return bool(np.allclose(rates, wanted, rtol=1e-3, atol=1e-12))

    share = np.minimum(1, (calls + 1) / steps)
    if like(np.broadcast_to(base, rates.shape)):
        return "no-change"
    if np.allclose(rates, rates[:, :1], rtol=1e-3):
        return "flattens"
    if like(base * np.cumprod(share, axis=0)):
        return "compounds"
    if like(base * np.minimum(1, calls / steps)) or like(base * calls / steps):
        return "starts-at-zero"
    return "keeps-growing" if like(base * (calls + 1) / steps) else ""


WARM_UP = Check(
    id="06-layerwise-learning-rates/warm-up",
    title="Warm up without losing the depths",
    answers=("warm_up",),
    points=3,
    observe=observers.warm_up,
    judge=judge_warm,
    cases=draw_warm,
    parts={"during": 2, "after": 1},
    hints={name: str(hint) for name, hint in WARM.items()},
)

# --- 4 gradual unfreezing ---------------------------------------------------------------------


def draw_gradual(rng: np.random.Generator) -> list[CaseParams]:
    """Draw epochs before the first block, in the midst, and past the last one."""
    cases = []
    for place in range(4):
        blocks, every = int(rng.integers(4, 7)), int(rng.integers(3, 5))
        opened = (0, int(rng.integers(1, blocks - 1)), 1, blocks + 1)[place]
        late = int(rng.integers(every)) if place else every - 1
        network = _network(rng, blocks=blocks, hidden=place < 2)
        start = ("frozen", list(range(1, blocks)), [-1, *range(1, blocks, 2)], "frozen")[place]
        part = "in order" if place < 2 else "whatever the flags were"
        epoch = {"epoch": opened * every + late, "every": every}
        cases.append({**network, "deep": [], "start": start, "part": part, **epoch})
    return cases


def judge_gradual(case: Case, facts: Facts) -> Finding:
    """Compare every flag with what should be open in that epoch."""
    listed = networks.arrays(case.params)
    count = case["epoch"] // case["every"]
    wanted = _opened(case, listed, count)
    checked = f"what trains in epoch {case['epoch']}, a block every {case['every']} epochs"
    if facts["trains"] == wanted:
        return Finding.right(checked)
    hint = _gradual_mistake(case, facts, listed, count)
    expected, found = _blocks(listed, wanted), _blocks(listed, facts["trains"])
    if hint == "head-norm":
        expected, found = f"{expected} with its BatchNorm", f"{found} without its BatchNorm"
    elif expected == found:
        expected, found = f"{expected}, without BatchNorm", f"{found}, but other arrays of them"
    caption = f"What trains in epoch {case['epoch']}, layer by layer"
    shown = [tables.by_layer(caption, listed, wanted, facts["trains"])]
    return _wrong(facts, GRADUAL, checked, expected, found, hint, shown)


def _opened(case: Case, listed: Sequence[networks.Array], count: int) -> list[bool]:
    first = len(case["channels"]) - count
    return [a.part == "head" or (a.block >= first and not a.norm) for a in listed]


def _blocks(listed: Sequence[networks.Array], flags: Sequence[bool]) -> str:
    """Say which blocks train."""
    on = sorted({array.block for array, flag in zip(listed, flags, strict=True) if flag})
    names = [f"block {number}" for number in on if number >= 0] + ["the head"] * (-1 in on)
    return ", ".join(names) or "nothing"


def _gradual_mistake(case: Case, facts: Facts, listed: Sequence[networks.Array], count: int) -> str:
    flags, blocks = facts["trains"], len(case["channels"])
    wanted = _opened(case, listed, count)

    def like(test: Callable[[networks.Array], bool]) -> bool:
        shown = [f for f, a in zip(flags, listed, strict=True) if not a.norm or a.part == "head"]
        should = [test(a) for a in listed if not a.norm or a.part == "head"]
        return shown == should

    def open_at_end(number: int) -> Callable[[networks.Array], bool]:
        return lambda a: a.part == "head" or a.block >= blocks - number

    if not any(flags) and not facts["outer_flag"]:
        return "outer-flag"
    if not any(f for f, a in zip(flags, listed, strict=True) if a.part == "head"):
        return "head-frozen"
    if all(
        f == w or (a.norm and a.part == "head")
        for a, f, w in zip(listed, flags, wanted, strict=True)
    ):
        return "head-norm"
    if like(open_at_end(count)) and flags != wanted:
        return "batchnorm-trains"
    if count == 0 and like(open_at_end(blocks)):
        return "minus-zero"
    if like(lambda a: a.part == "head" or a.block < count):
        return "first-instead"
    if like(open_at_end(case["epoch"])) or like(open_at_end(case["epoch"] + 1)):
        return "every-epoch"
    if any(like(open_at_end(count + by)) for by in (-1, 1)):
        return "off-by-one"
    if count > blocks and like(open_at_end(count - blocks)):
        return "past-the-end"
    return "flags-before"


UNFREEZE_FOR = Check(
    id="06-layerwise-learning-rates/gradual",
    title="Unfreeze block by block",
    answers=("unfreeze_for",),
    points=3,
    observe=observers.unfreeze_for,
    judge=judge_gradual,
    cases=draw_gradual,
    parts={"in order": 2, "whatever the flags were": 1},
    hints={name: str(hint) for name, hint in GRADUAL.items()},
)

CHECKS = (DEPTH_RATES, LAYERWISE_OPTIMIZER, WARM_UP, UNFREEZE_FOR)
