"""Moodle XML, as Moodle's "Import questions" reads it (``ordering`` needs Moodle 4.4 or newer).

Format: https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import unescape

from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Figure, Question
from quizzes.exports import parts
from quizzes.exports.report import Report, notes, of_kind
from quizzes.views import render

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
    path.write_bytes(_serialized(quiz))
    ordered = of_kind(questions, "order")
    said = notes(
        questions,
        ("Moodle before 4.4 needs the plugin qtype_ordering for these", ordered),
        ("Moodle has one text for a wrong order; each step's own stands in it", ordered),
    )
    return Report(path, len(questions), notes=said)


def _serialized(quiz: ET.Element) -> bytes:
    """Return the XML with each text as CDATA, as Moodle writes it.

    Between two escaped signs Moodle's reader drops a line end or a space.
    """
    ET.indent(quiz)
    escaped = ET.tostring(quiz, encoding="unicode")
    plain = re.sub(r"(?<=<text>)[^<]*&[^<]*(?=</text>)", _as_cdata, escaped)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{plain}\n'.encode()


def _as_cdata(text: re.Match[str]) -> str:
    return f"<![CDATA[{unescape(text[0]).replace(']]>', ']]]]><![CDATA[>')}]]>"


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


def _fields(parent: ET.Element, fields: dict[str, str]) -> None:
    for tag, value in fields.items():
        ET.SubElement(parent, tag).text = value


def _question(question: Question) -> ET.Element:
    body = {"numeric": _numerical, "order": _ordering}.get(question.kind, _multichoice)
    kind = {"numeric": "numerical", "order": "ordering"}.get(question.kind, "multichoice")
    node = ET.Element("question", type=kind)
    _text(ET.SubElement(node, "name"), question.id)
    stem = _html(node, "questiontext", parts.stem_with_unit(question))
    if question.figure:
        _attach(stem, question.figure)
    _html(node, "generalfeedback", parts.solution(question))
    _fields(node, {"defaultgrade": "1", "penalty": PENALTY, "hidden": "0"})
    ET.SubElement(node, "idnumber").text = question.id
    body(node, question)
    _html(node, "hint", question.hint)
    tags = ET.SubElement(node, "tags")
    for tag in filter(None, (question.difficulty, question.concept, question.framework)):
        _text(ET.SubElement(tags, "tag"), tag)
    return node


def _attach(stem: ET.Element, figure: Figure) -> None:
    text = stem.find("text")
    image = ET.Element("img", src=f"@@PLUGINFILE@@/{quote(figure.file)}", alt=figure.alt)
    if text is not None:
        text.text = f"{text.text}<p>{ET.tostring(image, encoding='unicode')}</p>"
    data = base64.b64encode(figure.path.read_bytes()).decode("ascii")
    ET.SubElement(stem, "file", name=figure.file, path="/", encoding="base64").text = data


def _multichoice(node: ET.Element, question: Question) -> None:
    single = "false" if question.kind == "multiple" else "true"
    shuffle = "false" if question.kind == "yes_no" else "true"
    _fields(node, {"single": single, "shuffleanswers": shuffle, "answernumbering": "abc"})
    for option in question.options:
        fraction = parts.percent(question, option)
        answer = _html(node, "answer", option.text, fraction=fraction)
        _html(answer, "feedback", option.feedback)


def _numerical(node: ET.Element, question: Question) -> None:
    _number(node, "100", parts.fixed(question.key), parts.fixed(question.tolerance), "Right.")
    for number, margin, option in parts.wrong_numbers(question):
        _number(node, "0", number, margin, option.feedback)
    _units(node, unit_name(question.unit))


def _number(node: ET.Element, fraction: str, number: str, margin: str, feedback: str) -> None:
    answer = ET.SubElement(node, "answer", fraction=fraction, format="moodle_auto_format")
    _text(answer, number)
    _html(answer, "feedback", feedback)
    ET.SubElement(answer, "tolerance").text = margin


def unit_name(unit: str) -> str:
    """Return the unit as a learner may type it behind the number; none has spaces for Moodle.

    >>> unit_name("MB (a million bytes)"), unit_name("(no unit)"), unit_name("percentage points")
    ('MB', '', '')
    """
    name = re.sub(r"\(.*?\)", "", unit).strip()
    return "" if " " in name else name


def _units(node: ET.Element, name: str) -> None:
    """Let the number stand with its unit or alone (0: optional); without one, alone (3)."""
    if name:
        unit = ET.SubElement(ET.SubElement(node, "units"), "unit")
        _fields(unit, {"multiplier": "1", "unit_name": name})
    shown = "0" if name else "3"
    _fields(node, {"unitgradingtype": "0", "unitpenalty": "0.1", "showunits": shown})
    _fields(node, {"unitsleft": "0"})


def _ordering(node: ET.Element, question: Question) -> None:
    layout = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0"}
    _fields(node, {**layout, "gradingtype": "ALL_OR_NOTHING", "showgrading": "SHOW"})
    _fields(node, {"numberingstyle": "123"})
    wrong = parts.option_notes(question)
    _html(node, "correctfeedback", "Every step is where it belongs.")
    _html(node, "partiallycorrectfeedback", wrong)
    _html(node, "incorrectfeedback", wrong)
    # Without it Moodle makes up a second hint, of which it then finds no text, and stops.
    ET.SubElement(node, "shownumcorrect").text = "1"
    for place, step in enumerate(question.right_ids, start=1):
        _html(node, "answer", question.option(step).text, fraction=f"{place}.0000000")
