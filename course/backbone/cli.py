"""``course backbone``: make the pretrained weights, measure them, check them."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from course import settings
from course.backbone.pretraining.compare import ASKED_WAYS, WEIGHTS, Comparison, chosen
from course.backbone.pretraining.compare import compare as measure_weights
from course.backbone.pretraining.compare import text as table_text
from course.backbone.pretraining.evaluate import FRAMEWORKS, Run, rows_at_hand
from course.backbone.pretraining.evaluate import evaluate as measure
from course.backbone.pretraining.transfer import NUMBERS, ROWS, WAYS, Row
from course.backbone.weights import WeightsError, read_weights, weights_path

if TYPE_CHECKING:
    from course.backbone.pretraining import pretrain as pretraining

app = typer.Typer(no_args_is_help=True, help="The bundled pretrained backbone.")
console = Console()
QUICK = ("flowers", 100)
LINE_EVERY = 500  # steps, where there is no terminal to draw a bar in


@app.command()
def pretrain(
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
    out: Annotated[Path | None, typer.Option(help="Weights file to write.")] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Stop after so long; --resume goes on later.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the pictures.")] = None,
) -> None:
    """Make weights.safetensors from nothing but code and a seed (about half an hour)."""
    with _told_kindly():
        _pretrain(resume, out or weights_path(), minutes, epochs)


def _pretrain(resume: bool, out: Path, minutes: float | None, epochs: int | None) -> None:
    from course.backbone.pretraining import card
    from course.backbone.pretraining.pretrain import draw_pictures
    from course.backbone.pretraining.pretrain import pretrain as train_backbone
    from course.backbone.pretraining.recipe import Recipe

    recipe = Recipe() if epochs is None else Recipe(epochs=epochs)
    console.print("Drawing the pictures …")
    begin = time.perf_counter()
    train, val = draw_pictures(recipe)
    console.print(
        f"{len(train.labels)} pictures of {len(train.classes)} classes "
        f"in {time.perf_counter() - begin:.0f} s."
    )
    with _training_bar() as report:
        outcome = train_backbone(
            train, val, out=out, recipe=recipe, resume=resume, minutes=minutes, report=report
        )
    if outcome.path is None:
        console.print(
            f"Stopped at step {outcome.step} of {outcome.steps}. "
            "Go on with `course backbone pretrain --resume`."
        )
        return
    facts = card.pretraining_facts(outcome, recipe, pictures=len(train.labels))
    card.write_card({"pretraining": facts}, card.card_path(out))
    console.print(
        f"Wrote {out} ({facts['bytes'] / 1e6:.2f} MB) after {facts['minutes']} minutes: "
        f"{100 * facts['accuracy']:.1f} % of new pictures named correctly. "
        "Next: `course backbone evaluate` makes the table of its model card."
    )


@contextlib.contextmanager
def _training_bar() -> Iterator[Callable[[pretraining.Progress], None]]:
    columns = (
        TextColumn("{task.completed:.0f}/{task.total:.0f} steps"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=1)

        def report(progress: pretraining.Progress) -> None:
            words = f"loss {progress.loss:.2f}, {progress.size_px} px"
            bar.update(task, completed=progress.step, total=progress.steps, description=words)
            if not console.is_terminal and progress.step % LINE_EVERY == 0:
                console.print(f"step {progress.step}/{progress.steps}: {words}")

        yield report


@app.command()
def evaluate(
    seeds: Annotated[int, typer.Option(min=1, help="How often each row is run.")] = 5,
    framework: Annotated[str, typer.Option(help="torch, keras or both.")] = "both",
    quick: Annotated[bool, typer.Option(help="One seed, 100 flowers, no card.")] = False,
    pictures: Annotated[str, typer.Option(help="drawn or photos.")] = "",
    ways: Annotated[str, typer.Option(help="Some of scratch,head,tuned,reckless.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the figures to this JSON file.")] = None,
) -> None:
    """Make the transfer table of the model card (about 25 minutes; --quick: two)."""
    if pictures:
        os.environ["COURSE_PICTURES"] = pictures
    with _told_kindly():
        _evaluate(1 if quick else seeds, framework, _rows(quick, ways), out)


def _rows(quick: bool, ways: str) -> list[Row]:
    wanted = ways.split(",") if ways else list(WAYS)
    unknown = sorted(set(wanted) - set(WAYS))
    if unknown:
        raise ValueError(f"--ways has {', '.join(unknown)}; expected some of {', '.join(WAYS)}.")
    rows = [row for row in rows_at_hand() if row.way in wanted]
    return [row for row in rows if (row.task, row.pictures) == QUICK] if quick else rows


def _evaluate(seeds: int, framework: str, rows: list[Row], out: Path | None) -> None:
    from course.backbone.pretraining import card

    if framework not in (*FRAMEWORKS, "both"):
        raise ValueError(f"--framework is {framework!r}; expected torch, keras or both.")
    chosen = FRAMEWORKS if framework == "both" else (framework,)
    table = measure(seeds=range(seeds), frameworks=chosen, rows=rows, report=_show)
    facts = card.transfer_facts(table, command=f"course backbone evaluate --seeds {seeds}")
    console.print(_rich_table(facts["rows"]))
    if out:
        out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    whole = seeds >= 3 and framework == "both" and tuple(rows) == ROWS
    if whole and _is_the_cards_own():
        card.write_card({**card.read_card(), "transfer": facts})
        console.print(f"Wrote {card.card_path()} and MODEL_CARD.md beside it.")


@app.command()
def compare(
    seeds: Annotated[int, typer.Option(min=1, help="How often each row is run.")] = 3,
    framework: Annotated[str, typer.Option(help="torch, keras or both.")] = "both",
    pictures: Annotated[str, typer.Option(help="drawn or photos.")] = "photos",
    weights: Annotated[str, typer.Option(help="bundled, imagenet or both.")] = "both",
    ways: Annotated[str, typer.Option(help="Some of scratch,head,tuned,reckless.")] = ",".join(
        ASKED_WAYS
    ),
    pictures_count: Annotated[
        int | None, typer.Option(help="Only the rows with so many training pictures.")
    ] = None,
) -> None:
    """Compare the bundled weights with ImageNet's (an hour and more; --pictures-count 100: less).

    From scratch, head only and fine-tuned, in both frameworks, over several seeds. The features
    that heads train on are computed once for each seed.
    """
    os.environ["COURSE_PICTURES"] = pictures
    with _told_kindly():
        rows = chosen(rows_at_hand(), ways.split(","), pictures_count)
        made = measure_weights(
            rows,
            seeds=range(seeds),
            weights=_one_or_both(weights, WEIGHTS, "--weights"),
            frameworks=_one_or_both(framework, FRAMEWORKS, "--framework"),
            report=lambda name, run: console.print(f"{name:8} {_words(run)}"),
        )
        console.print(f"\n{table_text(made, rows)}", soft_wrap=True, markup=False)
        console.print(_what_was_done(made, seeds), soft_wrap=True)
        if made.failed:
            raise RuntimeError("\n".join(f"Left out: {reason}" for reason in made.failed))


def _one_or_both(asked: str, names: tuple[str, ...], option: str) -> tuple[str, ...]:
    if asked not in (*names, "both"):
        raise ValueError(f"{option} is {asked!r}; expected {', '.join(names)} or both.")
    return names if asked == "both" else (asked,)


def _what_was_done(made: Comparison, seeds: int) -> str:
    runs = [run for table in made.tables.values() for run in table.runs]
    tested = " and ".join(map(str, sorted({run.test for run in runs}))) or "no"
    return (
        f"\nMean (lowest–highest) over {seeds} seeds on {tested} test pictures; seconds of one "
        f"run, drawing left out. Convolutions train {NUMBERS.steps} steps of {NUMBERS.batch_size} "
        f"pictures, heads {NUMBERS.head_steps} steps on features of {NUMBERS.views} views of "
        "each picture. From scratch: untrained, in the shape and at the size of the weights."
    )


def _show(run: Run) -> None:
    console.print(_words(run))


def _words(run: Run) -> str:
    return (
        f"{run.framework:5} {run.row:22} seed {run.seed}: {100 * run.accuracy:5.1f} % "
        f"({run.seconds:.0f} s)"
    )


def _is_the_cards_own() -> bool:
    return settings.pictures() == "drawn" and settings.weights() == "bundled"


def _rich_table(rows: dict[str, Any]) -> RichTable:
    from course.backbone.pretraining.card import FRAMEWORK_NAMES, cell

    table = RichTable("row", *FRAMEWORK_NAMES.values())
    for name, facts in rows.items():
        if facts:
            table.add_row(name, *(cell(facts.get(framework)) for framework in FRAMEWORK_NAMES))
    return table


@app.command()
def verify() -> None:
    """Check the bundled weights file: whole, unchanged and the one its card describes."""
    from course.backbone.pretraining import card

    with _told_kindly():
        weights = read_weights()
        described = card.read_card().get("pretraining", {}).get("sha256")
        if described != weights.sha256:
            raise WeightsError(
                f"{weights_path()} is whole, but not the file that its model card describes "
                f"(digest {weights.sha256[:12]}…, card {str(described)[:12]}…). "
                "Measure it with `course backbone evaluate`, or get the released one back with "
                "`git checkout -- course/backbone`."
            )
        console.print(
            f"{weights_path().name}: MobileNetV2 {weights.width}, {weights.size_px} px, "
            f"{len(weights.classes)} classes, digest {weights.sha256[:12]}…: OK"
        )


@contextlib.contextmanager
def _told_kindly() -> Iterator[None]:
    """Print an expected error as one message, without the way it came."""
    try:
        yield
    except (WeightsError, ValueError, RuntimeError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        Console(stderr=True).print("Stopped. `course backbone pretrain --resume` goes on.")
        raise typer.Exit(130) from error


if __name__ == "__main__":
    app()
