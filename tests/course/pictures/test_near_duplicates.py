"""Near-duplicates: altered copies are found, strangers are not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from course.pictures import flowers
from course.pictures.photos import near_duplicates
from course.pictures.photos.near_duplicates import (
    MOST_BITS,
    MOST_DIFFERENCE,
    Twins,
    difference,
    find_twins,
    fingerprint,
    fingerprints,
)
from course.pictures.photos.splitting import Item, across, groups_of, share_out


@pytest.fixture(scope="module")
def drawn():
    """Drawn pictures of five classes, all different."""
    return [Image.fromarray(image) for image in flowers(8, size_px=161).images]


def _recompressed(image):
    held = io.BytesIO()
    image.save(held, "JPEG", quality=30)
    return Image.open(held).convert("RGB")


def _cropped(image):
    side = image.size[0]
    return image.crop((3, 3, side - 3, side - 3))


ALTERED = {
    "resized": lambda image: image.resize((97, 97), Image.Resampling.BICUBIC),
    "stretched": lambda image: image.resize((200, 140), Image.Resampling.BICUBIC),
    "recompressed": _recompressed,
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.2),
    "cropped": _cropped,
    "grey": lambda image: image.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_copy_is_found(drawn, how):
    copies = [ALTERED[how](image) for image in drawn]
    pairs = find_twins([fingerprint(image) for image in drawn + copies])
    found = {(pair.first, pair.second) for pair in pairs}
    wanted = {(k, k + len(drawn)) for k in range(len(drawn))}
    assert len(found & wanted) >= 0.95 * len(wanted)


def test_the_same_picture_is_no_bits_apart(drawn):
    (pair,) = find_twins([fingerprint(drawn[0]), fingerprint(drawn[1]), fingerprint(drawn[0])])
    assert (pair.first, pair.second, pair.bits) == (0, 2, 0)


def test_smooth_pictures_of_other_colors_are_strangers():
    ramp = np.tile(np.linspace(20, 200, 90, dtype=np.uint8), (60, 1))
    empty = np.zeros_like(ramp)
    red = Image.fromarray(np.stack([ramp, empty, empty], -1))
    blue = Image.fromarray(np.stack([empty, empty, ramp], -1))
    first, second = fingerprint(red), fingerprint(blue)
    assert int(np.bitwise_count(first.bits ^ second.bits).sum()) <= MOST_BITS
    assert difference(first, second) > MOST_DIFFERENCE
    assert find_twins([first, second]) == []


def test_bits_say_where_it_gets_brighter():
    # brighter to the right everywhere: all 64 bits of the rows, none of the columns
    ramp = np.tile(np.linspace(0, 255, 90, dtype=np.uint8), (60, 1))
    mark = fingerprint(Image.fromarray(ramp).convert("RGB"))
    assert [int(np.bitwise_count(half)) for half in mark.bits] == [64, 0]


def test_pairs_are_found_across_blocks(drawn, monkeypatch):
    marks = [fingerprint(image) for image in [*drawn, drawn[3], drawn[0]]]
    whole = find_twins(marks)
    monkeypatch.setattr(near_duplicates, "_BLOCK", 7)
    assert find_twins(marks) == whole
    assert {(p.first, p.second) for p in whole} >= {(3, len(drawn)), (0, len(drawn) + 1)}
    assert find_twins(marks[:1]) == []


def test_real_photographs_are_strangers_and_their_copies_are_not(real_folder):
    paths = sorted((real_folder / "photos" / "flowers").rglob("*.jpg"))
    marks = fingerprints(paths)
    assert find_twins(marks) == []  # 280 875 pairs
    some = [Image.open(path).convert("RGB") for path in paths[::25]]
    for how in ("resized", "recompressed", "brighter", "grey"):
        caught = [
            len(find_twins([fingerprint(image), fingerprint(ALTERED[how](image))]))
            for image in some
        ]
        assert np.mean(caught) == 1, how


# -- what becomes of them ----------------------------------------------------------------------


def _items(count, label="cat", split=""):
    return [Item(Path(f"/x/{label}/{split}{k:03}.jpg"), label, split) for k in range(count)]


def test_twins_of_twins_are_one_group():
    chain = [Twins(5, 3, 1), Twins(3, 1, 1), Twins(0, 2, 1)]
    assert groups_of(6, chain) == [0, 1, 0, 1, 4, 1]


def test_shares_hold_in_each_class():
    items = _items(40) + _items(20, "dog")
    splits = share_out(items, [])
    cats, dogs = splits[:40], splits[40:]
    assert [cats.count(s) for s in ("train", "val", "test")] == [28, 6, 6]
    assert [dogs.count(s) for s in ("train", "val", "test")] == [14, 3, 3]
    assert share_out(items, []) == splits != share_out(items, [], seed=1)


def test_no_pair_stands_in_two_splits():
    items = _items(40) + _items(40, "dog")
    rng = np.random.default_rng(0)
    pairs = [Twins(*sorted(map(int, rng.choice(80, 2, replace=False))), 3) for _ in range(30)]
    for seed in range(10):
        splits = share_out(items, pairs, seed)
        assert across(items, pairs, splits) == []
        assert min(splits.count(s) for s in ("val", "test")) >= 6


def test_a_group_larger_than_a_share_stays_in_train():
    items = _items(20)
    burst = [Twins(0, k, 1) for k in range(1, 10)]
    splits = share_out(items, burst)
    assert set(splits[:10]) == {"train"}
    assert (splits.count("val"), splits.count("test")) == (3, 3)


def test_a_split_that_is_given_is_kept():
    items = _items(20, split="train") + _items(5, "cat", "test")
    splits = share_out(items, [Twins(0, 20, 2)])
    assert splits[20:] == ["test"] * 5
    assert (splits[0], splits.count("val"), splits.count("test")) == ("train", 3, 5)


def test_two_photographs_cannot_be_shared_out():
    assert share_out(_items(2), []) == ["train", "train"]
    assert sorted(share_out(_items(3), [])) == ["test", "train", "val"]
