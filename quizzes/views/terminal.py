"""Questions in the terminal: readable in a narrow window and without color."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table

from course.frameworks import FRAMEWORKS
from course.records import mastery as mastery_of
from course.records import progress
from quizzes.engine import bank
from quizzes.engine.marking import Mark
from quizzes.engine.model import Question
from quizzes.engine.papers import draw, mastery_paper, verdict
from quizzes.study import cards as recall
from quizzes.study import explain as explaining
from quizzes.study import history
from quizzes.study.session import (
    DIFFICULTY_ORDER,
    QuizSession,
    heading,
    option_notes,
    practice_paper,
    said,
)

HELP = "? for the hint, q to stop"


def _line(console: Console, prompt: str, ended: str = "q") -> str:
    """Return one typed line; where the keyboard has closed or Ctrl-C came, ``ended``."""
    try:
        return console.input(prompt, markup=False).strip()
    except (EOFError, KeyboardInterrupt):
        console.print("\nStopped. What you answered is kept.")
        return ended


def fresh_seed() -> int:
    """Return a seed that the person can give again to see the same paper."""
    return random.SystemRandom().randrange(1_000_000)


def practice(
    console: Console,
    topic: str | None,
    difficulty: str | None,
    length: int,
    framework: str | None,
    seed: int | None,
) -> None:
    """Ask ``length`` questions with feedback after each.

    Raises
    ------
    ValueError
        Unknown topic, difficulty or framework, or more questions than there are.
    """
    _known("difficulty", difficulty, DIFFICULTY_ORDER)
    _known("framework", framework, FRAMEWORKS)
    number = fresh_seed() if seed is None else seed
    used = sorted(history.answered_ids())
    if topic and not difficulty:
        paper = practice_paper(topic, length, framework=framework, seed=number, used=used)
    else:
        pool = bank.questions(topic, difficulty=difficulty, framework=framework, seed=number)
        paper = _any_paper(pool, difficulty, length, number, used)
    desk = _sit(console, paper, number)
    console.print(f"\n{desk.total}. The same questions again: --seed {number}")


def _any_paper(
    pool: tuple[Question, ...], difficulty: str | None, length: int, seed: int, used: list[str]
) -> tuple[Question, ...]:
    if difficulty:
        return draw(pool, {difficulty: length}, seed=seed, used=used)
    easy, hard = (length + 2) // 3, length // 3
    plan = {"easy": easy, "medium": length - easy - hard, "hard": hard}
    return draw(pool, plan, seed=seed, used=used)


def mastery(console: Console, framework: str | None, seed: int | None) -> None:
    """Ask the ten questions of the mastery test and say how each concept went."""
    _known("framework", framework, FRAMEWORKS)
    number = fresh_seed() if seed is None else seed
    pool = bank.questions(framework=framework, seed=number)
    paper = mastery_paper(pool, seed=number, used=sorted(history.answered_ids()))
    desk = _sit(console, paper, number)
    if len(desk.marks) < len(paper):
        console.print("\nNo verdict without all ten answers. What you answered is kept.")
        return
    result = verdict(paper, [desk.marks[question.id] for question in paper])
    lines = [f"{'  ok    ' if one.strong else '  repeat'}  {one}" for one in result.concepts]
    console.print(Rule("Mastery test"))
    console.print(f"{result.earned:g} of {result.asked} points. {result.remark}\n", markup=False)
    console.print("\n".join(lines), markup=False)


def _known(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise ValueError(f"No {name} {value!r}. Choose one of {', '.join(allowed)}.")


def _sit(console: Console, paper: tuple[Question, ...], seed: int) -> QuizSession:
    desk = QuizSession(paper)
    console.print(f"{len(paper)} questions · seed {seed} · {HELP}", markup=False)
    for number, question in enumerate(paper, start=1):
        show_question(console, question, heading(question, number, len(paper)))
        result = _take(console, desk, question)
        if result is None:
            break
        show_mark(console, question, desk.given[question.id], result)
    return desk


def show_question(console: Console, question: Question, title: str) -> None:
    """Print stem and options."""
    console.print()
    console.print(Rule(title, align="left"))
    console.print(Markdown(question.stem))
    if question.figure:
        console.print(f"[picture: {question.figure.alt}]", markup=False)
    console.print()
    if question.kind == "numeric":
        return
    for option in question.options:
        table = Table.grid(padding=(0, 1))
        table.add_row(f"{option.id})", Markdown(option.text))
        console.print(table)


PROMPTS = {
    "multiple": "Your letters, such as ac",
    "order": "The letters in the right order, such as cab",
    "yes_no": "yes or no",
}


def _take(console: Console, desk: QuizSession, question: Question) -> Mark | None:
    """Ask until there is an answer that can be read; None when the person stops."""
    wanted = f"A number of {question.unit}" if question.kind == "numeric" else "Your letter"
    prompt = PROMPTS.get(question.kind, wanted)
    while True:
        given = _line(console, f"{prompt} > ")
        if given.lower() in ("q", "quit"):
            return None
        if given == "?":
            console.print(f"Hint: {desk.hint(question.id)}", markup=False)
            continue
        try:
            return desk.answer(question.id, _tidy(question, given))
        except ValueError as error:
            console.print(str(error), markup=False)


def _tidy(question: Question, given: str) -> str:
    if question.kind == "numeric":
        return given
    letters = "".join(letter for letter in given.lower() if letter.isalpha())
    if question.kind == "yes_no":
        return {"y": "yes", "n": "no"}.get(letters, letters)
    return "".join(sorted(set(letters))) if question.kind == "multiple" else letters


def show_mark(console: Console, question: Question, answer: str, result: Mark) -> None:
    """Print the verdict, the feedback of what was chosen, and the worked solution."""
    style = "bold green" if result.right else "bold yellow"
    console.print(said(question, result), style=style, markup=False)
    notes = option_notes(question, answer)
    for option, right in notes:
        sign = "right" if right else "wrong"
        console.print(Markdown(f"**{option.id}** ({sign}): {option.feedback}"))
    if not notes:
        console.print(Markdown("\n\n".join(result.feedback)))
    console.print(Panel(Markdown(_solution(question)), title="Worked solution", expand=False))


def _solution(question: Question) -> str:
    right = (
        f"{question.key:,g} {question.unit}"
        if question.kind == "numeric"
        else ", ".join(question.right_ids)
    )
    steps = "\n".join(f"{at}. {step}" for at, step in enumerate(question.solution, start=1))
    source = f"\n\nSource: {question.source}" if question.source else ""
    return f"**Answer: {right}**\n\n{steps}{source}"


def review_cards(console: Console, topic: str | None, most: int) -> None:
    """Show the cards that are due, one by one."""
    waiting = recall.due(recall.deck(topic))[:most]
    if not waiting:
        _say_when(console, topic)
        return
    console.print(f"{len(waiting)} cards · Enter turns a card · q to stop", markup=False)
    for number, card in enumerate(waiting, start=1):
        console.print(Rule(f"Card {number} of {len(waiting)}", align="left"))
        console.print(Markdown(card.front))
        if _line(console, "Say it to yourself, then press Enter > ").lower() == "q":
            return
        console.print(Markdown(card.back))
        rating = _rating(console)
        if rating is None:
            return
        console.print(f"Comes back {recall.wait_text(recall.review(card, rating))}.")


def _say_when(console: Console, topic: str | None) -> None:
    times = [entry.at for entry in recall.schedule(recall.deck(topic)) if entry.at]
    if times:
        console.print(f"No card is due. The next one comes {recall.wait_text(min(times))}.")
    else:
        console.print("There are no cards for this topic yet.")


def _rating(console: Console) -> str | None:
    names = list(recall.RATINGS)
    listed = "  ".join(f"{at} {name}" for at, name in enumerate(names, start=1))
    while True:
        given = _line(console, f"How did it go?  {listed} > ").lower()
        if given in ("q", "quit"):
            return None
        if given in recall.RATINGS:
            return given
        if given.isdigit() and 1 <= int(given) <= len(names):
            return names[int(given) - 1]
        console.print(f"Type 1 to {len(names)}, or the word.")


def explain(console: Console, prompt_id: str | None) -> None:
    """Take a text and say which concepts it covers.

    Raises
    ------
    ValueError
        No such prompt.
    """
    prompt = explaining.prompt(prompt_id) if prompt_id else _choose_prompt(console)
    console.print(Markdown(prompt.text))
    console.print("Write it in your own words; an empty line ends it.")
    lines: list[str] = []
    while line := _line(console, "> ", ended=""):
        lines.append(line)
    result = explaining.score(prompt.id, " ".join(lines))
    _show_explained(console, prompt, result)


def _choose_prompt(console: Console) -> explaining.Prompt:
    prompts = explaining.prompts()
    for at, prompt in enumerate(prompts, start=1):
        console.print(f"{at}) {prompt.text}", markup=False)
    given = _line(console, "Which one? > ")
    if not (given.isdigit() and 1 <= int(given) <= len(prompts)):
        raise ValueError(f"Expected 1 to {len(prompts)}; received {given!r}.")
    return prompts[int(given) - 1]


def _show_explained(console: Console, prompt: explaining.Prompt, result: explaining.Score) -> None:
    console.print(f"\n{result.earned} of {result.asked} concepts covered.")
    for concept, covered in result.concepts:
        missed = f"missed   {concept.title}. {concept.statement}"
        console.print(f"  covered  {concept.title}" if covered else f"  {missed}", markup=False)
    console.print(Panel(Markdown(prompt.model_answer), title="One way to say it", expand=False))


def show_progress(console: Console) -> None:
    """Print mastery per concept, what to repeat next, and how many cards are due."""
    answers = progress.section(history.SECTION)
    found = mastery_of.by_concept(answers)
    if not found:
        console.print("Nothing answered yet. Start with: quiz")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("state", "right", "questions", "concept"):
        table.add_column(name, justify="left" if name in ("state", "concept") else "right")
    for one in found:
        table.add_row(one.state, f"{one.share:.0%}", str(one.asked), f"{one.topic}: {one.title}")
    console.print(table)
    _say_next(console, answers)
    waiting = recall.due(recall.deck(), datetime.now(UTC))
    console.print(f"Cards due: {len(waiting)} (quiz cards)")


def _say_next(console: Console, answers: dict[str, Any]) -> None:
    for one in mastery_of.repeat_next(answers):
        command = f"quiz --topic {one.topic}"
        console.print(f"Repeat next: {one.title}. Try: {command}", markup=False)
