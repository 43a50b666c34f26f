"""Fine-tuning: the learning rate when unfreezing. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="fine_tuning.why-lower-rate",
        serves=("trace.2",),
        concept="rate",
        difficulty="easy",
        kind="single",
        stem="Why is the learning rate lowered when the base is unfrozen?",
        options=(
            Option(
                "a",
                "To adjust what was learned without wrecking it.",
                "Right: good weights need small corrections.",
            ),
            Option(
                "b",
                "Because more trainable layers always need a lower rate, by a fixed rule.",
                "There is no such rule: networks train from scratch with high rates.",
            ),
            Option(
                "c",
                "To make an epoch faster.",
                "The rate changes the length of a step, not the time it takes.",
            ),
            Option(
                "d",
                "Because a frozen base has a rate of zero, and the change must be smooth.",
                "Phases may change the rate abruptly. It is the pretrained weights that matter.",
            ),
        ),
        key="a",
        solution=(
            "The weights of the base are already good for pictures.",
            "Large steps would carry them far away from that; small ones adapt them.",
            "A usual pair is 1e-3 for the head and 1e-5 for fine-tuning.",
        ),
        hint="Would you correct a good drawing with a broad brush?",
        mistakes=("Keeping the head's rate in phase two.",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    template(
        id="fine_tuning.torch.rate-ratio",
        values={"high": ("1e-2", "1e-3"), "low": ("1e-4", "1e-5", "1e-6")},
        derive=lambda v: {
            "right": round(float(v["high"]) / float(v["low"])),
            "zeros": round(float(v["high"]) / float(v["low"]) / 10),
        },
        concept="rate",
        difficulty="easy",
        framework="pytorch",
        kind="numeric",
        tolerance=0.5,
        unit="times shorter",
        stem="Plain SGD, the same gradient: how many times shorter is a step with learning rate "
        "$low than one with $high?",
        options=(Option("a", "$zeros", "Count the powers of ten again."),),
        key="$right",
        solution=(
            "A step of plain SGD is the rate times the gradient.",
            "$high / $low = $right.",
        ),
        hint="A step is rate × gradient.",
        mistakes=("Reading the exponents as if the difference were a small number.",),
        proofs=(
            Proof(
                """
def step(lr):
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.ones_like(weight)
    torch.optim.SGD([weight], lr=lr).step()
    return -weight.item()
evidence = step($high) / step($low)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.torch.no-progress",
        serves=("practice.4",),
        concept="rate",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="""Nothing is frozen by mistake and the labels are right, but training does not improve: over
50 steps the loss jumps about, far above where it began. The line reads

```python
losses = fit(model, x, y, lr=50.0, steps=50)
```

Which change makes the loss fall?""",
        options=(
            Option(
                "a",
                "`fit(model, x, y, lr=50.0, steps=400)`",
                "More steps of that size only jump about for longer.",
            ),
            Option(
                "b",
                "`fit(model, x, y, lr=500.0, steps=50)`",
                "A still higher rate overshoots further.",
            ),
            Option(
                "c",
                "`fit(model, x[:30], y[:30], lr=50.0, steps=50)`",
                "Fewer data do not shorten the steps.",
            ),
            Option(
                "d",
                "`fit(model, x, y, lr=0.05, steps=50)`",
                "Right: a thousandth of the rate, and the loss falls.",
            ),
        ),
        key="d",
        solution=(
            "A loss that jumps above its start says: the steps overshoot.",
            "The length of a step is the learning rate's doing, and 50 is far too high.",
            "Lower it by factors of ten until the loss falls steadily.",
        ),
        hint="The loss rises above its start. Are the steps too short or too long?",
        mistakes=("Waiting longer: a rate that is far too high does not heal with time.",),
        proofs=(
            Proof(
                """
x, y = blobs(spread=4.0)
def falls(code):
    torch.manual_seed(0)
    losses = eval(code, {"fit": fit, "model": tiny(), "x": x, "y": y})
    return losses[-1] < 0.9 * losses[0]
torch.manual_seed(0)
losses = fit(tiny(), x, y, lr=50.0, steps=50)
if np.mean(losses[1:]) < losses[0]:
    raise ValueError("the stem says the loss is above its start")
evidence = {option: falls(code) for option, code in OPTIONS.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.compile-by-name",
        concept="rate",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""Phase one used a rate of 1e-3; phase two should use 1e-5. What does this print?

```python
base.trainable = True
model.compile("adam", "sparse_categorical_crossentropy")
print(f"{float(model.optimizer.learning_rate):.0e}")
```""",
        options=(
            Option("a", "`1e-05`", "Nothing in these lines asks for it."),
            Option("b", "`0e+00`", "An optimizer is never made with a rate of zero by default."),
            Option("c", "`1e-03`", "Right: by name you get a new Adam with its default rate."),
            Option("d", "`1e-02`", "That is the default of SGD in Keras, not of Adam."),
        ),
        key="c",
        solution=(
            '`"adam"` makes a new optimizer with all defaults, the rate 1e-3 among them.',
            "So the base is trained at the head's rate.",
            "Say what you mean: `keras.optimizers.Adam(1e-5)`.",
        ),
        hint="What is the default rate of `keras.optimizers.Adam`?",
        mistakes=("Compiling again, as one should, and losing the low rate on the way.",),
        proofs=(
            Proof(
                """
model = tiny()
evidence = printed(STEM, model=model, base=model.layers[0])
""",
                "keras",
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
