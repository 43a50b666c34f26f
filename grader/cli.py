"""The instructor's door, and a self-learner's: ``grade check|release|run|feedback|export``."""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from grader.classroom.folder import Classroom, Submitted
    from grader.gradebook.feedback_zip import Zipped
    from grader.intake.take_in import Taken

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

    # jsonschema, which nbformat imports, builds a grammar of web addresses at import: two seconds
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    warnings.filterwarnings("ignore", module=r"nbgrader\..*")  # of its own use of its database
    # where nbgrader writes a traceback for what is said in one sentence here
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    try:
        app()
    except (SourceError, ClassroomError, ClusterError, SandboxError, OSError) as error:
        _errors.print(f"[red]{escape(str(error))}[/]")
        raise SystemExit(2) from None
    except Exception as error:
        kind = type(error)
        if not kind.__module__.startswith("sqlalchemy.") and kind.__name__ != "InvalidEntry":
            raise
        from grader.classroom.folder import database_reason

        reason = escape(database_reason(error))
        _errors.print(f"[red]The gradebook cannot be used: {reason}.[/]")
        raise SystemExit(2) from None


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="work/02-freezing/pytorch.ipynb")],
) -> None:
    """Grade one notebook of your own, with hints, on cases you have not seen."""
    from grader.classroom import lessons
    from grader.grading.session import grade
    from grader.grading.submission import read_submission
    from grader.isolation.workers import makers_for
    from grader.reports import terminal

    if not notebook.is_file():
        raise FileNotFoundError(f"There is no file {notebook}; expected a notebook of a lesson.")
    lesson, framework = lessons.belongs_to(notebook)
    source = lessons.load(lesson, framework)
    submission = read_submission(notebook, source)
    with makers_for(notebook) as (make, remark):
        if remark:
            _console.print(remark, markup=False)
        with _console.status(f"Running your answers of {lesson} ({framework}) ..."):
            result = grade(source, submission, framework, make, secret=secrets.token_bytes(16))
    terminal.show(result, f"{lesson} · {framework}", _console)
    raise typer.Exit(0 if all(v.passed for v in result.verdicts.values()) else 1)


_Folder = Annotated[Path, typer.Argument(help="The class folder; by default this one.")]
_Lesson = Annotated[str | None, typer.Option("--lesson", help="Only this lesson.")]
_Student = Annotated[str | None, typer.Option("--student", help="Only this student.")]


@app.command("new-class")
def new_class(folder: Annotated[Path, typer.Argument(help="A new folder for the class.")]) -> None:
    """Make a class folder with its own copy of the lessons."""
    from grader.classroom.folder import new_class as made

    names = made(folder)
    _console.print(f"Made {folder} with {len(names)} lessons. Next: grade release -C {folder}")


@app.command()
def release(
    lesson: Annotated[
        str | None, typer.Argument(help="02-freezing; all lessons if left out")
    ] = None,
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
    framework: Annotated[
        str, typer.Option(help="What counts: keras, pytorch, both, or best-of-two.")
    ] = "best-of-two",
) -> None:
    """Make the notebooks that students get, and enter the lesson in the gradebook.

    A quiz is released by name, such as quiz-02-freezing or quiz-mastery: without a key in it, and
    with a paper of their own for each student in the gradebook.
    """
    from grader.classroom.exams import is_exam
    from grader.classroom.folder import Classroom
    from grader.classroom.rules import frameworks_of, rule_name, said

    classroom = Classroom(folder)
    rule = rule_name(framework)
    counts: dict[str, None] = {}  # what there is to say, each once
    for name in [lesson] if lesson else classroom.lessons():
        make = classroom.release_exam if is_exam(name) else classroom.release
        files = make(name, frameworks_of(rule))
        for path in files:
            _console.print(f"Released {path}")
        if not files:
            _console.print(f"{name} has submissions, so its notebooks stay as they are.")
        classroom.rules().set(name, rule)
        counts[said(rule, classroom.notebooks(name))] = None
    for sentence in counts:
        _console.print(f"In the class's grades {sentence}.")


@app.command()
def run(
    folder: _Folder = Path(),
    lesson: _Lesson = None,
    student: _Student = None,
    exercise: Annotated[
        str, typer.Option(help="Grade only this exercise again: freeze-backbone.")
    ] = "",
    jobs: Annotated[int, typer.Option(help="Workers at once; one per core by default.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Grade again what is graded.")] = False,
    sandbox: Annotated[bool, typer.Option(help="Run students' code in a sandbox.")] = True,
    scheduler: Annotated[
        str, typer.Option(help="Grade on a dask.distributed cluster: tcp://HOST:8786.")
    ] = "",
) -> None:
    """Grade submitted/STUDENT/LESSON/FRAMEWORK.ipynb and write the gradebook.

    A submission that is graded is not run again, unless its text, the lesson's checks or the
    frameworks have changed. Whose points changed is shown, by exercise.
    """
    from grader.classroom.folder import Classroom
    from grader.gradebook import regrade
    from grader.gradebook.plugins import engine_for
    from grader.gradebook.runner import run_class
    from grader.intake import overlooked
    from grader.reports import terminal

    classroom = Classroom(folder)
    wanted = classroom.wanted(lesson, student)
    if not wanted:
        where = classroom.root / classroom.folders.submitted_directory
        _console.print(f"Nothing to grade: no STUDENT/LESSON/FRAMEWORK.ipynb below {where}.")
        terminal.show_notes(overlooked.reasons(classroom), _console)
        raise typer.Exit(1)
    classroom.check_writable()
    if scheduler:
        from grader.cluster import engine_on

        engine, slots = engine_on(scheduler, classroom.root, sandbox=sandbox)
        jobs = jobs or slots
        classroom.equip(engine)
    else:
        engine = engine_for(classroom.folders, sandbox=sandbox)
        classroom.equip(engine)
    if exercise:
        name = regrade.exercise_id(exercise, (one.lesson for one in wanted))
        wanted = [one for one in wanted if name.startswith(f"{one.lesson}/")]
        engine, again = regrade.OneExercise(engine, name), True
    before = engine.log.latest()
    try:
        with terminal.progress(len(wanted), _console) as advance:
            outcomes = run_class(
                classroom,
                engine,
                wanted,
                jobs=jobs or os.cpu_count() or 1,
                again=again,
                notify=advance,
            )
    except KeyboardInterrupt:
        _end_at_once()
    late = classroom.apply_lateness()
    terminal.show_class(outcomes, _console)
    for name in _lessons(wanted):
        for kept in classroom.exclude_overwriting.get(name, ()):
            _console.print(
                f"{name}: cells saw the assignment's own {kept}, not the students'.", markup=False
            )
    terminal.show_changes(list(regrade.changes(outcomes, before)), before, _console)
    if student is None:
        terminal.show_missing(
            {name: classroom.missing(name) for name in _lessons(wanted)}, _console
        )
    terminal.show_notes(overlooked.reasons(classroom), _console)
    if late:
        _console.print(f"{late} late, with points off")
    raise typer.Exit(0 if all(outcome.entry for outcome in outcomes) else 1)


@app.command()
def accept(
    student: Annotated[str, typer.Argument(help="Whose work you have looked at.")],
    lesson: Annotated[str, typer.Argument(help="02-freezing")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
) -> None:
    """Give the points that were held, after you have looked at the lines that were named."""
    from grader.classroom.engine import Engine
    from grader.classroom.folder import Classroom
    from grader.errors import ClassroomError
    from grader.gradebook.runner import run_class
    from grader.grading.submission import read_submission
    from grader.reports import terminal

    classroom = Classroom(folder)
    wanted = classroom.wanted(classroom.known(lesson), student)
    engine = Engine(classroom.root, None)  # what is in the log needs no worker
    classroom.equip(engine)
    given = 0.0
    for one in wanted:
        who = (one.student, one.lesson, one.framework)
        source = engine.source(one.lesson, one.framework, one.student)
        given += engine.accept(read_submission(one.path, source), *who)
    if not given:
        raise ClassroomError(f"Nothing is held of {student}'s work on {lesson}.")
    terminal.show_class(run_class(classroom, engine, wanted, jobs=1), _console)
    classroom.apply_lateness()
    points = terminal.points_text(given)
    _console.print(f"{points} points that were held count now; the log keeps what was flagged.")


def _end_at_once() -> NoReturn:
    """End without the threads, which wait for students' code that may take minutes more."""
    _console.print("Stopped. What is graded is kept; the same command goes on from there.")
    from grader.isolation.container import remove_all

    remove_all()
    sys.stdout.flush()
    os._exit(130)  # closes the sockets at whose other ends the workers then end too


def _lessons(wanted: Iterable[Submitted]) -> list[str]:
    return sorted({one.lesson for one in wanted})


@app.command()
def feedback(
    lesson: Annotated[
        str | None, typer.Argument(help="02-freezing; all lessons if left out")
    ] = None,
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
    student: _Student = None,
    platform: Annotated[
        str, typer.Option("--zip", help="Also one zip that moodle or canvas takes back.")
    ] = "",
) -> None:
    """Write each student's feedback as HTML, and your own page on the class."""
    from grader.classroom.folder import Classroom
    from grader.errors import ClassroomError
    from grader.gradebook import feedback_zip
    from grader.reports import class_page

    classroom = Classroom(folder)
    for name in [lesson] if lesson else classroom.graded_lessons():
        try:
            files = classroom.feedback(name, student or "*")
        except ClassroomError as error:  # of some; nbgrader has said of whom, and written the rest
            _console.print(f"{name}: {error}", markup=False)
            continue
        where = classroom.root / classroom.folders.feedback_directory
        _console.print(f"{name}: {len(files)} pages below {where}", markup=False)
        if platform:
            _say_zipped(feedback_zip.write(classroom, name, platform))
    _console.print(f"Your own page: {class_page.write(classroom)}")


def _say_zipped(made: Zipped) -> None:
    _console.print(f"Wrote {made.path}, for {len(made.students)} students", markup=False)
    if made.left_out:
        _console.print(
            f"Left out, as no zip named them: {', '.join(made.left_out)}. "
            "Take the platform's zip in once more, then try again.",
            markup=False,
        )


@app.command()
def image() -> None:
    """Make the image that shuts students' code in where bubblewrap does not: Docker, Podman."""
    from grader.isolation import container

    _console.print(f"Made {container.build()}", markup=False)


@app.command()
def report(
    folder: _Folder = Path(),
    framework: Annotated[str, typer.Option(help="What counts, instead of what was released.")] = "",
) -> None:
    """Write class.html: scores, mistakes made most, whom to look at."""
    from grader.classroom.folder import Classroom
    from grader.classroom.rules import rule_name
    from grader.reports import class_page

    classroom = Classroom(folder)
    classroom.apply_lateness()
    _console.print(
        f"Wrote {class_page.write(classroom, rule_name(framework) if framework else None)}"
    )


@app.command()
def export(
    folder: _Folder = Path(),
    to: Annotated[Path, typer.Option("--to", help="The file to write.")] = Path("grades.csv"),
    form: Annotated[
        str, typer.Option("--format", help="csv, or what canvas or moodle imports.")
    ] = "csv",
    framework: Annotated[str, typer.Option(help="What counts, instead of what was released.")] = "",
) -> None:
    """Write the grades for a spreadsheet, for Canvas or for Moodle."""
    from grader.classroom import rules
    from grader.classroom.folder import Classroom
    from grader.errors import ClassroomError
    from grader.gradebook import scores
    from grader.gradebook.exports import FORMATS

    if form not in FORMATS:
        raise ClassroomError(f"--format is {form!r}; expected one of {', '.join(FORMATS)}.")
    rule = rules.rule_name(framework) if framework else ""
    classroom = Classroom(folder)
    classroom.apply_lateness()
    classroom.export(FORMATS[form], to, rule=rule)
    _console.print(f"Wrote {to}")
    with classroom.gradebook() as book:
        for line in scores.summary(book, classroom.rules(rule or None)):
            _console.print(line, markup=False)


_Archive = Annotated[Path, typer.Argument(help="A zip from Moodle, Canvas or elsewhere; a folder.")]
_Received = Annotated[
    str, typer.Option(help="When it was handed in at the latest: '2026-10-01 23:59 +0200'.")
]


@app.command("take-in")
def take_in(
    archive: _Archive,
    lesson: Annotated[str, typer.Argument(help="02-freezing")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
    received: _Received = "",
) -> None:
    """Put the notebooks of a zip (or a zip of zips, or a folder) into submitted/."""
    from grader.classroom.folder import Classroom
    from grader.classroom.lateness import as_time
    from grader.intake.take_in import Intake

    classroom = Classroom(folder)
    taken = Intake.of(classroom, lesson).archive(archive, as_time(received) if received else None)
    _say_taken(classroom, lesson, taken)


@app.command()
def collect(
    lesson: Annotated[str, typer.Argument(help="02-freezing")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
) -> None:
    """Take in everyone's newest submission from nbgrader's exchange."""
    from grader.classroom.folder import Classroom
    from grader.intake import exchange

    classroom = Classroom(folder)
    _say_taken(classroom, lesson, exchange.collect(classroom, classroom.known(lesson)))


@app.command("assign-hand-in")
def assign_hand_in(
    file: Annotated[Path, typer.Argument(help="What a stranger handed in, as take-in named it.")],
    student: Annotated[str, typer.Argument(help="The id in the class list of whose it is.")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
) -> None:
    """Say whose a notebook is that came under a name which the class list does not know."""
    from grader.classroom.folder import Classroom
    from grader.intake import strangers

    classroom = Classroom(folder)
    taken = strangers.assign(classroom, file, student)
    for note in taken.notes:
        _console.print(f"Note: {note}", markup=False)
    for path in taken.files:
        _console.print(f"Took in {path.relative_to(classroom.root)}", markup=False)
    _console.print(f"Next: grade run {classroom.root}", markup=False)


def _say_taken(classroom: Classroom, lesson: str, taken: Taken) -> None:
    for note in taken.notes:
        _console.print(f"Note: {note}", markup=False)
    if taken.strangers:
        _console.print("Not in the class list; say whose it is:")
    for place in taken.strangers.values():
        command = shlex.join(["grade", "assign-hand-in", str(place.relative_to(classroom.root))])
        command += f" STUDENT -C {shlex.quote(str(classroom.root))}"
        _console.print(f"  {command}", markup=False, soft_wrap=True)
    late = classroom.late(lesson)
    if late:
        _console.print(
            f"{late} came in after the due date. If a platform had them in time: --received"
        )
    _console.print(f"Took in {len(taken.files)} notebooks. Next: grade run {classroom.root}")


@app.command("class-list")
def class_list(
    students: Annotated[Path, typer.Argument(help="A CSV with a header; one student a line.")],
    folder: Annotated[Path, typer.Option("--class", "-C", help="The class folder.")] = Path(),
) -> None:
    """Enter the students of a CSV into the gradebook: your own, Canvas's or Moodle's."""
    from grader.classroom import roster as lists
    from grader.classroom.folder import Classroom

    found, notes = lists.read(students)
    classroom = Classroom(folder)
    with classroom.gradebook() as book:
        new, known = lists.enter(book, found)
    if found:
        lists.note_list(classroom.root)
    for note in notes:
        _console.print(f"Note: {note}", markup=False)
    _console.print(f"{new} students entered, {known} known before")
    raise typer.Exit(0 if found else 1)


@app.command("new-check")
def new_check(
    name: Annotated[str, typer.Argument(help="09-topic/exercise")],
) -> None:
    """Lay out a new exercise: its check, right and wrong answers, and a test, all to fill in."""
    from grader import scaffold

    for path in scaffold.new_check(name):
        _console.print(f"Made {path}")
    _console.print(f"Next: fill them in, then: {scaffold.test_command(name)}", markup=False)
