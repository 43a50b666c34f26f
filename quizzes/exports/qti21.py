"""QTI 2.1: one item a question, packed with a manifest.

Standard: https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html

Every option's feedback, the hint (asked for with a button) and the worked solution go along.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from quizzes.engine.model import Figure, Question
from quizzes.exports import parts
from quizzes.exports.report import Report
from quizzes.views import render

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"

ATTRIBUTES = ("class", "href", "src", "alt")  # not a column's alignment, nor a list's first number


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions`` as a content package (zip)."""
    figures = {q.figure.file: q.figure for q in questions if q.figure}
    files = [("imsmanifest.xml", _bytes(manifest(questions)))]
    files += [(_file(question), _bytes(item(question))) for question in questions]
    files += [(f"items/{name}", figure.path.read_bytes()) for name, figure in figures.items()]
    parts.pack(path, files)
    return Report(path, len(questions))


def _bytes(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _node(tag: str, *children: ET.Element | str, **attributes: str) -> ET.Element:
    """Return an element; a text among its children stands first."""
    made = ET.Element(tag, attributes)
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def _html(markdown: str) -> ET.Element:
    """Return ``markdown`` as a ``div`` that holds what QTI's part of XHTML allows."""
    block = ET.fromstring(f"<div>{render.xhtml(markdown)}</div>")
    for element in block.iter():
        element.attrib = {k: v for k, v in element.attrib.items() if k in ATTRIBUTES}
        element.tag = "span" if element.tag == "s" else element.tag
    return block


def _identifier(question: Question) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", question.id)


def _file(question: Question) -> str:
    return f"items/{_identifier(question)}.xml"


def manifest(questions: Sequence[Question]) -> ET.Element:
    """Return ``imsmanifest.xml``: one resource an item, its picture beside it."""
    kind = (_node("schema", "QTIv2.1 Package"), _node("schemaversion", "1.0.0"))
    root = _node(
        "manifest",
        _node("metadata", *kind),
        _node("organizations"),
        _node("resources", *(_resource(question) for question in questions)),
        xmlns=CP,
        identifier="fine-tuning-questions",
    )
    ET.indent(root)
    return root


def _resource(question: Question) -> ET.Element:
    names = [_file(question)] + ([f"items/{question.figure.file}"] if question.figure else [])
    files = (_node("file", href=quote(name)) for name in names)
    return _node(
        "resource",
        *files,
        identifier=_identifier(question),
        type="imsqti_item_xmlv2p1",
        href=names[0],
    )


def item(question: Question) -> ET.Element:
    """Return one question as an ``assessmentItem``."""
    named = {"xmlns": QTI, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{QTI} {SCHEMA}"}
    return _node(
        "assessmentItem",
        *_declarations(question),
        _body(question),
        _processing(question),
        *(_modal("FEEDBACK", option.id, option.feedback) for option in question.options),
        _modal("SOLUTION", "shown", parts.solution(question)),
        **named,
        identifier=_identifier(question),
        title=question.id,
        adaptive="true",
        timeDependent="false",
    )


def _declarations(question: Question) -> list[ET.Element]:
    hint = {"identifier": "HINTREQUEST", "cardinality": "single", "baseType": "boolean"}
    several = "multiple" if question.kind == "multiple" else "single"
    return [
        _response(question),
        _node("responseDeclaration", **hint),
        _outcome("SCORE", "float", start="0"),
        _outcome("HINT", "identifier"),
        _outcome("SOLUTION", "identifier"),
        _outcome("FEEDBACK", "identifier", several),
    ]


def _outcome(name: str, base: str, cardinality: str = "single", start: str = "") -> ET.Element:
    default = [_node("defaultValue", _node("value", start))] if start else []
    return _node(
        "outcomeDeclaration", *default, identifier=name, cardinality=cardinality, baseType=base
    )


def _modal(outcome: str, value: str, markdown: str) -> ET.Element:
    return _node(
        "modalFeedback",
        _html(markdown),
        outcomeIdentifier=outcome,
        identifier=value,
        showHide="show",
    )


def _response(question: Question) -> ET.Element:
    numeric = question.kind == "numeric"
    values = [parts.fixed(question.key)] if numeric else question.right_ids
    right = _node("correctResponse", *(_node("value", value) for value in values))
    mapping = [_mapping(question)] if question.kind == "multiple" else []
    return _node(
        "responseDeclaration",
        right,
        *mapping,
        identifier="RESPONSE",
        cardinality={"multiple": "multiple", "order": "ordered"}.get(question.kind, "single"),
        baseType="float" if numeric else "identifier",
    )


def _mapping(question: Question) -> ET.Element:
    """Return the points per option: every option together earns nothing, never less."""
    entries = (
        _node("mapEntry", mapKey=o.id, mappedValue=parts.fixed(parts.share(question, o)))
        for o in question.options
    )
    return _node("mapping", *entries, lowerBound="0", upperBound="1", defaultValue="0")


def _body(question: Question) -> ET.Element:
    button = _node("endAttemptInteraction", responseIdentifier="HINTREQUEST", title="Hint")
    hint = _node(
        "feedbackBlock",
        _html(question.hint),
        outcomeIdentifier="HINT",
        identifier="shown",
        showHide="show",
    )
    stem = _html(question.stem)
    if question.figure:
        stem.append(_image(question.figure))
    return _node("itemBody", stem, _interaction(question), hint, _node("p", button))


def _image(figure: Figure) -> ET.Element:
    return _node("p", _node("img", src=quote(figure.file), alt=figure.alt))


def _interaction(question: Question) -> ET.Element:
    if question.kind == "numeric":
        entry = _node("textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12")
        entry.tail = f" {question.unit}"
        return _node("p", entry)
    choices = [_node("simpleChoice", _html(o.text), identifier=o.id) for o in question.options]
    if question.kind == "order":
        return _node("orderInteraction", *choices, responseIdentifier="RESPONSE", shuffle="true")
    return _node(
        "choiceInteraction",
        *choices,
        responseIdentifier="RESPONSE",
        shuffle="false" if question.kind == "yes_no" else "true",
        maxChoices="0" if question.kind == "multiple" else "1",
    )


def _processing(question: Question) -> ET.Element:
    """Show the hint when it is asked for; otherwise mark the answer and say what it means."""
    marked = {"multiple": _mark_several, "numeric": _mark_number, "order": _mark_order}
    asked = _node("responseIf", _variable("HINTREQUEST"), _set("HINT", _value("shown")))
    answered = _node(
        "responseElse",
        _set("SOLUTION", _value("shown")),
        _set("completionStatus", _value("completed")),
        *marked.get(question.kind, _mark_one)(question),
    )
    return _node("responseProcessing", _node("responseCondition", asked, answered))


def _variable(name: str) -> ET.Element:
    return _node("variable", identifier=name)


def _right() -> ET.Element:
    return _node("correct", identifier="RESPONSE")


def _value(text: str, base: str = "identifier") -> ET.Element:
    return _node("baseValue", text, baseType=base)


def _set(name: str, value: ET.Element) -> ET.Element:
    return _node("setOutcomeValue", value, identifier=name)


def _first_of(cases: Iterable[tuple[ET.Element, ET.Element]]) -> ET.Element:
    """Return a condition that does what stands beside the first test that holds."""
    tags = ("responseIf", "responseElseIf")
    branches = [_node(tags[at > 0], *case) for at, case in enumerate(cases)]
    return _node("responseCondition", *branches)


def _point() -> ET.Element:
    return _set("SCORE", _value("1", "float"))


def _mark_one(question: Question) -> list[ET.Element]:
    right = _node("match", _variable("RESPONSE"), _right())
    return [_first_of([(right, _point())]), _set("FEEDBACK", _variable("RESPONSE"))]


def _mark_several(question: Question) -> list[ET.Element]:
    score = _node("mapResponse", identifier="RESPONSE")
    return [_set("SCORE", score), _set("FEEDBACK", _variable("RESPONSE"))]


def _mark_number(question: Question) -> list[ET.Element]:
    cases = [(_near(_right(), parts.fixed(question.tolerance)), _point())]
    for number, margin, option in parts.wrong_numbers(question):
        cases.append((_near(_value(number, "float"), margin), _set("FEEDBACK", _value(option.id))))
    return [_first_of(cases)]


def _near(number: ET.Element, margin: str) -> ET.Element:
    return _node(
        "equal",
        _variable("RESPONSE"),
        number,
        toleranceMode="absolute",
        tolerance=f"{margin} {margin}",
    )


def _mark_order(question: Question) -> list[ET.Element]:
    """Say of the first step that stands wrong why it does, as the course does."""
    right = (_node("match", _variable("RESPONSE"), _right()), _point())
    places = range(1, len(question.options))
    return [_first_of([right, *(_misplaced(str(place)) for place in places)])]


def _misplaced(place: str) -> tuple[ET.Element, ET.Element]:
    same = _node("match", _node("index", _variable("RESPONSE"), n=place), _at(place))
    step = _node("index", _variable("RESPONSE"), n=place)
    return _node("not", same), _set("FEEDBACK", step)


def _at(place: str) -> ET.Element:
    return _node("index", _right(), n=place)
