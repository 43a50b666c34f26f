"""A new head: replacing the head. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
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
    template(
        id="head.torch.count-saved",
        values={"classes": (2, 5, 10, 20, 102)},
        derive=lambda v: {
            "right": 1281 * (1000 - v["classes"]),
            "no_bias": 1280 * (1000 - v["classes"]),
            "new": 1281 * v["classes"],
            "fewer": 1000 - v["classes"],
        },
        concept="replacing",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        unit="parameters",
        stem="MobileNetV2's head is a linear layer with bias, 1280 features to 1000 classes. You "
        "replace it by one for $classes classes. By how many parameters does the model shrink?",
        options=(
            Option("a", "$no_bias", "Each class that goes takes its bias with it."),
            Option("b", "$new", "That is the size of the new head, not the difference."),
        ),
        key="$right",
        solution=(
            "A class costs 1280 weights and a bias: 1281 parameters.",
            "$fewer classes fewer: $fewer × 1281 = $right.",
        ),
        hint="What does one class cost?",
        mistakes=("Forgetting the biases.",),
        proofs=(
            Proof(
                """
size = lambda model: sum(p.numel() for p in model.parameters())
model = mobilenet(1000)
before = size(model)
model.classifier[1] = nn.Linear(1280, $classes)
evidence = before - size(model)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="head.keras.cut-the-top",
        concept="replacing",
        difficulty="medium",
        framework="keras",
        kind="single",
        stem="`full` is a functional Keras model with its 1000-class head on top. After which "
        "line does `body` give the features under the head?",
        options=(
            Option(
                "a",
                "```python\nfull.layers.pop()\nbody = full\n```",
                "`layers` hands out a copy of the list: popping from it changes nothing.",
            ),
            Option(
                "b",
                "```python\nfull.include_top = False\nbody = full\n```",
                "An argument of the function that built it. As an attribute it does nothing.",
            ),
            Option(
                "c",
                "```python\nbody = keras.Model(full.input, full.layers[-2].output)\n```",
                "Right: from the same input to the layer under the head.",
            ),
            Option(
                "d",
                "```python\nbody = keras.Sequential([full, keras.layers.Dense(1280)])\n```",
                "That stacks a new layer on the 1000 scores.",
            ),
        ),
        key="c",
        solution=(
            "A functional model is a graph from inputs to outputs.",
            "A new `Model` over the same graph may end anywhere: here under the head.",
            "It shares the weights with `full`: nothing is copied.",
        ),
        hint="Build a model that ends earlier, instead of taking a layer away.",
        mistakes=("Popping from `model.layers`, which older code did.",),
        proofs=(
            Proof(
                """
def cuts(code):
    inputs = keras.Input((8,))
    under = layers.Dense(16, activation="relu")(inputs)
    full = keras.Model(inputs, layers.Dense(1000)(under))
    wanted = np.asarray(keras.Model(inputs, under)(x))
    if not works(code, full=full):
        return False
    got = np.asarray(run(code, full=full)["body"](x))
    return got.shape == wanted.shape and bool(np.allclose(got, wanted))
x = blobs(5)[0]
evidence = {option: cuts(code) for option, code in OPTIONS.items()}
""",
                "keras",
            ),
        ),
    ),
    template(
        id="head.keras.flatten-head",
        values={"side": (3, 4, 5, 7), "classes": (2, 5, 10)},
        derive=lambda v: {
            "cells": v["side"] ** 2,
            "inputs": v["side"] ** 2 * 1280,
            "right": (v["side"] ** 2 * 1280 + 1) * v["classes"],
            "pooled": 1281 * v["classes"],
        },
        concept="replacing",
        difficulty="hard",
        framework="keras",
        kind="numeric",
        unit="parameters",
        stem="A Keras backbone gives $side×$side×1280. You forget the pooling and put `Flatten()` "
        "and `Dense($classes)` on top. How many parameters has this head?",
        options=(
            Option("a", "$pooled", "That is the head after average pooling."),
            Option(
                "b",
                "$inputs",
                "Those are the flattened inputs; each class needs a weight for each.",
            ),
        ),
        key="$right",
        solution=(
            "Flatten gives $side × $side × 1280 = $inputs numbers.",
            "Dense: ($inputs + 1) × $classes = $right.",
            "With average pooling it would be $pooled: $cells times fewer weights to overfit with.",
        ),
        hint="Flatten keeps every cell of the grid.",
        mistakes=("Forgetting that `Flatten` multiplies the head by the cells of the grid.",),
        proofs=(
            Proof(
                """
grid = keras.Input(($side, $side, 1280))
head = keras.Model(grid, layers.Dense($classes)(layers.Flatten()(grid)))
evidence = head.count_params()
""",
                "keras",
            ),
        ),
    ),
)
