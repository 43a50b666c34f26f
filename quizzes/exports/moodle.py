"""Moodle XML, as Moodle's "Import questions" reads it (``ordering`` needs Moodle 4.4 or newer).

Format: https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from quizzes import render
from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Figure, Option, Question
from quizzes.exports.report import Report

# Each wrong answer before the right one costs a third of the point, as in a new Moodle question.
PENALTY = "0.3333333"


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions``, one Moodle category a topic."""
    quiz = ET.Element("quiz")
    for topic, title in TOPICS.items():
        asked = [q for q in questions if q.topic == topic]
        if asked:
            quiz.append(_category(title))
            quiz.extend(_question(q) for q in asked)
    ET.indent(quiz)
    ET.ElementTree(quiz).write(path, encoding="utf-8", xml_declaration=True)
    return Report(path, len(questions))


def _category(title: str) -> ET.Element:
    node = ET.Element("question", type="category")
    _text(ET.SubElement(node, "category"), f"$course$/top/Fine-tuning/{title}")
    return node


def _text(parent: ET.Element, text: str) -> ET.Element:
    ET.SubElement(parent, "text").text = text
    return parent


def _html(parent: ET.Element, tag: str, markdown: str, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, {"format": "html", **attributes})
    return _text(node, render.xhtml(markdown))


def _question(question: Question) -> ET.Element:
    body = {"numeric": _numerical, "order": _ordering}.get(question.kind, _multichoice)
    kind = {"numeric": "numerical", "order": "ordering"}.get(question.kind, "multichoice")
    node = ET.Element("question", type=kind)
    _text(ET.SubElement(node, "name"), question.id)
    stem = _html(node, "questiontext", question.stem)
    if question.figure:
        _attach(stem, question.figure)
    _html(node, "generalfeedback", _solution(question))
    for tag, value in (("defaultgrade", "1"), ("penalty", PENALTY), ("hidden", "0")):
        ET.SubElement(node, tag).text = value
    ET.SubElement(node, "idnumber").text = question.id
    body(node, question)
    _html(node, "hint", question.hint)
    return node


def _attach(stem: ET.Element, figure: Figure) -> None:
    text = stem.find("text")
    image = ET.Element("img", src=f"@@PLUGINFILE@@/{figure.file}", alt=figure.alt)
    if text is not None:
        text.text = f"{text.text}<p>{ET.tostring(image, encoding='unicode')}</p>"
    data = base64.b64encode(figure.path.read_bytes()).decode("ascii")
    ET.SubElement(stem, "file", name=figure.file, path="/", encoding="base64").text = data


def _solution(question: Question) -> str:
    source = f"\n\nSource: {question.source}" if question.source else ""
    return "\n".join(f"{at}. {step}" for at, step in enumerate(question.solution, 1)) + source


def _multichoice(node: ET.Element, question: Question) -> None:
    single = question.kind != "multiple"
    for tag, value in (
        ("single", "true" if single else "false"),
        ("shuffleanswers", "false" if question.kind == "yes_no" else "true"),
        ("answernumbering", "abc"),
    ):
        ET.SubElement(node, tag).text = value
    for option in question.options:
        answer = _html(node, "answer", option.text, fraction=_fraction(question, option))
        _html(answer, "feedback", option.feedback)


def _fraction(question: Question, option: Option) -> str:
    """Return the percentage: choosing every option sums to zero, as everywhere in the course."""
    right = option.id in question.right_ids
    if question.kind != "multiple":
        return "100" if right else "0"
    count = len(question.right_ids)
    share = 100 / count if right else -100 / (len(question.options) - count)
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _numerical(node: ET.Element, question: Question) -> None:
    right = ET.SubElement(node, "answer", fraction="100", format="moodle_auto_format")
    _text(right, f"{question.key:.10g}")
    _html(right, "feedback", "Right.")
    ET.SubElement(right, "tolerance").text = f"{question.tolerance:.10g}"
    for option in question.options:
        wrong = ET.SubElement(node, "answer", fraction="0", format="moodle_auto_format")
        _text(wrong, option.text)
        _html(wrong, "feedback", option.feedback)
        ET.SubElement(wrong, "tolerance").text = "0"


def _ordering(node: ET.Element, question: Question) -> None:
    for tag, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", "0"),
        ("gradingtype", "ALL_OR_NOTHING"),
        ("showgrading", "SHOW"),
        ("numberingstyle", "123"),
    ):
        ET.SubElement(node, tag).text = value
    # Moodle has one text for a wrong order; the steps' own notes go into it together.
    notes = "\n".join(f"- {option.text}: {option.feedback}" for option in question.options)
    _html(node, "correctfeedback", "Every step is where it belongs.")
    _html(node, "partiallycorrectfeedback", notes)
    _html(node, "incorrectfeedback", notes)
    for place, step in enumerate(question.right_ids, start=1):
        _html(node, "answer", question.option(step).text, fraction=f"{place}.0000000")
