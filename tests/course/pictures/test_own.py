"""A learner's own photographs: any size and format, split fairly, nothing lost."""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from course.pictures import flowers, photos
from course.pictures.cli import app
from course.pictures.photos import own
from course.pictures.photos.read import upright, why_unreadable


@pytest.fixture(autouse=True)
def _own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path / "photos"))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


def _picture(number: int, size: tuple[int, int] = (120, 90)) -> Image.Image:
    noise = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def _fill(folder: Path, classes: dict[str, int], first: int = 0) -> Path:
    number = first
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for k in range(count):
            _picture(number).save(folder / name / f"{k:03}.png")
            number += 1
    return folder


def _digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- what goes in ------------------------------------------------------------------------------


def test_a_folder_becomes_a_set_that_is_read(tmp_path):
    mine = _fill(tmp_path / "birds", {"robin": 20, "wren": 20})
    before = _digest(mine)
    added = own.add(mine)
    assert added.folder == tmp_path / "photos" / "birds"
    assert added.counts == {
        "train": {"robin": 14, "wren": 14},
        "val": {"robin": 3, "wren": 3},
        "test": {"robin": 3, "wren": 3},
    }
    assert (added.pairs, added.skipped, added.given) == ((), (), ())
    assert _digest(mine) == before
    parts = {s: photos(added.folder, split=s, size_px=33) for s in ("train", "val", "test")}
    assert [len(part) for part in parts.values()] == [28, 6, 6]
    assert parts["train"].skipped == ()
    with Image.open(added.folder / own.SHEET_FILE) as sheet:
        assert sheet.size[0] > 97 * 8
    assert sorted(p.name for p in (tmp_path / "photos").iterdir()) == ["birds"]


def test_flowers_of_ones_own_stand_in_for_the_drawn_ones(tmp_path, monkeypatch):
    names = ("daisy", "dandelion", "rose", "sunflower", "tulip")
    own.add(_fill(tmp_path / "garden", dict.fromkeys(names, 6)), name="flowers")
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    assert flowers(4, size_px=33).counts() == dict.fromkeys(names, 4)


def _save_odd_ones(folder: Path) -> None:
    """Write one photograph in every shape that a learner's folder may hold."""
    top_white = np.zeros((80, 120, 3), np.uint8)
    top_white[:40] = 250
    turned = Image.fromarray(top_white).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera"
    turned.save(folder / "turned.jpg", exif=exif, quality=95)
    _picture(101).convert("CMYK").save(folder / "print.jpg", quality=95)
    deep = np.linspace(0, 65535, 120 * 90).reshape(90, 120).astype(np.uint16)
    Image.fromarray(deep).save(folder / "deep.png")
    frames = [_picture(k) for k in (102, 103, 104)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    _picture(105).convert("RGBA").save(folder / "clear.webp")
    _picture(106, (3000, 2000)).save(folder / "large.jpg")
    _picture(107, (40, 30)).save(folder / "tiny.bmp")
    _picture(108).convert("P").save(folder / "palette.png")
    _picture(109).save(folder / "scan.tiff")


def test_every_format_is_taken_upright_and_without_metadata(tmp_path):
    mine = _fill(tmp_path / "mixed", {"ant": 4, "bee": 12})
    _save_odd_ones(mine / "ant")
    added = own.add(mine)
    assert added.skipped == ()
    held = {path.stem: path for path in added.folder.rglob("*.jpg") if path.parent.name == "ant"}
    assert {
        "turned",
        "print",
        "deep",
        "moving",
        "clear",
        "large",
        "tiny",
        "palette",
        "scan",
    } <= set(held)
    for path in held.values():
        with Image.open(path) as image:
            assert (image.format, image.mode, dict(image.getexif())) == ("JPEG", "RGB", {})
    with Image.open(held["turned"]) as image:
        array = np.asarray(image)
        assert array.shape == (80, 120, 3)
        assert array[5:35].min() > 230 > 20 > array[45:75].max()
    with Image.open(held["large"]) as image:
        assert max(image.size) == own.LARGEST_PX
    with Image.open(held["deep"]) as image:
        assert np.asarray(image)[-1, -1].min() > 240
    with Image.open(held["moving"]) as image:
        difference = np.asarray(image, int) - np.asarray(_picture(102), int)
        assert np.abs(difference).mean() < 20  # its first frame; a GIF has 256 colors


def test_one_name_in_two_formats_is_two_photographs(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 6, "bee": 6})
    _picture(50).save(mine / "ant" / "000.jpg")
    assert sum(part["ant"] for part in own.add(mine).counts.values()) == 7


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 6, "bee": 6})
    (mine / "ant" / "phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    (mine / "ant" / "empty.jpg").write_bytes(b"")
    (mine / "bee" / "notes.txt").write_text("x")
    half = (mine / "bee" / "000.png").read_bytes()[:400]
    (mine / "bee" / "half.png").write_bytes(half)
    (mine / "bee" / ".DS_Store").write_bytes(b"x")
    skipped = dict(line.split(": ", 1) for line in own.add(mine).skipped)
    assert skipped["ant/phone.HEIC"].startswith("HEIC needs a plug-in: pip install pillow-heif")
    assert skipped["ant/empty.jpg"] == "the file is empty"
    assert skipped["bee/notes.txt"] == "not a readable image"
    assert skipped["bee/half.png"].startswith("damaged (")
    assert len(skipped) == 4


def test_a_huge_picture_is_named(tmp_path, monkeypatch):
    path = tmp_path / "huge.png"
    _picture(1).save(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert upright(path, 33) is None
    assert "million pixels" in why_unreadable(path)


def test_heic_is_read_where_its_plug_in_is(tmp_path, monkeypatch):
    module = sys.modules["course.pictures.photos.read"]  # the function of that name hides it
    called = []
    plug_in = ModuleType("pillow_heif")
    plug_in.register_heif_opener = lambda: called.append(True)
    monkeypatch.setitem(sys.modules, "pillow_heif", plug_in)
    module._take_heic.cache_clear()
    try:
        _picture(1).save(tmp_path / "a.png")
        assert upright(tmp_path / "a.png", 33) is not None
        assert called == [True]
    finally:
        module._take_heic.cache_clear()


# -- near-duplicates ---------------------------------------------------------------------------


def _again(path: Path) -> Path:
    """Write a smaller, recompressed copy beside a photograph."""
    copy = path.with_name(f"{path.stem}-small.jpg")
    with Image.open(path) as image:
        image.resize((80, 60)).save(copy, quality=60)
    return copy


def test_near_duplicates_share_a_split_and_are_shown(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 20, "bee": 20})
    for k in range(0, 20, 4):
        _again(mine / "ant" / f"{k:03}.png")
    added = own.add(mine)
    assert [(p.first, p.second) for p in added.pairs] == [
        (f"ant/{k:03}-small.jpg", f"ant/{k:03}.png") for k in range(0, 20, 4)
    ]
    assert all(pair.became.startswith("together in ") for pair in added.pairs)
    for part in ("train", "val", "test"):
        names = {path.stem for path in (added.folder / part / "ant").iterdir()}
        small = {name.removesuffix("-small") for name in names if name.endswith("-small")}
        assert small <= names
        assert not {n for n in names if int(n[:3]) % 4 == 0 and n[:3] not in small}
    with Image.open(added.folder / own.TWINS_FILE) as drawn:
        assert drawn.size[1] > 5 * 130


def test_a_split_that_is_there_is_respected(tmp_path):
    mine = tmp_path / "x"
    _fill(mine / "training", {"ant": 12, "bee": 12})
    _fill(mine / "test", {"ant": 4, "bee": 4}, first=100)
    shutil.copy(mine / "training" / "ant" / "003.png", mine / "test" / "ant" / "leak.png")
    added = own.add(mine)
    assert added.given == ("train", "test")
    assert added.counts["test"] == {"ant": 5, "bee": 4}
    assert added.counts["val"] == {"ant": 2, "bee": 2}
    assert added.counts["train"] == {"ant": 9, "bee": 10}
    (pair,) = added.pairs
    assert (pair.first, pair.second, pair.bits) == ("training/ant/003.png", "test/ant/leak.png", 0)
    assert pair.became == "training/ant/003.png left out of train"


# -- what cannot be done -----------------------------------------------------------------------


def test_what_is_there_is_not_overwritten(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 6, "bee": 6})
    first = own.add(mine)
    before = _digest(first.folder)
    with pytest.raises(ValueError, match=r"There is a set at .*x already\. Choose another name"):
        own.add(mine)
    assert _digest(first.folder) == before
    assert own.add(mine, name="y").folder.name == "y"


@pytest.mark.parametrize("name", ["../x", ".hidden", "a/b", "  "])
def test_a_name_stays_in_its_folder(tmp_path, name):
    with pytest.raises(ValueError, match="is no name for a set; expected letters"):
        own.add(_fill(tmp_path / "x", {"ant": 6, "bee": 6}), name=name)


def test_too_few_photographs(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 6, "bee": 2})
    with pytest.raises(ValueError, match=r"Class 'bee' of .*no photograph for val; expected three"):
        own.add(mine)
    assert list((tmp_path / "photos").iterdir()) == []


def test_twins_do_not_count_as_different(tmp_path):
    mine = _fill(tmp_path / "x", {"ant": 6, "bee": 1})
    for k in range(5):
        shutil.copy(mine / "bee" / "000.png", mine / "bee" / f"copy{k}.png")
    with pytest.raises(ValueError, match=r"Class 'bee' of .*three different ones"):
        own.add(mine)


def test_a_missing_folder_and_one_class(tmp_path):
    with pytest.raises(ValueError, match="No folder"):
        own.add(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"holds 1 class folder \(ant\)"):
        own.add(_fill(tmp_path / "x", {"ant": 6}))


# -- the command -------------------------------------------------------------------------------


def test_the_command_shows_balance_pairs_and_what_was_left_out(tmp_path):
    mine = _fill(tmp_path / "zoo", {"ant": 60, "bee": 8})
    _again(mine / "ant" / "000.png")
    (mine / "bee" / "notes.txt").write_text("x")
    done = CliRunner().invoke(app, ["add", str(mine)], env={"COLUMNS": "120"})
    words = " ".join(done.output.split())
    assert done.exit_code == 0, done.output
    assert "Few: 6 photographs of bee to train on" in words
    assert "times as many of ant as of bee" in words
    assert "bee/notes.txt: not a readable image" in words
    assert "ant/000-small.jpg and ant/000.png" in words
    assert "contact-sheet.jpg" in words
    assert "pictures.photos(" in words


def test_the_sheet_shows_each_class_in_a_row(tmp_path):
    added = own.add(_fill(tmp_path / "x", {"ant": 12, "bee": 12}))
    held = io.BytesIO((added.folder / own.SHEET_FILE).read_bytes())
    with Image.open(held) as sheet:
        assert sheet.size == (92 + 8 * 100 + 3, 2 * 100 + 3)
