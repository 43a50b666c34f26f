"""The instructor's door, and a self-learner's: ``grade check|release|run|feedback|export``."""

from __future__ import annotations

import os
import secrets
import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    help="Grade the course: your own notebook, or a class.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_console = Console()
_errors = Console(stderr=True)


def main() -> None:
    """Run the door; a mistake in how it was called is one sentence, not a traceback."""
    from grader.errors import ClassroomError, ClusterError, SandboxError, SourceError

    warnings.filterwarnings("ignore", module=r"nbgrader\..*")  # of its own use of its database
    try:
        app()
    except (SourceError, ClassroomError, ClusterError, SandboxError, OSError) as error:
        _errors.print(f"[red]{error}[/]")
        raise SystemExit(2) from None


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="work/02-freezing/pytorch.ipynb")],
) -> None:
    """Grade one notebook of your own, with hints, on cases you have not seen."""
    from grader import lessons, report
    from grader.process import ColdWorker
    from grader.rebuild import read_submission
    from grader.session import grade

    if not notebook.is_file():
        raise FileNotFoundError(f"There is no file {notebook}; expected a notebook of a lesson.")
    lesson, framework = lessons.belongs_to(notebook)
    source = lessons.load(lesson, framework)
    submission = read_submission(notebook, source)
    with _console.status(f"Running your answers of {lesson} ({framework}) ..."):
        result = grade(source, submission, framework, ColdWorker, secret=secrets.token_bytes(16))
    report.show(result, f"{lesson} · {framework}", _console)
    raise typer.Exit(0 if all(v.passed for v in result.verdicts.values()) else 1)


_Folder = Annotated[Path, typer.Argument(help="The class folder; by default this one.")]
_Lesson = Annotated[str | None, typer.Option("--lesson", help="Only this lesson.")]
_Student = Annotated[str | None, typer.Option("--student", help="Only this student.")]


@app.command("new-class")
def new_class(folder: Annotated[Path, typer.Argument(help="A new folder for the class.")]) -> None:
    """Make a class folder with its own copy of the lessons."""
    from grader import classroom

    names = classroom.new_class(folder)
    _console.print(f"Made {folder} with {len(names)} lessons. Next: grade release -C {folder}")


@app.command()
def release(
    lesson: Annotated[
        str | None, typer.Argument(help="02-freezing; all lessons if left out")
    ] = None,
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
    framework: Annotated[
        str | None, typer.Option(help="keras or pytorch; both if left out")
    ] = None,
) -> None:
    """Make the notebooks that students get, and enter the lesson in the gradebook.

    A quiz is released by name, such as quiz-02-freezing or quiz-mastery: without a key in it, and
    with a paper of their own for each student in the gradebook.
    """
    from grader.classroom import Classroom
    from grader.exams import is_exam
    from grader.observers.model import FRAMEWORKS, framework_name

    room = Classroom(folder)
    wanted = (framework_name(framework),) if framework else FRAMEWORKS
    for name in [lesson] if lesson else room.lessons():
        make = room.release_exam if is_exam(name) else room.release
        for path in make(name, wanted):
            _console.print(f"Released {path}")


@app.command()
def run(
    folder: _Folder = Path(),
    lesson: _Lesson = None,
    student: _Student = None,
    jobs: Annotated[int, typer.Option(help="Workers at once; one per core by default.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Grade again what is graded.")] = False,
    sandbox: Annotated[bool, typer.Option(help="Run students' code in a sandbox.")] = True,
    scheduler: Annotated[
        str, typer.Option(help="Grade on a dask.distributed cluster: tcp://HOST:8786.")
    ] = "",
) -> None:
    """Grade submitted/STUDENT/LESSON/FRAMEWORK.ipynb and write the gradebook."""
    from grader import report
    from grader.classroom import Classroom
    from grader.plugins import engine_for
    from grader.runner import run_class

    room = Classroom(folder)
    wanted = [
        one
        for one in room.submissions()
        if lesson in (None, one.lesson) and student in (None, one.student)
    ]
    if not wanted:
        where = room.root / room.folders.submitted_directory
        _console.print(f"Nothing to grade: no STUDENT/LESSON/FRAMEWORK.ipynb below {where}.")
        raise typer.Exit(1)
    if scheduler:
        from grader.cluster import engine_on

        engine, slots = engine_on(scheduler, room.root, sandbox=sandbox)
        jobs = jobs or slots
    else:
        engine = engine_for(room.root, sandbox=sandbox)
    with report.progress(len(wanted), _console) as advance:
        outcomes = run_class(
            room, engine, wanted, jobs=jobs or os.cpu_count() or 1, again=again, notify=advance
        )
    report.show_class(outcomes, _console)
    raise typer.Exit(0 if all(outcome.entry for outcome in outcomes) else 1)


@app.command()
def feedback(
    lesson: Annotated[
        str | None, typer.Argument(help="02-freezing; all lessons if left out")
    ] = None,
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
    student: _Student = None,
) -> None:
    """Write each student's feedback as HTML."""
    from grader.classroom import Classroom

    room = Classroom(folder)
    for name in [lesson] if lesson else room.graded_lessons():
        files = room.feedback(name, student or "*")
        _console.print(f"{name}: {len(files)} pages below {room.root / 'feedback'}")


@app.command()
def export(
    folder: _Folder = Path(),
    to: Annotated[Path, typer.Option("--to", help="The file to write.")] = Path("grades.csv"),
) -> None:
    """Write the grades as CSV."""
    from grader.classroom import Classroom
    from grader.exports import CsvExporter

    Classroom(folder).export(CsvExporter, to)
    _console.print(f"Wrote {to}")


@app.command("take-in")
def take_in(
    archive: Annotated[Path, typer.Argument(help="The zip from Moodle, Canvas or elsewhere.")],
    lesson: Annotated[str, typer.Argument(help="02-freezing")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
) -> None:
    """Put the notebooks of a zip (or a zip of zips) into submitted/."""
    from grader.classroom import Classroom
    from grader.intake import take_in as take

    room = Classroom(folder)
    taken = take(archive, room.root / room.folders.submitted_directory, lesson)
    for note in taken.notes:
        _console.print(f"Note: {note}", markup=False)
    _console.print(f"Took in {len(taken.files)} notebooks. Next: grade run {folder}")
