"""Notice, and undo, when a student's code replaces functions that observers rely on."""

from __future__ import annotations

import builtins
import operator
import sys
import threading
import types
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

# Modules whose functions and classes must be what they were when the student's code began.
_WATCHED = (
    "ast",
    "builtins",
    "codecs",
    "collections",
    "contextlib",
    "copy",
    "functools",
    "gc",
    "grader",
    "course",
    "importlib",
    "inspect",
    "io",
    "json",
    "keras",
    "linecache",
    "math",
    "numpy",
    "operator",
    "os",
    "random",
    "struct",
    "sys",
    "time",
    "torch",
    "torchvision",
    "types",
)
# Modules that stay the very ones, and whose instances keep what they hold.
_OURS = ("grader", "importlib", "json")
_CALLABLE = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.GetSetDescriptorType,
    types.WrapperDescriptorType,
    type,
    property,
    staticmethod,
    classmethod,
    np.ufunc,
    type(np.allclose),
)
_ABSENT = object()
# Deep inside the frameworks lie thousands of modules that no observer calls directly.
_SKIPPED = (
    "torch._",
    "torch.ao",
    "torch.distributed",
    "torch.export",
    "torch.fx",
    "torch.jit",
    "torch.onnx",
    "torch.testing._",
    "numpy.f2py",
    "keras.src.export",
    "keras.src.wrappers",
)
_KEPT = ("torch._tensor",)


_inside = operator.attrgetter("__code__", "__defaults__", "__kwdefaults__")
_IS = operator.is_


def _kept(found: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Return whether ``found`` holds all of ``kept``, the very objects; a loop at C's speed."""
    return all(map(_IS, map(found.get, kept), kept.values()))


def _remove_masks(cls: type, known: frozenset[str]) -> list[str]:
    """Remove what was added to a class and hides something inherited; return the names."""
    masks = [
        key
        for key, value in vars(cls).items()
        if key not in known
        and _is_callable(value)
        and any(key in vars(base) for base in type.mro(cls)[1:])
    ]
    for key in masks:
        type.__delattr__(cls, key)
    return [f"{cls.__module__}.{cls.__qualname__}.{key}" for key in masks]


def _watched(name: str) -> bool:
    if name.partition(".")[0] not in _WATCHED:
        return False
    return name in _KEPT or not name.startswith(_SKIPPED)


def _root(name: str) -> str:
    return name.partition(".")[0]


def _instances(modules: Iterable[types.ModuleType]) -> list[Any]:
    """Return what stands in ``modules`` and is an object of a class of theirs."""
    found = {
        id(value): value
        for module in modules
        for value in list(vars(module).values())
        if _root(str(getattr(type(value), "__module__", ""))) in _OURS
        and issubclass(type(getattr(value, "__dict__", None)), dict)
        and not isinstance(value, type)
    }
    return list(found.values())


def _is_callable(value: Any) -> bool:
    # type(), not isinstance(): a lazy object may import half a framework when asked for its class
    return issubclass(type(value), _CALLABLE)


class Guard:
    """Remembers the functions, classes and methods of the watched modules.

    Made after the framework is imported and before any code of a student's runs.

    Attributes
    ----------
    code_was_set : bool
        Whether any function anywhere was given other code or defaults; who sees that happen
        (`grader.sandboxed.worker.audit`) says so here, for asking each of them takes too long.
    """

    def __init__(self) -> None:
        self._modules: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self._classes: list[tuple[type, dict[str, Any], frozenset[str]]] = []
        self._functions: list[types.FunctionType] = []
        self.code_was_set = False
        self._sizes: dict[str, int] = {}
        self._builtin_names = set(dir(builtins))
        self._shadows: set[tuple[str, str]] = set()  # a module's own name for a builtin
        seen: set[int] = set()
        for name, module in list(sys.modules.items()):
            if _watched(name) and issubclass(type(module), types.ModuleType):
                self._remember(name, module.__dict__, seen)
        self._insides = [_inside(function) for function in self._functions]
        self._own = {name: m for name, m in sys.modules.items() if _root(name) in _OURS}
        self._things: list[tuple[Any, dict[str, Any]]] = []
        self.hold_fast(*_instances(self._own.values()))
        self._hooks = (list(sys.meta_path), list(sys.path_hooks))
        self._builtins = list(builtins.__dict__.items())
        self._noticed: list[str] = []

    def _remember(self, name: str, names: dict[str, Any], seen: set[int]) -> None:
        kept = {key: value for key, value in names.items() if _is_callable(value)}
        self._modules.append((name, names, kept))
        self._sizes[name] = len(names)
        self._shadows |= {(name, key) for key in self._builtin_names & names.keys()}
        for value in kept.values():
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, type) and _watched(value.__module__):
                own = {k: v for k, v in vars(value).items() if _is_callable(v)}
                self._classes.append((value, own, frozenset(vars(value))))
                self._functions += [v for v in own.values() if isinstance(v, types.FunctionType)]
            elif isinstance(value, types.FunctionType):
                self._functions.append(value)

    def code_set(self) -> None:
        """Take note that some function was given other code or defaults."""
        self.code_was_set = True

    def hold_fast(self, *things: Any) -> None:
        """Remember what each of ``things`` holds itself, beside what its class gives it."""
        self._things += [(thing, dict(vars(thing))) for thing in things]

    def restore_builtins(self) -> None:
        """Put back the builtins at once: without them not even a reply can be written."""
        names = builtins.__dict__
        for key, value in self._builtins:
            if key != "_" and names.get(key, _ABSENT) is not value:
                names[key] = value
                self._noticed.append(f"builtins.{key}")

    def restore(self) -> list[str]:
        """Put back what was replaced and return its names; an empty list is the usual answer."""
        self.restore_builtins()
        changed, self._noticed = self._noticed + self._restore_code(), []
        changed += self._restore_own()
        for name, names, kept in self._modules:
            if len(names) != self._sizes[name]:
                changed += self._remove_shadows(name, names)
            if _kept(names, kept):
                continue
            for key, value in kept.items():
                if names.get(key, _ABSENT) is not value:
                    names[key] = value
                    changed.append(f"{name}.{key}")
        for cls, own, known in self._classes:
            found = vars(cls)
            if len(found) != len(known):
                changed += _remove_masks(cls, known)
            if _kept(found, own):
                continue
            for key, value in own.items():
                if found.get(key, _ABSENT) is not value:
                    type.__setattr__(cls, key, value)
                    changed.append(f"{cls.__module__}.{cls.__qualname__}.{key}")
        return changed + self._restore_hooks()

    def _remove_shadows(self, name: str, names: dict[str, Any]) -> list[str]:
        """Remove names added to a module that hide builtins from its functions."""
        self._sizes[name] = len(names)
        added = [
            key
            for key in self._builtin_names & names.keys()
            if (name, key) not in self._shadows and not key.startswith("__")
        ]
        for key in added:
            del names[key]
        return [f"{name}.{key}" for key in added]

    def _restore_code(self) -> list[str]:
        changed: list[str] = []
        if not self.code_was_set:
            return changed
        self.code_was_set = False
        for function, kept in zip(self._functions, self._insides, strict=True):
            if not all(map(_IS, _inside(function), kept)):
                function.__code__, function.__defaults__, function.__kwdefaults__ = kept
                changed.append(f"{function.__module__}.{function.__qualname__}")
        self.code_was_set = False  # putting it back was seen too
        return changed

    def _restore_own(self) -> list[str]:
        changed = []
        for name, module in self._own.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                changed.append(f"sys.modules[{name!r}]")
        for thing, kept in self._things:
            held = object.__getattribute__(thing, "__dict__")
            if len(held) != len(kept) or not _kept(held, kept):
                odd = [key for key in {**held, **kept} if held.get(key) is not kept.get(key)]
                held.clear()
                held.update(kept)
                changed += [f"{type(thing).__name__}.{key}" for key in odd]
        return changed

    def _restore_hooks(self) -> list[str]:
        changed = []
        if sys.gettrace() is not None or sys.getprofile() is not None:
            sys.settrace(None)
            sys.setprofile(None)
            changed.append("sys.settrace")
        threading.settrace(None)
        threading.setprofile(None)
        if sys.meta_path[: len(self._hooks[0])] != self._hooks[0]:
            changed.append("sys.meta_path")
        sys.meta_path[:], sys.path_hooks[:] = self._hooks
        if sys.modules.get("builtins") is not builtins:
            sys.modules["builtins"] = builtins
            changed.append("sys.modules")
        return changed
