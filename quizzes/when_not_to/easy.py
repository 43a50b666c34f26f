"""Easy questions about when not to fine-tune. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="when_not_to.how-much-data",
        serves=("check.4",),
        concept="deciding",
        difficulty="easy",
        kind="single",
        stem="Your pictures resemble the pretraining pictures. For which number of labelled "
        "pictures is the gain of fine-tuning over training from scratch the largest?",
        options=(
            Option(
                "a",
                "None: without any labels it gains most.",
                "Without labels there is nothing to train the head on.",
            ),
            Option("b", "A few hundred.", "Right: too few to learn from scratch, enough to adapt."),
            Option(
                "c",
                "Ten million, because a large model needs that many to be adapted.",
                "With so many, training from scratch gets there too: the gain shrinks.",
            ),
            Option("d", "It is the same for any number.", "The gain shrinks as the number grows."),
        ),
        key="b",
        solution=(
            "From scratch, all features must be learned from your pictures: that takes very many.",
            "Fine-tuning brings the features with it and needs pictures only to adapt them.",
            "So the gap is widest with few pictures, and closes as they become plenty.",
        ),
        hint="When would a network from scratch be in most trouble?",
        mistakes=("Thinking that fine-tuning needs as many pictures as pretraining did.",),
        source="Kornblith, Shlens, Le 2019, Do Better ImageNet Models Transfer Better?: "
        "https://arxiv.org/abs/1805.08974",
    ),
    Question(
        id="when_not_to.myth-whole-model",
        serves=("myth.1",),
        concept="myths",
        difficulty="easy",
        kind="yes_no",
        stem="Myth or fact: to adapt a pretrained model, its whole network *must* be trained "
        "again.",
        options=(
            Option(
                "yes", "Yes: fact", "Look at the probe of lesson 03: a new head alone went far."
            ),
            Option("no", "No: myth", "Right: a new head on frozen features is often enough."),
        ),
        key="no",
        solution=(
            "One run in which a part suffices refutes 'must'.",
            "In the proof, only the last layer is trained, and the new task is solved.",
            "How much to train is a choice: measure it, from the head downward.",
        ),
        hint="What did the linear probe train?",
        mistakes=("Unfreezing everything at once, because 'more training is better'.",),
        proofs=(
            Proof(
                """
x, y = blobs(300, 4, spread=1.0)
fresh, truth = blobs(300, 4, spread=1.0, seed=1)
model = nn.Sequential(nn.Sequential(nn.Linear(8, 64), nn.ReLU()), nn.Linear(64, 2))
fit(model, x, y // 2, lr=0.1, steps=60)          # the old task: two groups
model.requires_grad_(False)
model[1] = nn.Linear(64, 4)                      # the new task: four classes
before = model[0][0].weight.clone()
fit(model, x, y, lr=0.1, steps=200)
accuracy = (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean()
head_alone = torch.equal(before, model[0][0].weight)
evidence = not (head_alone and accuracy.item() > 0.9)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.myth-frozen-cannot-learn",
        serves=("myth.4",),
        concept="myths",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem="Myth or fact: with everything frozen except the new head, a model cannot learn a "
        "new task.",
        options=(
            Option("yes", "Yes: fact", "The head has weights of its own, and they do train."),
            Option("no", "No: myth", "Right: the head learns to read the features that are there."),
        ),
        key="no",
        solution=(
            "The frozen backbone still describes each picture.",
            "The head learns which descriptions go with which class.",
            "What would *not* learn is a model with the head frozen as well.",
        ),
        hint="Is the head frozen?",
        mistakes=("Confusing 'the backbone is frozen' with 'the model is frozen'.",),
        proofs=(
            Proof(
                """
model = tiny()
model.layers[0].trainable = False
x, y = blobs()
compiled(model, keras.optimizers.Adam(0.05))
history = model.fit(x, y, epochs=6, verbose=0).history["loss"]
evidence = not history[-1] < 0.7 * history[0]
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="when_not_to.myth-more-data",
        serves=("myth.3",),
        concept="myths",
        difficulty="easy",
        kind="yes_no",
        stem="Myth or fact: more training data always gives a better model.",
        options=(
            Option(
                "yes", "Yes: fact", "Not if the data added are wrong: errors are learned as well."
            ),
            Option(
                "no", "No: myth", "Right: more *right and relevant* data helps; wrong labels hurt."
            ),
        ),
        key="no",
        solution=(
            "One run in which more data hurt refutes 'always'.",
            "In the proof, a good set is doubled by points with wrong labels: accuracy falls.",
            "Look at what you add, and measure with and without it.",
        ),
        hint="Does it matter what the added labels say?",
        mistakes=("Scraping more pictures without looking at them.",),
        proofs=(
            Proof(
                """
x, y = blobs(150, spread=1.0)
fresh, truth = blobs(600, spread=1.0, seed=1)
more, labels = blobs(150, spread=1.0, seed=2)
def accuracy(inputs, targets):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3))
    fit(model, inputs, targets, lr=0.2, steps=300)
    return (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean().item()
doubled = accuracy(np.concatenate([x, more]), np.concatenate([y, (labels + 1) % 3]))
evidence = doubled >= accuracy(x, y)
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="when_not_to.mean-of-seeds",
        values={"low": (81, 82, 83), "step": (1, 2, 3), "jump": (3, 4, 6)},
        derive=lambda v: {
            "second": v["low"] + v["step"],
            "third": v["low"] + v["step"] + v["jump"],
            "right": v["step"] + v["jump"],
            "mean": round(v["low"] + (2 * v["step"] + v["jump"]) / 3, 1),
        },
        concept="baselines",
        difficulty="easy",
        kind="numeric",
        unit="percentage points",
        stem="Three seeds of one recipe give $second %, $low % and $third % test accuracy. How "
        "wide is the range that you report beside the mean?",
        options=(
            Option("a", "$jump", "Take the largest minus the smallest of all three."),
            Option("b", "0", "One number alone would hide that the seeds differ."),
        ),
        key="$right",
        solution=(
            "Largest minus smallest: $third − $low = $right points (the mean is $mean %).",
            "A rival recipe whose mean lies inside this range has not been told apart.",
        ),
        hint="Largest minus smallest.",
        mistakes=("Reporting the best seed.",),
        proofs=(Proof("evidence = int(np.ptp([$second, $low, $third]))"),),
    ),
    template(
        id="when_not_to.recall-from-matrix",
        values={"hit": (30, 34, 38, 42), "miss": (6, 8, 10), "false": (3, 5, 9)},
        derive=lambda v: {
            "right": round(100 * v["hit"] / (v["hit"] + v["miss"]), 3),
            "precision": round(100 * v["hit"] / (v["hit"] + v["false"]), 3),
            "roses": v["hit"] + v["miss"],
        },
        concept="production",
        difficulty="easy",
        kind="numeric",
        tolerance=0.6,
        unit="percent",
        stem="""A confusion matrix (rows: true class, columns: predicted class):

| | rose | tulip |
|---|---|---|
| **rose** | $hit | $miss |
| **tulip** | $false | 40 |

What share of the true roses is found? Whole percent will do.""",
        options=(
            Option(
                "a", "$precision", "That is how often 'rose' is right when it is said: the column."
            ),
            Option("b", "$miss", "Those are the roses that were missed, as a count."),
        ),
        key="$right",
        solution=(
            "True roses: the row, $hit + $miss = $roses.",
            "Found: $hit. $hit / $roses = $right %.",
        ),
        hint="Stay in the row of the roses.",
        mistakes=("Reading down the column: that answers another question.",),
        proofs=(
            Proof(
                """
truth = np.repeat([0, 0, 1, 1], [$hit, $miss, $false, 40])
guess = np.repeat([0, 1, 0, 1], [$hit, $miss, $false, 40])
evidence = 100 * float(np.mean(guess[truth == 0] == 0))
"""
            ),
        ),
    ),
    Question(
        id="when_not_to.drift",
        concept="production",
        difficulty="easy",
        kind="single",
        stem="A flower classifier was right for 92 % of pictures in spring. In autumn, with the "
        "same weights, it is right for 78 %. What is the likely reason?",
        options=(
            Option(
                "a",
                "The weights have worn out with use.",
                "Predicting changes no weight: a model does not wear out.",
            ),
            Option(
                "b",
                "The model has overfitted the autumn pictures meanwhile.",
                "It was not trained on them at all.",
            ),
            Option(
                "c",
                "The pictures that come in have changed.",
                "Right: drift. Other light, other backgrounds, faded petals.",
            ),
            Option(
                "d",
                "BatchNorm has adapted to the autumn pictures and lost the spring.",
                "In inference mode BatchNorm's statistics stay as they are.",
            ),
        ),
        key="c",
        solution=(
            "Same weights, other results: so the inputs must be other ones.",
            "That is drift. It is why a model in use is watched, with fresh labelled samples.",
            "The cure is to fine-tune on new pictures together with old ones.",
        ),
        hint="The weights are the same. What is not?",
        mistakes=("Looking for the fault in the model, which did not change.",),
        source="Rabanser, Günnemann, Lipton 2019, Failing Loudly: An Empirical Study of Methods for "
        "Detecting Dataset Shift: https://arxiv.org/abs/1810.11953",
    ),
)
