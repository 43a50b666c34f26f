"""Keras on another backend than TensorFlow: TensorFlow then stays out of the process."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any


class _LeftOut(MetaPathFinder, Loader):
    """Finds TensorFlow before anybody else does, and refuses to load it."""

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == "tensorflow" else None

    def create_module(self, spec: ModuleSpec) -> None:
        raise ModuleNotFoundError(
            f"TensorFlow is left out here: Keras runs on {self.backend}, and the two need not bear "
            "each other in one process. Use keras.ops, or start again with "
            "KERAS_BACKEND=tensorflow.",
            name=spec.name,
        )

    def exec_module(self, module: ModuleType) -> None:
        """Never reached: there is no module to fill."""


def choose() -> None:
    """Where TensorFlow is not installed, let Keras run on PyTorch, else on JAX; before its import.

    Left to itself, Keras asks for TensorFlow and fails. A backend that a person chose, by
    ``KERAS_BACKEND`` or in ``keras.json``, stays.
    """
    if asked_for() not in ("", "tensorflow") or os.environ.get("KERAS_BACKEND"):
        return
    if importlib.util.find_spec("tensorflow") is None:
        here = [name for name in ("torch", "jax") if importlib.util.find_spec(name)]
        os.environ.update({"KERAS_BACKEND": here[0]} if here else {})


def asked_for() -> str:
    """Return the backend that ``KERAS_BACKEND`` or else Keras's own file names; empty if none."""
    home = os.environ.get("KERAS_HOME") or "~/.keras"
    try:
        written = json.loads((Path(home).expanduser() / "keras.json").read_text(encoding="utf-8"))
        in_file = written.get("backend", "")
    except (OSError, ValueError, AttributeError):
        in_file = ""
    return os.environ.get("KERAS_BACKEND", "") or in_file


def leave_tensorflow_out(backend: str) -> None:
    """Let TensorFlow count as not installed, for a Keras that runs on ``backend``.

    Keras imports TensorFlow on any backend, where it can, to seed it or to save a model. That
    costs seconds and a dozen log lines, and beside PyTorch it may end the process. What is loaded
    already stays.
    """
    if not any(isinstance(finder, _LeftOut) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LeftOut(backend))
