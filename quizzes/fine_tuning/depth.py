"""Fine-tuning: how many layers to unfreeze. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="fine_tuning.which-layers",
        serves=("check.3",),
        concept="depth",
        difficulty="easy",
        kind="single",
        stem="Your pictures resemble the pretraining pictures, and you have a few hundred. Which "
        "layers are usually fine-tuned?",
        options=(
            Option(
                "a",
                "The first ones, because they see the pictures first.",
                "They hold the most general features: edges and colors serve you as they are.",
            ),
            Option(
                "b",
                "Every second layer, to spread the change evenly.",
                "Depth goes from general to special; the change belongs where it is special.",
            ),
            Option(
                "c",
                "The last ones, with the new head.",
                "Right: they are the most specialized in the old task.",
            ),
            Option(
                "d",
                "Only the BatchNorm layers, since they depend on the data most.",
                "They are the ones that a small set unsettles most easily.",
            ),
        ),
        key="c",
        solution=(
            "Early layers are general, late layers are specialized in the old classes.",
            "So the late ones gain most from being adapted, and the early ones least.",
            "With few pictures, fewer free weights also mean less overfitting.",
        ),
        hint="Where in the network do features become special to the old task?",
        mistakes=("Starting at the first layers because data flows through them first.",),
        source="Yosinski et al. 2014, How transferable are features in deep neural networks?: "
        "https://arxiv.org/abs/1411.1792",
    ),
    Question(
        id="fine_tuning.keras.last-twenty",
        concept="depth",
        difficulty="medium",
        framework="keras",
        kind="predict_output",
        stem="""`base` is Keras's MobileNetV2 without its top: 155 layers with the pooling. What does this print?

```python
base.trainable = True
for layer in base.layers[:-20]:
    layer.trainable = False
print(sum(layer.trainable for layer in base.layers))
```""",
        options=(
            Option("a", "`135`", "Those are the frozen ones: all but the last 20."),
            Option("b", "`20`", "Right: `[:-20]` is everything except the last 20."),
            Option("c", "`155`", "The loop switched most of them off again."),
            Option("d", "`0`", "It would be, had `base.trainable = True` been left out."),
        ),
        key="b",
        solution=(
            "First everything is switched on, all 155.",
            "`base.layers[:-20]` are the first 135; they are switched off.",
            "The last 20 stay on. A layer here is small: 20 of them are the last few blocks.",
        ),
        hint="Which layers does `[:-20]` leave out?",
        mistakes=("Writing `[-20:]`, which freezes the last 20 and trains the first 135.",),
        proofs=(
            Proof(
                """
base = keras.applications.MobileNetV2(
    input_shape=(33, 33, 3), include_top=False, pooling="avg", weights=None, alpha=0.35
)
if len(base.layers) != 155:
    raise ValueError(f"{len(base.layers)} layers")
evidence = printed(STEM, base=base)
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="fine_tuning.how-many-layers",
        serves=("deep.4",),
        concept="depth",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        predict_first=True,
        stem="You unfreeze the last 1, 2, 3 … blocks of a backbone, one training each. Which of "
        "these are *sure* to grow from training to training?",
        options=(
            Option(
                "a", "The number of trainable parameters", "Yes: each further block brings its own."
            ),
            Option(
                "b",
                "The validation accuracy",
                "Not sure: with few pictures it often peaks somewhere and falls again.",
            ),
            Option(
                "c",
                "The number of parameters in the model",
                "Unfreezing adds no parameter: it lets existing ones move.",
            ),
            Option(
                "d",
                "How deep the backward pass reaches",
                "Yes: back to the first trainable layer, which now lies one block earlier.",
            ),
        ),
        key="ad",
        solution=(
            "Each further block adds trainable parameters and lengthens the backward pass.",
            "The model as a whole stays as large as it was.",
            "Accuracy is the thing to be measured: that is why the lesson makes a sweep.",
        ),
        hint="Which of these could a measurement turn the other way?",
        mistakes=("Taking 'more layers, more accuracy' for a law.",),
        source="Yosinski et al. 2014: https://arxiv.org/abs/1411.1792",
        proofs=(
            Proof(
                """
blocks = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.ReLU()) for _ in range(5)])
model = nn.Sequential(blocks, nn.Linear(8, 3))
x, y = map(torch.as_tensor, blobs())
fresh, truth = map(torch.as_tensor, blobs(seed=1))
trainable, total, depth = [], [], []
for last in (1, 2, 3, 4):
    model.requires_grad_(False)
    model[1].requires_grad_(True)
    for block in blocks[-last:]:
        block.requires_grad_(True)
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    trainable.append(sum(p.numel() for p in model.parameters() if p.requires_grad))
    total.append(sum(p.numel() for p in model.parameters()))
    depth.append(sum(block[0].weight.grad is not None for block in blocks))
grows = lambda numbers: all(a < b for a, b in zip(numbers, numbers[1:]))
def accuracy(last):  # two points a class, so that everything is learned by heart
    torch.manual_seed(last)
    net = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(4)], nn.Linear(8, 3))
    for block in list(net)[: 4 - last]:
        block.requires_grad_(False)
    fit(net, x[:6], y[:6], steps=40)
    return (net(fresh).argmax(1) == truth).float().mean().item()
evidence = {
    "a": grows(trainable), "b": grows([accuracy(n) for n in (1, 2, 3, 4)]),
    "c": grows(total), "d": grows(depth),
}
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="fine_tuning.torch.count-last-blocks",
        values={"width": (8, 16, 32), "last": (1, 2, 3), "classes": (3, 5)},
        derive=lambda v: {
            "block": (v["width"] + 1) * v["width"],
            "head": (v["width"] + 1) * v["classes"],
            "right": v["last"] * (v["width"] + 1) * v["width"] + (v["width"] + 1) * v["classes"],
            "no_head": v["last"] * (v["width"] + 1) * v["width"],
            "all": 6 * (v["width"] + 1) * v["width"] + (v["width"] + 1) * v["classes"],
        },
        concept="depth",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="parameters",
        stem="""How many parameters train in phase two?

```python
blocks = nn.Sequential(*[nn.Linear($width, $width) for _ in range(6)])
model = nn.Sequential(blocks, nn.Linear($width, $classes))
blocks.requires_grad_(False)
blocks[-$last:].requires_grad_(True)
```""",
        options=(
            Option("a", "$no_head", "The head trains as well: nobody froze it."),
            Option("b", "$all", "Only the last $last of the six blocks were switched on again."),
        ),
        key="$right",
        solution=(
            "One block: ($width + 1) × $width = $block.",
            "The last $last: $no_head. The head: ($width + 1) × $classes = $head.",
            "Together $right.",
        ),
        hint="Blocks that are on, plus the head.",
        mistakes=("Forgetting that the head goes on training in phase two.",),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
evidence = sum(p.numel() for p in model.parameters() if p.requires_grad)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.which-count",
        concept="depth",
        difficulty="hard",
        framework="keras",
        kind="predict_output",
        stem="""`model` has a `base` of two dense layers and a dense head. What does this print?

```python
base.trainable = False
base.layers[-1].trainable = True
print(len(base.trainable_weights), len(model.trainable_weights))
```""",
        options=(
            Option("a", "`0 2`", "It would be consistent. But the model asks the layers inside."),
            Option("b", "`2 4`", "The base itself is still switched off, and says 0."),
            Option("c", "`2 2`", "The head has two weights of its own: kernel and bias."),
            Option("d", "`0 4`", "Right: base and model do not give the same answer."),
        ),
        key="d",
        solution=(
            "Asked itself, a switched-off base reports no trainable weights: 0.",
            "The model collects from all inner layers: last base layer 2, head 2.",
            "`fit` uses the model's list. To be clear: switch the base on, then the others off.",
        ),
        hint="`fit` trains the model's list. Does the base's own switch stand in the way?",
        mistakes=("Checking `base.trainable_weights` and concluding that nothing in it trains.",),
        proofs=(
            Proof(
                """
inputs = keras.Input((8,))
base = keras.Model(inputs, layers.Dense(4, name="late")(layers.Dense(16)(inputs)))
picture = keras.Input((8,))
model = keras.Model(picture, layers.Dense(3)(base(picture)))
evidence = printed(STEM, base=base, model=model)
before = base.layers[-1].kernel.numpy().copy()
compiled(model).fit(*blobs(32), verbose=0)
if np.array_equal(before, base.layers[-1].kernel.numpy()):
    raise ValueError("the solution says that fit trains the last layer of the base")
""",
                "keras",
            ),
        ),
    ),
)
