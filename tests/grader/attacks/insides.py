"""Attacks 58 to 63, 66 and 68 to 69: forged from one answer cell, by way of the insides.

Each is right or forged as far as the check can see, or tries to be: what must come of it is a flag
that names a line, and no point before a person has looked.
"""

from __future__ import annotations

from tests.grader import notebooks as nb
from tests.grader.attacks.model import WRONG, Attack

# Names are put together, so that nothing of them stands in the text.
_BUILT = 'def n(*parts):\n    return "".join(parts)\n'
_RIGHT_LATER = "def double(x):\n    {}\n    return 2 * x\n"


def _flagged(number: int, name: str, answer: str, *statuses: str) -> Attack:
    return Attack(number, name, answer, statuses=statuses or ("tampered",), flagged=True)


REPLACED = (
    _flagged(
        58,
        "a module of the grader's",
        "import sys, types\nfake = types.ModuleType('grader.sandboxed.observers.run')\n"
        "sys.modules['grader.sandboxed.observers.run'] = fake\n" + nb.RIGHT,
    ),
    _flagged(
        58,
        "import_module",
        "import importlib\nold = importlib.import_module\ndef fake(name, package=None):\n"
        "    module = old(name, package)\n    return module\nimportlib.import_module = fake\n"
        + nb.RIGHT,
    ),
    _flagged(
        58,
        "an observer itself",
        "import tests.grader.sample_observers as o\n"
        "o.observe_double = lambda student, case: {'got': 2 * case['x']}\n" + WRONG,
    ),
    _flagged(
        58,
        "an observer by a longer way",
        "import grader as g\nfor name in ('sandboxed', 'observers', 'run', 'observe_case'):\n"
        "    g = getattr(g, name)\ng.__code__ = (lambda o, s, c: None).__code__\n" + nb.RIGHT,
    ),
    _flagged(
        58,
        "modules of a library's own import",
        "import json\nm = json.codecs\n" + nb.RIGHT,
    ),
    _flagged(
        58,
        "a function that patches and puts back",
        "import json\nold = json.dumps\ndef once(*a, **k):\n    json.dumps = old\n"
        "    return old(*a, **k)\ndef double(x):\n    json.dumps = once\n    return 2 * x\n",
    ),
    _flagged(
        58,
        "setattr by another name",
        "import json, functools\nput = functools.partial(setattr, json)\n"
        "def double(x):\n    put('dumps', json.dumps)\n    return 2 * x\n",
    ),
    _flagged(
        58,
        "an update of a module's names",
        "import functools, json\ndef mine(): pass\nmine.extra = 1\n"
        "functools.wraps(mine)(json)\n" + nb.RIGHT,
    ),
)

SHADOWED = (
    _flagged(
        59,
        "the tamper check found by the collector",
        "import gc\nfor thing in gc.get_objects():\n    if type(thing).__name__ == 'Guard':\n"
        "        thing.restore = lambda: []\n" + nb.RIGHT,
    ),
    _flagged(
        59,
        "the channel found by the collector",
        "import gc\ndef double(x):\n    for thing in gc.get_objects():\n"
        "        if type(thing).__name__ == 'Pipes':\n            thing.send = print\n"
        "    return 2 * x\n",
        "tampered",
        "timeout",
    ),
    _flagged(
        59,
        "the encoder",
        "import json\nencoder = json.encoder\nencoder.JSONEncoder.encode = lambda s, o: '{}'\n"
        + nb.RIGHT,
        "tampered",
        "infrastructure",
        "crashed",
    ),
    _flagged(
        59,
        "the encoder in use",
        "import json\njson._default_encoder.encode = lambda o: '{}'\n" + nb.RIGHT,
    ),
    _flagged(
        59,
        "the encoder under a name put together",
        _BUILT + "import json\ne = getattr(json, n('_default', '_encoder'))\n"
        "setattr(e, n('en', 'code'), lambda o: '{}')\n" + nb.RIGHT,
    ),
    _flagged(
        59,
        "the collector under a name put together",
        _BUILT + "import gc\nfor t in getattr(gc, n('get_', 'objects'))():\n    pass\n" + nb.RIGHT,
    ),
)

_REPLY = """
import struct, os
def answer(nonce):
    seen = [{"status": "ok", "facts": {"got": n}, "detail": {}, "seconds": 0} for n in (4, 8)]
    body = json.dumps({"seen": seen, "changed": [], "unfilled": [], "nonce": nonce}).encode()
    for number in range(3, 64):
        try:
            WRITE(number, struct.pack(">IQ", len(body), 0) + body)
        except OSError:
            pass
    END
"""
_OWN_REPLY = "import json, sys\n" + _REPLY.replace("WRITE", "os.write").replace(
    "END", "os._exit(0)"
)
_BUILT_REPLY = (
    _BUILT
    + "import json, sys\n"
    + _REPLY.replace("WRITE", 'getattr(os, n("wri", "te"))').replace(
        "END", 'getattr(os, n("_ex", "it"))(0)'
    )
)

ANSWERED = (
    _flagged(
        60,
        "a reply of its own",
        _OWN_REPLY + "def double(x):\n    frame = sys._getframe()\n    nonce = ''\n"
        "    while frame is not None:\n        nonce = frame.f_locals.get('nonce', nonce)\n"
        "        frame = frame.f_back\n    answer(nonce)\n    return 0\n",
        "tampered",
        "crashed",
    ),
    _flagged(
        60,
        "a reply of its own, names put together",
        _BUILT_REPLY + "def double(x):\n    frame = getattr(sys, n('_get', 'frame'))()\n"
        "    nonce = ''\n    while frame is not None:\n"
        "        nonce = getattr(frame, n('f_', 'locals')).get('nonce', nonce)\n"
        "        frame = getattr(frame, n('f_', 'back'))\n    answer(nonce)\n    return 0\n",
        "tampered",
        "crashed",
    ),
    _flagged(
        60,
        "a reply of its own, by an exception's frames",
        _OWN_REPLY + "def double(x):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
        "        frame = e.__traceback__.tb_frame\n    nonce = ''\n    while frame:\n"
        "        nonce = frame.f_locals.get('nonce', nonce)\n        frame = frame.f_back\n"
        "    answer(nonce)\n    return 0\n",
        "tampered",
        "crashed",
    ),
    _flagged(
        60,
        "the end of the process after a right answer",
        "import os\nn = [0]\ndef double(x):\n    n[0] += 1\n    if n[0] > 1:\n"
        "        os._exit(0)\n    return 2 * x\n",
        "crashed",
    ),
)

HOOKED = (
    _flagged(61, "a profiler", "import sys\nsys.setprofile(lambda *a: None)\n" + nb.RIGHT),
    _flagged(
        61,
        "a profiler for a moment",
        "import sys\ndef double(x):\n    sys.setprofile(lambda *a: None)\n"
        "    sys.setprofile(None)\n    return 2 * x\n",
    ),
    _flagged(
        61,
        "a profiler under a name put together",
        _BUILT + "import sys\nf = getattr(sys, n('setpro', 'file'))\n"
        "def double(x):\n    f(None)\n    return 2 * x\n",
    ),
    _flagged(
        61,
        "a finalizer",
        "import weakref\nclass A: pass\na = A()\nweakref.finalize(a, print)\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "a del",
        "class A:\n    def __del__(self):\n        pass\ndef double(x):\n    A()\n"
        "    return 2 * x\n",
    ),
    _flagged(
        61,
        "a del made later",
        _BUILT + "class A: pass\nsetattr(A, n('__d', 'el__'), lambda s: None)\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "a class made with names put together",
        _BUILT + "A = type('A', (), {n('__d', 'el__'): lambda s: None})\n" + nb.RIGHT,
    ),
    _flagged(
        61, "callbacks of the collector", "import gc\ngc.callbacks.append(print)\n" + nb.RIGHT
    ),
    _flagged(
        61,
        "a signal handler",
        "import signal\nsignal.signal(signal.SIGALRM, print)\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "a thread",
        "import threading\nthreading.Thread(target=print).start()\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "a thread of another module's",
        "from concurrent.futures import ThreadPoolExecutor\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "an answer in the audit's place",
        "import sys\nsys.addaudithook(lambda *a: None)\n" + nb.RIGHT,
    ),
    _flagged(
        61,
        "a descriptor hidden in a match",
        "def double(x):\n    match double:\n        case object(__globals__=g):\n"
        "            pass\n    return 2 * x\n",
    ),
)

READ = (
    _flagged(
        62,
        "the case out of frames",
        "import sys\ndef double(x):\n    f = sys._getframe(1)\n    while f:\n"
        "        case = f.f_locals.get('case')\n        if case is not None:\n"
        "            return 2 * case['x']\n        f = f.f_back\n    return 0\n",
    ),
    _flagged(
        62,
        "the case out of the collector",
        "import gc\ndef double(x):\n    for thing in gc.get_objects():\n"
        "        if type(thing).__name__ == 'Case':\n            return 2 * x\n    return 0\n",
        "tampered",
        "timeout",
    ),
    _flagged(
        62,
        "the case by a generator's frame",
        "def g():\n    yield 1\ndef double(x):\n    f = g()\n    f.gi_frame\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by text that is run",
        "def double(x):\n    return eval('2 * x')\n",
    ),
    _flagged(
        62,
        "the case by a format",
        "def double(x):\n    '{0.__globals__}'.format(double)\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by a format put together",
        "t = '{0.__glo' + 'bals__}'\ndef double(x):\n    t.format(double)\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by an attrgetter",
        "import operator\nget = operator.attrgetter('__glob' + 'als__')\n"
        "def double(x):\n    get(double)\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by inspect",
        "import inspect\ndef double(x):\n    inspect.stack()\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by subclasses",
        "def double(x):\n    for c in ().__class__.__base__.__subclasses__(): pass\n"
        "    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by memory",
        "def double(x):\n    open('/proc/self/maps').read()\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by memory, put together",
        "def double(x):\n    open('/'.join(['', 'proc', 'self', 'maps'])).read()\n"
        "    return 2 * x\n",
    ),
    _flagged(
        62,
        "the case by ctypes",
        "import ctypes\n" + nb.RIGHT,
    ),
    _flagged(
        62,
        "the case by the builtins of the namespace",
        "def double(x):\n    for k, v in globals().items():\n        pass\n    return 2 * x\n",
    ),
    _flagged(
        62,
        "a pickle that brings code",
        "import pickle\npickle.loads(b'cos\\ngetpid\\n(tR.')\n" + nb.RIGHT,
    ),
)

MISLED = (
    _flagged(
        68,
        "another clock",
        "import time\ntime.perf_counter = lambda: 'soon'\n" + nb.RIGHT,
    ),
    _flagged(
        68,
        "other defaults",
        "import grader.sandboxed.observers.facts as f\nf.plain.__defaults__ = ('deep',)\n"
        + nb.RIGHT,
    ),
    _flagged(
        68,
        "another clock for a moment",
        "import time\nold = time.perf_counter\ndef double(x):\n    time.perf_counter = old\n"
        "    return 2 * x\n",
    ),
    _flagged(
        68,
        "fewer frames for all",
        "import sys\nsys.setrecursionlimit(60)\n" + nb.RIGHT,
        "tampered",
        "infrastructure",
    ),
    _flagged(
        68,
        "limits of the process",
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))\n" + nb.RIGHT,
    ),
)

FLAGGED = (*REPLACED, *SHADOWED, *ANSWERED, *HOOKED, *READ, *MISLED)

ODD_TEXTS = (
    Attack(
        63, "a surrogate in an error", "def double(x):\n    raise ValueError('\\ud800 \\x1b[2J')"
    ),
    Attack(63, "a surrogate in the answer", "# \ud800\n" + nb.RIGHT),
    Attack(
        63,
        "a surrogate in a name",
        "def double(x):\n    raise type('E\\udfff', (Exception,), {})()",
    ),
    Attack(
        69,
        "escapes in a qualified name",
        "class Double:\n    def __call__(self, x):\n        raise self.kind('x')\n"
        "    kind = type('E\\x1b[31m\\u202e', (Exception,), {})\ndouble = Double()\n",
    ),
    Attack(
        69,
        "escapes in a type",
        "K = type('N\\x1b]0;owned\\x07', (), {})\ndef double(x):\n    return K()\n",
    ),
    Attack(
        69,
        "escapes in a flag",
        "import os\nos.fork  # \x1b[2J\x1b]0;owned\x07\n" + WRONG,
    ),
)
