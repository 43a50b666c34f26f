"""Time and memory: coarse, but never the wrong way round."""

from __future__ import annotations

import time

from course.measure import PeakMemory, median_ms
from tests.helpers import run_json


def test_the_median_leaves_out_the_first_run_and_the_odd_one():
    pauses = iter([0.2, 0.01, 0.3, 0.01])
    assert 9 < median_ms(lambda: time.sleep(next(pauses)), repeats=3) < 150


FILLED = """
    import time
    import numpy as np
    from course.measure import PeakMemory

    with PeakMemory() as peak:
        held = np.ones(40 * 2**20, np.uint8)
        time.sleep(0.2)
        del held
    print(peak.mib)
"""


def test_memory_that_is_filled_is_seen_even_when_given_back():
    # in a process of its own: what another test has given back would be filled without growing
    assert 35 < run_json(FILLED) < 400


def test_doing_nothing_costs_next_to_nothing():
    with PeakMemory() as peak:
        pass
    assert 0 <= peak.mib < 35
