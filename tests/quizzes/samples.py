"""One question of each kind, apart from the bank, so that these tests outlive its edits."""

from __future__ import annotations

from quizzes.engine.model import Card, Option, Question

CODE = "```python\nfor p in m.parameters():\n    p = {1: 'a'}\n```"
TEXTS = {
    "solution": ("Count the *weights*.", "Add the biases: `w + b`."),
    "hint": "A bias for each output & one weight < per pair.",
    "mistakes": ("Forgetting the bias.",),
    "source": "Howard and Ruder, 2018, https://arxiv.org/abs/1801.06146",
}


def options(*texts: str) -> tuple[Option, ...]:
    return tuple(
        Option(letter, text, f"About {letter}: ünïcode & <b>tags</b> = {{braces}} ~ #hash")
        for letter, text in zip("abcdef", texts, strict=False)
    )


def question(name: str, kind: str, key: str | float, opts: tuple[Option, ...], **more) -> Question:
    fields = {
        "id": f"freezing.sample-{name}",
        "concept": "meaning",
        "difficulty": "easy",
        "stem": f"What happens in {name}?\n\n{CODE}",
        **TEXTS,
        **more,
    }
    return Question(kind=kind, key=key, options=opts, **fields)  # type: ignore[arg-type]


SINGLE = question("single", "single", "b", options("It `learns`", "It stays", "It = {x} ~ 2"))
SEVERAL = question("several", "multiple", "ac", options("one", "two", "three", "four"))
ORDER = question("order", "order", "cab", options("second", "third", "first"))
NUMBER = question(
    "number",
    "numeric",
    6405.0,
    (Option("a", "6400", "The biases are missing."),),
    unit="parameters",
)
NEAR = question("near", "numeric", 0.125, (), tolerance=0.01, unit="of the points")
YES_NO = question(
    "commit",
    "yes_no",
    "no",
    (Option("yes", "yes", "A myth: it was run."), Option("no", "no", "Right, and it was run.")),
)
OUTPUT = question("output", "predict_output", "a", options("0", "12", "an error"))
BUG = question("bug", "find_bug", "c", options("line 1", "line 2", "line 3"), framework="pytorch")
ALL = (SINGLE, SEVERAL, ORDER, NUMBER, NEAR, YES_NO, OUTPUT, BUG)

CARDS = (
    Card("recall.sample-one", "freezing", "What does `freeze` do?", "It stops **updates**."),
    Card("recall.sample-two", "head", "What is a head?", "The new classifier."),
)
