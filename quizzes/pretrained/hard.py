"""Hard questions about pretrained models. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="pretrained.torch.load-other-head",
        concept="meaning",
        difficulty="hard",
        framework="pytorch",
        kind="single",
        stem="`state` holds the weights of a 1000-class MobileNetV2, `model` is a fresh one for 5 "
        "classes. Which line loads the backbone without an error?",
        options=(
            Option(
                "a",
                "```python\nmodel.load_state_dict(state)\n```",
                "The head's shapes differ: RuntimeError, size mismatch.",
            ),
            Option(
                "b",
                "```python\nmodel.load_state_dict(state, strict=False)\n```",
                "`strict=False` forgives missing and unexpected names, not wrong shapes.",
            ),
            Option(
                "c",
                '```python\nbody = {k: v for k, v in state.items() if k.startswith("features")}\n'
                "model.load_state_dict(body, strict=False)\n```",
                "Right: the head's entries are left out, and missing names are forgiven.",
            ),
            Option(
                "d",
                '```python\nbody = {k: v for k, v in state.items() if k.startswith("features")}\n'
                "model.load_state_dict(body)  # everything that is there fits\n```",
                "The head's names are missing now, and the default is strict: RuntimeError.",
            ),
        ),
        key="c",
        solution=(
            "The backbone's names and shapes agree, the head's shapes do not.",
            "`strict=False` is about names only; a wrong shape is an error in any case.",
            "So drop the head's entries and allow the head's names to be missing.",
        ),
        hint="`strict` is about names. What about shapes?",
        mistakes=("Expecting `strict=False` to skip entries whose shapes differ.",),
        proofs=(
            Proof(
                """
pretrained = mobilenet(1000)
state = pretrained.state_dict()
def loads(code):
    model = mobilenet(5)
    same = works(code, model=model, state=state)
    return same and torch.equal(model.features[0][0].weight, pretrained.features[0][0].weight)
evidence = {option: loads(code) for option, code in OPTIONS.items()}
""",
                "pytorch",
            ),
        ),
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
    Question(
        id="pretrained.scratch-catches-up",
        concept="benefit",
        difficulty="hard",
        kind="yes_no",
        stem="On COCO object detection, with all of its 118,000 training images and a longer "
        "schedule: did detectors trained from random weights reach those that started from "
        "ImageNet?",
        options=(
            Option("yes", "Yes, they did", "Right: pretraining mostly saved training time there."),
            Option(
                "no",
                "No, they stayed behind",
                "They were only slower. With few images the picture changes: then they do stay "
                "behind.",
            ),
        ),
        key="yes",
        solution=(
            "The study trained detectors from scratch until they, too, had converged.",
            "They were no worse; pretraining had sped up the start.",
            "It held with 10,000 images, too. With 1,000, detectors from scratch fell far behind.",
        ),
        hint="With plenty of data, is the gain in the end result or in the time to reach it?",
        mistakes=("Turning 'helps most with little data' into 'is always better'.",),
        source="He, Girshick, Dollár 2019, Rethinking ImageNet Pre-training: "
        "https://arxiv.org/abs/1811.08883",
    ),
    Question(
        id="pretrained.fair-comparison",
        concept="benefit",
        difficulty="hard",
        kind="multiple",
        stem="You want to show what pretrained weights gain you for the same effort. What must be "
        "the same in both trainings, the one from random weights and the one from pretrained "
        "weights?",
        options=(
            Option(
                "a",
                "The pictures, and their split into train, validation and test",
                "Yes: otherwise the data could be what made the difference.",
            ),
            Option(
                "b",
                "The starting weights of the backbone",
                "They are the one thing that you compare, so they must differ.",
            ),
            Option(
                "c",
                "The training budget",
                "Yes: a longer training alone can win. Give both the same, and say what it was.",
            ),
            Option(
                "d",
                "The final training accuracy",
                "That is an outcome. Forcing it to be equal would hide what you look for.",
            ),
        ),
        key="ac",
        solution=(
            "A comparison changes one thing: here where the weights start.",
            "Data, split and budget are the same; each arm may have its own best learning rate, "
            "found on validation.",
            "Repeat over several seeds, and report mean and range: one run is an anecdote.",
        ),
        hint="Only one thing may differ: the thing you ask about.",
        mistakes=(
            "Comparing five epochs from scratch with a model that had days of pretraining *and* "
            "more epochs here.",
        ),
        source="Kornblith, Shlens, Le 2019, Do Better ImageNet Models Transfer Better?: "
        "https://arxiv.org/abs/1805.08974",
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
