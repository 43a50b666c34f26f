"""Fine-tuning: following shapes, curves and predictions. Data only."""

import math

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    template(
        id="fine_tuning.steps-per-epoch",
        values={"pictures": (100, 250, 500, 810), "batch": (16, 32, 64)},
        derive=lambda v: {
            "right": -(-v["pictures"] // v["batch"]),
            "floor": v["pictures"] // v["batch"],
            "rest": v["pictures"] % v["batch"],
        },
        concept="following",
        difficulty="easy",
        kind="numeric",
        unit="steps",
        stem="$pictures training pictures, batches of $batch, the last, smaller batch is kept. "
        "How many steps has an epoch?",
        options=(
            Option("a", "$floor", "$rest pictures are left over: they make one more batch."),
            Option("b", "$pictures", "One step sees a batch, not one picture."),
        ),
        key="$right",
        solution=(
            "$pictures / $batch gives $floor full batches and a rest of $rest pictures.",
            "The rest is a batch as well: $right steps.",
        ),
        hint="Divide, and do not lose the rest.",
        mistakes=("Rounding down.",),
        proofs=(
            Proof(
                "evidence = len(torch.utils.data.DataLoader(range($pictures), $batch))", "pytorch"
            ),
        ),
    ),
    template(
        id="fine_tuning.softmax-of-three",
        values={"first": (2, 3), "second": (0, 1), "third": (-1, 0)},
        derive=lambda v: {
            "right": round(
                100
                * math.exp(v["first"])
                / sum(math.exp(v[name]) for name in ("first", "second", "third")),
                3,
            ),
            "sum": round(sum(math.exp(v[name]) for name in ("first", "second", "third")), 3),
            "top": round(math.exp(v["first"]), 3),
        },
        concept="following",
        difficulty="medium",
        kind="numeric",
        tolerance=0.6,
        unit="percent",
        stem="The head gives one picture the scores $first, $second and $third. What probability "
        "does softmax give the first class? Whole percent will do. (e ≈ 2.718)",
        options=(
            Option("a", "33.3", "That is what equal scores would give."),
            Option("b", "100", "The largest class wins, but the others keep a share."),
        ),
        key="$right",
        solution=(
            "Exponentials: e^$first = $top; all three together $sum.",
            "$top / $sum = $right %.",
        ),
        hint="Exponentials first, then the share of the first.",
        mistakes=("Taking the scores themselves for shares.",),
        proofs=(
            Proof(
                "evidence = 100 * torch.tensor([$first, $second, $third]).double().softmax(0)[0]",
                "pytorch",
            ),
            Proof(
                """
scores = np.array([[$first, $second, $third]], "float32")
evidence = 100 * float(np.asarray(keras.ops.softmax(scores))[0, 0])
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.read-the-table",
        concept="following",
        difficulty="medium",
        kind="multiple",
        stem="""Validation accuracy of a two-phase training. The head phase is epochs 1–5, fine-tuning 6–10.

| epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
|---|---|---|---|---|---|---|---|---|---|---|
| accuracy | 0.55 | 0.68 | 0.75 | 0.80 | 0.83 | 0.85 | 0.87 | 0.89 | 0.90 | 0.91 |

Which statements do these numbers support?""",
        options=(
            Option(
                "a", "Most of the gain came in the head phase.", "Yes: 0.28 against 0.08 after it."
            ),
            Option(
                "b",
                "Fine-tuning made the model worse at first.",
                "Epoch 6 is better than epoch 5: the low rate did no harm.",
            ),
            Option(
                "c",
                "The training has overfitted.",
                "Validation accuracy rises to the end, and training accuracy is not shown.",
            ),
            Option(
                "d",
                "Fine-tuning added less in each of its epochs than epoch 2 did.",
                "Yes: at most 0.02 an epoch, where epoch 2 added 0.13.",
            ),
        ),
        key="ad",
        solution=(
            "Head phase: 0.55 → 0.83. Fine-tuning: 0.83 → 0.91.",
            "From 5 to 6 accuracy rises, and it never falls.",
            "Overfitting is a gap to the training accuracy, or a falling validation curve: "
            "neither is here.",
        ),
        hint="Take differences between neighbors.",
        mistakes=("Seeing overfitting in every curve that flattens.",),
        proofs=(
            Proof(
                """
a = np.array([0.55, 0.68, 0.75, 0.80, 0.83, 0.85, 0.87, 0.89, 0.90, 0.91])
steps = np.diff(a)
evidence = {
    "a": bool(a[4] - a[0] > a[9] - a[4]),
    "b": bool(a[5] < a[4]),
    "c": bool((steps < 0).any()),
    "d": bool(steps[4:].max() < steps[0]),
}
"""
            ),
        ),
    ),
    Question(
        id="fine_tuning.torch.order-of-a-prediction",
        concept="following",
        difficulty="hard",
        framework="pytorch",
        kind="order",
        stem="`x` starts as pixels of one picture, 0 to 255, shape `(1, 3, 9, 9)`. Put the stages "
        "of its prediction in order. The backbone was trained on values between −1 and 1.",
        options=(
            Option(
                "a",
                "```python\nx = head(x)  # 16 features -> 5 scores\n```",
                "The head takes the 16 pooled features.",
            ),
            Option(
                "b",
                "```python\nx = x / 127.5 - 1\n```",
                "Scaling is the first stage: the backbone expects −1 to 1.",
            ),
            Option(
                "c",
                "```python\nx = x.softmax(1)\n```",
                "Softmax turns scores into probabilities: the last stage.",
            ),
            Option(
                "d",
                "```python\nx = backbone(x)  # 3 channels -> 16 channels\n```",
                "The backbone takes the scaled picture.",
            ),
            Option(
                "e",
                "```python\nx = x.mean((2, 3))  # average pooling\n```",
                "Pooling averages the backbone's grid, and the head needs its result.",
            ),
        ),
        key="bdeac",
        solution=(
            "Scale the pixels: still (1, 3, 9, 9).",
            "Backbone: (1, 16, 4, 4). Pooling: (1, 16).",
            "Head: (1, 5) scores. Softmax: five probabilities that sum to 1.",
        ),
        hint="Follow the shapes: four axes, two axes, five scores, five probabilities.",
        mistakes=("Scaling after the backbone, or pooling after the head.",),
        proofs=(
            Proof(
                """
import itertools
backbone = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2), nn.BatchNorm2d(16), nn.ReLU()).eval()
head = nn.Linear(16, 5)
pixels = torch.randint(0, 256, (1, 3, 9, 9)).float()
with torch.no_grad():
    wanted = head(backbone(pixels / 127.5 - 1).mean((2, 3))).softmax(1)
def result(order):
    space = {"x": pixels, "head": head, "backbone": backbone}
    try:
        with torch.no_grad():
            for option in order:
                exec(OPTIONS[option], space)
    except (RuntimeError, IndexError):
        return None
    return space["x"]
def right(order):
    got = result(order)
    return got is not None and got.shape == wanted.shape and torch.allclose(got, wanted)
evidence = ["".join(order) for order in itertools.permutations("abcde") if right(order)]
""",
                "pytorch",
            ),
        ),
    ),
)
