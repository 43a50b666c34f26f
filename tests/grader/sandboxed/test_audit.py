"""The watch in a worker: silent on ordinary code that runs, and heard on what is put together."""

from __future__ import annotations

import contextlib
import json

import pytest

from grader.isolation.process import WorkerDied
from grader.isolation.workers import Workers
from tests.grader.attacks.ordinary import pieces
from tests.grader.isolation.test_sandbox import have_sandbox

pytestmark = pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine")

TORCH = """
import torch, copy, time, warnings, os
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
twin = copy.deepcopy(model)
loader = DataLoader(TensorDataset(torch.zeros(8, 3), torch.zeros(8).long()), 4, num_workers=2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
schedule.step()
torch.save(model.state_dict(), 'model.pt')
twin.load_state_dict(torch.load('model.pt'))
torch.save({'epoch': 1, 'model': model.state_dict()}, 'all.pt')
torch.load('all.pt', weights_only=False)
model[0] = nn.Identity()
twin.extra = 1
for name, p in twin.named_parameters():
    p.requires_grad = name.startswith('3')
from torchvision import transforms, models
net = models.resnet18(weights=None)
net.fc = nn.Linear(net.fc.in_features, 2)
net.eval()
with torch.no_grad():
    print(net(torch.zeros(1, 3, 64, 64)).argmax(1).item(), time.perf_counter())
from torchvision.models.feature_extraction import create_feature_extractor
create_feature_extractor(net, ['layer1'])(torch.zeros(1, 3, 64, 64))
"""
KERAS = """
import keras, numpy as np, tensorflow as tf
class Data(keras.utils.PyDataset):
    def __len__(self): return 2
    def __getitem__(self, i): return np.zeros((4, 3), 'float32'), np.zeros((4, 1), 'float32')
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.seen = dict(logs)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
    def call(self, x, training=False):
        return self.dense(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((self(x, training=True) - y) ** 2)
        found = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(found, self.trainable_variables)
        return {'loss': loss}
model = Net()
model.compile('adam', run_eagerly=False)
model.fit(Data(workers=2), epochs=2, verbose=1, callbacks=[Stop()])
base = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), include_top=False)
base.trainable = False
twin = keras.models.clone_model(base)
twin.set_weights(base.get_weights())
base.save('base.keras')
keras.models.load_model('base.keras')
data = tf.data.Dataset.from_tensor_slices(np.zeros((8, 3))).map(lambda x: x + 1).batch(2)
@tf.function
def step(x):
    if tf.reduce_sum(x) > 0:
        return tf.cast(x, getattr(x, 'dtype'))
    return x + 1
[step(x) for x in data]
"""


def said(framework, *cells):
    """Return (cell, what was raised) and the watch's lines, of cells run in one worker."""
    workers = Workers()
    try:
        worker = workers(framework)
        ends = []
        for number, text in enumerate(cells):
            request = {"do": "cell", "id": f"c{number}", "source": text, "kind": "answer"}
            reply = worker.ask(request, 200)
            ends.append(reply["detail"].get("type", "") + reply["detail"].get("message", ""))
        worker.close()
        return ends, [json.loads(line)["what"] for line in worker.said]
    finally:
        workers.close()


@pytest.mark.parametrize(
    ("framework", "long", "others"),
    [
        pytest.param("pytorch", TORCH, ("keras", "tensorflow"), marks=pytest.mark.torch),
        pytest.param("keras", KERAS, ("torch",), marks=pytest.mark.keras),
    ],
)
def test_ordinary_code_that_runs_bothers_nobody(framework, long, others):
    fitting = [text for text in pieces().values() if not any(one in text for one in others)]
    ends, noticed = said(framework, long, *fitting)
    assert ends[0] == ""
    assert noticed == []


HIDDEN = {
    "a name": "import sys\nf = getattr(sys, '_get' + 'frame')",
    "a frame": "f = [getattr, __import__('sys'), '_getframe']\nf[0](*f[1:])()",
    "a class of the framework's": "import json\nc = [json.JSONEncoder][0]\nc.encode = c.encode",
    "a module by another name": "import json\nm = [json][0]\nm.dumps = m.dumps",
    "text that is run": "f = [eval][0]\nf('1')",
    "a program": "import platform\nplatform.processor()\nimport os\nos.popen('true').read()",
    "a process": "import os\nif not os.fork():\n    os._exit(0)",
    "memory": "p = ''.join(['/pr', 'oc/self/mem'])\nopen(p, 'rb')",
    "an open file": "open(3, 'rb', closefd=False)",
    "a child's doing": "import multiprocessing as m\n"
    "def g(x):\n    return open('/'.join(['', 'proc', 'self', 'maps'])).readline()\n"
    "with m.get_context('fork').Pool(1) as pool:\n    pool.map(g, [1])",
    "a set of dunders": "class A: pass\nsetattr(A, '__de' + 'l__', lambda s: None)",
    "defaults": "import json\nf = json.dumps\nsetattr(f, '__kw' + 'defaults__', None)",
}


@pytest.mark.attack(58, 60, 61, 62)
@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_put_together_is_heard(name):
    workers = Workers(bare=True)
    try:
        worker = workers("pytorch")
        with contextlib.suppress(WorkerDied):  # what it broke on the way may end it
            worker.ask({"do": "cell", "id": "c", "source": HIDDEN[name], "kind": "answer"}, 60)
        worker.close()
        assert [json.loads(line)["cell"] for line in worker.said][:1] == ["c"]
    finally:
        workers.close()


def test_the_courses_own_cells_are_not_watched():
    workers = Workers(bare=True)
    try:
        worker = workers("pytorch")
        text = "import sys\nsys._getframe()"
        worker.ask({"do": "cell", "id": "c", "source": text, "kind": "setup"}, 60)
        worker.close()
        assert worker.said == []
    finally:
        workers.close()


def test_a_cell_that_calls_itself_one_of_the_courses_is_watched():
    workers = Workers(bare=True)
    try:
        worker = workers("pytorch")
        cells = [
            ("setup", "1", "import sys"),
            ("own", "1 ", "sys._getframe()"),
            ("setup", "1", "2"),
        ]
        for kind, name, text in cells:
            worker.ask({"do": "cell", "id": name, "source": text, "kind": kind}, 60)
        worker.close()
        assert {json.loads(line)["cell"] for line in worker.said} == {"1"}
    finally:
        workers.close()
