"""Hard questions about the new head. Data only."""

from __future__ import annotations

import math

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    template(
        id="head.torch.softmax-twice",
        values={"classes": (2, 3, 5, 10)},
        derive=lambda v: {
            "right": round(-math.log(math.e / (math.e + v["classes"] - 1)), 4),
            "chance": round(math.log(v["classes"]), 4),
            "others": v["classes"] - 1,
        },
        concept="outputs",
        difficulty="hard",
        framework="pytorch",
        kind="numeric",
        tolerance=0.02,
        unit="(cross-entropy, natural logarithm)",
        stem="By mistake a head for $classes classes ends in softmax *and* is trained with "
        "`nn.CrossEntropyLoss`, which applies softmax itself. A picture is classified perfectly: "
        "probability 1 for its class, 0 for the others. What loss is reported? Two decimals will "
        "do.",
        options=(
            Option("a", "0", "It should be 0. The second softmax squeezes 1 and 0 together."),
            Option("b", "$chance", "That is the loss of knowing nothing."),
        ),
        key="$right",
        solution=(
            "The loss takes 1 and $others zeros for scores.",
            "Second softmax: e / (e + $others).",
            "−ln of that: $right. Lower is not possible: a loss stuck here gives the mistake away.",
        ),
        hint="Apply softmax to (1, 0, …, 0), then take −ln of the first number.",
        mistakes=("Ending a PyTorch model in softmax because a Keras example does.",),
        proofs=(
            Proof(
                """
perfect = torch.eye($classes)
evidence = nn.CrossEntropyLoss()(perfect, torch.arange($classes))
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.torch.shuffled-cache",
        concept="caching",
        difficulty="hard",
        framework="pytorch",
        kind="find_bug",
        stem="""Trained on these cached features, the head never beats chance. Which repair is right?

```python
loader = DataLoader(data, batch_size=8, shuffle=True)
with torch.no_grad():
    features = torch.cat([backbone(x) for x, y in loader])
labels = torch.cat([y for x, y in loader])
```""",
        options=(
            Option(
                "a",
                "Remove `torch.no_grad()`.",
                "The features need no gradient: the backbone is frozen.",
            ),
            Option(
                "b",
                "Call `features.detach()` at the end.",
                "Under `no_grad()` they have no graph to detach from.",
            ),
            Option(
                "c",
                "Collect `labels` inside `no_grad()` as well, in the line after `features`.",
                "Still a second pass over the loader, in another order.",
            ),
            Option(
                "d",
                "Build the loader with `shuffle=False`.",
                "Right: then both passes see the pictures in the same order.",
            ),
        ),
        key="d",
        solution=(
            "Each `for` over a shuffling loader draws a new order.",
            "So features and labels are from two different orders: the pairs are broken.",
            "Use `shuffle=False`, or collect both in one pass. Shuffle the cached pairs later.",
        ),
        hint="How many times is the loader walked through, and in which order each time?",
        mistakes=("Looking for the fault in the head, because its loss is what stays high.",),
        proofs=(
            Proof(
                """
from torch.utils.data import DataLoader, TensorDataset
y = torch.arange(48) % 3
data = TensorDataset(torch.arange(48.0)[:, None], y)
label_of = lambda features: features[:, 0].long() % 3
last = "labels = torch.cat([y for x, y in loader])"
repairs = {
    "a": STEM.replace("with torch.no_grad():", "if True:"),
    "b": STEM + "\\nfeatures = features.detach()",
    "c": STEM.replace("\\n" + last, "\\n    " + last),
    "d": STEM.replace("shuffle=True", "shuffle=False"),
}
def paired(code):
    space = run(code, DataLoader=DataLoader, data=data, backbone=nn.Identity())
    return torch.equal(label_of(space["features"]), space["labels"])
if paired(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: paired(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="head.keras.flatten-head",
        values={"side": (3, 4, 5, 7), "classes": (2, 5, 10)},
        derive=lambda v: {
            "cells": v["side"] ** 2,
            "inputs": v["side"] ** 2 * 1280,
            "right": (v["side"] ** 2 * 1280 + 1) * v["classes"],
            "pooled": 1281 * v["classes"],
        },
        concept="replacing",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="parameters",
        stem="A Keras backbone gives $side×$side×1280. You forget the pooling and put `Flatten()` "
        "and `Dense($classes)` on top. How many parameters has this head?",
        options=(
            Option("a", "$pooled", "That is the head after average pooling."),
            Option(
                "b",
                "$inputs",
                "Those are the flattened inputs; each class needs a weight for each.",
            ),
        ),
        key="$right",
        solution=(
            "Flatten gives $side × $side × 1280 = $inputs numbers.",
            "Dense: ($inputs + 1) × $classes = $right.",
            "With average pooling it would be $pooled: $cells times fewer weights to overfit with.",
        ),
        hint="Flatten keeps every cell of the grid.",
        mistakes=("Forgetting that `Flatten` multiplies the head by the cells of the grid.",),
        proofs=(
            Proof(
                """
grid = keras.Input(($side, $side, 1280))
head = keras.Model(grid, layers.Dense($classes)(layers.Flatten()(grid)))
evidence = head.count_params()
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="head.torch.all-frozen-error",
        concept="probing",
        difficulty="hard",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5))
model.requires_grad_(False)
try:
    F.cross_entropy(model(torch.rand(4, 8)), torch.arange(4)).backward()
    print("trained")
except RuntimeError:
    print("stopped")
```""",
        options=(
            Option(
                "a",
                "`stopped`",
                "Right: with nothing that requires a gradient, `backward()` fails.",
            ),
            Option(
                "b", "`trained`", "Keras would run on, and learn nothing. PyTorch says so at once."
            ),
            Option("c", "Nothing at all", "One of the two prints is reached in any case."),
        ),
        key="a",
        solution=(
            "No parameter requires a gradient, so the loss has no `grad_fn`.",
            "`backward()` raises: element 0 of tensors does not require grad.",
            "If you see this message, check whether you froze the new head as well.",
        ),
        hint="What would `backward()` start from?",
        mistakes=("Wrapping training in `torch.no_grad()`: the same message.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
    Question(
        id="head.torch.cached-equals-frozen",
        concept="caching",
        difficulty="hard",
        framework="pytorch",
        kind="single",
        stem="Two heads start from the same weights and see the same batches. One is trained "
        "through a frozen backbone in `eval()` mode, one on features cached from it. How do they "
        "differ in the end?",
        options=(
            Option("a", "The cached one is a little worse.", "It saw exactly the same features."),
            Option(
                "b",
                "Not beyond rounding.",
                "Right: same features, same gradients, same steps. Only the time differs.",
            ),
            Option(
                "c",
                "The cached one is better, since its features hold no noise from training.",
                "In `eval()` mode the other's features hold no noise either.",
            ),
            Option(
                "d",
                "Only the cached one learns; the other's gradients get lost in the backbone.",
                "The head's gradient does not pass through the backbone.",
            ),
        ),
        key="b",
        solution=(
            "The head's gradient depends on its inputs, its weights and the labels.",
            "All three are the same in both trainings.",
            "So caching is no compromise, as long as nothing is augmented and nothing below "
            "trains.",
        ),
        hint="What does the head's gradient depend on?",
        mistakes=("Taking a speed-up for an approximation.",),
        proofs=(
            Proof(
                """
import copy
x, y = blobs(spread=3.0)
model = tiny()
model[0].requires_grad_(False).eval()
cached, start = copy.deepcopy(model[1]), model[1].weight.clone()
through_losses = fit(model, x, y, steps=30)
cached_losses = fit(cached, model[0](torch.as_tensor(x)), y, steps=30)
gap = cached_losses[-1] - through_losses[-1]
same = torch.allclose(model[1].weight, cached.weight, atol=1e-5)
evidence = {
    "a": gap > 1e-4,
    "b": same and abs(gap) < 1e-4,
    "c": gap < -1e-4,
    "d": torch.equal(model[1].weight, start),
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.keras.binary-threshold",
        concept="outputs",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""A cat-or-dog head ends in `Dense(1)` *without* an activation and is trained with
`BinaryCrossentropy(from_logits=True)`. For three dogs (label 1) it gives 0.3, 0.4 and 2.0. What does
this print?

```python
metric = keras.metrics.BinaryAccuracy()
metric.update_state([[1], [1], [1]], [[0.3], [0.4], [2.0]])
print(round(float(metric.result()), 2))
```""",
        options=(
            Option(
                "a", "`1.0`", "It should be: all three scores are above 0. But the metric uses 0.5."
            ),
            Option("b", "`0.0`", "2.0 is above every threshold here."),
            Option("c", "`0.33`", "Right: it compares with 0.5, as if these were probabilities."),
            Option("d", "`0.67`", "Two of the three are below the metric's threshold."),
        ),
        key="c",
        solution=(
            "`BinaryAccuracy` counts an output above `threshold=0.5` as class 1.",
            "These outputs are scores (logits): probability 0.5 is score 0, so all three are dogs.",
            "Use `BinaryAccuracy(threshold=0)`, or end the head in a sigmoid.",
        ),
        hint="Which score belongs to a probability of one half, and what does the metric compare "
        "with?",
        mistakes=("Reading a low accuracy as bad training when only the threshold is off.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
    Question(
        id="head.keras.versions-seen",
        concept="caching",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="versions of each picture",
        stem="""`augmenting_base` begins with `RandomFlip` and `RandomRotation`. The head is trained for ten epochs
on cached features:

```python
features = augmenting_base.predict(pictures)
head.fit(features, labels, epochs=10)
```

How many versions of each picture does the head see?""",
        options=(
            Option(
                "a", "10", "That would need the pictures to pass through the base in every epoch."
            ),
            Option(
                "b",
                "2",
                "The flip is random in training only; `predict` shows each picture as it is.",
            ),
        ),
        key=1.0,
        solution=(
            "`predict` runs in inference mode, where random layers do nothing.",
            "And it runs once: ten epochs read the same stored features.",
            "So each picture is seen as it is, ten times over: 1 version.",
        ),
        hint="What do random layers do in `predict`, and how often is it called?",
        mistakes=("Believing that augmentation inside the base survives caching.",),
        proofs=(
            Proof(
                """
augmenting_base = keras.Sequential([
    keras.Input((6, 6, 3)), layers.RandomFlip("horizontal"), layers.RandomRotation(0.2), layers.Flatten()
])
pictures = np.random.default_rng(0).random((4, 6, 6, 3)).astype("float32")
labels, seen = np.arange(4), []
features = augmenting_base.predict(pictures, verbose=0)
class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        seen.append(features.copy())
head = compiled(keras.Sequential([keras.Input((108,)), layers.Dense(4)]))
head.fit(features, labels, epochs=10, verbose=0, callbacks=[Watch()])
if len(seen) != 10 or not np.allclose(seen[0], pictures.reshape(4, -1)):
    raise ValueError("predict should show the pictures as they are")
evidence = len({version.tobytes() for version in seen})
""",
                "keras",
            ),
        ),
    ),
)
