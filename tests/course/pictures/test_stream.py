"""Streams: the same photographs as in memory, in both frameworks, and an honest stopwatch."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course.pictures import flowers, photos
from course.pictures.stream import Throughput, folder_of, listing, read_or_raise, throughput
from tests.helpers import run_json, run_python


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("streams") / "zoo"
    rng = np.random.default_rng(0)
    for label, count in {"ant": 22, "bee": 16}.items():
        (root / label).mkdir(parents=True)
        for k in range(count):
            noise = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
            image = Image.fromarray(noise).resize((120, 90), Image.Resampling.BICUBIC)
            image.save(root / label / f"{k:03}.jpg")
    return root


def test_a_listing_names_the_files_that_photos_reads(folder):
    for split, per_class in itertools.product(("train", "val"), (None, 2)):
        listed = listing(folder, split=split, per_class=per_class, seed=3)
        held = photos(folder, split=split, per_class=per_class, seed=3, size_px=65)
        assert (listed.classes, len(listed)) == (held.classes, len(held))
        assert listed.labels.tolist() == held.labels.tolist()
        read = np.stack([read_or_raise(path, 65) for path in listed.paths])
        assert np.array_equal(read, held.images)


def test_a_listing_refuses_what_photos_refuses(folder, tmp_path):
    with pytest.raises(ValueError, match="No folder"):
        listing(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="split is 'dev'"):
        listing(folder, split="dev")


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "x.jpg").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"x.jpg cannot be read: not a readable image\. Take it"):
        read_or_raise(tmp_path / "x.jpg", 65)


# -- which folder ------------------------------------------------------------------------------


def test_drawn_pictures_are_saved_to_be_streamed(tmp_path):
    drawn = flowers(3, size_px=65)
    listed = listing(folder_of(drawn, tmp_path))
    assert (listed.classes, len(listed)) == (drawn.classes, len(drawn))
    assert np.bincount(listed.labels).tolist() == [3, 3, 3, 3, 3]
    for path, label in zip(listed.paths, listed.labels, strict=True):
        place = int(path.stem)
        assert label == drawn.labels[place]
        # JPEG changes pixels a little, and nothing else
        apart = read_or_raise(path, 65).astype(int) - drawn.images[place]
        assert np.abs(apart).mean() < 8


def test_photographs_are_streamed_from_where_they_lie(folder, tmp_path, monkeypatch):
    flowers_folder = tmp_path / "photos" / "flowers"
    for name in ("daisy", "dandelion", "roses", "sunflowers", "tulips"):
        (flowers_folder / name).mkdir(parents=True)
        for k, path in enumerate(sorted((folder / "ant").iterdir())[:4]):
            whole = Image.open(path).rotate(90 * k + len(name))
            whole.save(flowers_folder / name / path.name)
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path / "photos"))
    assert folder_of(flowers(1, size_px=65), tmp_path / "scratch") == flowers_folder
    assert not (tmp_path / "scratch").exists()


# -- the stopwatch -----------------------------------------------------------------------------


class _Slow:
    """Batches of ten pictures that take a while to come."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __iter__(self):
        for _ in range(3):
            time.sleep(self.seconds)
            yield np.zeros(10), np.zeros(10)


@pytest.mark.parametrize(
    ("input_s", "step_s", "limit"), [(0.002, 0.02, "model"), (0.02, 0.002, "input")]
)
def test_the_slower_one_is_the_limit(input_s, step_s, limit):
    found = throughput(_Slow(input_s), lambda *_: time.sleep(step_s), seconds=0.2)
    assert found.limit == limit
    # one after the other, as nothing here works at the same time
    assert found.both_per_s == pytest.approx(10 / (input_s + step_s), rel=0.3)
    assert 0 < found.share < 1


def test_one_turn_is_quicker_than_three():
    taken = []
    for turns in (1, 3):
        steps = []
        throughput(_Slow(0), lambda *_, s=steps: s.append(1), seconds=0, turns=turns)
        taken.append(len(steps))
    assert taken[1] == 3 * taken[0] > 0


def test_the_figures_read_as_a_sentence():
    said = str(Throughput(input_per_s=240.2, model_per_s=14.0, both_per_s=13.86))
    assert said == (
        "input alone 240, model alone 14, together 14 pictures per second (99 % of the model "
        "alone): the model is the limit"
    )


# -- both frameworks ---------------------------------------------------------------------------

TORCH = """
import json, sys
import numpy as np, torch
from course.backbone import load_torch, preprocess
from course.pictures import photos
from course.pictures.stream import listing
from course.pictures.stream_torch import loader, measure
folder = sys.argv[1]
held = photos(folder, size_px=65)
want = preprocess(held.images, framework="torch")
options = dict(size_px=65, batch_size=8)
def whole(data):
    images, labels = zip(*data)
    return torch.cat(images).numpy(), torch.cat(labels).numpy()
facts = {}
for workers in (0, 2):
    images, labels = whole(loader(listing(folder), shuffle=False, workers=workers, **options))
    facts[f"same {workers}"] = bool(np.array_equal(images, want)
                                    and np.array_equal(labels, held.labels))
mixed = loader(listing(folder), seed=1, **options)
first, second = (whole(mixed)[1].tolist() for _ in range(2))
again = whole(loader(listing(folder), seed=1, **options))[1].tolist()
facts["orders"] = [first != held.labels.tolist(), first != second, first == again]
facts["all"] = sorted(first) == sorted(held.labels.tolist())
model = load_torch(classes=2)
before = model.classifier[1].weight.detach().clone()
found = measure(model, mixed, seconds=0.3)
facts["rates"] = [found.input_per_s, found.model_per_s, found.both_per_s]
facts["trained"] = not torch.equal(before, model.classifier[1].weight)
print(json.dumps(facts))
"""

KERAS = """
import json, sys
from course.device import keras_device
keras_device()  # leaves TensorFlow out on another backend
import keras, numpy as np
from course.backbone import load_keras, preprocess
from course.pictures import photos
from course.pictures.stream import listing
from course.pictures.stream_keras import dataset, measure
folder = sys.argv[1]
held = photos(folder, size_px=65)
want = preprocess(held.images, framework="keras")
options = dict(size_px=65, batch_size=8)
def whole(data):
    images, labels = zip(*data)
    return np.concatenate([np.asarray(i) for i in images]), np.concatenate(labels)
facts = {}
for workers in (1, 2):
    images, labels = whole(dataset(listing(folder), shuffle=False, workers=workers, **options))
    facts[f"same {workers}"] = bool(np.array_equal(images, want)
                                    and np.array_equal(labels, held.labels))
mixed = dataset(listing(folder), seed=1, **options)
first, second = (whole(mixed)[1].tolist() for _ in range(2))
again = whole(dataset(listing(folder), seed=1, **options))[1].tolist()
facts["orders"] = [first != held.labels.tolist(), first != second, first == again]
facts["all"] = sorted(first) == sorted(held.labels.tolist())
base = load_keras(size_px=65)
model = keras.Sequential([base, keras.layers.Dense(2)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("sgd", loss)
history = model.fit(mixed, epochs=1, verbose=0).history
facts["fits"] = bool(np.isfinite(history["loss"][0]))
found = measure(model, mixed, seconds=0.3)
facts["rates"] = [found.input_per_s, found.model_per_s, found.both_per_s]
facts["backend"] = keras.backend.backend()
facts["tensorflow"] = bool(sys.modules.get("tensorflow"))
print(json.dumps(facts))
"""


def _assert_a_stream(facts, same):
    assert all(facts[f"same {workers}"] for workers in same)
    assert facts["orders"] == [True, True, True]
    assert facts["all"]
    assert all(rate > 0 for rate in facts["rates"])


@pytest.mark.torch
def test_pytorch_streams_what_photos_holds(folder):
    facts = run_json(TORCH, str(folder), timeout_s=400)
    _assert_a_stream(facts, (0, 2))
    assert facts["trained"]


@pytest.mark.keras
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_keras_streams_what_photos_holds(folder, backend):
    facts = run_json(KERAS, str(folder), env={"KERAS_BACKEND": backend}, timeout_s=400)
    _assert_a_stream(facts, (1, 2))
    assert facts["fits"]
    assert (facts["backend"], facts["tensorflow"]) == (backend, backend == "tensorflow")


FRAMEWORKS = [
    pytest.param("keras", marks=pytest.mark.keras),
    pytest.param("torch", marks=pytest.mark.torch),
]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_command_says_which_of_the_two_waits(folder, framework):
    code = f"""
    import sys
    from course.cli import main
    sys.argv[1:] = ["pictures", "throughput", {str(folder)!r}, "--framework", {framework!r},
                    "--size-px", "65", "--batch-size", "8", "--seconds", "0.3", "--frozen"]
    main()
    """
    first, device, speeds = run_python(code, timeout_s=400).stdout.splitlines()[-3:]
    assert first == "28 photographs at 65 px, 2 workers, batches of 8"
    assert device.startswith({"keras": "Keras on CPU", "torch": "PyTorch on CPU"}[framework])
    assert re.fullmatch(r"input alone \d+, model alone \d+, together .* is the limit", speeds)


@pytest.mark.torch
def test_a_damaged_file_stops_a_worker_by_name(tmp_path):
    for label in ("ant", "bee"):
        (tmp_path / label).mkdir()
        for k in range(4):
            (tmp_path / label / f"{k}.jpg").write_bytes(f"{label}{k}".encode())
    code = """
    import sys
    from course.pictures.stream import listing
    from course.pictures.stream_torch import loader
    next(iter(loader(listing(sys.argv[1]), size_px=65)))
    """
    done = run_python(code, str(tmp_path), check=False)
    assert "cannot be read: not a readable image. Take it away" in done.stderr
