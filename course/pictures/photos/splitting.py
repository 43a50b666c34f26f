"""Train, validation and test from one heap, with near-duplicates kept together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course.pictures.kinds import SPLITS
from course.pictures.photos.near_duplicates import Twins
from course.pictures.photos.read import HELD_OUT


@dataclass(frozen=True)
class Item:
    """One photograph of a class; ``split`` is empty where no one has decided yet."""

    path: Path
    label: str
    split: str = ""


def groups_of(count: int, twins: Sequence[Twins]) -> list[int]:
    """Return a group number for each of ``count`` items: near-duplicates share one.

    >>> groups_of(4, [Twins(0, 2, 5), Twins(2, 3, 1)])
    [0, 1, 0, 0]
    """
    group = list(range(count))

    def root(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    for pair in twins:
        low, high = sorted((root(pair.first), root(pair.second)))
        group[high] = low
    return [root(item) for item in range(count)]


def share_out(items: Sequence[Item], twins: Sequence[Twins], seed: int = 0) -> list[str]:
    """Return the split of each item: 15 % validation, 15 % test of each class, the rest train.

    Near-duplicates go to the same split. An item that has a split keeps it; then only the splits
    that no item has are carved, from ``train``.
    """
    given = {item.split for item in items if item.split}
    missing = [part for part in HELD_OUT if part not in given]
    result = [item.split or "train" for item in items]
    group = groups_of(len(items), twins)
    held = {group[k] for k, item in enumerate(items) if item.split in HELD_OUT}
    for label in sorted({item.label for item in items}):
        members: dict[int, list[int]] = {}
        for k, item in enumerate(items):
            if item.label == label and result[k] == "train" and group[k] not in held:
                members.setdefault(group[k], []).append(k)
        _carve(members, items, missing, group, result, held, seed)
    return result


def _carve(
    members: dict[int, list[int]],
    items: Sequence[Item],
    missing: Sequence[str],
    group: Sequence[int],
    result: list[str],
    held: set[int],
    seed: int,
) -> None:
    """Move whole groups of one class from train to the missing splits, by lot."""
    total = sum(len(group_items) for group_items in members.values())
    if total < 3:
        return
    lots = sorted(members, key=lambda number: _lot(seed, items[members[number][0]].path))
    for part in missing:
        wanted = max(1, round(HELD_OUT[part] * total))
        for number in list(lots):
            size = len(members[number])
            if size > wanted or len(lots) == 1:
                continue
            for k in range(len(items)):
                if group[k] == number and result[k] == "train":
                    result[k] = part  # a twin in another class goes along
            held.add(number)
            lots.remove(number)
            wanted -= size
            if wanted == 0:
                break


def _lot(seed: int, path: Path) -> str:
    return hashlib.sha256(f"{seed} {path.parent.name}/{path.name}".encode()).hexdigest()


def across(items: Sequence[Item], twins: Sequence[Twins], splits: Sequence[str]) -> list[Twins]:
    """Return the pairs that stand in two different splits."""
    return [pair for pair in twins if splits[pair.first] != splits[pair.second]]


def count(folder: Path) -> dict[str, dict[str, int]]:
    """Return how many photographs a set holds: split to class to number."""
    return {
        split: {
            label.name: sum(1 for path in label.iterdir() if path.is_file())
            for label in sorted((folder / split).iterdir())
            if label.is_dir()
        }
        for split in SPLITS
        if (folder / split).is_dir()
    }
