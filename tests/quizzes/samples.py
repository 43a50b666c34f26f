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

# Text that means something else to one format or another.
HOSTILE = r"""C:\new\table, $x$ and $$y$$, \(z\), 100% -> "quoted" 'text' -- a ~ b = c # d {e} : f

// no comment, g :: h, $CATEGORY: none, ####, &amp; &lt;b&gt; <script>x</script>
</text>]]> \num{3} 🙂

| name | size |
|:-----|-----:|
| `a|b`| 3    |

3. three

~~struck~~, a [link](https://example.org/?a=1&b=2 "its title"), a line  
broken

```python
print("a\n\\ {}".format(x))  # ~=#{}: $x$

%matplotlib inline
if a < b and c > d:
	tab = 'ß'  # ```
```
"""
NASTY = (
    question("nasty", "single", "a", options("T", "FALSE ~ = # {x}", HOSTILE), stem=HOSTILE),
    question("one-wrong", "multiple", "ab", options("a -> b", "=50% $b$", "~c"), hint=HOSTILE),
    question("no-list", "multiple", "bc", options("# no heading", "1. no list", "- x", "%5 y")),
    question("tiny", "numeric", 1e-5, (Option("a", "1e-3", HOSTILE),), tolerance=5e-7, unit="s"),
    question("huge", "numeric", 1e12, (Option("a", "1E15", "so"),), tolerance=1e-5, unit="MB (m)"),
    question("sum", "numeric", 0.1 + 0.2, (), tolerance=0.0, unit="(no unit)"),
    question("nought", "numeric", 0, (Option("a", "-1", "below"),), unit="percent"),
    question("below", "numeric", -40.5, (Option("a", "40.5", "sign"),), tolerance=0.5, unit="a b"),
    question("steps", "order", "cab", options(HOSTILE, "**two**", "three")),
)
