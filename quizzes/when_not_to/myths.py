"""When not to: myths about fine-tuning. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
    Question(
        id="when_not_to.myth-whole-model",
        serves=("myth.1",),
        concept="myths",
        difficulty="easy",
        kind="yes_no",
        stem="Myth or fact: to adapt a pretrained model, its whole network *must* be trained "
        "again.",
        options=(
            Option(
                "yes", "Yes: fact", "Look at the probe of lesson 03: a new head alone went far."
            ),
            Option("no", "No: myth", "Right: a new head on frozen features is often enough."),
        ),
        key="no",
        solution=(
            "One run in which a part suffices refutes 'must'.",
            "In the proof, only the last layer is trained, and the new task is solved.",
            "How much to train is a choice: measure it, from the head downward.",
        ),
        hint="What did the linear probe train?",
        mistakes=("Unfreezing everything at once, because 'more training is better'.",),
        proofs=(
            Proof(
                """
x, y = blobs(300, 4, spread=1.0)
fresh, truth = blobs(300, 4, spread=1.0, seed=1)
model = nn.Sequential(nn.Sequential(nn.Linear(8, 64), nn.ReLU()), nn.Linear(64, 2))
fit(model, x, y // 2, lr=0.1, steps=60)          # the old task: two groups
model.requires_grad_(False)
model[1] = nn.Linear(64, 4)                      # the new task: four classes
before = model[0][0].weight.clone()
fit(model, x, y, lr=0.1, steps=200)
accuracy = (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean()
head_alone = torch.equal(before, model[0][0].weight)
evidence = not (head_alone and accuracy.item() > 0.9)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.myth-frozen-cannot-learn",
        serves=("myth.4",),
        concept="myths",
        difficulty="easy",
        framework="keras",
        kind="yes_no",
        stem="Myth or fact: with everything frozen except the new head, a model cannot learn a "
        "new task.",
        options=(
            Option("yes", "Yes: fact", "The head has weights of its own, and they do train."),
            Option("no", "No: myth", "Right: the head learns to read the features that are there."),
        ),
        key="no",
        solution=(
            "The frozen backbone still describes each picture.",
            "The head learns which descriptions go with which class.",
            "What would *not* learn is a model with the head frozen as well.",
        ),
        hint="Is the head frozen?",
        mistakes=("Confusing 'the backbone is frozen' with 'the model is frozen'.",),
        proofs=(
            Proof(
                """
model = tiny()
model.layers[0].trainable = False
x, y = blobs()
compiled(model, keras.optimizers.Adam(0.05))
history = model.fit(x, y, epochs=6, verbose=0).history["loss"]
evidence = not history[-1] < 0.7 * history[0]
""",
                "keras",
            ),
        ),
    ),
    Question(
        id="when_not_to.myth-more-data",
        serves=("myth.3",),
        concept="myths",
        difficulty="easy",
        kind="yes_no",
        stem="Myth or fact: more training data always gives a better model.",
        options=(
            Option(
                "yes", "Yes: fact", "Not if the data added are wrong: errors are learned as well."
            ),
            Option(
                "no", "No: myth", "Right: more *right and relevant* data helps; wrong labels hurt."
            ),
        ),
        key="no",
        solution=(
            "One run in which more data hurt refutes 'always'.",
            "In the proof, a good set is doubled by points with wrong labels: accuracy falls.",
            "Look at what you add, and measure with and without it.",
        ),
        hint="Does it matter what the added labels say?",
        mistakes=("Scraping more pictures without looking at them.",),
        proofs=(
            Proof(
                """
x, y = blobs(150, spread=1.0)
fresh, truth = blobs(600, spread=1.0, seed=1)
more, labels = blobs(150, spread=1.0, seed=2)
def accuracy(inputs, targets):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3))
    fit(model, inputs, targets, lr=0.2, steps=300)
    return (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean().item()
doubled = accuracy(np.concatenate([x, more]), np.concatenate([y, (labels + 1) % 3]))
evidence = doubled >= accuracy(x, y)
""",
                "pytorch",
            ),
        ),
    ),
    Question(
        id="when_not_to.myth-always-better",
        serves=("myth.2",),
        concept="myths",
        difficulty="medium",
        kind="yes_no",
        stem="Myth or fact: a pretrained and fine-tuned model is always better than one trained "
        "from scratch.",
        options=(
            Option(
                "yes",
                "Yes: fact",
                "There are published cases, and the run in the proof, where it is not.",
            ),
            Option(
                "no",
                "No: myth",
                "Right: with unrelated features or plenty of data, scratch can win.",
            ),
        ),
        key="no",
        solution=(
            "One case refutes 'always'. In the proof the old task needed other inputs than the "
            "new one; its frozen features carry nothing of use, and scratch wins clearly.",
            "On two large sets of medical images, small networks from scratch came out on a par "
            "with pretrained ImageNet ones.",
            "Run the small comparison first: probe, fine-tuning, scratch.",
        ),
        hint="What if the old task looked at entirely different things?",
        mistakes=("Skipping the from-scratch baseline because 'everybody fine-tunes'.",),
        source="Raghu et al. 2019, Transfusion: Understanding Transfer Learning for Medical "
        "Imaging: https://arxiv.org/abs/1902.07208",
        proofs=(
            Proof(
                """
chance = np.random.default_rng(0)
def sample(count):
    x = chance.normal(size=(count, 8)).astype("float32")
    return x, (x[:, 0] > 0).astype(int), (x[:, 4] * x[:, 5] > 0).astype(int)
x, old, new = sample(1500)
fresh, _, truth = sample(1000)
def accuracy(model):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        F.cross_entropy(model(torch.as_tensor(x)), torch.as_tensor(new)).backward()
        optimizer.step()
    return (model(torch.as_tensor(fresh)).argmax(1) == torch.as_tensor(truth)).float().mean().item()
scratch = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 2))
tuned = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 2))
with torch.no_grad():
    tuned[0].weight[:, 1:] = 0  # what is left of a pretraining that only ever needed input 0
fit(tuned[2:], tuned[:2](torch.as_tensor(x)).detach(), old, lr=0.2, steps=100)
tuned[0].requires_grad_(False)  # the first layer frozen, the later ones fine-tuned
evidence = accuracy(tuned) >= accuracy(scratch) - 0.1
""",
                "pytorch",
            ),
        ),
    ),
)
