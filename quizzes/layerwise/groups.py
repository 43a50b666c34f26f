"""Layer-wise learning rates: parameter groups and decay by depth. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="layerwise.the-idea",
        serves=("expert.2",),
        concept="groups",
        difficulty="easy",
        kind="single",
        stem="Layer-wise learning rates, as they are used for fine-tuning: which layers get which "
        "rate?",
        options=(
            Option(
                "a",
                "Early layers a low one, late layers a higher one.",
                "Right: what is general is protected, what is special may change.",
            ),
            Option(
                "b",
                "Early layers a high one, because their gradients have the longest way to go.",
                "Then the most general features would change most.",
            ),
            Option(
                "c",
                "Each layer a random one, redrawn in every epoch.",
                "The rates follow depth; nothing is drawn.",
            ),
            Option(
                "d",
                "Large layers a low one, small layers a higher one.",
                "It is depth that counts, not size.",
            ),
        ),
        key="a",
        solution=(
            "Early layers hold general features, late layers special ones.",
            "So rates grow with depth; often each layer has a fixed fraction of the next one's.",
        ),
        hint="Which layers do you want to protect most?",
        mistakes=("Giving early layers a high rate to make up for small gradients.",),
        source="Howard, Ruder 2018, Universal Language Model Fine-tuning (discriminative "
        "fine-tuning): https://arxiv.org/abs/1801.06146",
    ),
    template(
        id="layerwise.torch.geometric",
        values={"top": ("0.01", "0.001"), "decay": (0.5, 0.8, 0.9), "below": (2, 3, 4)},
        derive=lambda v: {
            "right": float(v["top"]) * v["decay"] ** v["below"],
            "product": float(v["top"]) * v["decay"] * v["below"],
            "one": float(v["top"]) * v["decay"],
        },
        concept="groups",
        difficulty="easy",
        framework="pytorch",
        kind="numeric",
        tolerance=1e-6,
        unit="(learning rate)",
        stem="The head has rate $top. Each block below has $decay times the rate of the one above "
        "it. What rate has the block $below steps below the head?",
        options=(
            Option("a", "$one", "That is the block right below the head."),
            Option("b", "$top", "That is the head's own rate."),
        ),
        key="$right",
        solution=(
            "Each step down multiplies by $decay.",
            "$below steps: $top × $decay^$below = $right.",
        ),
        hint="One multiplication for each step down.",
        mistakes=("Multiplying the factor by the number of steps, instead of raising it.",),
        proofs=(
            Proof(
                """
blocks = [nn.Linear(2, 2) for _ in range($below)]
groups, rate = [{"params": nn.Linear(2, 3).parameters(), "lr": $top}], $top
for block in blocks:
    rate = rate * $decay
    groups.append({"params": block.parameters(), "lr": rate})
evidence = torch.optim.SGD(groups, lr=$top).param_groups[-1]["lr"]
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="layerwise.torch.default-rate",
        concept="groups",
        difficulty="easy",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
optimizer = torch.optim.SGD(
    [{"params": model[0].parameters(), "lr": 1e-5}, {"params": model[1].parameters()}], lr=1e-3
)
print([group["lr"] for group in optimizer.param_groups])
```""",
        options=(
            Option("a", "`[0.001, 0.001]`", "A group's own `lr` wins over the one outside."),
            Option("b", "`[1e-05]`", "The second group is there as well, with the default."),
            Option("c", "`[1e-05, 0.001]`", "Right: the group without a rate takes the default."),
            Option("d", "`[1e-05, 1e-05]`", "A group does not inherit from the one before it."),
        ),
        key="c",
        solution=(
            "What stands in a group holds for that group.",
            "What is missing there is filled in from the optimizer's arguments: lr=1e-3.",
        ),
        hint="What does the second group not say?",
        mistakes=("Thinking that the outer `lr` overrides the groups.",),
        proofs=(Proof("evidence = printed(STEM, model=tiny())", "pytorch"),),
    ),
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
)
