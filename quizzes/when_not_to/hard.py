"""Hard questions about when not to fine-tune. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="when_not_to.speaks-for-scratch",
        serves=("not.1",),
        concept="deciding",
        difficulty="hard",
        kind="multiple",
        stem="Which of these speak *for* training from scratch and against fine-tuning?",
        options=(
            Option(
                "a",
                "You have two million labelled pictures, and the computers for them.",
                "Yes: with plenty of data the head start of pretraining shrinks to nothing.",
            ),
            Option(
                "b",
                "You have 300 labelled pictures.",
                "Few pictures are the best reason for pretrained features.",
            ),
            Option(
                "c",
                "Your inputs are 12-channel radar maps, with no pretrained model for them.",
                "Yes: unlike photos in channels and content, so little can be carried over.",
            ),
            Option(
                "d",
                "The result is needed today, on a laptop.",
                "Little time speaks for a probe or a short fine-tuning.",
            ),
        ),
        key="ac",
        solution=(
            "Pretraining pays when data or time is short and its features fit.",
            "Plenty of data removes the first reason, an unrelated domain the second.",
            "In doubt, measure all three: probe, fine-tuning, scratch.",
        ),
        hint="When does the head start shrink, and when does it lead elsewhere?",
        mistakes=("Deciding by habit instead of by data size and similarity.",),
        source="He, Girshick, Dollár 2019: https://arxiv.org/abs/1811.08883; CS231n, Transfer "
        "Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.torch.grey-input",
        concept="deciding",
        difficulty="hard",
        framework="pytorch",
        kind="predict_output",
        stem="""Grey microscope pictures have one channel, the pretrained first convolution wants three. What does
this print?

```python
grey = torch.rand(2, 1, 9, 9)
three = nn.Conv2d(3, 8, 3, bias=False)
one = nn.Conv2d(1, 8, 3, bias=False)
one.weight.data = three.weight.data.sum(dim=1, keepdim=True)
print(torch.allclose(three(grey.repeat(1, 3, 1, 1)), one(grey), atol=1e-5))
```""",
        options=(
            Option(
                "a",
                "`False`",
                "Write out the sum over channels: the same grey value can be taken out.",
            ),
            Option(
                "b", "`True`", "Right: repeating the channel and summing the filters are the same."
            ),
            Option(
                "c",
                "An error: the shapes of the weights differ",
                "`keepdim=True` leaves (8, 1, 3, 3), which is what one channel needs.",
            ),
        ),
        key="b",
        solution=(
            "A convolution adds up weight × value over the channels.",
            "If all three values are equal, that is (sum of the weights) × value.",
            "So a far domain with one channel can still use the pretrained filters, at a third of "
            "the work in that layer.",
        ),
        hint="w₁·g + w₂·g + w₃·g = ?",
        mistakes=("Throwing the first layer away because the number of channels differs.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
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
        id="when_not_to.probe-poor-tuned-good",
        concept="baselines",
        difficulty="hard",
        kind="single",
        stem="On a far domain, over several seeds: linear probe 55 %, fine-tuning 91 %, from "
        "scratch 90 % (chance is 20 %, all with the same data and steps; seeds differ by ±2 "
        "points). What do these numbers say?",
        options=(
            Option(
                "a",
                "The pretrained features fit the domain well.",
                "Then the probe would be good: it uses them as they are.",
            ),
            Option(
                "b",
                "Pretraining brought no clear gain here.",
                "Right: scratch is within the noise of fine-tuning, and the probe is far below.",
            ),
            Option(
                "c",
                "Fine-tuning beats training from scratch, by one point.",
                "One point is inside the ±2 of the seeds.",
            ),
            Option(
                "d",
                "The pretrained features are worthless: the probe is at chance.",
                "55 % is far above the chance of 20 %.",
            ),
        ),
        key="b",
        solution=(
            "The probe says: as they are, the features separate the classes only partly.",
            "Fine-tuning and scratch are equal within the noise.",
            "So the data suffice to learn the features: here fine-tuning is not needed.",
        ),
        hint="Compare first with the noise, then with each other.",
        mistakes=("Comparing fine-tuning with the probe only, and praising pretraining.",),
        proofs=(
            Proof(
                """
probe, tuned, scratch, chance, noise = 55, 91, 90, 20, 2
evidence = {
    "a": probe > tuned - noise,
    "b": abs(tuned - scratch) <= noise and probe < scratch - noise,
    "c": tuned - scratch > noise,
    "d": probe <= chance + noise,
}
"""
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
    template(
        id="when_not_to.pictures-for-a-gap",
        values={"share": (0.8, 0.9), "error": (1, 2, 3)},
        derive=lambda v: {
            "right": round(v["share"] * (1 - v["share"]) * 10000 / v["error"] ** 2),
            "variance": round(v["share"] * (1 - v["share"]), 4),
            "linear": round((v["share"] * (1 - v["share"])) ** 0.5 * 100 / v["error"]),
            "decimal": v["error"] / 100,
            "points": "1 percentage point"
            if v["error"] == 1
            else f"{v['error']} percentage points",
        },
        concept="baselines",
        difficulty="hard",
        kind="numeric",
        tolerance=10,
        unit="test pictures",
        stem="A model's true accuracy is $share. How many test pictures bring the standard error "
        "of the measured accuracy down to $points?",
        options=(
            Option(
                "a", "$linear", "Do not forget to square: the error shrinks with the root of n."
            ),
        ),
        key="$right",
        solution=(
            "Standard error: √(p (1 − p) / n) = $decimal, so n = p (1 − p) / $decimal².",
            "p (1 − p) = $variance; divided by $decimal²: $right pictures.",
            "Half the error costs four times the pictures.",
        ),
        hint="Solve √(p (1 − p) / n) = $decimal for n.",
        mistakes=("Expecting twice the pictures to halve the error.",),
        proofs=(
            Proof(
                """
share, wanted = $share, $error / 100
chance = np.random.default_rng(0)
spread = lambda n: float((chance.binomial(n, share, 400_000) / n).std())
low, high = 10, 10_000
while high - low > 1:
    middle = (low + high) // 2
    exact = np.sqrt(share * (1 - share) / middle)
    low, high = (middle, high) if exact > wanted + 1e-12 else (low, middle)
if abs(spread(high) / wanted - 1) > 0.01:
    raise ValueError("the simulation disagrees with the formula")
evidence = high
"""
            ),
        ),
    ),
)
