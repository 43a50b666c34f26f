"""The checks of lesson 01, what is inside a pretrained model: what is right, and why it is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks import Case, Check, Facts, Finding, recomputed
from grader.checks.evidence import Table, compared
from grader.sandboxed.observers import lesson_01 as observers

WORDS = ("apple", "bridge", "candle", "drum", "eagle", "fern", "glove", "harp", "iris", "jug")
Params = dict[str, Any]


# ------------------------------------------------------------------ pictures into numbers


def draw_preprocess(rng: np.random.Generator) -> list[Params]:
    """Draw the size of a batch; the same batch decides both parts."""
    sides = rng.permutation([5, 6, 7, 8])
    size: Params = {"count": int(rng.integers(2, 5)), "height": int(sides[0])}
    size |= {"width": int(sides[1]), "seed": int(rng.integers(2**31))}
    return [{**size, "part": "values"}, {**size, "part": "layout"}]


def judge_preprocess(case: Case, facts: Facts) -> Finding:
    """Judge the range of the numbers, or the order of the axes and the type."""
    images = observers.draw_images(case)
    if facts["pictures_changed"]:
        return Finding.wrong(
            "the pictures you were given",
            expected="pictures that are as they were",
            found="your function wrote into them",
            hint="changes-the-pictures",
        )
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
    problem: dict[str, Any] = {}
    if values.shape != shape:
        problem = {"expected": shape, "found": values.shape, "hint": _layout_hint(images, values)}
    elif not _same_order(wanted, values):
        problem = {
            "expected": "each number still at its pixel and channel",
            "found": "the right shape with the numbers in other places",
            "hint": "reshaped",
        }
    elif torch and not facts["is_tensor"]:
        problem = {"expected": "a torch.Tensor", "found": "an array", "hint": "array-not-tensor"}
    elif facts["dtype"] != "float32":
        problem = {"expected": "float32", "found": facts["dtype"], "hint": "dtype"}
    return Finding.wrong(checked, **problem) if problem else Finding.right(checked)


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


PREPROCESS = Check(
    id="01-pretrained-models/preprocess",
    title="Turn pictures into what the network expects",
    answers=("to_network_input",),
    points=2,
    observe=observers.preprocess,
    judge=judge_preprocess,
    cases=draw_preprocess,
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


# ------------------------------------------------------------------ features


def draw_features(rng: np.random.Generator) -> list[Params]:
    """Draw two networks: one ready to predict, one still in training mode."""
    cases: list[Params] = []
    for part, training in (("place", False), ("mode", True)):
        width, classes = (int(n) for n in rng.permutation(range(5, 12))[:2])
        sizes = {"features": width, "classes": classes, "count": int(rng.integers(2, 5))}
        cases.append({**sizes, "training": training, "part": part})
    return cases


def judge_features(case: Case, facts: Facts) -> Finding:
    """Judge what came out, then whether it was taken in inference mode and left no trace."""
    found = _judge_place(case, facts)
    return found if case.part == "place" or not found.passed else _judge_mode(case, facts)


def feature_maps(case: Case, *, training: bool) -> np.ndarray:
    """Return what the small network's features are before pooling: (N, 6, 6, width)."""
    weights = observers.draw_network(case)
    x = observers.draw_inputs(case).astype(np.float64) @ weights["kernel"]
    mean, variance = weights["mean"], weights["variance"]
    if training:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    x = (x - mean) / np.sqrt(variance + 1e-3) * weights["scale"] + weights["shift"]
    return np.asarray(np.clip(x, 0, 6))


def _judge_place(case: Case, facts: Facts) -> Finding:
    checked, values = "what comes out", facts["values"]
    wanted = (case["count"], case["features"])
    if values.shape != wanted:
        hint = _place_hint(case, values.shape)
        return Finding.wrong(checked, expected=wanted, found=values.shape, hint=hint)
    maps = {mode: feature_maps(case, training=mode) for mode in (False, True)}
    if any(_close(values, stage.mean(axis=(1, 2))) for stage in maps.values()):
        return Finding.right(checked)
    biggest = any(_close(values, stage.max(axis=(1, 2))) for stage in maps.values())
    return Finding.wrong(
        checked,
        expected="the mean of each feature map",
        found="the largest value of each map" if biggest else "other numbers",
        hint="max-pooled" if biggest else "other-numbers",
    )


def _place_hint(case: Case, shape: tuple[int, ...]) -> str:
    count, width, classes = case["count"], case["features"], case["classes"]
    hints = {
        (count, classes): "logits",
        (count, 6, 6, width): "not-pooled",
        (count, width, 6, 6): "not-pooled",
        (count, width * 36): "flattened",
        (count, width, 1, 1): "not-squeezed",
        (count, 1, 1, width): "not-squeezed",
        (width,): "one-picture",
    }
    return hints.get(tuple(shape), "")


def _judge_mode(case: Case, facts: Facts) -> Finding:
    checked = "inference mode, without a trace"
    wanted = feature_maps(case, training=False).mean(axis=(1, 2))
    if not _close(facts["values"], wanted) or facts["moved"] > 0:
        return Finding.wrong(
            checked,
            expected="the stored BatchNorm statistics, used and left as they are",
            found=f"statistics of this batch; the stored ones moved by {facts['moved']:.2g}",
            hint="training-mode",
        )
    if facts["carries_gradient"]:
        return Finding.wrong(
            checked,
            expected="features without a gradient",
            found="a tensor that still carries its graph",
            hint="keeps-gradient",
            share=0.5,
        )
    if not facts["head_kept"]:
        return Finding.wrong(
            checked,
            expected="a network that still has its head",
            found="a network whose head you removed",
            hint="breaks-the-network",
            share=0.5,
        )
    return Finding.right(checked)


def _close(values: np.ndarray, wanted: np.ndarray) -> bool:
    return values.shape == wanted.shape and bool(np.allclose(values, wanted, rtol=1e-3, atol=1e-4))


FEATURES = Check(
    id="01-pretrained-models/features",
    title="Take the pooled features out of a network",
    answers=("extract_features",),
    points=3,
    observe=observers.extract_features,
    judge=judge_features,
    cases=draw_features,
    parts={"place": 1, "mode": 2},
    hints={
        "logits": "These are the scores of the head. Stop one step earlier, before the head.",
        "not-pooled": "These are maps with height and width. Average over those two axes.",
        "flattened": "Flattening keeps every position. Average over height and width instead.",
        "not-squeezed": "Two axes of length 1 are left over: flatten to (N, features).",
        "one-picture": "Keep the first axis: one row of features per picture in the batch.",
        "max-pooled": "The backbone was trained with average pooling: take the mean, not the max.",
        "other-numbers": "Take the output of the pooling that stands right before the head.",
        "training-mode": "BatchNorm was in training mode. PyTorch: network.eval() first; "
        "Keras: training=False.",
        "keeps-gradient": "Nothing trains here: put the forward pass under torch.no_grad().",
        "breaks-the-network": "Whoever handed you the network still needs its head. Leave it on.",
        "forgot-return": "Nothing comes back yet: write the body, and return the result.",
    },
    timeout_s=40,
)


# ------------------------------------------------------------------ a head of one's own


def draw_head(rng: np.random.Generator) -> list[Params]:
    """Draw a network and a number of classes that it never had; never five twice."""
    cases: list[Params] = []
    for part, classes in (("head", int(rng.integers(6, 9))), ("frozen", int(rng.integers(2, 5)))):
        old = int(rng.integers(10, 14))
        sizes = {"features": int(rng.integers(15, 20)), "classes": old, "count": 3}
        cases.append({**sizes, "classes_new": classes, "part": part})
    return cases


def judge_head(case: Case, facts: Facts) -> Finding:
    """Judge the outputs of the new head, or what of the model trains."""
    return (_judge_outputs if case.part == "head" else _judge_frozen)(case, facts)


def _judge_outputs(case: Case, facts: Facts) -> Finding:
    checked, outputs = "the outputs of the new model", facts["outputs"]
    wanted = (case["count"], case["classes_new"])
    if outputs.shape != wanted:
        hints = {case["classes"]: "old-head", 5: "always-five"}
        last = outputs.shape[-1] if outputs.ndim else 0
        return Finding.wrong(
            checked, expected=wanted, found=outputs.shape, hint=hints.get(last, "")
        )
    if facts["added"] > _head_size(case):
        return Finding.wrong(
            checked,
            expected=f"{_head_size(case)} parameters on top of the backbone",
            found=facts["added"],
            hint="stacked-on-old-head",
        )
    return _judge_range(checked, outputs, torch=facts["framework"] == "pytorch")


def _judge_range(checked: str, outputs: np.ndarray, *, torch: bool) -> Finding:
    sums = outputs.sum(axis=1)
    probable = bool(np.allclose(sums, 1, atol=1e-3) and (outputs >= 0).all())
    if probable != torch:
        return Finding.right(checked)
    if torch:
        return Finding.wrong(
            checked,
            expected="logits: any numbers",
            found="probabilities that sum to 1",
            hint="softmax-inside",
            share=0.5,
        )
    between = bool(((outputs >= 0) & (outputs <= 1)).all())
    return Finding.wrong(
        checked,
        expected="probabilities that sum to 1",
        found=f"rows that sum to {sums[0]:.3g}",
        hint="sigmoid" if between else "no-softmax",
        share=0.5,
    )


def _judge_frozen(case: Case, facts: Facts) -> Finding:
    checked, wanted = "what trains", _head_size(case)
    if facts["trainable"] == wanted and not facts["backbone_trains"]:
        return Finding.right(checked)
    hint = ""
    if facts["trainable"] == 0:
        hint = "head-frozen-too"
    elif facts["backbone_trains"]:
        hint = "nothing-frozen"
    elif facts["added"] > wanted:
        hint = "stacked-on-old-head"
    elif facts["outputs"].shape[-1] == 5:
        hint = "always-five"
    return Finding.wrong(
        checked,
        expected=f"{wanted} parameters, those of the head",
        found=f"{facts['trainable']} parameters",
        hint=hint,
    )


def _head_size(case: Case) -> int:
    return int((case["features"] + 1) * case["classes_new"])


def _head_again(case: Case, facts: Facts) -> str:
    if case.part != "head":
        return ""
    features = feature_maps(case, training=False).mean(axis=(1, 2))
    fits = recomputed.head_fits(facts["outputs"], features, facts["arrays"])
    return "" if fits else "the outputs of the new model"


HEAD = Check(
    id="01-pretrained-models/head",
    title="Put a new head on a frozen backbone",
    answers=("add_head",),
    points=3,
    observe=observers.add_head,
    judge=judge_head,
    cases=draw_head,
    parts={"head": 2, "frozen": 1},
    hints={
        "old-head": "The old head is still there: replace it, do not keep it.",
        "always-five": "The number of classes is an argument: use `classes`, not 5.",
        "stacked-on-old-head": "The old head is still below the new one. The new head reads "
        "the features themselves.",
        "softmax-inside": "Leave the softmax out: cross_entropy takes logits and applies its own.",
        "no-softmax": "Those are logits. Give the Dense layer activation='softmax'.",
        "sigmoid": "sigmoid judges each class alone. For one class out of many take softmax.",
        "head-frozen-too": "Everything is frozen, the new head too: nothing can learn. "
        "Freeze first, then add the head.",
        "nothing-frozen": "The backbone still trains. PyTorch: requires_grad = False on each of "
        "its parameters; Keras: base.trainable = False.",
        "forgot-return": "Nothing comes back yet: write the body, and return the model.",
    },
    timeout_s=40,
    recompute=_head_again,
)


def draw_count(rng: np.random.Generator) -> list[Params]:
    """Draw three heads, the second with as many classes as features."""
    features, classes = int(rng.integers(20, 2000)), int(rng.integers(3, 19))
    return [
        {"features": features, "classes": classes},
        {"features": classes, "classes": classes},
        {"features": classes, "classes": features},
    ]


def judge_count(case: Case, facts: Facts) -> Finding:
    """Judge the number of parameters of a linear layer."""
    features, classes = case["features"], case["classes"]
    checked = f"the parameters of a head from {features} features to {classes} classes"
    wanted, counted = features * classes + classes, facts["counted"]
    if counted == wanted:
        return Finding.right(checked)
    slips = {
        features * classes: "no-bias",
        features * classes + features: "bias-per-feature",
        features * classes + 1: "one-bias",
        features + classes: "added",
        1280 * 5 + 5: "always-the-lesson-s",
    }
    return Finding.wrong(checked, expected=wanted, found=counted, hint=slips.get(counted, ""))


COUNT = Check(
    id="01-pretrained-models/head-parameters",
    title="Count the parameters of a head",
    answers=("head_parameters",),
    points=1,
    observe=observers.count_head,
    judge=judge_count,
    cases=draw_count,
    hints={
        "no-bias": "The weights are right; each class also has a bias.",
        "bias-per-feature": "There is one bias per class, not one per feature.",
        "one-bias": "There is a bias for every class, not one for the whole layer.",
        "added": "Each class has a weight for every feature: multiply.",
        "always-the-lesson-s": "That is one certain head. Compute it from the two arguments.",
        "forgot-return": "Nothing comes back yet: write the body, and return the number.",
    },
    timeout_s=10,
)


# ------------------------------------------------------------------ names


def draw_names(rng: np.random.Generator) -> list[Params]:
    """Draw a batch and class names in no alphabetical order; it decides both parts."""
    names = [str(word) for word in rng.permutation(WORDS)[: int(rng.integers(4, 7))]]
    if names == sorted(names):
        names = names[::-1]
    batch: Params = {"names": names, "count": 8, "seed": int(rng.integers(2**31))}
    return [{**batch, "part": "probabilities"}, {**batch, "part": "names"}]


def judge_names(case: Case, facts: Facts) -> Finding:
    """Judge the probabilities, or the name chosen for each picture."""
    inputs, weights = observers.draw_scores(case)
    logits = inputs.astype(np.float64) @ weights
    if case.part == "names":
        return _judge_chosen(case, facts, logits.argmax(axis=1))
    return _judge_probabilities(facts["probabilities"], logits)


def _softmax(logits: np.ndarray, axis: int = 1) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=axis, keepdims=True))
    shares: np.ndarray = shifted / shifted.sum(axis=axis, keepdims=True)
    return shares


def _judge_probabilities(given: np.ndarray, logits: np.ndarray) -> Finding:
    checked, right = "the probabilities", _softmax(logits)
    if _close(given, right):
        return Finding.right(checked)
    wanted = f"{right.shape}, each row summing to 1"
    slips = {
        "no-softmax": logits,
        "softmax-over-the-batch": _softmax(logits, axis=0),
        "softmax-twice": _softmax(right),
        "only-the-largest": right.max(axis=1),
    }
    for hint, slip in slips.items():
        if _close(given, slip):
            return Finding.wrong(checked, expected=wanted, found=_describe(given), hint=hint)
    rows = given.shape == right.shape and np.allclose(given.sum(axis=1), 1, atol=1e-3)
    hint = "training-mode" if rows else ""
    found = "probabilities of a model that drops features" if rows else _describe(given)
    return Finding.wrong(checked, expected=wanted, found=found, hint=hint)


def _describe(given: np.ndarray) -> str:
    if given.ndim != 2:
        return f"shape {given.shape}"
    return f"{given.shape}, the first row summing to {given[0].sum():.3g}"


def _judge_chosen(case: Case, facts: Facts, best: np.ndarray) -> Finding:
    checked, names, given = "the names", case["names"], facts["names"]
    right = [names[at] for at in best]
    if given == right:
        return Finding.right(checked)
    hint = ""
    if len(given) != len(right):
        hint = "one-name"
    elif given == [str(at) for at in best]:
        hint = "numbers-not-names"
    elif given == [sorted(names)[at] for at in best]:
        hint = "sorted-names"
    rows = [
        (f"picture {at}", name, given[at - 1] if at <= len(given) else "nothing")
        for at, name in enumerate(right, 1)
    ]
    shown = [compared("Picture by picture", "Of", rows)]
    return Finding.wrong(
        checked, expected=_listed(right), found=_listed(given), hint=hint, shown=shown
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


NAMES = Check(
    id="01-pretrained-models/names",
    title="Predict names and probabilities",
    answers=("predict_names",),
    points=3,
    observe=observers.predict_names,
    judge=judge_names,
    cases=draw_names,
    parts={"probabilities": 2, "names": 1},
    hints={
        "no-softmax": "Those are logits. Apply softmax over the classes.",
        "softmax-over-the-batch": "The columns sum to 1: softmax ran over the pictures. "
        "Use the last axis.",
        "softmax-twice": "The model's last layer is a softmax already; a second one flattens it.",
        "only-the-largest": "Return the probability of every class, not just the largest.",
        "training-mode": "Dropout was active. PyTorch: model.eval(); Keras: training=False "
        "or predict().",
        "one-name": "There should be one name for every picture in the batch.",
        "numbers-not-names": "Those are positions. Look each one up in `class_names`.",
        "sorted-names": "The order of `class_names` is the order of the outputs: do not sort.",
        "forgot-return": "Return two things: return names, probabilities.",
    },
    timeout_s=40,
)

CHECKS = (PREPROCESS, FEATURES, HEAD, COUNT, NAMES)
