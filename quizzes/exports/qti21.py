# ruff: noqa: E501  (one element of the template stays on one line)
"""QTI 2.1: one item a question, packed with a manifest.

Standard: https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html

Every option's feedback, the hint (asked for with a button) and the worked solution go along.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from quizzes import render
from quizzes.engine.model import Figure, Option, Question
from quizzes.exports.report import Report

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same questions give the same bytes

ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="{qti}" xmlns:xsi="{xsi}" xsi:schemaLocation="{qti} {qti}.xsd"
    identifier={identifier} title={title} adaptive="true" timeDependent="false">
  {response}
  <responseDeclaration identifier="HINTREQUEST" cardinality="single" baseType="boolean"/>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
    <defaultValue><value>0</value></defaultValue>
  </outcomeDeclaration>
  <outcomeDeclaration identifier="HINT" cardinality="single" baseType="identifier"/>
  <outcomeDeclaration identifier="SOLUTION" cardinality="single" baseType="identifier"/>
  {outcome}
  <itemBody>
    <div>{stem}</div>
    {interaction}
    <feedbackBlock outcomeIdentifier="HINT" identifier="shown" showHide="show">
      <div>{hint}</div>
    </feedbackBlock>
    <p><endAttemptInteraction responseIdentifier="HINTREQUEST" title="Hint"/></p>
  </itemBody>
  <responseProcessing>
    <responseCondition>
      <responseIf>
        <variable identifier="HINTREQUEST"/>
        <setOutcomeValue identifier="HINT"><baseValue baseType="identifier">shown</baseValue></setOutcomeValue>
      </responseIf>
      <responseElse>
        <setOutcomeValue identifier="SOLUTION"><baseValue baseType="identifier">shown</baseValue></setOutcomeValue>
        <setOutcomeValue identifier="completionStatus"><baseValue baseType="identifier">completed</baseValue></setOutcomeValue>
        {processing}
      </responseElse>
    </responseCondition>
  </responseProcessing>
  {feedback}
  <modalFeedback outcomeIdentifier="SOLUTION" identifier="shown" showHide="show">
    <div>{solution}</div>
  </modalFeedback>
</assessmentItem>
"""

MATCH = """<responseCondition>
          <responseIf>
            <match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
            <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
          </responseIf>
        </responseCondition>"""
NEAR = """<responseCondition>
          <responseIf>
            <equal toleranceMode="absolute" tolerance="{tolerance:.10g} {tolerance:.10g}">
              <variable identifier="RESPONSE"/><correct identifier="RESPONSE"/>
            </equal>
            <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
          </responseIf>
        </responseCondition>"""
MAP = (
    """<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>"""
)
ECHO = """
        <setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>"""


def write(questions: Sequence[Question], path: Path) -> Report:
    """Write ``questions`` as a content package (zip)."""
    figures = {q.figure.file: q.figure for q in questions if q.figure}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        _put(package, "imsmanifest.xml", manifest(questions).encode())
        for question in questions:
            _put(package, _file(question), item(question).encode())
        for name, figure in figures.items():
            _put(package, f"items/{name}", figure.path.read_bytes())
    return Report(path, len(questions))


def _put(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name, FIXED_TIME), data, zipfile.ZIP_DEFLATED)


def _identifier(question: Question) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", question.id)


def _file(question: Question) -> str:
    return f"items/{_identifier(question)}.xml"


def manifest(questions: Sequence[Question]) -> str:
    """Return ``imsmanifest.xml``: one resource an item, its picture beside it."""
    resources = "\n".join(_resource(question) for question in questions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest xmlns="{CP}" identifier="fine-tuning-questions">\n'
        "  <metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion>"
        "</metadata>\n"
        f"  <organizations/>\n  <resources>\n{resources}\n  </resources>\n</manifest>\n"
    )


def _resource(question: Question) -> str:
    files = [_file(question)] + ([f"items/{question.figure.file}"] if question.figure else [])
    listed = "".join(f"<file href={quoteattr(name)}/>" for name in files)
    return (
        f"    <resource identifier={quoteattr(_identifier(question))} "
        f'type="imsqti_item_xmlv2p1" href={quoteattr(files[0])}>{listed}</resource>'
    )


def item(question: Question) -> str:
    """Return one question as an ``assessmentItem``."""
    response, interaction = _FORMS.get(question.kind, _choice)(question)
    echoes = question.kind not in ("numeric", "order")
    cardinality = "multiple" if question.kind == "multiple" else "single"
    return ITEM.format(
        qti=QTI,
        xsi=XSI,
        identifier=quoteattr(_identifier(question)),
        title=quoteattr(question.id),
        response=response,
        outcome=_feedback_outcome(cardinality) if echoes else "",
        stem=render.xhtml(question.stem) + _image(question.figure),
        interaction=interaction,
        hint=render.xhtml(question.hint),
        processing=_processing(question) + (ECHO if echoes else ""),
        feedback="\n  ".join(_modal(option) for option in question.options) if echoes else "",
        solution=_solution(question),
    )


def _image(figure: Figure | None) -> str:
    return (
        f"<p><img src={quoteattr(figure.file)} alt={quoteattr(figure.alt)}/></p>" if figure else ""
    )


def _feedback_outcome(cardinality: str) -> str:
    return (
        f'<outcomeDeclaration identifier="FEEDBACK" cardinality="{cardinality}" '
        'baseType="identifier"/>'
    )


def _modal(option: Option) -> str:
    return (
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{option.id}" showHide="show">'
        f"<div>{render.xhtml(option.feedback)}</div></modalFeedback>"
    )


def _processing(question: Question) -> str:
    if question.kind == "multiple":
        return MAP
    if question.kind == "numeric":
        return NEAR.format(tolerance=question.tolerance)
    return MATCH


def _solution(question: Question) -> str:
    """Return the steps; with a number or an order, what wrong answers mean goes along."""
    steps = "\n".join(f"{at}. {step}" for at, step in enumerate(question.solution, start=1))
    notes = ""
    if question.kind in ("numeric", "order"):
        notes = "\n\n" + "\n".join(f"- {o.text}: {o.feedback}" for o in question.options)
    return render.xhtml(steps + notes)


def _declared(cardinality: str, base: str, values: Sequence[str], mapping: str = "") -> str:
    listed = "".join(f"<value>{escape(value)}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" '
        f'baseType="{base}"><correctResponse>{listed}</correctResponse>{mapping}'
        "</responseDeclaration>"
    )


def _choices(question: Question) -> str:
    return "".join(
        f'<simpleChoice identifier="{option.id}">{render.xhtml(option.text)}</simpleChoice>'
        for option in question.options
    )


def _choice(question: Question) -> tuple[str, str]:
    several = question.kind == "multiple"
    mapping = _mapping(question) if several else ""
    cardinality = "multiple" if several else "single"
    response = _declared(cardinality, "identifier", question.right_ids, mapping)
    most = 0 if several else 1
    shuffle = "false" if question.kind == "yes_no" else "true"
    return response, (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" '
        f'maxChoices="{most}">{_choices(question)}</choiceInteraction>'
    )


def _mapping(question: Question) -> str:
    """Return the points per option: every option together earns nothing, never less."""
    count = len(question.right_ids)
    wrong = len(question.options) - count
    entries = "".join(
        f'<mapEntry mapKey="{option.id}" mappedValue="'
        f'{1 / count if option.id in question.right_ids else -1 / wrong:.6f}"/>'
        for option in question.options
    )
    return f'<mapping lowerBound="0" upperBound="1" defaultValue="0">{entries}</mapping>'


def _order(question: Question) -> tuple[str, str]:
    return _declared("ordered", "identifier", question.right_ids), (
        '<orderInteraction responseIdentifier="RESPONSE" shuffle="true">'
        f"{_choices(question)}</orderInteraction>"
    )


def _number(question: Question) -> tuple[str, str]:
    return _declared("single", "float", [f"{question.key:.10g}"]), (
        '<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="12"/> '
        f"{escape(question.unit)}</p>"
    )


_FORMS = {"order": _order, "numeric": _number}
