"""Plain facts, and the bytes they travel in: JSON and raw arrays, never pickle."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

MAX_HEADER = 16 * 2**20
MAX_ARRAYS = 256 * 2**20
_SIZES = struct.Struct(">IQ")  # length of the JSON, length of the arrays
_ARRAY = "__array__"
_DEPTH = 32
_encode = json.JSONEncoder().encode  # bound before any code of a student's runs


def plain(value: Any, depth: int = 0) -> Any:
    """Return ``value`` as plain numbers, strings, lists, dicts and arrays.

    Subclasses lose whatever they override: a number that claims to equal everything arrives as
    the number it is.

    Raises
    ------
    TypeError
        If something in ``value`` is none of these; the message names its type.
    """
    if depth > _DEPTH:
        raise TypeError(f"Facts are nested deeper than {_DEPTH} levels.")
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, np.generic):
        return plain(np.asarray(value).item(), depth)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    raise TypeError(
        f"A fact is a {type(value).__name__}; expected numbers, strings, lists, dicts or arrays."
    )


def _plain_array(value: np.ndarray) -> np.ndarray:
    bare = np.array(value, subok=False)
    if bare.dtype.kind not in "biufc":
        raise TypeError(f"A fact is an array of {bare.dtype}; expected numbers.")
    return bare


def _key(key: Any) -> str:
    if not isinstance(key, str) or key.startswith("__"):
        raise TypeError(f"Facts have the key {key!r}; expected a string without leading '__'.")
    return str(key)


def pack(message: Mapping[str, Any]) -> bytes:
    """Return ``message`` (already `plain`) as bytes, with its own length in front."""
    arrays: list[bytes] = []

    def lay_out(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            arrays.append(np.ascontiguousarray(value).tobytes())
            return {_ARRAY: [value.dtype.str, list(value.shape)]}
        if isinstance(value, dict):
            return {key: lay_out(item) for key, item in value.items()}
        if isinstance(value, list):
            return [lay_out(item) for item in value]
        return value

    header = _encode(lay_out(dict(message))).encode()
    blob = b"".join(arrays)
    return _SIZES.pack(len(header), len(blob)) + header + blob


def sizes(prefix: bytes) -> tuple[int, int]:
    """Return how many bytes of JSON and of arrays follow ``prefix`` (`PREFIX` bytes).

    Raises
    ------
    ValueError
        If they are more than this grader takes.
    """
    header, blob = _SIZES.unpack(prefix)
    if header > MAX_HEADER or blob > MAX_ARRAYS:
        raise ValueError(f"A message of {header + blob} bytes is more than is taken.")
    return header, blob


PREFIX = _SIZES.size


def unpack(header: bytes, blob: bytes) -> dict[str, Any]:
    """Return the message that `pack` laid out.

    Raises
    ------
    ValueError
        If the bytes are not such a message.
    """
    at = 0

    def lift(value: Any) -> Any:
        nonlocal at
        if isinstance(value, list):
            return [lift(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {_ARRAY}:
            found = _array(value[_ARRAY], blob, at)
            at += found.nbytes
            return found
        return {key: lift(item) for key, item in value.items()}

    try:
        message = lift(json.loads(header))
    except (TypeError, KeyError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"The message cannot be read: {error}") from None
    if not isinstance(message, dict):
        raise ValueError("The message is not an object.")
    return message


def _array(described: list[Any], blob: bytes, at: int) -> np.ndarray:
    dtype, shape = described
    kind = np.dtype(dtype)
    if kind.kind not in "biufc" or any(not isinstance(n, int) or n < 0 for n in shape):
        raise ValueError(f"The message holds an array of {dtype!r} and shape {shape!r}.")
    count = 1
    for n in shape:
        count *= n
    if at + count * kind.itemsize > len(blob):
        raise ValueError("The message is shorter than its arrays.")
    return np.frombuffer(blob, kind, count, at).reshape(shape)
