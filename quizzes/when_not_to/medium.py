"""Medium questions about when not to fine-tune. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="when_not_to.small-and-similar",
        serves=("expert.1",),
        concept="deciding",
        difficulty="medium",
        kind="single",
        stem="A rule of thumb from Stanford's CS231n: your data set is *small* and *similar* to "
        "the pretraining data. What does it recommend?",
        options=(
            Option("a", "Train a network from scratch.", "Small data is where that does worst."),
            Option(
                "b",
                "Fine-tune the whole network at a high rate.",
                "With few pictures that overfits, and wipes out good features.",
            ),
            Option(
                "c",
                "A linear classifier on early features, since late ones are too special.",
                "That is its advice for small and *very different* data.",
            ),
            Option(
                "d",
                "A linear classifier on the last features.",
                "Right: the features fit, and there is little to overfit with.",
            ),
        ),
        key="d",
        solution=(
            "Similar data: the last features describe your pictures well.",
            "Small data: fine-tuning many weights would overfit.",
            "So train a linear classifier on the last features, and look how far it gets.",
        ),
        hint="Similar: which features fit? Small: how many weights can you afford?",
        mistakes=("Fine-tuning everything before knowing what a probe achieves.",),
        source="CS231n, Transfer Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.large-and-similar",
        concept="deciding",
        difficulty="medium",
        kind="single",
        stem="The same rule of thumb (CS231n): your data set is *large* and *similar* to the "
        "pretraining data. What does it recommend?",
        options=(
            Option(
                "a",
                "Fine-tune through the full network.",
                "Right: with many pictures there is little danger of overfitting.",
            ),
            Option(
                "b",
                "A linear classifier only, to be safe from overfitting.",
                "Safe, but it leaves unused what many pictures could teach.",
            ),
            Option(
                "c",
                "Throw away pictures until the set is small.",
                "Nothing is gained by knowing less.",
            ),
            Option(
                "d",
                "Train from scratch, because pretrained weights can only do harm with many "
                "pictures.",
                "They do no harm: they are a good start, and cost nothing.",
            ),
        ),
        key="a",
        solution=(
            "Similar data: the pretrained weights are a good start.",
            "Large data: many weights can be adapted without overfitting.",
            "So fine-tune through the whole network.",
        ),
        hint="What does a large set allow that a small one does not?",
        mistakes=("Taking 'few pictures: freeze' for a rule for every size.",),
        source="CS231n, Transfer Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.myth-always-better",
        serves=("myth.2",),
        concept="myths",
        difficulty="medium",
        kind="yes_no",
        stem="Myth or fact: a pretrained and fine-tuned model is always better than one trained "
        "from scratch.",
        options=(
            Option(
                "yes",
                "Yes: fact",
                "There are published cases, and the run in the proof, where it is not.",
            ),
            Option(
                "no",
                "No: myth",
                "Right: with unrelated features or plenty of data, scratch can win.",
            ),
        ),
        key="no",
        solution=(
            "One case refutes 'always'. In the proof the old task needed other inputs than the "
            "new one; its frozen features carry nothing of use, and scratch wins clearly.",
            "On two large sets of medical images, small networks from scratch came out on a par "
            "with pretrained ImageNet ones.",
            "Run the small comparison first: probe, fine-tuning, scratch.",
        ),
        hint="What if the old task looked at entirely different things?",
        mistakes=("Skipping the from-scratch baseline because 'everybody fine-tunes'.",),
        source="Raghu et al. 2019, Transfusion: Understanding Transfer Learning for Medical "
        "Imaging: https://arxiv.org/abs/1902.07208",
        proofs=(
            Proof(
                """
chance = np.random.default_rng(0)
def sample(count):
    x = chance.normal(size=(count, 8)).astype("float32")
    return x, (x[:, 0] > 0).astype(int), (x[:, 4] * x[:, 5] > 0).astype(int)
x, old, new = sample(1500)
fresh, _, truth = sample(1000)
def accuracy(model):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        F.cross_entropy(model(torch.as_tensor(x)), torch.as_tensor(new)).backward()
        optimizer.step()
    return (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean().item()
scratch = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 2))
tuned = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 2))
with torch.no_grad():
    tuned[0].weight[:, 1:] = 0  # what is left of a pretraining that only ever needed input 0
fit(tuned[2:], tuned[:2](torch.as_tensor(x)).detach(), old, lr=0.2, steps=100)
tuned[0].requires_grad_(False)  # the first layer frozen, the later ones fine-tuned
evidence = accuracy(tuned) >= accuracy(scratch) - 0.1
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.cheapest-first",
        concept="baselines",
        difficulty="medium",
        kind="single",
        stem="A new task, a pretrained backbone, no idea how well it fits. Which measurement "
        "costs least and tells you most at the start?",
        options=(
            Option(
                "a",
                "Fine-tuning all layers for 50 epochs.",
                "Expensive, and if it is poor you do not know why.",
            ),
            Option(
                "b",
                "A probe on cached features.",
                "Right: minutes of work, and it says how well the features fit.",
            ),
            Option(
                "c",
                "A hyper-parameter search over rates and depths, with a hundred trainings.",
                "First find out whether the features fit at all.",
            ),
            Option(
                "d",
                "Nothing: the accuracy on ImageNet says it already.",
                "It predicts little about a task that is far from ImageNet.",
            ),
        ),
        key="b",
        solution=(
            "Compute the features once; a linear layer on them trains in seconds.",
            "If that is good, fine-tuning may add a little; if it is near chance, the features do "
            "not fit.",
            "Either way you know what the expensive options have to beat.",
        ),
        hint="What can be computed once and reused?",
        mistakes=(
            "Starting with the most expensive option, and having nothing to compare it with.",
        ),
        source="Alain, Bengio 2016: https://arxiv.org/abs/1610.01644",
    ),
    Question(
        id="when_not_to.torch.efficientnet-size",
        concept="baselines",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        tolerance=0.1,
        unit="times as many parameters",
        stem="torchvision's MobileNetV2 has 3,504,872 parameters, EfficientNetB0 has 5,288,548. "
        "How many times as many has EfficientNetB0? One decimal will do.",
        options=(
            Option("a", "0.66", "The other way around: EfficientNetB0 is the larger one."),
            Option("b", "1.8", "That is the difference in millions, not the ratio."),
        ),
        key=1.509,
        solution=(
            "5,288,548 / 3,504,872 = 1.5.",
            "Larger does not mean slower by the same factor: measure the time as well.",
        ),
        hint="Larger divided by smaller.",
        mistakes=("Judging speed by the number of parameters.",),
        proofs=(
            Proof(
                """
size = lambda model: sum(p.numel() for p in model.parameters())
large = size(torchvision.models.efficientnet_b0(weights=None))
small = size(torchvision.models.mobilenet_v2(weights=None))
if (large, small) != (5_288_548, 3_504_872):
    raise ValueError(f"sizes changed: {large}, {small}")
evidence = large / small
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="when_not_to.gain-per-minute",
        values={"probe": (80, 84), "tuned": (88, 89), "short": (2, 3), "long": (7, 12)},
        derive=lambda v: {
            "points": v["tuned"] - v["probe"],
            "minutes": v["long"] - v["short"],
            "right": round((v["tuned"] - v["probe"]) / (v["long"] - v["short"]), 4),
            "total": round((v["tuned"] - v["probe"]) / v["long"], 4),
        },
        concept="baselines",
        difficulty="medium",
        kind="numeric",
        tolerance=0.02,
        unit="percentage points per extra minute",
        stem="A probe reaches $probe % in $short minutes, fine-tuning $tuned % in $long minutes. "
        "How many points does each *extra* minute of fine-tuning buy? Two decimals will do.",
        options=(
            Option("a", "$total", "$short minutes would have been spent on the probe as well."),
            Option("b", "$points", "That is the whole gain, not the gain per minute."),
        ),
        key="$right",
        solution=(
            "Gain: $tuned − $probe = $points points. Extra time: $long − $short = $minutes "
            "minutes.",
            "$points / $minutes = $right points a minute.",
        ),
        hint="Extra points over extra minutes.",
        mistakes=("Dividing by the whole time.",),
        proofs=(
            Proof("evidence = float(np.diff([$probe, $tuned])[0] / np.diff([$short, $long])[0])"),
        ),
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
)
