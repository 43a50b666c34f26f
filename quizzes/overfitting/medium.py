"""Medium questions about overfitting. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    template(
        id="overfitting.dropout-scale",
        values={"rate": (0.1, 0.2, 0.3, 0.4, 0.6, 0.75)},
        derive=lambda v: {"keep": round(1 - v["rate"], 2), "right": round(1 / (1 - v["rate"]), 4)},
        concept="cures",
        difficulty="medium",
        kind="numeric",
        tolerance=0.01,
        unit="(no unit)",
        stem="Dropout with rate $rate is in training mode and is given ones. Some become 0. What "
        "do the others become? Two decimals will do.",
        options=(
            Option("a", "1", "Then the sum would shrink in training. The survivors are scaled up."),
            Option(
                "b", "$keep", "Down is the wrong way: the survivors stand in for the dropped ones."
            ),
        ),
        key="$right",
        solution=(
            "A number survives with probability 1 − $rate = $keep.",
            "Survivors are divided by that: 1 / $keep = $right.",
            "So the expected value stays 1, and nothing has to change at prediction time.",
        ),
        hint="The average over many draws should still be 1.",
        mistakes=("Scaling at prediction time, as the first paper on dropout did.",),
        proofs=(
            Proof("evidence = nn.Dropout($rate).train()(torch.ones(1000)).max()", "pytorch"),
            Proof(
                """
ones = np.ones((1, 1000), "float32")
evidence = float(np.asarray(layers.Dropout($rate)(ones, training=True)).max())
""",
                "keras",
            ),
        ),
    ),
    template(
        id="overfitting.torch.adamw-decay",
        values={"weight": (2.0, 4.0, 10.0), "lr": (0.01, 0.1), "decay": (0.05, 0.1, 0.5)},
        derive=lambda v: {
            "shrink": round(v["lr"] * v["decay"], 6),
            "right": round(v["weight"] * (1 - v["lr"] * v["decay"]), 6),
            "no_lr": round(v["weight"] * (1 - v["decay"]), 6),
        },
        concept="cures",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        tolerance=1e-4,
        unit="(no unit)",
        stem="`torch.optim.AdamW(params, lr=$lr, weight_decay=$decay)` takes one step. A weight "
        "is $weight and its gradient is exactly 0. What is it after the step?",
        options=(
            Option("a", "$weight", "A zero gradient still leaves the decay."),
            Option("b", "$no_lr", "The decay is multiplied by the learning rate."),
        ),
        key="$right",
        solution=(
            "AdamW decays apart from the gradient: w ← w − lr · decay · w.",
            "lr · decay = $shrink, so w = $weight × (1 − $shrink) = $right.",
        ),
        hint="w ← w · (1 − lr · weight_decay).",
        mistakes=("Forgetting the learning rate: the decay of a step is small.",),
        proofs=(
            Proof(
                """
weight = nn.Parameter(torch.tensor([$weight], dtype=torch.float64))
weight.grad = torch.zeros_like(weight)
torch.optim.AdamW([weight], lr=$lr, weight_decay=$decay).step()
evidence = weight
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="overfitting.noisy-test-labels",
        values={"noise": (5, 10, 15, 20, 30)},
        derive=lambda v: {"right": 100 - v["noise"]},
        concept="data",
        difficulty="medium",
        kind="numeric",
        unit="percent",
        stem="$noise % of the labels in a *test* set are wrong. A model names the true class of "
        "every picture. What accuracy do you measure?",
        options=(
            Option("a", "100", "It is right about the pictures, but the labels say otherwise."),
            Option("b", "$noise", "That is where labels and model disagree."),
        ),
        key="$right",
        solution=(
            "It agrees with the label wherever the label is right: 100 − $noise = $right %.",
            "Clean the test labels first: noise in them hides the best models.",
        ),
        hint="Accuracy compares with the label, not with the truth.",
        mistakes=("Blaming the model for the labels.",),
        proofs=(
            Proof(
                """
truth = np.arange(1000) % 5
labels = truth.copy()
labels[: 10 * $noise] = (labels[: 10 * $noise] + 1) % 5
evidence = 100 * float(np.mean(truth == labels))
"""
            ),
        ),
    ),
    template(
        id="overfitting.standard-error",
        values={"right": (135, 120, 105, 90), "pictures": (150, 153)},
        derive=lambda v: {
            "share": round(v["right"] / v["pictures"], 3),
            "key": round(
                100
                * (v["right"] / v["pictures"] * (1 - v["right"] / v["pictures"]) / v["pictures"])
                ** 0.5,
                3,
            ),
            "one": round(100 / v["pictures"], 3),
        },
        concept="honesty",
        difficulty="medium",
        kind="numeric",
        tolerance=0.15,
        unit="percentage points",
        stem="A model gets $right of $pictures test pictures right: a share of $share. How large "
        "is the standard error of this accuracy, from the choice of test pictures alone? One "
        "decimal will do.",
        options=(
            Option("a", "$one", "That is what a single picture is worth."),
            Option(
                "b", "0", "Other $pictures pictures of the same kind would give another number."
            ),
        ),
        key="$key",
        solution=(
            "Standard error of a share p of n: √(p (1 − p) / n).",
            "With p = $share and n = $pictures: $key points.",
            "Two models a point apart on such a test are not told apart by it.",
        ),
        hint="√(p (1 − p) / n), in percent.",
        mistakes=("Reporting three digits where the second is already noise.",),
        proofs=(
            Proof(
                """
p = $right / $pictures
tests = np.random.default_rng(0).binomial($pictures, p, size=1_000_000) / $pictures
evidence = 100 * float(tests.std())
"""
            ),
        ),
    ),
    Question(
        id="overfitting.avoid",
        serves=("deep.6",),
        concept="cures",
        difficulty="medium",
        kind="multiple",
        predict_first=True,
        stem="Your fine-tuning overfits: 98 % on training pictures, 70 % on validation. Which of "
        "these attack the overfitting?",
        options=(
            Option(
                "a",
                "Random flips and crops of the training pictures",
                "Yes: the model never sees quite the same picture twice.",
            ),
            Option(
                "b",
                "Training for more epochs at the same rate",
                "More of what causes it: it learns these pictures by heart even better.",
            ),
            Option(
                "c",
                "Keeping the weights from the epoch with the lowest validation loss",
                "Yes: early stopping ends before the learning by heart.",
            ),
            Option(
                "d",
                "Keeping most of the backbone frozen",
                "Yes: fewer weights can move, so less can be learned by heart.",
            ),
            Option(
                "e",
                "Moving half of the validation pictures into the training set, and reporting the "
                "accuracy on all of the validation pictures as before",
                "That hides the overfitting: half of those pictures are no longer unseen.",
            ),
        ),
        key="acd",
        solution=(
            "Overfitting needs freedom and repetition: many weights, few pictures, many epochs.",
            "Augmentation breaks the repetition, freezing takes freedom, early stopping takes "
            "epochs.",
            "More epochs feed it, and mixing the sets only hides it from you.",
        ),
        hint="Which of these give the model less chance to learn the pictures by heart?",
        mistakes=("Curing the number instead of the model.",),
        source="Goodfellow, Bengio, Courville 2016, Deep Learning, chapter 7: "
        "https://www.deeplearningbook.org/contents/regularization.html",
    ),
    Question(
        id="overfitting.train-below-validation",
        concept="curves",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="The model has strong dropout. In the `fit` log, training accuracy is *below* "
        "validation accuracy in every epoch. What is the usual reason?",
        options=(
            Option(
                "a",
                "The training labels must be wrong.",
                "Possible, but there is a reason at work in every such training.",
            ),
            Option(
                "b",
                "Dropout handicaps the training figure only.",
                "Right: validation is measured with dropout off.",
            ),
            Option(
                "c", "The model overfits the validation pictures.", "It is not trained on them."
            ),
            Option(
                "d",
                "Validation pictures are always easier than training pictures.",
                "Both come from the same split; neither is easier by nature.",
            ),
        ),
        key="b",
        solution=(
            "`fit` computes training accuracy on the way, with dropout (and augmentation) at work.",
            "Validation is computed with both switched off.",
            "Call `model.evaluate` on the training pictures to compare like with like.",
        ),
        hint="What is switched off when Keras computes the validation figure?",
        mistakes=("Searching for a leak before measuring both in the same mode.",),
        source="https://keras.io/getting_started/faq/",
        proofs=(
            Proof(
                """
model = keras.Sequential([keras.Input((8,)), layers.Dropout(0.8), layers.Dense(3)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = blobs(600, spread=1.5)
head = keras.Sequential([model.layers[-1]])
fresh = blobs(600, spread=1.5, seed=1)
compiled(head, keras.optimizers.Adam(0.05)).fit(x, y, epochs=8, verbose=0)
def accuracy(inputs, labels, training):
    scores = np.asarray(model(inputs, training=training))
    return float(np.mean(scores.argmax(1) == labels))
on, off, validation = accuracy(x, y, True), accuracy(x, y, False), accuracy(*fresh, False)
evidence = {
    "a": False,
    "b": on < validation - 0.02 and off > validation - 0.02,
    "c": validation > off + 0.02,
    "d": validation > off + 0.02,
}
""",
                "keras",
            ),
        ),
    ),
    template(
        id="overfitting.keras.l2-penalty",
        values={"factor": (0.001, 0.01, 0.1), "weight": (0.5, 1.0, 2.0), "count": (4, 8, 10)},
        derive=lambda v: {
            "right": round(v["factor"] * v["weight"] ** 2 * v["count"], 6),
            "half": round(v["factor"] * v["weight"] ** 2 * v["count"] / 2, 6),
            "square": round(v["weight"] ** 2, 4),
        },
        concept="cures",
        difficulty="medium",
        framework="keras",
        kind="numeric",
        tolerance=1e-5,
        unit="(added to the loss)",
        stem="A `Dense` layer has `kernel_regularizer=keras.regularizers.L2($factor)`. Its kernel "
        "has $count weights, each $weight. How much does this add to the loss?",
        options=(
            Option("a", "$half", "Some texts halve the penalty. Keras does not."),
            Option("b", "0", "It would be 0 only if all weights were 0."),
        ),
        key="$right",
        solution=(
            "Keras adds factor × the sum of squared weights.",
            "$factor × $count × $square = $right.",
        ),
        hint="The factor times the sum of the squares.",
        mistakes=("Carrying over the ½ from a textbook.",),
        proofs=(
            Proof(
                """
layer = layers.Dense(1, kernel_regularizer=keras.regularizers.L2($factor))
layer.build((None, $count))
layer.kernel.assign(np.full(($count, 1), $weight))
evidence = float(sum(layer.losses))
""",
                "keras",
            ),
        ),
    ),
)
