"""Questions with numbers that change: one template, a fresh variant for each seed."""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from quizzes.engine.model import Question, mistake

Values = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """A question whose texts hold ``$names`` that a seed fills in.

    Parameters
    ----------
    id
        The id of the question; variants are ``id@seed``.
    values
        Name to the values it may take.
    derive
        From the chosen values to further names: the key, the numbers in wrong options.
    fields
        The fields of ``Question``, with ``$name`` wherever a value belongs (``$$`` for a dollar).

    Raises
    ------
    QuestionError
        The template cannot make its first variant.
    """

    id: str
    values: Mapping[str, tuple[Any, ...]]
    derive: Callable[[Values], Values]
    fields: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Make the first variant, so that a mistake is found on import."""
        self.make(0)

    @property
    def topic(self) -> str:
        """The bank module this belongs to."""
        return self.id.split(".")[0]

    def make(self, seed: int) -> Question:
        """Return the variant of ``seed``: the same seed, the same question, on every machine."""
        chance = random.Random(f"{self.id}:{seed}")
        chosen = {name: chance.choice(options) for name, options in self.values.items()}
        return self._fill(chosen, f"{self.id}@{seed}")

    def every_variant(self) -> tuple[Question, ...]:
        """Return one question for every combination of values, for tests."""
        combinations = itertools.product(*self.values.values())
        return tuple(
            self._fill(dict(zip(self.values, combination, strict=True)), f"{self.id}@{number}")
            for number, combination in enumerate(combinations)
        )

    def _fill(self, chosen: Values, question_id: str) -> Question:
        try:
            names = {**chosen, **self.derive(chosen)}
            filled = {name: _put(value, names) for name, value in self.fields.items()}
        except (KeyError, ValueError) as error:
            raise mistake(self.id, "fields", f"cannot be filled: {error!r}.") from error
        if filled.get("kind") == "numeric":
            filled["key"] = float(filled["key"])
        return Question(id=question_id, **filled)


def template(
    *,
    id: str,
    values: Mapping[str, tuple[Any, ...]],
    derive: Callable[[Values], Values] = lambda values: {},
    **fields: Any,
) -> Template:
    """Write a template as a question is written, with ``values`` and ``derive`` beside it."""
    return Template(id, values, derive, fields)


def _put(value: Any, names: Values) -> Any:
    """Fill the ``$names`` in ``value``, however deep they lie."""
    if isinstance(value, str):
        return string.Template(value).substitute(names)
    if isinstance(value, tuple):
        return tuple(_put(part, names) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _put(getattr(value, f.name), names) for f in fields(value)}
        return replace(value, **parts)
    return value
