"""Hard questions about the two-phase recipe. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
    template(
        id="fine_tuning.torch.adam-first-step",
        values={"lr": ("0.001", "0.01", "0.1"), "gradient": ("0.004", "3.0", "500.0")},
        derive=lambda v: {
            "right": round(1 - float(v["lr"]), 6),
            "sgd": round(1 - float(v["lr"]) * float(v["gradient"]), 8),
        },
        concept="rate",
        difficulty="hard",
        framework="pytorch",
        kind="numeric",
        tolerance=1e-6,
        unit="(no unit)",
        stem="A weight is 1.0 and its gradient is $gradient. `torch.optim.Adam(params, lr=$lr)` "
        "makes its *first* step. What is the weight then?",
        options=(
            Option("a", "$sgd", "That is plain SGD. Adam divides by the gradient's own size."),
            Option("b", "1.0", "A gradient that is not zero moves the weight."),
        ),
        key="$right",
        solution=(
            "Adam divides the average gradient by the root of the average squared gradient.",
            "After one step that ratio is the gradient's sign: here +1.",
            "So the first step has the length of the rate: 1 − $lr = $right.",
        ),
        hint="In the first step, what is the gradient divided by its own size?",
        mistakes=(
            "Thinking of Adam as rate × gradient: its first step ignores the size of the gradient.",
        ),
        source="Kingma, Ba 2015, Adam: https://arxiv.org/abs/1412.6980",
        proofs=(
            Proof(
                """
weight = nn.Parameter(torch.ones(1, dtype=torch.float64))
weight.grad = torch.full_like(weight, $gradient)
torch.optim.Adam([weight], lr=$lr, eps=1e-12).step()
evidence = weight
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
    Question(
        id="fine_tuning.torch.decay-towards-zero",
        concept="rate",
        difficulty="hard",
        framework="pytorch",
        kind="yes_no",
        stem="You fine-tune with `torch.optim.AdamW(..., weight_decay=0.1)`. Does the decay pull "
        "the weights back towards their *pretrained* values?",
        options=(
            Option("yes", "Yes, it does", "It does not know them: it only ever shrinks weights."),
            Option("no", "No, it does not", "Right: it pulls towards zero, pretrained or not."),
        ),
        key="no",
        solution=(
            "Weight decay multiplies each weight by a number just below 1: towards zero.",
            "For pretrained weights that is a pull away from what was learned.",
            "A pull towards the starting point exists too (L2-SP), but you must write it yourself.",
        ),
        hint="What does AdamW know about where the weights came from?",
        mistakes=("Expecting weight decay to protect from forgetting.",),
        source="Li, Grandvalet, Davoine 2018, Explicit Inductive Bias for Transfer Learning: "
        "https://arxiv.org/abs/1802.01483",
        proofs=(
            Proof(
                """
pretrained = torch.tensor([2.0, -3.0, 0.5])
weight = nn.Parameter(pretrained.clone())
optimizer = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.1)
for _ in range(50):
    weight.grad = torch.zeros_like(weight)
    optimizer.step()
stayed = bool(((weight - pretrained).abs() < 1e-6).all())
evidence = stayed or not bool((weight.abs() < pretrained.abs()).all())
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.torch.order-of-a-prediction",
        concept="following",
        difficulty="hard",
        framework="pytorch",
        kind="order",
        stem="`x` starts as pixels of one picture, 0 to 255, shape `(1, 3, 9, 9)`. Put the stages "
        "of its prediction in order. The backbone was trained on values between −1 and 1.",
        options=(
            Option(
                "a",
                "```python\nx = head(x)  # 16 features -> 5 scores\n```",
                "The head takes the 16 pooled features.",
            ),
            Option(
                "b",
                "```python\nx = x / 127.5 - 1\n```",
                "Scaling is the first stage: the backbone expects −1 to 1.",
            ),
            Option(
                "c",
                "```python\nx = x.softmax(1)\n```",
                "Softmax turns scores into probabilities: the last stage.",
            ),
            Option(
                "d",
                "```python\nx = backbone(x)  # 3 channels -> 16 channels\n```",
                "The backbone takes the scaled picture.",
            ),
            Option(
                "e",
                "```python\nx = x.mean((2, 3))  # average pooling\n```",
                "Pooling averages the backbone's grid, and the head needs its result.",
            ),
        ),
        key="bdeac",
        solution=(
            "Scale the pixels: still (1, 3, 9, 9).",
            "Backbone: (1, 16, 4, 4). Pooling: (1, 16).",
            "Head: (1, 5) scores. Softmax: five probabilities that sum to 1.",
        ),
        hint="Follow the shapes: four axes, two axes, five scores, five probabilities.",
        mistakes=("Scaling after the backbone, or pooling after the head.",),
        proofs=(
            Proof(
                """
import itertools
backbone = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2), nn.BatchNorm2d(16), nn.ReLU()).eval()
head = nn.Linear(16, 5)
pixels = torch.randint(0, 256, (1, 3, 9, 9)).float()
with torch.no_grad():
    wanted = head(backbone(pixels / 127.5 - 1).mean((2, 3))).softmax(1)
def result(order):
    space = {"x": pixels, "head": head, "backbone": backbone}
    try:
        with torch.no_grad():
            for option in order:
                exec(OPTIONS[option], space)
    except (RuntimeError, IndexError):
        return None
    return space["x"]
def right(order):
    got = result(order)
    return got is not None and got.shape == wanted.shape and torch.allclose(got, wanted)
evidence = ["".join(order) for order in itertools.permutations("abcde") if right(order)]
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.which-count",
        concept="depth",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""`model` has a `base` of two dense layers and a dense head. What does this print?

```python
base.trainable = False
base.layers[-1].trainable = True
print(len(base.trainable_weights), len(model.trainable_weights))
```""",
        options=(
            Option("a", "`0 2`", "It would be consistent. But the model asks the layers inside."),
            Option("b", "`2 4`", "The base itself is still switched off, and says 0."),
            Option("c", "`2 2`", "The head has two weights of its own: kernel and bias."),
            Option("d", "`0 4`", "Right: base and model do not give the same answer."),
        ),
        key="d",
        solution=(
            "Asked itself, a switched-off base reports no trainable weights: 0.",
            "The model collects from all inner layers: last base layer 2, head 2.",
            "`fit` uses the model's list. To be clear: switch the base on, then the others off.",
        ),
        hint="`fit` trains the model's list. Does the base's own switch stand in the way?",
        mistakes=("Checking `base.trainable_weights` and concluding that nothing in it trains.",),
        proofs=(
            Proof(
                """
inputs = keras.Input((8,))
base = keras.Model(inputs, layers.Dense(4, name="late")(layers.Dense(16)(inputs)))
picture = keras.Input((8,))
model = keras.Model(picture, layers.Dense(3)(base(picture)))
evidence = printed(STEM, base=base, model=model)
before = base.layers[-1].kernel.numpy().copy()
compiled(model).fit(*blobs(32), verbose=0)
if np.array_equal(before, base.layers[-1].kernel.numpy()):
    raise ValueError("the solution says that fit trains the last layer of the base")
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.rate-without-compile",
        concept="rate",
        difficulty="hard",
        framework="keras",
        kind="yes_no",
        stem="""Which weights train stays as it is; only the rate should fall. After some epochs you write

```python
model.optimizer.learning_rate = 1e-5
model.fit(x, y)
```

and do *not* compile again. Does this `fit` use the new rate?""",
        options=(
            Option(
                "yes", "Yes, it does", "Right: the rate is a variable that each step reads anew."
            ),
            Option(
                "no",
                "No, it keeps the old one",
                "That holds for `trainable`, which is read when the training step is built.",
            ),
        ),
        key="yes",
        solution=(
            "The learning rate is a variable of the optimizer; assigning changes its value.",
            "Each step reads it, so no compiling is needed, and Adam keeps its averages.",
            "Changing `trainable`, on the other hand, needs a new `compile`.",
        ),
        hint="Is the rate built into the training step, or read by it?",
        mistakes=("Compiling again just to lower the rate, and losing the optimizer's averages.",),
        proofs=(
            Proof(
                """
model = compiled(tiny(), keras.optimizers.SGD(0.1))
x, y = blobs(32)
def distance():
    before = model.layers[1].kernel.numpy().copy()
    model.fit(x, y, batch_size=32, verbose=0)
    return float(np.abs(model.layers[1].kernel.numpy() - before).max())
first = distance()
model.optimizer.learning_rate = 1e-5
evidence = distance() < 0.01 * first
""",
                "keras",
            ),
        ),
    ),
)
