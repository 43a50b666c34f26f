"""Medium questions about the two-phase recipe. Data only."""

from __future__ import annotations

import math

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="fine_tuning.keras.last-twenty",
        concept="depth",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""`base` is Keras's MobileNetV2 without its top: 155 layers with the pooling. What does this print?

```python
base.trainable = True
for layer in base.layers[:-20]:
    layer.trainable = False
print(sum(layer.trainable for layer in base.layers))
```""",
        options=(
            Option("a", "`135`", "Those are the frozen ones: all but the last 20."),
            Option("b", "`20`", "Right: `[:-20]` is everything except the last 20."),
            Option("c", "`155`", "The loop switched most of them off again."),
            Option("d", "`0`", "It would be, had `base.trainable = True` been left out."),
        ),
        key="b",
        solution=(
            "First everything is switched on, all 155.",
            "`base.layers[:-20]` are the first 135; they are switched off.",
            "The last 20 stay on. A layer here is small: 20 of them are the last few blocks.",
        ),
        hint="Which layers does `[:-20]` leave out?",
        mistakes=("Writing `[-20:]`, which freezes the last 20 and trains the first 135.",),
        proofs=(
            Proof(
                """
base = keras.applications.MobileNetV2(
    input_shape=(33, 33, 3), include_top=False, pooling="avg", weights=None, alpha=0.35
)
if len(base.layers) != 155:
    raise ValueError(f"{len(base.layers)} layers")
evidence = printed(STEM, base=base)
""",
                "keras",
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
    template(
        id="fine_tuning.softmax-of-three",
        values={"first": (2, 3), "second": (0, 1), "third": (-1, 0)},
        derive=lambda v: {
            "right": round(
                100
                * math.exp(v["first"])
                / sum(math.exp(v[name]) for name in ("first", "second", "third")),
                3,
            ),
            "sum": round(sum(math.exp(v[name]) for name in ("first", "second", "third")), 3),
            "top": round(math.exp(v["first"]), 3),
        },
        concept="following",
        difficulty="medium",
        kind="numeric",
        tolerance=0.6,
        unit="percent",
        stem="The head gives one picture the scores $first, $second and $third. What probability "
        "does softmax give the first class? Whole percent will do. (e ≈ 2.718)",
        options=(
            Option("a", "33.3", "That is what equal scores would give."),
            Option("b", "100", "The largest class wins, but the others keep a share."),
        ),
        key="$right",
        solution=(
            "Exponentials: e^$first = $top; all three together $sum.",
            "$top / $sum = $right %.",
        ),
        hint="Exponentials first, then the share of the first.",
        mistakes=("Taking the scores themselves for shares.",),
        proofs=(
            Proof(
                "evidence = 100 * torch.tensor([$first, $second, $third]).double().softmax(0)[0]",
                "pytorch",
            ),
            Proof(
                """
scores = np.array([[$first, $second, $third]], "float32")
evidence = 100 * float(np.asarray(keras.ops.softmax(scores))[0, 0])
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.how-many-layers",
        serves=("deep.4",),
        concept="depth",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        predict_first=True,
        stem="You unfreeze the last 1, 2, 3 … blocks of a backbone, one training each. Which of "
        "these are *sure* to grow from training to training?",
        options=(
            Option(
                "a", "The number of trainable parameters", "Yes: each further block brings its own."
            ),
            Option(
                "b",
                "The validation accuracy",
                "Not sure: with few pictures it often peaks somewhere and falls again.",
            ),
            Option(
                "c",
                "The number of parameters in the model",
                "Unfreezing adds no parameter: it lets existing ones move.",
            ),
            Option(
                "d",
                "How deep the backward pass reaches",
                "Yes: back to the first trainable layer, which now lies one block earlier.",
            ),
        ),
        key="ad",
        solution=(
            "Each further block adds trainable parameters and lengthens the backward pass.",
            "The model as a whole stays as large as it was.",
            "Accuracy is the thing to be measured: that is why the lesson makes a sweep.",
        ),
        hint="Which of these could a measurement turn the other way?",
        mistakes=("Taking 'more layers, more accuracy' for a law.",),
        source="Yosinski et al. 2014: https://arxiv.org/abs/1411.1792",
        proofs=(
            Proof(
                """
blocks = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.ReLU()) for _ in range(5)])
model = nn.Sequential(blocks, nn.Linear(8, 3))
x, y = map(torch.as_tensor, blobs())
fresh, truth = map(torch.as_tensor, blobs(seed=1))
trainable, total, depth = [], [], []
for last in (1, 2, 3, 4):
    model.requires_grad_(False)
    model[1].requires_grad_(True)
    for block in blocks[-last:]:
        block.requires_grad_(True)
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    trainable.append(sum(p.numel() for p in model.parameters() if p.requires_grad))
    total.append(sum(p.numel() for p in model.parameters()))
    depth.append(sum(block[0].weight.grad is not None for block in blocks))
grows = lambda numbers: all(a < b for a, b in zip(numbers, numbers[1:]))
def accuracy(last):  # two points a class, so that everything is learned by heart
    torch.manual_seed(last)
    net = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(4)], nn.Linear(8, 3))
    for block in list(net)[: 4 - last]:
        block.requires_grad_(False)
    fit(net, x[:6], y[:6], steps=40)
    return (net(fresh).argmax(1) == truth).float().mean().item()
evidence = {
    "a": grows(trainable), "b": grows([accuracy(n) for n in (1, 2, 3, 4)]),
    "c": grows(total), "d": grows(depth),
}
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="fine_tuning.torch.count-last-blocks",
        values={"width": (8, 16, 32), "last": (1, 2, 3), "classes": (3, 5)},
        derive=lambda v: {
            "block": (v["width"] + 1) * v["width"],
            "head": (v["width"] + 1) * v["classes"],
            "right": v["last"] * (v["width"] + 1) * v["width"] + (v["width"] + 1) * v["classes"],
            "no_head": v["last"] * (v["width"] + 1) * v["width"],
            "all": 6 * (v["width"] + 1) * v["width"] + (v["width"] + 1) * v["classes"],
        },
        concept="depth",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="parameters",
        stem="""How many parameters train in phase two?

```python
blocks = nn.Sequential(*[nn.Linear($width, $width) for _ in range(6)])
model = nn.Sequential(blocks, nn.Linear($width, $classes))
blocks.requires_grad_(False)
blocks[-$last:].requires_grad_(True)
```""",
        options=(
            Option("a", "$no_head", "The head trains as well: nobody froze it."),
            Option("b", "$all", "Only the last $last of the six blocks were switched on again."),
        ),
        key="$right",
        solution=(
            "One block: ($width + 1) × $width = $block.",
            "The last $last: $no_head. The head: ($width + 1) × $classes = $head.",
            "Together $right.",
        ),
        hint="Blocks that are on, plus the head.",
        mistakes=("Forgetting that the head goes on training in phase two.",),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
evidence = sum(p.numel() for p in model.parameters() if p.requires_grad)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.read-the-table",
        concept="following",
        difficulty="medium",
        kind="multiple",
        stem="""Validation accuracy of a two-phase training. The head phase is epochs 1–5, fine-tuning 6–10.

| epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
|---|---|---|---|---|---|---|---|---|---|---|
| accuracy | 0.55 | 0.68 | 0.75 | 0.80 | 0.83 | 0.85 | 0.87 | 0.89 | 0.90 | 0.91 |

Which statements do these numbers support?""",
        options=(
            Option(
                "a", "Most of the gain came in the head phase.", "Yes: 0.28 against 0.08 after it."
            ),
            Option(
                "b",
                "Fine-tuning made the model worse at first.",
                "Epoch 6 is better than epoch 5: the low rate did no harm.",
            ),
            Option(
                "c",
                "The training has overfitted.",
                "Validation accuracy rises to the end, and training accuracy is not shown.",
            ),
            Option(
                "d",
                "Fine-tuning added less in each of its epochs than epoch 2 did.",
                "Yes: at most 0.02 an epoch, where epoch 2 added 0.13.",
            ),
        ),
        key="ad",
        solution=(
            "Head phase: 0.55 → 0.83. Fine-tuning: 0.83 → 0.91.",
            "From 5 to 6 accuracy rises, and it never falls.",
            "Overfitting is a gap to the training accuracy, or a falling validation curve: "
            "neither is here.",
        ),
        hint="Take differences between neighbors.",
        mistakes=("Seeing overfitting in every curve that flattens.",),
        proofs=(
            Proof(
                """
a = np.array([0.55, 0.68, 0.75, 0.80, 0.83, 0.85, 0.87, 0.89, 0.90, 0.91])
steps = np.diff(a)
evidence = {
    "a": bool(a[4] - a[0] > a[9] - a[4]),
    "b": bool(a[5] < a[4]),
    "c": bool((steps < 0).any()),
    "d": bool(steps[4:].max() < steps[0]),
}
"""
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
)
