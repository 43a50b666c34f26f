"""Attacks 1 to 24: points without the work."""

from __future__ import annotations

from typing import Any

from tests.grader import notebooks as nb
from tests.grader.attacks.model import WRONG, Attack, setting

ANSWER, TEST = 3, 4

_FAKE_MESSAGES = """
import os, json, struct
body = json.dumps({"status": "ok", "facts": {}, "detail": {}, "seconds": 0.0, "changed": [],
                   "seen": [{"status": "ok", "facts": {"got": 4}, "detail": {}, "seconds": 0}] * 2,
                   "unfilled": [], "nonce": ""}).encode()
for number in range(3, 64):
    try:
        os.write(number, struct.pack(">IQ", len(body), 0) + body)
    except OSError:
        pass
"""

_READ_NONCE = """
import sys, os, json, struct
def double(x):
    frame, nonce = sys._getframe(), ""
    while frame is not None:
        nonce = frame.f_locals.get("nonce", nonce)
        frame = frame.f_back
    seen = [{"status": "ok", "facts": {"got": n}, "detail": {}, "seconds": 0} for n in (4, 8)]
    body = json.dumps({"seen": seen, "changed": [], "unfilled": [], "nonce": nonce}).encode()
    for number in range(3, 64):
        try:
            os.write(number, struct.pack(">IQ", len(body), 0) + body)
        except OSError:
            pass
    return 0
"""

_FRAMES = """
import gc, sys
def double(x):
    frame = sys._getframe()
    while frame is not None:
        for name, value in frame.f_locals.items():
            if name in ("expected", "right", "solution") and isinstance(value, int):
                return value
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict) and isinstance(thing.get("expected"), int):
            return thing["expected"]
    return 0
"""

_LIAR = """
class Liar(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __int__(self): return 4
    def __index__(self): return 4
    def __repr__(self): return "4"
    def item(self): return 4
    def __array__(self, *a, **k): raise RuntimeError
def double(x):
    return Liar(0)
"""


def _between(made: dict[str, Any]) -> dict[str, Any]:
    slipped = {"cell_type": "code", "metadata": {}, "source": "check = print", "outputs": []}
    made["cells"].insert(TEST, slipped)
    made["cells"][TEST + 1]["source"] = "pass"
    made["cells"] = [made["cells"][-1], *made["cells"][:-1]]
    return made


FORGING = (
    Attack(1, "skip execution", change=setting(TEST, metadata={"tags": ["skip-execution"]})),
    Attack(
        2,
        "ast transformer",
        "get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, n: n})())\n"
        + WRONG,
    ),
    Attack(
        3,
        "input transformer",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])\n" + WRONG,
    ),
    Attack(4, "run cell", "get_ipython().run_cell_async = lambda *a, **k: None\n" + WRONG),
    Attack(
        5,
        "pre run cell",
        "get_ipython().events.register('pre_run_cell', lambda info: print(3.0))\n" + WRONG,
    ),
    Attack(6, "not a number", "def double(x):\n    return float('nan')"),
    Attack(6, "infinity", "def double(x):\n    return float('inf')"),
    Attack(6, "negative", "def double(x):\n    return -1e308"),
    Attack(7, "equals everything", _LIAR),
    Attack(8, "showtraceback", "get_ipython().showtraceback = lambda *a, **k: None\n" + WRONG),
    Attack(
        9,
        "rebound builtins",
        "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.sum = len\n"
        "builtins.type = lambda *a: int\n" + WRONG,
        statuses=("tampered", "crashed"),
    ),
    Attack(
        10,
        "patched allclose",
        "import numpy, numpy.testing\nnumpy.allclose = lambda *a, **k: True\n"
        "numpy.testing.assert_allclose = lambda *a, **k: None\n" + WRONG,
        statuses=("tampered",),
    ),
    Attack(
        11,
        "patched checks",
        "import grader.checks\ngrader.checks.check = print\n"
        "import grader.sandboxed.observers.run as r\n"
        "r.observe_case = lambda o, s, c: r.Observation('ok', {'got': 2 * c['x']})\n" + WRONG,
        statuses=("tampered",),
    ),
    Attack(
        11,
        "patched code",
        "import grader.sandboxed.observers.run as r\n"
        "def f(*a, **k): return r.Observation('ok', {'got': 4})\n"
        "r.observe_case.__code__ = f.__code__\n" + WRONG,
        statuses=("tampered", "error"),
    ),
    Attack(12, "a module beside the notebook", "import json, numpy\n" + nb.RIGHT, honest=True),
    Attack(13, "a fake course beside it", "import course, grader\n" + nb.RIGHT, honest=True),
    Attack(
        14,
        "import hooks",
        "import sys\nclass Finder:\n    def find_spec(self, name, path=None, target=None):\n"
        "        return None\nsys.meta_path.insert(0, Finder())\n"
        "sys.modules['numpy'] = sys.modules['json']\n" + WRONG,
    ),
    Attack(15, "forged messages", _FAKE_MESSAGES + WRONG, statuses=("tampered", "crashed")),
    Attack(15, "forged with the right number", _READ_NONCE, statuses=("tampered", "crashed")),
    Attack(16, "reordered and slipped in", change=_between),
    Attack(17, "frames and gc", _FRAMES),
    Attack(
        17,
        "settrace",
        "import sys\nsys.settrace(lambda *a: None)\n" + WRONG,
        statuses=("tampered",),
    ),
    Attack(18, "history", "double = eval(In[-1])"),
    Attack(
        19,
        "knows that it is graded",
        "import os, sys\ndef double(x):\n    names = [*os.environ, *sys.argv, os.getcwd()]\n"
        "    return 2 * x if any('grad' in n.lower() for n in names) else 0",
    ),
    Attack(20, "fitted to known inputs", "double = {2: 4}.get"),
    Attack(
        21,
        "values that lie",
        "class F(float):\n    def __float__(self): return 4.0\n"
        "    __array__ = property(lambda s: 1)\n"
        "def double(x):\n    return F(0.0)",
    ),
    Attack(
        22, "pasted results", "PASTED = {2: 4, 10: 20}\ndef double(x):\n    return PASTED.get(x, 0)"
    ),
    Attack(
        23,
        "a replaced result file",
        "for name in ('facts.json', 'verdicts.jsonl', '/scratch/verdicts.jsonl'):\n"
        "    open(name, 'w').write('{\"points\": 3}')\n" + WRONG,
    ),
)


def choice_answers() -> list[tuple[str, float]]:
    """Return attack 24: answers to a choice question, and what each may earn."""
    every = "class Any(str):\n    __eq__ = lambda s, o: True\n    __hash__ = str.__hash__\n"
    return [
        ("choice = 'b'", 1.0),
        ("choice = 'a'", 0.0),
        ("choice = ['a', 'b', 'c']", 0.0),
        ("choice = 'abc'", 0.0),
        ("choice = 'a b c'", 0.0),
        (every + "choice = Any('a')", 0.0),
    ]
