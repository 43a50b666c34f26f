"""The drawn sets: same bytes for same arguments, honest splits, a cache that cannot hurt."""

from __future__ import annotations

import doctest
import hashlib
import importlib
import sys
import time

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from course.pictures import PictureSet, cache, cells, flowers, kinds, objects, pets, worker
from course.pictures.cli import app
from course.pictures.drawing.canvas import Canvas, Mark, Paint
from course.pictures.drawing.color import rgb
from course.pictures.drawing.scene import Nuisance
from course.pictures.drawing.shapes import box, ellipse, ring
from course.pictures.kinds import KINDS, PictureRequest
from tests.helpers import run_python

SETS = {"flowers": flowers, "pets": pets, "objects": objects, "cells": cells}
FLAT = Paint(rgb(200, 40, 40), relief=0, rim=0, shadow=0)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_PICTURES", raising=False)


def _digest(pictures: PictureSet) -> str:
    return hashlib.sha256(pictures.images.tobytes() + pictures.labels.tobytes()).hexdigest()


# -- what comes back ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_arrays_are_as_documented(name):
    made = SETS[name](2, split="val", size_px=65)
    count = 2 * len(made.classes)
    assert made.images.shape == (count, 65, 65, 3)
    assert (made.images.dtype, made.labels.dtype) == (np.uint8, np.int64)
    assert made.labels.tolist() == list(range(len(made.classes))) * 2
    assert (made.name, made.split, made.skipped) == (name, "val", ())
    assert made.images.std() > 10


def test_the_classes_are_those_of_the_lessons():
    assert KINDS["flowers"].classes == ("daisy", "dandelion", "rose", "sunflower", "tulip")
    assert KINDS["pets"].classes == ("cat", "dog")
    assert len(KINDS["objects"].classes) >= 40
    assert len({kind.number for kind in KINDS.values()}) == len(KINDS)


def test_pretraining_never_sees_what_lessons_fine_tune_on():
    taught = {*KINDS["flowers"].classes, *KINDS["pets"].classes, "flower", "kitten", "puppy"}
    assert not taught & set(KINDS["objects"].classes)


def test_cells_are_grey():
    images = cells(2, size_px=65).images
    assert np.array_equal(images[..., 0], images[..., 1])
    assert np.array_equal(images[..., 0], images[..., 2])


@pytest.mark.parametrize("size_px", [33, 97, 224])
def test_the_same_subject_comes_in_any_size(size_px):
    small = np.asarray(Image.fromarray(flowers(1, size_px=97).images[0]).resize((24, 24)), float)
    other = Image.fromarray(flowers(1, size_px=size_px).images[0]).resize((24, 24))
    assert np.abs(small - np.asarray(other, float)).mean() < 16


# -- the same arguments, the same bytes --------------------------------------------------------


def test_another_process_draws_the_same_bytes():
    code = """
        import hashlib
        from course.pictures import flowers, pets
        for made in (flowers(4, seed=3), pets(3, shift=0.7, label_noise=0.3)):
            print(hashlib.sha256(made.images.tobytes() + made.labels.tobytes()).hexdigest())
    """
    there = run_python(code, env={"PYTHONHASHSEED": "77", "COURSE_CACHE": "never-there/x"}).stdout
    here = [_digest(flowers(4, seed=3)), _digest(pets(3, shift=0.7, label_noise=0.3))]
    assert there.split() == here


def test_the_number_of_workers_changes_nothing():
    order = PictureRequest("flowers", "test", 5, 65)
    alone = worker.draw(order, 13, 1)
    assert np.array_equal(alone, worker.draw(order, 13, 3))


def test_drawing_goes_on_without_a_second_process(monkeypatch):
    order = PictureRequest("pets", size_px=33)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert np.array_equal(worker.draw(order, 4, 2), kinds.draw(order, 0, 4))


@pytest.mark.parametrize("name", SETS)
def test_a_smaller_set_is_the_beginning_of_a_larger_one(name):
    small, large = SETS[name](1, size_px=33), SETS[name](2, size_px=33)
    assert np.array_equal(small.images, large.images[: len(small)])


def test_another_seed_draws_other_pictures():
    first, second = flowers(2, size_px=33, seed=1), flowers(2, size_px=33, seed=2)
    assert not np.array_equal(first.images, second.images)
    assert np.array_equal(first.labels, second.labels)


def test_no_picture_is_in_two_splits():
    seen: dict[bytes, str] = {}
    for split in ("train", "val", "test"):
        for seed in (0, 1):
            for image in flowers(6, split=split, seed=seed, size_px=33).images:
                assert seen.setdefault(image.tobytes(), f"{split}{seed}") == f"{split}{seed}"
    assert len(seen) == 3 * 2 * 30


def test_every_picture_has_a_key_of_its_own():
    keys = {
        tuple(PictureRequest(kind, split, seed).key(c, i).generate_state(4))
        for kind in KINDS
        for split in kinds.SPLITS
        for seed in (0, 1, 2**32 - 1)
        for c in range(3)
        for i in range(5)
    }
    assert len(keys) == 4 * 3 * 3 * 3 * 5


# -- label noise and domain shift --------------------------------------------------------------


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_label_noise_hits_its_share_of_every_class(share):
    noisy = pets(40, size_px=33, label_noise=share, seed=4)
    wrong = noisy.labels != noisy.true_labels
    assert noisy.true_labels.tolist() == [0, 1] * 40
    for label in (0, 1):
        assert abs(wrong[noisy.true_labels == label].sum() - 40 * share) <= 1


def test_label_noise_touches_neither_pictures_nor_the_order():
    clean, noisy = flowers(8, size_px=33), flowers(8, size_px=33, label_noise=0.4)
    assert np.array_equal(clean.images, noisy.images)
    assert np.array_equal(clean.labels, noisy.true_labels)
    few = flowers(3, size_px=33, label_noise=0.4)
    assert few.labels.tolist() == noisy.labels[: len(few)].tolist()


def test_shift_changes_the_look_step_by_step_and_no_label():
    here = flowers(4, size_px=65)
    looks = [flowers(4, size_px=65, shift=shift) for shift in (0.0, 0.5, 1.0)]
    away = [np.abs(look.images.astype(int) - here.images).mean() for look in looks]
    assert away[0] == 0 < away[1] < away[2]
    assert all(np.array_equal(look.labels, here.labels) for look in looks)


def test_shifted_nuisance_starts_where_it_is():
    assert Nuisance().shifted(0.0) == Nuisance()
    assert Nuisance().shifted(1.0).ink > 0.5


def test_color_does_not_give_the_class_away():
    """The nearest class mean in color, middle and all, is near chance (0.2) on new pictures."""
    train, test = flowers(60, size_px=33), flowers(40, size_px=33, split="test")

    def colors(pictures: PictureSet) -> np.ndarray:
        small = pictures.images.astype(np.float32)
        return np.concatenate([small.mean((1, 2)), small[:, 11:22, 11:22].mean((1, 2))], 1)

    x, y = colors(train), colors(test)
    means = np.stack([x[train.labels == c].mean(0) for c in range(5)])
    spread = x.std(0)
    distance = ((y[:, None] - means) / spread) ** 2
    accuracy = (distance.sum(-1).argmin(1) == test.labels).mean()
    assert accuracy < 0.40


# -- wrong arguments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"per_class": 0}, "per_class is 0; expected a whole number from 1"),
        ({"per_class": 2.5}, "per_class is 2.5; expected a whole number"),
        ({"per_class": True}, "per_class is True; expected a whole number"),
        ({"size_px": 32}, r"size_px is 32; expected .* 33 to 512.*both frameworks agree"),
        ({"size_px": 1000}, "size_px is 1000"),
        ({"split": "dev"}, "split is 'dev'; expected one of train, val, test"),
        ({"seed": -1}, "seed is -1; expected a whole number from 0"),
        ({"label_noise": 1.0}, r"label_noise is 1.0; expected 0 to below 1.*one label in five"),
        ({"label_noise": -0.1}, "label_noise is -0.1"),
        ({"shift": 1.5}, r"shift is 1.5; expected 0 \(the usual pictures\) to 1"),
    ],
)
def test_wrong_arguments_say_what_to_do(arguments, message):
    with pytest.raises(ValueError, match=message):
        flowers(**{"per_class": 1, **arguments})


# -- PictureSet --------------------------------------------------------------------------------


@pytest.fixture
def tiny() -> PictureSet:
    images = np.arange(10 * 2 * 2 * 3, dtype=np.uint8).reshape(10, 2, 2, 3)
    labels = np.array([0, 1, 0, 1, 0, 1, 0, 0, 0, 0])
    return PictureSet(images, labels, ("a", "b"), "tiny", "train")


def test_counts_and_length(tiny):
    assert len(tiny) == 10
    assert tiny.counts() == {"a": 7, "b": 3}
    assert repr(tiny) == "<PictureSet tiny/train: 10 of 2x2, {'a': 7, 'b': 3}>"


def test_take_is_even_while_classes_last(tiny):
    assert tiny.take(6, seed=1).counts() == {"a": 3, "b": 3}
    assert tiny.take(8, seed=1).counts() == {"a": 5, "b": 3}
    assert np.array_equal(tiny.take(4, seed=2).images, tiny.take(4, seed=2).images)
    assert tiny.take(4, seed=2).images.tobytes() != tiny.take(4, seed=3).images.tobytes()


def test_take_keeps_picture_and_label_together(tiny):
    taken = tiny.take(10, seed=5)
    for image, label in zip(taken.images, taken.labels, strict=True):
        assert tiny.labels[image[0, 0, 0] // 12] == label


@pytest.mark.parametrize("n", [0, 11])
def test_take_outside_its_range(tiny, n):
    with pytest.raises(ValueError, match=f"n is {n}; expected 1 to 10.*larger per_class"):
        tiny.take(n, 0)


def test_of_class(tiny):
    assert tiny.of_class("b").labels.tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="No class 'c' in tiny; expected one of a, b"):
        tiny.of_class("c")


def test_images_and_labels_must_pair():
    with pytest.raises(ValueError, match="received 2 images and 3 labels"):
        PictureSet(np.zeros((2, 4, 4, 3), np.uint8), np.zeros(3, np.int64), ("a",), "x", "train")


# -- the cache ---------------------------------------------------------------------------------


def _kept() -> list:
    return sorted(cache.folder().glob("*.npz"))


def test_a_second_call_reads_what_the_first_one_drew(monkeypatch):
    first = flowers(8, size_px=33)
    monkeypatch.setattr(worker, "draw", lambda *_: pytest.fail("drawn again"))
    assert np.array_equal(flowers(8, size_px=33).images, first.images)
    assert len(_kept()) == 1


def test_a_few_pictures_are_not_worth_a_file():
    flowers(2, size_px=33)
    assert _kept() == []


def _cut(path):
    path.write_bytes(path.read_bytes()[:1000])


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def _swap(path):
    np.savez(path, images=np.zeros((40, 33, 33, 3), np.uint8), sha256=np.zeros(32, np.uint8))


def _pickle(path):
    np.save(path.with_suffix(""), np.array([{"a": 1}], object), allow_pickle=True)
    path.with_suffix(".npy").rename(path)


@pytest.mark.parametrize("damage", [_cut, _flip, _swap, _pickle, lambda p: p.write_bytes(b"")])
def test_a_damaged_file_is_rebuilt_with_a_note(damage, capsys):
    first = flowers(8, size_px=33)
    (path,) = _kept()
    damage(path)
    assert np.array_equal(flowers(8, size_px=33).images, first.images)
    printed = capsys.readouterr()
    assert printed.out == (
        f"note: the cached pictures in {path.name} were damaged; they are drawn again\n"
    )
    assert printed.err == ""
    flowers(8, size_px=33)
    assert capsys.readouterr().out == ""


def test_a_cache_that_cannot_be_a_folder_only_costs_time(tmp_path, monkeypatch, capsys):
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "taken"))
    assert len(flowers(8, size_px=33)) == 40
    assert capsys.readouterr().out == ""


def test_a_full_disk_leaves_nothing_behind(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert len(flowers(8, size_px=33)) == 40
    assert list(cache.folder().iterdir()) == []


def test_a_changed_drawing_gets_another_file(monkeypatch):
    order = PictureRequest("flowers")
    before = cache.path_of(order, 40)
    monkeypatch.setattr(cache, "sources_digest", lambda kind: "changed")
    assert cache.path_of(order, 40) != before


def test_every_module_that_decides_pixels_is_part_of_the_digest():
    for kind in KINDS.values():
        importlib.import_module(kind.module)
    room = "course.pictures.drawing."
    names = {name.removeprefix(room) for name in sys.modules if name.startswith(room)}
    own = {kind.module.removeprefix(room) for kind in KINDS.values()}
    assert {name.split(".")[0] for name in names} - own == set(cache._ENGINE)


def test_the_oldest_files_go_first(monkeypatch):
    monkeypatch.setattr(cache, "KEPT_BYTES", 300_000)
    for seed in range(4):
        flowers(8, size_px=33, seed=seed)
    assert len(_kept()) == 2


# -- the canvas --------------------------------------------------------------------------------


def test_a_flat_shape_covers_its_area():
    canvas = Canvas(97)
    canvas.view[:] = 0
    canvas.shape(ellipse((0, 0), 0.5, n=90), FLAT)
    covered = canvas.picture()[..., 0] / 200
    assert covered.mean() == pytest.approx(
        np.pi * 0.25 / 4, rel=0.04
    )  # OpenCV fills half a pixel more


def test_flat_fill_and_shape_agree():
    first, second = Canvas(65), Canvas(65)
    first.fill(box((0.1, 0), 1, 0.5, 20), FLAT.color)
    second.shape(box((0.1, 0), 1, 0.5, 20), FLAT)
    assert np.abs(first.picture().astype(int) - second.picture()).max() <= 8


def test_the_lit_side_is_lighter():
    canvas = Canvas(97)
    canvas.shape(ellipse((0, 0), 0.8), Paint(rgb(120, 120, 120), relief=1.0, shadow=0))
    picture = canvas.picture()[..., 0].astype(int)
    assert picture[19, 28] > picture[77, 68] + 40  # the light comes from above left


def test_a_hole_stays_open_and_a_mark_stays_inside():
    canvas = Canvas(97)
    canvas.shape(ring((0, 0), 0.8, 0.4), FLAT, [Mark(box((0, 0), 3, 0.2), rgb(0, 0, 250))])
    picture = canvas.picture()
    assert picture[48, 48].tolist() == [255, 255, 255]
    assert picture[48, 2].tolist() == [255, 255, 255]
    assert picture[48, 77].tolist() == [0, 0, 250]
    assert picture[20, 48].tolist() == [200, 40, 40]


def test_parts_are_drawn_in_their_own_coordinates():
    canvas = Canvas(97)
    with canvas.at((0.5, 0.5), 45, 0.2):
        canvas.fill(box((0, 0), 1, 1), FLAT.color)
    canvas.fill(box((-0.5, -0.5), 0.2, 0.2), FLAT.color)
    picture = canvas.picture()
    assert picture[72, 72].tolist() == picture[24, 24].tolist() == [200, 40, 40]


@pytest.mark.parametrize("at", [(9.0, 0.0), (0.0, -9.0), (-9.0, 9.0)])
def test_what_is_out_of_sight_draws_nothing(at):
    canvas = Canvas(65)
    canvas.shape(ellipse(at, 0.5), Paint(rgb(0, 0, 0)))
    assert canvas.picture().min() == 255


@pytest.mark.parametrize("module", ["drawing.canvas", "drawing.color", "drawing.shapes", "sets"])
def test_examples_in_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(f"course.pictures.{module}"))
    assert found.attempted > 0
    assert found.failed == 0


# -- the commands ------------------------------------------------------------------------------


def test_list_names_every_set():
    printed = CliRunner().invoke(app, ["list"]).output
    assert all(name in printed for name in (*KINDS, "sunflower", "dog", "spiky"))


@pytest.mark.parametrize("name", ["sheet.png", "new/sheet.jpg"])
def test_sheet_writes_a_page(tmp_path, name):
    out = tmp_path / name
    done = CliRunner().invoke(
        app, ["sheet", "pets", str(out), "--per-class", "3", "--shift", "0.5"]
    )
    assert done.exit_code == 0
    assert done.output.startswith("6 pictures of 2 classes in")
    with Image.open(out) as page:
        assert page.size[0] > 3 * 97


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pets", "out.gif"], "expected a name that ends in .png or .jpg"),
        (["pets", "out.png", "--per-class", "0"], "per_class is 0"),
        (["birds", "out.png"], "is not one of"),
    ],
)
def test_sheet_explains_what_it_cannot_do(arguments, message):
    done = CliRunner().invoke(app, ["sheet", *arguments], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert message in done.output


def test_speed_prints_a_row_per_set():
    done = CliRunner().invoke(app, ["speed", "--count", "8", "--workers", "1"])
    assert done.exit_code == 0
    assert all(name in done.output for name in KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_three_hundred_pictures_a_second_on_two_cores(name):
    kinds.draw(PictureRequest(name), 0, 20)
    start_s = time.process_time()
    kinds.draw(PictureRequest(name), 0, 240)
    assert (time.process_time() - start_s) / 240 < 2 / 300
