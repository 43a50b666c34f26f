"""Code as learners write it, none of which is for a person to look at: one piece a section."""

from __future__ import annotations

_TEXT = r"""
#: copies
import copy
def f(model):
    twin = copy.deepcopy(model)
    return twin

#: wrapping
import functools
def timed(g):
    @functools.wraps(g)
    def h(*a, **k):
        return g(*a, **k)
    return h

#: contexts
import contextlib, torch
@contextlib.contextmanager
def evaluating(m):
    was = m.training
    m.eval()
    with torch.no_grad():
        yield m
    m.train(was)

#: names
def f(m):
    return type(m).__name__, m.__class__.__name__, f.__name__

#: constant getattr
def f(m):
    return getattr(m, 'bias', None), hasattr(m, 'weight')

#: names in a loop
def f(m):
    for name in ('weight', 'bias'):
        getattr(m, name).requires_grad = False
        setattr(m, name, None)

#: vars
import torch
from torch import nn
def f(module):
    return [k for k in vars(module)], sorted(vars(nn))

#: workers
from torch.utils.data import DataLoader, Dataset
class D(Dataset):
    def __init__(self, x):
        super().__init__()
        self.x = x
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return self.x[i]
loader = DataLoader(D([1]), num_workers=2)

#: warnings
import warnings
with warnings.catch_warnings():
    warnings.simplefilter('ignore')

#: clocks
import time
begin = time.perf_counter()
print(f'{time.perf_counter() - begin:.2f}')

#: environment
import os
fast = os.environ.get('COURSE_FAST')
os.makedirs('out', exist_ok=True)
path = os.path.join('out', 'x.txt')

#: figures
import matplotlib.pyplot as plt
plt.rcParams['font.size'] = 9
fig, ax = plt.subplots()
ax.plot([1, 2])
ax.set_title('x {}'.format(1))
plt.show()

#: settings
import torch, numpy as np, random
torch.backends.cudnn.deterministic = True
torch.manual_seed(0)
np.random.seed(0)
random.seed(0)
print(torch.__version__)

#: private but usual
from torch import nn
def f(m):
    for c in m._modules.values():
        if isinstance(c, nn.modules.batchnorm._BatchNorm):
            c.eval()
class N(nn.Module):
    def __init__(self):
        super().__init__()
        self._x = 1

#: hooks
def f(m):
    kept = []
    h = m.register_forward_hook(lambda m, i, o: kept.append(o))
    h.remove()

#: keras
import keras
from keras import layers
@keras.saving.register_keras_serializable()
class L(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(1,))
    def call(self, x):
        return x * self.w
    def get_config(self):
        return {**super().get_config(), 'x': 1}
model = keras.Sequential([L()])
model.compile('sgd', 'mse')
model.layers[0].trainable = False

#: tensorflow
import tensorflow as tf
@tf.function
def step(x):
    with tf.GradientTape() as tape:
        y = tf.math.reduce_sum(x)
    return tape.gradient(y, x)

#: data classes
from dataclasses import dataclass, field
from collections import namedtuple, Counter
@dataclass
class C:
    x: int = 0
    y: list = field(default_factory=list)
    def __post_init__(self):
        self.x += 1
P = namedtuple('P', 'a b', defaults=(1,))

#: memory
import gc, psutil, os
gc.collect()
print(psutil.Process(os.getpid()).memory_info().rss)

#: errors
import sys, traceback
try:
    1 / 0
except ZeroDivisionError as error:
    traceback.print_exc()
    print(error, file=sys.stderr)

#: methods
import types
def f(m):
    def forward(self, x):
        return x
    m.forward = types.MethodType(forward, m)

#: notebook
%matplotlib inline
!pip list
if __name__ == '__main__':
    print('x')
from IPython.display import display
from grader.checks import check
import sys
sys.path.insert(0, '..')
if 'model' not in globals():
    model = None

#: a text about it
def f():
    '''Never uses eval, sys.modules or __globals__.'''
    print('fork, eval and ctypes are words')
"""


def pieces() -> dict[str, str]:
    """Return the pieces by name."""
    parts = [part.partition("\n") for part in _TEXT.split("\n#: ")[1:]]
    return {name: text for name, _, text in parts}
