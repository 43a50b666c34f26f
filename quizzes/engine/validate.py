"""What must hold for the bank as a whole; a single question checks itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from quizzes.engine.model import Question

MOST_LONGEST = 1 / 3  # how often the key may be the longest option
MOST_ONE_LETTER = 0.4  # how often the key may sit at the same place


def bank_problems(questions: Sequence[Question]) -> list[str]:
    """Return what is wrong with the bank, one line each; an empty list when nothing is."""
    return [
        *_repeated("id", [q.base_id for q in questions]),
        *_repeated("stem", [" ".join(q.stem.split()) for q in questions]),
        *_betrayed_by_length(questions),
        *_betrayed_by_place(questions),
    ]


def _repeated(field: str, values: list[str]) -> list[str]:
    return [f"{field} twice: {value[:80]!r}" for value, n in Counter(values).items() if n > 1]


def one_of_several(questions: Sequence[Question]) -> list[Question]:
    """Return the questions with lettered options of which exactly one is right."""
    return [q for q in questions if q.kind in ("single", "predict_output", "find_bug")]


def key_is_longest(question: Question) -> bool:
    """Whether the right option is longer than every other."""
    lengths = {option.id: len(option.text) for option in question.options}
    right = lengths.pop(str(question.key))
    return right > max(lengths.values())


def _betrayed_by_length(questions: Sequence[Question]) -> list[str]:
    asked = one_of_several(questions)
    longest = [q.id for q in asked if key_is_longest(q)]
    if len(longest) <= MOST_LONGEST * max(len(asked), 3):
        return []
    share = f"{len(longest)} of {len(asked)}"
    return [f"the key is the longest option in {share} (at most a third): {', '.join(longest)}"]


def _betrayed_by_place(questions: Sequence[Question]) -> list[str]:
    places = Counter(str(q.key) for q in one_of_several(questions))
    asked = places.total()
    return [
        f"the key is option {letter!r} in {n} of {asked} (at most {MOST_ONE_LETTER:.0%})"
        for letter, n in places.items()
        if asked >= 20 and n > MOST_ONE_LETTER * asked
    ]
