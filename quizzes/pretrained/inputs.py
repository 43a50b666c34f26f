"""Pretrained models: feeding it the inputs it expects. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="pretrained.keras.preprocess",
        concept="inputs",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""What does this print?

```python
pixels = np.array([[[[0.0, 127.5, 255.0]]]])
ready = keras.applications.mobilenet_v2.preprocess_input(pixels)
print(ready.ravel().tolist())
```""",
        options=(
            Option("a", "`[-1.0, 0.0, 1.0]`", "Right: divided by 127.5, then minus 1."),
            Option("b", "`[0.0, 0.5, 1.0]`", "Many networks want this range; this one does not."),
            Option(
                "c",
                "`[0.0, 127.5, 255.0]`",
                "Some Keras models scale inside and want raw pixels; MobileNetV2 does not.",
            ),
            Option("d", "`[-2.0, 0.0, 2.0]`", "Roughly the range of torchvision's mean and std."),
        ),
        key="a",
        solution=(
            "Keras's MobileNetV2 was trained on pixels between −1 and 1.",
            "`preprocess_input` computes `x / 127.5 - 1`.",
            "0 → −1, 127.5 → 0, 255 → 1.",
        ),
        hint="Where should mid-gray land, if the range is to be symmetric?",
        mistakes=("Dividing by 255 because other networks want it.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
    template(
        id="pretrained.torch.normalize",
        values={"pixel": (0, 51, 102, 204, 255), "channel": ("red", "green", "blue")},
        derive=lambda v: {
            **dict(
                zip(
                    ("mean", "std"),
                    {"red": (0.485, 0.229), "green": (0.456, 0.224), "blue": (0.406, 0.225)}[
                        v["channel"]
                    ],
                    strict=True,
                )
            ),
            "scaled": v["pixel"] / 255,
            "index": ("red", "green", "blue").index(v["channel"]),
            "right": round(
                (v["pixel"] / 255 - {"red": 0.485, "green": 0.456, "blue": 0.406}[v["channel"]])
                / {"red": 0.229, "green": 0.224, "blue": 0.225}[v["channel"]],
                4,
            ),
            "no_std": round(
                v["pixel"] / 255 - {"red": 0.485, "green": 0.456, "blue": 0.406}[v["channel"]], 4
            ),
            "keras": round(v["pixel"] / 127.5 - 1, 4),
        },
        concept="inputs",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        tolerance=0.02,
        unit="(no unit)",
        stem="torchvision's ImageNet weights expect pixels scaled to 0–1 and then normalized with "
        "mean (0.485, 0.456, 0.406) and standard deviation (0.229, 0.224, 0.225) for red, green "
        "and blue. What becomes of a $channel value of $pixel? Two decimals will do.",
        options=(
            Option("a", "$no_std", "The mean is gone; now divide by the standard deviation."),
            Option("b", "$keras", "That is the −1 to 1 scaling of Keras's MobileNetV2."),
        ),
        key="$right",
        solution=(
            "Scale: $pixel / 255 = $scaled.",
            "Normalize: ($scaled − $mean) / $std = $right.",
        ),
        hint="First to 0–1, then minus the mean, then divided by the standard deviation.",
        mistakes=("Normalizing before scaling to 0–1: the numbers come out in the hundreds.",),
        proofs=(
            Proof(
                """
from torchvision.transforms.v2 import functional as V
picture = torch.full((3, 1, 1), $pixel, dtype=torch.uint8)
scaled = V.to_dtype(picture, torch.float32, scale=True)
evidence = V.normalize(scaled, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])[$index].item()
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="pretrained.torch.layout",
        concept="inputs",
        difficulty="medium",
        framework="pytorch",
        kind="single",
        stem="`x` holds one picture as `(1, 33, 33, 3)`: height, width, channels. Which line "
        "makes it what a torchvision model expects?",
        options=(
            Option(
                "a",
                "`x.reshape(1, 3, 33, 33)`",
                "The shape fits and the picture is scrambled: reshape does not move axes.",
            ),
            Option(
                "b", "`x.unsqueeze(0)`", "That adds a fifth axis. The batch axis is there already."
            ),
            Option(
                "c",
                "`x.transpose(1, 3)`",
                "Channels come first now, but height and width have changed places.",
            ),
            Option("d", "`x.permute(0, 3, 1, 2)`", "Right: batch, channels, height, width."),
        ),
        key="d",
        solution=(
            "PyTorch wants `(N, C, H, W)`, Keras's default is `(N, H, W, C)`.",
            "`permute(0, 3, 1, 2)` takes axis 3, the channels, to the second place.",
            "`reshape` gives the same shape from the same numbers in the wrong order, without an "
            "error.",
        ),
        hint="Axes must be moved; their numbers must stay together.",
        mistakes=("Using `reshape` because the shape comes out right.",),
        proofs=(
            Proof(
                """
x = torch.rand(1, 33, 33, 3)
wanted = torch.stack([x[:, :, :, channel] for channel in range(3)], dim=1)
evidence = {}
for option, code in OPTIONS.items():
    got = eval(code, {"x": x})
    evidence[option] = got.shape == wanted.shape and torch.equal(got, wanted)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="pretrained.keras.scales-inside",
        concept="inputs",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="`keras.applications.MobileNetV3Small()` is used with its default arguments. Which "
        "pixel values should you feed it?",
        options=(
            Option(
                "a",
                "0 to 1, so divide by 255 first.",
                "Then its own scaling would squeeze all pixels to nearly −1: black.",
            ),
            Option(
                "b", "0 to 255, as they are.", "Right: its first layer is a `Rescaling` to −1 … 1."
            ),
            Option(
                "c",
                "−1 to 1, as for MobileNetV2.",
                "V2 leaves the scaling to you; V3 does it inside.",
            ),
            Option(
                "d",
                "Normalized with the mean and deviation of ImageNet.",
                "That is torchvision's convention.",
            ),
        ),
        key="b",
        solution=(
            "`include_preprocessing=True` is the default of the V3 models.",
            "So a `Rescaling(1/127.5, offset=-1)` sits at the front of the network.",
            "Scaling twice is a silent error: the model runs and sees almost black pictures.",
        ),
        hint="`model.summary()` shows what its first layer is.",
        mistakes=("Scaling twice: no error, just poor accuracy.",),
        source="https://keras.io/api/applications/mobilenet/",
        proofs=(
            Proof(
                """
model = keras.applications.MobileNetV3Small(input_shape=(32, 32, 3), weights=None)
scale = [layer for layer in model.layers if isinstance(layer, layers.Rescaling)][0]
def spans(low, high):
    ends = np.asarray(scale(np.array([low, high], "float32")))
    return bool(np.allclose(ends, [-1, 1]))
evidence = {"a": spans(0, 1), "b": spans(0, 255), "c": spans(-1, 1), "d": spans(-2.118, 2.249)}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="pretrained.torch.forgot-eval",
        concept="inputs",
        difficulty="hard",
        framework="pytorch",
        kind="predict_output",
        stem="""`model` was just built. What does this print?

```python
model.train()
x = torch.rand(8, 3, 33, 33)
with torch.no_grad():
    alone = model.features(x[:2])[0]
    together = model.features(x)[0]
print(torch.allclose(alone, together, atol=1e-3))
```""",
        options=(
            Option(
                "a", "`True`", "Only in `eval()` mode does a picture not depend on its neighbors."
            ),
            Option("b", "`False`", "Right: in train mode BatchNorm mixes the pictures of a batch."),
            Option(
                "c", "`tensor(True)`", "`torch.allclose` returns a plain bool, and here not True."
            ),
        ),
        key="b",
        solution=(
            "In train mode BatchNorm normalizes by the mean and variance of the batch at hand.",
            "The same picture in another batch is normalized differently: other features.",
            "`no_grad()` does not change that. `model.eval()` does: then stored averages are used.",
        ),
        hint="Whose mean does BatchNorm subtract in train mode?",
        mistakes=("Believing that `torch.no_grad()` puts the model in inference mode.",),
        proofs=(Proof("evidence = printed(STEM, model=mobilenet())", "pytorch"),),
    ),
    Question(
        id="pretrained.keras.scaled-twice",
        concept="inputs",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="(no unit)",
        tolerance=0.01,
        stem="""A picture's brightest pixel is 255. It goes through both of these lines. What is it then?

```python
x = keras.layers.Rescaling(1 / 255)(x)
x = keras.applications.mobilenet_v2.preprocess_input(x)
```""",
        options=(
            Option("a", "1", "That is what either scaling alone makes of 255; here are both."),
            Option("b", "0", "Mid-gray would be 0 if it were scaled only once."),
        ),
        key=-0.992,
        solution=(
            "The first line makes 255 into 1.",
            "The second computes 1 / 127.5 − 1 = −0.992.",
            "So the *brightest* pixel is as good as black: scaled twice, everything is near −1.",
        ),
        hint="`preprocess_input` does not look: it always computes x / 127.5 − 1.",
        mistakes=("Expecting an error or a warning: the model runs and guesses.",),
        proofs=(
            Proof(
                """
x = np.full((1, 1, 1, 3), 255.0, "float32")
evidence = float(np.asarray(run(STEM, x=x)["x"]).max())
""",
                "keras",
            ),
        ),
    ),
)
