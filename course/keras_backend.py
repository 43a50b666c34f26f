"""Keras on another backend than TensorFlow: TensorFlow then stays out of the process."""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
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


def leave_tensorflow_out(backend: str) -> None:
    """Let TensorFlow count as not installed, for a Keras that runs on ``backend``.

    Keras imports TensorFlow on any backend, where it can, to seed it or to save a model. That
    costs seconds and a dozen log lines, and beside PyTorch it may end the process. What is loaded
    already stays.
    """
    if not any(isinstance(finder, _LeftOut) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LeftOut(backend))
