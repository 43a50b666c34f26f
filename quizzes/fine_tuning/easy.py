"""Easy questions about the two-phase recipe. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template, template

QUESTIONS: tuple[Question | Template, ...] = (
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
        id="fine_tuning.why-freeze-first",
        serves=("trace.1",),
        concept="recipe",
        difficulty="easy",
        kind="single",
        stem="Why is the base frozen while the new head is trained at first?",
        options=(
            Option(
                "a",
                "Because a base cannot be trained together with a head.",
                "It can. It is just unwise while the head is random.",
            ),
            Option(
                "b",
                "To keep the learned features safe from a random head.",
                "Right: its first gradients are large and know nothing.",
            ),
            Option(
                "c",
                "Because the head needs a higher accuracy than the base to be unfrozen.",
                "Parts of a network have no accuracy of their own.",
            ),
            Option(
                "d",
                "So that the head forgets the classes of the old task.",
                "The new head never knew them: it is new.",
            ),
        ),
        key="b",
        solution=(
            "The new head starts random, so its errors and gradients are large.",
            "Sent into the base, they would change good features for no good reason.",
            "Train the head until it makes sense; then let small steps reach the base.",
        ),
        hint="What do the gradients of a random head know about flowers?",
        mistakes=("Naming only the time saved: that is a benefit, but not why it comes *first*.",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    Question(
        id="fine_tuning.why-lower-rate",
        serves=("trace.2",),
        concept="rate",
        difficulty="easy",
        kind="single",
        stem="Why is the learning rate lowered when the base is unfrozen?",
        options=(
            Option(
                "a",
                "To adjust what was learned without wrecking it.",
                "Right: good weights need small corrections.",
            ),
            Option(
                "b",
                "Because more trainable layers always need a lower rate, by a fixed rule.",
                "There is no such rule: networks train from scratch with high rates.",
            ),
            Option(
                "c",
                "To make an epoch faster.",
                "The rate changes the length of a step, not the time it takes.",
            ),
            Option(
                "d",
                "Because a frozen base has a rate of zero, and the change must be smooth.",
                "Phases may change the rate abruptly. It is the pretrained weights that matter.",
            ),
        ),
        key="a",
        solution=(
            "The weights of the base are already good for pictures.",
            "Large steps would carry them far away from that; small ones adapt them.",
            "A usual pair is 1e-3 for the head and 1e-5 for fine-tuning.",
        ),
        hint="Would you correct a good drawing with a broad brush?",
        mistakes=("Keeping the head's rate in phase two.",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    template(
        id="fine_tuning.torch.rate-ratio",
        values={"high": ("1e-2", "1e-3"), "low": ("1e-4", "1e-5", "1e-6")},
        derive=lambda v: {
            "right": round(float(v["high"]) / float(v["low"])),
            "zeros": round(float(v["high"]) / float(v["low"]) / 10),
        },
        concept="rate",
        difficulty="easy",
        framework="pytorch",
        kind="numeric",
        tolerance=0.5,
        unit="times shorter",
        stem="Plain SGD, the same gradient: how many times shorter is a step with learning rate "
        "$low than one with $high?",
        options=(Option("a", "$zeros", "Count the powers of ten again."),),
        key="$right",
        solution=(
            "A step of plain SGD is the rate times the gradient.",
            "$high / $low = $right.",
        ),
        hint="A step is rate × gradient.",
        mistakes=("Reading the exponents as if the difference were a small number.",),
        proofs=(
            Proof(
                """
def step(lr):
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.ones_like(weight)
    torch.optim.SGD([weight], lr=lr).step()
    return -weight.item()
evidence = step($high) / step($low)
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="fine_tuning.steps-per-epoch",
        values={"pictures": (100, 250, 500, 810), "batch": (16, 32, 64)},
        derive=lambda v: {
            "right": -(-v["pictures"] // v["batch"]),
            "floor": v["pictures"] // v["batch"],
            "rest": v["pictures"] % v["batch"],
        },
        concept="following",
        difficulty="easy",
        kind="numeric",
        unit="steps",
        stem="$pictures training pictures, batches of $batch, the last, smaller batch is kept. "
        "How many steps has an epoch?",
        options=(
            Option("a", "$floor", "$rest pictures are left over: they make one more batch."),
            Option("b", "$pictures", "One step sees a batch, not one picture."),
        ),
        key="$right",
        solution=(
            "$pictures / $batch gives $floor full batches and a rest of $rest pictures.",
            "The rest is a batch as well: $right steps.",
        ),
        hint="Divide, and do not lose the rest.",
        mistakes=("Rounding down.",),
        proofs=(
            Proof(
                "evidence = len(torch.utils.data.DataLoader(range($pictures), $batch))", "pytorch"
            ),
        ),
    ),
    Question(
        id="fine_tuning.keras.compile-keeps-weights",
        concept="recipe",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem="After the head phase you unfreeze the base and call `model.compile` again. Is what "
        "the head has learned still there?",
        options=(
            Option("yes", "Yes, it is", "Right: `compile` sets up training and touches no weight."),
            Option(
                "no",
                "No, it starts anew",
                "The *optimizer* starts anew. The weights stay as they are.",
            ),
        ),
        key="yes",
        solution=(
            "`compile` chooses optimizer, loss and metrics, and plans the training step.",
            "Weights belong to the layers and are not touched.",
            "What is lost is the memory of the old optimizer, such as Adam's averages.",
        ),
        hint="Where do weights live: in the layers or in the training setup?",
        mistakes=("Avoiding the second `compile` for fear of losing the head.",),
        proofs=(
            Proof(
                """
model = compiled(tiny())
x, y = blobs()
model.fit(x, y, verbose=0)
before = [w.numpy().copy() for w in model.weights]
compiled(model, keras.optimizers.Adam(1e-5))
evidence = all(np.array_equal(b, w.numpy()) for b, w in zip(before, model.weights))
""",
                "keras",
            ),
        ),
    ),
)
