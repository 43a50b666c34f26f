"""Tables on the layers of the small networks that observers build, for whoever got one wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from grader.checks.evidence import Table, compared
from grader.sandboxed.toy_networks import networks

Flags = Sequence[bool]


def any_of(flags: Flags, among: Flags) -> bool:
    """Return whether one of the flags is up where ``among`` is."""
    return any(flag for flag, mine in zip(flags, among, strict=True) if mine)


def summary(flags: Flags, listed: Sequence[networks.Array]) -> str:
    """Say how many arrays of each part the flags name."""
    parts = []
    for part in ("backbone", "head"):
        mine = [flag for flag, array in zip(flags, listed, strict=True) if array.part == part]
        parts.append(f"{sum(mine)} of {len(mine)} arrays of the {part}")
    return ", ".join(parts)


def layers(listed: Sequence[networks.Array]) -> list[tuple[str, list[int]]]:
    """Return the name of each layer, and the places of its arrays in ``listed``."""
    places = iter(range(len(listed)))
    grouped = groupby(listed, key=lambda a: (a.part, a.block, a.norm, a.deep))
    found = [(kind, [next(places) for _ in arrays]) for kind, arrays in grouped]
    return [(_name(*kind, last=at == len(found)), own) for at, (kind, own) in enumerate(found, 1)]


def _name(part: str, block: int, norm: bool, deep: bool, *, last: bool) -> str:
    if part == "head":
        return "head: BatchNorm" if norm else "head: last layer" if last else "head: hidden layer"
    inner = "inner " if deep else ""
    return f"block {block}: {inner}{'BatchNorm' if norm else 'convolution'}"


def by_layer(
    caption: str,
    listed: Sequence[networks.Array],
    wanted: Flags,
    found: Flags,
    words: tuple[str, str] = ("trains", "frozen"),
) -> Table:
    """Return a table that says of each layer what its arrays should do, and what they do.

    Parameters
    ----------
    caption : str
        Of the table.
    listed : sequence of Array
        The network's arrays.
    wanted, found : sequence of bool
        One for each of them.
    words : (str, str)
        What ``True`` and ``False`` mean.
    """
    if not len(listed) == len(wanted) == len(found):
        raise ValueError(f"{len(listed)} arrays, {len(wanted)} and {len(found)} flags.")
    rows = [
        (name, _said([wanted[at] for at in own], words), _said([found[at] for at in own], words))
        for name, own in layers(listed)
    ]
    return compared(caption, "Layer", rows)


def _said(flags: Flags, words: tuple[str, str]) -> str:
    yes, no = words
    if all(flags) or not any(flags):
        return yes if all(flags) else no
    return f"{yes} in part"


def sizes(caption: str, listed: Sequence[networks.Array], flags: Flags) -> Table:
    """Return a table of how many numbers each layer holds, and how many of them train."""
    rows = []
    for name, own in layers(listed):
        training = [listed[at].size for at in own if flags[at]]
        rows.append((name, f"{sum(listed[at].size for at in own):,}", f"{sum(training):,}"))
    total = (
        f"{networks.total(listed, [True] * len(listed)):,}",
        f"{networks.total(listed, flags):,}",
    )
    return Table(caption, ("Layer", "Numbers", "That train"), (*rows, ("all", *total)))
