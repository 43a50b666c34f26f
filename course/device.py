"""Where a framework computes: one choice for the whole course.

A GPU where there is one, Apple's included, else the processor. ``CUDA_VISIBLE_DEVICES=`` (empty)
hides the GPUs of a machine from both frameworks.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from course import keras_backend

if TYPE_CHECKING:
    import torch

keras_backend.choose()  # whoever asks for a device has not imported Keras yet


def torch_device() -> torch.device:
    """Return the device a PyTorch lesson computes on: ``cuda``, ``mps`` or ``cpu``."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def keras_device() -> str:
    """Return the device a Keras lesson computes on: ``gpu`` or ``cpu``; call it first of all.

    TensorFlow is told to take a GPU's memory as it needs it, not all at once: two notebooks can
    then share one. That has to happen before its first computation.
    """
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        keras_backend.leave_tensorflow_out(backend)
    if backend == "torch":
        return "cpu" if torch_device().type == "cpu" else "gpu"
    if backend == "jax":
        import jax

        return "cpu" if jax.default_backend() == "cpu" else "gpu"
    if _tensorflow_gpus():
        return "gpu"
    _leave_graphs_as_they_are()
    return "cpu"


def _leave_graphs_as_they_are() -> None:
    """Switch TensorFlow's graph optimizer off, where it gains nothing: on a processor.

    It took 1 to 3 s before the first step of each model, and no step of a MobileNetV2 was faster
    for it (97 pixels, batches of 20). On a GPU it also chooses the layout, and stays on.
    """
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def _tensorflow_gpus() -> list[Any]:
    import tensorflow as tf

    gpus: list[Any] = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        with contextlib.suppress(RuntimeError):  # it has computed already: too late, no harm
            tf.config.experimental.set_memory_growth(gpu, True)
    return gpus


def _processor(threads: int) -> str:
    return f"CPU, {threads} thread{'s' * (threads != 1)}"


def describe_torch() -> str:
    """Say in words what PyTorch computes on."""
    import torch

    kind = torch_device().type
    if kind == "cuda":
        return f"GPU, {torch.cuda.get_device_name(0)} (CUDA {torch.version.cuda})"
    return "GPU of this Mac (mps)" if kind == "mps" else _processor(torch.get_num_threads())


def describe_keras() -> str:
    """Say in words what Keras computes on, and on which backend if it is not TensorFlow."""
    import keras

    backend = keras.backend.backend()
    device = keras_device()
    if backend != "tensorflow":
        return f"{device.upper()}, backend {backend}"
    if device == "cpu":
        return _processor(os.cpu_count() or 1)
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
    return f"GPU, {details.get('device_name', 'of unknown name')}"
