"""Measure one framework's side of ``benchmarks.training``; one JSON line per figure."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any, Protocol

import numpy as np

from course.training import runs

WARM_ROUNDS = 1
SAVING_EPOCHS = 8
SHORT_S = 0.25  # an epoch below this is repeated until a round lasts so long
TEST_PER_CLASS = 40


Clock = Callable[[], float]


class Side(Protocol):
    """What a framework's module supplies."""

    def describe(self) -> tuple[str, str]:
        """Return the kind of device, ``cpu`` or ``gpu``, and its name."""

    def prepared(self, images: np.ndarray) -> np.ndarray:
        """Return images as the network wants them."""

    def network(self, way: str) -> Any:
        """Return a fresh network with a new head, its flags set for ``way``."""

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the features that the frozen base makes."""

    def bare(self, model: Any, images: np.ndarray, labels: np.ndarray) -> Callable[[int], None]:
        """Return what takes so many steps on one batch that lies on the device already."""

    def fit(self, model: Any, data: runs.Data, **options: Any) -> runs.History:
        """Call the kit's ``fit`` with a new optimizer."""

    def accuracy(self, model: Any, data: runs.Data) -> float:
        """Return the share of right answers."""

    def faster(self, images: np.ndarray, labels: np.ndarray) -> str:
        """Return the table of what the kit's ``faster`` tried on the unfrozen network."""


def main() -> None:
    """Read framework and options from the command line; measure what they ask for."""
    framework, options = sys.argv[1], json.loads(sys.argv[2])
    side: Any = import_module(f"benchmarks.training_{framework}")
    kind, device = side.describe()
    clock = time.process_time if options["cpu_time"] else time.perf_counter
    size = options["batch_size"]
    train, test = _pictures(side, options["per_class"], size)
    features = side.features(train[0]), train[1]
    for way in options["ways"]:
        data = features if way == "cached" else train
        fit_s, bare_s = turns(side, way, data, size, options["rounds"], clock)
        steps = len(data[1]) // size
        said = f"{way}: fit {1000 * fit_s / steps:.2f} ms a step, bare {1000 * bare_s / steps:.2f}"
        per_s = {"fit_per_s": len(data[1]) / fit_s, "bare_per_s": len(data[1]) / bare_s}
        _tell("turns", said, way=way, device=device, device_kind=kind, **per_s)
    if {"frozen", "cached"} <= set(options["ways"]):
        _tell("saving", "cached features measured", **saving(side, train, test, size, clock))
    if options["faster"]:
        _tell("faster", "faster tried", table=side.faster(train[0][:size], train[1][:size]))


def turns(
    side: Side, way: str, data: runs.Data, batch_size: int, rounds: int, clock: Clock
) -> tuple[float, float]:
    """Return the median seconds of an epoch by ``fit`` and by the bare model, taking turns.

    The bare model's share runs in ``each_epoch``, inside the same call of ``fit``: what building a
    training step costs is in neither.
    """
    steps = len(data[1]) // batch_size
    bare = side.bare(side.network(way), data[0][:batch_size], data[1][:batch_size])
    bare(3)
    spent: dict[str, list[float]] = {"fit": [], "bare": []}
    begin = clock()

    def each_epoch(epoch: int, history: runs.History) -> None:
        nonlocal begin
        middle = clock()
        bare(steps)
        end = clock()
        if epoch >= WARM_ROUNDS:
            spent["fit"].append(middle - begin)
            spent["bare"].append(end - middle)
        begin = clock()

    many = max(1, round(SHORT_S / _seconds(bare, steps, clock)))
    side.fit(
        side.network(way),
        data,
        epochs=WARM_ROUNDS + rounds * many,
        batch_size=batch_size,
        each_epoch=each_epoch,
    )
    return median(spent["fit"]), median(spent["bare"])


def saving(
    side: Side, train: runs.Data, test: runs.Data, batch_size: int, clock: Clock
) -> dict[str, float]:
    """Train the same head through the frozen base and on cached features; compare both."""
    begin = clock()
    features = side.features(train[0]), train[1]
    facts = {"features_s": clock() - begin}
    checked = {"frozen": test, "cached": (side.features(test[0]), test[1])}
    for way, data in (("frozen", train), ("cached", features)):
        model = side.network(way)
        ends: list[float] = []
        side.fit(
            model,
            data,
            epochs=SAVING_EPOCHS,
            batch_size=batch_size,
            each_epoch=lambda epoch, history, ends=ends: ends.append(clock()),
        )
        facts[f"{way}_s"] = float(np.median(np.diff(ends)))
        facts[f"{way}_accuracy"] = side.accuracy(model, checked[way])
    return facts


def _seconds(bare: Callable[[int], None], steps: int, clock: Clock) -> float:
    begin = clock()
    bare(steps)
    return clock() - begin


def _pictures(side: Side, per_class: int, batch_size: int) -> tuple[runs.Data, runs.Data]:
    """Return drawn flowers, as many as fill whole batches, and others to test with."""
    from course import pictures

    train = pictures.flowers(per_class)
    test = pictures.flowers(TEST_PER_CLASS, split="test")
    whole = len(train.labels) // batch_size * batch_size
    return (
        (side.prepared(train.images[:whole]), train.labels[:whole]),
        (side.prepared(test.images), test.labels),
    )


def _tell(kind: str, said: str, **facts: Any) -> None:
    print(json.dumps({"kind": kind, "said": said, **facts}), flush=True)


if __name__ == "__main__":
    main()
