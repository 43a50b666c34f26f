"""Turn pictures into what the network expects."""

from __future__ import annotations

import numpy as np

from grader.checks import Case, CaseParams, Check, Facts, Finding
from grader.checks.evidence import Table, compared
from grader.sandboxed.observers import lesson_01 as observers


def draw(rng: np.random.Generator) -> list[CaseParams]:
    """Draw the size of a batch; the same batch decides both parts."""
    sides = rng.permutation([5, 6, 7, 8])
    size: CaseParams = {"count": int(rng.integers(2, 5)), "height": int(sides[0])}
    size |= {"width": int(sides[1]), "seed": int(rng.integers(2**31))}
    return [{**size, "part": "values"}, {**size, "part": "layout"}]


def judge(case: Case, facts: Facts) -> Finding:
    """Judge the range of the numbers, or the order of the axes and the type."""
    images = observers.draw_images(case)
    if facts["pictures_changed"]:
        checked, hint = "the pictures you were given", "changes-the-pictures"
        expected, found = "pictures that are as they were", "your function wrote into them"
        return Finding.wrong(checked, expected=expected, found=found, hint=hint)
    return (_judge_values if case.part == "values" else _judge_layout)(images, facts)


def _judge_values(images: np.ndarray, facts: Facts) -> Finding:
    checked = "the range of the numbers"
    values = np.sort(facts["values"].ravel())
    scales = {
        "": images / 127.5 - 1,
        "not-scaled": images / 1.0,
        "zero-to-one": images / 255,
        "standardized": (images / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
        "integers": np.trunc(images / 127.5 - 1),
    }
    for hint, scaled in scales.items():
        same_count = values.size == scaled.size
        if same_count and np.allclose(values, np.sort(scaled.ravel()), atol=1e-5):
            found = f"{values[0]:.4g} to {values[-1]:.4g}"
            if hint == "integers":
                found = "nothing but -1, 0 and 1"
            if not hint:
                return Finding.right(checked)
            shown = [_pixels_table(images, scaled)]
            return Finding.wrong(checked, expected="-1 to 1", found=found, hint=hint, shown=shown)
    if values.size != images.size:
        found = f"{values.size} numbers"
        return Finding.wrong(checked, expected=f"{images.size} numbers, one per entry", found=found)
    found = f"{values[0]:.4g} to {values[-1]:.4g}"
    return Finding.wrong(checked, expected="-1 to 1, evenly", found=found, hint="other-range")


def _pixels_table(images: np.ndarray, scaled: np.ndarray) -> Table:
    """Return what becomes of a dark, a middling and a bright pixel."""
    order = np.argsort(images, axis=None)
    rows = []
    for place in (order[0], order[len(order) // 2], order[-1]):
        pixel, found = images.flat[place], scaled.flat[place]
        rows.append((f"{pixel}", f"{pixel / 127.5 - 1:.4g}", f"{found:.4g}"))
    return compared("Three pixels of the batch", "Pixel", rows)


def _judge_layout(images: np.ndarray, facts: Facts) -> Finding:
    checked = "shape, order of the axes and type"
    torch = facts["framework"] == "pytorch"
    wanted = images.transpose(0, 3, 1, 2) if torch else images
    values, shape = facts["values"], wanted.shape
    expected: object
    if values.shape != shape:
        expected, found, hint = shape, values.shape, _layout_hint(images, values)
    elif not _same_order(wanted, values):
        expected, hint = "each number still at its pixel and channel", "reshaped"
        found = "the right shape with the numbers in other places"
    elif torch and not facts["is_tensor"]:
        expected, found, hint = "a torch.Tensor", "an array", "array-not-tensor"
    elif facts["dtype"] != "float32":
        expected, found, hint = "float32", facts["dtype"], "dtype"
    else:
        return Finding.right(checked)
    return Finding.wrong(checked, expected=expected, found=found, hint=hint)


def _layout_hint(images: np.ndarray, values: np.ndarray) -> str:
    if values.shape == images.shape:
        return "channels-last"
    if values.shape == images.transpose(0, 3, 1, 2).shape:
        return "channels-first"
    if values.shape == images.transpose(0, 3, 2, 1).shape:
        return "width-before-height"
    return ""


def _same_order(wanted: np.ndarray, values: np.ndarray) -> bool:
    """Tell whether large numbers stand where large pixels are, whatever the scaling."""
    if np.std(values) == 0:
        return True  # what is wrong with them is told by the other part
    return bool(np.corrcoef(wanted.ravel(), values.ravel())[0, 1] > 0.9)


CHECK = Check(
    id="01-pretrained-models/preprocess",
    title="Turn pictures into what the network expects",
    answers=("to_network_input",),
    points=2,
    observe=observers.preprocess,
    judge=judge,
    cases=draw,
    parts={"values": 1, "layout": 1},
    hints={
        "not-scaled": "These are still pixel values. Divide by 127.5, then subtract 1.",
        "zero-to-one": "Dividing by 255 gives 0 to 1. This network saw -1 to 1: x / 127.5 - 1.",
        "standardized": "That is ImageNet's mean and deviation. These weights want x / 127.5 - 1.",
        "integers": "The result was cut to whole numbers. Go to float32 first, then scale.",
        "other-range": "0 must become -1 and 255 must become 1: x / 127.5 - 1, in float32.",
        "channels-last": "PyTorch wants (N, channels, height, width): move the last axis forward.",
        "channels-first": "Keras wants (N, height, width, channels): leave the axes as they are.",
        "width-before-height": "Height and width changed places. Use the order (0, 3, 1, 2).",
        "reshaped": "reshape cuts the numbers anew and mixes pixels; use transpose or permute.",
        "array-not-tensor": "Wrap the array: torch.from_numpy(...) gives the tensor.",
        "dtype": "Ask for float32: images.astype('float32') before you scale.",
        "changes-the-pictures": "An in-place operation (-=, /=) writes into its input; copy first.",
        "forgot-return": "Nothing comes back yet: write the body, and return the result.",
    },
    timeout_s=30,
)
