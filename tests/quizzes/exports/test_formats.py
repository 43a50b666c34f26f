"""What an export wrote is read back: nothing lost, nothing dropped without a word."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quizzes import exports, recall
from quizzes.cli import app
from quizzes.engine.model import Option
from quizzes.exports import anki, gift, json_form, moodle, parts, qti12, qti21
from quizzes.views import render
from tests.quizzes.exports import readers
from tests.quizzes.samples import (
    ALL,
    BUG,
    CARDS,
    NASTY,
    NEAR,
    NUMBER,
    ORDER,
    SEVERAL,
    SINGLE,
    options,
    question,
)

Q = {"q": qti21.QTI}


def test_json_holds_every_field(tmp_path):
    report = json_form.write(ALL, tmp_path / "bank.json")
    content = json.loads(report.path.read_text())
    assert report.written == len(content["questions"]) == len(ALL)
    single = content["questions"][0]
    assert single["key"] == "b"
    assert single["options"][1] == {"id": "b", "text": "It stays", "feedback": _feedback("b")}
    assert single["solution"] == list(SINGLE.solution)


def _feedback(letter: str) -> str:
    return next(o.feedback for o in SEVERAL.options if o.id == letter)


def _moodle(tmp_path) -> dict[str, ET.Element]:
    report = moodle.write((*ALL, *NASTY), tmp_path / "bank.xml")
    assert not report.left_out
    return readers.moodle(report.path)


def test_moodle_keeps_code_hint_feedback_and_solution(tmp_path):
    node = _moodle(tmp_path)[SINGLE.id]
    assert node.get("type") == "multichoice"
    assert "<pre><code" in node.findtext("questiontext/text", "")
    assert "p = {1: 'a'}" in node.findtext("questiontext/text", "").replace("&#39;", "'")
    assert "A bias for each output &amp; one weight &lt;" in node.findtext("hint/text", "")
    assert "<em>weights</em>" in node.findtext("generalfeedback/text", "")
    answers = node.findall("answer")
    assert [a.get("fraction") for a in answers] == ["0", "100", "0"]
    # What a question says is text: raw HTML in it arrives escaped.
    assert "&lt;b&gt;tags&lt;/b&gt;" in answers[0].findtext("feedback/text", "")


def test_moodle_takes_back_a_choice_of_everything(tmp_path):
    answers = _moodle(tmp_path)[SEVERAL.id].findall("answer")
    fractions = [float(a.get("fraction", "nan")) for a in answers]
    assert fractions == [50.0, -50.0, 50.0, -50.0]
    assert sum(fractions) == 0


def test_moodle_numbers_and_orders(tmp_path):
    nodes = _moodle(tmp_path)
    near = nodes[NEAR.id].find("answer")
    assert (near.findtext("text"), near.findtext("tolerance")) == ("0.125", "0.01")
    steps = nodes[ORDER.id].findall("answer")
    assert [(a.get("fraction"), a.findtext("text")) for a in steps] == [
        ("1.0000000", "<p>first</p>"),
        ("2.0000000", "<p>second</p>"),
        ("3.0000000", "<p>third</p>"),
    ]


def test_gift_reads_back_and_names_what_it_cannot_carry(tmp_path):
    report = gift.write((*ALL, *NASTY), tmp_path / "bank.gift.txt")
    found = readers.gift(report.path)
    kept = [q for q in (*ALL, *NASTY) if q.kind != "order"]
    assert set(found) == {q.id for q in kept}
    for asked in kept:
        read = found[asked.id]
        assert read.stem == render.xhtml(parts.stem_with_unit(asked))
        assert read.solution == render.xhtml(parts.solution(asked))
        if asked.kind != "numeric":
            assert read.options == tuple(render.xhtml(o.text) for o in asked.options)
            assert read.feedback == tuple(render.xhtml(o.feedback) for o in asked.options)
    assert found[NUMBER.id].key == "6405 ± 0"
    assert report.left_out == tuple(
        f"{q.id}: GIFT has no 'order' questions." for q in (*ALL, *NASTY) if q.kind == "order"
    )


def test_hostile_gift_is_read_the_same_by_a_parser_of_its_own(tmp_path, parser):
    path = gift.write((*ALL, *NASTY), tmp_path / "bank.gift.txt").path
    assert readers.gift_by_npm(path, parser) == readers.gift(path)


def test_gift_writes_no_line_that_ends_or_hides_a_question(tmp_path):
    text = gift.write((*ALL, *NASTY), tmp_path / "bank.gift.txt").path.read_text(encoding="utf-8")
    for block in text.strip().split("\n\n"):
        assert re.match(r"::.+?::\[html\]<p>|\$CATEGORY: ", block)
        assert not [line for line in block.splitlines() if line.startswith("//")]
    numbers = re.findall(r"^=(?:%0%)?([-0-9.]+):([0-9.]+)#", text, re.MULTILINE)
    assert ("0.00001", "0.0000005") in numbers
    assert ("1000000000000", "0.00001") in numbers
    assert ("0.30000000000000004", "0") in numbers


def test_canvas_package_reads_back(tmp_path):
    report = qti12.write((*ALL, *NASTY), tmp_path / "bank.zip")
    items = readers.qti12(report.path)
    tiny = "freezing.sample-tiny"
    kept = [q for q in (*ALL, *NASTY) if q.kind != "order" and q.id != tiny]
    assert set(items) == {q.id for q in kept}
    for asked in kept:
        stem = render.xhtml(parts.stem_with_unit(asked))
        assert readers.plain(readers.qti12_read(items[asked.id]).stem) == readers.plain(stem)
    assert report.left_out == (
        f"{ORDER.id}: Canvas takes no 'order' questions from QTI 1.2.",
        f"{tiny}: Canvas cannot tell numbers below 0.0001 from zero.",
        "freezing.sample-steps: Canvas takes no 'order' questions from QTI 1.2.",
    )


def test_canvas_takes_two_questions_with_one_stem(tmp_path):
    twins = (SINGLE, question("single-too", "single", "a", options("x", "y"), stem=SINGLE.stem))
    items = readers.qti12(qti12.write(twins, tmp_path / "bank.zip").path)
    assert list(items) == [twin.id for twin in twins]


def test_canvas_leaves_out_a_number_that_it_would_round_onto_a_wrong_one(tmp_path):
    near = question("near-wrong", "numeric", 0.12344, (Option("a", "0.12341", "no"),), unit="m")
    report = qti12.write((near, SINGLE), tmp_path / "bank.zip")
    assert report.left_out == (
        f"{near.id}: Canvas rounds to four decimals and would take 0.1234 for right.",
    )
    with pytest.raises(
        ValueError, match=r"None of these questions fits the format.\n.*near-wrong: Canvas"
    ):
        qti12.write((near,), tmp_path / "bank.zip")


def test_qti21_items_are_well_formed_and_complete(tmp_path):
    report = qti21.write(ALL, tmp_path / "bank.zip")
    assert not report.left_out
    with zipfile.ZipFile(report.path) as package:
        manifest = ET.fromstring(package.read("imsmanifest.xml"))
        hrefs = [n.get("href", "") for n in manifest.iter() if n.tag.endswith("}resource")]
        items = {h: ET.fromstring(package.read(h)) for h in hrefs}
    assert len(items) == len(ALL)
    several = items[f"items/{SEVERAL.id}.xml"]
    values = [float(n.get("mappedValue")) for n in several.iterfind(".//q:mapEntry", Q)]
    assert sum(values) == pytest.approx(0)
    assert len(several.findall("q:modalFeedback", Q)) == len(SEVERAL.options) + 1
    order = items[f"items/{ORDER.id}.xml"]
    assert [v.text for v in order.iterfind(".//q:correctResponse/q:value", Q)] == ["c", "a", "b"]
    near = items[f"items/{NEAR.id}.xml"].find(".//q:equal", Q)
    assert near.get("tolerance") == "0.01 0.01"
    hint = several.find(".//q:feedbackBlock", Q)
    assert "one weight < per pair" in "".join(hint.itertext())


def test_anki_package_holds_the_cards(tmp_path):
    report = anki.write(CARDS, tmp_path / "cards.apkg")
    with zipfile.ZipFile(report.path) as package:
        package.extract("collection.anki2", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as base:
        notes = dict(row[0].split("\x1f") for row in base.execute("select flds from notes"))
        guids = {row[0] for row in base.execute("select guid from notes")}
    base.close()
    assert notes["<p>What does <code>freeze</code> do?</p>"] == (
        "<p>It stops <strong>updates</strong>.</p>"
    )
    assert len(guids) == 2
    assert (report.written, report.what) == (2, "cards")


def test_anki_opens_the_package(tmp_path):
    """The real reader: Anki's own library imports the deck."""
    collection = pytest.importorskip("anki.collection", reason="Anki's library is not installed")
    report = anki.write(CARDS, tmp_path / "cards.apkg")
    col = collection.Collection(str(tmp_path / "col.anki2"))
    try:
        request = collection.ImportAnkiPackageRequest(package_path=str(report.path))
        col.import_anki_package(request)
        assert col.card_count() == 2
        names = {deck.name for deck in col.decks.all_names_and_ids()}
        assert {"Fine-tuning::02 Freezing", "Fine-tuning::03 A new head"} <= names
    finally:
        col.close()


def test_anki_takes_a_mended_card_anew_and_keeps_the_rest(tmp_path, monkeypatch):
    collection = pytest.importorskip("anki.collection", reason="Anki's library is not installed")
    source = tmp_path / "recall.py"
    monkeypatch.setattr(recall, "__file__", str(source))
    source.write_text("")
    mended = (CARDS[0], dataclasses.replace(CARDS[1], back="Another layer at the end."))
    col = collection.Collection(str(tmp_path / "col.anki2"))
    try:
        for cards, written_at in ((CARDS, 1_700_000_000), (mended, 1_700_000_900)):
            os.utime(source, (written_at, written_at))
            package = str(anki.write(cards, tmp_path / "cards.apkg").path)
            col.import_anki_package(collection.ImportAnkiPackageRequest(package_path=package))
        backs = sorted(col.get_note(note).fields[1] for note in col.find_notes(""))
    finally:
        col.close()
    assert backs == [
        "<p>Another layer at the end.</p>",
        "<p>It stops <strong>updates</strong>.</p>",
    ]


def test_ids_that_anki_knows_a_deck_by_never_change():
    assert anki.stable_id("fine-tuning course card") == 1321836993


def test_an_unknown_format_offers_the_nearest():
    with pytest.raises(ValueError, match=r"No export 'moodel'. Did you mean 'moodle'\?"):
        exports.export("moodel")


@pytest.mark.parametrize(("also", "form"), [("qti21", "qti"), ("qti12", "canvas")])
def test_a_format_goes_by_its_version_too(also, form, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = exports.export(also, topic="freezing")
    assert report.path == Path(f"quiz-freezing{exports.SUFFIX[form]}")
    assert report.path.is_file()


def test_a_folder_takes_the_file_under_its_own_name(tmp_path):
    report = exports.export("json", tmp_path, topic="head")
    assert report.path == tmp_path / "quiz-head.json"


def test_cards_are_not_chosen_by_difficulty(tmp_path):
    with pytest.raises(ValueError, match="Take off --difficulty and --framework"):
        exports.export("anki", tmp_path, difficulty="easy")


def test_the_help_names_every_format_and_no_other():
    shown = CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "200"}).stdout
    [line] = [line for line in shown.splitlines() if "moodle, gift" in line]
    named = re.findall(r"[a-z0-9]+", line[line.index("moodle") :].split("[")[0])
    assert set(named) - {"or", "and"} == {*exports.SUFFIX, *exports.ALSO}


@pytest.mark.parametrize("write", [gift.write, qti12.write, qti21.write, moodle.write])
def test_hostile_text_stays_text(tmp_path, write):
    texts = ("</text>]]><script>x</script>", "= ~ # { } : \\ % $", "# no heading", "1. no list")
    opts = tuple(
        Option(letter, text, f"{letter} {text}")
        for letter, text in zip("abcd", texts, strict=False)
    )
    report = write((question("hostile", "single", "b", opts), BUG), tmp_path / "out")
    assert report.written == 2
    data = report.path.read_bytes()
    if zipfile.is_zipfile(report.path):
        with zipfile.ZipFile(report.path) as package:
            data = b"".join(package.read(name) for name in package.namelist())
    assert b"script" in data
    assert b"<script>" not in data
