"""Element by element: every export holds what its format's documentation names, and no more."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile

import pytest

from quizzes.engine import bank
from quizzes.exports import gift, moodle, qti12, qti21
from tests.quizzes.exports import readers
from tests.quizzes.samples import ALL, NASTY

EVERY = (*bank.questions(), *ALL, *NASTY)

# https://docs.moodle.org/en/Moodle_XML_format
MOODLE_COMMON = "name questiontext generalfeedback defaultgrade penalty hidden idnumber hint tags"
MOODLE_OWN = {
    "multichoice": "single shuffleanswers answernumbering answer",
    "numerical": "answer units unitgradingtype unitpenalty showunits unitsleft",
    "ordering": "layouttype selecttype selectcount gradingtype showgrading numberingstyle "
    "correctfeedback partiallycorrectfeedback incorrectfeedback shownumcorrect answer",
}
MOODLE_HTML = "questiontext generalfeedback hint feedback correctfeedback partiallycorrectfeedback"
MOODLE_HTML += " incorrectfeedback"
MOODLE_VALUES = {
    "defaultgrade": "1",
    "penalty": "0.3333333",
    "hidden": "0",
    "single": "true|false",
    "shuffleanswers": "true|false",
    "answernumbering": "abc",
    "unitgradingtype": "0",
    "unitpenalty": r"0\.1",
    "showunits": "0|3",
    "unitsleft": "0",
    "multiplier": "1",
    "unit_name": r"\S+",
    "tolerance": r"\d+(\.\d+)?",
    "layouttype": "VERTICAL",
    "selecttype": "ALL",
    "selectcount": "0",
    "gradingtype": "ALL_OR_NOTHING",
    "showgrading": "SHOW",
    "numberingstyle": "123",
    "shownumcorrect": "1",
}


@pytest.fixture(scope="module")
def moodle_path(tmp_path_factory):
    return moodle.write(EVERY, tmp_path_factory.mktemp("moodle") / "x.xml").path


def test_moodle_questions_hold_what_is_documented(moodle_path):
    for node in readers.moodle(moodle_path).values():
        kind = node.get("type")
        tags = {child.tag for child in node}
        expected = {*MOODLE_COMMON.split(), *MOODLE_OWN[kind].split()}
        assert tags | {"units"} == expected | {"units"}
        assert len(node.findall("answer")) >= (1 if kind == "numerical" else 2)
        for tag, pattern in MOODLE_VALUES.items():
            assert all(re.fullmatch(pattern, n.text or "") for n in node.iter(tag)), tag
        for tag in MOODLE_HTML.split():
            for text in node.iter(tag):
                assert text.get("format") == "html"
                assert [child.tag for child in text if child.tag != "file"] == ["text"]


def test_moodle_answers_by_type(moodle_path):
    for node in readers.moodle(moodle_path).values():
        kind, answers = node.get("type"), node.findall("answer")
        fractions = [a.get("fraction") for a in answers]
        inside = {tuple(child.tag for child in a) for a in answers}
        if kind == "ordering":
            assert fractions == [f"{place}.0000000" for place in range(1, len(answers) + 1)]
            assert inside == {("text",)}
            continue
        rights = [float(f) for f in fractions if float(f) > 0]
        assert sum(rights) == pytest.approx(100, abs=1e-4)
        assert len(rights) == 1 or node.findtext("single") == "false"
        numeric = kind == "numerical"
        assert inside == {("text", "feedback", "tolerance") if numeric else ("text", "feedback")}
        assert {a.get("format") for a in answers} == {"moodle_auto_format" if numeric else "html"}
        if numeric:
            assert all(re.fullmatch(r"-?\d+(\.\d+)?", a.findtext("text", "")) for a in answers)


def test_moodle_units_are_typed_or_left_away(moodle_path):
    nodes = readers.moodle(moodle_path)
    units = {
        n: (e.findtext("units/unit/unit_name"), e.findtext("showunits")) for n, e in nodes.items()
    }
    assert units["head.cache-size@0"] == ("MB", "0")
    assert units["freezing.count-dense@0"] == ("parameters", "0")
    assert units["freezing.sample-below"] == (None, "3")  # "a b": Moodle takes no spaces
    assert units["freezing.sample-sum"] == (None, "3")  # "(no unit)"
    for question in EVERY:
        if question.kind == "numeric":
            stem = nodes[question.id].findtext("questiontext/text", "")
            assert f"<p>Answer: … {question.unit}</p>" in stem


def test_moodle_texts_are_cdata_so_that_its_reader_drops_no_space(moodle_path):
    text = moodle_path.read_text(encoding="utf-8")
    assert len(re.findall(r"<text><!\[CDATA\[<p>", text)) > 3 * len(EVERY)
    assert not re.findall(r"<text>(?!<!\[CDATA\[)[^<]*&", text)


def test_moodle_tags_tell_difficulty_concept_and_framework(moodle_path):
    nodes = readers.moodle(moodle_path)
    for question in EVERY:
        tags = [tag.findtext("text") for tag in nodes[question.id].iterfind("tags/tag")]
        assert tags == [t for t in (question.difficulty, question.concept, question.framework) if t]


# https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html: what stands in what, in order
INLINE = "code em strong span a img br textEntryInteraction endAttemptInteraction"
BLOCK = "p pre ul ol table div blockquote h1 h2 h3"
VALUE = "variable correct baseValue index mapResponse match not equal"
RULE = "setOutcomeValue responseCondition"
QTI21 = {
    "assessmentItem": "responseDeclaration outcomeDeclaration itemBody responseProcessing "
    "modalFeedback",
    "responseDeclaration": "correctResponse mapping",
    "outcomeDeclaration": "defaultValue",
    "correctResponse": "value",
    "defaultValue": "value",
    "mapping": "mapEntry",
    "itemBody": "div choiceInteraction orderInteraction p feedbackBlock p",
    "choiceInteraction": "simpleChoice",
    "orderInteraction": "simpleChoice",
    "responseProcessing": "responseCondition",
    "responseCondition": "responseIf responseElseIf responseElse",
    "responseIf": f"{VALUE} {RULE}",
    "responseElseIf": f"{VALUE} {RULE}",
    "responseElse": RULE,
    "setOutcomeValue": VALUE,
    "match": VALUE,
    "equal": VALUE,
    "not": VALUE,
    "index": VALUE,
    "div": f"{BLOCK} {INLINE}",
    "feedbackBlock": BLOCK,
    "modalFeedback": BLOCK,
    "simpleChoice": BLOCK,
    "blockquote": BLOCK,
    "table": "thead tbody",
    "thead": "tr",
    "tbody": "tr",
    "tr": "th td",
    "ul": "li",
    "ol": "li",
    "li": f"{BLOCK} {INLINE}",
    **dict.fromkeys("p pre h1 h2 h3 code em strong span a th td".split(), INLINE),
}
ORDERED = ("assessmentItem", "responseDeclaration", "responseCondition")
QTI21_NEEDS = {
    "assessmentItem": "identifier title adaptive timeDependent",
    "responseDeclaration": "identifier cardinality baseType",
    "outcomeDeclaration": "identifier cardinality baseType",
    "mapping": "lowerBound upperBound defaultValue",
    "mapEntry": "mapKey mappedValue",
    "choiceInteraction": "responseIdentifier shuffle maxChoices",
    "orderInteraction": "responseIdentifier shuffle",
    "textEntryInteraction": "responseIdentifier expectedLength",
    "endAttemptInteraction": "responseIdentifier title",
    "simpleChoice": "identifier",
    "feedbackBlock": "outcomeIdentifier identifier showHide",
    "modalFeedback": "outcomeIdentifier identifier showHide",
    "variable": "identifier",
    "correct": "identifier",
    "mapResponse": "identifier",
    "setOutcomeValue": "identifier",
    "baseValue": "baseType",
    "equal": "toleranceMode tolerance",
    "index": "n",
    "img": "src alt",
    "a": "href",
}


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    return readers.qti21(qti21.write(EVERY, tmp_path_factory.mktemp("qti") / "x.zip").path)


def test_qti21_elements_stand_where_they_may(items):
    for item in items.values():
        for node in item.iter():
            allowed = QTI21.get(node.tag, "").split()
            children = [child.tag for child in node]
            assert set(children) <= set(allowed), (node.tag, children)
            if node.tag in ORDERED:
                assert children == sorted(children, key=allowed.index)
            given = {name for name in node.attrib if "schemaLocation" not in name}
            assert given - {"class"} == set(QTI21_NEEDS.get(node.tag, "").split()), node.tag


def test_qti21_names_what_it_declares(items):
    assert len({item.get("identifier") for item in items.values()}) == len(items)
    for item in items.values():
        responses = {n.get("identifier") for n in item.iter("responseDeclaration")}
        outcomes = {n.get("identifier") for n in item.iter("outcomeDeclaration")}
        assert {n.get("responseIdentifier") for n in item.iter()} - {None} == responses
        assert {n.get("outcomeIdentifier") for n in item.iter()} - {None} <= outcomes - {"SCORE"}
        used = {n.get("identifier") for n in item.iter("variable")}
        used |= {n.get("identifier") for n in item.iter("setOutcomeValue")}
        assert used <= responses | outcomes | {"completionStatus"}  # built in


def test_qti21_numbers_are_digits(items):
    digits = r"-?\d+(\.\d+)?"
    for item in items.values():
        margins = " ".join(n.get("tolerance", "") for n in item.iter("equal"))
        numbers = [n.text or "" for n in item.iter("baseValue") if n.get("baseType") == "float"]
        numbers += [n.get("mappedValue", "") for n in item.iter("mapEntry")]
        assert all(re.fullmatch(digits, number) for number in (*numbers, *margins.split()))


def test_canvas_items_hold_what_qti12_names(tmp_path):
    files = readers.packed(qti12.write(EVERY, tmp_path / "x.zip").path)
    manifest = readers.bare(ET.fromstring(files["imsmanifest.xml"]))
    listed = {node.get("href") for node in manifest.iter("file")}
    assert listed == {n for n in files if n != "imsmanifest.xml" and not n.endswith("/")}
    for item in readers.qti12(tmp_path / "x.zip").values():
        children = [child.tag for child in item]
        assert children[:3] == ["itemmetadata", "presentation", "resprocessing"]
        assert set(children[3:]) == {"itemfeedback"}
        if item.find(".//render_fib") is not None:
            bounds = [n.text for tag in ("varequal", "vargte", "varlte") for n in item.iter(tag)]
            assert len(bounds) == 3
            assert all(re.fullmatch(r"-?\d+(\.\d+)?", bound) for bound in bounds)


@pytest.mark.parametrize("write", [gift.write, qti12.write, qti21.write, moodle.write])
def test_the_same_questions_give_the_same_bytes(tmp_path, write):
    first = write(EVERY, tmp_path / "a").path.read_bytes()
    assert write(EVERY, tmp_path / "b").path.read_bytes() == first


@pytest.mark.parametrize("write", [qti12.write, qti21.write])
def test_everyone_may_read_what_is_unpacked(tmp_path, write):
    with zipfile.ZipFile(write(ALL, tmp_path / "x.zip").path) as package:
        modes = {(entry.is_dir(), entry.external_attr >> 16) for entry in package.infolist()}
    assert modes <= {(False, 0o100644), (True, 0o40755)}
