"""Explain it back: score a free text by which concepts it covers, on this machine.

A concept is covered when one sentence says it: words for each part of the idea stand together and
none of them is denied, or one of them is denied where the idea *is* a denial. So "freezing does not
let the weights change" says that frozen weights stay, and does not say that they change. Word
forms are matched by their beginnings (``chang`` fits change, changes and changing).

It reads patterns, not meaning. What it misses, a person can add: ``rubric`` is the text for grading
the same answer by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A negation, and how many words after it are denied at most.
NEGATORS = {
    **dict.fromkeys(("not", "no", "never", "none", "nothing", "nobody", "neither", "nor"), 6),
    **dict.fromkeys(("hardly", "rarely"), 6),
    **dict.fromkeys(("without", "unlike"), 3),
}
# Verbs that deny what follows, by their beginnings: "prevents the weights from changing".
DENYING = ("prevent", "stop", "avoid", "forbid", "block", "exclud", "disabl", "protect", "against")
DENYING_SCOPE = 6
# Words at which a negation ends: "not the base but the head is trained".
TURNS = frozenset(("but", "however", "whereas", "while", "although", "though", "yet", "only"))

_REWRITES: tuple[tuple[str, str], ...] = (
    ("[’‘]", "'"),
    (r"\bcan't\b|\bcannot\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    ("[-‐‑]", " "),
    (r"\bnot (only|just|merely)\b", "also"),
    (r"\b(instead of|rather than)\b", "without"),
    (r"\bno longer\b", "not"),
    (r"\bfrom (scratch|zero)\b", "from_scratch"),
    (r"\bdata sets?\b", "dataset"),
    (r"\bpre train", "pretrain"),
    # "first" and "last" are said of steps, too; here they are about layers.
    (r"\bfirst ((?:\w+ ){0,2}(?:layer|block|convolution))", r"early \1"),
    (r"\blast ((?:\w+ ){0,2}(?:layer|block|convolution))", r"late \1"),
    (r"\b(close|closer|near|nearer) (to )?the (output|head|end)\b", "late"),
    (r"\b(close|closer|near|nearer) (to )?the (input|beginning)\b", "early"),
    # A new verb begins a new statement: "does not forget and needs little".
    (r"\band (?=(needs|requires|takes|costs|uses|saves|is|are|makes)\b)", "but "),
    # "un-" is a negation inside a word, except in "unfreeze", which is an act of its own.
    (r"\bun(chang|modif|touch|train|updat|alter)", r"not \1"),
)


@dataclass(frozen=True)
class Phrase:
    """One way to say a concept: groups of words that stand together in a sentence.

    Parameters
    ----------
    affirmed
        Groups; each is word beginnings separated by spaces, of which one must occur undenied. A
        ``$`` at the end asks for the whole word: ``less$`` is not the beginning of lesson.
    denied
        Groups of which one must occur under a negation.
    named
        Groups of which one must occur, denied or not: what the denied words are about.
    """

    affirmed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is something to look for."""
        if not self.affirmed and not self.denied:
            raise ValueError("Expected at least one group of words; received none.")


@dataclass(frozen=True)
class Concept:
    """One of the ideas that a good explanation names.

    Parameters
    ----------
    id, title
        A word for programs and a phrase for people.
    statement
        The idea in a sentence: what is shown when it was missed.
    ways
        The ways of saying it that count.
    """

    id: str
    title: str
    statement: str
    ways: tuple[Phrase, ...]


@dataclass(frozen=True)
class Prompt:
    """Something to explain back.

    Parameters
    ----------
    id
        Such as ``explain.1``, as in the curriculum.
    topic
        The bank topic it belongs to.
    text
        What is asked, Markdown.
    concepts
        The ideas it is scored by.
    model_answer
        One way to say all of them.
    """

    id: str
    topic: str
    text: str
    concepts: tuple[Concept, ...]
    model_answer: str

    @property
    def serves(self) -> tuple[str, ...]:
        """The curriculum ids this serves: its own."""
        return (self.id,)


@dataclass(frozen=True)
class Score:
    """Which concepts a text covers.

    Parameters
    ----------
    concepts
        Each concept with whether it is covered.
    """

    concepts: tuple[tuple[Concept, bool], ...]

    @property
    def earned(self) -> int:
        """How many concepts the text covers."""
        return sum(covered for _, covered in self.concepts)

    @property
    def asked(self) -> int:
        """How many concepts there are."""
        return len(self.concepts)

    @property
    def missed(self) -> tuple[Concept, ...]:
        """The concepts that were not found in the text."""
        return tuple(concept for concept, covered in self.concepts if not covered)


def prompts() -> tuple[Prompt, ...]:
    """Return every prompt."""
    from quizzes.study.prompts import PROMPTS

    return PROMPTS


def prompt(prompt_id: str) -> Prompt:
    """Return one prompt.

    Raises
    ------
    ValueError
        No such id; the known ones are listed.
    """
    for candidate in prompts():
        if candidate.id == prompt_id:
            return candidate
    known = ", ".join(candidate.id for candidate in prompts())
    raise ValueError(f"No prompt {prompt_id!r}. There are: {known}.")


def score(prompt_id: str, text: str) -> Score:
    """Score ``text`` by the concepts it covers; an empty text covers none."""
    sentences = [_words(sentence) for sentence in _sentences(text)]
    return Score(
        tuple(
            (concept, any(_says(way, s) for way in concept.ways for s in sentences))
            for concept in prompt(prompt_id).concepts
        )
    )


def rubric(prompt_id: str) -> str:
    """Return the Markdown by which a person grades the same answer, one point a concept."""
    asked = prompt(prompt_id)
    points = [f"- **1 point, {c.title}.** {c.statement}" for c in asked.concepts]
    head = f"**{len(asked.concepts)} points**, one for each idea that the text states in any words:"
    tail = "No point for an idea that is only named, or that is stated the wrong way around."
    return "\n".join([head, "", *points, "", tail, "", f"*One full answer:* {asked.model_answer}"])


def _sentences(text: str) -> list[str]:
    """Lower the case, rewrite short forms and phrases, and cut at the ends of sentences."""
    plain = text.lower()
    for pattern, replacement in _REWRITES:
        plain = re.sub(pattern, replacement, plain)
    # A dot inside a number or a name is not an end: 0.5, model.fit.
    return [part for part in re.split(r"[.!?;]+(?:\s|$)|\n\s*\n", plain) if part.strip()]


Word = tuple[str, bool]  # the word, and whether it is denied


def _words(sentence: str) -> tuple[Word, ...]:
    """Return the words of a sentence, each with whether a negation reaches it.

    A negation does not reach past a comma.
    """
    segments = re.split(r"[,:()–—]", sentence)
    return tuple(w for segment in segments for w in _marked(re.findall(r"[a-z0-9_]+", segment)))


def _marked(words: Sequence[str]) -> list[Word]:
    """Mark the words that an odd number of negations reaches."""
    until: list[int] = []  # the last positions that the negations at work reach
    marked: list[Word] = []
    for at, word in enumerate(words):
        until = [] if word in TURNS else [last for last in until if at <= last]
        marked.append((word, len(until) % 2 == 1))
        if word in NEGATORS:
            until.append(at + NEGATORS[word])
        elif word.startswith(DENYING):
            until.append(at + DENYING_SCOPE)
    return marked


def _says(way: Phrase, words: Sequence[Word]) -> bool:
    plain = all(_has(group, words, (False,)) for group in way.affirmed)
    denied = all(_has(group, words, (True,)) for group in way.denied)
    return plain and denied and all(_has(group, words, (False, True)) for group in way.named)


def _has(group: str, words: Sequence[Word], polarities: tuple[bool, ...]) -> bool:
    whole = {part[:-1] for part in group.split() if part.endswith("$")}
    beginnings = tuple(part for part in group.split() if not part.endswith("$"))
    return any(
        under in polarities and (word in whole or word.startswith(beginnings))
        for word, under in words
    )
