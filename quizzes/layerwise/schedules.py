"""Layer-wise learning rates: gradual unfreezing, warm-up, range test. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="layerwise.gradual-unfreezing",
        serves=("expert.3",),
        concept="schedules",
        difficulty="easy",
        kind="single",
        stem="Gradual unfreezing: what is unfrozen first?",
        options=(
            Option(
                "a",
                "The first layer, then layer by layer towards the head.",
                "That would let the most general features change first and longest.",
            ),
            Option("b", "Everything at once, with a rate that grows slowly.", "That is warm-up."),
            Option("c", "The largest layer, then the others by size.", "Depth decides, not size."),
            Option(
                "d",
                "The last layer, then towards the first.",
                "Right: from the most special to the most general.",
            ),
        ),
        key="d",
        solution=(
            "The last layer holds the least general knowledge: it is freed first.",
            "Epoch by epoch, the next one below follows.",
            "Early layers are freed when the rest makes sense, if at all.",
        ),
        hint="Which layer has least to lose?",
        mistakes=("Going through the network in the direction of the data.",),
        source="Howard, Ruder 2018: https://arxiv.org/abs/1801.06146",
    ),
    template(
        id="layerwise.torch.warmup",
        values={"top": (0.001, 0.01, 0.1), "steps": (10, 20, 50), "percent": (10, 20, 50)},
        derive=lambda v: {
            "at": v["steps"] * v["percent"] // 100,
            "right": round(v["top"] * v["percent"] / 100, 8),
        },
        concept="schedules",
        difficulty="easy",
        framework="pytorch",
        kind="numeric",
        tolerance=1e-7,
        unit="(learning rate)",
        stem="Linear warm-up: step k of the first $steps uses the rate $top × k / $steps. Which "
        "rate has step $at?",
        options=(
            Option("a", "$top", "That rate is reached at step $steps."),
            Option("b", "0", "The warm-up starts from near 0, but step $at is past the start."),
        ),
        key="$right",
        solution=("$top × $at / $steps = $right.",),
        hint="It is a straight line from 0 to $top.",
        mistakes=("Using the full rate from step one, when the head is still random.",),
        proofs=(
            Proof(
                """
optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=$top)
ramp = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: min(1.0, (done + 1) / $steps))
for step in range(1, $at):
    optimizer.step()
    ramp.step()
evidence = optimizer.param_groups[0]["lr"]
""",
                "pytorch",
            ),
        ),
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
