"""A new head: computing features once. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    template(
        id="head.torch.count-passes",
        values={"pictures": (200, 500, 800, 1000), "epochs": (5, 10, 20, 30)},
        derive=lambda v: {"right": v["pictures"], "without": v["pictures"] * v["epochs"]},
        concept="caching",
        difficulty="easy",
        framework="pytorch",
        kind="numeric",
        unit="pictures",
        stem="The backbone is frozen. You compute the features of $pictures training pictures "
        "once, keep them, and train the head on them for $epochs epochs. How many pictures go "
        "through the backbone in all?",
        options=(
            Option("a", "$without", "That is without keeping the features: again in every epoch."),
            Option("b", "$epochs", "The epochs pass through the head only."),
        ),
        key="$right",
        solution=(
            "Each picture goes through the backbone once: $pictures.",
            "The $epochs epochs use the kept features.",
            "Without keeping them it would be $pictures × $epochs = $without.",
        ),
        hint="What do the epochs read: pictures or features?",
        mistakes=("Multiplying by the epochs out of habit.",),
        proofs=(
            Proof(
                """
seen = []
backbone = nn.Linear(4, 8).requires_grad_(False)
backbone.register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
features = torch.cat([backbone(batch) for batch in torch.rand($pictures, 4).split(50)])
head = nn.Linear(8, 3)
for epoch in range($epochs):
    for batch in features.split(50):
        head(batch)
evidence = sum(seen)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.why-cache",
        concept="caching",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="Why may you compute a frozen backbone's features once, in `eval()` mode, and reuse "
        "them in every epoch?",
        options=(
            Option(
                "a",
                "Because features take less memory than pictures do, so more of them fit.",
                "Often true, but not why they may be *reused*.",
            ),
            Option(
                "b",
                "Because the head starts anew in each epoch.",
                "The head goes on learning from epoch to epoch.",
            ),
            Option(
                "c",
                "Because the same picture always gives the same features.",
                "Right: nothing in the backbone changes, so neither do they.",
            ),
            Option(
                "d",
                "Because the backbone's gradients are kept with them.",
                "There are none: the backbone is frozen.",
            ),
        ),
        key="c",
        solution=(
            "Features depend on the picture, the weights and the BatchNorm statistics.",
            "Frozen, and in `eval()` mode, the last two stay fixed.",
            "So the second epoch would compute exactly what the first did.",
        ),
        hint="What would have to change for the second epoch to compute anything else?",
        mistakes=("Caching in train mode, where the features depend on the batch.",),
        proofs=(
            Proof(
                """
model = tiny()
backbone = model[0].requires_grad_(False).eval()
x, y = map(torch.as_tensor, blobs())
first = backbone(x)
head_before = model[1].weight.clone()
for epoch in range(3):
    fit(model[1], first, y, steps=1)
evidence = {
    "a": first.numel() < x.numel(),
    "b": torch.equal(model[1].weight, head_before),
    "c": torch.equal(first, backbone(x)),
    "d": any(p.grad is not None for p in backbone.parameters()),
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.torch.cache-and-augment",
        concept="caching",
        difficulty="medium",
        framework="pytorch",
        kind="yes_no",
        stem="You cached each training picture's features once. Can random flips and crops, drawn "
        "anew in every epoch, still act on your training?",
        options=(
            Option(
                "yes",
                "Yes, they can",
                "The pictures are no longer read: the head sees the same stored numbers.",
            ),
            Option(
                "no",
                "No, they cannot",
                "Right: a flipped picture has other features, and they were never computed.",
            ),
        ),
        key="no",
        solution=(
            "Augmentation changes the picture, so its features change too.",
            "The cache holds the features of one version only.",
            "Choose: fast cached features, or augmentation with the backbone in every epoch.",
        ),
        hint="Who would compute the features of the flipped picture?",
        mistakes=("Flipping the feature vector: its order has nothing to do with left and right.",),
        proofs=(
            Proof(
                """
backbone = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.Flatten()).eval()
x = torch.rand(4, 3, 9, 9)
stored = backbone(x).detach()
flips = [x, x.flip(-1)]
needed = [backbone(version) for version in flips]
evidence = all(torch.allclose(stored, features) for features in needed)
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="head.cache-size",
        values={"pictures": (500, 1000, 2000, 5000, 10000), "features": (512, 1280, 2048)},
        derive=lambda v: {
            "right": v["pictures"] * v["features"] * 4 / 1e6,
            "bytes": v["pictures"] * v["features"] / 1e6,
            "double": v["pictures"] * v["features"] * 8 / 1e6,
        },
        concept="caching",
        difficulty="medium",
        kind="numeric",
        tolerance=0.1,
        unit="MB (a million bytes)",
        stem="You cache $features float32 features for each of $pictures pictures. How much "
        "memory is that?",
        options=(
            Option("a", "$bytes", "A float32 takes four bytes, not one."),
            Option("b", "$double", "Eight bytes would be float64."),
        ),
        key="$right",
        solution=(
            "Numbers: $pictures × $features.",
            "Four bytes each: $right million bytes.",
        ),
        hint="32 bits are four bytes.",
        mistakes=("Taking a float32 for one byte, as in a uint8 picture.",),
        proofs=(Proof('evidence = np.empty(($pictures, $features), "float32").nbytes / 1e6'),),
    ),
    Question(
        id="head.keras.predict-for-cache",
        concept="caching",
        difficulty="medium",
        framework="keras",
        kind="yes_no",
        stem="You cache features with `base.predict(pictures)`. `base.trainable` is still True. "
        "Are the features computed with BatchNorm's stored averages, so that the batch size does "
        "not matter?",
        options=(
            Option("yes", "Yes, they are", "Right: `predict` runs every layer in inference mode."),
            Option(
                "no",
                "No, they are not",
                "That would be the training mode of `fit`, not of `predict`.",
            ),
        ),
        key="yes",
        solution=(
            "`predict` calls the model with `training=False`.",
            "BatchNorm then uses its stored averages, whatever `trainable` says.",
            "So a picture's features do not depend on the pictures beside it.",
        ),
        hint="With which value of `training` does `predict` call the model?",
        mistakes=(
            "Mixing up `trainable`, a switch for learning, with `training`, a mode of a call.",
        ),
        proofs=(
            Proof(
                """
base = tiny().layers[0]
base.get_layer("bn").moving_mean.assign(np.linspace(-1, 1, 16))
x = blobs(24)[0]
small, large = (base.predict(x, batch_size=size, verbose=0) for size in (2, 24))
in_training = np.asarray(base(x, training=True))
evidence = bool(np.allclose(small, large, atol=1e-5) and not np.allclose(large, in_training, atol=1e-2))
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="head.torch.shuffled-cache",
        concept="caching",
        difficulty="hard",
        framework="pytorch",
        kind="find_bug",
        stem="""Trained on these cached features, the head never beats chance. Which repair is right?

```python
loader = DataLoader(data, batch_size=8, shuffle=True)
with torch.no_grad():
    features = torch.cat([backbone(x) for x, y in loader])
labels = torch.cat([y for x, y in loader])
```""",
        options=(
            Option(
                "a",
                "Remove `torch.no_grad()`.",
                "The features need no gradient: the backbone is frozen.",
            ),
            Option(
                "b",
                "Call `features.detach()` at the end.",
                "Under `no_grad()` they have no graph to detach from.",
            ),
            Option(
                "c",
                "Collect `labels` inside `no_grad()` as well, in the line after `features`.",
                "Still a second pass over the loader, in another order.",
            ),
            Option(
                "d",
                "Build the loader with `shuffle=False`.",
                "Right: then both passes see the pictures in the same order.",
            ),
        ),
        key="d",
        solution=(
            "Each `for` over a shuffling loader draws a new order.",
            "So features and labels are from two different orders: the pairs are broken.",
            "Use `shuffle=False`, or collect both in one pass. Shuffle the cached pairs later.",
        ),
        hint="How many times is the loader walked through, and in which order each time?",
        mistakes=("Looking for the fault in the head, because its loss is what stays high.",),
        proofs=(
            Proof(
                """
from torch.utils.data import DataLoader, TensorDataset
y = torch.arange(48) % 3
data = TensorDataset(torch.arange(48.0)[:, None], y)
label_of = lambda features: features[:, 0].long() % 3
last = "labels = torch.cat([y for x, y in loader])"
repairs = {
    "a": STEM.replace("with torch.no_grad():", "if True:"),
    "b": STEM + "\\nfeatures = features.detach()",
    "c": STEM.replace("\\n" + last, "\\n    " + last),
    "d": STEM.replace("shuffle=True", "shuffle=False"),
}
def paired(code):
    space = run(code, DataLoader=DataLoader, data=data, backbone=nn.Identity())
    return torch.equal(label_of(space["features"]), space["labels"])
if paired(STEM):
    raise ValueError("the code in the stem has no fault")
evidence = {option: paired(code) for option, code in repairs.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.torch.cached-equals-frozen",
        concept="caching",
        difficulty="hard",
        framework="pytorch",
        kind="single",
        stem="Two heads start from the same weights and see the same batches. One is trained "
        "through a frozen backbone in `eval()` mode, one on features cached from it. How do they "
        "differ in the end?",
        options=(
            Option("a", "The cached one is a little worse.", "It saw exactly the same features."),
            Option(
                "b",
                "Not beyond rounding.",
                "Right: same features, same gradients, same steps. Only the time differs.",
            ),
            Option(
                "c",
                "The cached one is better, since its features hold no noise from training.",
                "In `eval()` mode the other's features hold no noise either.",
            ),
            Option(
                "d",
                "Only the cached one learns; the other's gradients get lost in the backbone.",
                "The head's gradient does not pass through the backbone.",
            ),
        ),
        key="b",
        solution=(
            "The head's gradient depends on its inputs, its weights and the labels.",
            "All three are the same in both trainings.",
            "So caching is no compromise, as long as nothing is augmented and nothing below "
            "trains.",
        ),
        hint="What does the head's gradient depend on?",
        mistakes=("Taking a speed-up for an approximation.",),
        proofs=(
            Proof(
                """
import copy
x, y = blobs(spread=3.0)
model = tiny()
model[0].requires_grad_(False).eval()
cached, start = copy.deepcopy(model[1]), model[1].weight.clone()
through_losses = fit(model, x, y, steps=30)
cached_losses = fit(cached, model[0](torch.as_tensor(x)), y, steps=30)
gap = cached_losses[-1] - through_losses[-1]
same = torch.allclose(model[1].weight, cached.weight, atol=1e-5)
evidence = {
    "a": gap > 1e-4,
    "b": same and abs(gap) < 1e-4,
    "c": gap < -1e-4,
    "d": torch.equal(model[1].weight, start),
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.keras.versions-seen",
        concept="caching",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="versions of each picture",
        stem="""`augmenting_base` begins with `RandomFlip` and `RandomRotation`. The head is trained for ten epochs
on cached features:

```python
features = augmenting_base.predict(pictures)
head.fit(features, labels, epochs=10)
```

How many versions of each picture does the head see?""",
        options=(
            Option(
                "a", "10", "That would need the pictures to pass through the base in every epoch."
            ),
            Option(
                "b",
                "2",
                "The flip is random in training only; `predict` shows each picture as it is.",
            ),
        ),
        key=1.0,
        solution=(
            "`predict` runs in inference mode, where random layers do nothing.",
            "And it runs once: ten epochs read the same stored features.",
            "So each picture is seen as it is, ten times over: 1 version.",
        ),
        hint="What do random layers do in `predict`, and how often is it called?",
        mistakes=("Believing that augmentation inside the base survives caching.",),
        proofs=(
            Proof(
                """
augmenting_base = keras.Sequential([
    keras.Input((6, 6, 3)), layers.RandomFlip("horizontal"), layers.RandomRotation(0.2), layers.Flatten()
])
pictures = np.random.default_rng(0).random((4, 6, 6, 3)).astype("float32")
labels, seen = np.arange(4), []
features = augmenting_base.predict(pictures, verbose=0)
class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        seen.append(features.copy())
head = compiled(keras.Sequential([keras.Input((108,)), layers.Dense(4)]))
head.fit(features, labels, epochs=10, verbose=0, callbacks=[Watch()])
if len(seen) != 10 or not np.allclose(seen[0], pictures.reshape(4, -1)):
    raise ValueError("predict should show the pictures as they are")
evidence = len({version.tobytes() for version in seen})
""",
                "keras",
            ),
        ),
    ),
)
