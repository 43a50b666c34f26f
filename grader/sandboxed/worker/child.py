"""Do what the coordinator asks over a channel: run a cell, observe a check."""

from __future__ import annotations

import ast
import base64
import contextlib
import importlib
import linecache
import os
import random
import sys
import tempfile
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import grader
from grader.sandboxed.observers.model import Case, Student
from grader.sandboxed.observers.run import (
    MISSING,
    OK,
    Observation,
    missing_answer,
    observe_case,
    observed_error,
    unfilled_answers,
)
from grader.sandboxed.worker.audit import Watch, compiled
from grader.sandboxed.worker.tamper_check import Guard
from grader.sandboxed.worker.text import without_magics

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
    for name in (*IMPORTS.get(framework, ()), "matplotlib.pyplot"):
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
        trusted, keep = request.get("kind") == "setup", request.get("keep", ())
        how = {"keep": keep, "trusted": trusted, "valued": bool(request.get("value"))}
        return _as_message(notebook.run(request["id"], request["source"], **how))
    if request["do"] == "files":
        put_files(request["files"])
        return {}
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
        self,
        framework: str,
        say: Callable[[str], None] = lambda line: None,
        alarm: Callable[[], None] = lambda: None,
    ) -> None:
        self.framework = framework
        self.module = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names["display"] = lambda *things, **options: None
        sys.modules["__main__"] = self.module
        grader.checks = sys.modules["grader.checks"] = _no_checks()  # type: ignore[attr-defined]
        self._watch = Watch(say, self.names, alarm)

    def run(
        self,
        cell_id: str,
        source: str,
        *,
        keep: Sequence[str] = (),
        trusted: bool = False,
        valued: bool = False,
    ) -> Observation:
        """Execute one cell; whatever it raises becomes an observation.

        The names in ``keep`` are afterwards what they were before. With ``valued``, the facts
        hold what the cell's last line comes to, if it is a value.
        """
        before = {name: self.names[name] for name in keep if name in self.names}
        try:
            return self._run(cell_id, source, trusted=trusted, valued=valued)
        finally:
            for name in keep:
                self.names.pop(name, None)
            self.names.update(before)

    def _run(self, cell_id: str, source: str, *, trusted: bool, valued: bool) -> Observation:
        filename = f"<cell {cell_id} >" if trusted else f"<cell {cell_id.rstrip()}>"
        if trusted:  # a name that no cell of a student's can have, whatever its id
            self._watch.trust(filename)
        text = without_magics(source)
        lines = [line + "\n" for line in text.split("\n")]
        linecache.cache[filename] = (len(text), None, lines, filename)
        try:
            last = _last_value(text) if valued else None
            if last is None:
                exec(compiled(text, filename), self.names)
                return Observation(OK)
            tree = ast.parse(text, filename)
            del tree.body[-1]
            exec(compile(tree, filename, "exec"), self.names)
            value = eval(compile(last, filename, "eval"), self.names)
            return Observation(OK, {} if value is None else {"value": _shown(value)})
        except BaseException as error:  # SystemExit and KeyboardInterrupt end a cell, not grading
            return observed_error(error)


def _last_value(text: str) -> ast.Expression | None:
    """Return the last line of a cell if it is a value that a notebook would show."""
    body = ast.parse(text).body
    shown = body and isinstance(body[-1], ast.Expr) and not text.rstrip().endswith(";")
    return ast.Expression(body[-1].value) if shown else None  # type: ignore[attr-defined]


def _shown(value: Any) -> str:
    """Return a value as text: a number as a plain one, whichever library it is of."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return repr(float(value) if number else value)[:200]


def put_files(files: Mapping[str, str]) -> None:
    """Go to a new folder that holds an assignment's files, which may be read and imported."""
    folder = Path(tempfile.mkdtemp(prefix="assignment-"))
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
        path.chmod(0o444)
    os.chdir(folder)
    sys.path.insert(0, str(folder))


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
    observe: Callable[[Student, Case], Mapping[str, Any]] = getattr(
        importlib.import_module(module), name
    )
    return observe


def _as_message(look: Observation) -> dict[str, Any]:
    return {
        "status": look.status,
        "facts": dict(look.facts),
        "detail": dict(look.detail),
        "seconds": look.seconds,
    }
