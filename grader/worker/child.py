"""Do what the coordinator asks over a channel: run a cell, observe a check."""

from __future__ import annotations

import contextlib
import importlib
import linecache
import os
import random
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

import grader
from grader.observers.model import Case, Student
from grader.observers.run import (
    MISSING,
    OK,
    Observation,
    missing_answer,
    observe_case,
    observed_error,
    unfilled_answers,
)
from grader.worker.audit import Watch, compiled
from grader.worker.guard import Guard
from grader.worker.text import without_magics

IMPORTS = {"pytorch": ("torch", "torchvision"), "keras": ("tensorflow", "keras")}
COURSE = ("backbone", "measure", "pictures", "plots", "predict", "quiet", "settings", "trace")


class Channel(Protocol):
    """Where requests come from and replies go."""

    def receive(self) -> dict[str, Any] | None:
        """Return the next request, or ``None`` when there are no more."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one reply."""


def warm_up(framework: str, observers: tuple[str, ...] = ()) -> None:
    """Import what every notebook of ``framework`` imports; run nothing."""
    for name in (*IMPORTS[framework], "matplotlib.pyplot"):
        importlib.import_module(name)
    for name in (*(f"course.{name}" for name in COURSE), *observers):
        with contextlib.suppress(Exception):  # a broken one is said when its check is due
            importlib.import_module(name)
    if framework == "pytorch":
        _settle_optimizers()


def _settle_optimizers() -> None:
    """Make one of each optimizer: PyTorch wraps a class's ``step`` when its first one is made."""
    import torch

    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop):
        kind([torch.nn.Parameter(torch.empty(1))], lr=0.1)


def serve(
    channel: Channel, framework: str, guard: Guard, say: Callable[[str], None] = lambda line: None
) -> None:
    """Answer requests until there are none: each gets exactly one reply.

    Parameters
    ----------
    say : function
        Takes a line on what the student's code reached for, out of this process.
    """
    receive, send, answer, own = channel.receive, channel.send, _answer, os.getpid()
    getpid, end, restore = os.getpid, os._exit, guard.restore_builtins
    notebook = Notebook(framework, say, guard.code_set)
    guard.hold_fast(channel)
    while (request := receive()) is not None:
        nonce = request.pop("nonce", "")
        try:
            reply = answer(request, notebook, guard)
        except Exception as error:  # what a student's code raises was caught long before
            reply = {"fault": f"{type(error).__name__}: {error}"}
        if getpid() != own:
            end(0)  # a process that the student's code forked came back here: not its place
        restore()
        send({**reply, "nonce": nonce})


def _answer(request: Mapping[str, Any], notebook: Notebook, guard: Guard) -> dict[str, Any]:
    if request["do"] == "cell":
        trusted = request.get("kind") == "setup"
        return _as_message(notebook.run(request["id"], request["source"], trusted=trusted))
    if request["do"] == "seed":
        reseed(notebook.framework, request["seed"])
        return {}
    if request["do"] == "guard":
        return {"changed": guard.restore()}
    if request["do"] == "check":
        return _check(notebook, request, guard)
    return {}


class Notebook:
    """A notebook's namespace without a kernel: cells run in it one after the other."""

    def __init__(
        self, framework: str, say: Callable[[str], None], alarm: Callable[[], None]
    ) -> None:
        self.framework = framework
        self.module = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names["display"] = lambda *things, **options: None
        sys.modules["__main__"] = self.module
        grader.checks = sys.modules["grader.checks"] = _no_checks()  # type: ignore[attr-defined]
        self._watch = Watch(say, self.names, alarm)

    def run(self, cell_id: str, source: str, *, trusted: bool = False) -> Observation:
        """Execute one cell; whatever it raises becomes an observation."""
        filename = f"<cell {cell_id} >" if trusted else f"<cell {cell_id.rstrip()}>"
        if trusted:  # a name that no cell of a student's can have, whatever its id
            self._watch.trust(filename)
        text = without_magics(source)
        lines = [line + "\n" for line in text.split("\n")]
        linecache.cache[filename] = (len(text), None, lines, filename)
        try:
            exec(compiled(text, filename), self.names)
        except BaseException as error:  # SystemExit and KeyboardInterrupt end a cell, not grading
            return observed_error(error)
        return Observation(OK)


def _no_checks() -> types.ModuleType:
    """Return a stand-in for ``grader.checks``, which a notebook imports and no worker has."""
    module = types.ModuleType("grader.checks")
    module.check = lambda *answers, **named: None  # type: ignore[attr-defined]
    return module


def reseed(framework: str, seed: int) -> None:
    """Give every generator of chance its own start: a forked child inherits its parent's."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  # a student's code may use either kind
    if framework == "pytorch" and "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    if framework == "keras" and "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed % 2**31)


def _check(notebook: Notebook, request: Mapping[str, Any], guard: Guard) -> dict[str, Any]:
    names = tuple(request["answers"])
    answers = {name: notebook.names.get(name) for name in names}
    absent = missing_answer(names, answers)
    if absent:
        seen = [Observation(MISSING, {}, {"name": absent})]
    else:
        student = Student(notebook.framework, answers)
        observe = _observer(request["observer"])
        seen = [observe_case(observe, student, Case(**case)) for case in request["cases"]]
    return {
        "seen": [_as_message(look) for look in seen],
        "unfilled": list(unfilled_answers(names, answers)),
        "changed": guard.restore(),
    }


def _observer(where: str) -> Callable[[Student, Case], Mapping[str, Any]]:
    module, _, name = where.partition(":")
    return getattr(importlib.import_module(module), name)


def _as_message(look: Observation) -> dict[str, Any]:
    return {
        "status": look.status,
        "facts": dict(look.facts),
        "detail": dict(look.detail),
        "seconds": look.seconds,
    }
