"""Freezing: BatchNorm statistics while frozen. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
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
        id="freezing.torch.train-undoes-eval",
        concept="batchnorm",
        difficulty="hard",
        framework="pytorch",
        kind="find_bug",
        stem="""This backbone should be a *fixed* feature extractor, but its features drift.
Which repair fixes it?

```python
backbone.requires_grad_(False)
backbone.eval()
for epoch in range(2):
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()
```""",
        options=(
            Option(
                "a",
                "Move `backbone.eval()` to the very top, before `requires_grad_`.",
                "Wherever it stands before the loop, `model.train()` undoes it.",
            ),
            Option(
                "b",
                "Call `backbone.requires_grad_(False)` again in every epoch.",
                "No gradient moves the running statistics: the forward pass does.",
            ),
            Option(
                "c",
                "Call `backbone.eval()` after `model.train()` in every epoch.",
                "Right: `train()` sets the mode of every part, so the backbone's comes after.",
            ),
            Option(
                "d",
                "Hand the optimizer only the head's parameters.",
                "Cleaner, but the running statistics are buffers: no optimizer touches them.",
            ),
        ),
        key="c",
        solution=(
            "`model.train()` walks through all submodules and puts each in train mode.",
            "So the backbone's BatchNorm writes its running statistics again from epoch one.",
            "After `model.train()`, put the backbone back: `backbone.eval()`.",
        ),
        hint="Which line of the loop changes the mode of the backbone?",
        mistakes=("Taking `.eval()` for a lasting setting: every `train()` overwrites it.",),
        proofs=(
            Proof(
                """
top = "backbone.eval()\\nbackbone.requires_grad_(False)"
repairs = {
    "a": STEM.replace("backbone.requires_grad_(False)\\nbackbone.eval()", top),
    "b": STEM.replace("    model.train()", "    model.train()\\n    backbone.requires_grad_(False)"),
    "c": STEM.replace("    model.train()", "    model.train()\\n    backbone.eval()"),
    "d": "optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)\\n" + STEM,
}
x, y = map(torch.as_tensor, blobs())
def fixed(code):
    model = tiny()
    before = {name: value.clone() for name, value in model[0].state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    run(code, model=model, backbone=model[0], optimizer=optimizer, batches=[(x, y)],
        loss_of=F.cross_entropy)
    return all(torch.equal(before[name], value) for name, value in model[0].state_dict().items())
if fixed(STEM):
    raise ValueError("the code in the stem does not drift")
evidence = {option: fixed(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.keras.bn-after-unfreezing",
        concept="batchnorm",
        difficulty="hard",
        framework="keras",
        kind="yes_no",
        predict_first=True,
        stem="""With the installed Keras 3: do the BatchNorm moving averages inside `base` stay as
they were during this `fit`?

```python
inputs = keras.Input((8,))
outputs = keras.layers.Dense(3)(base(inputs, training=False))
model = keras.Model(inputs, outputs)
base.trainable = True
model.compile("sgd", loss)
model.fit(x, y, verbose=0)
```""",
        options=(
            Option(
                "yes",
                "Yes, `training=False` holds them",
                "The well-known recipe says so. Run it: on Keras 3 the averages move.",
            ),
            Option(
                "no",
                "No, they move",
                "Right: inside the nested model `training=False` is not kept in `fit`.",
            ),
        ),
        key="no",
        solution=(
            "The recipe counts on `training=False`, given once when the model was built.",
            "On the Keras 3 releases tried, the layers inside the nested base still run in "
            "training mode during `fit`: all 52 BatchNorm layers of MobileNetV2 drift.",
            "Setting `trainable = False` on each BatchNorm layer holds them on every release.",
        ),
        hint="Do not trust the recipe: compare `moving_mean` before and after.",
        mistakes=("Trusting a flag given at build time instead of measuring after `fit`.",),
        proofs=(
            Proof(
                """
base = tiny().layers[0]
base.trainable = False
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
x, y = blobs()
mean = base.get_layer("bn").moving_mean
before = mean.numpy().copy()
run(STEM, base=base, loss=loss, x=x, y=y)
evidence = bool(np.array_equal(before, mean.numpy()))
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.keras.hold-bn",
        concept="batchnorm",
        difficulty="hard",
        framework="keras",
        kind="single",
        stem="""`base` was called once, with `training=False`, inside a Keras 3 `model`. You now
fine-tune. Which lines train the base and keep its BatchNorm averages still?""",
        options=(
            Option(
                "a",
                '```python\nbase.trainable = True\nmodel.compile("sgd", loss)\n```',
                "The averages move: `training=False` at build time does not hold them.",
            ),
            Option(
                "b",
                "```python\nfor layer in base.layers:\n    if isinstance(layer, "
                "keras.layers.BatchNormalization):\n        layer.trainable = "
                "False\nbase.trainable = True\n"
                'model.compile("sgd", loss)\n```',
                "Wrong way around: `base.trainable = True` switches every layer back on.",
            ),
            Option(
                "c",
                "```python\nbase.trainable = True\nfor layer in base.layers:\n    if "
                "isinstance(layer, keras.layers.BatchNormalization):\n"
                '        layer.trainable = False\nmodel.compile("sgd", loss)\n```',
                "Right: first everything on, then each BatchNorm off, then compile.",
            ),
            Option(
                "d",
                "```python\nbase.trainable = False\nfor layer in base.layers:\n    if "
                "isinstance(layer, keras.layers.BatchNormalization):\n"
                '        layer.training = False\nmodel.compile("sgd", loss)\n```',
                "The averages are safe, but the base is frozen whole: nothing is fine-tuned.",
            ),
        ),
        key="c",
        solution=(
            "`base.trainable = True` is handed down to every layer, so it comes first.",
            "Then each BatchNorm is frozen by itself, which also means inference mode in Keras.",
            "`compile` last, so that the training step sees the final switches.",
        ),
        hint="A switch set on the base overwrites the switches inside it.",
        mistakes=("Freezing BatchNorm first and then wiping it out with `base.trainable = True`.",),
        proofs=(
            Proof(
                """
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
x, y = blobs(48)
def good(code):
    base = tiny().layers[0]
    base.trainable = False
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(3)(base(inputs, training=False)))
    mean, kernel = base.get_layer("bn").moving_mean, base.get_layer("early").kernel
    before = mean.numpy().copy(), kernel.numpy().copy()
    run(code, base=base, model=model, loss=loss)
    model.fit(x, y, verbose=0)
    still, trained = np.array_equal(before[0], mean.numpy()), not np.array_equal(before[1], kernel.numpy())
    return bool(still and trained)
evidence = {option: good(code) for option, code in OPTIONS.items()}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.keras.order",
        concept="batchnorm",
        difficulty="hard",
        framework="keras",
        kind="order",
        stem="Keras 3: put the steps in order. Phase one trains the head alone. Phase two trains "
        "base and head, and no BatchNorm average in the base moves in either.",
        options=(
            Option(
                "a",
                "```python\nfor layer in base.layers:\n    if isinstance(layer, "
                "keras.layers.BatchNormalization):\n        layer.trainable = False\n```",
                "BatchNorm is held after the base was switched on, which switches all of it on.",
            ),
            Option(
                "b",
                "```python\ntrain(keras.optimizers.SGD(1e-5))  # phase two\n```",
                "Phase two comes last, with the base on and BatchNorm held.",
            ),
            Option(
                "c",
                "```python\nbase.trainable = True\n```",
                "The base is switched on between the phases.",
            ),
            Option(
                "d",
                "```python\ntrain(keras.optimizers.SGD(1e-3))  # phase one\n```",
                "Phase one needs the base frozen, and nothing more.",
            ),
            Option(
                "e",
                "```python\nbase.trainable = False\n```",
                "The base is frozen before anything is trained.",
            ),
        ),
        key="edcab",
        solution=(
            "Freeze the base; that holds its BatchNorm as well.",
            "Phase one (`train` compiles and fits): only the head moves.",
            "Switch the base on: that reaches every layer in it.",
            "Switch each BatchNorm off again, so that its averages stay.",
            "Phase two, at the low rate.",
        ),
        hint="`base.trainable = True` undoes every switch inside the base.",
        mistakes=("Holding BatchNorm before the base is switched on.",),
        proofs=(
            Proof(
                """
import itertools
x, y = blobs(32)
def trained(order, model, really):
    base, seen = model.layers[0], []
    base.trainable = True
    bn, kernel = base.get_layer("bn"), base.get_layer("early").kernel
    def train(optimizer):
        rate = float(optimizer.learning_rate)
        before = kernel.numpy().copy(), np.asarray(bn.moving_mean)
        if really:
            compiled(model, optimizer).fit(x, y, verbose=0)
            moves = not np.array_equal(before[0], kernel.numpy())
            held = np.array_equal(before[1], np.asarray(bn.moving_mean))
        else:  # what `fit` reads: 120 orders of real training would take minutes
            moves = any(kernel is w for w in model.trainable_weights)
            held = not bn.trainable
        seen.append((round(rate, 6), bool(moves), bool(held)))
    for option in order:
        exec(OPTIONS[option], {"keras": keras, "base": base, "train": train})
    return seen
wanted = [(1e-3, False, True), (1e-5, True, True)]
switched = tiny()
orders = ["".join(order) for order in itertools.permutations("abcde")]
fitting = [order for order in orders if trained(order, switched, False) == wanted]
evidence = [order for order in fitting if trained(order, tiny(), True) == wanted]
if evidence != fitting or trained("edacb", tiny(), True) == wanted:
    raise ValueError("real training disagrees with the switches")
""",
                "keras",
            ),
        ),
    ),
)
