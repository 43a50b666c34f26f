"""Medium questions about pretrained models. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="pretrained.torch.what-is-saved",
        concept="meaning",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        stem="You save `model.state_dict()` of a MobileNetV2. What is in the file?",
        options=(
            Option("a", "The weights of the convolutions", "Yes: every parameter is in it."),
            Option("b", "The learning rate", "That belongs to the optimizer's own `state_dict()`."),
            Option(
                "c",
                "The running means of BatchNorm",
                "Yes: buffers are part of the state; without them predictions would differ.",
            ),
            Option(
                "d",
                "The names of the classes",
                "The model knows outputs 0, 1, 2 ...; keep the names beside the file.",
            ),
        ),
        key="ac",
        solution=(
            "A `state_dict` maps names to tensors: all parameters and all persistent buffers.",
            "BatchNorm's running mean and variance are such buffers.",
            "Optimizer settings and class names are not: save them yourself.",
        ),
        hint="Parameters and buffers. Which of the four is a tensor of the model?",
        mistakes=("Forgetting to store the order of the classes beside the weights.",),
        proofs=(
            Proof(
                """
names = list(mobilenet(5).state_dict())
evidence = {
    "a": "features.0.0.weight" in names,
    "b": any("lr" in name.split(".") for name in names),
    "c": any(name.endswith("running_mean") for name in names),
    "d": any("class_names" in name or "categories" in name for name in names),
}
""",
                "pytorch",
            ),
        ),
    ),
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
    template(
        id="pretrained.count-conv",
        values={"side": (1, 3, 5), "inside": (3, 16, 24), "outside": (8, 32, 64)},
        derive=lambda v: {
            "weights": v["side"] ** 2 * v["inside"] * v["outside"],
            "right": v["side"] ** 2 * v["inside"] * v["outside"] + v["outside"],
            "in_bias": v["side"] ** 2 * v["inside"] * v["outside"] + v["inside"],
            "one_channel": (v["side"] ** 2 + 1) * v["outside"],
        },
        concept="inside",
        difficulty="medium",
        kind="numeric",
        unit="parameters",
        stem="A convolution with bias has filters of $side×$side, $inside input channels and "
        "$outside output channels. How many parameters has it?",
        options=(
            Option(
                "a", "$weights", "Those are the weights; each output channel has a bias as well."
            ),
            Option("b", "$in_bias", "There is one bias for each *output* channel."),
            Option("c", "$one_channel", "Each filter reaches through all $inside input channels."),
        ),
        key="$right",
        solution=(
            "One filter: $side × $side × $inside weights.",
            "$outside filters: $weights weights.",
            "One bias for each filter: $right.",
        ),
        hint="One filter reaches through every input channel.",
        mistakes=("Counting a filter as flat, without its input channels.",),
        proofs=(
            Proof(
                "evidence = sum(p.numel() for p in nn.Conv2d($inside, $outside, "
                "$side).parameters())",
                "pytorch",
            ),
            Proof(
                """
layer = layers.Conv2D($outside, $side)
layer.build((None, 9, 9, $inside))
evidence = layer.count_params()
""",
                "keras",
            ),
        ),
    ),
    template(
        id="pretrained.torch.grid-side",
        values={"size": (96, 128, 160, 192, 224, 256)},
        derive=lambda v: {
            "right": v["size"] // 32,
            "sixteenth": v["size"] // 16,
            "eighth": v["size"] // 8,
        },
        concept="inside",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="cells along one side",
        stem="MobileNetV2 halves height and width five times. A picture of $size×$size goes in. "
        "How many cells has one side of the grid that comes out of `model.features`?",
        options=(
            Option("a", "$sixteenth", "That is after four halvings; there is one more."),
            Option("b", "$eighth", "That is after three halvings; there are two more."),
        ),
        key="$right",
        solution=("Five halvings divide by 2⁵ = 32.", "$size / 32 = $right."),
        hint="Two to the power of five is the factor.",
        mistakes=("Dividing by 5 × 2 instead of 2⁵.",),
        proofs=(
            Proof(
                """
with torch.no_grad():
    evidence = mobilenet().eval().features(torch.rand(1, 3, $size, $size)).shape[-1]
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
        id="pretrained.torch.untouched-class-count",
        concept="benefit",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="percent",
        tolerance=1.0,
        stem="`torchvision.models.mobilenet_v2()` has 3,504,872 parameters. Its head, one linear "
        "layer from 1280 features to 1000 classes, is thrown away. What percentage of the "
        "parameters is still yours to reuse? Whole percent will do.",
        options=(
            Option("a", "37", "That is the share you throw away."),
            Option("b", "99", "The head is large here: more than a million parameters."),
        ),
        key=63.4,
        solution=(
            "The head has (1280 + 1) × 1000 = 1,281,000 parameters.",
            "3,504,872 − 1,281,000 = 2,223,872 stay.",
            "2,223,872 / 3,504,872 = 63 %.",
        ),
        hint="The head has (1280 + 1) × 1000 parameters.",
        mistakes=("Taking the head for small because it is one layer.",),
        proofs=(
            Proof(
                """
model = torchvision.models.mobilenet_v2(weights=None)
size = lambda part: sum(p.numel() for p in part.parameters())
evidence = 100 * size(model.features) / size(model)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="pretrained.keras.grid-shape",
        concept="inside",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""What does this print?

```python
base = keras.applications.MobileNetV2(
    input_shape=(160, 160, 3), include_top=False, weights=None
)
print(base.output_shape)
```""",
        options=(
            Option("a", "`(None, 1280)`", 'That needs `pooling="avg"`, which is not asked for.'),
            Option("b", "`(None, 160, 160, 1280)`", "Five halvings have shrunk the grid."),
            Option("c", "`(None, 1280, 5, 5)`", "Channels first is PyTorch's order."),
            Option("d", "`(None, 5, 5, 1280)`", "Right: 160 / 32 = 5 cells a side, channels last."),
        ),
        key="d",
        solution=(
            "Five halvings divide the side by 32: 160 / 32 = 5.",
            "Without pooling the grid stays, 5×5 with 1280 channels, channels last in Keras.",
        ),
        hint="160 / 32, and the channels last.",
        mistakes=("Expecting pooled features without asking for pooling.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
)
