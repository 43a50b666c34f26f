"""An optimizer with a rate for each depth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.lesson_06.shared import draw_network, is_near, listed_rates, rates_chart
from grader.checks.wording import Hint, same, texts, wrong
from grader.sandboxed.observers import lesson_06 as observers
from grader.sandboxed.toy_networks import networks

HINTS = {
    "forgot-return": same("The function returns nothing. End it with `return optimizer`."),
    "one-rate": Hint(
        keras="All variables took one rate: that of the default. A pattern must match the whole "
        "`variable.path`, and the path does not begin with the backbone's name.",
        pytorch="All parameters took one rate. Each group is a dict with its own `lr`.",
    ),
    "reversed": same(
        "It is the wrong way round: the block next to the input moves furthest. The head gets "
        "the full rate."
    ),
    "off-by-one": same(
        "Each block is one step of decay off. The head has `rate`, the last block of the backbone "
        "`rate × decay`."
    ),
    "prefix": Hint(
        keras="Blocks 10 and 11 take the rate of block 1: `block1` is the beginning of `block10`. "
        "Put the `_` behind the number.",
        pytorch="Blocks 10 and 11 take the rate of block 1: `features.1` is the beginning of "
        "`features.10`. Put the dot behind the number.",
    ),
    "forgot-some": Hint(
        keras="Some variables that train do not move. Give each of them an optimizer.",
        pytorch="Some parameters that train are in no group, and no optimizer moves them. Count "
        "them: the head, biases and BatchNorm too.",
    ),
    "not-adam": Hint(
        keras="The step follows the size of the gradient, so it is not Adam's. Use "
        "keras.optimizers.Adam for each stage.",
        pytorch="The step follows the size of the gradient, so it is not Adam's. Use "
        "torch.optim.Adam.",
    ),
    "scaled-gradients": same("Only rates should differ; weights and flags stay as they were."),
    "two-patterns": Hint(
        keras="Two patterns fit one path, so Keras refuses to choose. Put the `_` behind the "
        "number, or use each variable's whole path as the key.",
    ),
}


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw an open network, one with its beginning frozen, and one with twelve blocks."""
    open_, partly = (
        draw_network(rng, blocks=int(rng.integers(3, 6)), hidden=True) for _ in range(2)
    )
    partly = {**partly, "start": list(range(int(rng.integers(1, len(partly["channels"]) - 1))))}
    deep = {**draw_network(rng, blocks=12, hidden=False), "part": "twelve blocks"}
    few = [{**each, "part": "a few blocks"} for each in (open_, partly)]
    return [*few, deep]


def judge(case: Case, facts: Facts) -> Finding:
    """Compare how far each array moved with the rate of its depth."""
    listed, flags = networks.arrays(case.params), networks.flags(case.params)
    blocks, rate, decay = len(case["channels"]), case["rate"], case["decay"]
    checked = f"one step of the optimizer, {blocks} blocks, rate {rate:g}, decay {decay:g}"
    if facts["flags_changed"] or facts["weights_changed"]:
        expected, found = "weights and flags as they were", "others after your function"
        return wrong(facts, HINTS, checked, expected, found, "scaled-gradients")
    moves = np.asarray(facts["moves"], float)
    trains = np.asarray(flags)
    wanted = np.where(trains, _powers(listed, blocks, rate, decay), 0)
    if is_near(moves, wanted):
        return Finding.right(checked)
    hint = _mistake(listed, moves, wanted, trains, case)
    should, does = (_by_block(listed, each, trains) for each in (wanted, moves))
    expected, found = (
        f"steps of {listed_rates(should)} from input to head",
        f"steps of {listed_rates(does)}",
    )
    names = [*(f"{block}" for block in range(blocks - len(should) + 1, blocks)), "head"]
    caption = "How far one step moves each block"
    seen = not is_near(does, should)  # of the first array of each block
    shown = [rates_chart(caption, "block, from input to head", names, should, does)] * seen
    return wrong(facts, HINTS, checked, expected, found, hint, shown)


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


def _mistake(
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
    if is_near(moves, observers.GRADIENT * wanted):
        return "not-adam"
    if np.allclose(moves[trains], moves[trains][0], rtol=1e-3):
        return "one-rate"
    from_input = rate * decay ** (np.where(head, blocks, number).astype(float))
    swapped = np.where(head, rate, rate * decay ** (number + 1.0))
    if any(is_near(moves[trains], each[trains]) for each in (from_input, swapped)):
        return "reversed"
    no_step = np.where(head, rate, wanted / decay)
    if any(is_near(moves[trains], each[trains]) for each in (wanted * decay, no_step)):
        return "off-by-one"
    low = number < 10
    return "prefix" if blocks > 10 and is_near(moves[low], wanted[low]) else ""


def _again(case: Case, facts: Facts) -> str:
    one_way = all(np.ptp(array) <= 1e-3 * abs(array.mean()) for array in facts["after"])
    moves = [-float(array.mean()) for array in facts["after"]]
    same = one_way and is_near(facts["moves"], moves)
    return "" if same else "how far one step moves the weights"


CHECK = Check(
    id="06-layerwise-learning-rates/layerwise-optimizer",
    title="An optimizer with a rate for each depth",
    answers=("layerwise_optimizer",),
    points=4,
    observe=observers.layerwise_optimizer,
    judge=judge,
    cases=draw,
    parts={"a few blocks": 3, "twelve blocks": 1},
    hints=texts(HINTS),
    recompute=_again,
)
