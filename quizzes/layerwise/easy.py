"""Easy questions about layer-wise learning rates. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="layerwise.forgetting-meaning",
        concept="forgetting",
        difficulty="easy",
        kind="single",
        stem="What is catastrophic forgetting?",
        options=(
            Option(
                "a",
                "A crash in which the unsaved weights are lost.",
                "A nuisance, but not what is meant: here the training runs well.",
            ),
            Option(
                "b",
                "Losing the old task while learning the new one.",
                "Right: weights the old task needed are overwritten.",
            ),
            Option(
                "c",
                "Doing well on training pictures and badly on new ones of the same task.",
                "That is overfitting. Forgetting is about another, earlier task.",
            ),
            Option(
                "d",
                "Forgetting to freeze the base before the head is trained.",
                "That can cause forgetting; it is not what the word means.",
            ),
        ),
        key="b",
        solution=(
            "One set of weights serves both tasks.",
            "Steps that improve the new task may spoil what the old one relied on.",
            "Low early rates and frozen layers limit how far these weights can go.",
        ),
        hint="Who forgets what: think of two tasks, one after the other.",
        mistakes=("Mixing it up with overfitting.",),
        source="Kirkpatrick et al. 2017, Overcoming catastrophic forgetting in neural networks: "
        "https://arxiv.org/abs/1612.00796",
    ),
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
    template(
        id="layerwise.forgetting-number",
        values={"before": (78, 82, 85, 90), "after": (31, 44, 56, 63)},
        derive=lambda v: {"right": v["before"] - v["after"]},
        concept="forgetting",
        difficulty="easy",
        kind="numeric",
        unit="percentage points",
        stem="With its old head, the backbone scored $before % on the pretraining task before "
        "fine-tuning, and scores $after % now. How much was forgotten?",
        options=(
            Option("a", "$after", "That is what is left."),
            Option("b", "0", "The old task was known better before."),
        ),
        key="$right",
        solution=(
            "Forgetting is the accuracy on the *old* task before, minus after.",
            "$before − $after = $right percentage points.",
        ),
        hint="Before minus after, on the old task.",
        mistakes=("Looking at the new task only, where forgetting does not show.",),
        proofs=(Proof("evidence = $before - $after"),),
    ),
)
