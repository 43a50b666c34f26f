"""When not to: after the training. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
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
    Question(
        id="when_not_to.torch.saved-and-reloaded",
        concept="production",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="""A MobileNetV2 was trained and saved. The reloaded model gives other predictions for the same
pictures:

```python
again = mobilenet(5)
again.load_state_dict(model.state_dict())
predictions = again(pictures)  # `model` predicted in eval() mode
```

What is missing?""",
        options=(
            Option(
                "a",
                "`again.eval()` after loading.",
                "Right: a new module starts in train mode, with dropout and batch statistics on.",
            ),
            Option(
                "b",
                "`again.requires_grad_(False)` after loading.",
                "That concerns gradients. It changes no prediction.",
            ),
            Option(
                "c",
                "`torch.no_grad()` around the prediction.",
                "It saves memory. It changes no number.",
            ),
            Option(
                "d",
                "`strict=True` in `load_state_dict`, so that nothing is left out.",
                "That is the default already.",
            ),
        ),
        key="a",
        solution=(
            "`load_state_dict` restores parameters and buffers, but not the mode.",
            "A freshly built module is in train mode: dropout drops, BatchNorm uses the batch.",
            "Call `again.eval()`; then both predict the same.",
        ),
        hint="What is not a tensor, and so not in the `state_dict`?",
        mistakes=("Believing that the mode is saved with the weights.",),
        proofs=(
            Proof(
                """
model = mobilenet(5).eval()
pictures = torch.rand(4, 3, 33, 33)
wanted = model(pictures).detach()
repairs = {
    "a": STEM.replace("predictions =", "again.eval()\\npredictions ="),
    "b": STEM.replace("predictions =", "again.requires_grad_(False)\\npredictions ="),
    "c": STEM.replace("predictions =", "with torch.no_grad(): predictions ="),
    "d": STEM.replace("state_dict())", "state_dict(), strict=True)"),
}
def same(code):
    torch.manual_seed(0)
    got = run(code, model=model, pictures=pictures)["predictions"]
    return torch.allclose(got.detach(), wanted, atol=1e-5)
if same(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: same(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.keras.saved-whole",
        concept="production",
        difficulty="medium",
        framework="keras",
        kind="multiple",
        stem='`model.save("flowers.keras")`, then `keras.models.load_model("flowers.keras")` in another process. '
        "What comes back?",
        options=(
            Option(
                "a",
                "The weights, BatchNorm's averages included",
                "Yes: all weights are in the file.",
            ),
            Option("b", "The optimizer's state", "Yes: training can go on where it was."),
            Option("c", "The training pictures", "No data are saved: only the model."),
            Option(
                "d",
                "The predictions for the same pictures, as before",
                "Yes: same weights, same inputs.",
            ),
            Option(
                "e",
                "The `class_names` list that you printed the predictions with",
                "A variable of your notebook. Save it yourself, beside the model.",
            ),
        ),
        key="abd",
        solution=(
            "A `.keras` file holds the architecture, the weights, and the compiled state.",
            "So predictions agree, and training can go on.",
            "What stood in your notebook (names of classes, scaling outside the model) is not in "
            "it.",
        ),
        hint="What belongs to the model, and what to the notebook?",
        mistakes=("Losing the order of the classes.",),
        source="https://keras.io/guides/serialization_and_saving/",
        proofs=(
            Proof(
                """
import pathlib, tempfile, zipfile
model = compiled(tiny(), "adam")
class_names = ["daisy", "rose", "tulip"]
model.class_names = class_names
x, y = blobs(48)
model.fit(x, y, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    path = str(pathlib.Path(folder) / "flowers.keras")
    model.save(path)
    inside = zipfile.ZipFile(path).namelist()
    again = keras.models.load_model(path)
same = lambda a, b: len(a) == len(b) and all(np.allclose(p, q) for p, q in zip(a, b))
values = lambda variables: [np.asarray(v) for v in variables]
evidence = {
    "a": same(values(model.weights), values(again.weights)),
    "b": same(values(model.optimizer.variables), values(again.optimizer.variables)),
    "c": any(not name.endswith((".json", ".h5")) and not name.endswith("/") for name in inside),
    "d": bool(np.allclose(model.predict(x, verbose=0), again.predict(x, verbose=0))),
    "e": hasattr(again, "class_names"),
}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="when_not_to.torch.only-the-new-class",
        concept="production",
        difficulty="hard",
        framework="pytorch",
        kind="single",
        predict_first=True,
        stem="A model tells three classes apart, with some mistakes; class 2 is often missed. So "
        "it is fine-tuned further, on new pictures of class 2 *alone*, all weights free, for many "
        "steps. What becomes of classes 0 and 1?",
        options=(
            Option(
                "a",
                "They stay as good as before, since their pictures were not touched.",
                "The weights they rely on were changed all the same.",
            ),
            Option(
                "b",
                "They improve, because the features get better.",
                "Nothing in this training rewards telling 0 from 1.",
            ),
            Option(
                "c",
                "Far more of their pictures are called class 2.",
                "Right: 'always say 2' is a perfect answer to that training.",
            ),
            Option(
                "d", "Only class 1 suffers, the neighbor of 2.", "Class numbers have no neighbors."
            ),
        ),
        key="c",
        solution=(
            "If every picture is of class 2, saying 2 to everything makes the loss vanish.",
            "Training goes there, and the other classes are overwritten.",
            "Mix old pictures of all classes into the new ones, and test all classes before "
            "release.",
        ),
        hint="What is the laziest way to a perfect loss on that data?",
        mistakes=("Repairing one class without testing the others.",),
        proofs=(
            Proof(
                """
x, y = blobs(300, spread=3.0)
fresh, truth = blobs(600, spread=3.0, seed=1)
new, labels = blobs(300, spread=3.0, seed=2)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
def share(label, called):
    part = torch.as_tensor(fresh[truth == label])
    return (model(part).argmax(1) == called).float().mean().item()
def shares():
    return [share(0, 0), share(1, 1), share(0, 2), share(1, 2)]
fit(model, x, y, lr=0.1, steps=150)
before = shares()
fit(model, new[labels == 2], labels[labels == 2], lr=0.1, steps=300)
right_0, right_1, wrong_0, wrong_1 = (b - a for a, b in zip(before, shares()))
evidence = {
    "a": min(right_0, right_1) > -0.05,
    "b": min(right_0, right_1) > 0.05,
    "c": max(right_0, right_1) < -0.2 and min(wrong_0, wrong_1) > 0.2,
    "d": right_0 > -0.05 and right_1 < -0.05,
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.served-with-other-scaling",
        concept="production",
        difficulty="hard",
        framework="keras",
        kind="find_bug",
        stem="""In the notebook accuracy is high; in the app the same model calls nearly everything one class. The app
does this. Which repair is right?

```python
pixels = picture.astype("float32") / 255.0  # the model was trained on x / 127.5 - 1
scores = model.predict(pixels[None], verbose=0)
```""",
        options=(
            Option(
                "a",
                'Use `astype("float64")`, for a higher precision.',
                "Precision is not the matter: the numbers are others.",
            ),
            Option(
                "b",
                "Feed raw pixels: leave `/ 255.0` away.",
                "0 to 255 is even further from what it was trained on.",
            ),
            Option(
                "c",
                "Call `model.predict` for a batch of 32 copies instead.",
                "In inference mode a picture's scores do not depend on the batch.",
            ),
            Option(
                "d",
                "Scale as in training: `/ 127.5 - 1.0`.",
                "Right: the model must see in use what it saw in training.",
            ),
        ),
        key="d",
        solution=(
            "In training, dark pixels were −1 and bright ones 1; the app sends 0 to 1.",
            "The model sees every picture as bright and pale.",
            "Scale the same way; better, put a `Rescaling` layer into the saved model.",
        ),
        hint="Compare the range in training with the range in the app.",
        mistakes=("Copying the preprocessing by hand instead of saving it inside the model.",),
        proofs=(
            Proof(
                """
repairs = {
    "a": STEM.replace('"float32"', '"float64"'),
    "b": STEM.replace(" / 255.0", ""),
    "c": STEM.replace("pixels[None]", "np.repeat(pixels[None], 32, 0)"),
    "d": STEM.replace("/ 255.0", "/ 127.5 - 1.0"),
}
rng = np.random.default_rng(0)
picture = rng.integers(0, 256, (6, 6, 3)).astype("uint8")
model = keras.Sequential([keras.Input((6, 6, 3)), layers.Flatten(), layers.Dense(5)])
wanted = model.predict(picture[None] / 127.5 - 1.0, verbose=0)[0]
def same(code):
    scores = run(code, model=model, picture=picture)["scores"]
    return bool(np.allclose(scores[0], wanted, atol=1e-4))
if same(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: same(code) for option, code in repairs.items()}
""",
                "keras",
            ),
        ),
    ),
)
