"""Easy questions about the new head. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="head.torch.new-shape",
        serves=("trace.3",),
        concept="replacing",
        difficulty="easy",
        framework="pytorch",
        kind="predict_output",
        stem="""Five flowers instead of 1000 classes. What does this print?

```python
model = torchvision.models.mobilenet_v2(weights=None)
model.classifier[1] = nn.Linear(1280, 5)
print(tuple(model.classifier[1].weight.shape))
```""",
        options=(
            Option("a", "`(1000, 1280)`", "That was the old head. The second line replaced it."),
            Option("b", "`(1280, 5)`", "Keras stores it that way; PyTorch puts outputs first."),
            Option(
                "c", "`(5, 1280)`", "Right: a row of 1280 weights for each of the five classes."
            ),
            Option("d", "`(5, 1000)`", "The new head does not sit on the old one's 1000 scores."),
        ),
        key="c",
        solution=(
            "The last layer was 1280 → 1000; it becomes 1280 → 5.",
            "PyTorch stores a linear layer's weight as (outputs, inputs): (5, 1280).",
        ),
        hint="`nn.Linear` stores outputs × inputs.",
        mistakes=("Stacking the new head on the 1000 old scores instead of on the features.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
    Question(
        id="head.torch.replace",
        concept="replacing",
        difficulty="easy",
        framework="pytorch",
        kind="single",
        stem="`model` is torchvision's MobileNetV2 for 1000 classes. After which line does it "
        "give five scores a picture?",
        options=(
            Option(
                "a",
                "```python\nmodel.classifier[1] = nn.Linear(1280, 5)\n```",
                "Right: a new layer takes the old one's place.",
            ),
            Option(
                "b",
                "```python\nmodel.classifier[1].out_features = 5\n```",
                "This changes a note about the layer. Its weight still has 1000 rows.",
            ),
            Option(
                "c", "```python\nmodel.num_classes = 5\n```", "A new attribute that nobody reads."
            ),
            Option(
                "d",
                "```python\nmodel.classifier.append(nn.Linear(1280, 5))\n```",
                "It would follow the old head, which hands on 1000 numbers, not 1280: an error.",
            ),
        ),
        key="a",
        solution=(
            "The head's last layer is `model.classifier[1]`.",
            "Assigning a new `nn.Linear(1280, 5)` replaces its weights, not just its description.",
        ),
        hint="Which line makes new weights of the right shape, in the right place?",
        mistakes=("Changing `out_features`, which is only a label.",),
        proofs=(
            Proof(
                """
def gives_five(code):
    model = mobilenet(1000).eval()
    space = {"model": model}
    if not works(code, **space):
        return False
    try:
        return model(torch.rand(2, 3, 33, 33)).shape == (2, 5)
    except RuntimeError:
        return False
evidence = {option: gives_five(code) for option, code in OPTIONS.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.linear-probe",
        concept="probing",
        difficulty="easy",
        kind="single",
        stem="What is trained in a linear probe?",
        options=(
            Option(
                "a",
                "The last block of the backbone, with the head left as it was.",
                "That would be partial fine-tuning. A probe leaves the backbone alone.",
            ),
            Option(
                "b",
                "Every layer, with a loss that is linear.",
                "'Linear' is the layer that is trained, not the loss.",
            ),
            Option(
                "c",
                "Nothing: the features are only looked at.",
                "There is one thing to train: the layer that reads the features.",
            ),
            Option(
                "d",
                "One linear layer on frozen features.",
                "Right: it probes what the features already tell.",
            ),
        ),
        key="d",
        solution=(
            "Freeze the backbone, put one linear layer on its features, train that layer.",
            "Its accuracy says how well the features separate your classes as they are.",
        ),
        hint="A probe measures; it should not change what it measures.",
        mistakes=("Calling every training with a new head a linear probe.",),
        source="Alain, Bengio 2016, Understanding intermediate layers using linear classifier "
        "probes: https://arxiv.org/abs/1610.01644",
    ),
    Question(
        id="head.keras.all-frozen",
        serves=("pitfall.3",),
        concept="probing",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem="You set `model.trainable = False` on the *whole* Keras model, new head included, "
        "compile, and call `fit`. Can the training loss fall?",
        options=(
            Option(
                "yes", "Yes, it can", "Something would have to change for that, and nothing may."
            ),
            Option("no", "No, it cannot", "Right: no weight may change, so neither can the loss."),
        ),
        key="no",
        solution=(
            "`model.trainable = False` reaches every layer, the head as well.",
            "With nothing to train, every epoch computes the same loss.",
            "Freeze the backbone only: `base.trainable = False`.",
        ),
        hint="How long is `model.trainable_weights`?",
        mistakes=("Freezing the model instead of its backbone.",),
        proofs=(
            Proof(
                """
model = compiled(tiny())
model.trainable = False
compiled(model)
x, y = blobs()
losses = model.fit(x, y, epochs=3, batch_size=len(x), verbose=0).history["loss"]
evidence = bool(losses[-1] < losses[0] - 1e-6)
""",
                "keras",
            ),
        ),
    ),
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
        id="head.softmax-sum",
        concept="outputs",
        difficulty="easy",
        kind="multiple",
        stem="The head ends in a softmax over five classes. Which of these hold for every picture?",
        options=(
            Option("a", "The five outputs sum to 1.", "Yes: softmax divides by the sum."),
            Option(
                "b", "No output is below 0.", "Yes: they are exponentials, divided by their sum."
            ),
            Option(
                "c",
                "The largest output is above 0.5.",
                "With five classes the largest may be as low as 0.2.",
            ),
            Option(
                "d",
                "A picture of none of the five gives five zeros.",
                "They sum to 1 for every picture, even for a photo of a shoe.",
            ),
        ),
        key="ab",
        solution=(
            "Softmax takes exponentials, all positive, and divides by their sum.",
            "So the outputs are positive and sum to 1, whatever the picture shows.",
            "Five equal scores give 0.2 each: the largest need not be large.",
        ),
        hint="Try five equal scores.",
        mistakes=("Reading the outputs as 'how sure that it is a flower at all'.",),
        proofs=(
            Proof(
                """
scores = torch.cat([torch.randn(1000, 5) * 5, torch.zeros(1, 5), torch.full((1, 5), -50.0)])
out = scores.softmax(1)
evidence = {
    "a": bool(torch.allclose(out.sum(1), torch.ones(len(out)))),
    "b": bool((out >= 0).all()),
    "c": bool((out.max(1).values > 0.5).all()),
    "d": bool((out[-2:] == 0).all()),
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.keras.new-shape",
        concept="replacing",
        difficulty="easy",
        framework="keras",
        kind="predict_output",
        stem="""What does this print?

```python
features = keras.Input((1280,))
head = keras.layers.Dense(5)
scores = head(features)
print(tuple(head.kernel.shape))
```""",
        options=(
            Option("a", "`(5, 1280)`", "That is PyTorch's order. Keras puts the inputs first."),
            Option("b", "`(1280, 5)`", "Right: for each feature a row of five weights."),
            Option("c", "`(1280,)`", "Each of the five classes has its own weights."),
            Option("d", "`(5,)`", "That is the shape of the bias."),
        ),
        key="b",
        solution=(
            "A Keras kernel is (inputs, outputs): (1280, 5).",
            "PyTorch stores the transpose, (5, 1280): mind it when you carry weights over.",
        ),
        hint="Keras: inputs × outputs.",
        mistakes=("Carrying weights between frameworks without transposing.",),
        proofs=(Proof("evidence = printed(STEM)", "keras"),),
    ),
)
