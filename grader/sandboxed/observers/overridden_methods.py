"""Refuse models that answer for themselves: what an observer asks must be the framework's own.

A model whose class, or whose own attributes, redefine ``parameters`` or ``trainable_weights`` can
say anything. `Student` looks at every model that goes into or comes out of a student's function.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from grader.sandboxed.observers.errors import Unusable

_TORCH = (
    "__class__ __dir__ __getattribute__ __getattr__ buffers children modules named_buffers "
    "named_children named_modules named_parameters parameters state_dict get_parameter"
).split()
_KERAS = (
    "__class__ __getattribute__ count_params get_weights layers metrics_variables "
    "non_trainable_variables non_trainable_weights trainable trainable_variables "
    "trainable_weights variables weights optimizer"
).split()
_FRAMEWORKS = ("builtins", "keras", "tensorflow", "torch", "torchvision")


def refuse_masked(*things: Any) -> None:
    """Look at each of ``things`` that is a model.

    Raises
    ------
    Unusable
        If one redefines what an observer asks it.
    """
    torch, keras = sys.modules.get("torch"), sys.modules.get("keras")
    for thing in things:
        kind = type(thing)  # not isinstance(): an object may lie about its class
        if torch is not None and issubclass(kind, torch.nn.Module):
            _refuse_torch(thing, torch)
        if keras is not None and issubclass(kind, keras.layers.Layer):
            _refuse(thing, _KERAS)  # on PyTorch underneath it is both


def _refuse_torch(model: Any, torch: Any) -> None:
    for module in torch.nn.Module.modules(model):
        _refuse(module, _TORCH)
        for name, parameter in module._parameters.items():
            if parameter is not None and type(parameter) is not torch.nn.Parameter:
                _say(f"`{name}` as a {type(parameter).__name__}", "nn.Parameter")


def _refuse(thing: Any, names: Iterable[str]) -> None:
    own = object.__getattribute__(thing, "__dict__")
    for name in names:
        owner = next((c for c in type.mro(type(thing)) if name in vars(c)), None)
        foreign = owner is not None and owner.__module__.partition(".")[0] not in _FRAMEWORKS
        if foreign or (name in own and callable(own[name])):
            _say(f"a model with a `{name}` of its own", "the framework's")


def _say(found: str, expected: str) -> None:
    raise Unusable(
        expected=expected,
        found=found,
        next_step="Change the model that you are given; do not redefine how it is asked.",
    )
