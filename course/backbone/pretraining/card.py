"""The model card: figures in card.json, words in MODEL_CARD.md, rendered from them."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from string import Template
from typing import Any

from course.backbone.pretraining.evaluate import FRAMEWORKS, Table
from course.backbone.pretraining.pretrain import Outcome
from course.backbone.pretraining.recipe import Recipe
from course.backbone.pretraining.transfer import NUMBERS, ROWS, WAYS, Row
from course.backbone.weights import read_weights, weights_path

FRAMEWORK_NAMES = {"torch": "PyTorch", "keras": "Keras"}


def card_path(weights: Path | None = None) -> Path:
    """Return where the figures of a weights file are kept: ``card.json`` beside it."""
    return (weights or weights_path()).with_name("card.json")


def read_card(path: Path | None = None) -> dict[str, Any]:
    """Read card.json; an empty card if there is none yet."""
    path = path or card_path()
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_card(card: dict[str, Any], path: Path | None = None) -> None:
    """Write card.json, and MODEL_CARD.md beside it."""
    path = path or card_path()
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    path.with_name("MODEL_CARD.md").write_text(render(card), encoding="utf-8")


def pretraining_facts(outcome: Outcome, recipe: Recipe, *, pictures: int) -> dict[str, Any]:
    """Return what the card says of a finished pretraining."""
    file = outcome.path or weights_path()
    weights = read_weights(file)
    return {
        "recipe": dataclasses.asdict(recipe),
        "classes": len(weights.classes),
        "pictures": pictures,
        "steps": outcome.steps,
        "minutes": round(outcome.seconds / 60, 1),
        "pictures_per_s": round(outcome.steps * recipe.batch_size / outcome.seconds),
        "accuracy": round(outcome.accuracy or 0.0, 4),
        **_machine(),
        "sha256": weights.sha256,
        "bytes": file.stat().st_size,
    }


def _machine() -> dict[str, Any]:
    import torch

    on_gpu = torch.cuda.is_available()
    return {
        "device": torch.cuda.get_device_name() if on_gpu else "cpu",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def transfer_facts(table: Table, *, command: str) -> dict[str, Any]:
    """Return what the card says of the transfer table."""
    return {
        "command": command,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "versions": table.versions,
        "devices": table.devices,
        "minutes": round(sum(run.seconds for run in table.runs) / 60, 1),
        "seeds": len({run.seed for run in table.runs}),
        "numbers": dataclasses.asdict(NUMBERS),
        "sha256": read_weights().sha256,
        "rows": {row.id: _row_facts(table, row) for row in ROWS},
    }


def _row_facts(table: Table, row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for framework in FRAMEWORKS:
        runs = table.of(row.id, framework)
        if runs:
            values = [run.accuracy for run in runs]
            facts[framework] = {
                "mean": round(fmean(values), 4),
                "low": min(values),
                "high": max(values),
                "seeds": [run.seed for run in runs],
                "seconds": round(fmean(run.seconds for run in runs), 1),
                "test": runs[0].test,
            }
    return facts


def render(card: dict[str, Any]) -> str:
    """Return MODEL_CARD.md for the figures of card.json."""
    words = Path(__file__).with_name("model_card_template.md").read_text(encoding="utf-8")
    made, transfer = card["pretraining"], card.get("transfer", {})
    facts = {f"made_{key}": value for key, value in made.items() if key != "recipe"}
    facts |= {f"recipe_{key}": value for key, value in made["recipe"].items()}
    facts |= {f"transfer_{key}": value for key, value in transfer.items()}
    facts |= {
        "accuracy": f"{100 * made['accuracy']:.1f} %",
        "kilobytes": round(made["bytes"] / 1000),
        "small_share": f"{made['recipe']['small_share']:.0%}".replace("%", " %"),
        "short_sha": made["sha256"][:12],
        "table": table_text(transfer.get("rows", {})),
        "versions": ", ".join(f"{k} {v}" for k, v in transfer.get("versions", {}).items()),
        "transfer_command": transfer.get("command", "course backbone evaluate"),
        "transfer_minutes": transfer.get("minutes", "–"),
        "transfer_seeds": transfer.get("seeds", "–"),
    }
    return Template(words).substitute(facts)


def table_text(rows: dict[str, Any]) -> str:
    """Return the transfer table in Markdown: mean and, in brackets, lowest and highest."""
    head = ["task", "training pictures", "trained", *(FRAMEWORK_NAMES[f] for f in FRAMEWORKS)]
    lines = [f"| {' | '.join(head)} |", "|---|---:|---|---:|---:|"]
    for row in ROWS:
        cells = [cell(rows.get(row.id, {}).get(framework)) for framework in FRAMEWORKS]
        words = [row.task, str(row.pictures), WAYS[row.way], *cells]
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


def cell(facts: dict[str, Any] | None) -> str:
    """Return one figure of the table as text, ``91.2 % (90.4–92.0)`` for example."""
    if not facts:
        return "–"
    low, high = 100 * facts["low"], 100 * facts["high"]
    return f"{100 * facts['mean']:.1f} % ({low:.1f}–{high:.1f})"
