"""Layer-wise learning rates: layer-wise rates in Keras. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
    Question(
        id="layerwise.keras.pattern",
        concept="keras_rates",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="""Which pattern gives the layer `early` inside `base` its own optimizer?

```python
inputs = keras.Input((8,))
base = keras.Model(inputs, keras.layers.Dense(16, name="early")(inputs), name="base")
rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(1e-3))
rates[pattern] = keras.optimizers.SGD(1e-5)
```""",
        options=(
            Option("a", '`"early"`', "The whole path must match, and it is `early/kernel`."),
            Option(
                "b", '`"base/early/.*"`', "The path leaves out the name of the model around it."
            ),
            Option("c", '`"early/.*"`', "Right: the paths are `early/kernel` and `early/bias`."),
            Option(
                "d", '`"base/.*"`', "No path here begins with `base`: they begin with the layer."
            ),
        ),
        key="c",
        solution=(
            "Patterns are matched against `variable.path`, from its beginning to its end.",
            "In this model the path is `early/kernel`: the nested model's name is not in it.",
            "Print `[v.path for v in model.trainable_variables]` before you write patterns.",
        ),
        hint="Print `base.trainable_variables[0].path`.",
        mistakes=("Guessing the path from the model's structure instead of printing it.",),
        proofs=(
            Proof(
                """
evidence = {}
for option, code in OPTIONS.items():
    space = run(STEM, pattern=eval(code))
    chosen = [space["rates"](v) for v in space["base"].trainable_variables]
    evidence[option] = all(abs(float(opt.learning_rate) - 1e-5) < 1e-9 for opt in chosen)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="layerwise.keras.set-the-rate",
        concept="keras_rates",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""What does this print?

```python
rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(1e-3))
rates["early/.*"] = keras.optimizers.SGD(1e-5)
optimizer = keras.optimizers.MultiOptimizer(rates)
try:
    optimizer.learning_rate = 1e-4
    print("one rate for all")
except AttributeError:
    print("no single rate")
```""",
        options=(
            Option("a", "`no single rate`", "Right: the rates live in `optimizer.optimizers`."),
            Option(
                "b",
                "`one rate for all`",
                "It refuses, so that nobody flattens the rates by mistake.",
            ),
            Option("c", "Nothing at all", "One of the two prints is reached in any case."),
        ),
        key="a",
        solution=(
            "A `MultiOptimizer` has no rate of its own: reading or setting it raises "
            "AttributeError.",
            "Set the rates inside: `optimizer.optimizers[0].learning_rate = 1e-4`.",
        ),
        hint="Which of the two rates should that line set?",
        mistakes=("Expecting an optimizer of optimizers to act like a single one.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
    Question(
        id="layerwise.keras.silent-default",
        concept="keras_rates",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""The base has one dense layer, `early`. What does this print?

```python
rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
rates["base/.*"] = keras.optimizers.SGD(0.0)  # hold the base still
model.compile(keras.optimizers.MultiOptimizer(rates), loss)
before = base.layers[-1].kernel.numpy().copy()
model.fit(x, y, verbose=0)
print("moved" if (before != base.layers[-1].kernel.numpy()).any() else "held")
```""",
        options=(
            Option("a", "`held`", "The path is `early/kernel`: the pattern matches nothing."),
            Option("b", "`moved`", "Right: no match, so the default rate, without a word."),
            Option(
                "c",
                "Nothing: `fit` stops with an error about the pattern.",
                "A pattern that matches nothing is not reported.",
            ),
        ),
        key="b",
        solution=(
            "The path of the kernel is `early/kernel`; `base` is not part of it.",
            "So `base/.*` matches nothing, and the variable silently gets the default, 0.1.",
            "Test it: count how many variables each inner optimizer holds, or compare weights.",
        ),
        hint="Is `base` part of `variable.path` in a functional model?",
        mistakes=("Trusting a pattern that was never seen to match.",),
        proofs=(
            Proof(
                """
inputs = keras.Input((8,))
base = keras.Model(inputs, layers.Dense(16, name="early")(inputs), name="base")
picture = keras.Input((8,))
model = keras.Model(picture, layers.Dense(3, name="head")(base(picture)))
x, y = blobs()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
evidence = printed(STEM, model=model, base=base, x=x, y=y, loss=loss)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="layerwise.keras.scheduler-flattens",
        concept="keras_rates",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""`model` is compiled with a `MultiOptimizer` whose inner rates are 0.001 and 0.1. What does this
print?

```python
callback = keras.callbacks.LearningRateScheduler(lambda epoch: 0.01)
model.fit(x, y, callbacks=[callback], verbose=0)
print([round(float(o.learning_rate), 4) for o in model.optimizer.optimizers])
```""",
        options=(
            Option(
                "a",
                "`[0.01, 0.01]`",
                "Right: the same number is written into every inner optimizer.",
            ),
            Option("b", "`[0.001, 0.1]`", "The callback does reach the inner optimizers."),
            Option("c", "`[0.001, 0.01]`", "It does not single out the default optimizer."),
            Option("d", "`[0.0001, 0.01]`", "The function returns a rate, not a factor."),
        ),
        key="a",
        solution=(
            "The callback walks through `optimizer.optimizers` and sets each rate to what it gets.",
            "A function of the epoch alone gives all of them the same: the rates by depth are "
            "gone.",
            "A function of epoch *and rate*, such as `lambda epoch, rate: rate * 0.9`, keeps "
            "ratios.",
        ),
        hint="The function knows the epoch, but not the layer.",
        mistakes=("Adding an old scheduler to a layer-wise setup, which flattens it silently.",),
        proofs=(
            Proof(
                """
rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
rates[".*early.*"] = keras.optimizers.SGD(0.001)
model = tiny()
compiled(model, keras.optimizers.MultiOptimizer(rates))
x, y = blobs(32)
evidence = printed(STEM, model=model, x=x, y=y)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="layerwise.keras.two-patterns",
        concept="keras_rates",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""The path of the variable is `block_1/conv/kernel`. What does this print?

```python
rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
rates["block_1/.*"] = keras.optimizers.SGD(0.01)
rates[".*/kernel"] = keras.optimizers.SGD(0.001)
try:
    print(round(float(rates["block_1/conv/kernel"].learning_rate), 4))
except ValueError:
    print("ambiguous")
```""",
        options=(
            Option("a", "`0.01`", "The first pattern has no precedence over the second."),
            Option("b", "`0.001`", "The last pattern does not win, either."),
            Option("c", "`ambiguous`", "Right: two patterns fit, and Keras refuses to choose."),
            Option("d", "`0.1`", "The default is for variables that no pattern fits."),
        ),
        key="c",
        solution=(
            "`block_1/.*` fits the path, and so does `.*/kernel`.",
            "With more than one fit, `OptimizerMap` raises ValueError.",
            "Too many fits is an error; no fit at all is silent.",
        ),
        hint="How many of the two patterns fit?",
        mistakes=("Expecting first-match-wins, as in many routing tables.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
    Question(
        id="layerwise.keras.update-step",
        concept="keras_rates",
        difficulty="hard",
        framework="keras",
        kind="single",
        stem="""Somebody slows the early layers down like this; it works with Keras on PyTorch:

```python
class ByDepth(keras.optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        factor = 0.01 if "early" in variable.path else 1.0
        super().update_step(gradient, variable, learning_rate * factor)
```

What happens in `fit` with Keras on TensorFlow?""",
        options=(
            Option(
                "a",
                "The early layers get a hundredth of the rate, as with PyTorch.",
                "It depends on the backend what `update_step` is handed.",
            ),
            Option(
                "b",
                "All layers silently get the full rate.",
                "Silence would be worse. Here the missing attribute is an error.",
            ),
            Option(
                "c",
                "An `AttributeError`: no attribute `path`.",
                "Right: TensorFlow hands over its own variable, not Keras's.",
            ),
            Option(
                "d",
                "All layers silently get a hundredth of the rate.",
                "The line that computes the factor is not even finished.",
            ),
        ),
        key="c",
        solution=(
            "On TensorFlow the optimizer unwraps each Keras variable before `update_step`.",
            "What arrives is TensorFlow's own variable, and that has no `path`.",
            "Use `MultiOptimizer` with `OptimizerMap`: it works on every backend.",
        ),
        hint="Whose variable does the backend hand to `update_step`?",
        mistakes=("Building on a method that Keras does not promise to call the same everywhere.",),
        proofs=(
            Proof(
                """
def moved(optimizer):
    model = tiny()
    compiled(model, optimizer)
    weights = [model.layers[0].get_layer("early").kernel, model.layers[1].kernel]
    before = [w.numpy().copy() for w in weights]
    model.fit(x, y, batch_size=len(x), verbose=0)
    return [float(np.abs(w.numpy() - b).max()) for w, b in zip(weights, before)]
x, y = blobs(32)
ByDepth = run(STEM)["ByDepth"]
try:
    early, head = moved(ByDepth(0.1))
    error = ""
except Exception as raised:
    early = head = 0.0
    error = f"{type(raised).__name__} {raised}"
plain = moved(keras.optimizers.SGD(0.1))
evidence = {
    "a": head > 0 and early < 0.1 * plain[0],
    "b": head > 0 and early > 0.1 * plain[0],
    "c": "AttributeError" in error and "path" in error,
    "d": 0 < head < 0.1 * plain[1],
}
""",
                "keras",
            ),
        ),
    ),
)
