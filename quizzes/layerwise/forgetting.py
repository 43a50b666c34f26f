"""Layer-wise learning rates: catastrophic forgetting. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    Question(
        id="layerwise.forgetting-meaning",
        concept="forgetting",
        difficulty="easy",
        kind="single",
        stem="What is catastrophic forgetting?",
        options=(
            Option(
                "a",
                "A crash in which the unsaved weights are lost.",
                "A nuisance, but not what is meant: here the training runs well.",
            ),
            Option(
                "b",
                "Losing the old task while learning the new one.",
                "Right: weights the old task needed are overwritten.",
            ),
            Option(
                "c",
                "Doing well on training pictures and badly on new ones of the same task.",
                "That is overfitting. Forgetting is about another, earlier task.",
            ),
            Option(
                "d",
                "Forgetting to freeze the base before the head is trained.",
                "That can cause forgetting; it is not what the word means.",
            ),
        ),
        key="b",
        solution=(
            "One set of weights serves both tasks.",
            "Steps that improve the new task may spoil what the old one relied on.",
            "Low early rates and frozen layers limit how far these weights can go.",
        ),
        hint="Who forgets what: think of two tasks, one after the other.",
        mistakes=("Mixing it up with overfitting.",),
        source="Kirkpatrick et al. 2017, Overcoming catastrophic forgetting in neural networks: "
        "https://arxiv.org/abs/1612.00796",
    ),
    template(
        id="layerwise.forgetting-number",
        values={"before": (78, 82, 85, 90), "after": (31, 44, 56, 63)},
        derive=lambda v: {"right": v["before"] - v["after"]},
        concept="forgetting",
        difficulty="easy",
        kind="numeric",
        unit="percentage points",
        stem="With its old head, the backbone scored $before % on the pretraining task before "
        "fine-tuning, and scores $after % now. How much was forgotten?",
        options=(
            Option("a", "$after", "That is what is left."),
            Option("b", "0", "The old task was known better before."),
        ),
        key="$right",
        solution=(
            "Forgetting is the accuracy on the *old* task before, minus after.",
            "$before − $after = $right percentage points.",
        ),
        hint="Before minus after, on the old task.",
        mistakes=("Looking at the new task only, where forgetting does not show.",),
        proofs=(Proof("evidence = $before - $after"),),
    ),
    Question(
        id="layerwise.measure-forgetting",
        concept="forgetting",
        difficulty="medium",
        kind="single",
        stem="You fine-tuned a backbone for flowers. How do you measure what it forgot of its "
        "pretraining task?",
        options=(
            Option(
                "a",
                "By its training loss on the flowers.",
                "The flowers say nothing about the old task.",
            ),
            Option(
                "b",
                "By the accuracy on flowers before and after.",
                "That is what it learned, not what it forgot.",
            ),
            Option(
                "c",
                "By putting the old head back and testing on the old task.",
                "Right: old head, old task, held-out pictures; before minus after.",
            ),
            Option(
                "d",
                "By the sum of all changes of its weights, layer by layer, from first to last.",
                "Weights may move far along harmless directions. Ask for the effect.",
            ),
        ),
        key="c",
        solution=(
            "Forgetting is a loss of accuracy on the *old* task.",
            "So keep the old head, put it on the changed backbone, and use held-out old pictures.",
            "The difference to the accuracy before is the forgetting.",
        ),
        hint="Which task is it that may be forgotten?",
        mistakes=("Inferring forgetting from how far weights moved.",),
        source="Kirkpatrick et al. 2017: https://arxiv.org/abs/1612.00796",
    ),
    Question(
        id="layerwise.rate-and-forgetting",
        concept="forgetting",
        difficulty="hard",
        framework="pytorch",
        kind="yes_no",
        predict_first=True,
        stem="A network has learned task A. It is then trained on task B, once with SGD at rate "
        "0.5 and once at 0.005, for 40 steps each. The two tasks want different answers for "
        "similar inputs. Does the low rate keep more of task A?",
        options=(
            Option(
                "yes", "Yes, it keeps more", "Right: shorter steps leave the weights nearer to A."
            ),
            Option(
                "no",
                "No, just as little",
                "The distance travelled counts, and it differs a hundredfold.",
            ),
        ),
        key="yes",
        solution=(
            "The longer the steps for B, the further the weights leave what A needs.",
            "At 0.5 the answers of A are overwritten; at 0.005 most of them are still there.",
            "The price: B is learned more slowly. That is the trade that rates by depth soften.",
        ),
        hint="How far from A's weights can each of them get in 40 steps?",
        mistakes=("Looking at task B only, where the high rate wins.",),
        proofs=(
            Proof(
                """
x, y = blobs(240)
other = (y + 1) % 3
def kept(rate):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
    fit(model, x, y, lr=0.1, steps=100)
    fit(model, x, other, lr=rate, steps=40)
    return (model(torch.as_tensor(x)).argmax(1) == torch.as_tensor(y)).float().mean().item()
evidence = kept(0.005) > kept(0.5) + 0.1
""",
                "pytorch",
            ),
        ),
    ),
)
