"""Hard questions about layer-wise learning rates. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="layerwise.scaled-gradients-under-adam",
        concept="groups",
        difficulty="hard",
        kind="single",
        predict_first=True,
        stem="To slow the early layers down you multiply their gradients by 0.01 before every "
        "step. The optimizer is Adam, without weight decay. How far do the early weights go in "
        "five steps, compared with unscaled gradients?",
        options=(
            Option(
                "a",
                "A hundredth as far.",
                "With plain SGD, yes. Adam divides the factor out again.",
            ),
            Option(
                "b", "A tenth as far.", "The root of 0.01 plays no part: it is divided out as well."
            ),
            Option(
                "c",
                "About as far.",
                "Right: Adam divides by the gradient's size, scaled like the rest.",
            ),
            Option(
                "d",
                "A hundred times as far, because Adam divides by a smaller number now.",
                "The number above the line is smaller by the same factor.",
            ),
        ),
        key="c",
        solution=(
            "Adam's step is rate × average gradient / root of average squared gradient.",
            "A factor 0.01 appears above and below the line, and cancels.",
            "To slow a layer down under Adam, lower its *rate*.",
        ),
        hint="Put the factor into Adam's formula, above and below the line.",
        mistakes=("Carrying a trick from SGD over to Adam, where it silently does nothing.",),
        proofs=(
            Proof(
                """
def distance(factor, optimizer_class):
    torch.manual_seed(1)
    weight = nn.Parameter(torch.zeros(50, dtype=torch.float64))
    optimizer = optimizer_class([weight], lr=1e-3)
    for _ in range(5):
        weight.grad = torch.randn(50, dtype=torch.float64) * factor
        optimizer.step()
    return weight.abs().sum().item()
ratio = distance(0.01, torch.optim.Adam) / distance(1.0, torch.optim.Adam)
if not math.isclose(distance(0.01, torch.optim.SGD) / distance(1.0, torch.optim.SGD), 0.01):
    raise ValueError("under SGD the factor should count")
evidence = {name: abs(ratio / wanted - 1) < 0.05
            for name, wanted in dict(a=0.01, b=0.1, c=1.0, d=100.0).items()}
""",
                "pytorch",
            ),
            Proof(
                """
def distance(factor):
    chance = np.random.default_rng(1)
    weight = keras.Variable(np.zeros(50, "float32"))
    optimizer = keras.optimizers.Adam(1e-3)
    for _ in range(5):
        gradient = chance.normal(size=50).astype("float32") * factor
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    return float(np.abs(weight.numpy()).sum())
ratio = distance(0.01) / distance(1.0)
evidence = {name: abs(ratio / wanted - 1) < 0.05
            for name, wanted in dict(a=0.01, b=0.1, c=1.0, d=100.0).items()}
""",
                "keras",
            ),
        ),
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
    Question(
        id="layerwise.rate-and-forgetting",
        concept="forgetting",
        difficulty="hard",
        framework="pytorch",
        kind="yes_no",
        predict_first=True,
        stem="A network has learned task A. It is then trained on task B, once with SGD at rate "
        "0.5 and once at 0.005, for 40 steps each. The two tasks want different answers for "
        "similar inputs. Does the low rate keep more of task A?",
        options=(
            Option(
                "yes", "Yes, it keeps more", "Right: shorter steps leave the weights nearer to A."
            ),
            Option(
                "no",
                "No, just as little",
                "The distance travelled counts, and it differs a hundredfold.",
            ),
        ),
        key="yes",
        solution=(
            "The longer the steps for B, the further the weights leave what A needs.",
            "At 0.5 the answers of A are overwritten; at 0.005 most of them are still there.",
            "The price: B is learned more slowly. That is the trade that rates by depth soften.",
        ),
        hint="How far from A's weights can each of them get in 40 steps?",
        mistakes=("Looking at task B only, where the high rate wins.",),
        proofs=(
            Proof(
                """
x, y = blobs(240)
other = (y + 1) % 3
def kept(rate):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
    fit(model, x, y, lr=0.1, steps=100)
    fit(model, x, other, lr=rate, steps=40)
    return (model(torch.as_tensor(x)).argmax(1) == torch.as_tensor(y)).float().mean().item()
evidence = kept(0.005) > kept(0.5) + 0.1
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="layerwise.torch.gradual-count",
        values={"blocks": (5, 6, 8), "every": (2, 3), "epoch": (5, 7, 9)},
        derive=lambda v: {
            "right": min(v["blocks"], (v["epoch"] - 1) // v["every"]),
            "naive": v["epoch"],
            "most": v["blocks"],
        },
        concept="schedules",
        difficulty="hard",
        framework="pytorch",
        kind="numeric",
        unit="blocks",
        stem="Gradual unfreezing of $blocks blocks: the head trains alone for the first $every "
        "epochs; then, after every $every epochs, one more block is unfrozen, the last first. "
        "Epochs count from 1. How many blocks are unfrozen *during* epoch $epoch?",
        options=(Option("a", "$naive", "Not one an epoch: one for each $every epochs."),),
        key="$right",
        solution=(
            "Before epoch $epoch, $epoch − 1 epochs are done.",
            "Each full $every of them unfroze a block: $right.",
        ),
        hint="How many full groups of $every epochs are over when epoch $epoch begins?",
        mistakes=("Counting the epoch that is under way as done.",),
        proofs=(
            Proof(
                """
blocks = nn.Sequential(*[nn.Linear(2, 2) for _ in range($blocks)]).requires_grad_(False)
unfrozen = 0
for epoch in range(1, $epoch + 1):
    if epoch > 1 and (epoch - 1) % $every == 0 and unfrozen < $blocks:
        unfrozen += 1
        blocks[-unfrozen].requires_grad_(True)
evidence = sum(block.weight.requires_grad for block in blocks)
""",
                "pytorch",
            ),
        ),
    ),
)
