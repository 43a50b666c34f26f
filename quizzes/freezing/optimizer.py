"""Freezing: optimizers, compiling and frozen parameters. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
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
)
