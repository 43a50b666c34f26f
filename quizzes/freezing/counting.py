"""Freezing: counting trainable parameters. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    template(
        id="freezing.count-dense",
        values={"features": (512, 768, 1280, 2048), "classes": (3, 4, 5, 7, 10)},
        derive=lambda v: {
            "right": (v["features"] + 1) * v["classes"],
            "no_bias": v["features"] * v["classes"],
            "one_bias": v["features"] * v["classes"] + 1,
        },
        concept="counting",
        difficulty="easy",
        kind="numeric",
        stem="The backbone is frozen and gives $features numbers for a picture. On top sits one "
        "dense (linear) layer with bias for $classes classes. How many parameters train?",
        options=(
            Option("a", "$no_bias", "Those are the weights. Each class also has a bias."),
            Option("b", "$one_bias", "There is a bias for each class, not one for all."),
        ),
        key="$right",
        unit="parameters",
        solution=(
            "Weights: $features × $classes = $no_bias.",
            "Biases: $classes.",
            "Together $right; nothing in the frozen backbone counts.",
        ),
        hint="Every class has one weight for each feature, and one number more.",
        mistakes=("Forgetting the biases.",),
        proofs=(
            Proof(
                """
backbone = nn.Linear(8, $features).requires_grad_(False)
model = nn.Sequential(backbone, nn.Linear($features, $classes))
evidence = sum(p.numel() for p in model.parameters() if p.requires_grad)
""",
                "pytorch",
            ),
            Proof(
                """
backbone = keras.Sequential([keras.Input((8,)), layers.Dense($features)])
backbone.trainable = False
model = keras.Sequential([keras.Input((8,)), backbone, layers.Dense($classes)])
evidence = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.torch.count-after-freeze",
        serves=("practice.3",),
        concept="counting",
        difficulty="medium",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
model = torchvision.models.mobilenet_v2()
for p in model.parameters():
    p.requires_grad = False
print(sum(p.requires_grad for p in model.parameters()))
```""",
        options=(
            Option("a", "`False`", "A sum of booleans is a number: False counts as 0."),
            Option(
                "b", "`158`", "That is how many parameter tensors there are; none of them is on."
            ),
            Option("c", "`0`", "Right: every term is False, and the sum of all those is 0."),
            Option("d", "`3504872`", "That counts all numbers inside. This sum counts switches."),
        ),
        key="c",
        solution=(
            "The loop sets `requires_grad` to False on every parameter.",
            "`sum` adds the booleans, True as 1 and False as 0.",
            "All are False: 0. This line is the quickest check that a freeze worked.",
        ),
        hint="`True + True` is 2 in Python. What is `False + False`?",
        mistakes=("Reading the line as a count of weights: it counts tensors that train.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
    Question(
        id="freezing.torch.trainable-attribute",
        concept="counting",
        difficulty="medium",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
model.trainable = False
print(sum(p.requires_grad for p in model.parameters()))
```""",
        options=(
            Option("a", "`4`", "Right: two weights and two biases, all of them still training."),
            Option(
                "b", "`0`", "It would in Keras. PyTorch stores the attribute and never reads it."
            ),
            Option("c", "`3`", "ReLU has no parameters, and each linear layer has two tensors."),
            Option("d", "`195`", "That is the count of single numbers. The sum counts tensors."),
        ),
        key="a",
        solution=(
            "PyTorch lets you put any attribute on a module; `trainable` means nothing to it.",
            "Each `Linear` owns two tensors, weight and bias; `ReLU` owns none.",
            "All four still have `requires_grad=True`.",
        ),
        hint="Does PyTorch know the word `trainable`?",
        mistakes=("Expecting an error or a freeze: the line is silently useless.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
    template(
        id="freezing.count-bn",
        values={"channels": (16, 24, 32, 48, 96, 112), "frozen": ("unfrozen", "frozen")},
        derive=lambda v: {
            "total": 4 * v["channels"],
            "two": 2 * v["channels"] if v["frozen"] == "frozen" else v["channels"],
            "right": 4 * v["channels"] if v["frozen"] == "frozen" else 2 * v["channels"],
            "wrong": 3 * v["channels"],
            "flag": v["frozen"] == "unfrozen",
            "why": "With `trainable=False` all four are non-trainable"
            if v["frozen"] == "frozen"
            else "Scale and shift train; the two moving averages never do",
        },
        concept="counting",
        difficulty="medium",
        framework="keras",
        kind="numeric",
        stem="A Keras `BatchNormalization` layer sees $channels channels and is $frozen. How many "
        "*non-trainable* parameters does `summary()` count for it?",
        options=(
            Option(
                "a", "$two", "Count again which of scale, shift, mean and variance can train now."
            ),
            Option("b", "$wrong", "They come in pairs: scale and shift, mean and variance."),
        ),
        key="$right",
        unit="parameters",
        solution=(
            "For each channel: a scale, a shift, a moving mean, a moving variance: $total in all.",
            "$why: $right.",
        ),
        hint="Four numbers a channel. Which of them can gradient descent move just now?",
        mistakes=("Counting the moving averages as trainable because training changes them.",),
        proofs=(
            Proof(
                """
layer = layers.BatchNormalization()
layer.build((None, $channels))
layer.trainable = $flag
evidence = sum(int(np.prod(w.shape)) for w in layer.non_trainable_weights)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.keras.count-after-freeze",
        concept="counting",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""`base` is a frozen MobileNetV2 without its top, pooled. What does this print?

```python
base.trainable = False
model = keras.Sequential([base, keras.layers.Dropout(0.2), keras.layers.Dense(5)])
print(len(model.trainable_weights))
```""",
        options=(
            Option("a", "`0`", "The base is frozen, but the new dense layer is not."),
            Option("b", "`6405`", "That counts single numbers. `trainable_weights` lists tensors."),
            Option("c", "`2`", "Right: the dense layer's kernel and bias. Dropout has no weights."),
            Option(
                "d", "`3`", "There are three layers, but only one of them has weights that train."
            ),
        ),
        key="c",
        solution=(
            "The base gives none: it is frozen. Dropout has none.",
            "Dense has two: a kernel of 1280×5 and a bias of 5.",
        ),
        hint="Which of the three layers have trainable weights, and how many tensors are they?",
        mistakes=("Confusing tensors with single numbers.",),
        proofs=(
            Proof(
                """
base = keras.applications.MobileNetV2(
    input_shape=(33, 33, 3), include_top=False, pooling="avg", weights=None, alpha=0.35
)
evidence = printed(STEM, base=base)
""",
                "keras",
            ),
        ),
    ),
    template(
        id="freezing.torch.count-stack",
        values={"inside": (8, 12, 20), "middle": (16, 32, 64), "classes": (3, 5, 10)},
        derive=lambda v: {
            "right": v["middle"] * 2 + (v["middle"] + 1) * v["classes"],
            "head": (v["middle"] + 1) * v["classes"],
            "all": (v["inside"] + 1) * v["middle"]
            + 2 * v["middle"]
            + (v["middle"] + 1) * v["classes"],
            "with_stats": v["middle"] * 4 + (v["middle"] + 1) * v["classes"],
            "bn": 2 * v["middle"],
        },
        concept="counting",
        difficulty="hard",
        framework="pytorch",
        kind="numeric",
        stem="""How many parameters does the optimizer move?

```python
model = nn.Sequential(
    nn.Linear($inside, $middle), nn.BatchNorm1d($middle), nn.ReLU(), nn.Linear($middle, $classes)
)
model[0].requires_grad_(False)
model[1].eval()
```""",
        options=(
            Option(
                "a", "$head", "`eval()` does not freeze: the scale and shift of BatchNorm train."
            ),
            Option("b", "$all", "The first layer has `requires_grad=False`: it does not count."),
            Option("c", "$with_stats", "Running mean and variance are buffers, not parameters."),
        ),
        key="$right",
        unit="parameters",
        solution=(
            "First layer: frozen, 0.",
            "BatchNorm: scale and shift still train, 2 × $middle = $bn. `eval()` only fixes its "
            "mode.",
            "Last layer: ($middle + 1) × $classes = $head.",
            "Together $right.",
        ),
        hint="`eval()` and `requires_grad` are two different switches.",
        mistakes=("Taking `eval()` for a freeze.", "Counting buffers as parameters."),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
before = [p.clone() for p in model.parameters()]
fit(model, np.random.rand(8, $inside).astype("float32"), np.arange(8) % $classes, lr=1.0, steps=1)
moved = [p for b, p in zip(before, model.parameters()) if not torch.equal(b, p)]
evidence = sum(p.numel() for p in moved)
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="freezing.keras.count-stack",
        values={
            "width": (8, 16, 32),
            "classes": (3, 5, 10),
            "state": ("off", "on, its BatchNorm off"),
        },
        derive=lambda v: {
            "dense": 9 * v["width"],
            "bn": 2 * v["width"],
            "head": (v["width"] + 1) * v["classes"],
            "right": (v["width"] + 1) * v["classes"]
            + (0 if v["state"] == "off" else 9 * v["width"]),
            "all": (v["width"] + 1) * v["classes"] + 11 * v["width"],
            "stats": (v["width"] + 1) * v["classes"] + 13 * v["width"],
            "flag": v["state"] != "off",
            "from_base": "nothing: it is off"
            if v["state"] == "off"
            else f"its dense layer, {9 * v['width']}; BatchNorm is off",
        },
        concept="counting",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="parameters",
        stem="""`base` is switched $state. How many parameters train?

```python
base = keras.Sequential([
    keras.Input((8,)), keras.layers.Dense($width), keras.layers.BatchNormalization()
])
model = keras.Sequential([keras.Input((8,)), base, keras.layers.Dense($classes)])
```""",
        options=(
            Option(
                "a", "$all", "That is with all of the base on, BatchNorm's scale and shift too."
            ),
            Option("b", "$stats", "Moving averages never count as trainable."),
        ),
        key="$right",
        solution=(
            "Head: ($width + 1) × $classes = $head.",
            "From the base: $from_base.",
            "Together $right.",
        ),
        hint="Dense: (8 + 1) × $width. BatchNorm: scale and shift, if it is on.",
        mistakes=("Counting BatchNorm's averages.",),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
base = model.layers[0]
base.trainable = $flag
base.layers[-1].trainable = False
evidence = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
""",
                "keras",
            ),
        ),
    ),
)
