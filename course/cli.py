"""The learner's door: ``course lab``, ``doctor``, ``progress``, ``reset``, ``lessons`` and more."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from course.workbench.workspace import Copied

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Learn fine-tuning by doing. Start with: course lab",
)
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
console = Console(highlight=False)


@app.command()
def lab(
    check: Annotated[bool, typer.Option("--check", help="Everything but the server.")] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address instead of opening it.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Serve on this port (else 8888 up).")
    ] = None,
) -> None:
    """Copy new lessons into work/, look after them, and open JupyterLab there."""
    from course.workbench import lab as server
    from course.workbench import welcome, workspace

    chosen = None if check else server.free_port(port)
    _say_copied(workspace.copy_lessons())
    sound = _examine(fresh=check)
    if chosen is None:
        raise typer.Exit(0 if sound else 1)
    if port is None and chosen != server.FIRST_PORT:
        console.print(f"Port {server.FIRST_PORT} is in use, so this is on port {chosen}.")
    welcome.write()
    server.serve(chosen, browser=not no_browser and server.has_display())


@app.command()
def doctor() -> None:
    """Say what is here and what is missing; exit code 0 only when every line is OK."""
    raise typer.Exit(0 if _examine(fresh=True) else 1)


def _examine(*, fresh: bool) -> bool:
    from course.workbench import doctor as physician

    findings = physician.examine(fresh=fresh)
    for one in findings:
        console.print(f"{one.name:<12}{escape(one.found)}", end="  ", soft_wrap=True)
        if one.ok:
            console.print("[green]OK[/]")
        else:
            console.print(f"[red]{escape(one.problem)}[/]", soft_wrap=True)
            console.print(f"{'':<12}next: {escape(one.next_step)}", soft_wrap=True)
    return all(one.ok for one in findings)


def _say_copied(copied: Copied) -> None:
    if copied.added:
        console.print(f"Copied into work/: {len(copied.added)} files")
    for name in copied.updated:
        console.print(f"Brought up to date, you had not changed it: {name}")
    for name in copied.kept:
        lesson, _, file = name.partition("/")
        framework = file.removesuffix(".ipynb")
        console.print(f"Yours, left alone; a newer {name} exists. To take it (yours is kept):")
        console.print(f"  course reset {lesson} --framework {framework}")


@app.command()
def lessons() -> None:
    """List the lessons."""
    from course.workbench import overview

    for one in overview.overview():
        time = f" ({one.time})" if one.time else ""
        console.print(f"[bold]{one.slug}[/]  {escape(one.title)}{time}")
        if one.goal:
            console.print(f"    you will be able to {escape(one.goal)}")


@app.command()
def progress() -> None:
    """Say which checks are passed, and which concepts to practise next."""
    from course.records.mastery import repeat_next
    from course.workbench import overview

    passed = overview.passed_checks()
    for lesson in overview.overview():
        for framework in lesson.frameworks:
            done = overview.done(lesson, framework, passed)
            name = f"{lesson.slug} {overview.FRAMEWORK_NAMES[framework]}"
            open_ones = [one for one in lesson.checks if f"{lesson.slug}/{one}" not in done]
            rest = f"  to do: {', '.join(open_ones)}" if open_ones and done else ""
            console.print(f"{name:<30}{len(done)} of {len(lesson.checks)} passed{rest}")
    for concept in repeat_next(overview.answers()):
        console.print(f"Practise next: {escape(concept.title)} ({concept.topic})")


@app.command()
def reset(
    lesson: Annotated[str, typer.Argument(help="For example 02-freezing, or just 2.")],
    framework: Annotated[
        str | None, typer.Option(help="keras or pytorch; both without it.")
    ] = None,
) -> None:
    """Put a lesson's untouched notebooks back; yours are kept beside them."""
    from course.workbench import workspace

    for name, kept in workspace.reset(lesson, framework):
        console.print(f"Put back: {name}" + (f"   (yours is now {kept})" if kept else ""))
    console.print("If it is open in JupyterLab: File → Reload Notebook from Disk.")


@app.command(context_settings=PASS_ON, add_help_option=False)
def pictures(context: typer.Context) -> None:
    """Draw picture sets and contact sheets."""
    from course.pictures.cli import app as pictures_app

    pictures_app(args=context.args, prog_name="course pictures")


@app.command(context_settings=PASS_ON, add_help_option=False)
def backbone(context: typer.Context) -> None:
    """Make, measure and verify the pretrained backbone."""
    from course.backbone.cli import app as backbone_app

    backbone_app(args=context.args, prog_name="course backbone")


def explain(error: OSError) -> str:
    """Return one message for an error of the file system, with a next step.

    >>> explain(OSError(28, "No space left on device", "work/a"))
    'No space left on device: work/a. Free some space and try again.'
    """
    steps = {
        errno.EACCES: "Make it your own, or set COURSE_WORK to a folder that is.",
        errno.EROFS: "Copy the course to a disk that may be written.",
        errno.ENOSPC: "Free some space and try again.",
    }
    where = f": {error.filename}" if error.filename else ""
    step = steps.get(error.errno or 0, "`course doctor` looks at the usual reasons.")
    return f"{error.strerror or error}{where}. {step}"


def main() -> None:
    """Run the door; a known error is one message, not a traceback."""
    try:
        app()
    except OSError as error:
        message = explain(error)
    except (ValueError, RuntimeError) as error:
        message = str(error)
    else:
        return
    Console(stderr=True, highlight=False).print(message, style="red", markup=False, soft_wrap=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
