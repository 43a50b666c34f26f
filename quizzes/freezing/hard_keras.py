"""Hard questions about freezing in Keras. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
