"""Freezing: what freezing does. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
    Question(
        id="freezing.what-it-does",
        serves=("check.2",),
        concept="meaning",
        difficulty="easy",
        kind="single",
        stem="You freeze the backbone and train for an epoch. What happens to the backbone's "
        "weights?",
        options=(
            Option(
                "a",
                "They are set to zero, so that only the head decides.",
                "Zeros would erase what was learned. Freezing keeps the values.",
            ),
            Option(
                "b",
                "They keep their values and still compute features.",
                "Yes: the picture still passes through them; only the updates stop.",
            ),
            Option(
                "c",
                "They are updated too, with a much smaller learning rate than the head's.",
                "That is a layer-wise learning rate. Frozen means no update at all.",
            ),
            Option(
                "d",
                "They are skipped: the picture goes straight to the head.",
                "The head needs the features that the frozen layers compute.",
            ),
        ),
        key="b",
        solution=(
            "Training changes a weight only when the optimizer subtracts a step from it.",
            "Freezing takes the weight out of that: no gradient reaches it, no step is made.",
            "The forward pass is untouched, so the features are computed as before.",
        ),
        hint="A frozen lake still carries you. What can it no longer do?",
        mistakes=("Confusing 'not trained' with 'not used'.",),
        proofs=(
            Proof(
                """
model = tiny()
backbone = model[0].requires_grad_(False)
x, y = blobs()
before = [p.clone() for p in backbone.parameters()]
fit(model, x, y, steps=20)
after = list(backbone.parameters())
kept = all(torch.equal(a, b) for a, b in zip(before, after))
features = backbone(torch.as_tensor(x))
evidence = {
    "a": all(bool((p == 0).all()) for p in after),
    "b": kept and bool(features.abs().sum() > 0),
    "c": not kept,
    "d": features.shape[1] == x.shape[1],
}
""",
                "pytorch",
            ),
            Proof(
                """
model = tiny()
backbone = model.layers[0]
backbone.trainable = False
x, y = blobs()
before = [w.numpy().copy() for w in backbone.weights]
compiled(model).fit(x, y, verbose=0)
after = [w.numpy() for w in backbone.weights]
kept = all((a == b).all() for a, b in zip(before, after))
features = keras.ops.convert_to_numpy(backbone(x))
evidence = {
    "a": all((w == 0).all() for w in after),
    "b": bool(kept and abs(features).sum() > 0),
    "c": not kept,
    "d": features.shape[1] == x.shape[1],
}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.torch.snippet",
        serves=("practice.2",),
        concept="meaning",
        difficulty="easy",
        framework="pytorch",
        kind="single",
        stem="Which of these freezes every parameter of a PyTorch `model`?",
        options=(
            Option(
                "a",
                "```python\nmodel.freeze()\n```",
                "No such method: `nn.Module` raises AttributeError.",
            ),
            Option(
                "b",
                "```python\nmodel.trainable = False\n```",
                "This runs, and does nothing: PyTorch never reads an attribute of that name.",
            ),
            Option(
                "c",
                "```python\nfor layer in model.layers:\n    layer.trainable = False\n```",
                "That is Keras. A PyTorch model has no `layers`; it has `children()`.",
            ),
            Option(
                "d",
                "```python\nfor p in model.parameters():\n    p.requires_grad = False\n```",
                "Right: autograd now computes no gradient for any of them.",
            ),
        ),
        key="d",
        solution=(
            "In PyTorch the switch is on each parameter and is called `requires_grad`.",
            "`model.parameters()` walks over all of them, however deeply they are nested.",
            "`model.requires_grad_(False)` is the same loop in one call.",
        ),
        hint="In PyTorch, who asks for a gradient: the model or each parameter?",
        mistakes=(
            "Carrying `trainable`, a Keras word, over to PyTorch, where it is silently ignored.",
        ),
        proofs=(
            Proof(
                """
def freezes(code):
    model = mobilenet(5)
    return works(code, model=model) and not any(p.requires_grad for p in model.parameters())
evidence = {option: freezes(code) for option, code in OPTIONS.items()}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.keras.snippet",
        concept="meaning",
        difficulty="easy",
        framework="keras",
        kind="single",
        stem="Which of these freezes every weight of a Keras backbone `base`?",
        options=(
            Option(
                "a",
                "```python\nbase.trainable = False\n```",
                "Right: it is handed down to every layer inside.",
            ),
            Option(
                "b",
                "```python\nbase.requires_grad = False\n```",
                "This runs and changes nothing: that is PyTorch's word, Keras does not read it.",
            ),
            Option(
                "c",
                "```python\nfeatures = base(x, training=False)\n```",
                "This runs BatchNorm and dropout in inference mode; every weight still trains.",
            ),
            Option(
                "d", "```python\nbase.freeze()\n```", "No such method: Keras raises AttributeError."
            ),
        ),
        key="a",
        solution=(
            "In Keras the switch is the attribute `trainable`.",
            "Set on a model, it is passed on to all of its layers.",
            "`len(base.trainable_weights)` is then 0, which is how to check it.",
        ),
        hint="`base.trainable_weights` should be empty afterwards.",
        mistakes=("Taking `training=False`, a mode of one call, for `trainable=False`, a switch.",),
        proofs=(
            Proof(
                """
def freezes(code):
    base = tiny().layers[0]
    return works(code, base=base, x=blobs()[0]) and not base.trainable_weights
evidence = {option: freezes(code) for option, code in OPTIONS.items()}
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="freezing.still-used",
        concept="meaning",
        difficulty="easy",
        kind="yes_no",
        stem="A layer is frozen. Would the model's predictions change if you replaced that "
        "layer's weights by other numbers?",
        options=(
            Option("yes", "Yes", "Right: a frozen layer computes as much as any other."),
            Option("no", "No", "Frozen means not trained. It does not mean switched off."),
        ),
        key="yes",
        solution=(
            "Every picture passes through the frozen layer.",
            "Other weights give other features, and so other predictions.",
        ),
        hint="Where do the head's inputs come from?",
        mistakes=("Thinking of frozen layers as removed.",),
        proofs=(
            Proof(
                """
model = tiny().requires_grad_(False).eval()
x = torch.as_tensor(blobs()[0])
before = model(x)
model[0][0].weight.copy_(torch.randn_like(model[0][0].weight))
evidence = not torch.allclose(before, model(x))
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.torch.eval-is-not-freezing",
        concept="meaning",
        difficulty="easy",
        framework="pytorch",
        kind="yes_no",
        stem="You call `model.eval()`, change nothing else, and run your training loop without "
        "calling `model.train()`. Do the convolution weights stay as they were?",
        options=(
            Option(
                "yes",
                "Yes, they stay",
                "`eval()` is about how dropout and BatchNorm behave. Gradients flow as before.",
            ),
            Option(
                "no",
                "No, they change",
                "Right: only `requires_grad` (or the optimizer's list) decides what trains.",
            ),
        ),
        key="no",
        solution=(
            "`eval()` sets one flag that dropout and BatchNorm read in the forward pass.",
            "It leaves `requires_grad` as it was, so `backward()` fills every gradient.",
            "`optimizer.step()` then moves every weight.",
        ),
        hint="Which of these does `eval()` touch: gradients, or the behavior of dropout and "
        "BatchNorm?",
        mistakes=("Using `eval()` as if it were freezing.",),
        proofs=(
            Proof(
                """
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(36, 3)).eval()
before = model[0].weight.clone()
fit(model, np.random.rand(6, 3, 5, 5).astype("float32"), np.arange(6) % 3, steps=2)
evidence = torch.equal(before, model[0].weight)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.torch.what-is-saved",
        concept="meaning",
        difficulty="medium",
        framework="pytorch",
        kind="multiple",
        stem="The backbone is frozen, the head trains. What does a training step save, compared "
        "with training everything?",
        options=(
            Option(
                "a",
                "The backbone's forward pass.",
                "Every batch still runs forward through the backbone.",
            ),
            Option(
                "b",
                "The backbone's backward pass.",
                "Yes: the gradient stops where the last trainable layer begins.",
            ),
            Option(
                "c",
                "Memory for the backbone's gradients.",
                "Yes: `.grad` stays None for every frozen parameter.",
            ),
            Option(
                "d",
                "Memory for the backbone's weights.",
                "The weights are all still there: they are needed for the features.",
            ),
        ),
        key="bc",
        solution=(
            "Forward: unchanged, so the weights and their work stay.",
            "Backward: autograd builds no graph through layers that need no gradient.",
            "No backward pass there means no gradients to store either.",
        ),
        hint="Think of one step: forward, backward, update. Which parts still need the backbone?",
        mistakes=("Expecting a frozen model to predict faster: inference does not change at all.",),
        proofs=(
            Proof(
                """
model = tiny()
backbone = model[0].requires_grad_(False)
calls = []
backbone.register_forward_hook(lambda *_: calls.append("forward"))
x, y = map(torch.as_tensor, blobs())
features = backbone(x)
F.cross_entropy(model(x), y).backward()
evidence = {
    "a": "forward" not in calls,
    "b": features.grad_fn is None,
    "c": all(p.grad is None for p in backbone.parameters()),
    "d": sum(p.numel() for p in backbone.parameters()) == 0,
}
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="freezing.what-fine-tuning-changes",
        serves=("deep.3",),
        concept="meaning",
        difficulty="hard",
        framework="pytorch",
        kind="multiple",
        predict_first=True,
        stem="""The backbone is frozen except for its last block; the head is new. After ten steps of
training in `train()` mode, which of these still equal what was loaded?

```python
model = mobilenet(5)
model.requires_grad_(False)
model.features[18].requires_grad_(True)
model.classifier[1] = nn.Linear(1280, 5)
model.train()
```""",
        options=(
            Option(
                "a",
                "`model.features[0][0].weight`",
                "Yes: the first convolution is frozen, so its filters stay as loaded.",
            ),
            Option(
                "b",
                "`model.features[0][1].running_mean`",
                "It moves: in train mode a frozen BatchNorm still gathers statistics.",
            ),
            Option(
                "c",
                "`model.features[18][0].weight`",
                "This block was unfrozen: each step moves it.",
            ),
            Option(
                "d",
                "`model.features[17].conv[2].weight`",
                "Yes: frozen, and a weight. Only the block behind it was unfrozen.",
            ),
        ),
        key="ad",
        solution=(
            "Weights move only where `requires_grad` is True: block 18 and the head.",
            "So the convolutions of blocks 0 to 17 stay exactly as loaded.",
            "But the whole model is in train mode, so every BatchNorm's running statistics move.",
        ),
        hint="Two things can change in training: weights, by steps, and buffers, by forward "
        "passes.",
        mistakes=("Overlooking the BatchNorm buffers of frozen blocks.",),
        proofs=(
            Proof(
                """
model = run(STEM)["model"]
read = {option: (lambda code=code: eval(code, {"model": model})) for option, code in OPTIONS.items()}
before = {option: value().clone() for option, value in read.items()}
fit(model, np.random.rand(4, 3, 33, 33).astype("float32"), np.arange(4), lr=0.05, steps=3)
evidence = {option: torch.equal(before[option], value()) for option, value in read.items()}
""",
                "pytorch",
            ),
        ),
    ),
)
