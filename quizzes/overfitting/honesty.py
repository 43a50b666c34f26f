"""Overfitting: held-out data and honest numbers. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
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
)
