"""Pretrained models: why to start from one. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
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
)
