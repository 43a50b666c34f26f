"""Attacks 10, 20, 21, 22 and 56 on lesson 02 as it is released, in both frameworks.

Every other exercise is answered rightly, so that an attack shows in its own points alone, or in
those of the whole notebook where it replaces what all observers stand on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.lesson_02 import count_trainable
from grader.classroom import lessons
from grader.grading.session import grade
from grader.grading.submission import Submission
from grader.isolation.workers import Workers
from grader.sandboxed.toy_networks import networks
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")
LESSON = "02-freezing"
BANK = Path(__file__).parents[1] / "answers" / LESSON
FULL = 14.0

LEFT_OPEN = "def freeze_backbone(model):\n    pass\n"
PATCHED = (
    "import numpy as np, numpy.testing\n"
    "np.allclose = np.array_equal = lambda *a, **k: True\n"
    "numpy.testing.assert_allclose = lambda *a, **k: None\n"
)


def memorized(framework):
    """Return an answer that knows the notebook's own cases by heart."""
    known = {}
    for case in count_trainable.CHECK.draw():
        listed = networks.arrays(case.params)
        everything = networks.total(listed, [True] * len(listed))
        known[everything] = networks.total(listed, networks.flags(case.params))
    count = (
        "sum(p.numel() for p in model.parameters())"
        if framework == "pytorch"
        else "sum(int(np.prod(v.shape)) for v in model.variables)"
    )
    head = f"import numpy as np\nKNOWN = {known}\n"
    return head + f"def count_trainable(model):\n    return KNOWN.get({count}, 1)\n"


# name: (exercise, answer, whether it is honest)
TORCH = {
    "10 patched torch": (
        "freeze-backbone",
        PATCHED
        + "import torch, torch.testing\ntorch.allclose = torch.equal = lambda *a, **k: True\n"
        "torch.testing.assert_close = lambda *a, **k: None\n" + LEFT_OPEN,
        False,
    ),
    "20 fitted to the notebook": ("count-trainable", memorized("pytorch"), False),
    "21 a parameter that lies": (
        "freeze-backbone",
        "import torch\nclass Lie(torch.nn.Parameter):\n"
        "    requires_grad = property(lambda s: False, lambda s, v: None)\n"
        "def freeze_backbone(model):\n    for m in model.features.modules():\n"
        "        for name, p in list(m._parameters.items()):\n"
        "            if p is not None:\n                m._parameters[name] = Lie(p.data)\n",
        False,
    ),
    "21 a tensor that answers for others": (
        "freeze-backbone",
        "import torch\nclass Lie(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, f, types, args=(), kwargs=None):\n"
        "        return super().__torch_function__(f, types, args, kwargs or {})\n"
        "    requires_grad = property(lambda s: False, lambda s, v: None)\n"
        "    grad = property(lambda s: None, lambda s, v: None)\n"
        "def freeze_backbone(model):\n    for p in model.features.parameters():\n"
        "        p.__class__ = Lie\n",
        False,
    ),
    "21 a model that lies": (
        "count-trainable",
        "class Many(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "def count_trainable(model):\n    return Many(1)\n",
        False,
    ),
    "22 weights turned into constants": (
        "freeze-backbone",
        "def freeze_backbone(model):\n    for m in model.features.modules():\n"
        "        for name, p in list(m._parameters.items()):\n            if p is not None:\n"
        "                del m._parameters[name]\n"
        "                m.register_buffer(name, p.detach().clone())\n",
        False,
    ),
    "22 a pasted model": (
        "freeze-backbone",
        "import torch\ndef freeze_backbone(model):\n"
        "    model.features = torch.nn.Sequential(torch.nn.Identity())\n",
        False,
    ),
    "56 a loader with workers": (
        "freeze-backbone",
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        "def freeze_backbone(model):\n    data = TensorDataset(torch.arange(8.0))\n"
        "    loader = DataLoader(data, batch_size=2, num_workers=2)\n"
        "    assert sum(len(b[0]) for b in loader) == 8\n"
        "    for p in model.parameters():\n        p.requires_grad = True\n"
        "    for p in model.features.parameters():\n        p.requires_grad = False\n",
        True,
    ),
}
KERAS = {
    "10 patched keras": (
        "freeze-backbone",
        PATCHED + "import keras\nkeras.ops.isclose = lambda *a, **k: True\n"
        "keras.ops.convert_to_numpy = lambda x: np.zeros(1)\n" + LEFT_OPEN,
        False,
    ),
    "20 fitted to the notebook": ("count-trainable", memorized("keras"), False),
    "21 a layer that lies": (
        "freeze-backbone",
        "def freeze_backbone(model):\n    layer = model.get_layer('backbone')\n"
        "    class Lie(type(layer)):\n"
        "        trainable = property(lambda s: False, lambda s, v: None)\n"
        "        trainable_weights = trainable_variables = property(lambda s: [])\n"
        "    layer.__class__ = Lie\n",
        False,
    ),
    "21 a variable that lies": (
        "freeze-backbone",
        "def freeze_backbone(model):\n    for v in model.get_layer('backbone').variables:\n"
        "        class Lie(type(v)):\n"
        "            trainable = property(lambda s: False, lambda s, x: None)\n"
        "        v.__class__ = Lie\n",
        False,
    ),
    "21 a number that lies": (
        "count-trainable",
        "class Many(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "def count_trainable(model):\n    return Many(1)\n",
        False,
    ),
    "22 emptied layers": (
        "freeze-backbone",
        "def freeze_backbone(model):\n    for layer in model.get_layer('backbone').layers:\n"
        "        layer._trainable_variables = []\n",
        False,
    ),
    "56 a loader with workers and a progress bar": (
        "freeze-backbone",
        "import keras, numpy as np\nclass Data(keras.utils.PyDataset):\n"
        "    def __len__(self): return 4\n"
        "    def __getitem__(self, i): return np.zeros((2, 3)), np.zeros((2, 1))\n"
        "def freeze_backbone(model):\n"
        "    own = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "    own.compile('sgd', 'mse')\n    own.fit(Data(workers=2), verbose=1)\n"
        "    for layer in model.layers:\n        layer.trainable = layer.name != 'backbone'\n",
        True,
    ),
}


def right(framework):
    """Return a right answer to each exercise, from the bank."""
    folders = sorted(path for path in (BANK / framework).iterdir() if path.is_dir())
    return {one.name: sorted(one.glob("right_*.py"))[0].read_text("utf-8") for one in folders}


def run_all(framework, attacks):
    """Return verdicts by the name of the attack, in workers of one warm, shut-in server."""
    source = lessons.load(LESSON, framework)
    honest = right(framework)
    workers = Workers()
    try:
        return {
            name: grade(
                source, Submission({**honest, exercise: answer}), framework, workers, secret=b"s"
            ).verdicts
            for name, (exercise, answer, _) in {"honest": ("", "", True), **attacks}.items()
        }
    finally:
        workers.close()


@pytest.mark.attack(10, 20, 21, 22, 56)
@pytest.mark.parametrize(
    ("framework", "attacks"),
    [
        pytest.param("pytorch", TORCH, marks=pytest.mark.torch),
        pytest.param("keras", KERAS, marks=pytest.mark.keras),
    ],
)
def test_no_attack_on_a_real_lesson_earns_its_points(framework, attacks):
    found = run_all(framework, attacks)
    wrong = {}
    for name, (exercise, _, honest) in {"honest": ("", "", True), **attacks}.items():
        points = sum(verdict.points for verdict in found[name].values())
        own = found[name].get(f"{LESSON}/{exercise}")
        if points != FULL if honest else (own is None or own.points):
            wrong[name] = [
                (v.check_id, v.status, v.points, v.lines()) for v in found[name].values()
            ]
    assert wrong == {}
    patched = next(name for name in attacks if name.startswith("10"))
    assert {verdict.status for verdict in found[patched].values()} == {"tampered"}
