"""The ``course pictures`` commands: list the sets, draw a contact sheet, measure the speed."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="The picture sets: list, look at, measure.", no_args_is_help=True)


class SetName(StrEnum):
    """The drawn sets."""

    flowers = "flowers"
    pets = "pets"
    objects = "objects"
    cells = "cells"


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
    from course.pictures.kinds import KINDS, Order

    table = Table("set", "pictures/s", "ms of one core per picture")
    for kind in KINDS.values():
        used = worker.workers_for(count) if workers is None else workers
        start_s, start_cpu_s = time.perf_counter(), _cpu_s()
        worker.draw(Order(kind.name), count, used)
        took_s, cpu_s = time.perf_counter() - start_s, _cpu_s() - start_cpu_s
        table.add_row(kind.name, f"{count / took_s:.0f}", f"{1000 * cpu_s / count:.1f}")
    Console().print(table)


def _cpu_s() -> float:
    """Return the processor time of this process and its finished children, in seconds."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    app()
