"""When a batch does not fit: name a batch size that does, having tried it.

Framework-free; the kits say how to try a size and how to undo it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")

# What PyTorch (CPU, CUDA, cuBLAS, mps), TensorFlow, XLA and NumPy say when memory has run out.
WORDS = (
    "out of memory",
    "outofmemory",
    "resource_exhausted",
    "resourceexhausted",
    "oom when allocating",
    "can't allocate memory",
    "not enough memory",
    "alloc_failed",
)


def ran_out(error: BaseException) -> bool:
    """Return whether an error, of whatever framework, means that memory ran out.

    Examples
    --------
    >>> ran_out(RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"))
    True
    >>> ran_out(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    False
    """
    if isinstance(error, MemoryError):
        return True
    said = f"{type(error).__name__}: {error}".lower()
    return not isinstance(error, ValueError) and any(words in said for words in WORDS)


@dataclass(frozen=True)
class MemoryBudget:
    """How a kit asks whether a batch fits.

    Attributes
    ----------
    task : str
        The function that was called, such as ``fit`` or ``evaluate``.
    device : str
        Whose memory it is: ``GPU`` or ``CPU``.
    rows : int
        How many rows the failed batch had at most.
    tries : callable
        Of a number of rows; does with so many what failed, and leaves no trace.
    undo : callable
        Puts back what the failed step may have left half done.
    left : str
        A sentence on the state of the model, where there is something to say.
    """

    task: str
    device: str
    rows: int
    tries: Callable[[int], Any]
    undo: Callable[[], Any] = lambda: None
    left: str = ""


def guarded(work: Callable[[], Result], room: MemoryBudget) -> Result:
    """Return ``work()``.

    Raises
    ------
    ValueError
        If memory ran out: with the largest half, quarter, … of the batch size that fits.
    """
    try:
        return work()
    except Exception as error:
        if not ran_out(error):
            raise
    # Past the except block the traceback is gone, and with it what the failed step held.
    room.undo()
    raise ValueError(_advice(room, largest_half(room.rows, room.tries)))


def largest_half(rows: int, tries: Callable[[int], Any]) -> int | None:
    """Return the first of ``rows // 2``, ``rows // 4``, … that fits; None if not even 1 does."""
    while rows > 1:
        rows //= 2
        if _fits(rows, tries):
            return rows
    return None


def _fits(rows: int, tries: Callable[[int], Any]) -> bool:
    try:
        tries(rows)
    except Exception as error:
        # ValueError: too few rows for another reason, as BatchNorm refuses to train on one
        if not ran_out(error) and not isinstance(error, ValueError):
            raise
        return False
    return True


def _advice(room: MemoryBudget, found: int | None) -> str:
    too_large = f"batch_size={room.rows} does not fit the memory of the {room.device}"
    left = f" {room.left}" if room.left else ""
    if found is None:
        return (
            f"{too_large}, nor does any half of it down to 1.{left} Next: take smaller pictures "
            "or a smaller network, or close what else uses that memory, such as other notebooks' "
            "kernels."
        )
    tried = "one step was taken with it and undone" if room.task == "fit" else "it was tried"
    return f"{too_large}; {found} does ({tried}).{left} Next: {room.task}(..., batch_size={found})."
