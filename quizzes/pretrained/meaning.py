"""Pretrained models: what a pretrained model is. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
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
)
