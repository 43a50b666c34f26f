"""The bundled backbone: one file, two frameworks, the same features, kind words when it fails."""

from __future__ import annotations

import doctest
import importlib
import json
import shutil
import socket

import numpy as np
import pytest
import safetensors.numpy
from typer.testing import CliRunner

from course.backbone import (
    WeightsError,
    architecture,
    cli,
    naming,
    preprocess,
    pretraining_classes,
    size_px,
    weights,
    weights_path,
)
from course.backbone.architecture import layout, random_tensors
from course.backbone.pretraining import card, transfer
from course.backbone.pretraining.evaluate import Run, Table, evaluate, rows_at_hand
from course.backbone.weights import FORMAT, digest, read_weights, save_weights
from tests.helpers import run_json, run_python

CLASSES = ("cup", "key", "hat")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A whole weights file that stands where the bundled one would."""
    path = tmp_path / "weights.safetensors"
    tensors = random_tensors(0, width=0.35, classes=len(CLASSES))
    save_weights(path, tensors, classes=CLASSES, width=0.35, size_px=97, seed=0)
    monkeypatch.setattr(weights, "weights_path", lambda: path)
    return path


def _rewrite(path, tensors=None, **metadata):
    """Write the file again with other tensors or metadata, as a careless tool would."""
    with safetensors.safe_open(path, framework="numpy") as file:
        known = file.metadata()
        held = {name: file.get_tensor(name) for name in list(file.keys())}
    path.write_bytes(safetensors.numpy.save(held if tensors is None else tensors, known | metadata))


# -- the file ----------------------------------------------------------------------------------


def test_the_bundled_file_is_small_whole_and_described_by_its_card():
    held = read_weights()
    assert weights_path().stat().st_size <= 2_000_000
    assert (held.width, held.size_px, held.seed) == (0.35, 97, 0)
    assert len(held.classes) == len(set(held.classes)) >= 40
    assert held.sha256 == card.read_card()["pretraining"]["sha256"]
    assert not any("num_batches_tracked" in name for name in held.tensors)
    done = CliRunner().invoke(cli.app, ["verify"])
    assert (done.exit_code, "OK" in done.output) == (0, True)


def test_the_classes_are_those_of_the_objects_set():
    from course.pictures.kinds import KINDS

    assert pretraining_classes() == KINDS["objects"].classes


def test_a_saved_file_comes_back_as_it_was(small):
    held = read_weights()
    assert held.tensors.keys() == layout(0.35, 3).keys()
    assert held.sha256 == digest(random_tensors(0, width=0.35, classes=3))
    assert held.classes == CLASSES
    assert not small.with_name("weights.safetensors.part").exists()


def test_a_missing_file_says_how_to_get_it_back(small):
    small.unlink()
    with pytest.raises(WeightsError, match=r"No weights file at .*`git checkout -- course/back"):
        read_weights()
    with pytest.raises(WeightsError, match=r"course backbone pretrain --out FILE"):
        read_weights(small.with_name("other.safetensors"))


def test_a_cut_off_file_is_damaged(small):
    small.write_bytes(small.read_bytes()[:-1000])
    with pytest.raises(WeightsError, match=r"damaged: it cannot be read .*`git checkout"):
        read_weights()


def test_a_flipped_byte_is_damaged(small):
    content = bytearray(small.read_bytes())
    content[-5] ^= 1
    small.write_bytes(content)
    with pytest.raises(WeightsError, match=r"its numbers changed .* expected \w{12}…, found"):
        read_weights()


def test_metadata_that_cannot_be_read_is_damaged(small):
    _rewrite(small, classes="not json")
    with pytest.raises(WeightsError, match=r"metadata cannot be read \(JSONDecodeError"):
        read_weights()


def test_another_format_or_version_is_foreign(small):
    _rewrite(small, version="9")
    with pytest.raises(WeightsError, match=rf"foreign file: .*found '{FORMAT}' version 9"):
        read_weights()
    small.write_bytes(safetensors.numpy.save({"a": np.zeros(1, np.float32)}))
    with pytest.raises(WeightsError, match=r"foreign file: .*found None version None"):
        read_weights()


def test_another_network_is_foreign(small):
    _rewrite(small, random_tensors(0, width=0.5, classes=3))
    with pytest.raises(WeightsError, match=r"foreign file: \d+ tensors are not those .*expected"):
        read_weights()


def test_verify_notices_a_file_that_the_card_does_not_describe(small, tmp_path):
    done = CliRunner().invoke(cli.app, ["verify"])
    assert done.exit_code == 1
    assert "not the file that its model card describes" in " ".join(done.output.split())


def test_doctests_hold():
    for module in (architecture, naming, transfer, card):
        assert doctest.testmod(importlib.import_module(module.__name__)).failed == 0


# -- the network without a framework -----------------------------------------------------------


def test_the_layout_has_the_published_size():
    # as torchvision counts width 1 (trainable), and Keras width 0.35 (with statistics)
    def trainable(width):
        shapes = layout(width, 1000)
        return sum(int(np.prod(s)) for name, s in shapes.items() if "running" not in name)

    assert trainable(1.0) == 3_504_872
    assert sum(int(np.prod(s)) for s in layout(0.35, 1000).values()) == 1_691_208


def test_random_tensors_follow_the_seed():
    first, same, other = (random_tensors(s, width=0.35, classes=2) for s in (1, 1, 2))
    assert digest(first) == digest(same) != digest(other)
    assert first["features.18.0.weight"].std() == pytest.approx(np.sqrt(2 / 1280), rel=0.02)


def test_every_layer_has_a_module_of_its_own():
    modules = naming.module_of_layer()
    assert len(set(modules.values())) == len(modules) == 105


# -- preprocessing -----------------------------------------------------------------------------


def test_preprocess_scales_and_lays_out():
    images = np.zeros((2, 5, 7, 3), np.uint8)
    images[0, 1, 2] = (255, 0, 51)
    keras = preprocess(images, framework="keras")
    torch = preprocess(images, framework="torch")
    assert (keras.shape, torch.shape) == ((2, 5, 7, 3), (2, 3, 5, 7))
    assert keras.dtype == torch.dtype == np.float32
    assert keras[0, 1, 2].tolist() == pytest.approx([1, -1, -0.6])
    assert np.array_equal(torch.transpose(0, 2, 3, 1), keras)


def test_imagenet_weights_bring_their_own_preprocessing(monkeypatch):
    monkeypatch.setenv("COURSE_WEIGHTS", "imagenet")
    white = np.full((1, 1, 1, 3), 255, np.uint8)
    standardized = preprocess(white, framework="torch").ravel().tolist()
    assert standardized == pytest.approx([2.2489, 2.4286, 2.64], abs=1e-4)
    assert preprocess(white, framework="keras").ravel().tolist() == [1, 1, 1]
    assert (size_px(), size_px(weights="bundled")) == (161, 97)
    assert pretraining_classes()[207] == "golden retriever"


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 5, 5, 3)), np.zeros((5, 5, 3), np.uint8), np.zeros((2, 3, 5, 5), np.uint8)],
)
def test_preprocess_refuses_what_is_no_batch_of_images(images):
    with pytest.raises(ValueError, match=r"Expected images as \(N, H, W, 3\) uint8.*received"):
        preprocess(images, framework="torch")


def test_unknown_words_are_refused():
    images = np.zeros((1, 5, 5, 3), np.uint8)
    with pytest.raises(ValueError, match=r"framework is 'jax'; expected 'keras' or 'torch'"):
        preprocess(images, framework="jax")
    with pytest.raises(ValueError, match=r"weights is 'best'; expected one of bundled, imagenet"):
        preprocess(images, framework="torch", weights="best")


# -- both frameworks ---------------------------------------------------------------------------

SIZES = (65, 97)

TORCH = """
import json, sys, time
import numpy as np, torch, torchvision
from course.backbone import WeightsError, load_torch, preprocess
folder = sys.argv[1]
begin = time.perf_counter()
model = load_torch()
seconds = time.perf_counter() - begin
assert not model.training
def pooled(network, x):
    return network.features(x).mean((2, 3)).numpy()
fresh, again = load_torch(weights="random", classes=5, seed=3), load_torch(classes=5)
with torch.inference_mode():
    for side in (65, 97):
        x = torch.from_numpy(preprocess(np.load(f"{folder}/{side}.npy"), framework="torch"))
        np.save(f"{folder}/torch-{side}.npy", pooled(model, x))
    np.save(f"{folder}/torch-top.npy", model(x).numpy())
    np.save(f"{folder}/torch-random.npy", pooled(fresh, x))
words = ""
try:
    load_torch(weights="imagenet")
except WeightsError as error:
    words = str(error)
print(json.dumps({
    "seconds": seconds,
    "outputs": [tuple(m.classifier[1].weight.shape) for m in (model, fresh, again)],
    "kept": torch.equal(model.features[0][0].weight, again.features[0][0].weight),
    "offline": words,
}))
"""

KERAS = """
import json, sys, time
import keras, numpy as np
from course.backbone import WeightsError, load_keras, preprocess
from course.backbone.architecture import random_tensors
from course.backbone.loaders import build_keras
from course.backbone.naming import set_keras_weights
folder, name = sys.argv[1], sys.argv[2]
load = lambda **options: load_keras(**options)
load(size_px=65)
begin = time.perf_counter()
base = load()
seconds = time.perf_counter() - begin
for side in (65, 97):
    model = base if side == 97 else load(size_px=65)
    x = preprocess(np.load(f"{folder}/{side}.npy"), framework="keras")
    np.save(f"{folder}/{name}-{side}.npy", model.predict(x, verbose=0))
np.save(f"{folder}/{name}-top.npy", load(include_top=True).predict(x, verbose=0))
fresh = load(weights="random", seed=3)
np.save(f"{folder}/{name}-random.npy", fresh.predict(x, verbose=0))

drawn = random_tensors(5, width=0.35, classes=4)
model = build_keras(4)
taken = set_keras_weights(model, drawn)
words = ""
try:
    load_keras(weights="imagenet")
except WeightsError as error:
    words = str(error)
print(json.dumps({
    "seconds": seconds,
    "output": base.output_shape,
    "once": sorted(taken) == sorted(drawn) and len(taken) == len(model.variables),
    "numbers": bool(np.isclose(
        sum(float(np.square(v.numpy() if hasattr(v, "numpy") else v).sum()) for v in
            [keras.ops.convert_to_numpy(w) for w in model.variables]),
        sum(float(np.square(v).sum()) for v in drawn.values()))),
    "momentum": sorted({round(la.momentum, 6) for la in base.layers if hasattr(la, "momentum")}),
    "offline": words,
}))
"""


@pytest.fixture(scope="module")
def closed_port():
    """An address at which nobody answers: a proxy that stands for no network."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def offline(tmp_path_factory, closed_port):
    """Empty framework caches, and no way out."""
    caches = tmp_path_factory.mktemp("caches")
    ways = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), closed_port)
    return {"TORCH_HOME": str(caches / "torch"), "KERAS_HOME": str(caches / "keras"), **ways}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of random pictures, and what PyTorch made of them."""
    folder = tmp_path_factory.mktemp("features")
    for side in SIZES:
        images = np.random.default_rng(side).integers(0, 256, (4, side, side, 3), dtype=np.uint8)
        np.save(folder / f"{side}.npy", images)
    return folder


@pytest.fixture(scope="module")
def torch_facts(pictures, offline):
    return run_json(TORCH, str(pictures), env=offline)


@pytest.mark.torch
def test_pytorch_loads_the_file_fast(torch_facts):
    assert torch_facts["seconds"] < 4
    classes = len(pretraining_classes())
    assert torch_facts["outputs"] == [[classes, 1280], [5, 1280], [5, 1280]]
    assert torch_facts["kept"]


@pytest.mark.torch
def test_pytorch_without_a_network_says_which_file_goes_where(torch_facts, offline):
    file = f"{offline['TORCH_HOME']}/hub/checkpoints/mobilenet_v2-b0353104.pth"
    assert f"put it at {file}" in torch_facts["offline"]
    assert "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth" in torch_facts["offline"]
    assert "unset COURSE_WEIGHTS" in torch_facts["offline"]


@pytest.mark.keras
@pytest.mark.torch
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_keras_gives_the_features_that_pytorch_gives(torch_facts, pictures, offline, backend):
    name = f"keras-on-{backend}"
    facts = run_json(KERAS, str(pictures), name, env={**offline, "KERAS_BACKEND": backend})
    assert facts["once"]
    assert facts["numbers"]
    assert facts["seconds"] < 4  # under 1 on a quiet machine; a shared one is given more
    assert facts["output"] == [None, 1280]
    assert facts["momentum"] == [0.9]
    file = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    assert f"put it at {offline['KERAS_HOME']}/models/{file}" in facts["offline"]
    for what in (*SIZES, "random", "top"):
        mine, other = (np.load(pictures / f"{n}-{what}.npy") for n in (name, "torch"))
        assert mine.shape == other.shape
        # an untrained network's features are tiny and logits are large: measured by their size
        size = 1.0 if what in SIZES else float(np.abs(other).max())
        assert np.abs(mine - other).max() <= 1e-5 * size, what
        assert other.std() > 0.1 * size, what


# -- ImageNet weights, where they are at hand --------------------------------------------------

IMAGENET = """
import json, sys
import numpy as np
from course.backbone import load_{framework} as load, preprocess, size_px
images = np.load(sys.argv[1])
x = preprocess(images, framework="{framework}")
model = load()
{features}
print(json.dumps({{"shape": features.shape, "finite": bool(np.isfinite(features).all()),
                  "spread": float(features.std(0).mean()), "size_px": size_px()}}))
"""


def _imagenet_facts(framework, features, images, env):
    code = IMAGENET.format(framework=framework, features=features)
    return run_json(code, str(images), env={"COURSE_WEIGHTS": "imagenet", **env})


@pytest.fixture
def noise(tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (3, 161, 161, 3), dtype=np.uint8))
    return path


@pytest.mark.torch
def test_pytorch_takes_imagenet_weights_from_its_cache(real_folder, tmp_path, noise):
    home = tmp_path / "torch/hub/checkpoints"
    home.mkdir(parents=True)
    held = real_folder / "weights/mobilenet_v2_tfslim_1.0_224.torchvision_layout.pth"
    shutil.copy(held, home / "mobilenet_v2-b0353104.pth")
    features = "import torch; features = model.features(torch.from_numpy(x)).mean((2, 3))"
    features += ".detach().numpy()"
    facts = _imagenet_facts("torch", features, noise, {"TORCH_HOME": str(tmp_path / "torch")})
    assert (facts["shape"], facts["finite"], facts["size_px"]) == ([3, 1280], True, 161)
    assert facts["spread"] > 0.01


@pytest.mark.keras
def test_keras_takes_imagenet_weights_from_its_cache(real_folder, tmp_path, noise):
    home = tmp_path / "keras/models"
    home.mkdir(parents=True)
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    shutil.copy(real_folder / "weights" / name, home)
    features = "features = model.predict(x, verbose=0)"
    facts = _imagenet_facts("keras", features, noise, {"KERAS_HOME": str(tmp_path / "keras")})
    assert (facts["shape"], facts["finite"], facts["size_px"]) == ([3, 1280], True, 161)
    assert facts["spread"] > 0.01


@pytest.mark.torch
def test_a_broken_file_in_the_cache_is_named(tmp_path):
    home = tmp_path / "hub/checkpoints"
    home.mkdir(parents=True)
    (home / "mobilenet_v2-b0353104.pth").write_bytes(b"half a file")
    code = "from course.backbone import load_torch; load_torch(weights='imagenet')"
    done = run_python(code, env={"TORCH_HOME": str(tmp_path)}, check=False)
    assert "cannot be read" in done.stderr
    assert "Delete that file and run this again" in done.stderr


# -- the model card ----------------------------------------------------------------------------


def test_the_model_card_is_rendered_from_its_figures():
    text = card.card_path().with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert text == card.render(card.read_card())


def test_the_card_describes_the_bundled_file():
    figures = card.read_card()
    assert figures["transfer"]["sha256"] == figures["pretraining"]["sha256"]
    assert figures["pretraining"]["bytes"] == weights_path().stat().st_size
    assert figures["pretraining"]["minutes"] <= 60


def _means(framework):
    rows = card.read_card()["transfer"]["rows"]
    return {name: 100 * facts[framework]["mean"] for name, facts in rows.items()}


def assert_bars(mean):
    """Hold a table of means, in percent, against what the course promises."""
    assert mean["flowers-100-scratch"] <= 45
    assert mean["flowers-100-head"] >= 85
    assert mean["flowers-100-tuned"] >= 90
    assert mean["flowers-500-tuned"] >= 95
    assert mean["flowers-500-tuned"] - mean["flowers-500-scratch"] >= 25
    assert mean["pets-200-tuned"] >= 96
    for task in ("flowers-100", "flowers-500", "pets-200"):
        assert mean[f"{task}-tuned"] - mean[f"{task}-reckless"] >= 15


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_the_table_meets_its_bars(framework):
    assert_bars(_means(framework))


def test_the_table_rests_on_three_seeds_and_the_frameworks_agree():
    rows = card.read_card()["transfer"]["rows"]
    assert rows.keys() == {row.id for row in transfer.ROWS}
    for name, facts in rows.items():
        assert all(len(facts[framework]["seeds"]) >= 3 for framework in ("torch", "keras"))
        apart = abs(facts["torch"]["mean"] - facts["keras"]["mean"])
        assert round(apart, 4) <= 0.03, name


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_the_table_can_be_made_again(framework):
    table = evaluate(seeds=range(3), frameworks=[framework])
    facts = card.transfer_facts(table, command="pytest")["rows"]
    assert_bars({name: 100 * row[framework]["mean"] for name, row in facts.items()})


# -- what both halves of the table share -------------------------------------------------------


class _Set:
    images = np.arange(12 * 9 * 9 * 3, dtype=np.uint8).reshape(12, 9, 9, 3)
    labels = np.arange(12) % 3
    classes = ("a", "b", "c")


def test_batches_cover_every_picture_before_any_comes_again():
    numbers = transfer.Numbers(batch_size=5)
    labels = [y for _, y in transfer.batches(_Set, steps=12, seed=1, numbers=numbers)]
    assert [len(y) for y in labels] == [5] * 12
    assert np.bincount(np.concatenate(labels)).tolist() == [20, 20, 20]


def test_batches_repeat_with_their_seed():
    first, same, other = (
        next(transfer.batches(_Set, steps=1, seed=s, numbers=transfer.Numbers(batch_size=4)))
        for s in (1, 1, 2)
    )
    assert np.array_equal(first[0], same[0])
    assert not np.array_equal(first[0], other[0])


def test_vary_moves_and_mirrors_only():
    images = _Set.images
    still = transfer.vary(images, np.random.default_rng(0), 0)
    for before, after in zip(images, still, strict=True):
        assert any(np.array_equal(after, kind) for kind in (before, before[:, ::-1]))


def test_views_keep_labels_with_their_pictures():
    images, labels = transfer.views(_Set, seed=0, numbers=transfer.Numbers(views=2))
    assert images.shape == (24, 9, 9, 3)
    assert labels.tolist() == [*_Set.labels, *_Set.labels]


def test_the_table_gathers_runs():
    runs = [Run("torch", "flowers-100-head", s, 0.8 + s / 10, 2.0, 100, 500) for s in range(3)]
    facts = card.transfer_facts(Table(runs=runs), command="x")["rows"]["flowers-100-head"]
    assert facts["torch"] == {
        "mean": 0.9, "low": 0.8, "high": 1.0, "seeds": [0, 1, 2], "seconds": 2.0, "test": 500,
    }  # fmt: skip
    assert "keras" not in facts
    assert card.cell(facts["torch"]) == "90.0 % (80.0–100.0)"


def test_rows_follow_the_photographs_at_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path))
    with pytest.raises(ValueError, match=r"No photographs in .*expected flowers/ or pets/"):
        rows_at_hand()
    (tmp_path / "pets").mkdir()
    assert {row.task for row in rows_at_hand()} == {"pets"}


def test_a_failing_framework_ends_with_its_own_words(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_WEIGHTS", "nonsense")
    with pytest.raises(RuntimeError, match=r"torch runs failed:[\s\S]*COURSE_WEIGHTS is 'nonsense"):
        evaluate(seeds=[0], frameworks=["torch"], rows=transfer.ROWS[:1])


def test_evaluate_refuses_an_unknown_framework():
    done = CliRunner().invoke(cli.app, ["evaluate", "--framework", "jax"])
    assert (done.exit_code, "expected torch, keras or both" in done.output) == (1, True)


def test_card_json_is_plain():
    figures = json.loads(card.card_path().read_text(encoding="utf-8"))
    assert set(figures) == {"pretraining", "transfer"}
