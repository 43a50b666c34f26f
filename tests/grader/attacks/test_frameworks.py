"""Attacks 10, 21, 22 and 56 where they need a framework: in warm, shut-in workers of both."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import Case, Check, Facts, Finding, register
from grader.grading.session import grade
from grader.grading.source import read_source
from grader.grading.submission import Submission
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader.framework_observers import observe_frozen
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")


def judge_frozen(case: Case, facts: Facts) -> Finding:
    if facts["trainable"] == 0 and not any(facts["moved"]):
        return Finding.right("what trains")
    return Finding.wrong("what trains", expected=0, found=facts["trainable"])


def draw_frozen(rng: np.random.Generator) -> list[dict[str, int]]:
    return [{"inputs": int(rng.integers(3, 9))}]


FROZEN = Check(
    id="00-sample/freeze",
    title="Freeze a model",
    answers=("freeze",),
    points=3,
    observe=observe_frozen,
    judge=judge_frozen,
    cases=draw_frozen,
)

TORCH_RIGHT = (
    "def freeze(model):\n    for p in model.parameters():\n        p.requires_grad = False\n"
)
NOTHING = "def freeze(model):\n    pass\n"
TORCH = {
    "right": (TORCH_RIGHT, "passed"),
    "wrong": (NOTHING, "failed"),
    "10 torch.testing": (
        "import torch\ntorch.allclose = torch.equal = lambda *a, **k: True\n" + NOTHING,
        "tampered",
    ),
    "21 a property that lies": (
        "import torch\nlie = property(lambda s: False, lambda s, v: 0)\n"
        "torch.nn.Parameter.requires_grad = lie\n" + NOTHING,
        "tampered",
    ),
    "21 a module that lies": (
        "import torch\ndef freeze(model):\n    class M(type(model)):\n"
        "        def parameters(self, recurse=True):\n            return iter(())\n"
        "    model.__class__ = M\n",
        None,
    ),
    "21 patched numel": ("import torch\ntorch.Tensor.numel = lambda s: 0\n" + NOTHING, None),
    "22 emptied parameters": (
        "def freeze(model):\n    for layer in list(model):\n        layer._parameters.clear()\n",
        None,
    ),
    "56 data loader": (
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        "def freeze(model):\n    data = TensorDataset(torch.arange(8.0))\n"
        "    assert sum(len(b[0]) for b in DataLoader(data, 2, num_workers=2)) == 8\n"
        "    for p in model.parameters():\n        p.requires_grad = False\n",
        "passed",
    ),
}
KERAS = {
    "right": ("def freeze(model):\n    model.trainable = False\n", "passed"),
    "wrong": (NOTHING, "failed"),
    "21 a class that lies": (
        "import keras\nkeras.Model.trainable_variables = property(lambda s: [])\n" + NOTHING,
        "tampered",
    ),
    "21 a model that lies": (
        "def freeze(model):\n    class M(type(model)):\n        trainable_variables = []\n"
        "    model.__class__ = M\n",
        None,
    ),
    "56 fit with a progress bar": (
        "import keras, numpy as np\ndef freeze(model):\n    model.compile('sgd', 'mse')\n"
        "    x = np.zeros((8, model.input_shape[1]))\n"
        "    model.fit(x, np.zeros((8, 2)), verbose=1)\n"
        "    model.trainable = False\n",
        "passed",
    ),
}


def run_all(tmp_path, framework, answers):
    """Return verdicts by the name of the attack, all in workers of one warm server."""
    register(FROZEN)
    path = nb.write_lesson(tmp_path, framework)
    text = path.read_text().replace("00-sample/double", FROZEN.id).replace("double)", "freeze)")
    path.write_text(text)
    source = read_source(path)
    workers = Workers(extra=(nb.ROOT / "tests",))
    try:
        return {
            name: grade(
                source, Submission({"double": answer}), framework, workers, secret=b"s"
            ).verdicts[FROZEN.id]
            for name, (answer, _) in answers.items()
        }
    finally:
        workers.close()


@pytest.mark.attack(10, 21, 22, 56)
@pytest.mark.parametrize(
    ("framework", "answers"),
    [
        pytest.param("pytorch", TORCH, marks=pytest.mark.torch),
        pytest.param("keras", KERAS, marks=pytest.mark.keras),
    ],
)
def test_attacks(tmp_path, framework, answers):
    verdicts = run_all(tmp_path, framework, answers)
    found = {name: (verdict.status, verdict.points) for name, verdict in verdicts.items()}
    for name, (_, status) in answers.items():
        assert found[name][1] == (3 if status == "passed" else 0), (name, verdicts[name])
        assert status in (None, found[name][0]), (name, verdicts[name])
