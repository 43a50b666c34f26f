"""Checks and findings: frozen data, validated when made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from course.frameworks import FRAMEWORKS, framework_name
from grader.checks.evidence import Shown
from grader.sandboxed.observers.model import Case, Student

Facts = Mapping[str, Any]
CaseParams = dict[str, Any]
Observe = Callable[[Student, Case], Mapping[str, Any]]
Judge = Callable[[Case, Facts], "Finding"]
Recompute = Callable[[Case, Facts], str]
Draw = Callable[[np.random.Generator], Sequence[Mapping[str, Any]]]

PUBLIC_SEED = 0
_ID = re.compile(r"\d\d-[a-z0-9-]+/[a-z0-9-]+")
_RESERVED = ("name", "part", "seed")


@dataclass(frozen=True)
class Finding:
    """What a judge says about one case.

    Attributes
    ----------
    share : float
        1 when right, 0 when wrong, between when partly right.
    checked, expected, found, next_step : str
        The four lines a student reads, one sentence or less each.
    hint_id : str
        Names the mistake; a key of the check's ``hints``. Empty when passed.
    shown : tuple of Table or Chart
        What makes the mistake visible, where a table or a chart does; see `grader.checks.evidence`.
    """

    share: float
    checked: str
    expected: str = ""
    found: str = ""
    next_step: str = ""
    hint_id: str = ""
    shown: tuple[Shown, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"A finding's share is {self.share}; expected 0 to 1.")
        if not self.checked:
            raise ValueError("A finding says what was checked; `checked` is empty.")
        if self.share < 1 and not (self.expected and self.found):
            raise ValueError(
                f"Finding {self.checked!r} is not passed: say what was expected and what was found."
            )

    @property
    def passed(self) -> bool:
        """Whether everything was right."""
        return self.share == 1

    @classmethod
    def right(cls, checked: str) -> Finding:
        """Return a passed finding."""
        return cls(1.0, checked)

    @classmethod
    def wrong(
        cls,
        checked: str,
        *,
        expected: object,
        found: object,
        next_step: str = "",
        hint: str = "",
        share: float = 0.0,
        shown: Iterable[Shown] = (),
    ) -> Finding:
        """Return a finding that names a mistake; the check's hint serves as the next step."""
        return cls(share, checked, str(expected), str(found), next_step, hint, tuple(shown))


def _one_case(_: np.random.Generator) -> Sequence[Mapping[str, Any]]:
    return ({},)


@dataclass(frozen=True)
class Check:
    """One graded exercise: its answers, how to look at them, how to decide.

    Attributes
    ----------
    id : str
        ``"02-freezing/freeze-backbone"``: the lesson's folder, a slash, the exercise.
    title : str
        What the exercise asks for, as a reader would say it.
    answers : tuple of str
        Names that the student defines in the notebook.
    points : float
        Full marks.
    observe : function
        ``observe(student, case) -> facts``, top level in a module of
        ``grader.sandboxed.observers``.
    judge : function
        ``judge(case, facts) -> Finding``, pure.
    cases : function
        ``cases(rng)`` returns one mapping of parameters per case. The keys ``name``, ``part`` and
        ``seed`` go into the `Case` itself. Called with a known seed in the notebook and with a
        secret one when grading, so the number of cases stays the same and their content does not.
    parts : mapping of str to float
        Weights for partial points, by part; empty when the check is one whole.
    hints : mapping of str to str
        One next step per known mistake.
    timeout_s, memory_mb : float, int
        The budget for observing all cases of the check once.
    frameworks : tuple of str
        Where the exercise exists.
    recompute : function, optional
        ``recompute(case, facts) -> str`` works out again, when grading, what facts conclude from
        the arrays that came along. What it returns names what does not agree; empty if all does.
    """

    id: str
    title: str
    answers: tuple[str, ...]
    points: float
    observe: Observe
    judge: Judge
    cases: Draw = _one_case
    parts: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 30.0
    memory_mb: int = 4000
    frameworks: tuple[str, ...] = FRAMEWORKS
    recompute: Recompute | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"Check id is {self.id!r}; expected the form '02-freezing/freeze-backbone'."
            )
        if not self.title:
            raise ValueError(f"Check {self.id} needs a title.")
        if isinstance(self.answers, str) or not self.answers:
            raise ValueError(f"Check {self.id}: `answers` is {self.answers!r}; expected a tuple.")
        for name in self.answers:
            if not str(name).isidentifier():
                raise ValueError(f"Check {self.id}: answer {name!r} is no Python name.")
        self._validate_numbers()
        self._validate_functions()
        for name in self.frameworks:
            if framework_name(name) != name:
                raise ValueError(f"Check {self.id}: write framework {framework_name(name)!r}.")

    def _validate_numbers(self) -> None:
        if not self.points > 0:
            raise ValueError(f"Check {self.id}: points is {self.points}; expected more than 0.")
        if any(not weight > 0 for weight in self.parts.values()):
            raise ValueError(f"Check {self.id}: every part needs a weight above 0: {self.parts}.")
        if not (self.timeout_s > 0 and self.memory_mb > 0):
            raise ValueError(f"Check {self.id}: timeout_s and memory_mb must be above 0.")

    def _validate_functions(self) -> None:
        if "<" in getattr(self.observe, "__qualname__", "<"):
            raise ValueError(
                f"Check {self.id}: `observe` must be a named function at the top of a module, "
                "because the worker imports it by name."
            )
        if not callable(self.judge) or not callable(self.cases):
            raise ValueError(f"Check {self.id}: `judge` and `cases` must be functions.")

    @property
    def lesson(self) -> str:
        """The lesson's folder, ``02-freezing``."""
        return self.id.partition("/")[0]

    @property
    def exercise(self) -> str:
        """The exercise's name within its lesson."""
        return self.id.partition("/")[2]

    @property
    def observer(self) -> str:
        """Where the worker finds `observe`: ``module:function``."""
        return f"{self.observe.__module__}:{self.observe.__qualname__}"

    def draw(self, seed: int = PUBLIC_SEED, *, public: bool | None = None) -> tuple[Case, ...]:
        """Return the cases for ``seed``: the public ones by default, fresh ones for any other.

        Parameters
        ----------
        seed : int
            0 or more; any size.
        public : bool, optional
            What the cases say of themselves; by default whether ``seed`` is the public one.
        """
        rng = np.random.default_rng(seed)
        shown = seed == PUBLIC_SEED if public is None else public
        drawn = self.cases(rng)
        if not drawn:
            raise ValueError(f"Check {self.id}: `cases` returned none; expected at least one.")
        cases = tuple(self._case(i, params, rng, shown) for i, params in enumerate(drawn, 1))
        self._validate_parts(cases)
        return cases

    def _case(
        self, number: int, params: Mapping[str, Any], rng: np.random.Generator, public: bool
    ) -> Case:
        seed = int(rng.integers(2**31))
        return Case(
            name=str(params.get("name", f"case {number}")),
            seed=int(params.get("seed", seed)),
            params={key: value for key, value in params.items() if key not in _RESERVED},
            part=str(params.get("part", "")),
            public=public,
        )

    def _validate_parts(self, cases: Sequence[Case]) -> None:
        found = {case.part for case in cases} - {""}
        if found != set(self.parts):
            raise ValueError(
                f"Check {self.id}: its parts are {sorted(self.parts)}, "
                f"its cases decide {sorted(found)}."
            )

    def share(self, cases: Sequence[Case], findings: Sequence[Finding]) -> float:
        """Return the share of the points that ``findings`` earn, 0 to 1.

        A part is worth its worst case; without parts the whole check is.
        """
        if len(cases) != len(findings):
            raise ValueError(f"Check {self.id}: {len(cases)} cases, {len(findings)} findings.")
        if not self.parts:
            return min(finding.share for finding in findings)
        whole = [f.share for c, f in zip(cases, findings, strict=True) if not c.part]
        worst = self.shares(cases, findings)
        earned = sum(self.parts[part] * share for part, share in worst.items())
        return min([*whole, 1.0]) * earned / sum(self.parts.values())

    def shares(self, cases: Sequence[Case], findings: Sequence[Finding]) -> dict[str, float]:
        """Return the share that each part earns: that of its worst case."""
        return {
            part: min(f.share for c, f in zip(cases, findings, strict=True) if c.part == part)
            for part in self.parts
        }

    def explain(self, finding: Finding) -> Finding:
        """Return ``finding`` with the hint it names as its next step, if it has no own one."""
        if finding.next_step or finding.hint_id not in self.hints:
            return finding
        return replace(finding, next_step=self.hints[finding.hint_id])
