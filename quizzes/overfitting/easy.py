"""Easy questions about overfitting. Data only."""

from __future__ import annotations

from quizzes.engine.model import Figure, Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="overfitting.torch.dropout-in-eval",
        concept="cures",
        difficulty="easy",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
layer = nn.Dropout(0.5)
layer.eval()
print(layer(torch.ones(4)).tolist())
```""",
        options=(
            Option("a", "`[1.0, 1.0, 1.0, 1.0]`", "Right: in `eval()` mode dropout does nothing."),
            Option(
                "b",
                "`[0.5, 0.5, 0.5, 0.5]`",
                "No scaling is needed here: PyTorch scales up in training instead.",
            ),
            Option("c", "`[2.0, 0.0, 2.0, 0.0]`", "That is what training mode may give."),
            Option(
                "d", "`[0.0, 0.0, 0.0, 0.0]`", "Half is dropped in training; nothing in `eval()`."
            ),
        ),
        key="a",
        solution=(
            "Dropout zeroes numbers at random during training only.",
            "In `eval()` mode it hands on what it is given.",
        ),
        hint="Should two predictions of the same picture differ?",
        mistakes=("Forgetting `eval()` before measuring: then dropout costs you accuracy.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
    Question(
        id="overfitting.keras.augment-in-predict",
        concept="cures",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem='Your model begins with `keras.layers.RandomFlip("horizontal")`. Does `model.predict` flip '
        "pictures at random, too?",
        options=(
            Option(
                "yes", "Yes, it does", "Then the same picture could get two answers. It does not."
            ),
            Option("no", "No, it does not", "Right: these layers act in training only."),
        ),
        key="no",
        solution=(
            "`fit` calls the model with `training=True`, `predict` with `training=False`.",
            "Random layers of Keras do nothing when `training` is False.",
        ),
        hint="`predict` calls the model with `training=False`.",
        mistakes=("Removing the augmentation layers by hand before predicting.",),
        proofs=(
            Proof(
                """
model = keras.Sequential([keras.Input((6, 6, 3)), layers.RandomFlip("horizontal")])
x = np.random.default_rng(0).random((32, 6, 6, 3)).astype("float32")
if np.array_equal(x, np.asarray(model(x, training=True))):
    raise ValueError("no flip in training either")
evidence = not np.array_equal(x, model.predict(x, verbose=0))
""",
                "keras",
            ),
        ),
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
    template(
        id="overfitting.always-the-big-class",
        values={"cats": (60, 70, 80, 90, 95)},
        derive=lambda v: {"dogs": 100 - v["cats"]},
        concept="honesty",
        difficulty="easy",
        kind="numeric",
        unit="percent",
        stem="A test set has $cats cats and $dogs dogs. What accuracy has a program that answers "
        "'cat' to every picture?",
        options=(
            Option("a", "50", "Chance would be 50 % if both classes were equally large."),
            Option("b", "$dogs", "Those are the ones it gets wrong."),
        ),
        key="$cats",
        solution=(
            "It is right for the $cats cats and wrong for the $dogs dogs: $cats %.",
            "Name this number beside your own: it is what knowing nothing earns.",
        ),
        hint="Count the pictures it gets right.",
        mistakes=("Being proud of an accuracy without asking what the largest class alone earns.",),
        proofs=(
            Proof(
                """
labels = np.array(["cat"] * $cats + ["dog"] * $dogs)
evidence = 100 * float(np.mean(labels == "cat"))
"""
            ),
        ),
    ),
)
