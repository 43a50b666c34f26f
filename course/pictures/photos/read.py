"""Photographs from a folder of class folders, as the same structure that drawn sets come in."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from course import settings
from course.pictures.drawing import scene
from course.pictures.drawing.scene import Nuisance
from course.pictures.kinds import KINDS, SPLITS, PictureRequest
from course.pictures.picture_set import PictureSet

HELD_OUT = {"val": 0.15, "test": 0.15}  # shares carved from train where the folder has no split
_SYNONYMS = {"train": "train", "training": "train", "val": "val", "valid": "val",
             "validation": "val", "test": "test", "testing": "test"}  # fmt: skip
_NOT_PHOTOS = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class _File:
    """One file of a class and the SHA-256 of its bytes: identical files share it."""

    path: Path
    digest: str


def photos(
    folder: str | os.PathLike[str],
    *,
    split: str = "train",
    size_px: int = 97,
    per_class: int | None = None,
    seed: int = 0,
) -> PictureSet:
    """Return the photographs of a folder: cut to the middle square, resized, labelled.

    Parameters
    ----------
    folder : holds one folder per class, or ``train/``, ``test/`` and perhaps ``val/`` of those.
        A split that is not there is carved from ``train`` (15 % each), by the files' content:
        identical files land in the same split.
    split : ``"train"``, ``"val"`` or ``"test"``
    size_px : side of the result in pixels, 33–512
    per_class : at most this many of each class; None takes all
    seed : decides what is carved, which are taken and in what order

    Returns
    -------
    PictureSet
        Class by class (0, 1, 2, 0, 1, 2, …) until the smaller classes end. ``skipped`` names the
        files that could not be read, or that are also in a split held out from this one.

    Raises
    ------
    ValueError
        If the folder is missing, holds fewer than two classes, or a class has no photograph.
    """
    return _load(Path(folder), split, size_px, per_class, seed, wanted=None)


def of_kind(order: PictureRequest, per_class: int) -> PictureSet:
    """Return photographs in place of a drawn set: ``COURSE_PICTURES=photos``.

    The folder's class names are matched to the set's own (``roses`` is ``rose``).
    """
    wanted = KINDS[order.kind].classes
    folder = settings.photos_folder() / order.kind
    taken = _load(folder, order.split, order.size_px, per_class, order.seed, wanted)
    for name, count in taken.counts().items():
        if count < per_class:
            few = f"note: {order.split} has {count} photographs of {name}, {per_class} asked for"
            _say_once(few, folder)
            break
    return replace(taken, name=order.kind, images=_shifted(taken.images, order))


@lru_cache(maxsize=1000)
def _say_once(text: str, _folder: Path) -> None:
    """Print a note on a folder, the first time that there is reason for it."""
    print(text)


def _shifted(images: np.ndarray, order: PictureRequest) -> np.ndarray:
    """Move photographs to another domain as far as a lens can: hue, dusk, noise."""
    if order.shift == 0:
        return images
    calm = Nuisance(light=0, tint=0, blur_px=0, noise=4.0)
    nuisance = calm.shifted(order.shift)
    keys = (order.key(0, place) for place in range(len(images)))
    moved = [
        scene.expose(image, np.random.default_rng(key), nuisance)
        for image, key in zip(images, keys, strict=True)
    ]
    return np.stack(moved)


def _load(
    folder: Path,
    split: str,
    size_px: int,
    per_class: int | None,
    seed: int,
    wanted: tuple[str, ...] | None,
) -> PictureSet:
    if not 33 <= size_px <= 512:
        raise ValueError(f"size_px is {size_px!r}; expected 33 to 512. Take 97 if in doubt.")
    names, files, skipped = _chosen(folder, split, per_class, seed, wanted)
    return _read_all(folder.name, names, files, split, size_px, per_class, skipped)


def _chosen(
    folder: Path, split: str, per_class: int | None, seed: int, wanted: tuple[str, ...] | None
) -> tuple[Iterable[str], dict[str, list[_File]], list[str]]:
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; expected one of {', '.join(SPLITS)}.")
    if per_class is not None and per_class < 1:
        raise ValueError(f"per_class is {per_class!r}; expected 1 or more, or None for all.")
    folders = split_folders(folder)
    classes = class_names(folders["train"])
    names = classes if wanted is None else _matched(classes, wanted, folder)
    return names, *_choose(folders, names, split, seed)


def chosen_files(
    folder: Path, split: str, per_class: int | None, seed: int
) -> tuple[tuple[str, ...], dict[str, list[Path]], list[str]]:
    """Return class names, the files of each in ``photos``'s order, and what was left out."""
    names, files, skipped = _chosen(folder, split, per_class, seed, wanted=None)
    paths = {name: [file.path for file in files[name][:per_class]] for name in names}
    return tuple(names), paths, skipped


# -- which files -------------------------------------------------------------------------------


def split_folders(folder: Path) -> dict[str, Path]:
    """Return the folder of each split that exists; the folder itself is ``train`` without any."""
    if not folder.is_dir():
        raise ValueError(
            f"No folder {folder}; expected one folder per class in it. "
            f"Check the path, or set COURSE_PHOTOS to the folder that holds it.{_how_to(folder)}"
        )
    found = {}
    for child in sorted(folder.iterdir()):
        if child.is_dir() and child.name.lower() in _SYNONYMS:
            found[_SYNONYMS[child.name.lower()]] = child
    if found and "train" not in found:
        raise ValueError(
            f"{folder} holds {', '.join(sorted(found))} but no train folder. "
            "Add train/ with one folder per class, or put the class folders there directly."
        )
    return found or {"train": folder}


def _how_to(folder: Path) -> str:
    if folder.name not in ("flowers", "pets"):
        return ""
    return f" To download it: course pictures get {folder.name}."


def class_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the class folders, sorted; two or more."""
    names = sorted(
        child.name for child in folder.iterdir() if child.is_dir() and child.name[0] not in "._"
    )
    if len(names) < 2:
        held = f"1 class folder ({names[0]})" if names else "no class folders"
        raise ValueError(
            f"{folder} holds {held}; expected two or more. "
            "Sort the photographs into one folder per class."
        )
    return tuple(names)


def _matched(folders: tuple[str, ...], wanted: tuple[str, ...], folder: Path) -> dict[str, str]:
    """Return ``{class name: folder name}``: each pair begins alike (``rose``, ``roses``)."""
    pairs = {}
    for name in wanted:
        alike = [f for f in folders if f.lower().startswith(name) or name.startswith(f.lower())]
        if len(alike) == 1:
            pairs[name] = alike[0]
    if len(pairs) < len(wanted) or len(set(pairs.values())) < len(wanted):
        raise ValueError(
            f"{folder} holds {', '.join(folders)}; expected one folder for each of "
            f"{', '.join(wanted)}. Rename the folders so that each begins with its class."
        )
    return pairs


def _choose(
    folders: dict[str, Path], names: Iterable[str], split: str, seed: int
) -> tuple[dict[str, list[_File]], list[str]]:
    """Return the files of each class in one split, shuffled by seed, and what was left out."""
    own = dict(names) if isinstance(names, dict) else {name: name for name in names}
    listed = {
        part: {name: _files(path / own[name]) for name in own} for part, path in folders.items()
    }
    _share_out(listed, seed)
    skipped = _leave_out_held(listed, split)
    chosen = {
        name: sorted(files, key=lambda file: _lot(seed, file.digest))
        for name, files in listed[split].items()
    }
    return chosen, skipped


def files_of(folder: Path) -> list[Path]:
    """Return every file of a class folder, sorted by name."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name[0] != "." and path.name.lower() not in _NOT_PHOTOS
    ]


def _files(folder: Path) -> list[_File]:
    return [_File(path, _digest(path, *_version(path))) for path in files_of(folder)]


def _version(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=200_000)
def _digest(path: Path, size: int, changed_ns: int) -> str:
    """Return the SHA-256 of a file, read once per process as long as it does not change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lot(seed: int, digest: str) -> str:
    """Return a string to sort by: a shuffle that depends on seed and content only."""
    return hashlib.sha256(f"{seed} {digest}".encode()).hexdigest()


def _share_out(listed: dict[str, dict[str, list[_File]]], seed: int) -> None:
    """Carve the splits that the folder does not have from ``train``, class by class, in place."""
    missing = [part for part in HELD_OUT if part not in listed]
    given: dict[str, str] = {}  # digest to split, over all classes
    for part in missing:
        listed[part] = {name: [] for name in listed["train"]}
    for name, files in listed["train"].items():
        digests = sorted({file.digest for file in files}, key=lambda d: _lot(seed, d))
        start = 0
        for part in missing:
            stop = start + (max(1, round(HELD_OUT[part] * len(digests))) if len(digests) > 2 else 0)
            for digest in digests[start:stop]:
                given.setdefault(digest, part)
            start = stop
        for digest in digests[start:]:
            given.setdefault(digest, "train")
        for part in (*missing, "train"):
            listed[part][name] = [file for file in files if given[file.digest] == part]


def _leave_out_held(listed: dict[str, dict[str, list[_File]]], split: str) -> list[str]:
    """Drop from a split, in place, the files whose twin is held out from it; return their names."""
    held_parts = {"train": ("val", "test"), "val": ("test",), "test": ()}[split]
    held = {file.digest for part in held_parts for files in listed[part].values() for file in files}
    left_out = []
    for name, files in listed[split].items():
        left_out += [f"{_short(f.path)}: also held out" for f in files if f.digest in held]
        listed[split][name] = [file for file in files if file.digest not in held]
    return left_out


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


# -- reading -----------------------------------------------------------------------------------


def _read_all(
    name: str,
    classes: Iterable[str],
    files: dict[str, list[_File]],
    split: str,
    size_px: int,
    per_class: int | None,
    skipped: list[str],
) -> PictureSet:
    columns = []
    for label in classes:
        images, bad = _read_class(files[label], size_px, per_class)
        skipped += bad
        if not images:
            raise ValueError(
                f"Class {label!r} has no readable photograph in {split} of {name} "
                f"({len(files[label])} files there, {len(bad)} unreadable). Add photographs to its "
                "folder, or remove the folder."
            )
        columns.append(images)
    _tell(skipped)
    longest = max(map(len, columns))
    places = [(c, i) for i in range(longest) for c in range(len(columns)) if i < len(columns[c])]
    stack = np.stack([columns[c][i] for c, i in places])
    labels = np.array([c for c, _ in places], np.int64)
    return PictureSet(stack, labels, tuple(classes), name, split, skipped=tuple(skipped))


def _tell(skipped: list[str]) -> None:
    if skipped:
        more = f" and {len(skipped) - 3} more (see .skipped)" if len(skipped) > 3 else ""
        print(f"note: skipped {'; '.join(skipped[:3])}{more}")


def _read_class(
    files: list[_File], size_px: int, per_class: int | None
) -> tuple[list[np.ndarray], list[str]]:
    """Read files in order until ``per_class`` are read; return images and what was unreadable."""
    wanted = len(files) if per_class is None else per_class
    images: list[np.ndarray] = []
    bad: list[str] = []
    with warnings.catch_warnings(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        warnings.simplefilter("ignore")  # odd metadata and huge sizes are no reason to stop
        while files and len(images) < wanted:
            batch, files = files[: wanted - len(images)], files[wanted - len(images) :]
            for file, image in zip(
                batch, pool.map(lambda f: read(f.path, size_px), batch), strict=True
            ):
                if image is None:
                    bad.append(f"{_short(file.path)}: {why_unreadable(file.path)}")
                else:
                    images.append(image)
    return images, bad


def read(path: Path, size_px: int) -> np.ndarray | None:
    """Read one photograph: upright, RGB, cut to its middle square, resized with antialiasing.

    Returns
    -------
    (size_px, size_px, 3) uint8, or None if the file is no readable image.
    """
    image = upright(path, 2 * size_px)
    if image is None:
        return None
    square = ImageOps.fit(image, (size_px, size_px), Image.Resampling.BICUBIC)
    return np.asarray(square).copy()


def upright(path: Path, least_px: int) -> Image.Image | None:
    """Read one photograph as it is meant to be seen, in RGB; the first picture of an animation.

    Parameters
    ----------
    least_px : the shorter side may be halved, and again, as long as it stays above this

    Returns
    -------
    The image, or None if the file is no readable one.
    """
    _take_heic()
    try:
        with Image.open(path) as image:
            image.draft("RGB", (least_px, least_px))  # lets JPEG decode at a smaller scale
            return _rgb(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


@lru_cache(maxsize=1)
def _take_heic() -> bool:
    """Let Pillow read HEIC where its plug-in is installed; return whether it is."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def why_unreadable(path: Path) -> str:
    """Say why ``upright`` returned None, and what would help."""
    if path.suffix.lower() in (".heic", ".heif") and not _take_heic():
        return "HEIC needs a plug-in: pip install pillow-heif, or export it as JPEG"
    if path.stat().st_size == 0:
        return "the file is empty"
    try:
        with Image.open(path) as image:
            image.load()
    except Image.DecompressionBombError:
        return f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels"
    except UnidentifiedImageError:
        return "not a readable image"
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        return f"damaged ({str(error).splitlines()[0][:60]})"
    return "not a readable image"


def _rgb(image: Image.Image) -> Image.Image:
    """Return any mode as RGB: transparency over white, 16 bits scaled to 8."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, np.float32)
        top = 65535.0 if image.mode.startswith("I") and values.max() > 255 else 255.0
        image = Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")
