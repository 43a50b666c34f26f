"""What an observer is given: a student's answers and a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from course.frameworks import framework_name
from grader.sandboxed.observers.errors import Unusable
from grader.sandboxed.observers.overridden_methods import refuse_masked

__all__ = ["Case", "Student", "Unusable"]


@dataclass(frozen=True)
class Case:
    """One situation in which the student's answer is looked at.

    Attributes
    ----------
    name : str
        Short and readable, ``"case 1"``.
    seed : int
        For whatever the observer draws, 0 to 2**31 - 1.
    params : Mapping
        Numbers, strings, lists: what distinguishes this case. JSON can hold it.
    part : str
        The part of the check whose points this case decides; empty if there are no parts.
    public : bool
        Whether it is shown in the notebook. Fresh cases of a grading run are not.
    """

    name: str
    seed: int
    params: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    public: bool = True

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("A case needs a name, such as 'case 1'.")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"Case {self.name!r}: seed is {self.seed}; expected 0 to 2**31 - 1.")

    def __getitem__(self, key: str) -> Any:
        return self.params[key]


class Student:
    """The student's answers by name: ``student.freeze_backbone(model)``.

    Attributes
    ----------
    framework : str
        ``keras`` or ``pytorch``: the notebook the answers come from.
    """

    def __init__(self, framework: str, answers: Mapping[str, Any]) -> None:
        self.framework = framework_name(framework)
        self._answers = dict(answers)

    def __getattr__(self, name: str) -> Any:
        try:
            return _watched(self.__dict__["_answers"][name])
        except KeyError:
            raise AttributeError(f"The check names no answer {name!r}.") from None

    def __getitem__(self, name: str) -> Any:
        return _watched(self._answers[name])


def _watched(answer: Any) -> Any:
    """Return ``answer``; if it is a function, one that refuses models which mask themselves."""
    if isinstance(answer, type) or not callable(answer) or not hasattr(answer, "__code__"):
        refuse_masked(answer)
        return answer
    return _watched_function(answer)


def _watched_function(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        result = function(*arguments, **named)
        refuse_masked(*arguments, *named.values(), result)
        if isinstance(result, tuple | list):
            refuse_masked(*result)
        return result

    return call
