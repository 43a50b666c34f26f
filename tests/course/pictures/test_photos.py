"""Photographs: any folder of class folders, nothing skipped silently, nothing leaking."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course.pictures import flowers, objects, pets, photos
from course.pictures.photos.read import read


@pytest.fixture(autouse=True)
def _plain_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_PICTURES", raising=False)
    monkeypatch.delenv("COURSE_PHOTOS", raising=False)


def _save(path: Path, number: int, size: tuple[int, int] = (60, 40)) -> Path:
    """Write a small photograph of its own: a color and a stripe that depend on ``number``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    array = np.full((size[1], size[0], 3), (number * 37 % 256, number * 91 % 256, 90), np.uint8)
    array[:, number % size[0]] = 255
    Image.fromarray(array).save(path)
    return path


def _fill(folder: Path, classes: dict[str, int], first: int = 0) -> Path:
    number = first
    for name, count in classes.items():
        for k in range(count):
            _save(folder / name / f"{k:02}.png", number)
            number += 1
    return folder


def _bytes(pictures) -> set[bytes]:
    return {image.tobytes() for image in pictures.images}


# -- reading one file --------------------------------------------------------------------------


def test_the_middle_square_is_kept(tmp_path):
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = (10, 200, 30)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    image = read(tmp_path / "wide.png", 33)
    assert image.shape == (33, 33, 3)
    inside = image[:, 3:-3].reshape(-1, 3)
    assert np.unique(inside, axis=0).tolist() == [[10, 200, 30]]


def test_a_turned_photograph_is_set_upright(tmp_path):
    top_white = np.zeros((64, 64, 3), np.uint8)
    top_white[:32] = 255
    for orientation, unturn in ((3, 180), (6, 90), (8, 270)):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = Image.fromarray(top_white).rotate(unturn)
        turned.save(tmp_path / "t.jpg", exif=exif, quality=95)
        image = read(tmp_path / "t.jpg", 64)
        assert image[4:28].min() > 200, orientation
        assert image[36:60].max() < 60, orientation


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "1", "I;16", "F", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    grey = Image.fromarray(np.full((50, 50), 255, np.uint8))
    if mode == "I;16":
        image = Image.fromarray(np.full((50, 50), 65535, np.uint16))
    else:
        image = grey.convert("RGB").convert(mode) if mode != "F" else grey.convert("F")
    path = tmp_path / "x.tif"
    image.save(tmp_path / ("x.jpg" if mode == "YCbCr" else "x.tif"))
    path = path if path.exists() else tmp_path / "x.jpg"
    result = read(path, 40)
    assert (result.shape, result.dtype) == ((40, 40, 3), np.uint8)
    assert result.min() >= 250


def test_transparency_lies_on_white(tmp_path):
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read(tmp_path / "clear.png", 33).min() == 255


def test_shrinking_is_antialiased(tmp_path):
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    assert read(tmp_path / "stripes.png", 97)[10:-10, 10:-10].std() < 10


# -- a folder of class folders -----------------------------------------------------------------


def test_plain_class_folders_become_three_disjoint_splits(tmp_path):
    folder = _fill(tmp_path / "zoo", {"ant": 20, "bee": 20, "cow": 20})
    parts = {split: photos(folder, split=split, size_px=33) for split in ("train", "val", "test")}
    assert {s: p.counts()["bee"] for s, p in parts.items()} == {"train": 14, "val": 3, "test": 3}
    seen = [_bytes(part) for part in parts.values()]
    assert len(set.union(*seen)) == sum(map(len, seen)) == 60
    assert parts["train"].classes == ("ant", "bee", "cow")
    assert (parts["val"].name, parts["val"].split) == ("zoo", "val")
    assert parts["train"].labels[:6].tolist() == [0, 1, 2, 0, 1, 2]


def test_the_same_seed_gives_the_same_photographs(tmp_path):
    folder = _fill(tmp_path, {"ant": 12, "bee": 12})
    first, again = (photos(folder, size_px=33, seed=1) for _ in range(2))
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, photos(folder, size_px=33, seed=2).images)


def test_fewer_photographs_are_the_beginning_of_more(tmp_path):
    folder = _fill(tmp_path, {"ant": 12, "bee": 12})
    few, more = photos(folder, size_px=33, per_class=2), photos(folder, size_px=33, per_class=5)
    assert few.counts() == {"ant": 2, "bee": 2}
    assert np.array_equal(few.images, more.images[:4])


def test_uneven_classes_are_all_kept(tmp_path):
    folder = _fill(tmp_path / "train", {"ant": 2, "bee": 5})
    _fill(tmp_path / "val", {"ant": 1, "bee": 1}, first=50)
    _fill(tmp_path / "test", {"ant": 1, "bee": 1}, first=60)
    made = photos(folder.parent, size_px=33)
    assert made.labels.tolist() == [0, 1, 0, 1, 1, 1, 1]


def test_identical_files_land_in_one_split(tmp_path):
    folder = _fill(tmp_path, {"ant": 30, "bee": 30})
    for k in range(30):
        source = folder / "ant" / f"{k:02}.png"
        (folder / "ant" / f"{k:02}-copy.png").write_bytes(source.read_bytes())
        if k % 3 == 0:
            (folder / "bee" / f"{k:02}-stray.png").write_bytes(source.read_bytes())
    parts = [_bytes(photos(folder, split=split, size_px=33)) for split in ("train", "val", "test")]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]


def test_a_missing_val_is_carved_from_train_and_test_is_left_alone(tmp_path):
    _fill(tmp_path / "train", {"ant": 20, "bee": 20})
    _fill(tmp_path / "test", {"ant": 4, "bee": 4}, first=100)
    parts = {split: photos(tmp_path, split=split, size_px=33) for split in ("train", "val", "test")}
    assert {split: len(part) for split, part in parts.items()} == {"train": 34, "val": 6, "test": 8}
    assert not _bytes(parts["train"]) & _bytes(parts["val"])


def test_a_training_photograph_that_is_also_in_test_is_left_out_by_name(tmp_path, capsys):
    _fill(tmp_path / "train", {"ant": 8, "bee": 8})
    _fill(tmp_path / "valid", {"ant": 2, "bee": 2}, first=40)
    _fill(tmp_path / "test", {"ant": 2, "bee": 2}, first=60)
    leak = tmp_path / "test" / "ant" / "leak.png"
    leak.write_bytes((tmp_path / "train" / "ant" / "03.png").read_bytes())
    train = photos(tmp_path, size_px=33)
    assert train.counts() == {"ant": 7, "bee": 8}
    assert train.skipped == ("ant/03.png: also held out",)
    assert capsys.readouterr().out == "note: skipped ant/03.png: also held out\n"
    assert photos(tmp_path, split="test", size_px=33).counts() == {"ant": 3, "bee": 2}


def test_unreadable_files_are_named_and_replaced_by_readable_ones(tmp_path, capsys):
    folder = _fill(tmp_path / "train", {"ant": 6, "bee": 6})
    for split in ("val", "test"):
        _fill(tmp_path / split, {"ant": 1, "bee": 1}, first=30 + len(split))
    (folder / "ant" / "notes.txt").write_text("not a photograph")
    (folder / "ant" / "empty.jpg").write_bytes(b"")
    (folder / "bee" / "cut.png").write_bytes((folder / "bee" / "00.png").read_bytes()[:60])
    (folder / "bee" / ".DS_Store").write_bytes(b"x")
    (folder / "bee" / "Thumbs.db").write_bytes(b"x")
    made = photos(tmp_path, size_px=33)
    assert made.counts() == {"ant": 6, "bee": 6}
    assert sorted(made.skipped) == [
        "ant/empty.jpg: the file is empty",
        "ant/notes.txt: not a readable image",
        "bee/cut.png: damaged (image file is truncated)",
    ]
    printed = capsys.readouterr().out
    assert printed.startswith("note: skipped ")
    assert printed.count("\n") == 1
    assert photos(tmp_path, size_px=33, per_class=6).counts() == {"ant": 6, "bee": 6}


def test_many_skipped_files_make_one_short_note(tmp_path, capsys):
    folder = _fill(tmp_path, {"ant": 6, "bee": 6})
    for k in range(20):
        (folder / "ant" / f"bad{k}.jpg").write_text(f"bad {k}")
    made = photos(folder, size_px=33)
    assert f"and {len(made.skipped) - 3} more (see .skipped)" in capsys.readouterr().out


# -- what cannot be used -----------------------------------------------------------------------


def test_a_missing_folder(tmp_path):
    with pytest.raises(ValueError, match=r"No folder .*nowhere; expected one folder per class"):
        photos(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("classes", "held"), [({}, "no class folders"), ({"ant": 3}, r"1 class folder \(ant\)")]
)
def test_fewer_than_two_classes(tmp_path, classes, held):
    _fill(tmp_path, classes)
    with pytest.raises(ValueError, match=rf"holds {held}; expected two or more.*one folder per"):
        photos(tmp_path)


def test_an_empty_class(tmp_path):
    _fill(tmp_path, {"ant": 6, "bee": 6})
    (tmp_path / "cow").mkdir()
    with pytest.raises(ValueError, match=r"Class 'cow' has no readable photograph in train.*remo"):
        photos(tmp_path, size_px=33)


def test_a_class_of_unreadable_files(tmp_path):
    _fill(tmp_path, {"ant": 6})
    (tmp_path / "bee").mkdir()
    for k in range(4):
        (tmp_path / "bee" / f"{k}.jpg").write_text(f"{k}")
    with pytest.raises(ValueError, match=r"Class 'bee' has no readable.*\(2 files there, 2 unread"):
        photos(tmp_path, size_px=33)


def test_a_test_folder_without_train(tmp_path):
    _fill(tmp_path / "test", {"ant": 3, "bee": 3})
    with pytest.raises(ValueError, match=r"holds test but no train folder. Add train/"):
        photos(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "dev"}, "split is 'dev'; expected one of train, val, test"),
        ({"size_px": 8}, "size_px is 8; expected 33 to 512"),
        ({"per_class": 0}, "per_class is 0; expected 1 or more"),
    ],
)
def test_wrong_arguments(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        photos(_fill(tmp_path, {"ant": 3, "bee": 3}), **arguments)


# -- COURSE_PICTURES=photos --------------------------------------------------------------------

FOLDERS = {"daisy": 10, "dandelion": 10, "roses": 10, "Sunflowers": 10, "tulips": 10}


@pytest.fixture
def switched(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path))
    return tmp_path


def test_the_switch_gives_photographs_in_the_same_structure(switched, capsys):
    _fill(switched / "flowers", FOLDERS)
    made = flowers(5, size_px=33)
    assert made.classes == ("daisy", "dandelion", "rose", "sunflower", "tulip")
    assert made.labels.tolist() == [0, 1, 2, 3, 4] * 5
    assert (made.name, made.split) == ("flowers", "train")
    assert capsys.readouterr().out == ""


def test_the_switch_says_when_there_are_fewer(switched, capsys):
    _fill(switched / "flowers", FOLDERS)
    assert flowers(100, size_px=33).counts()["rose"] == 6
    printed = capsys.readouterr().out
    assert printed == "note: train has 6 photographs of daisy, 100 asked for\n"
    flowers(100, size_px=33, seed=1)
    assert capsys.readouterr().out == ""  # a lesson asks dozens of times; once is enough
    flowers(90, size_px=33)
    assert capsys.readouterr().out.endswith("90 asked for\n")


def test_label_noise_and_shift_work_on_photographs(switched):
    _fill(switched / "pets", {"cats": 20, "dogs": 20})
    clean, noisy = pets(10, size_px=33), pets(10, size_px=33, label_noise=0.5)
    assert (noisy.labels != noisy.true_labels).sum() == 10
    assert np.array_equal(clean.images, noisy.images)
    moved = pets(10, size_px=33, shift=0.8)
    assert np.abs(moved.images.astype(int) - clean.images).mean() > 10
    assert np.array_equal(moved.labels, clean.labels)


def test_objects_stay_drawn(switched):
    assert len(objects(1, size_px=33).classes) >= 40


def test_the_switch_without_photographs_says_where_they_belong(switched):
    with pytest.raises(ValueError, match=r"No folder .*flowers; .*set COURSE_PHOTOS"):
        flowers(1)


def test_folders_that_do_not_match_the_classes(switched):
    _fill(switched / "pets", {"lion": 3, "wolf": 3})
    with pytest.raises(
        ValueError, match="holds lion, wolf; expected one folder for each of cat, d"
    ):
        pets(1)


# -- real photographs --------------------------------------------------------------------------


def test_the_real_flowers(real_folder, monkeypatch, capsys):
    folder = real_folder / "photos" / "flowers"
    parts = {split: photos(folder, split=split) for split in ("train", "val", "test")}
    assert {split: len(part) for split, part in parts.items()} == {
        "train": 425,
        "val": 75,
        "test": 250,
    }
    assert all(part.skipped == () for part in parts.values())
    digests = [hashlib.sha256(i.tobytes()).digest() for p in parts.values() for i in p.images]
    assert len(set(digests)) == 750
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    monkeypatch.setenv("COURSE_PHOTOS", str(real_folder / "photos"))
    assert np.array_equal(flowers(20).images, parts["train"].images[:100])
    assert capsys.readouterr().out == ""
