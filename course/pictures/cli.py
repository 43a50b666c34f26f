"""The ``course pictures`` commands: list, get and add sets, draw a contact sheet, measure."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    from course.pictures.stream import Listing, Throughput

app = typer.Typer(help="The picture sets: list, get, add, look at, measure.", no_args_is_help=True)
console = Console(highlight=False)
SHOWN = 8  # pairs and skipped files that are listed in full
FEW = 20  # photographs of a class to train on, below which results are chance
UNEVEN = 3  # times as many of one class as of another


class SetName(StrEnum):
    """The drawn sets."""

    flowers = "flowers"
    pets = "pets"
    objects = "objects"
    cells = "cells"


class Photographs(StrEnum):
    """The sets of photographs that can be fetched."""

    flowers = "flowers"
    pets = "pets"


@app.command()
def get(
    name: Annotated[Photographs, typer.Argument(metavar="SET", help="flowers or pets.")],
    archive: Annotated[
        Path | None, typer.Option(help="The archive, if you have it already: no download.")
    ] = None,
) -> None:
    """Download real photographs; COURSE_PICTURES=photos then uses them in every lesson."""
    from course.pictures.photos import download_set

    with _bar() as report:
        got = download_set.get(name.value, archive=archive, say=_say, report=report)
    if not got.new:
        _say(f"Already in {got.folder}.")
    _balance(got.counts)
    _some("left out, not readable", got.unreadable)
    if got.twins:
        _say(f"{got.twins} pairs of near-duplicates: each pair is in one split.")
    _say(f"In {got.folder}. To use them: set COURSE_PICTURES=photos before `course lab`.")


@app.command()
def add(
    folder: Annotated[
        Path, typer.Argument(help="One folder per class, or train/, test/ of those.")
    ],
    name: Annotated[str | None, typer.Option(help="Name of the set; else the folder's.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another split.")] = 0,
) -> None:
    """Make a set of your own photographs: upright, split, without near-duplicates across splits."""
    from course.pictures.photos import own

    added = own.add(folder, name=name, seed=seed, say=_say)
    if added.given:
        _say(f"Kept the split that was there: {', '.join(added.given)}.")
    _balance(added.counts)
    _some("left out", added.skipped)
    if not added.pairs:
        _say("No near-duplicates.")
    pairs = [
        f"{p.first} and {p.second} ({p.bits} of 128 bits apart): {p.became}"
        for p in sorted(added.pairs, key=lambda pair: pair.bits)
    ]
    _some("near-duplicates", pairs)
    if pairs:
        _say(f"Look at them: {added.folder / own.TWINS_FILE}")
    _say(f"Look at the set: {added.folder / own.SHEET_FILE}")
    _say(f'In a notebook: pictures.photos("{added.folder}", split="train")')


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a download: a bar in a terminal, a line every tenth elsewhere."""
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: list[TaskID] = []
        tenths = [0]

        def report(here: int, total: int) -> None:
            if not tasks:
                tasks.append(progress.add_task("", total=total, completed=here))
            progress.update(tasks[0], completed=here)
            if not console.is_terminal and 10 * here // total > tenths[0]:
                tenths[0] = 10 * here // total
                _say(f"{tenths[0] * 10} %")

        yield report


def _balance(counts: dict[str, dict[str, int]]) -> None:
    """Print how many photographs each class has, and what that means."""
    splits = list(counts)
    table = Table("class", *splits, "share", "")
    train = counts["train"]
    total = max(1, sum(train.values()))
    for label, many in train.items():
        share = many / total
        numbers = [str(counts[split].get(label, 0)) for split in splits]
        table.add_row(label, *numbers, f"{100 * share:.0f} %", "█" * round(30 * share))
    console.print(table)
    fewest, most = min(train, key=train.__getitem__), max(train, key=train.__getitem__)
    if train[fewest] < FEW:
        _say(f"Few: {train[fewest]} photographs of {fewest} to train on; {FEW} or more are better.")
    if train[most] > UNEVEN * train[fewest]:
        times = train[most] / max(1, train[fewest])
        _say(
            f"Uneven: {times:.1f} times as many of {most} as of {fewest}. Accuracy alone will "
            "flatter a model that guesses the larger class: look at each class."
        )


def _some(what: str, lines: Sequence[str]) -> None:
    """Print a number of lines, the first few in full."""
    if not lines:
        return
    _say(f"{len(lines)} {what}:")
    for line in lines[:SHOWN]:
        _say(f"  {line}")
    if len(lines) > SHOWN:
        _say(f"  and {len(lines) - SHOWN} more")


@app.command("list")
def list_sets() -> None:
    """List the sets and their classes."""
    from course.pictures.kinds import KINDS

    table = Table("set", "classes", "names")
    for kind in KINDS.values():
        names = ", ".join(name.replace("_", " ") for name in kind.classes)
        table.add_row(kind.name, str(len(kind.classes)), names)
    Console().print(table)


@app.command()
def sheet(
    set_name: Annotated[SetName, typer.Argument(metavar="SET", help="Which set.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .png or .jpg file to write.")],
    per_class: Annotated[int, typer.Option(help="Pictures of each class.")] = 8,
    seed: Annotated[int, typer.Option(help="Another seed, other pictures.")] = 0,
    shift: Annotated[float, typer.Option(help="Domain shift, 0 to 1.")] = 0.0,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
    size_px: Annotated[int, typer.Option(help="Side of a picture in pixels.")] = 97,
) -> None:
    """Write a contact sheet: one row per class."""
    from course.pictures import sets
    from course.pictures.sheet import contact_sheet

    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise typer.BadParameter(f"{out.name}: expected a name that ends in .png or .jpg")
    make = getattr(sets, set_name.value)
    try:
        pictures = make(per_class, split=split, seed=seed, size_px=size_px, shift=shift)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    contact_sheet(pictures).save(out, optimize=True, quality=88)
    print(f"{len(pictures)} pictures of {len(pictures.classes)} classes in {out}")


@app.command()
def speed(
    count: Annotated[int, typer.Option(help="Pictures of each set to draw.")] = 1200,
    workers: Annotated[int | None, typer.Option(help="Processes; default one per core.")] = None,
) -> None:
    """Measure how many pictures a second are drawn at 97 px, past the cache."""
    from course.pictures import worker
    from course.pictures.kinds import KINDS, PictureRequest

    table = Table("set", "pictures/s", "ms of one core per picture")
    for kind in KINDS.values():
        used = worker.workers_for(count) if workers is None else workers
        start_s, start_cpu_s = time.perf_counter(), _cpu_s()
        worker.draw(PictureRequest(kind.name), count, used)
        took_s, cpu_s = time.perf_counter() - start_s, _cpu_s() - start_cpu_s
        table.add_row(kind.name, f"{count / took_s:.0f}", f"{1000 * cpu_s / count:.1f}")
    Console().print(table)


class Framework(StrEnum):
    """The two frameworks."""

    torch = "torch"
    keras = "keras"


@app.command()
def throughput(
    folder: Annotated[Path, typer.Argument(help="A set: one folder per class, or train/ of it.")],
    framework: Annotated[Framework, typer.Option(help="torch or keras.")] = Framework.torch,
    size_px: Annotated[int, typer.Option(help="Side of a picture in pixels.")] = 161,
    workers: Annotated[int, typer.Option(help="Files that are read at the same time.")] = 2,
    batch_size: Annotated[int, typer.Option(help="Pictures of one step.")] = 32,
    seconds: Annotated[float, typer.Option(help="Length of each measurement.")] = 10.0,
    frozen: Annotated[bool, typer.Option(help="Train the new head only.")] = False,
) -> None:
    """Measure whether reading photographs or training on them is the limit."""
    from course.pictures.stream import listing

    listed = listing(folder)
    options = {"size_px": size_px, "workers": workers, "batch_size": batch_size}
    _say(f"{len(listed):,} photographs at {size_px} px, {workers} workers, batches of {batch_size}")
    measure = _measure_torch if framework is Framework.torch else _measure_keras
    _say(str(measure(listed, options, seconds, frozen)))


def _measure_torch(
    listed: Listing, options: dict[str, Any], seconds: float, frozen: bool
) -> Throughput:
    from course.backbone import load_torch
    from course.device import describe_torch, torch_device
    from course.pictures.stream_torch import loader, measure

    _say(f"PyTorch on {describe_torch()}")
    model = load_torch(classes=len(listed.classes))
    model.features.requires_grad_(not frozen)
    return measure(model.to(torch_device()), loader(listed, **options), seconds=seconds)


def _measure_keras(
    listed: Listing, options: dict[str, Any], seconds: float, frozen: bool
) -> Throughput:
    from course.quiet import quiet

    with quiet():
        from course.device import describe_keras

        device = describe_keras()
    import keras

    from course.backbone import load_keras
    from course.pictures.stream_keras import dataset, measure

    _say(f"Keras on {device}")
    base = load_keras(size_px=options["size_px"])
    base.trainable = not frozen
    model = keras.Sequential([base, keras.layers.Dense(len(listed.classes))])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return measure(model, dataset(listed, **options), seconds=seconds)


def _cpu_s() -> float:
    """Return the processor time of this process and its finished children, in seconds."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    app()
