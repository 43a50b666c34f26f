"""Overfitting: reading learning curves. Data only."""

from quizzes.engine.model import Figure, Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="overfitting.high-train-low-val",
        concept="curves",
        difficulty="easy",
        kind="single",
        stem="After training all layers on a small set, training accuracy is 98 % and validation "
        "accuracy 70 %. What does this show?",
        options=(
            Option(
                "a",
                "Underfitting: the model is too small to learn the training pictures.",
                "It has learned them: 98 %.",
            ),
            Option(
                "b",
                "Overfitting: it knows these pictures, not the task.",
                "Right: what it learned does not carry over to new pictures.",
            ),
            Option(
                "c",
                "Nothing yet, since validation accuracy is always much lower than that.",
                "A gap of 28 points is not a law of nature. Cures bring it down.",
            ),
            Option(
                "d",
                "A learning rate that is too low to get anywhere.",
                "It did get somewhere: to 98 % on its own training pictures.",
            ),
        ),
        key="b",
        solution=(
            "High on seen pictures, much lower on unseen ones: that gap is overfitting.",
            "The model has learned details of these pictures that other pictures do not share.",
        ),
        hint="Compare what it has seen with what it has not.",
        mistakes=("Looking at the training accuracy alone, and being pleased.",),
        source="Goodfellow, Bengio, Courville 2016, Deep Learning, section 5.2: "
        "https://www.deeplearningbook.org/contents/ml.html",
    ),
    template(
        id="overfitting.gap",
        values={"train": (99, 98, 96, 94), "validation": (62, 70, 75, 81, 88)},
        derive=lambda v: {
            "right": v["train"] - v["validation"],
            "error": 100 - v["validation"],
            "swapped": v["validation"] - v["train"],
        },
        concept="curves",
        difficulty="easy",
        kind="numeric",
        unit="percentage points",
        stem="Training accuracy is $train %, validation accuracy $validation %. How large is the "
        "overfitting gap (training minus validation)?",
        options=(
            Option("a", "$error", "That is the validation error, not the gap."),
            Option("b", "$swapped", "Training minus validation: a positive number here."),
        ),
        key="$right",
        solution=("$train − $validation = $right percentage points.",),
        hint="Training minus validation.",
        mistakes=("Calling the difference 'percent': it is percentage points.",),
        proofs=(Proof("evidence = $train - $validation"),),
    ),
    Question(
        id="overfitting.best-epoch-in-figure",
        concept="curves",
        difficulty="easy",
        kind="numeric",
        unit="(epoch)",
        figure=Figure(
            "overfitting-curve.png",
            "Two curves over ten epochs. Training loss falls all the way: 1.30, 0.95, 0.72, 0.55, "
            "0.42, 0.31, 0.23, 0.17, 0.12, 0.09. Validation loss falls and then rises: 1.25, "
            "0.98, 0.82, 0.73, 0.69, 0.71, 0.76, 0.83, 0.91, 1.00.",
        ),
        stem="The picture shows ten epochs. The weights of which epoch would you keep?",
        options=(
            Option("a", "10", "The last epoch is the best on training pictures only."),
            Option("b", "1", "Training loss is above validation loss there, but both are high."),
        ),
        key=5.0,
        solution=(
            "Training loss falls to the end; it cannot tell you when to stop.",
            "Validation loss is lowest at epoch 5 (0.69) and rises afterwards.",
            "Keep epoch 5: early stopping with the best weights restored does just that.",
        ),
        hint="Follow the dashed curve to its lowest point.",
        mistakes=("Keeping the epoch with the lowest training loss.",),
        proofs=(
            Proof(
                """
validation = [1.25, 0.98, 0.82, 0.73, 0.69, 0.71, 0.76, 0.83, 0.91, 1.00]
evidence = 1 + int(np.argmin(validation))
"""
            ),
        ),
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
        id="overfitting.keras.patience",
        values={"patience": (1, 2, 3), "turn": (3, 4, 5, 6)},
        derive=lambda v: {
            "right": v["turn"] + v["patience"],
            "early": v["turn"] + v["patience"] - 1,
            "losses": ", ".join(
                f"{0.5 + 0.1 * abs(epoch - v['turn']):.1f}" for epoch in range(1, 11)
            ),
        },
        concept="curves",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="(epoch, counted from 1)",
        stem="Ten epochs would give these validation losses: $losses. "
        '`EarlyStopping(monitor="val_loss", patience=$patience)` watches. Which epoch is the last '
        "one that runs?",
        options=(
            Option(
                "a",
                "$turn",
                "That is the best epoch; its successor must first be seen to be worse.",
            ),
            Option("b", "10", "It would run to the end only with a longer patience."),
        ),
        key="$right",
        solution=(
            "The lowest loss, 0.5, comes at epoch $turn.",
            "$patience more without improvement, and it stops.",
            "$turn + $patience = $right.",
        ),
        hint="First find the best epoch, then wait.",
        mistakes=("Stopping at the best epoch itself: nobody knows yet that it was the best.",),
        proofs=(
            Proof(
                """
callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=$patience)
model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.stop_training = False
callback.set_model(model)
callback.on_train_begin()
for epoch, loss in enumerate([$losses]):
    callback.on_epoch_end(epoch, {"val_loss": loss})
    if model.stop_training:
        break
evidence = epoch + 1
""",
                "keras",
            ),
        ),
    ),
)
