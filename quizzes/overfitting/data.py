"""Overfitting: how much data, and what kind. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    template(
        id="overfitting.noisy-test-labels",
        values={"noise": (5, 10, 15, 20, 30)},
        derive=lambda v: {"right": 100 - v["noise"]},
        concept="data",
        difficulty="medium",
        kind="numeric",
        unit="percent",
        stem="$noise % of the labels in a *test* set are wrong. A model names the true class of "
        "every picture. What accuracy do you measure?",
        options=(
            Option("a", "100", "It is right about the pictures, but the labels say otherwise."),
            Option("b", "$noise", "That is where labels and model disagree."),
        ),
        key="$right",
        solution=(
            "It agrees with the label wherever the label is right: 100 − $noise = $right %.",
            "Clean the test labels first: noise in them hides the best models.",
        ),
        hint="Accuracy compares with the label, not with the truth.",
        mistakes=("Blaming the model for the labels.",),
        proofs=(
            Proof(
                """
truth = np.arange(1000) % 5
labels = truth.copy()
labels[: 10 * $noise] = (labels[: 10 * $noise] + 1) % 5
evidence = 100 * float(np.mean(truth == labels))
"""
            ),
        ),
    ),
    Question(
        id="overfitting.throw-away-wrong-labels",
        serves=("pitfall.2", "deep.5"),
        concept="data",
        difficulty="hard",
        framework="pytorch",
        kind="yes_no",
        predict_first=True,
        stem="A training set of 300 points has 40 % wrong labels, and a network is trained long "
        "enough to learn them by heart. Can throwing those 120 points away *raise* the accuracy "
        "on clean test data?",
        options=(
            Option(
                "yes",
                "Yes, it can",
                "Right: fewer but right labels beat more labels with errors here.",
            ),
            Option(
                "no",
                "No, fewer data is worse",
                "Wrong labels are not just useless: they teach errors.",
            ),
        ),
        key="yes",
        solution=(
            "Learned by heart, a wrong label makes the model wrong in its neighborhood.",
            "Without them, 180 right points draw the borders where they belong.",
            "That is why looking through your pictures is one of the best-paid hours of the work.",
        ),
        hint="What does a network learn from a label that is wrong?",
        mistakes=("'More data always helps', whatever the labels say.",),
        proofs=(
            Proof(
                """
x, y = blobs(300, spread=1.5)
fresh, truth = blobs(600, spread=1.5, seed=1)
wrong = np.random.default_rng(0).random(300) < 0.4
noisy = np.where(wrong, (y + 1) % 3, y)
def accuracy(inputs, labels):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 128), nn.ReLU(), nn.Linear(128, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(250):
        optimizer.zero_grad()
        F.cross_entropy(model(torch.as_tensor(inputs)), torch.as_tensor(labels)).backward()
        optimizer.step()
    guess = model(torch.as_tensor(fresh)).argmax(1).numpy()
    return float(np.mean(guess == truth))
evidence = bool(accuracy(x[~wrong], y[~wrong]) > accuracy(x, noisy) + 0.03)
""",
                "pytorch",
            ),
        ),
    ),
)
