"""Medium questions about layer-wise learning rates. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="layerwise.torch.not-in-a-group",
        concept="groups",
        difficulty="medium",
        framework="pytorch",
        kind="yes_no",
        stem="A parameter has `requires_grad=True` and gets a gradient, but it is in none of the "
        "optimizer's groups. Does training change it?",
        options=(
            Option(
                "yes", "Yes, it does", "Who would? `backward()` fills gradients, it moves nothing."
            ),
            Option(
                "no",
                "No, it does not",
                "Right: an optimizer moves what it was given, nothing else.",
            ),
        ),
        key="no",
        solution=(
            "`backward()` computes gradients for all that require one.",
            "`optimizer.step()` walks through its groups only.",
            "Compare the sizes: parameters in groups against parameters that should train.",
        ),
        hint="Which line of the loop changes weights, and which list does it walk through?",
        mistakes=("Building groups by name and losing a block without noticing.",),
        proofs=(
            Proof(
                """
model = tiny()
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
x, y = map(torch.as_tensor, blobs())
before = model[0][0].weight.clone()
F.cross_entropy(model(x), y).backward()
optimizer.step()
if model[0][0].weight.grad is None:
    raise ValueError("the stem says that there is a gradient")
evidence = not torch.equal(before, model[0][0].weight)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="layerwise.torch.wrong-way-round",
        concept="groups",
        difficulty="medium",
        framework="pytorch",
        kind="find_bug",
        stem="""The block next to the head should get `1e-3`, and each block further down a tenth of the one
above. Which repair does that?

```python
blocks = [nn.Linear(4, 4) for _ in range(3)]  # the first block first
groups = [
    {"params": block.parameters(), "lr": 1e-3 * 0.1**i}
    for i, block in enumerate(blocks)
]
```""",
        options=(
            Option(
                "a",
                "Replace `0.1**i` by `10**i`.",
                "The rates grow with depth, but the last block gets 0.1 instead of 1e-3.",
            ),
            Option(
                "b",
                "Walk through `enumerate(reversed(blocks))`.",
                "Right: the last block comes first, with exponent 0.",
            ),
            Option(
                "c",
                "Replace `1e-3` by `1e-5`.",
                "The first block would have the right rate, the last one far too low a rate.",
            ),
            Option(
                "d",
                "Hand the list over the other way around: `groups = groups[::-1]`.",
                "Each rate travels with its block. The order of the groups does not matter.",
            ),
        ),
        key="b",
        solution=(
            "As written, the *first* block gets the highest rate: i is 0 there.",
            "Counted from the end, the last block has i = 0 and rate 1e-3.",
            "Then 1e-4, and 1e-5 for the first block.",
        ),
        hint="Which block has i = 0?",
        mistakes=("Reversing the groups, which keeps every block's rate as it was.",),
        proofs=(
            Proof(
                """
repairs = {
    "a": STEM.replace("0.1**i", "10**i"),
    "b": STEM.replace("enumerate(blocks)", "enumerate(reversed(blocks))"),
    "c": STEM.replace("1e-3", "1e-5"),
    "d": STEM + "\\ngroups = groups[::-1]",
}
def right(code):
    space = run(code)
    rate_of = {p: group["lr"] for group in space["groups"] for p in group["params"]}
    rates = [rate_of[block.weight] for block in space["blocks"]]
    return bool(np.allclose(rates, [1e-5, 1e-4, 1e-3]))
if right(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: right(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
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
        id="layerwise.torch.schedule-keeps-ratio",
        concept="schedules",
        difficulty="medium",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
optimizer = torch.optim.SGD([
    {"params": model[0].parameters(), "lr": 0.25},
    {"params": model[1].parameters(), "lr": 1.0},
])
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
optimizer.step()
schedule.step()
print([group["lr"] for group in optimizer.param_groups])
```""",
        options=(
            Option("a", "`[0.5, 0.5]`", "The factor multiplies each group's own rate."),
            Option("b", "`[0.25, 0.5]`", "Every group is scheduled, not just the last."),
            Option("c", "`[0.25, 1.0]`", "The schedule has made a step: the factor is 0.5 now."),
            Option("d", "`[0.125, 0.5]`", "Right: each rate is halved, their ratio stays."),
        ),
        key="d",
        solution=(
            "`LambdaLR` multiplies each group's *starting* rate by the factor.",
            "After one step the factor is 0.5: 0.125 and 0.5.",
            "The ratio between the groups, 1 to 4, is kept.",
        ),
        hint="A factor, not a rate.",
        mistakes=(
            "Fearing that a schedule flattens the groups in PyTorch, as a constant does in Keras.",
        ),
        proofs=(Proof("evidence = printed(STEM, model=tiny())", "pytorch"),),
    ),
    template(
        id="layerwise.torch.how-far",
        serves=("deep.7",),
        values={"early": ("1e-6", "1e-5", "1e-4"), "head": ("1e-3", "1e-2")},
        derive=lambda v: {
            "right": round(float(v["head"]) / float(v["early"])),
            "ten": round(float(v["head"]) / float(v["early"]) * 10),
        },
        concept="groups",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        predict_first=True,
        tolerance=0.5,
        unit="times as far",
        stem="Two parameter groups under Adam: the early layers with rate $early, the head with "
        "rate $head. In the *first* step, how many times as far does a weight of the head move as "
        "one of the early layers? (Both have gradients that are not tiny.)",
        options=(
            Option("a", "1", "Each group steps at its own rate."),
            Option("b", "$ten", "Count the powers of ten between the rates again."),
        ),
        key="$right",
        solution=(
            "The length of Adam's first step is the rate, whatever the gradient.",
            "So the ratio of the distances is the ratio of the rates: $head / $early = $right.",
        ),
        hint="Adam's first step is as long as the rate.",
        mistakes=("Thinking that the size of the gradients decides under Adam.",),
        proofs=(
            Proof(
                """
early, head = (nn.Parameter(torch.zeros(4, dtype=torch.float64)) for _ in range(2))
early.grad, head.grad = torch.full_like(early, 3.0), torch.full_like(head, -0.2)
torch.optim.Adam(
    [{"params": [early], "lr": $early}, {"params": [head], "lr": $head}], eps=1e-12
).step()
evidence = (head.abs().mean() / early.abs().mean()).item()
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="layerwise.range-test",
        concept="schedules",
        difficulty="medium",
        kind="single",
        stem="In a learning-rate range test the rate grows from tiny to huge over one short run: "
        "at first the loss stays flat, then it falls steeply, reaches its lowest point at 0.1, "
        "and explodes. Which maximum rate is a sound choice?",
        options=(
            Option(
                "a",
                "0.1: the loss is lowest there.",
                "The run is about to diverge there. A long training needs a margin.",
            ),
            Option(
                "b",
                "A rate from the explosion, since large steps find more.",
                "There the loss grows: nothing is found.",
            ),
            Option(
                "c",
                "The smallest rate tried, because it cannot do any harm to the weights.",
                "It does nothing: the loss is flat there.",
            ),
            Option(
                "d",
                "Below 0.1, where the loss falls steeply.",
                "Right: fast, and with a margin before the divergence.",
            ),
        ),
        key="d",
        solution=(
            "Flat: the steps are too short to matter.",
            "Steep: the steps help most. The lowest point is already next to divergence.",
            "Take a rate from the steep part, often a tenth of the one at the lowest point.",
        ),
        hint="The lowest loss is where the good steps *ended*.",
        mistakes=("Taking the rate at the lowest point.",),
        source="Smith 2017, Cyclical Learning Rates for Training Neural Networks: "
        "https://arxiv.org/abs/1506.01186",
    ),
    Question(
        id="layerwise.measure-forgetting",
        concept="forgetting",
        difficulty="medium",
        kind="single",
        stem="You fine-tuned a backbone for flowers. How do you measure what it forgot of its "
        "pretraining task?",
        options=(
            Option(
                "a",
                "By its training loss on the flowers.",
                "The flowers say nothing about the old task.",
            ),
            Option(
                "b",
                "By the accuracy on flowers before and after.",
                "That is what it learned, not what it forgot.",
            ),
            Option(
                "c",
                "By putting the old head back and testing on the old task.",
                "Right: old head, old task, held-out pictures; before minus after.",
            ),
            Option(
                "d",
                "By the sum of all changes of its weights, layer by layer, from first to last.",
                "Weights may move far along harmless directions. Ask for the effect.",
            ),
        ),
        key="c",
        solution=(
            "Forgetting is a loss of accuracy on the *old* task.",
            "So keep the old head, put it on the changed backbone, and use held-out old pictures.",
            "The difference to the accuracy before is the forgetting.",
        ),
        hint="Which task is it that may be forgotten?",
        mistakes=("Inferring forgetting from how far weights moved.",),
        source="Kirkpatrick et al. 2017: https://arxiv.org/abs/1612.00796",
    ),
)
