"""A new head: outputs, losses and labels. Data only."""

import math

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="head.softmax-sum",
        concept="outputs",
        difficulty="easy",
        kind="multiple",
        stem="The head ends in a softmax over five classes. Which of these hold for every picture?",
        options=(
            Option("a", "The five outputs sum to 1.", "Yes: softmax divides by the sum."),
            Option(
                "b", "No output is below 0.", "Yes: they are exponentials, divided by their sum."
            ),
            Option(
                "c",
                "The largest output is above 0.5.",
                "With five classes the largest may be as low as 0.2.",
            ),
            Option(
                "d",
                "A picture of none of the five gives five zeros.",
                "They sum to 1 for every picture, even for a photo of a shoe.",
            ),
        ),
        key="ab",
        solution=(
            "Softmax takes exponentials, all positive, and divides by their sum.",
            "So the outputs are positive and sum to 1, whatever the picture shows.",
            "Five equal scores give 0.2 each: the largest need not be large.",
        ),
        hint="Try five equal scores.",
        mistakes=("Reading the outputs as 'how sure that it is a flower at all'.",),
        proofs=(
            Proof(
                """
scores = torch.cat([torch.randn(1000, 5) * 5, torch.zeros(1, 5), torch.full((1, 5), -50.0)])
out = scores.softmax(1)
evidence = {
    "a": bool(torch.allclose(out.sum(1), torch.ones(len(out)))),
    "b": bool((out >= 0).all()),
    "c": bool((out.max(1).values > 0.5).all()),
    "d": bool((out[-2:] == 0).all()),
}
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="head.first-loss",
        values={"classes": (3, 4, 5, 7, 10, 20)},
        derive=lambda v: {
            "right": round(math.log(v["classes"]), 4),
            "chance": round(1 / v["classes"], 4),
            "wrong": round(1 - 1 / v["classes"], 4),
        },
        concept="outputs",
        difficulty="medium",
        kind="numeric",
        tolerance=0.02,
        unit="(cross-entropy, natural logarithm)",
        stem="A new head for $classes classes starts with all scores equal. How large is the "
        "cross-entropy loss before the first step? Two decimals will do.",
        options=(
            Option("a", "$chance", "That is the probability of each class. The loss is −ln of it."),
            Option("b", "$wrong", "That is the expected error rate, not the loss."),
        ),
        key="$right",
        solution=(
            "Equal scores: each class gets probability 1/$classes.",
            "Cross-entropy is −ln(1/$classes) = ln $classes = $right.",
            "A first loss far above this is a sign of a mistake, in the labels for instance.",
        ),
        hint="−ln of the probability given to the right class.",
        mistakes=("Expecting 1, or 100 %, for 'knows nothing'.",),
        proofs=(
            Proof(
                "evidence = F.cross_entropy(torch.zeros(6, $classes), torch.arange(6) % $classes)",
                "pytorch",
            ),
            Proof(
                """
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
evidence = float(loss(np.arange(6) % $classes, np.zeros((6, $classes), "float32")))
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="head.keras.loss-for-labels",
        concept="outputs",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="The head ends in a softmax; labels are whole numbers 0 to 4. Which loss fits? (`y` "
        "has shape `(N,)`, `p` holds probabilities of shape `(N, 5)`.)",
        options=(
            Option(
                "a",
                "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, p)`",
                "It would apply softmax a second time. It runs, and the loss cannot get small.",
            ),
            Option(
                "b",
                "`keras.losses.CategoricalCrossentropy()(y, p)`",
                "This one wants a one-hot row for each label: a shape error.",
            ),
            Option(
                "c",
                "`keras.losses.SparseCategoricalCrossentropy()(y, p)`",
                "Right: sparse for whole numbers, probabilities by default.",
            ),
            Option(
                "d",
                "`keras.losses.MeanSquaredError()(y, p)`",
                "It compares class numbers with probabilities, as if class 4 were twice class 2.",
            ),
        ),
        key="c",
        solution=(
            "Whole-number labels: the *sparse* one. One-hot labels: the plain one.",
            "Softmax already in the model: `from_logits=False`, the default.",
            "No softmax in the model: `from_logits=True`.",
        ),
        hint="Two questions: how are labels written, and is the softmax done already?",
        mistakes=("Setting `from_logits=True` on a model that ends in softmax.",),
        proofs=(
            Proof(
                """
y = np.array([0, 4, 2])
p = np.array([[.6, .1, .1, .1, .1], [.1, .1, .1, .2, .5], [.2, .2, .4, .1, .1]], "float32")
wanted = -np.log(p[np.arange(3), y]).mean()
evidence = {}
for option, code in OPTIONS.items():
    try:
        value = float(eval(code, {"keras": keras, "y": y, "p": p}))
    except Exception:
        value = float("nan")
    evidence[option] = bool(abs(value - wanted) < 1e-4)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="head.torch.labels-from-one",
        concept="outputs",
        difficulty="medium",
        framework="pytorch",
        kind="find_bug",
        stem="""Five classes, labelled 1 to 5. The loss raises an error. Which repair is right?

```python
y = torch.tensor([1, 5, 3, 2, 4])
head = nn.Linear(8, 5)
loss = F.cross_entropy(head(torch.rand(5, 8)), y)
```""",
        options=(
            Option("a", "Use `y - 1` as the labels.", "Right: five outputs are numbered 0 to 4."),
            Option(
                "b",
                "Use `y.float()` as the labels.",
                "Floats are read as probabilities for each class: another error.",
            ),
            Option(
                "c",
                "Use `y % 5` as the labels, and keep the list of names as it was.",
                "It runs, but class 5 becomes 0 and every name is off by one.",
            ),
            Option(
                "d",
                "Give the head a sixth output: `nn.Linear(8, 6)`.",
                "It runs, with an output 0 that no picture ever has: not five classes.",
            ),
        ),
        key="a",
        solution=(
            "`cross_entropy` takes the label as an index into the scores: 0 to 4 for five of them.",
            "Label 5 is past the end: 'Target 5 is out of bounds'.",
            "Subtract 1, so that label k is the k-th of the class names.",
        ),
        hint="A label is an index into the scores.",
        mistakes=("Hiding the error with a sixth output.",),
        proofs=(
            Proof(
                """
repairs = {
    "a": STEM.replace("8)), y)", "8)), y - 1)"),
    "b": STEM.replace("8)), y)", "8)), y.float())"),
    "c": STEM.replace("8)), y)", "8)), y % 5)"),
    "d": STEM.replace("nn.Linear(8, 5)", "nn.Linear(8, 6)"),
}
names = ["daisy", "dandelion", "rose", "sunflower", "tulip"]
used = {"a": lambda y: y - 1, "b": lambda y: y.float(), "c": lambda y: y % 5, "d": lambda y: y}
y = torch.tensor([1, 5, 3, 2, 4])
def right(option):
    if works(STEM) or not works(repairs[option]):
        return False
    labels = used[option](y).tolist()
    outputs = run(repairs[option])["head"].out_features
    return outputs == 5 and all(label == index - 1 for label, index in zip(labels, y.tolist()))
evidence = {option: right(option) for option in OPTIONS}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.torch.folder-order",
        concept="outputs",
        difficulty="medium",
        framework="pytorch",
        kind="predict_output",
        stem="""`photos` has three class folders, made in the order tulip, daisy, rose. What does this print?

```python
data = torchvision.datasets.ImageFolder(photos)
print(data.class_to_idx["rose"])
```""",
        options=(
            Option("a", "`2`", "It was made last, but the order of making does not count."),
            Option("b", "`1`", "Right: daisy 0, rose 1, tulip 2, by the alphabet."),
            Option("c", "`0`", "Zero is the first by the alphabet: daisy."),
            Option("d", "`3`", "Three classes are numbered 0, 1, 2."),
        ),
        key="b",
        solution=(
            "`ImageFolder` sorts the folder names: daisy, rose, tulip.",
            "It numbers them from 0, so rose is 1.",
            "Keep `data.classes` with the model: the numbers mean nothing without it.",
        ),
        hint="Not the order of making, not the order on the disk.",
        mistakes=("Writing the names by hand in another order: right scores, wrong names.",),
        proofs=(
            Proof(
                """
import pathlib, tempfile
from PIL import Image
with tempfile.TemporaryDirectory() as photos:
    for name in ("tulip", "daisy", "rose"):
        (pathlib.Path(photos) / name).mkdir()
        Image.new("RGB", (4, 4)).save(pathlib.Path(photos) / name / "one.png")
    evidence = printed(STEM, photos=photos)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.one-output-or-two",
        concept="outputs",
        difficulty="medium",
        kind="single",
        stem="Cats or dogs: head A is one score s with a sigmoid; head B is two scores with a "
        "softmax. For which scores of B (cat, dog) is B's probability of 'dog' the same as A's, "
        "for every s?",
        options=(
            Option("a", "(0, s)", "Right: softmax compares with e⁰ = 1, and that is the sigmoid."),
            Option("b", "(1, s)", "Then 'cat' would start with a lead of one."),
            Option("c", "(−s, s)", "Then the difference is 2 s: B would be surer than A."),
            Option("d", "(s, s)", "Equal scores give one half, whatever s is."),
        ),
        key="a",
        solution=(
            "Softmax of (0, s): e^s / (e^0 + e^s) = 1 / (1 + e^(−s)): the sigmoid of s.",
            "So one output says as much as two, with half the head's parameters.",
        ),
        hint="Softmax depends on the difference of the scores only.",
        mistakes=("Taking the two heads for different models.",),
        proofs=(
            Proof(
                """
s = np.linspace(-4, 4, 33)
sigmoid = 1 / (1 + np.exp(-s))
def dog(cat, dog_score):
    return np.exp(dog_score) / (np.exp(cat) + np.exp(dog_score))
pairs = {"a": (0 * s, s), "b": (0 * s + 1, s), "c": (-s, s), "d": (s, s)}
evidence = {option: bool(np.allclose(dog(*pair), sigmoid)) for option, pair in pairs.items()}
"""
            ),
        ),
    ),
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
)
