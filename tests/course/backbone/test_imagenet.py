"""EfficientNetB0 beside MobileNetV2, and preprocessing that cannot be mixed up."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from course.backbone import load_keras, load_torch, preprocess
from course.backbone.preprocessing import Origin, mark, origin_of, size_px
from tests.helpers import run_json, run_python

WHITE = np.full((1, 1, 1, 3), 255, np.uint8)


class _Network:
    """Stands for any network: what is written on it is all that is asked."""


def _network(weights="bundled", architecture="mobilenet_v2", framework="torch"):
    return mark(_Network(), Origin(weights, architecture, framework))


# -- preprocessing belongs to the weights ------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (("bundled", "mobilenet_v2", "torch"), [1, 1, 1]),
        (("bundled", "mobilenet_v2", "keras"), [1, 1, 1]),
        (("imagenet", "mobilenet_v2", "keras"), [1, 1, 1]),
        (("imagenet", "efficientnet_b0", "keras"), [255, 255, 255]),
        (("imagenet", "mobilenet_v2", "torch"), [2.2489, 2.4286, 2.64]),
        (("imagenet", "efficientnet_b0", "torch"), [2.2489, 2.4286, 2.64]),
    ],
)
def test_a_network_brings_its_own_preprocessing(origin, expected):
    taken = preprocess(WHITE, model=_network(*origin)).ravel().tolist()
    assert taken == pytest.approx(expected, abs=1e-4)
    weights, architecture, framework = origin
    same = preprocess(WHITE, weights=weights, architecture=architecture, framework=framework)
    assert same.ravel().tolist() == taken


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weights": "bundled"}, r"asked for is that of the bundled weights of mobilenet_v2 in t"),
        ({"framework": "keras"}, r"that of the imagenet weights of mobilenet_v2 in keras"),
        ({"architecture": "efficientnet_b0"}, r"imagenet weights of efficientnet_b0 in torch"),
    ],
)
def test_anothers_preprocessing_is_refused(asked, said):
    with pytest.raises(ValueError, match=rf"carries the imagenet weights.*{said}.*model= alone"):
        preprocess(WHITE, model=_network("imagenet"), **asked)


def test_the_refusal_says_both_ranges(monkeypatch):
    monkeypatch.setenv("COURSE_WEIGHTS", "imagenet")
    with pytest.raises(ValueError, match=r"expected −1 to 1, it would get each channel standard"):
        preprocess(WHITE, model=_network("bundled"), weights="imagenet")
    # the switch is not a request: the network's own is taken
    assert preprocess(WHITE, model=_network("bundled")).max() == 1


def test_a_network_from_elsewhere_does_not_know():
    with pytest.raises(ValueError, match=r"This _Network does not say.*Pass weights= and frame"):
        preprocess(WHITE, model=_Network())
    with pytest.raises(ValueError, match="framework is None; expected 'keras' or 'torch'"):
        preprocess(WHITE)


def test_efficientnet_has_no_bundled_weights():
    for load in (load_torch, load_keras):
        with pytest.raises(ValueError, match=r"No bundled weights of efficientnet_b0.*'random'"):
            load(architecture="efficientnet_b0")
        with pytest.raises(ValueError, match=r"architecture is 'vgg'; expected one of mobilenet"):
            load(architecture="vgg")


# -- EfficientNetB0 ----------------------------------------------------------------------------

TORCH = """
import copy, json, sys
import numpy as np, torch, torchvision
from course.backbone import WeightsError, load_torch, preprocess
from course.backbone.preprocessing import origin_of
def load(**options):
    return load_torch(architecture="efficientnet_b0", **options)
torch.manual_seed(9)
undisturbed = torch.rand(1).item()
torch.manual_seed(9)
load(weights="random", seed=1)
drawn = torch.rand(1).item()
fresh, same, other = (load(weights="random", classes=5, seed=s) for s in (1, 1, 2))
held = f"{torch.hub.get_dir()}/checkpoints"
words = ""
try:
    load(weights="imagenet")
except WeightsError as error:
    words = str(error)
import os
os.makedirs(held, exist_ok=True)
torch.save(torchvision.models.efficientnet_b0().state_dict(),
           f"{held}/efficientnet_b0_rwightman-7f5810bc.pth")
real = load(weights="imagenet", classes=5)
images = np.random.default_rng(0).integers(0, 256, (2, 65, 65, 3), dtype=np.uint8)
with torch.inference_mode():
    out = real(torch.from_numpy(preprocess(images, model=copy.deepcopy(real))))
weight = lambda model: model.features[0][0].weight
print(json.dumps({
    "parameters": sum(p.numel() for p in load(weights="random").parameters()),
    "head": list(fresh.classifier[1].weight.shape),
    "repeats": [torch.equal(weight(fresh), weight(one)) for one in (same, other)],
    "undisturbed": drawn == undisturbed,
    "offline": words,
    "out": list(out.shape),
    "origin": str(origin_of(real)),
    "bundled": str(origin_of(load_torch())),
    "training": real.training,
}))
"""

KERAS = """
import json, os, sys
import keras, numpy as np
from keras.src.applications import efficientnet
from course.backbone import WeightsError, load_keras, preprocess
from course.backbone.preprocessing import origin_of
def load(**options):
    return load_keras(architecture="efficientnet_b0", **options)
fresh, same, other = (load(weights="random", size_px=65, seed=s) for s in (1, 1, 2))
said = {}
for name, options in {"offline": {}, "head": {"include_top": True}}.items():
    try:
        load(weights="imagenet", **options)
    except WeightsError as error:
        said[name] = str(error)
try:
    load(weights="imagenet", include_top=True, size_px=161)
except ValueError as error:
    said["size"] = str(error)
folder = os.path.join(os.environ["KERAS_HOME"], "models")
os.makedirs(folder, exist_ok=True)
whole = keras.applications.EfficientNetB0(include_top=False, weights=None)
whole.save_weights(f"{folder}/efficientnetb0_notop.weights.h5")
os.rename(f"{folder}/efficientnetb0_notop.weights.h5", f"{folder}/efficientnetb0_notop.h5")
try:
    load(weights="imagenet")
except WeightsError as error:
    said["broken"] = str(error)
images = np.random.default_rng(0).integers(0, 256, (2, 65, 65, 3), dtype=np.uint8)
out = fresh.predict(preprocess(images, model=fresh), verbose=0)
kernel = lambda model: keras.ops.convert_to_numpy(model.get_layer("stem_conv").kernel)
spread = np.std(kernel(fresh))
print(json.dumps({
    **said,
    "parameters": load(weights="random", include_top=True).count_params(),
    "repeats": [bool(np.array_equal(kernel(fresh), kernel(one))) for one in (same, other)],
    "spread": float(np.std(kernel(fresh)) / np.sqrt(2 / (9 * 32))),
    "out": list(out.shape),
    "finite": bool(np.isfinite(out).all()),
    "origin": str(origin_of(fresh)),
    "momentum": sorted({round(la.momentum, 6) for la in fresh.layers if hasattr(la, "momentum")}),
}))
"""


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """Empty framework caches, and a proxy at which nobody answers."""
    caches = tmp_path_factory.mktemp("caches")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ways = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nobody)
    return {"TORCH_HOME": str(caches / "torch"), "KERAS_HOME": str(caches / "keras"), **ways}


@pytest.mark.torch
def test_efficientnet_in_pytorch(offline):
    facts = run_json(TORCH, env=offline)
    assert facts["parameters"] == 5_288_548  # as torchvision publishes it
    assert (facts["head"], facts["out"]) == ([5, 1280], [2, 5])
    assert (facts["repeats"], facts["undisturbed"]) == ([True, False], True)
    file = f"{offline['TORCH_HOME']}/hub/checkpoints/efficientnet_b0_rwightman-7f5810bc.pth"
    assert f"put it at {file}" in facts["offline"]
    assert "download.pytorch.org/models/efficientnet_b0_rwightman-7f5810bc.pth" in facts["offline"]
    assert facts["origin"] == "the imagenet weights of efficientnet_b0 in torch"
    assert facts["bundled"] == "the bundled weights of mobilenet_v2 in torch"
    assert not facts["training"]


@pytest.mark.keras
def test_efficientnet_in_keras(offline):
    facts = run_json(KERAS, env=offline)
    assert (
        facts["parameters"] == 5_330_571
    )  # as Keras publishes it: with normalization and statistics
    assert (facts["out"], facts["finite"], facts["momentum"]) == ([2, 1280], True, [0.9])
    assert facts["repeats"] == [True, False]
    assert facts["spread"] == pytest.approx(1, abs=0.1)
    home = f"{offline['KERAS_HOME']}/models"
    assert f"put it at {home}/efficientnetb0_notop.h5" in facts["offline"]
    address = "https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5"
    assert f"fetch {address} elsewhere" in facts["offline"]
    assert f"put it at {home}/efficientnetb0.h5" in facts["head"]
    assert "size_px is 161; expected 224" in facts["size"]
    assert f"in {home}/efficientnetb0_notop.h5 cannot be read" in facts["broken"]
    assert facts["origin"] == "the imagenet weights of efficientnet_b0 in keras"


ALIKE = """
import json, os
import torch, torchvision
from course.backbone import load_torch
held = f"{torch.hub.get_dir()}/checkpoints"
os.makedirs(held, exist_ok=True)
torch.manual_seed(0)
torch.save(torchvision.models.mobilenet_v2().state_dict(), f"{held}/mobilenet_v2-b0353104.pth")
tuned, fresh = load_torch(classes=5), load_torch(weights="random", classes=5)
fresh.load_state_dict(tuned.state_dict())
with torch.inference_mode():
    # dark pictures: where the variance is small, BatchNorm's epsilon shows
    outputs = [model(0.01 * torch.rand(2, 3, 65, 65, generator=torch.Generator().manual_seed(1)))
               for model in (tuned, fresh)]
print(json.dumps({"same": torch.equal(*outputs),
                  "epsilons": sorted({m.eps for m in fresh.modules() if hasattr(m, "eps")})}))
"""


@pytest.mark.torch
def test_what_an_imagenet_network_saved_goes_back_into_an_untrained_one(tmp_path):
    facts = run_json(ALIKE, env={"TORCH_HOME": str(tmp_path), "COURSE_WEIGHTS": "imagenet"})
    assert facts == {"same": True, "epsilons": [1e-5]}


# -- Keras's file without the head is there, the one with it is not ------------------------------

HEADLESS = """
import contextlib, io, json, os
import h5py, keras, numpy as np
from keras.src.legacy.saving import legacy_h5_format
from course.backbone import load_keras, preprocess
home = os.path.join(os.environ["KERAS_HOME"], "models")
os.makedirs(home, exist_ok=True)
name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224"
def put(file, **options):
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2((224, 224, 3), weights=None, **options)
    with h5py.File(f"{home}/{file}", "w") as held:
        legacy_h5_format.save_weights_to_hdf5_group(held, model)
def load(**options):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        model = load_keras(weights="imagenet", **options)
    return model, [line for line in said.getvalue().splitlines() if line.startswith("note: ")]
def spread(model):
    return float(np.std(model.layers[-1].get_weights()[0]))
put(f"{name}_no_top.h5", include_top=False)
base, silent = load()
first, noted = load(include_top=True)
again, quiet = load(include_top=True, seed=1)
images = np.random.default_rng(0).integers(0, 256, (2, 161, 161, 3), dtype=np.uint8)
ready = preprocess(images, model=first)
below = keras.Model(first.input, first.layers[-1].input)
facts = {
    "notes": [silent, noted, quiet],
    "out": list(first.predict(ready, verbose=0).shape),
    "spread": spread(first),
    "drawn anew": not np.array_equal(first.get_weights()[-2], again.get_weights()[-2]),
    "features apart": float(np.abs(below.predict(ready, verbose=0)
                                   - base.predict(ready, verbose=0)).max()),
}
put(f"{name}.h5")
found, quiet = load(include_top=True)
facts["whole file"] = [quiet, spread(found), len(found.layers) - len(first.layers)]
print(json.dumps(facts))
"""


@pytest.mark.keras
def test_keras_goes_on_without_the_old_head_and_says_so_once(offline, tmp_path):
    facts = run_json(HEADLESS, env={**offline, "KERAS_HOME": str(tmp_path)}, timeout_s=300)
    silent, (note,), quiet = facts["notes"]
    assert (silent, quiet) == ([], [])
    file = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    assert note.startswith(
        f"note: {file}, the ImageNet weights with their head, could not be downloaded ("
    )
    assert "The file without the head is here: the features are ImageNet's" in note
    assert "Only the old head is untrained now: what it names is a guess." in note
    assert f"/{file} elsewhere, put it at {tmp_path}/models/{file} and restart" in note
    assert note.endswith("or unset COURSE_WEIGHTS to go on with the bundled weights, head and all.")
    assert note.count("https://") == 1
    assert (facts["out"], facts["drawn anew"]) == ([2, 1000], True)
    assert facts["spread"] == pytest.approx(0.01, rel=0.01)
    assert facts["features apart"] < 1e-5
    # once the file is put there, the same process takes it
    assert facts["whole file"] == [[], pytest.approx(np.sqrt(2 / (1280 + 1000)), rel=0.01), 0]


def test_the_size_is_the_weights_own():
    assert (size_px(weights="imagenet"), size_px(weights="bundled")) == (161, 97)


@pytest.mark.torch
def test_a_damaged_cache_is_named_for_either_network(tmp_path):
    home = tmp_path / "hub/checkpoints"
    home.mkdir(parents=True)
    (home / "efficientnet_b0_rwightman-7f5810bc.pth").write_bytes(b"half a file")
    code = """
    from course.backbone import load_torch
    load_torch(weights="imagenet", architecture="efficientnet_b0")
    """
    done = run_python(code, env={"TORCH_HOME": str(tmp_path)}, check=False)
    assert "efficientnet_b0_rwightman-7f5810bc.pth cannot be read" in done.stderr


def test_the_mark_is_read_back():
    origin = Origin("imagenet", "efficientnet_b0", "keras")
    assert origin_of(_network("imagenet", "efficientnet_b0", "keras")) == origin
