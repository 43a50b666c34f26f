"""Pretrained models: what is inside a backbone. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="pretrained.first-layers",
        concept="inside",
        difficulty="easy",
        kind="single",
        stem="Look into the first convolution of networks trained on natural photos. What do most "
        "of its filters respond to?",
        options=(
            Option(
                "a",
                "Whole objects, such as a dog or a cup.",
                "Whole objects need many layers; one small filter sees a few pixels.",
            ),
            Option(
                "b",
                "One filter for each class of the training set.",
                "Classes are separated at the end. The first layer serves all of them.",
            ),
            Option(
                "c",
                "Random patterns that mean nothing without the later layers.",
                "They are random before training. Afterwards they are strikingly orderly.",
            ),
            Option(
                "d",
                "Edges and spots of color.",
                "Right: and nearly the same ones whatever the network was trained for.",
            ),
        ),
        key="d",
        solution=(
            "A filter of the first layer sees only a few pixels, so it can only tell simple "
            "things.",
            "Trained on photos, these filters become edge and color detectors, whatever the "
            "classes.",
            "Because they are so general, the first layers are the last you would retrain.",
        ),
        hint="A filter there is 3 to 11 pixels wide. What fits in?",
        mistakes=("Expecting to see objects in the first filters.",),
        source="Yosinski et al. 2014, How transferable are features in deep neural networks?: "
        "https://arxiv.org/abs/1411.1792",
    ),
    Question(
        id="pretrained.keras.pooled-shape",
        concept="inside",
        difficulty="easy",
        framework="keras",
        kind="predict_output",
        stem="""What does this print?

```python
base = keras.applications.MobileNetV2(
    input_shape=(33, 33, 3), include_top=False, pooling="avg", weights=None
)
print(base.output_shape)
```""",
        options=(
            Option("a", "`(None, 1000)`", "`include_top=False` leaves the 1000-class head away."),
            Option("b", "`(None, 1280)`", "Right: one number a channel after average pooling."),
            Option("c", "`(None, 2, 2, 1280)`", '`pooling="avg"` averages that grid away.'),
            Option("d", "`(None, 33, 33, 3)`", "That is the shape that goes in."),
        ),
        key="b",
        solution=(
            "Without the top the network ends in a grid of 1280 channels.",
            '`pooling="avg"` averages each channel over the grid.',
            "What is left for a picture is 1280 features; None stands for the batch.",
        ),
        hint="MobileNetV2 ends in 1280 channels. What does pooling do to the grid?",
        mistakes=("Forgetting that the head is gone.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
    Question(
        id="pretrained.torch.head-inside",
        concept="inside",
        difficulty="easy",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
model = torchvision.models.mobilenet_v2(weights=None)
print(model.classifier[1].out_features)
```""",
        options=(
            Option("a", "`1280`", "That is `in_features`: what the backbone hands to the head."),
            Option("b", "`5`", "Not before you replace the head by one of your own."),
            Option("c", "`1000`", "Right: one output for each class of ImageNet."),
            Option("d", "`3`", "Three is the number of color channels that go in."),
        ),
        key="c",
        solution=(
            "`classifier` is the head: dropout, then a linear layer.",
            "The linear layer takes 1280 features and gives 1000 scores, the classes of ImageNet.",
        ),
        hint="How many classes has ImageNet's classification task?",
        mistakes=("Mixing up the head's inputs (features) and outputs (classes).",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
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
    template(
        id="pretrained.count-separable",
        values={"inside": (16, 32, 64), "outside": (24, 48, 96)},
        derive=lambda v: {
            "depth": 9 * v["inside"],
            "point": v["inside"] * v["outside"],
            "right": 9 * v["inside"] + v["inside"] * v["outside"],
            "full": 9 * v["inside"] * v["outside"],
        },
        concept="inside",
        difficulty="hard",
        kind="numeric",
        unit="parameters",
        stem="MobileNets replace a 3×3 convolution by two: a depthwise 3×3 (one flat filter a "
        "channel), then a pointwise 1×1. From $inside to $outside channels, no biases: how many "
        "parameters have the two together?",
        options=(
            Option("a", "$full", "That is the ordinary 3×3 convolution, which they replace."),
            Option("b", "$point", "The pointwise part alone; the depthwise filters count too."),
            Option("c", "$depth", "The depthwise part alone; the pointwise weights count too."),
        ),
        key="$right",
        solution=(
            "Depthwise: 3 × 3 × $inside = $depth.",
            "Pointwise: $inside × $outside = $point.",
            "Together $right, instead of $full.",
        ),
        hint="A depthwise filter looks at one channel only; the 1×1 then mixes channels.",
        mistakes=("Letting the depthwise filters reach through all channels.",),
        proofs=(
            Proof(
                """
pair = nn.Sequential(
    nn.Conv2d($inside, $inside, 3, groups=$inside, bias=False),
    nn.Conv2d($inside, $outside, 1, bias=False),
)
evidence = sum(p.numel() for p in pair.parameters())
""",
                "pytorch",
            ),
        ),
    ),
)
