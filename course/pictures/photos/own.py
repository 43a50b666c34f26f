"""A learner's own photographs made into a set: upright, split, without near-duplicates across."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from course import settings
from course.pictures.kinds import SPLITS
from course.pictures.photos import splitting
from course.pictures.photos.near_duplicates import Fingerprint, Twins, find_twins, fingerprint
from course.pictures.photos.read import (
    HELD_OUT,
    class_names,
    files_of,
    photos,
    split_folders,
    upright,
    why_unreadable,
)
from course.pictures.photos.splitting import Item
from course.pictures.sheet import contact_sheet

LARGEST_PX = 1024  # of the longer side; the lessons look at 512 at most
QUALITY = 95
SHEET_FILE, TWINS_FILE = "contact-sheet.jpg", "near-duplicates.jpg"
_WORKERS = 4
_PAIRS_DRAWN = 12

Say = Callable[[str], None]


@dataclass(frozen=True)
class Pair:
    """Two near-duplicates, as paths relative to the folder they were found in.

    Attributes
    ----------
    bits : how many of 128 bits part them; 0 for the same picture
    became : what was done: "together in train", "first left out", …
    """

    first: str
    second: str
    bits: int
    became: str


@dataclass(frozen=True)
class Added:
    """What became of a folder of photographs.

    Attributes
    ----------
    folder : the new set
    counts : split to class to number of photographs
    pairs : near-duplicates that were found
    skipped : files that could not be used, each with its reason
    given : splits that the folder had already, kept as they were
    """

    folder: Path
    counts: dict[str, dict[str, int]]
    pairs: tuple[Pair, ...]
    skipped: tuple[str, ...]
    given: tuple[str, ...]


def add(
    folder: str | Path, *, name: str | None = None, seed: int = 0, say: Say | None = None
) -> Added:
    """Copy a folder of photographs into ``COURSE_PHOTOS/NAME`` as a set; leave the folder alone.

    Every photograph becomes an upright RGB JPEG of at most 1024 pixels without metadata: what
    Pillow reads goes in, and where and when it was taken does not.

    Parameters
    ----------
    folder : one folder per class, or train, val and test folders of those; splits that are there
        are kept, what is missing is carved from train
    name : of the set; None takes the folder's
    seed : decides what is carved
    say : told what is going on

    Raises
    ------
    ValueError
        If the folder is missing or has fewer than two classes, if a class is left without a
        photograph to train on, or if there is a set of that name.
    """
    source = Path(folder).expanduser()
    parts = split_folders(source)
    classes = class_names(parts["train"])
    target = settings.photos_folder() / _checked_name(name or source.resolve().name)
    if target.exists():
        raise ValueError(
            f"There is a set at {target} already. Choose another name with --name, or move that "
            "folder away."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-unfinished-", dir=target.parent))
    try:
        added = _build(source, parts, classes, building, target, seed, say or (lambda _: None))
        building.chmod(0o755)  # mkdtemp's folder is its maker's alone
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return added


def _checked_name(name: str) -> str:
    if name.startswith(".") or any(sign in name for sign in '/\\:*?"<>|') or not name.strip():
        raise ValueError(
            f"{name!r} is no name for a set; expected letters, digits, spaces and dashes. "
            "Give one with --name."
        )
    return name


def _build(
    source: Path,
    parts: dict[str, Path],
    classes: Sequence[str],
    building: Path,
    target: Path,
    seed: int,
    say: Say,
) -> Added:
    given = () if parts == {"train": source} else tuple(part for part in SPLITS if part in parts)
    items = [
        Item(path, label, part if given else "")
        for part in SPLITS
        if part in parts
        for label in classes
        for path in files_of(parts[part] / label)
    ]
    say(f"Reading {len(items):,} files of {len(classes)} classes …")
    marks, skipped = _convert(items, building / "all", source)
    kept = [k for k, mark in enumerate(marks) if mark is not None]
    twins = find_twins([mark for mark in marks if mark is not None])
    chosen = [items[k] for k in kept]
    splits = splitting.share_out(chosen, twins, seed)
    names = [item.path.relative_to(source).as_posix() for item in chosen]
    pairs, dropped = _settle(names, twins, splits)
    _place(chosen, kept, splits, dropped, building)
    counts = splitting.count(building)
    _check(counts, classes, source)
    _draw_twins([_stored(building, k) for k in kept], twins, pairs, building / TWINS_FILE)
    say("Drawing the contact sheet …")
    _draw_sheet(building, building / SHEET_FILE)
    shutil.rmtree(building / "all")
    return Added(target, counts, tuple(pairs), tuple(skipped), given)


# -- reading and writing -----------------------------------------------------------------------


def _convert(
    items: Sequence[Item], folder: Path, source: Path
) -> tuple[list[Fingerprint | None], list[str]]:
    """Write what can be read to ``folder/NUMBER.jpg``; return fingerprints, and what cannot."""
    folder.mkdir()

    def one(k: int) -> Fingerprint | None:
        image = upright(items[k].path, LARGEST_PX)
        if image is None:
            return None
        image.thumbnail((LARGEST_PX, LARGEST_PX), Image.Resampling.LANCZOS)
        image.save(_stored(folder.parent, k), "JPEG", quality=QUALITY, subsampling=0)
        return fingerprint(image)

    with ThreadPoolExecutor(_WORKERS) as pool:
        marks = list(pool.map(one, range(len(items))))
    skipped = [
        f"{item.path.relative_to(source).as_posix()}: {why_unreadable(item.path)}"
        for item, mark in zip(items, marks, strict=True)
        if mark is None
    ]
    return marks, skipped


def _stored(building: Path, number: int) -> Path:
    return building / "all" / f"{number:06}.jpg"


def _settle(
    names: Sequence[str], twins: Sequence[Twins], splits: Sequence[str]
) -> tuple[list[Pair], set[int]]:
    """Decide what becomes of each pair; return the pairs and what is left out of its split.

    Pairs stand apart only where the folder was split already: then the one that is held out
    stays, test before validation, and the other is left out.
    """
    rank = {"train": 0, "val": 1, "test": 2}
    pairs, dropped = [], set()
    for pair in twins:
        first, second = pair.first, pair.second
        if splits[first] == splits[second]:
            became = f"together in {splits[first]}"
        else:
            loser = min(first, second, key=lambda k: rank[splits[k]])
            dropped.add(loser)
            became = f"{names[loser]} left out of {splits[loser]}"
        pairs.append(Pair(names[first], names[second], pair.bits, became))
    return pairs, dropped


def _place(
    items: Sequence[Item],
    numbers: Sequence[int],
    splits: Sequence[str],
    dropped: set[int],
    building: Path,
) -> None:
    """Move the converted photographs to ``SPLIT/CLASS/NAME.jpg``."""
    for k, (item, number, split) in enumerate(zip(items, numbers, splits, strict=True)):
        if k in dropped:
            continue
        place = building / split / item.label
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{item.path.stem}.jpg"
        if path.exists():  # cat.png beside cat.jpg
            path = place / f"{item.path.stem}-{number:06}.jpg"
        shutil.copyfile(_stored(building, number), path)


def _check(counts: dict[str, dict[str, int]], classes: Sequence[str], source: Path) -> None:
    for split in ("train", *HELD_OUT):
        for label in classes:
            if not counts.get(split, {}).get(label):
                raise ValueError(
                    f"Class {label!r} of {source} has no photograph for {split}; expected three "
                    "different ones or more, so that one can be held out for validation and one "
                    "for the test. Add photographs to it, or take the class away."
                )


# -- drawing -----------------------------------------------------------------------------------


def _draw_sheet(folder: Path, path: Path) -> None:
    few = photos(folder, split="train", size_px=97, per_class=8)
    contact_sheet(few).save(path, quality=88)


def _draw_twins(
    images: Sequence[Path], twins: Sequence[Twins], pairs: Sequence[Pair], path: Path
) -> None:
    """Draw the pairs side by side, the closest first, with their names."""
    if not twins:
        return
    shown = sorted(zip(twins, pairs, strict=True), key=lambda both: both[0].bits)[:_PAIRS_DRAWN]
    side, line = 130, 18
    page = Image.new("RGB", (2 * side + 430, len(shown) * (side + 6) + 6), "white")
    pen = ImageDraw.Draw(page)
    for row, (pair, told) in enumerate(shown):
        top = row * (side + 6) + 6
        for column, number in enumerate((pair.first, pair.second)):
            with Image.open(images[number]) as image:
                image.thumbnail((side, side))
                page.paste(image, (column * (side + 6) + 6, top))
        for place, text in enumerate((told.first, told.second, told.became)):
            text = text if len(text) <= 58 else f"…{text[-57:]}"
            pen.text((2 * side + 24, top + 8 + place * line), text, "#333", font_size=12)
    page.save(path, quality=88)
