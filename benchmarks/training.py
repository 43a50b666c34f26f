"""Does the kits' own training loop keep the processor, or the GPU, as busy as the bare model does?

    python -m benchmarks.training                      # both frameworks, one after the other
    python -m benchmarks.training --frameworks torch --rounds 10 --no-faster

prints three tables. First, pictures per second of ``fit`` beside those of the same model's forward
and backward pass and optimizer step on one batch that lies there already: frozen base, everything
unfrozen, and a head on cached features. The two take turns, epoch by epoch, so that whatever else
the machine does hits both. Then what cached features save, and whether they cost accuracy. Then
what `faster` of either kit tried on this machine, and what it kept. Each framework runs in a
process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

from benchmarks import measure
from benchmarks.submissions import PROJECT

FRAMEWORKS = ("torch", "keras")
WAYS = ("frozen", "unfrozen", "cached")
WORDS = {"frozen": "head, through the base", "unfrozen": "all layers", "cached": "head on features"}
BAR = {"cpu": 0.95, "gpu": 0.90}
CACHED_BAR = 10  # times as fast as running the frozen base every epoch
SAME_ACCURACY = 0.005  # of the test pictures


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description="Pictures per second of fit and the bare model.")
    parser.add_argument("--frameworks", nargs="+", choices=FRAMEWORKS, default=FRAMEWORKS)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--per-class", type=int, default=60, help="training pictures of a class")
    parser.add_argument("--batch-size", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7, help="epochs of either side")
    parser.add_argument(
        "--cpu-time", action="store_true", help="count the processor's seconds: on a busy machine"
    )
    parser.add_argument("--faster", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    facts = [
        {"framework": framework, **fact}
        for framework in options.frameworks
        for fact in _measured(framework, options)
    ]
    for kind, table in (("turns", turns_table), ("saving", saving_table), ("faster", faster_table)):
        chosen = [fact for fact in facts if fact["kind"] == kind]
        if chosen:
            print(f"\n{table(chosen)}")


def _measured(framework: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield what a framework's process measures, as it comes."""
    asked = {key: value for key, value in vars(options).items() if key != "frameworks"}
    command = measure.python("-m", "benchmarks.training_worker", framework, json.dumps(asked))
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            if line.startswith("{"):
                fact = json.loads(line)
                print(f"{framework}: {fact['said']}", flush=True)
                yield fact
    if process.returncode:
        raise SystemExit(f"The {framework} process ended with {process.returncode}.")


def turns_table(facts: list[dict[str, Any]]) -> str:
    """Return pictures per second of both sides, their ratio, and whether the bar holds."""
    lines = ["| framework | device | what trains | fit /s | bare /s | fit ÷ bare | bar | |"]
    lines.append("|---|---|---|--:|--:|--:|--:|---|")
    for fact in facts:
        ratio = fact["fit_per_s"] / fact["bare_per_s"]
        bar = BAR[fact["device_kind"]]
        figures = f"{fact['fit_per_s']:.0f} | {fact['bare_per_s']:.0f} | {100 * ratio:.1f} %"
        lines.append(
            f"| {fact['framework']} | {fact['device']} | {WORDS[fact['way']]} | {figures} | "
            f"{100 * bar:.0f} % | {_verdict(ratio >= bar)} |"
        )
    return "\n".join(lines)


def saving_table(facts: list[dict[str, Any]]) -> str:
    """Return what an epoch costs with and without cached features, and the accuracy of both."""
    lines = [
        "| framework | s an epoch through the base | on features | times as fast | "
        "features once, s | accuracy through the base | on features | |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for fact in facts:
        times = fact["frozen_s"] / fact["cached_s"]
        gap = abs(fact["frozen_accuracy"] - fact["cached_accuracy"])
        lines.append(
            f"| {fact['framework']} | {fact['frozen_s']:.3f} | {fact['cached_s']:.4f} | "
            f"{times:.0f} | {fact['features_s']:.2f} | {100 * fact['frozen_accuracy']:.1f} % | "
            f"{100 * fact['cached_accuracy']:.1f} % | "
            f"{_verdict(times >= CACHED_BAR and gap <= SAME_ACCURACY)} |"
        )
    return "\n".join(lines)


def faster_table(facts: list[dict[str, Any]]) -> str:
    """Return the tables of either kit's `faster`, one below the other."""
    return "\n\n".join(f"{fact['framework']}:\n\n{fact['table']}" for fact in facts)


def _verdict(holds: bool) -> str:
    return "holds" if holds else "**missed**"


if __name__ == "__main__":
    main()
