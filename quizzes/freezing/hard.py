"""Hard questions about freezing in PyTorch. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="freezing.torch.order",
        concept="optimizer",
        difficulty="hard",
        framework="pytorch",
        kind="order",
        stem="Put these lines in the order in which the head trains, the backbone stays frozen, "
        "and the optimizer holds the head's parameters only.",
        options=(
            Option(
                "a",
                "```python\noptimizer = torch.optim.SGD([p for p in model.parameters() if "
                "p.requires_grad], lr=0.1)\n```",
                "The optimizer keeps the list it is given: first decide what trains.",
            ),
            Option(
                "b",
                "```python\nmodel[1] = nn.Linear(16, 5)\n```",
                "The new head must come after freezing, or it is frozen with the rest.",
            ),
            Option(
                "c",
                "```python\noptimizer.step()\n```",
                "A step needs a gradient, and an optimizer.",
            ),
            Option(
                "d",
                "```python\nmodel.requires_grad_(False)\n```",
                "Freezing comes first: it switches off all that is there.",
            ),
            Option(
                "e",
                "```python\noptimizer.zero_grad()\nF.cross_entropy(model(x), y).backward()\n```",
                "Gradients are computed once all is set up, just before the step.",
            ),
        ),
        key="dbaec",
        solution=(
            "Freeze everything that came pretrained.",
            "Then replace the head: new parameters start with `requires_grad=True`.",
            "Then build the optimizer from what requires a gradient: exactly the head.",
            "Then clear and fill the gradients, and `step()` uses them.",
        ),
        hint="New layers are born trainable. Who would freeze them if they came first?",
        mistakes=("Replacing the head first and then freezing it together with the backbone.",),
        proofs=(
            Proof(
                """
import itertools
x, y = map(torch.as_tensor, blobs(30, 5))
def right(order):
    model = tiny()
    space = {"model": model, "x": x, "y": y}
    before = model[0][0].weight.clone()
    for option in order:
        if not works(OPTIONS[option], **space):
            return False
        space = run(OPTIONS[option], **space) if option == "a" else space
        if option == "b":
            start = model[1].weight.clone()
    held = {id(p) for group in space["optimizer"].param_groups for p in group["params"]}
    only_head = held == {id(p) for p in model[1].parameters()}
    frozen = not any(p.requires_grad for p in model[0].parameters())
    trained = not torch.equal(start, model[1].weight)
    return only_head and frozen and trained and torch.equal(before, model[0][0].weight)
evidence = ["".join(o) for o in itertools.permutations("abcde") if right(o)]
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.torch.stale-gradient",
        concept="optimizer",
        difficulty="hard",
        framework="pytorch",
        kind="single",
        stem="""All of `model` has trained for a while. Now you freeze its first layer:

```python
model[0].requires_grad_(False)
for _ in range(3):
    optimizer.zero_grad(set_to_none=False)
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
```

`optimizer` is the same SGD with momentum as before, over all parameters. Does the first layer move?""",
        options=(
            Option(
                "a",
                "No: frozen parameters are never updated.",
                "The optimizer does not read `requires_grad`; it asks whether `.grad` is None.",
            ),
            Option(
                "b",
                "Yes: its old momentum pushes on.",
                "Right: its `.grad` is a tensor of zeros, not None, so SGD still steps.",
            ),
            Option(
                "c",
                "No: zeros as gradients make every step zero.",
                "Plain SGD would stand still. Momentum remembers the steps before.",
            ),
            Option(
                "d",
                "It raises an error: the optimizer holds a parameter that is frozen.",
                "No error: an optimizer may hold frozen parameters.",
            ),
        ),
        key="b",
        solution=(
            "`set_to_none=False` leaves a tensor of zeros in `.grad` of the frozen layer.",
            "For the optimizer that is a gradient like any other: it is not None.",
            "Momentum (like weight decay, and like Adam's averages) then still moves the weight.",
            "Cure: leave `set_to_none` at its default, True, or build a new optimizer.",
        ),
        hint="The optimizer asks `p.grad is None`. Is it, here?",
        mistakes=("Freezing in mid-training and keeping an optimizer that remembers.",),
        proofs=(
            Proof(
                """
def moved(momentum, code=STEM):
    torch.manual_seed(0)
    model = tiny()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=momentum)
    x, y = map(torch.as_tensor, blobs())
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    before = model[0][0].weight.clone()
    run(code, model=model, optimizer=optimizer, x=x, y=y)
    return not torch.equal(before, model[0][0].weight)
try:
    pushed, raised = moved(0.9), False
except Exception:
    pushed, raised = False, True
plain, cured = moved(0.0), moved(0.9, STEM.replace("set_to_none=False", ""))
evidence = {"a": not pushed, "b": pushed and not plain and not cured, "c": not pushed, "d": raised}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.what-fine-tuning-changes",
        serves=("deep.3",),
        concept="meaning",
        difficulty="hard",
        framework="pytorch",
        kind="multiple",
        predict_first=True,
        stem="""The backbone is frozen except for its last block; the head is new. After ten steps of
training in `train()` mode, which of these still equal what was loaded?

```python
model = mobilenet(5)
model.requires_grad_(False)
model.features[18].requires_grad_(True)
model.classifier[1] = nn.Linear(1280, 5)
model.train()
```""",
        options=(
            Option(
                "a",
                "`model.features[0][0].weight`",
                "Yes: the first convolution is frozen, so its filters stay as loaded.",
            ),
            Option(
                "b",
                "`model.features[0][1].running_mean`",
                "It moves: in train mode a frozen BatchNorm still gathers statistics.",
            ),
            Option(
                "c",
                "`model.features[18][0].weight`",
                "This block was unfrozen: each step moves it.",
            ),
            Option(
                "d",
                "`model.features[17].conv[2].weight`",
                "Yes: frozen, and a weight. Only the block behind it was unfrozen.",
            ),
        ),
        key="ad",
        solution=(
            "Weights move only where `requires_grad` is True: block 18 and the head.",
            "So the convolutions of blocks 0 to 17 stay exactly as loaded.",
            "But the whole model is in train mode, so every BatchNorm's running statistics move.",
        ),
        hint="Two things can change in training: weights, by steps, and buffers, by forward "
        "passes.",
        mistakes=("Overlooking the BatchNorm buffers of frozen blocks.",),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
read = {option: (lambda code=code: eval(code, {"model": model})) for option, code in OPTIONS.items()}
before = {option: value().clone() for option, value in read.items()}
fit(model, np.random.rand(4, 3, 33, 33).astype("float32"), np.arange(4), lr=0.05, steps=3)
evidence = {option: torch.equal(before[option], value()) for option, value in read.items()}
""",
                "pytorch",
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
)
