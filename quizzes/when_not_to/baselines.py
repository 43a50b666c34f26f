"""When not to: probe, scratch and fine-tuning side by side. Data only."""

from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import template

QUESTIONS = (
    template(
        id="when_not_to.mean-of-seeds",
        values={"low": (81, 82, 83), "step": (1, 2, 3), "jump": (3, 4, 6)},
        derive=lambda v: {
            "second": v["low"] + v["step"],
            "third": v["low"] + v["step"] + v["jump"],
            "right": v["step"] + v["jump"],
            "mean": round(v["low"] + (2 * v["step"] + v["jump"]) / 3, 1),
        },
        concept="baselines",
        difficulty="easy",
        kind="numeric",
        unit="percentage points",
        stem="Three seeds of one recipe give $second %, $low % and $third % test accuracy. How "
        "wide is the range that you report beside the mean?",
        options=(
            Option("a", "$jump", "Take the largest minus the smallest of all three."),
            Option("b", "0", "One number alone would hide that the seeds differ."),
        ),
        key="$right",
        solution=(
            "Largest minus smallest: $third − $low = $right points (the mean is $mean %).",
            "A rival recipe whose mean lies inside this range has not been told apart.",
        ),
        hint="Largest minus smallest.",
        mistakes=("Reporting the best seed.",),
        proofs=(Proof("evidence = int(np.ptp([$second, $low, $third]))"),),
    ),
    Question(
        id="when_not_to.cheapest-first",
        concept="baselines",
        difficulty="medium",
        kind="single",
        stem="A new task, a pretrained backbone, no idea how well it fits. Which measurement "
        "costs least and tells you most at the start?",
        options=(
            Option(
                "a",
                "Fine-tuning all layers for 50 epochs.",
                "Expensive, and if it is poor you do not know why.",
            ),
            Option(
                "b",
                "A probe on cached features.",
                "Right: minutes of work, and it says how well the features fit.",
            ),
            Option(
                "c",
                "A hyper-parameter search over rates and depths, with a hundred trainings.",
                "First find out whether the features fit at all.",
            ),
            Option(
                "d",
                "Nothing: the accuracy on ImageNet says it already.",
                "It predicts little about a task that is far from ImageNet.",
            ),
        ),
        key="b",
        solution=(
            "Compute the features once; a linear layer on them trains in seconds.",
            "If that is good, fine-tuning may add a little; if it is near chance, the features do "
            "not fit.",
            "Either way you know what the expensive options have to beat.",
        ),
        hint="What can be computed once and reused?",
        mistakes=(
            "Starting with the most expensive option, and having nothing to compare it with.",
        ),
        source="Alain, Bengio 2016: https://arxiv.org/abs/1610.01644",
    ),
    Question(
        id="when_not_to.torch.efficientnet-size",
        concept="baselines",
        difficulty="medium",
        framework="pytorch",
        kind="numeric",
        tolerance=0.1,
        unit="times as many parameters",
        stem="torchvision's MobileNetV2 has 3,504,872 parameters, EfficientNetB0 has 5,288,548. "
        "How many times as many has EfficientNetB0? One decimal will do.",
        options=(
            Option("a", "0.66", "The other way around: EfficientNetB0 is the larger one."),
            Option("b", "1.8", "That is the difference in millions, not the ratio."),
        ),
        key=1.509,
        solution=(
            "5,288,548 / 3,504,872 = 1.5.",
            "Larger does not mean slower by the same factor: measure the time as well.",
        ),
        hint="Larger divided by smaller.",
        mistakes=("Judging speed by the number of parameters.",),
        proofs=(
            Proof(
                """
size = lambda model: sum(p.numel() for p in model.parameters())
large = size(torchvision.models.efficientnet_b0(weights=None))
small = size(torchvision.models.mobilenet_v2(weights=None))
if (large, small) != (5_288_548, 3_504_872):
    raise ValueError(f"sizes changed: {large}, {small}")
evidence = large / small
""",
                "pytorch",
            ),
        ),
    ),
    template(
        id="when_not_to.gain-per-minute",
        values={"probe": (80, 84), "tuned": (88, 89), "short": (2, 3), "long": (7, 12)},
        derive=lambda v: {
            "points": v["tuned"] - v["probe"],
            "minutes": v["long"] - v["short"],
            "right": round((v["tuned"] - v["probe"]) / (v["long"] - v["short"]), 4),
            "total": round((v["tuned"] - v["probe"]) / v["long"], 4),
        },
        concept="baselines",
        difficulty="medium",
        kind="numeric",
        tolerance=0.02,
        unit="percentage points per extra minute",
        stem="A probe reaches $probe % in $short minutes, fine-tuning $tuned % in $long minutes. "
        "How many points does each *extra* minute of fine-tuning buy? Two decimals will do.",
        options=(
            Option("a", "$total", "$short minutes would have been spent on the probe as well."),
            Option("b", "$points", "That is the whole gain, not the gain per minute."),
        ),
        key="$right",
        solution=(
            "Gain: $tuned − $probe = $points points. Extra time: $long − $short = $minutes "
            "minutes.",
            "$points / $minutes = $right points a minute.",
        ),
        hint="Extra points over extra minutes.",
        mistakes=("Dividing by the whole time.",),
        proofs=(
            Proof("evidence = float(np.diff([$probe, $tuned])[0] / np.diff([$short, $long])[0])"),
        ),
    ),
    Question(
        id="when_not_to.probe-poor-tuned-good",
        concept="baselines",
        difficulty="hard",
        kind="single",
        stem="On a far domain, over several seeds: linear probe 55 %, fine-tuning 91 %, from "
        "scratch 90 % (chance is 20 %, all with the same data and steps; seeds differ by ±2 "
        "points). What do these numbers say?",
        options=(
            Option(
                "a",
                "The pretrained features fit the domain well.",
                "Then the probe would be good: it uses them as they are.",
            ),
            Option(
                "b",
                "Pretraining brought no clear gain here.",
                "Right: scratch is within the noise of fine-tuning, and the probe is far below.",
            ),
            Option(
                "c",
                "Fine-tuning beats training from scratch, by one point.",
                "One point is inside the ±2 of the seeds.",
            ),
            Option(
                "d",
                "The pretrained features are worthless: the probe is at chance.",
                "55 % is far above the chance of 20 %.",
            ),
        ),
        key="b",
        solution=(
            "The probe says: as they are, the features separate the classes only partly.",
            "Fine-tuning and scratch are equal within the noise.",
            "So the data suffice to learn the features: here fine-tuning is not needed.",
        ),
        hint="Compare first with the noise, then with each other.",
        mistakes=("Comparing fine-tuning with the probe only, and praising pretraining.",),
        proofs=(
            Proof(
                """
probe, tuned, scratch, chance, noise = 55, 91, 90, 20, 2
evidence = {
    "a": probe > tuned - noise,
    "b": abs(tuned - scratch) <= noise and probe < scratch - noise,
    "c": tuned - scratch > noise,
    "d": probe <= chance + noise,
}
"""
            ),
        ),
    ),
    template(
        id="when_not_to.pictures-for-a-gap",
        values={"share": (0.8, 0.9), "error": (1, 2, 3)},
        derive=lambda v: {
            "right": round(v["share"] * (1 - v["share"]) * 10000 / v["error"] ** 2),
            "variance": round(v["share"] * (1 - v["share"]), 4),
            "linear": round((v["share"] * (1 - v["share"])) ** 0.5 * 100 / v["error"]),
            "decimal": v["error"] / 100,
            "points": "1 percentage point"
            if v["error"] == 1
            else f"{v['error']} percentage points",
        },
        concept="baselines",
        difficulty="hard",
        kind="numeric",
        tolerance=10,
        unit="test pictures",
        stem="A model's true accuracy is $share. How many test pictures bring the standard error "
        "of the measured accuracy down to $points?",
        options=(
            Option(
                "a", "$linear", "Do not forget to square: the error shrinks with the root of n."
            ),
        ),
        key="$right",
        solution=(
            "Standard error: √(p (1 − p) / n) = $decimal, so n = p (1 − p) / $decimal².",
            "p (1 − p) = $variance; divided by $decimal²: $right pictures.",
            "Half the error costs four times the pictures.",
        ),
        hint="Solve √(p (1 − p) / n) = $decimal for n.",
        mistakes=("Expecting twice the pictures to halve the error.",),
        proofs=(
            Proof(
                """
share, wanted = $share, $error / 100
chance = np.random.default_rng(0)
spread = lambda n: float((chance.binomial(n, share, 400_000) / n).std())
low, high = 10, 10_000
while high - low > 1:
    middle = (low + high) // 2
    exact = np.sqrt(share * (1 - share) / middle)
    low, high = (middle, high) if exact > wanted + 1e-12 else (low, middle)
if abs(spread(high) / wanted - 1) > 0.01:
    raise ValueError("the simulation disagrees with the formula")
evidence = high
"""
            ),
        ),
    ),
)
