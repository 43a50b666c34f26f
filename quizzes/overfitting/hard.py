"""Hard questions about overfitting. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="overfitting.keras.reshuffled-test-set",
        concept="honesty",
        difficulty="hard",
        framework="keras",
        kind="find_bug",
        stem="""A test set is cut from a shuffled data set. Which repair makes it the same pictures in every
pass, and never training pictures?

```python
data = tf.data.Dataset.range(192).shuffle(192, seed=1)
test = data.take(96)
train = data.skip(96)
```""",
        options=(
            Option(
                "a",
                "Take the training pictures first: `train = data.take(96)`, `test = "
                "data.skip(96)`.",
                "The order of the lines is not the fault: each pass still shuffles anew.",
            ),
            Option(
                "b",
                "Give `shuffle` a larger buffer: `shuffle(1000, seed=1)`.",
                "192 holds them all already. The order is still drawn anew in every pass.",
            ),
            Option(
                "c",
                "Pass `reshuffle_each_iteration=False` to `shuffle`.",
                "Right: one order for all passes, so the cut stays where it is.",
            ),
            Option(
                "d",
                "Choose another seed: `shuffle(192, seed=2)`.",
                "A seed fixes the sequence of orders, but each pass takes the next of them.",
            ),
        ),
        key="c",
        solution=(
            "By default `shuffle` draws a new order each time the data set is walked through.",
            "`take` and `skip` then cut another set each time: test pictures turn up in training.",
            "`reshuffle_each_iteration=False` fixes the order. Better still: split the files "
            "first.",
        ),
        hint="Walk through `test` twice and compare.",
        mistakes=("Believing that a seed makes every pass the same.",),
        source="https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle",
        proofs=(
            Proof(
                """
import tensorflow as tf
repairs = {
    "a": STEM.replace("test = data.take", "train = data.take").replace("train = data.skip", "test = data.skip"),
    "b": STEM.replace("shuffle(192", "shuffle(1000"),
    "c": STEM.replace("seed=1)", "seed=1, reshuffle_each_iteration=False)"),
    "d": STEM.replace("seed=1", "seed=2"),
}
def held_out(code):
    space = run(code, tf=tf)
    numbers = lambda part: set(part.as_numpy_iterator())
    first, train, second = numbers(space["test"]), numbers(space["train"]), numbers(space["test"])
    return first == second and not first & train
if held_out(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: held_out(code) for option, code in repairs.items()}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="overfitting.best-of-many-guessers",
        concept="honesty",
        difficulty="hard",
        kind="single",
        stem="Twenty models that only *guess* between two classes are compared on the same 50 "
        "pictures; the best is reported with its accuracy on those pictures. About what will be "
        "reported, on average?",
        options=(
            Option(
                "a",
                "50 %, since every one of them guesses.",
                "Each *single* one averages 50 %. The best of twenty is picked for its luck.",
            ),
            Option("b", "About 63 %.", "Right: choosing on the test set turns luck into a result."),
            Option(
                "c",
                "About 95 %, because one of twenty is always nearly perfect.",
                "One in twenty is lucky, but not that lucky: 48 of 50 by guessing never happens.",
            ),
            Option(
                "d", "Below 50 %.", "The best of twenty can hardly be below the average of all."
            ),
        ),
        key="b",
        solution=(
            "One guesser scores 50 % on average, with a standard deviation of 7 points on 50 "
            "pictures.",
            "The largest of twenty such numbers lies nearly two deviations up: about 63 %.",
            "So choose on validation pictures, and use the test set once, for the one you chose.",
        ),
        hint="Twenty coins are thrown 50 times each. You report the best coin.",
        mistakes=("Choosing the best model or epoch on the very pictures you report.",),
        proofs=(
            Proof(
                """
scores = np.random.default_rng(0).binomial(50, 0.5, size=(20_000, 20)).max(axis=1) * 2
mean = float(scores.mean())
evidence = {
    "a": abs(mean - 50) < 3, "b": abs(mean - 63) < 1.5, "c": abs(mean - 95) < 3, "d": mean < 49
}
"""
            ),
        ),
    ),
    Question(
        id="overfitting.copies-across-split",
        concept="honesty",
        difficulty="hard",
        kind="single",
        stem="You make nine augmented copies of each picture, shuffle all of them, and then split "
        "into train and test. The labels are *random*. A model that recalls the most similar "
        "training picture scores …",
        options=(
            Option(
                "a",
                "near chance, since random labels cannot be predicted.",
                "They cannot be predicted, but they can be recalled from a copy.",
            ),
            Option(
                "b",
                "near 100 %, thanks to the copies.",
                "Right: nearly every test picture has its twin in the training set.",
            ),
            Option(
                "c",
                "below chance, because the augmented copies mislead it in most cases.",
                "The copies carry the same label: they help it cheat.",
            ),
        ),
        key="b",
        solution=(
            "Copies of one picture land on both sides of the split, with the same label.",
            "So the test asks what the training has shown: recalling is enough.",
            "Split first, augment afterwards, and only the training part.",
        ),
        hint="For a test picture: where are its nine sisters?",
        mistakes=("Augmenting a folder on disk once, and splitting it later.",),
        proofs=(
            Proof(
                """
chance = np.random.default_rng(0)
pictures, labels = chance.random((60, 40)), chance.integers(0, 2, 60)
def score(split_first):
    copies = np.repeat(pictures, 10, axis=0) + chance.normal(0, 0.02, (600, 40))
    marks, source = np.repeat(labels, 10), np.repeat(np.arange(60), 10)
    test = source < 12 if split_first else chance.permutation(600) < 120
    gaps = ((copies[test][:, None] - copies[~test][None]) ** 2).sum(-1)
    return float(np.mean(marks[~test][gaps.argmin(1)] == marks[test]))
leaked, honest = score(False), score(True)
if not 0.2 < honest < 0.8:
    raise ValueError(f"splitting first should give chance, not {honest}")
evidence = {"a": 0.35 < leaked < 0.65, "b": leaked > 0.95, "c": leaked < 0.35}
"""
            ),
        ),
    ),
    Question(
        id="overfitting.throw-away-wrong-labels",
        serves=("pitfall.2", "deep.5"),
        concept="data",
        difficulty="hard",
        framework="pytorch",
        kind="yes_no",
        predict_first=True,
        stem="A training set of 300 points has 40 % wrong labels, and a network is trained long "
        "enough to learn them by heart. Can throwing those 120 points away *raise* the accuracy "
        "on clean test data?",
        options=(
            Option(
                "yes",
                "Yes, it can",
                "Right: fewer but right labels beat more labels with errors here.",
            ),
            Option(
                "no",
                "No, fewer data is worse",
                "Wrong labels are not just useless: they teach errors.",
            ),
        ),
        key="yes",
        solution=(
            "Learned by heart, a wrong label makes the model wrong in its neighborhood.",
            "Without them, 180 right points draw the borders where they belong.",
            "That is why looking through your pictures is one of the best-paid hours of the work.",
        ),
        hint="What does a network learn from a label that is wrong?",
        mistakes=("'More data always helps', whatever the labels say.",),
        proofs=(
            Proof(
                """
x, y = blobs(300, spread=1.5)
fresh, truth = blobs(600, spread=1.5, seed=1)
wrong = np.random.default_rng(0).random(300) < 0.4
noisy = np.where(wrong, (y + 1) % 3, y)
def accuracy(inputs, labels):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 128), nn.ReLU(), nn.Linear(128, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(250):
        optimizer.zero_grad()
        F.cross_entropy(model(torch.as_tensor(inputs)), torch.as_tensor(labels)).backward()
        optimizer.step()
    guess = model(torch.as_tensor(fresh)).argmax(1).numpy()
    return float(np.mean(guess == truth))
evidence = bool(accuracy(x[~wrong], y[~wrong]) > accuracy(x, noisy) + 0.03)
""",
                "pytorch",
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
    Question(
        id="overfitting.one-run-each",
        concept="honesty",
        difficulty="hard",
        kind="multiple",
        stem="On 153 test photos of ants and bees, three trainings gave 0.935 and 0.961 "
        "(fine-tuned, two runs) and 0.948 (frozen). Which conclusions do these numbers support?",
        options=(
            Option(
                "a",
                "Fine-tuning beats freezing here.",
                "One tuned run is above the frozen one, the other is below.",
            ),
            Option(
                "b",
                "Two runs of one method differ as much as the methods do.",
                "Yes: 0.935 and 0.961 lie on both sides of 0.948.",
            ),
            Option(
                "c",
                "Freezing is better than fine-tuning on every small data set.",
                "Three runs on one set say nothing about every set.",
            ),
            Option(
                "d",
                "Several seeds a method are needed to tell them apart.",
                "Yes: show the mean and the range, not the luckiest run.",
            ),
        ),
        key="bd",
        solution=(
            "The two tuned runs span 2.6 points; the frozen one lies between them.",
            "The standard error of an accuracy near 0.95 on 153 photos is 1.8 points.",
            "The gap is inside the noise: repeat with several seeds, report mean and range.",
        ),
        hint="Compare the spread within a method with the gap between the methods.",
        mistakes=("Quoting the better of two runs.",),
        proofs=(
            Proof(
                """
tuned, frozen, n = np.array([0.935, 0.961]), 0.948, 153
noise = np.sqrt(frozen * (1 - frozen) / n)
evidence = {
    "a": bool(tuned.min() - frozen > 2 * noise),
    "b": bool(np.ptp(tuned) >= np.abs(tuned - frozen).max()),
    "c": bool(frozen - tuned.max() > 2 * noise),
    "d": bool(np.abs(tuned - frozen).max() < 2 * noise),
}
"""
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
