"""Medium questions about the new head. Data only."""

from __future__ import annotations

import math

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    template(
        id="head.torch.count-saved",
        values={"classes": (2, 5, 10, 20, 102)},
        derive=lambda v: {
            "right": 1281 * (1000 - v["classes"]),
            "no_bias": 1280 * (1000 - v["classes"]),
            "new": 1281 * v["classes"],
            "fewer": 1000 - v["classes"],
        },
        concept="replacing",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="parameters",
        stem="MobileNetV2's head is a linear layer with bias, 1280 features to 1000 classes. You "
        "replace it by one for $classes classes. By how many parameters does the model shrink?",
        options=(
            Option("a", "$no_bias", "Each class that goes takes its bias with it."),
            Option("b", "$new", "That is the size of the new head, not the difference."),
        ),
        key="$right",
        solution=(
            "A class costs 1280 weights and a bias: 1281 parameters.",
            "$fewer classes fewer: $fewer × 1281 = $right.",
        ),
        hint="What does one class cost?",
        mistakes=("Forgetting the biases.",),
        proofs=(
            Proof(
                """
size = lambda model: sum(p.numel() for p in model.parameters())
model = mobilenet(1000)
before = size(model)
model.classifier[1] = nn.Linear(1280, $classes)
evidence = before - size(model)
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
        id="head.why-cache",
        concept="caching",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="Why may you compute a frozen backbone's features once, in `eval()` mode, and reuse "
        "them in every epoch?",
        options=(
            Option(
                "a",
                "Because features take less memory than pictures do, so more of them fit.",
                "Often true, but not why they may be *reused*.",
            ),
            Option(
                "b",
                "Because the head starts anew in each epoch.",
                "The head goes on learning from epoch to epoch.",
            ),
            Option(
                "c",
                "Because the same picture always gives the same features.",
                "Right: nothing in the backbone changes, so neither do they.",
            ),
            Option(
                "d",
                "Because the backbone's gradients are kept with them.",
                "There are none: the backbone is frozen.",
            ),
        ),
        key="c",
        solution=(
            "Features depend on the picture, the weights and the BatchNorm statistics.",
            "Frozen, and in `eval()` mode, the last two stay fixed.",
            "So the second epoch would compute exactly what the first did.",
        ),
        hint="What would have to change for the second epoch to compute anything else?",
        mistakes=("Caching in train mode, where the features depend on the batch.",),
        proofs=(
            Proof(
                """
model = tiny()
backbone = model[0].requires_grad_(False).eval()
x, y = map(torch.as_tensor, blobs())
first = backbone(x)
head_before = model[1].weight.clone()
for epoch in range(3):
    fit(model[1], first, y, steps=1)
evidence = {
    "a": first.numel() < x.numel(),
    "b": torch.equal(model[1].weight, head_before),
    "c": torch.equal(first, backbone(x)),
    "d": any(p.grad is not None for p in backbone.parameters()),
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.torch.cache-and-augment",
        concept="caching",
        difficulty="medium",
        framework="pytorch",
        kind="yes_no",
        stem="You cached each training picture's features once. Can random flips and crops, drawn "
        "anew in every epoch, still act on your training?",
        options=(
            Option(
                "yes",
                "Yes, they can",
                "The pictures are no longer read: the head sees the same stored numbers.",
            ),
            Option(
                "no",
                "No, they cannot",
                "Right: a flipped picture has other features, and they were never computed.",
            ),
        ),
        key="no",
        solution=(
            "Augmentation changes the picture, so its features change too.",
            "The cache holds the features of one version only.",
            "Choose: fast cached features, or augmentation with the backbone in every epoch.",
        ),
        hint="Who would compute the features of the flipped picture?",
        mistakes=("Flipping the feature vector: its order has nothing to do with left and right.",),
        proofs=(
            Proof(
                """
backbone = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.Flatten()).eval()
x = torch.rand(4, 3, 9, 9)
stored = backbone(x).detach()
flips = [x, x.flip(-1)]
needed = [backbone(version) for version in flips]
evidence = all(torch.allclose(stored, features) for features in needed)
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="head.cache-size",
        values={"pictures": (500, 1000, 2000, 5000, 10000), "features": (512, 1280, 2048)},
        derive=lambda v: {
            "right": v["pictures"] * v["features"] * 4 / 1e6,
            "bytes": v["pictures"] * v["features"] / 1e6,
            "double": v["pictures"] * v["features"] * 8 / 1e6,
        },
        concept="caching",
        difficulty="medium",
        kind="numeric",
        tolerance=0.1,
        unit="MB (a million bytes)",
        stem="You cache $features float32 features for each of $pictures pictures. How much "
        "memory is that?",
        options=(
            Option("a", "$bytes", "A float32 takes four bytes, not one."),
            Option("b", "$double", "Eight bytes would be float64."),
        ),
        key="$right",
        solution=(
            "Numbers: $pictures × $features.",
            "Four bytes each: $right million bytes.",
        ),
        hint="32 bits are four bytes.",
        mistakes=("Taking a float32 for one byte, as in a uint8 picture.",),
        proofs=(Proof('evidence = np.empty(($pictures, $features), "float32").nbytes / 1e6'),),
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
        id="head.keras.cut-the-top",
        concept="replacing",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="`full` is a functional Keras model with its 1000-class head on top. After which "
        "line does `body` give the features under the head?",
        options=(
            Option(
                "a",
                "```python\nfull.layers.pop()\nbody = full\n```",
                "`layers` hands out a copy of the list: popping from it changes nothing.",
            ),
            Option(
                "b",
                "```python\nfull.include_top = False\nbody = full\n```",
                "An argument of the function that built it. As an attribute it does nothing.",
            ),
            Option(
                "c",
                "```python\nbody = keras.Model(full.input, full.layers[-2].output)\n```",
                "Right: from the same input to the layer under the head.",
            ),
            Option(
                "d",
                "```python\nbody = keras.Sequential([full, keras.layers.Dense(1280)])\n```",
                "That stacks a new layer on the 1000 scores.",
            ),
        ),
        key="c",
        solution=(
            "A functional model is a graph from inputs to outputs.",
            "A new `Model` over the same graph may end anywhere: here under the head.",
            "It shares the weights with `full`: nothing is copied.",
        ),
        hint="Build a model that ends earlier, instead of taking a layer away.",
        mistakes=("Popping from `model.layers`, which older code did.",),
        proofs=(
            Proof(
                """
def cuts(code):
    inputs = keras.Input((8,))
    under = layers.Dense(16, activation="relu")(inputs)
    full = keras.Model(inputs, layers.Dense(1000)(under))
    wanted = np.asarray(keras.Model(inputs, under)(x))
    if not works(code, full=full):
        return False
    got = np.asarray(run(code, full=full)["body"](x))
    return got.shape == wanted.shape and bool(np.allclose(got, wanted))
x = blobs(5)[0]
evidence = {option: cuts(code) for option, code in OPTIONS.items()}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="head.keras.predict-for-cache",
        concept="caching",
        difficulty="medium",
        framework="keras",
        kind="yes_no",
        stem="You cache features with `base.predict(pictures)`. `base.trainable` is still True. "
        "Are the features computed with BatchNorm's stored averages, so that the batch size does "
        "not matter?",
        options=(
            Option("yes", "Yes, they are", "Right: `predict` runs every layer in inference mode."),
            Option(
                "no",
                "No, they are not",
                "That would be the training mode of `fit`, not of `predict`.",
            ),
        ),
        key="yes",
        solution=(
            "`predict` calls the model with `training=False`.",
            "BatchNorm then uses its stored averages, whatever `trainable` says.",
            "So a picture's features do not depend on the pictures beside it.",
        ),
        hint="With which value of `training` does `predict` call the model?",
        mistakes=(
            "Mixing up `trainable`, a switch for learning, with `training`, a mode of a call.",
        ),
        proofs=(
            Proof(
                """
base = tiny().layers[0]
base.get_layer("bn").moving_mean.assign(np.linspace(-1, 1, 16))
x = blobs(24)[0]
small, large = (base.predict(x, batch_size=size, verbose=0) for size in (2, 24))
in_training = np.asarray(base(x, training=True))
evidence = bool(np.allclose(small, large, atol=1e-5) and not np.allclose(large, in_training, atol=1e-2))
""",
                "keras",
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
)
