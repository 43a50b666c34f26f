"""Fine-tuning: the two-phase recipe. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
    Question(
        id="fine_tuning.why-freeze-first",
        serves=("trace.1",),
        concept="recipe",
        difficulty="easy",
        kind="single",
        stem="Why is the base frozen while the new head is trained at first?",
        options=(
            Option(
                "a",
                "Because a base cannot be trained together with a head.",
                "It can. It is just unwise while the head is random.",
            ),
            Option(
                "b",
                "To keep the learned features safe from a random head.",
                "Right: its first gradients are large and know nothing.",
            ),
            Option(
                "c",
                "Because the head needs a higher accuracy than the base to be unfrozen.",
                "Parts of a network have no accuracy of their own.",
            ),
            Option(
                "d",
                "So that the head forgets the classes of the old task.",
                "The new head never knew them: it is new.",
            ),
        ),
        key="b",
        solution=(
            "The new head starts random, so its errors and gradients are large.",
            "Sent into the base, they would change good features for no good reason.",
            "Train the head until it makes sense; then let small steps reach the base.",
        ),
        hint="What do the gradients of a random head know about flowers?",
        mistakes=("Naming only the time saved: that is a benefit, but not why it comes *first*.",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    Question(
        id="fine_tuning.keras.compile-keeps-weights",
        concept="recipe",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem="After the head phase you unfreeze the base and call `model.compile` again. Is what "
        "the head has learned still there?",
        options=(
            Option("yes", "Yes, it is", "Right: `compile` sets up training and touches no weight."),
            Option(
                "no",
                "No, it starts anew",
                "The *optimizer* starts anew. The weights stay as they are.",
            ),
        ),
        key="yes",
        solution=(
            "`compile` chooses optimizer, loss and metrics, and plans the training step.",
            "Weights belong to the layers and are not touched.",
            "What is lost is the memory of the old optimizer, such as Adam's averages.",
        ),
        hint="Where do weights live: in the layers or in the training setup?",
        mistakes=("Avoiding the second `compile` for fear of losing the head.",),
        proofs=(
            Proof(
                """
model = compiled(tiny())
x, y = blobs()
model.fit(x, y, verbose=0)
before = [w.numpy().copy() for w in model.weights]
compiled(model, keras.optimizers.Adam(1e-5))
evidence = all(np.array_equal(b, w.numpy()) for b, w in zip(before, model.weights))
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.torch.optimizer-holds-head-only",
        concept="recipe",
        difficulty="medium",
        framework="pytorch",
        kind="find_bug",
        stem="""In phase two the backbone does not move at all. Which repair makes it train at 1e-5?

```python
optimizer = torch.optim.Adam(model[1].parameters(), lr=1e-3)
fit_with(optimizer)                 # phase one: the head
model[0].requires_grad_(True)
fit_with(optimizer)                 # phase two
```""",
        options=(
            Option(
                "a",
                "```python\noptimizer.add_param_group("
                '{"params": model[0].parameters(), "lr": 1e-5})\n```\nbefore phase two.',
                "Right: now the optimizer knows the backbone, at a rate of its own.",
            ),
            Option(
                "b",
                "```python\nmodel.train()\n```\nbefore phase two.",
                "The mode is not the matter. The optimizer does not hold these parameters.",
            ),
            Option(
                "c",
                "```python\nmodel.requires_grad_(True)\n```\ninstead of the third line.",
                "The gradients are computed already. Nobody uses them.",
            ),
            Option(
                "d",
                '```python\nfor group in optimizer.param_groups:\n    group["lr"] = 1e-5\n```\n'
                "before phase two.",
                "This lowers the rate of the head, the only thing the optimizer holds.",
            ),
        ),
        key="a",
        solution=(
            "An optimizer moves the parameters it was given: here the head's, and no others.",
            "Unfreezing fills the backbone's gradients, but nobody makes a step with them.",
            "Add a parameter group, or build a new optimizer for phase two.",
        ),
        hint="What list was the optimizer given, and when?",
        mistakes=("Believing that `requires_grad=True` puts a parameter into the optimizer.",),
        proofs=(
            Proof(
                """
x, y = map(torch.as_tensor, blobs())
before, after = STEM.split("fit_with(optimizer)                 # phase two")
def trains(code):
    model = tiny()
    model[0].requires_grad_(False)
    def fit_with(optimizer):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    space = run(before, model=model, fit_with=fit_with)
    start = model[0][0].weight.clone()
    run(code + "\\nfit_with(optimizer)", **space)
    rates = {p: group["lr"] for group in space["optimizer"].param_groups for p in group["params"]}
    return not torch.equal(start, model[0][0].weight) and rates[model[0][0].weight] == 1e-5
repairs = {option: code for option, code in OPTIONS.items()}
if trains(""):
    raise ValueError("the code in the stem has no fault")
evidence = {option: trains(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.fresh-optimizer",
        concept="recipe",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""The head has been trained for 40 steps. What does this print?

```python
print(int(model.optimizer.iterations), end=" ")
base.trainable = True
model.compile(keras.optimizers.Adam(1e-5), loss)
print(int(model.optimizer.iterations))
```""",
        options=(
            Option("a", "`40 0`", "Right: a new Adam, with no memory of the head phase."),
            Option("b", "`40 40`", "The second optimizer is a new object: it counts from 0."),
            Option("c", "`0 0`", "The first one has made 40 steps."),
            Option("d", "`40 1`", "Compiling makes no step."),
        ),
        key="a",
        solution=(
            "Every optimizer counts its own steps and keeps its own averages.",
            "The new one starts at 0: its first steps are as long as the rate, for every weight.",
            "That is one more reason for the low rate in phase two.",
        ),
        hint="How many steps has an optimizer made that was built a moment ago?",
        mistakes=("Expecting Adam's averages to carry over from phase one.",),
        proofs=(
            Proof(
                """
model = tiny()
base = model.layers[0]
base.trainable = False
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(1e-3), loss)
x, y = blobs(80)
model.fit(x, y, batch_size=20, epochs=10, verbose=0)
evidence = printed(STEM, model=model, base=base, loss=loss)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.torch.order-of-steps",
        serves=("practice.5",),
        concept="recipe",
        difficulty="hard",
        framework="pytorch",
        kind="order",
        stem="A 1000-class model is to tell five flowers apart. Put the steps in order, so that "
        "in each training exactly the parts named in it change.",
        options=(
            Option(
                "a",
                "```python\nmodel[1] = nn.Linear(16, 5)  # the new head\n```",
                "The new head comes after freezing: freezing the whole model would freeze it too.",
            ),
            Option(
                "b",
                "```python\ntrain(lr=1e-5)  # the last block and the head\n```",
                "Fine-tuning comes last, once the block is unfrozen.",
            ),
            Option(
                "c",
                "```python\nmodel = load_pretrained()\n```",
                "There is nothing to freeze or replace before the model is loaded.",
            ),
            Option(
                "d",
                "```python\nmodel[0][-1].requires_grad_(True)  # the last block\n```",
                "The last block is unfrozen between the two trainings.",
            ),
            Option(
                "e",
                "```python\ntrain(lr=1e-3)  # the head alone\n```",
                "The head is trained while all that was loaded is frozen.",
            ),
            Option(
                "f",
                "```python\nmodel.requires_grad_(False)\n```",
                "Everything that was loaded is frozen before the new head is put on.",
            ),
        ),
        key="cfaedb",
        solution=(
            "Load the model with what it has learned.",
            "Freeze all of it.",
            "Replace the head by one for five classes: new layers are trainable.",
            "Train the head at 1e-3.",
            "Unfreeze the last block.",
            "Fine-tune at 1e-5.",
        ),
        hint="Freezing the whole model freezes whatever head is on it at that moment.",
        mistakes=("Putting the head on first and freezing it together with the rest.",),
        proofs=(
            Proof(
                """
import itertools
x, y = map(torch.as_tensor, blobs(30, 5))
def load_pretrained():
    body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16))
    return nn.Sequential(body, nn.Linear(16, 1000))
def parts(model):
    return {"first": model[0][0].weight, "block": model[0][2].weight, "head": model[1].weight}
def right(order):
    space, trained = {"nn": nn}, []
    def train(lr):
        model = space["model"]
        before = {name: value.detach().clone() for name, value in parts(model).items()}
        fit(model, x, y, lr=lr, steps=1)
        moved = {name for name, value in parts(model).items() if not torch.equal(before[name], value)}
        trained.append((lr, moved, model[1].out_features))
    space.update(load_pretrained=load_pretrained, train=train)
    try:
        for option in order:
            exec(OPTIONS[option], space)
    except Exception:
        return False
    return trained == [(1e-3, {"head"}, 5), (1e-5, {"block", "head"}, 5)]
evidence = ["".join(order) for order in itertools.permutations("abcdef") if right(order)]
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.lp-ft",
        concept="recipe",
        difficulty="hard",
        kind="single",
        stem="Kumar et al. (ICLR 2022) compared fine-tuning at once with linear probing first and "
        "fine-tuning then (LP-FT), on ten data sets with shifted test data. What did LP-FT gain "
        "on average?",
        options=(
            Option(
                "a",
                "10 % on test data like the training data, nothing on shifted data.",
                "The other way around: the shift is where it pays.",
            ),
            Option(
                "b",
                "Nothing: the order made no difference, only the total number of steps did.",
                "The order made a difference, above all on shifted data.",
            ),
            Option(
                "c",
                "About 1 % on like data and 10 % on shifted data.",
                "Right: it distorts the features less.",
            ),
            Option(
                "d",
                "Speed only, at the price of some accuracy.",
                "It gained accuracy on both kinds of data.",
            ),
        ),
        key="c",
        solution=(
            "Fine-tuning under a random head distorts the features, where the training data reach.",
            "Test data from elsewhere then meet half-changed features, and accuracy drops there.",
            "A head that was trained first sends small gradients: +1 % like data, +10 % shifted.",
        ),
        hint="Whom do distorted features hurt most?",
        mistakes=("Judging a recipe on test data like the training data only.",),
        source="Kumar et al. 2022, Fine-Tuning can Distort Pretrained Features and Underperform "
        "Out-of-Distribution: https://arxiv.org/abs/2202.10054",
    ),
)
