"""The ``quiz`` door: practice, the mastery test, cards, explaining, progress, exports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    help="Questions on fine-tuning, asked and explained. Without a command: a practice round.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
)
Topic = Annotated[str | None, typer.Option(help="Such as freezing; default: all topics.")]
Framework = Annotated[str | None, typer.Option(help="keras or pytorch; default: both.")]
Seed = Annotated[int | None, typer.Option(help="The same seed asks the same questions.")]


@app.callback(invoke_without_command=True)
def main_door(
    context: typer.Context,
    topic: Topic = None,
    difficulty: Annotated[str | None, typer.Option(help="easy, medium or hard.")] = None,
    length: Annotated[int, typer.Option(min=1, help="How many questions.")] = 5,
    framework: Framework = None,
    seed: Seed = None,
) -> None:
    """Ask a practice round of questions."""
    if context.invoked_subcommand is None:
        from quizzes.views import terminal

        terminal.practice(Console(), topic, difficulty, length, framework, seed)


@app.command()
def mastery(framework: Framework = None, seed: Seed = None) -> None:
    """Ten questions from the whole course, with a verdict per concept."""
    from quizzes.views import terminal

    terminal.mastery(Console(), framework, seed)


@app.command()
def cards(topic: Topic = None, most: Annotated[int, typer.Option(min=1)] = 10) -> None:
    """Show the recall cards that are due."""
    from quizzes.views import terminal

    terminal.review_cards(Console(), topic, most)


@app.command()
def explain(prompt: Annotated[str | None, typer.Argument(help="Default: choose.")] = None) -> None:
    """Explain an idea in your own words; see which concepts your text covers."""
    from quizzes.views import terminal

    terminal.explain(Console(), prompt)


@app.command()
def progress() -> None:
    """Show how firmly each concept sits, and what to repeat next."""
    from quizzes.views import terminal

    terminal.show_progress(Console())


@app.command()
def export(
    form: Annotated[
        str,
        typer.Argument(help="moodle, gift, qti (or qti21), canvas (or qti12), anki or json."),
    ],
    out: Annotated[Path | None, typer.Argument(help="File or folder; default: beside you.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The same, as an option.")] = None,
    topic: Topic = None,
    difficulty: Annotated[str | None, typer.Option(help="easy, medium or hard.")] = None,
    framework: Framework = None,
    seed: Annotated[int, typer.Option(help="Which variants of templates.")] = 0,
) -> None:
    """Write the bank for a learning platform, or the cards for Anki."""
    from quizzes import exports

    report = exports.export(
        form, to or out, topic=topic, difficulty=difficulty, framework=framework, seed=seed
    )
    console = Console()
    said = [f"Wrote {report.path} ({report.written} {report.what})."]
    said += [f"Left out: {line}" for line in report.left_out]
    said += [f"Note: {line}" for line in report.notes]
    console.print("\n".join(said), markup=False, highlight=False, emoji=False, soft_wrap=True)


def main() -> None:
    """Run the door; a mistake of the person at it is one sentence, never a traceback."""
    try:
        app()
    except (ValueError, OSError) as error:
        Console(stderr=True).print(f"quiz: {error}", markup=False, style="red")
        sys.exit(1)


if __name__ == "__main__":
    main()
