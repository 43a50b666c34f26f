"""The training benchmark's tables, and that both sides are given the same work."""

from __future__ import annotations

import itertools

import numpy as np

from benchmarks import training, training_worker

TURNS = {"framework": "torch", "device": "CPU, 2 threads", "device_kind": "cpu", "way": "frozen"}
SAVING = {
    "framework": "keras",
    "frozen_s": 1.0,
    "cached_s": 0.05,
    "features_s": 0.9,
    "frozen_accuracy": 0.905,
    "cached_accuracy": 0.905,
}


def verdict(table: str) -> str:
    return table.splitlines()[-1].split("|")[-2].strip()


def test_the_bar_is_lower_on_a_gpu():
    facts = TURNS | {"fit_per_s": 92.0, "bare_per_s": 100.0}
    on_cpu = training.turns_table([facts])
    assert "| 92 | 100 | 92.0 % | 95 % | **missed** |" in on_cpu
    on_gpu = training.turns_table([facts | {"device_kind": "gpu"}])
    assert "| 92 | 100 | 92.0 % | 90 % | holds |" in on_gpu


def test_cached_features_must_be_ten_times_as_fast_and_as_accurate():
    assert verdict(training.saving_table([SAVING])) == "holds"
    assert "| 1.000 | 0.0500 | 20 | 0.90 | 90.5 % | 90.5 % |" in training.saving_table([SAVING])
    assert verdict(training.saving_table([SAVING | {"cached_s": 0.2}])) == "**missed**"
    assert verdict(training.saving_table([SAVING | {"cached_accuracy": 0.89}])) == "**missed**"


class Side:
    """A framework whose bare step takes one tick of the clock, and whose fit takes two."""

    def __init__(self) -> None:
        self.now, self.bare_steps, self.fit_epochs = 0.0, 0, 0

    def network(self, way: str) -> str:
        return way

    def bare(self, model, images, labels):
        assert (model, len(images), len(labels)) == ("cached", 20, 20)

        def steps(count: int) -> None:
            self.bare_steps += count
            self.now += count

        return steps

    def fit(self, model, data, *, epochs, batch_size, each_epoch):
        for epoch in range(epochs):
            self.now += 2 * len(data[1]) / batch_size
            self.fit_epochs += 1
            each_epoch(epoch, {})


def test_both_sides_take_turns_with_the_same_number_of_steps():
    side = Side()
    data = np.zeros((100, 4), np.float32), np.zeros(100, np.int64)
    made = training_worker.turns(side, "cached", data, 20, 3, lambda: side.now)
    assert made == (10, 5)  # five steps of two ticks, and of one
    assert side.fit_epochs == 4  # one to warm up
    assert side.bare_steps == 3 + 5 + 4 * 5


def test_short_epochs_are_repeated():
    side, clock = Side(), itertools.count(step=0.01)
    data = np.zeros((20, 4), np.float32), np.zeros(20, np.int64)
    training_worker.turns(side, "cached", data, 20, 2, lambda: next(clock))
    assert side.fit_epochs == 1 + 2 * round(training_worker.SHORT_S / 0.01)
