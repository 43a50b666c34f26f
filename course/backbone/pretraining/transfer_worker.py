"""Run rows of the transfer table in one framework, one JSON line per run.

``evaluate`` starts this in a process of its own, because the two frameworks cannot share one.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module, metadata

from course.backbone.preprocessing import size_px
from course.backbone.pretraining.transfer import ROWS, Kept, Row, Trainer, draw


def main() -> None:
    """Read the framework, the row ids and the seeds from the command line and run them."""
    framework, ids, seeds = sys.argv[1], sys.argv[2].split(","), sys.argv[3].split(",")
    rows = {row.id: row for row in ROWS}
    trainer: Trainer = import_module(f"course.backbone.pretraining.transfer_{framework}")
    _tell(about(framework))
    kept = Kept()
    for seed in map(int, seeds):
        for row in (rows[row_id] for row_id in ids):
            _tell(_one(trainer, row, seed, kept))


def _one(trainer: Trainer, row: Row, seed: int, kept: Kept) -> dict[str, object]:
    train = draw(row, seed, split="train", size_px=size_px())
    test = draw(row, seed, split="test", size_px=size_px())
    begin = time.perf_counter() + kept.saved_s
    accuracy = trainer.run(row, train, test, seed, kept)
    return {
        "row": row.id,
        "seed": seed,
        "accuracy": round(accuracy, 4),
        "seconds": round(time.perf_counter() - begin + kept.saved_s, 1),
        "train": len(train.labels),
        "test": len(test.labels),
    }


def about(framework: str) -> dict[str, object]:
    """Return the versions and the device that a framework works with."""
    packages = {"torch": ("torch", "torchvision"), "keras": ("keras", "tensorflow")}[framework]
    return {"versions": {name: metadata.version(name) for name in packages}, "device": _device()}


def _device() -> str:
    if "torch" in sys.modules:
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    import tensorflow

    found = tensorflow.config.list_physical_devices("GPU")
    return "gpu" if found else "cpu"


def _tell(facts: dict[str, object]) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
