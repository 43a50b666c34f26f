"""Overfitting: augmentation, dropout, weight decay, early stopping. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
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
    Question(
        id="overfitting.keras.early-stopping-weights",
        concept="cures",
        difficulty="hard",
        framework="keras",
        kind="single",
        stem="""Validation loss is best after epoch 3 and training stops after epoch 5. Whose weights does the
model hold?

```python
keras.callbacks.EarlyStopping(monitor="val_loss", patience=2)
```""",
        options=(
            Option("a", "Those of epoch 3, the best.", "Only with `restore_best_weights=True`."),
            Option(
                "b",
                "Those from before the training: nothing was kept.",
                "Early stopping ends a training; it does not undo it.",
            ),
            Option(
                "c",
                "The average of epochs 3 to 5, weighted by their validation losses.",
                "Averaging weights is another technique. Keras does not do it here.",
            ),
            Option("d", "Those of epoch 5.", "Right: by default it stops and restores nothing."),
        ),
        key="d",
        solution=(
            "`patience=2` waits two epochs without improvement, so it stops after epoch 5.",
            "`restore_best_weights` is False by default: the model stays as it is.",
            "Ask for it: `EarlyStopping(..., restore_best_weights=True)`.",
        ),
        hint="Read the default of `restore_best_weights`.",
        mistakes=("Thinking that stopping early means going back.",),
        source="https://keras.io/api/callbacks/early_stopping/",
        proofs=(
            Proof(
                """
def ends_with(**options):
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, **options)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    model.stop_training = False
    callback.set_model(model)
    kernel = model.layers[0].kernel
    kernel.assign([[0.0]])
    callback.on_train_begin()
    for epoch, loss in enumerate([1.0, 0.8, 0.6, 0.7, 0.9, 0.95]):
        kernel.assign([[epoch + 1.0]])
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return float(np.asarray(kernel)[0, 0])
if ends_with(restore_best_weights=True) != 3:
    raise ValueError("restoring should give epoch 3")
evidence = which(ends_with(), a=3.0, b=0.0, c=4.0, d=5.0)
""",
                "keras",
            ),
        ),
    ),
)
