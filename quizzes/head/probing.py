"""A new head: training only the head. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
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
    Question(
        id="head.torch.all-frozen-error",
        concept="probing",
        difficulty="hard",
        framework="pytorch",
        kind="predict_output",
        stem="""What does this print?

```python
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5))
model.requires_grad_(False)
try:
    F.cross_entropy(model(torch.rand(4, 8)), torch.arange(4)).backward()
    print("trained")
except RuntimeError:
    print("stopped")
```""",
        options=(
            Option(
                "a",
                "`stopped`",
                "Right: with nothing that requires a gradient, `backward()` fails.",
            ),
            Option(
                "b", "`trained`", "Keras would run on, and learn nothing. PyTorch says so at once."
            ),
            Option("c", "Nothing at all", "One of the two prints is reached in any case."),
        ),
        key="a",
        solution=(
            "No parameter requires a gradient, so the loss has no `grad_fn`.",
            "`backward()` raises: element 0 of tensors does not require grad.",
            "If you see this message, check whether you froze the new head as well.",
        ),
        hint="What would `backward()` start from?",
        mistakes=("Wrapping training in `torch.no_grad()`: the same message.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
)
