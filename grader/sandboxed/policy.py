"""Read a student's cells, without running them, for what a person should look at.

An answer to an exercise on fine-tuning has no need of frames, of the collector or of another's
attributes. Where a cell reaches for such things it is run as it is, but its points wait until a
person has seen the line. `grader.sandboxed.worker.audit` notices the same while the cells run.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.sandboxed.worker.reach import (
    BUILTINS,
    NAMES,
    ONLY_OF,
    OWN_DUNDERS,
    import_reaches,
    is_dunder,
    member_reaches,
    name_reaches,
)
from grader.sandboxed.worker.text import without_magics

UNREADABLE = "text too involved to be read"
_MOST = 20
_MAX_TEXT = 120
_DEEPEST = 30  # parts of a dotted name
_RENAMED = ("__name__", "__doc__", "__qualname__", "__annotations__", "__version__")
_SETTINGS = ("torch.backends.",)  # where `x.y = value` is how the framework is told something
_DUNDER = re.compile(r"__[a-z_]+?__")
_PROCESS_FILE = re.compile(r"/(proc|dev/fd)(/|$)")
_FIELD = re.compile(r"[.\[](\w+)")
# Kinds of class that set attributes of others by a name that a subclass may choose.
_NO_BASES = ("redirect_stdout", "redirect_stderr", "_RedirectStream", "cached_property", "type")
# Packages whose tables a student may read and not change.
_TABLES = ("course.", "quizzes.", "keras.", "tensorflow.", "torch.", "torchvision.", "json.")
_MUTATORS = frozenset(
    "append clear extend insert pop popitem remove setdefault sort update".split()
)
_NAMESPACES = ("globals", "locals", "vars")


@dataclass(frozen=True)
class Reach:
    """One line that a person should look at.

    Attributes
    ----------
    cell : str
        Id of the cell.
    line : int
        In it, from 1.
    what : str
        What it uses, as a phrase.
    text : str
        The line itself.
    """

    cell: str
    line: int
    what: str
    text: str = ""

    def __str__(self) -> str:
        return f"uses {self.place}" + (f": {self.text}" if self.text else "")

    @property
    def place(self) -> str:
        """What and where, as it goes into a sentence: ``sys._getframe (line 3 of 'freeze')``."""
        return f"{self.what} (line {self.line} of '{self.cell}')"


def read_cells(cells: Sequence[tuple[str, str, bool]]) -> list[Reach]:
    """Return what the student's cells among ``cells`` reach for.

    Parameters
    ----------
    cells : sequence of (id, text, is the student's)
        In the order they run in; the course's own only say what names stand for.
    """
    modules: dict[str, str] = {}
    trees = []
    for name, text, theirs in cells:
        tree = _tree(text)
        if tree is None:
            continue
        modules |= _imported(tree)
        if theirs:
            trees.append((name, text, tree))
    return [found for name, text, tree in trees for found in _read(name, text, tree, modules)]


def read_answers(answers: Mapping[str, Any]) -> list[Reach]:
    """Return what functions and classes of the notebook reach for, at most one line of each."""
    found = []
    for name, answer in answers.items():
        if inspect.isfunction(answer) or inspect.isclass(answer):
            text = textwrap.dedent(inspect.getsource(answer))
            found += read_cells([(name, text, True)])[:1]
    return found


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(without_magics(text))
    except (SyntaxError, ValueError):  # it will not run either
        return None


def _read(cell: str, text: str, tree: ast.Module, modules: dict[str, str]) -> list[Reach]:
    reader, lines = _Reader(modules, tree), text.split("\n")
    found: dict[tuple[int, str], Reach] = {}
    for line, what in reader.read():
        shown = lines[line - 1].strip()[:_MAX_TEXT] if 0 < line <= len(lines) else ""
        found.setdefault((line, what), Reach(cell, line, what, shown))
    return list(found.values())[:_MOST]


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return the module, or the thing in one, that each imported name stands for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                names[one.asname or one.name.split(".")[0]] = (
                    one.name if one.asname else one.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                names[one.asname or one.name] = f"{node.module}.{one.name}"
    return names


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Return names that something else than an import gives a meaning to."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
    return found


Found = Iterator[tuple[int, str]]


class _Reader:
    """Walks one tree; one method for each kind of node that can lead inside."""

    def __init__(self, modules: dict[str, str], tree: ast.Module) -> None:
        self._parents: dict[int, ast.AST] = {}
        self._nodes = _walk(tree, self._parents)
        shadowed = _bound(self._nodes)
        self._modules = {
            name: where
            for name, where in modules.items()
            if name not in shadowed or where in ONLY_OF
        }
        self._constants = _text_constants(self._nodes)

    def read(self) -> Found:
        """Yield (line, what it uses) for all that leads inside."""
        line, methods = 1, dict[type, Any]()
        methods.update({kind: getattr(self, "_" + kind.__name__) for kind in _KINDS})
        for node in self._nodes:
            line = getattr(node, "lineno", line)
            method: Callable[[Any], Iterable[str]] | None = methods.get(type(node))
            for what in method(node) if method else ():
                yield line, what

    def _dotted(self, node: ast.AST) -> str:
        """Return the dotted name of a chain of attributes that begins at an import."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _DEEPEST:
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._modules:
            return ""
        return ".".join([self._modules[node.id], *reversed(parts)])

    def _Import(self, node: ast.Import) -> Iterator[str]:
        yield from (f"`{one.name}`" for one in node.names if import_reaches(one.name))

    def _ImportFrom(self, node: ast.ImportFrom) -> Iterator[str]:
        module = node.module or "."
        if node.level or import_reaches(module):
            yield f"`{module}`"
            return
        for one in node.names:
            whole = f"{module}.{one.name}"
            inside = member_reaches(module, one.name) or _is_kept_module(whole, one.name)
            if inside or (one.name == "*" and module in ONLY_OF):
                yield f"`{whole}`"

    def _alias(self, node: ast.alias) -> Iterator[str]:
        parts = [*node.name.split("."), node.asname or ""]
        yield from (f"`{part}`" for part in parts if _leads_inside(part))

    def _Attribute(self, node: ast.Attribute) -> Iterator[str]:
        store, name = not isinstance(node.ctx, ast.Load), node.attr
        whole = self._dotted(node)
        if store and is_dunder(name) and name not in _RENAMED:
            yield f"`{name}`, which it changes"
        elif name in OWN_DUNDERS:
            if not _is_own(node.value):
                yield f"`{name}`"
        elif name_reaches(name):
            yield f"`{whole or name}`"
        elif whole:
            module = whole.rpartition(".")[0]
            if member_reaches(module, name) or (_is_kept_module(whole, name)):
                yield f"`{whole}`"
            elif store and not whole.startswith(_SETTINGS):
                yield f"`{whole}`, which it changes"

    def _Name(self, node: ast.Name) -> Iterator[str]:
        store, parent = not isinstance(node.ctx, ast.Load), self._parents.get(id(node))
        if node.id in BUILTINS or _leads_inside(node.id):
            if node.id not in self._modules or node.id in BUILTINS:
                yield f"`{node.id}`"
        elif not store and self._modules.get(node.id) in ONLY_OF:
            if not (isinstance(parent, ast.Attribute) and parent.value is node):
                where = self._modules[node.id]
                yield from () if where == "grader.checks.check" else (f"`{where}` handed on",)
        elif not store and node.id in _NAMESPACES and not self._plain_look(node, parent):
            yield f"`{node.id}()`"

    def _plain_look(self, node: ast.Name, parent: ast.AST | None) -> bool:
        """Return whether a namespace is only asked for a name that is written out."""
        if not isinstance(parent, ast.Call) or parent.func is not node:
            return False
        if parent.args or parent.keywords:  # vars(thing); looked at when it runs
            return node.id == "vars"
        use = self._parents.get(id(parent))
        if isinstance(use, ast.Subscript) and isinstance(use.ctx, ast.Load):
            return use.value is parent and isinstance(use.slice, ast.Constant)
        if isinstance(use, ast.Compare):
            return all(isinstance(one, ast.In | ast.NotIn) for one in use.ops)
        call = self._parents.get(id(use))
        return (
            isinstance(use, ast.Attribute)
            and use.attr == "get"
            and isinstance(call, ast.Call)
            and isinstance(call.args[0] if call.args else None, ast.Constant)
        )

    def _FunctionDef(self, node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
        if _leads_inside(node.name) and node.name not in OWN_DUNDERS:
            yield f"`{node.name}`"

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef) -> Iterator[str]:
        yield from self._FunctionDef(node)
        for base in node.bases:
            name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            if name in _NO_BASES:
                yield f"`{name}` as a base"

    def _arg(self, node: ast.arg) -> Iterator[str]:
        if _leads_inside(node.arg):
            yield f"`{node.arg}`"

    def _Subscript(self, node: ast.Subscript) -> Iterator[str]:
        whole = self._dotted(node.value)
        if not isinstance(node.ctx, ast.Load) and whole.startswith(_TABLES):
            yield f"`{whole}`, which it changes"

    def _keyword(self, node: ast.keyword) -> Iterator[str]:
        if node.arg and (_leads_inside(node.arg) or node.arg == "metaclass"):
            yield f"`{node.arg}`"

    def _MatchClass(self, node: ast.MatchClass) -> Iterator[str]:
        yield from (f"`{name}`" for name in node.kwd_attrs if _leads_inside(name))

    def _Global(self, node: ast.Global) -> Iterator[str]:
        yield from (f"`{name}`" for name in node.names if _leads_inside(name))

    _Nonlocal = _Global

    def _Constant(self, node: ast.Constant) -> Iterator[str]:
        text = node.value
        if isinstance(text, bytes):
            text = text.decode("latin-1")
        if not isinstance(text, str) or isinstance(self._parents.get(id(node)), ast.Expr):
            return
        fields = _FIELD.findall(text) if "{" in text else []
        names = {name for name in (text, *fields) if name in NAMES and "_" in name}
        names |= {name for name in _DUNDER.findall(text) if name in _KNOWN_DUNDERS}
        yield from (f'"{name}" in a text' for name in sorted(names))
        if _PROCESS_FILE.search(text):
            yield "files of a process"

    def _Call(self, node: ast.Call) -> Iterator[str]:
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        whole = self._dotted(called) or name
        table = whole.rpartition(".")[0] if name in _MUTATORS else ""
        if table.startswith(_TABLES) and table.rpartition(".")[2].isupper():
            yield f"`{table}`, which it changes"
        if name == "wraps" and not self._is_decorator(node):
            yield "`wraps` of something that is not its own"
        if whole in ("operator.attrgetter", "operator.methodcaller") and not _constant(node.args):
            yield f"`{whole}` with a name put together"
        if name in ("format", "format_map") and not self._known_text(called):
            yield "`format` of a text put together"
        makes_class = name == "type" and isinstance(called, ast.Name) and len(node.args) > 1
        if makes_class and not _plain_namespace(node.args[-1]):
            yield "a class with names put together"

    def _is_decorator(self, node: ast.Call) -> bool:
        return node in getattr(self._parents.get(id(node)), "decorator_list", ())

    def _known_text(self, called: ast.expr) -> bool:
        if not isinstance(called, ast.Attribute):
            return True  # a function of that name
        base = called.value
        if isinstance(base, ast.Name | ast.Attribute):
            name = base.id if isinstance(base, ast.Name) else ""
            return name in self._modules or name not in self._constants or self._constants[name]
        return isinstance(base, ast.Constant | ast.Subscript)


_KINDS: tuple[type[ast.AST], ...] = (
    *(ast.Import, ast.ImportFrom, ast.alias, ast.Attribute, ast.Name, ast.FunctionDef),
    *(ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.keyword, ast.MatchClass),
    *(ast.Global, ast.Nonlocal, ast.Constant, ast.Call, ast.Subscript),
)


def _walk(tree: ast.Module, parents: dict[int, ast.AST]) -> list[ast.AST]:
    """Return all nodes, outer ones first, and enter whose child each is."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:  # grows while it is walked
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context | ast.operator):  # shared by many
                parents[id(child)] = node
                nodes.append(child)
    return nodes


def _text_constants(nodes: Iterable[ast.AST]) -> dict[str, bool]:
    """Return which assigned names stand for a text that is written out, wherever it is."""
    found: dict[str, bool] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    written = not _is_put_together(node.value)
                    found[target.id] = written and found.get(target.id, True)
    return found


def _is_put_together(value: ast.expr) -> bool:
    """Return whether an expression joins texts: ``"a" + "b"``, ``"".join(...)``."""
    if isinstance(value, ast.BinOp):
        parts = (value.left, value.right)
        return any(_is_text(part) or _is_put_together(part) for part in parts)
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and (value.func.attr in ("join", "replace", "decode", "translate", "fromhex"))
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _constant(nodes: Iterable[ast.expr]) -> bool:
    return all(isinstance(node, ast.Constant) for node in nodes)


def _plain_namespace(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def _is_own(node: ast.expr) -> bool:
    """Return whether this is ``self``, ``cls`` or ``super()``."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _is_kept_module(whole: str, name: str) -> bool:
    """Return whether a module is handed on by another: ``torch.sys``."""
    return name in ONLY_OF and name not in ("types", "string") and whole != name and "." in whole


def _leads_inside(name: str) -> bool:
    return name_reaches(name)


_KNOWN_DUNDERS = {
    name
    for thing in (object, type, types.FunctionType, types.ModuleType, types.CodeType, property)
    for name in dir(thing)
    if name_reaches(name)
}
_KNOWN_DUNDERS |= {name for name in dir(builtins) if is_dunder(name) and name_reaches(name)}
_KNOWN_DUNDERS |= {"__traceback__", "__del__", "__mro__", "__bases__", "__builtins__", "__import__"}
_KNOWN_DUNDERS |= {"__getattr__", "__torch_function__", "__self__", "__wrapped__", "__func__"}
_KNOWN_DUNDERS |= {"__context__", "__cause__", "__array_function__", "__array_ufunc__"}
