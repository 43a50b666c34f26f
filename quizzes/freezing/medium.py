"""Medium questions about freezing. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
    Question(
        id="freezing.keras.bn-trainable-false",
        concept="batchnorm",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="In Keras, a `BatchNormalization` layer has `trainable = False`. During `fit`, how "
        "does it normalize a batch?",
        options=(
            Option(
                "a",
                "By the mean and variance of the batch, as in any training step.",
                "That is training mode. In Keras a frozen BatchNorm runs in inference mode.",
            ),
            Option(
                "b",
                "By its stored averages, which the batch then updates.",
                "It does use its stored averages, but it leaves them as they are.",
            ),
            Option(
                "c",
                "Not at all: a frozen BatchNorm passes its input through unchanged.",
                "It still computes. Frozen never means switched off.",
            ),
            Option(
                "d",
                "By its stored averages, which stay as they are.",
                "Right: this layer alone reads `trainable` that way.",
            ),
        ),
        key="d",
        solution=(
            "Most layers read `trainable` only as: no gradient step.",
            "Keras gives BatchNorm a second meaning: a frozen one runs in inference mode.",
            "So even called with `training=True` it uses, and keeps, its moving averages.",
        ),
        hint="For this one layer Keras made `trainable` mean more than 'no gradient step'.",
        mistakes=("Believing that PyTorch does the same: there you need `.eval()` as well.",),
        source="https://keras.io/api/layers/normalization_layers/batch_normalization/",
        proofs=(
            Proof(
                """
layer = layers.BatchNormalization()
x = np.random.default_rng(0).normal(5, 2, (64, 4)).astype("float32")
layer.build(x.shape)
layer.moving_mean.assign(np.full(4, 1.0))
layer.trainable = False
mean, variance = layer.moving_mean.numpy().copy(), layer.moving_variance.numpy()
y = np.asarray(layer(x, training=True))
stored = np.allclose(y, (x - mean) / np.sqrt(variance + layer.epsilon), atol=1e-4)
kept = np.array_equal(mean, layer.moving_mean.numpy())
of_batch = np.allclose(y.mean(0), 0, atol=1e-3)
evidence = {"a": of_batch, "b": stored and not kept, "c": np.allclose(x, y), "d": stored and kept}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.torch.bn-moves",
        concept="batchnorm",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        predict_first=True,
        stem="""Everything is frozen, yet something changes. Which of these differ after the last line?

```python
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
model.requires_grad_(False)
model.train()
model(torch.rand(16, 3, 9, 9))
```""",
        options=(
            Option("a", "`model[0].weight`", "No step was made, and no gradient was asked for."),
            Option(
                "b",
                "`model[1].running_mean`",
                "Yes: in train mode every forward pass pulls it towards the batch's mean.",
            ),
            Option(
                "c",
                "`model[1].weight`",
                "BatchNorm's scale is a parameter: only an optimizer could move it.",
            ),
            Option(
                "d",
                "`model[1].running_var`",
                "Yes: like the running mean it is a buffer, which no gradient is needed to change.",
            ),
        ),
        key="bd",
        solution=(
            "`requires_grad=False` stops gradients, so no parameter can move.",
            "The running mean and variance are buffers: the forward pass itself writes them.",
            "It does so whenever the layer is in train mode. `model[1].eval()` stops it.",
        ),
        hint="Which of the four does the *forward* pass write?",
        mistakes=("Calling this a fixed feature extractor: its features drift with every batch.",),
        proofs=(
            Proof(
                """
setup, call = STEM.rsplit("\\n", 1)
space = run(setup)
model = space["model"]
read = {option: (lambda code=code: eval(code, {"model": model})) for option, code in OPTIONS.items()}
before = {option: value().clone() for option, value in read.items()}
run(call, model=model)
evidence = {option: not torch.equal(before[option], value()) for option, value in read.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.keras.recompile",
        concept="optimizer",
        difficulty="medium",
        framework="keras",
        kind="single",
        predict_first=True,
        stem="""`model` has a frozen `base` and a new head. What does the second `fit` train?

```python
model.compile(optimizer="sgd", loss=loss)
model.fit(x, y)
base.trainable = True
model.fit(x, y)
```""",
        options=(
            Option(
                "a",
                "Nothing: changing `trainable` stops training until you compile.",
                "Training goes on, with the plan made by the last `compile`.",
            ),
            Option(
                "b",
                "Only the head, as before.",
                "Right: the training step was built while the base was frozen.",
            ),
            Option(
                "c",
                "The base and the head.",
                "It would after another `compile`. Without it the old training step runs on.",
            ),
            Option(
                "d",
                "Only the base: the head was already trained by the first `fit` call.",
                "Nothing froze the head, and nothing remembers what was trained before.",
            ),
        ),
        key="b",
        solution=(
            "`fit` builds its training step once and keeps it until the next `compile`.",
            "That step lists the weights that were trainable when it was built: the head's.",
            "So compile again after every change of `trainable`; a low learning rate goes in "
            "there.",
        ),
        hint="When is the training step built?",
        mistakes=("Forgetting to compile again: no error, no warning, and the base never moves.",),
        source="https://keras.io/guides/transfer_learning/",
        proofs=(
            Proof(
                """
model = tiny()
base, head = model.layers
base.trainable = False
x, y = blobs()
compiled(model).fit(x, y, verbose=0)
base.trainable = True
before = base.layers[0].kernel.numpy().copy(), head.kernel.numpy().copy()
model.fit(x, y, verbose=0)
moved = [not np.array_equal(b, layer.kernel.numpy()) for b, layer in zip(before, (base.layers[0], head))]
wanted = {"a": [False, False], "b": [False, True], "c": [True, True], "d": [True, False]}
evidence = {option: moved == pair for option, pair in wanted.items()}
""",
                "keras",
            ),
        ),
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
        id="freezing.torch.optimizer-with-frozen",
        concept="optimizer",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="""You freeze the backbone, then hand *all* parameters to the optimizer:

```python
model[0].requires_grad_(False)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
```

What happens to the backbone's weights in training?""",
        options=(
            Option(
                "a",
                "They shrink step by step, since weight decay needs no gradient at all.",
                "AdamW skips a parameter whose `.grad` is None, decay included.",
            ),
            Option(
                "b",
                "Nothing: they have no gradient.",
                "Right: an optimizer skips every parameter whose `.grad` is None.",
            ),
            Option(
                "c",
                "They train: being in the optimizer's list turns them back on.",
                "The list does not touch `requires_grad`.",
            ),
            Option(
                "d",
                "The first step raises an error about parameters without gradients.",
                "It would if *no* parameter required one. The head's do.",
            ),
        ),
        key="b",
        solution=(
            "`backward()` leaves `.grad` at None for parameters that require no gradient.",
            "`step()` skips those: no update, no momentum, no weight decay.",
            "Listing only trainable parameters is still clearer, and saves the optimizer's memory "
            "the day they are unfrozen.",
        ),
        hint="What does `step()` do with a parameter whose `.grad` is None?",
        mistakes=("Fearing that weight decay eats frozen weights.",),
        source="https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html",
        proofs=(
            Proof(
                """
model = tiny()
space = run(STEM, model=model)
backbone = model[0]
x, y = map(torch.as_tensor, blobs())
before = [p.clone() for p in backbone.parameters()]
raised = False
try:
    for _ in range(3):
        space["optimizer"].zero_grad()
        F.cross_entropy(model(x), y).backward()
        space["optimizer"].step()
except Exception:
    raised = True
after = list(backbone.parameters())
same = all(torch.equal(a, b) for a, b in zip(before, after))
shrunk = all(bool((a.abs() <= b.abs()).all()) for a, b in zip(after, before)) and not same
evidence = {"a": shrunk, "b": same and not raised, "c": not same, "d": raised}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.torch.what-is-saved",
        concept="meaning",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        stem="The backbone is frozen, the head trains. What does a training step save, compared "
        "with training everything?",
        options=(
            Option(
                "a",
                "The backbone's forward pass.",
                "Every batch still runs forward through the backbone.",
            ),
            Option(
                "b",
                "The backbone's backward pass.",
                "Yes: the gradient stops where the last trainable layer begins.",
            ),
            Option(
                "c",
                "Memory for the backbone's gradients.",
                "Yes: `.grad` stays None for every frozen parameter.",
            ),
            Option(
                "d",
                "Memory for the backbone's weights.",
                "The weights are all still there: they are needed for the features.",
            ),
        ),
        key="bc",
        solution=(
            "Forward: unchanged, so the weights and their work stay.",
            "Backward: autograd builds no graph through layers that need no gradient.",
            "No backward pass there means no gradients to store either.",
        ),
        hint="Think of one step: forward, backward, update. Which parts still need the backbone?",
        mistakes=("Expecting a frozen model to predict faster: inference does not change at all.",),
        proofs=(
            Proof(
                """
model = tiny()
backbone = model[0].requires_grad_(False)
calls = []
backbone.register_forward_hook(lambda *_: calls.append("forward"))
x, y = map(torch.as_tensor, blobs())
features = backbone(x)
F.cross_entropy(model(x), y).backward()
evidence = {
    "a": "forward" not in calls,
    "b": features.grad_fn is None,
    "c": all(p.grad is None for p in backbone.parameters()),
    "d": sum(p.numel() for p in backbone.parameters()) == 0,
}
""",
                "pytorch",
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
    Question(
        id="freezing.keras.optimizer-memory",
        concept="optimizer",
        difficulty="medium",
        framework="keras",
        kind="yes_no",
        stem="Adam keeps two averages for every weight it trains. You freeze the base, compile, "
        "and `fit`. Does Adam keep averages for the frozen weights as well?",
        options=(
            Option(
                "yes", "Yes, it does", "Count `len(model.optimizer.variables)`: only the head's."
            ),
            Option(
                "no", "No, it does not", "Right: that is part of the memory that freezing saves."
            ),
        ),
        key="no",
        solution=(
            "The optimizer is built on the model's trainable weights.",
            "Frozen ones are not among them: no gradient, no averages.",
            "So freezing saves memory twice: for gradients, and for the optimizer.",
        ),
        hint="Which list is the optimizer built on?",
        mistakes=("Thinking that freezing saves time only.",),
        proofs=(
            Proof(
                """
def averages(frozen):
    model = tiny()
    model.layers[0].trainable = not frozen
    x, y = blobs(32)
    compiled(model, "adam").fit(x, y, verbose=0)
    return sum(tuple(v.shape) == (8, 16) for v in model.optimizer.variables)
if averages(False) != 2:
    raise ValueError("two averages were expected for a kernel that trains")
evidence = averages(True) > 0
""",
                "keras",
            ),
        ),
    ),
)
