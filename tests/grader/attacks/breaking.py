"""Attacks 38 to 57: submissions that break a grader, on purpose or by accident."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.grader import notebooks as nb
from tests.grader.attacks.model import WRONG, Attack, setting

ANSWER, TEST = 3, 4
LATE = ("timeout", "crashed", "out of memory")


def _double_cell(made: dict[str, Any]) -> dict[str, Any]:
    made["cells"].append(copy.deepcopy(made["cells"][ANSWER]))
    return made


def _two_answers(made: dict[str, Any]) -> dict[str, Any]:
    made["cells"].append({**copy.deepcopy(made["cells"][ANSWER]), "source": nb.RIGHT})
    return made


def _without_tests(made: dict[str, Any]) -> dict[str, Any]:
    del made["cells"][TEST]
    return made


def _many_images(made: dict[str, Any]) -> dict[str, Any]:
    image = {"output_type": "display_data", "data": {"image/png": "A" * 10_000}, "metadata": {}}
    made["cells"][ANSWER]["outputs"] = [image] * 100
    return made


def _no_text(made: dict[str, Any]) -> dict[str, Any]:
    made["cells"][TEST]["outputs"] = [
        {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": 1}
    ]
    return made


def _nulls(made: dict[str, Any]) -> bytes:
    return json.dumps(made).replace("Sample", "Sam\\u0000ple").encode() + b"\x00"


def _no_kernel(made: dict[str, Any]) -> dict[str, Any]:
    made["metadata"] = {}
    made["nbformat"], made["nbformat_minor"] = 99, "x"
    return made


BREAKING = (
    Attack(38, "exit at once", "import os\nos._exit(0)\n" + nb.RIGHT, statuses=("crashed",)),
    Attack(38, "segfault", "import ctypes\nctypes.string_at(0)\n" + WRONG, statuses=("crashed",)),
    Attack(
        39,
        "ignored signals",
        "import signal\nfor s in (1, 2, 15):\n    signal.signal(s, signal.SIG_IGN)\n"
        "def double(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
        statuses=LATE,
    ),
    Attack(40, "sys exit", "import sys\nsys.exit(0)\n" + WRONG, statuses=("error",)),
    Attack(
        40,
        "hanging atexit",
        "import atexit, time\natexit.register(time.sleep, 600)\n" + nb.RIGHT,
        held=True,
    ),
    Attack(41, "endless loop", "def double(x):\n    while True: pass", statuses=LATE),
    Attack(42, "memory bomb", "def double(x):\n    return [bytearray(10**8) for _ in range(200)]"),
    Attack(
        42,
        "fork bomb",
        "import os\ndef double(x):\n    while True:\n        os.fork()",
        statuses=("error", *LATE),
    ),
    Attack(
        42,
        "thread bomb",
        "import threading, time\ndef double(x):\n    while True:\n"
        "        threading.Thread(target=time.sleep, args=(60,)).start()",
        statuses=("error", *LATE),
    ),
    Attack(
        42,
        "descriptor bomb",
        "def double(x):\n    kept = []\n    while True:\n        kept.append(open('/dev/null'))",
        statuses=("error",),
    ),
    Attack(
        43,
        "full disk",
        "def double(x):\n    n = 0\n    while True:\n        n += 1\n"
        "        open(f'/scratch/{n}', 'wb').write(b'x' * 10**7)",
        statuses=("error", *LATE),
    ),
    Attack(
        43,
        "sparse file",
        "def double(x):\n    open('/scratch/x', 'wb').truncate(10**15)\n    return 0",
        statuses=("error",),
    ),
    Attack(
        44,
        "much output",
        "print('x' * 10**7)\nfor _ in range(1000): print('y')\n" + nb.RIGHT,
        honest=True,
    ),
    Attack(44, "many images", nb.RIGHT, _many_images, honest=True),
    Attack(
        45,
        "a daemon",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n" + nb.RIGHT,
        held=True,
    ),
    Attack(46, "invalid JSON", change=lambda made: b"{" * 1000),
    Attack(46, "deep nesting", change=lambda made: b"[" * 10**6),
    Attack(46, "null bytes", nb.RIGHT, _nulls, honest=True),
    Attack(46, "wrong format and no kernel", nb.RIGHT, _no_kernel, honest=True),
    Attack(46, "a huge notebook", change=lambda made: b" " * (21 * 2**20)),
    Attack(47, "a cell twice", nb.RIGHT, _double_cell, honest=True),
    Attack(47, "two answers", WRONG, _two_answers),
    Attack(48, "no test cells", nb.RIGHT, _without_tests, honest=True),
    Attack(49, "grade false", nb.RIGHT, setting(TEST, nbgrader={"grade": False}), honest=True),
    Attack(50, "absurd points", WRONG, setting(TEST, nbgrader={"points": 1e300})),
    Attack(
        50, "points that are none", nb.RIGHT, setting(TEST, nbgrader={"points": None}), honest=True
    ),
    Attack(51, "another cell type", nb.RIGHT, setting(ANSWER, cell_type="raw"), honest=True),
    Attack(51, "an emptied cell", ""),
    Attack(52, "a result without text", nb.RIGHT, _no_text, honest=True),
    Attack(
        54,
        "asking and magics",
        "%matplotlib qt\n!pip install evil\nimport os\nos.chdir('/')\ntry:\n    input()\n"
        "except EOFError:\n    pass\n" + nb.RIGHT,
        honest=True,
    ),
    Attack(54, "a debugger", "def double(x):\n    breakpoint()\n    return 0"),
    Attack(
        56,
        "multiprocessing",
        "import multiprocessing as m\ndef f(x): return 2 * x\ndef double(x):\n"
        "    with m.get_context('fork').Pool(2) as pool:\n        return pool.map(f, [x])[0]",
        honest=True,
    ),
    Attack(
        57,
        "warnings and log lines",
        "import sys, warnings, logging\nwarnings.warn('w')\nlogging.error('e')\n"
        "print('s', file=sys.stderr)\n" + nb.RIGHT,
        honest=True,
    ),
)
