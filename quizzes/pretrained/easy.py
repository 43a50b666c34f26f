"""Easy questions about pretrained models. Data only."""

from __future__ import annotations

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template

QUESTIONS: tuple[Question | Template, ...] = (
    Question(
        id="pretrained.what-it-is",
        serves=("check.5",),
        concept="meaning",
        difficulty="easy",
        kind="single",
        stem="What is a pretrained model?",
        options=(
            Option(
                "a",
                "A network architecture that its authors published without any weights.",
                "An architecture without weights has learned nothing yet.",
            ),
            Option(
                "b",
                "A library of labelled pictures, ready to train on.",
                "Those are the data. The model is what training on them leaves behind.",
            ),
            Option(
                "c",
                "A network whose weights were already learned on another task.",
                "Right: architecture and learned weights, ready to be reused.",
            ),
            Option(
                "d",
                "A network that is finished, so that its weights can no longer be changed.",
                "Nothing locks the weights. Changing them a little is what fine-tuning is.",
            ),
        ),
        key="c",
        solution=(
            "Somebody trained a network on a large task, often a million labelled photos.",
            "The weights were saved. Loading them gives you the network as it was at the end.",
            "From there you use it as it is, or adapt it to your own task.",
        ),
        hint='What does `weights="imagenet"` load that `weights=None` does not?',
        mistakes=("Mixing up the architecture (the shape) with the weights (what was learned).",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    Question(
        id="pretrained.purpose-of-fine-tuning",
        serves=("practice.1",),
        concept="benefit",
        difficulty="easy",
        kind="single",
        stem="What is fine-tuning for?",
        options=(
            Option(
                "a",
                "To make a network smaller, so that it runs on a phone.",
                "That is compression or distillation.",
            ),
            Option(
                "b",
                "To adapt a pretrained model to a new task.",
                "Right: it keeps what was learned and adjusts it.",
            ),
            Option(
                "c",
                "To repair a model whose training stopped before it was finished.",
                "That is resuming training: same task, same data.",
            ),
            Option(
                "d",
                "To find the best learning rate and batch size by trying many of them.",
                "That is a hyper-parameter search, another kind of tuning.",
            ),
        ),
        key="b",
        solution=(
            "A pretrained model already turns pictures into useful features.",
            "Fine-tuning trains some of its weights a little further, on your pictures and labels.",
            "So it needs less data and time than learning everything anew.",
        ),
        hint="Two tasks are involved: the one it was trained on, and yours.",
        mistakes=("Taking 'tuning' for the tuning of hyper-parameters.",),
        source="Keras guide, Transfer learning & fine-tuning: "
        "https://keras.io/guides/transfer_learning/",
    ),
    Question(
        id="pretrained.main-benefit",
        serves=("check.1",),
        concept="benefit",
        difficulty="easy",
        kind="single",
        stem="You have 200 labelled photos of each of five flowers. What is the main benefit of "
        "starting from a pretrained model instead of random weights?",
        options=(
            Option(
                "a",
                "Good accuracy from few pictures and little computing.",
                "Right: the general features need not be learned from your 1,000 photos.",
            ),
            Option(
                "b",
                "The model will no longer need any labels for the five flowers.",
                "The new head learns the five names from labels.",
            ),
            Option(
                "c",
                "Overfitting becomes impossible, however long you train.",
                "A pretrained model overfits a small set too, and faster if all of it trains.",
            ),
            Option(
                "d",
                "Each prediction takes less time, because the weights are better.",
                "The same architecture does the same work whatever its weights are.",
            ),
        ),
        key="a",
        solution=(
            "Random weights must learn edges, textures, parts and flowers from 1,000 photos.",
            "Pretrained weights bring all but the last of these with them.",
            "What is left to learn is small, so little data and time go a long way.",
        ),
        hint="What would a network with random weights have to learn first?",
        mistakes=("Expecting faster predictions: the gain is in training, not in use.",),
        source="Donahue et al. 2014, DeCAF: https://arxiv.org/abs/1310.1531",
    ),
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
        id="pretrained.unseen-classes",
        concept="meaning",
        difficulty="easy",
        kind="yes_no",
        stem="A backbone never saw a single flower in its pretraining. Can its features still "
        "help to tell five flowers apart?",
        options=(
            Option(
                "yes",
                "Yes, they can",
                "Right: edges, colors, textures and shapes serve flowers too.",
            ),
            Option(
                "no",
                "No, they cannot",
                "Its *head* knows no flower. The features below it are far more general.",
            ),
        ),
        key="yes",
        solution=(
            "Features describe edges, textures, colors and shapes: flowers have all of these.",
            "In the study cited, ImageNet features with a plain linear classifier beat methods "
            "made for the task, on bird species and on scenes the network was not trained for.",
        ),
        hint="What do petals and cups have in common, seen through a filter?",
        mistakes=("Thinking that a network can only describe its own classes.",),
        source="Donahue et al. 2014, DeCAF: https://arxiv.org/abs/1310.1531",
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
)
