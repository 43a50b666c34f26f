"""Questions inside a notebook: ``practice("freezing")`` in a cell, nothing fetched from anywhere.

The page holds no key. An answer goes to the kernel, is marked there, remembered in ``work/``, and
comes back with its feedback; a cell run again shows what was answered before.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course.records import progress
from quizzes.engine import bank
from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Card, Question
from quizzes.study import cards as recall
from quizzes.study import explain as explaining
from quizzes.study import history
from quizzes.study.session import QuizSession, heading, option_notes, practice_paper, said
from quizzes.views import render

EXPLAINED = "explained"  # section of the progress file
STATIC = Path(__file__).parent / "views" / "static"


def _script(name: str) -> str:
    """Return one module: anywidget loads a single file, which can import no other."""
    return "\n".join((STATIC / f"{part}.js").read_text("utf-8") for part in ("widget", name))


class QuizView(anywidget.AnyWidget):
    """A paper as a widget. Make it through `practice` or `ask`.

    Parameters
    ----------
    questions : tuple of Question
    title : str
    more : callable, optional
        ``more()`` returns the next paper; without it there is no button for one.
    """

    _esm = _script("quiz")
    _css = STATIC / "quiz.css"
    title = traitlets.Unicode().tag(sync=True)
    total = traitlets.Unicode().tag(sync=True)
    more = traitlets.Unicode().tag(sync=True)
    paper: traitlets.List[Any] = traitlets.List().tag(sync=True)
    replies: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, questions: tuple[Question, ...], title: str, more: Any = None) -> None:
        super().__init__()
        self._next_paper = more
        self.title = title
        self.more = f"{len(questions)} more questions" if more else ""
        self._lay(questions)
        self.on_msg(self._on_message)

    def _lay(self, questions: tuple[Question, ...]) -> None:
        self.desk = QuizSession(questions)
        self.desk.take_up()
        with self.hold_sync():
            self.paper = [_shown(q, at, len(questions)) for at, q in enumerate(questions, start=1)]
            self.replies = {
                question_id: self._reply(question_id) for question_id in self.desk.marks
            }
            self.total = self.desk.total

    def _on_message(self, _: Any, content: dict[str, Any], __: Any) -> None:
        acts = {"answer": self._answered, "hint": self._hinted, "more": self._go_on}
        if act := acts.get(content.get("type", "")):
            act(content)

    def _answered(self, content: dict[str, Any]) -> None:
        question_id, answer = content["id"], str(content["answer"])
        try:
            self.desk.answer(question_id, answer)
        except ValueError as error:
            # `answer` makes two equal complaints differ, so that the page hears of both.
            self._put(question_id, {"problem": str(error), "of": answer})
            return
        self._put(question_id, self._reply(question_id))

    def _hinted(self, content: dict[str, Any]) -> None:
        question_id = content["id"]
        hint = render.html_inline(self.desk.hint(question_id))
        self._put(question_id, {**self.replies.get(question_id, {}), "hint": hint})

    def _go_on(self, _: dict[str, Any]) -> None:
        if self._next_paper:
            self._lay(self._next_paper())

    def _put(self, question_id: str, reply: dict[str, Any]) -> None:
        self.replies = {**self.replies, question_id: reply}
        self.total = self.desk.total

    def _reply(self, question_id: str) -> dict[str, Any]:
        question, result = self.desk.question(question_id), self.desk.marks[question_id]
        answer = self.desk.given[question_id]
        notes = option_notes(question, answer)
        hint = render.html_inline(question.hint) if question_id in self.desk.hinted else None
        detail = "" if notes else "".join(render.html(text) for text in result.feedback)
        return {
            "answer": answer,
            "right": result.right,
            "said": said(question, result),
            "detail": detail,
            "notes": {o.id: {"html": render.html(o.feedback), "right": ok} for o, ok in notes},
            "solution": solution_html(question),
            "hint": hint,
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle:
            # Where no widget can be shown (an exported page, a bare terminal) say what to do.
            bundle[0]["text/plain"] = (
                f"{self.title}: {len(self.desk.paper)} questions. Open this notebook in JupyterLab "
                "and run the cell, or practice in a terminal with: quiz"
            )
        return bundle


def practice(
    topic: str, n: int = 5, *, framework: str | None = None, seed: int | None = None
) -> QuizView:
    """Show a practice quiz.

    Parameters
    ----------
    topic : str
        A topic of the bank: ``pretrained``, ``freezing``, ``head`` ...
    n : int
        How many questions.
    framework : str, optional
        ``keras`` or ``pytorch``; default: the one this kernel has imported.
    seed : int, optional
        Which paper; the default, 0, is the same for everyone, and "more" goes on from there.

    Raises
    ------
    ValueError
        An unknown topic; the nearest is offered.
    """
    bank.known_topic(topic)
    kind = framework or _framework_here()
    state = {"seed": seed or 0}

    def next_paper() -> tuple[Question, ...]:
        state["seed"] += 1
        used = sorted(history.answered_ids())
        return practice_paper(topic, n, framework=kind, seed=state["seed"], used=used)

    first = practice_paper(topic, n, framework=kind, seed=state["seed"])
    return QuizView(first, f"Practice quiz: {TOPICS[topic]}", more=next_paper)


class CardsView(anywidget.AnyWidget):
    """Recall cards as a widget. Make it through `cards`."""

    _esm = _script("cards")
    _css = STATIC / "quiz.css"
    card: traitlets.Dict = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    def __init__(self, waiting: list[Card], later: str) -> None:
        super().__init__()
        self.waiting = waiting
        self._show(later if not waiting else f"{len(waiting)} cards")
        self.on_msg(self._rated)

    def _rated(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("type") != "rate" or not self.waiting:
            return
        if content.get("id") != self.waiting[0].id:
            return  # a second click on a card that is gone already
        back = recall.review(self.waiting.pop(0), str(content.get("rating")))
        left = f"{len(self.waiting)} to go." if self.waiting else "That was the last one."
        self._show(f"Comes back {recall.wait_text(back)}. {left}")

    def _show(self, said: str) -> None:
        first = self.waiting[0] if self.waiting else None
        with self.hold_sync():
            self.said = said
            self.card = (
                {"id": first.id, "front": render.html(first.front), "back": render.html(first.back)}
                if first
                else {}
            )


def cards(topic: str | None = None, most: int = 10) -> CardsView:
    """Show the recall cards that are due.

    Raises
    ------
    ValueError
        An unknown topic; the nearest is offered.
    """
    deck = recall.deck(topic)
    times = [entry.at for entry in recall.schedule(deck) if entry.at]
    later = f"No card is due. The next one comes {recall.wait_text(min(times))}." if times else ""
    return CardsView(recall.due(deck)[:most], later or "There are no cards for this topic yet.")


class ExplainView(anywidget.AnyWidget):
    """A text to write and to have read. Make it through `explain`."""

    _esm = _script("explain")
    _css = STATIC / "quiz.css"
    prompt = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    found = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: explaining.Prompt) -> None:
        super().__init__()
        self.asked = asked
        self.prompt = render.html(asked.text)
        kept = progress.section(EXPLAINED).get(asked.id)
        self.text = str(kept.get("text", "")) if isinstance(kept, dict) else ""
        self.on_msg(self._read)

    def _read(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("type") != "read":
            return
        self.text = str(content.get("text", ""))
        score = explaining.score(self.asked.id, self.text)
        earned = {"text": self.text, "earned": score.earned, "asked": score.asked}
        progress.record(EXPLAINED, self.asked.id, earned)
        with self.hold_sync():
            self.said = f"{score.earned} of {score.asked} ideas found."
            self.found = _explained_html(self.asked, score)


def _explained_html(asked: explaining.Prompt, score: explaining.Score) -> str:
    rows = "".join(
        f"<li>{'✓ found' if covered else '○ missed'}: <strong>{escape(concept.title)}</strong>"
        f"{'' if covered else '. ' + render.html_inline(concept.statement)}</li>"
        for concept, covered in score.concepts
    )
    return (
        f'<ul class="fq-concepts">{rows}</ul><details><summary>One way to say it</summary>'
        f"{render.html(asked.model_answer)}</details>"
    )


def explain(prompt_id: str) -> ExplainView:
    """Show a prompt to explain back, such as ``explain.1``; the text is read on this machine.

    Raises
    ------
    ValueError
        No such prompt; the known ones are listed.
    """
    return ExplainView(explaining.prompt(prompt_id))


def ask(question_id: str) -> QuizView:
    """Show one question of the bank by its id, such as a predict-first one."""
    question = bank.question(question_id)
    return QuizView((question,), "Predict first" if question.commits else "Question")


def _framework_here() -> str | None:
    if "torch" in sys.modules and "keras" not in sys.modules:
        return "pytorch"
    return "keras" if "keras" in sys.modules else None


def _shown(question: Question, number: int, of: int) -> dict[str, Any]:
    """Return what the page may know: everything but the key, the feedback and the solution."""
    numeric = question.kind == "numeric"
    options = [] if numeric else question.options
    figure = render.figure_html(question.figure) if question.figure else ""
    return {
        "id": question.id,
        "number": number,
        "title": heading(question, number, of),
        "kind": question.kind,
        "commits": question.commits,
        "stem": render.html(question.stem) + figure,
        "options": [{"id": o.id, "html": render.html_inline(o.text)} for o in options],
        "unit": question.unit,
    }


def solution_html(question: Question) -> str:
    """Return the worked solution, the right answer first and the common mistakes last."""
    steps = "".join(f"<li>{render.html_inline(step)}</li>" for step in question.solution)
    slips = "".join(f"<li>{render.html_inline(slip)}</li>" for slip in question.mistakes)
    source = f"<p>Source: {escape(question.source)}</p>" if question.source else ""
    return (
        f"<p><strong>Answer:</strong> {right_answer_html(question)}</p><ol>{steps}</ol>"
        f"<p>Often gone wrong:</p><ul>{slips}</ul>{source}"
    )


def right_answer_html(question: Question) -> str:
    """Return the right answer as HTML: option texts, the order, or the number with its unit."""
    if question.kind == "numeric":
        return escape(f"{question.key:,g} {question.unit}")
    join = " → " if question.kind == "order" else "; "
    texts = [render.html_inline(question.option(one).text) for one in question.right_ids]
    return join.join(texts)
