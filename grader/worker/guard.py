"""Notice, and undo, when a student's code replaces functions that observers rely on."""

from __future__ import annotations

import builtins
import operator
import sys
import threading
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

# Modules whose functions and classes must be what they were when the student's code began.
_WATCHED = (
    "builtins",
    "collections",
    "functools",
    "grader",
    "course",
    "inspect",
    "json",
    "keras",
    "math",
    "numpy",
    "operator",
    "random",
    "torch",
    "torchvision",
    "types",
)
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


_CODE_OF = operator.attrgetter("__code__")
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


def _is_callable(value: Any) -> bool:
    # type(), not isinstance(): a lazy object may import half a framework when asked for its class
    return issubclass(type(value), _CALLABLE)


class Guard:
    """Remembers the functions, classes and methods of the watched modules.

    Made after the framework is imported and before any code of a student's runs.
    """

    def __init__(self) -> None:
        self._modules: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self._classes: list[tuple[type, dict[str, Any], frozenset[str]]] = []
        self._code: list[tuple[types.FunctionType, types.CodeType]] = []
        self._sizes: dict[str, int] = {}
        self._builtin_names = set(dir(builtins))
        self._shadows: set[tuple[str, str]] = set()  # a module's own name for a builtin
        seen: set[int] = set()
        for name, module in list(sys.modules.items()):
            if _watched(name) and issubclass(type(module), types.ModuleType):
                self._remember(name, module.__dict__, seen)
        self._functions = [function for function, _ in self._code]
        self._codes = [code for _, code in self._code]
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
                self._code += [
                    (v, v.__code__) for v in own.values() if isinstance(v, types.FunctionType)
                ]
            elif isinstance(value, types.FunctionType):
                self._code.append((value, value.__code__))

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
        if all(map(_IS, map(_CODE_OF, self._functions), self._codes)):
            return changed
        for function, code in self._code:
            if function.__code__ is not code:
                function.__code__ = code
                changed.append(f"{function.__module__}.{function.__qualname__}")
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
