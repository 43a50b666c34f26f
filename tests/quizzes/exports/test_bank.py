"""The whole bank, exported by the command from somewhere else, read back as each platform does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from quizzes import exports
from quizzes.engine import bank
from quizzes.exports import parts
from quizzes.study.cards import deck
from quizzes.views import render
from tests.quizzes.exports import golden, readers

QUESTIONS = bank.questions()
ORDERED = [q.id for q in QUESTIONS if q.kind == "order"]
NUMBERS = [q.id for q in QUESTIONS if q.kind == "numeric"]
PICTURED = [q.id for q in QUESTIONS if q.figure]
UNFIT = [q.id for q in QUESTIONS if q.kind == "order" or q.figure]
FIGURE = QUESTIONS[[bool(q.figure) for q in QUESTIONS].index(True)].figure


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return where the command put each format and what it said."""
    away = tmp_path_factory.mktemp("somewhere else, ünï")
    with ThreadPoolExecutor() as pool:
        done = pool.map(partial(_export, away), exports.SUFFIX)
        return dict(zip(exports.SUFFIX, done, strict=True))


def _export(away: Path, form: str) -> tuple[Path, list[str]]:
    out = Path("new folder") / f"my bank{exports.SUFFIX[form]}"
    command = [sys.executable, "-m", "quizzes.cli", "export", form, "--to", str(out)]
    run = subprocess.run(command, cwd=away, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return away / out, run.stdout.splitlines()


@pytest.mark.parametrize(
    ("form", "count", "left", "noted"),
    [
        ("moodle", len(QUESTIONS), [], [ORDERED, ORDERED]),
        ("gift", len(QUESTIONS) - len(UNFIT), UNFIT, [None, None]),
        ("qti", len(QUESTIONS), [], []),
        ("canvas", len(QUESTIONS) - len(ORDERED), ORDERED, [None, NUMBERS, None, None]),
        ("json", len(QUESTIONS), [], []),
    ],
)
def test_the_command_says_what_it_wrote_and_what_is_lost(written, form, count, left, noted):
    path, said = written[form]
    assert path.is_file()
    assert said[0] == f"Wrote {Path('new folder', path.name)} ({count} questions)."
    assert [line.split(": ")[1] for line in said if line.startswith("Left out: ")] == left
    notes = [line for line in said if line.startswith("Note: ")]
    assert len(notes) == len(noted)
    for line, ids in zip(notes, noted, strict=True):
        assert ids is None or line.endswith(f": {', '.join(ids)}.")
    assert len(said) == 1 + len(left) + len(notes)


def test_every_note_of_canvas_and_gift_in_its_words(written):
    canvas, gift = ([n for n in written[f][1] if "Note" in n] for f in ("canvas", "gift"))
    carried = len(QUESTIONS) - len(ORDERED), len(QUESTIONS) - len(UNFIT)
    hints = [f"has no hints; they stay in the course: all {count} questions." for count in carried]
    assert canvas[0] == f"Note: Canvas {hints[0]}"
    assert canvas[2] == (
        "Note: Canvas rounds what is typed to four decimals: overfitting.keras.l2-penalty@0, "
        "fine_tuning.torch.adam-first-step@0, layerwise.torch.geometric@0, "
        "layerwise.torch.warmup@0."
    )
    assert gift[0] == f"Note: GIFT {hints[1]}"


def test_moodle_has_every_text_option_and_picture(written):
    nodes = readers.moodle(written["moodle"][0])
    assert list(nodes) == [q.id for q in QUESTIONS]
    for question in QUESTIONS:
        node = nodes[question.id]
        read = readers.moodle_read(node)
        stem = render.xhtml(parts.stem_with_unit(question))
        assert read.stem.startswith(stem)
        assert read.solution == render.xhtml(parts.solution(question))
        assert node.findtext("hint/text") == render.xhtml(question.hint)
        if question.kind == "order":
            steps = (question.option(letter).text for letter in question.right_ids)
            assert read.options == tuple(render.xhtml(step) for step in steps)
        elif question.kind != "numeric":
            assert read.options == tuple(render.xhtml(o.text) for o in question.options)
            assert read.feedback == tuple(render.xhtml(o.feedback) for o in question.options)
    [file] = ET.parse(written["moodle"][0]).getroot().iter("file")
    assert (file.get("name"), file.get("path"), file.get("encoding")) == (
        FIGURE.file,
        "/",
        "base64",
    )
    stem = nodes[PICTURED[0]].findtext("questiontext/text", "")
    assert f'<img src="@@PLUGINFILE@@/{FIGURE.file}" alt="Two curves' in stem


def test_gift_has_every_text_and_option(written):
    found = readers.gift(written["gift"][0])
    kept = [q for q in QUESTIONS if q.id not in UNFIT]
    assert list(found) == [q.id for q in kept]
    for question in kept:
        read = found[question.id]
        assert read.stem == render.xhtml(parts.stem_with_unit(question))
        assert read.solution == render.xhtml(parts.solution(question))
        if question.kind != "numeric":
            assert read.options == tuple(render.xhtml(o.text) for o in question.options)
            assert read.feedback == tuple(render.xhtml(o.feedback) for o in question.options)


def test_gift_is_read_the_same_by_a_parser_of_its_own(written, parser):
    path = written["gift"][0]
    assert readers.gift_by_npm(path, parser) == readers.gift(path)


def test_canvas_has_every_text_and_the_picture(written):
    path = written["canvas"][0]
    items = readers.qti12(path)
    kept = [q for q in QUESTIONS if q.kind != "order"]
    assert list(items) == [q.id for q in kept]
    for question in kept:
        read = readers.qti12_read(items[question.id])
        stem = render.xhtml(parts.stem_with_unit(question))
        assert readers.plain(read.stem).startswith(readers.plain(stem))
        assert readers.plain(read.solution) == readers.plain(render.xhtml(parts.solution(question)))
        if question.kind == "numeric":
            notes = render.xhtml(parts.option_notes(question))
            assert readers.plain(read.feedback[0]) == readers.plain(notes)
        else:
            texts = [readers.plain(render.xhtml(o.feedback)) for o in question.options]
            assert [readers.plain(text) for text in read.feedback] == texts
    files = readers.packed(path)
    assert files[f"images/{FIGURE.file}"] == FIGURE.path.read_bytes()
    assert f"images/{FIGURE.file}" in files["imsmanifest.xml"].decode()
    picture = readers.qti12_read(items[PICTURED[0]]).stem
    assert f'src="%24IMS-CC-FILEBASE%24/images/{FIGURE.file}"' in picture


def test_canvas_shows_no_feedback_that_is_not_there(written):
    for item in readers.qti12(written["canvas"][0]).values():
        shown = {node.get("linkrefid") for node in item.iter("displayfeedback")}
        assert shown == {node.get("ident") for node in item.iter("itemfeedback")}
        labels = {node.get("ident") for node in item.iter("response_label")}
        if item.find(".//render_choice") is not None:
            assert {node.text for node in item.iter("varequal")} <= labels


def test_qti21_has_every_text_and_a_note_for_every_option(written):
    path = written["qti"][0]
    items = readers.qti21(path)
    assert list(items) == [q.id for q in QUESTIONS]
    for question in QUESTIONS:
        read = readers.qti21_read(items[question.id])
        assert read.stem.startswith(_as_qti(question.stem))
        assert read.feedback == tuple(_as_qti(o.feedback) for o in question.options)
        assert read.solution == _as_qti(parts.solution(question))
        if question.kind == "numeric":
            tail = items[question.id].find(".//textEntryInteraction").tail
            assert tail == f" {question.unit}"
        else:
            assert read.options == tuple(_as_qti(o.text) for o in question.options)
    assert readers.packed(path)[f"items/{FIGURE.file}"] == FIGURE.path.read_bytes()


def _as_qti(markdown: str) -> str:
    div = ET.fromstring(f"<div>{render.xhtml(markdown)}</div>")
    text = ET.tostring(div, encoding="unicode").removeprefix("<div>").removesuffix("</div>")
    return readers.plain(re.sub(r' style="[^"]*"', "", text))


def test_json_has_every_question(written):
    content = json.loads(written["json"][0].read_text(encoding="utf-8"))
    assert [q["id"] for q in content["questions"]] == [q.id for q in QUESTIONS]


def test_anki_takes_the_real_deck(written, tmp_path):
    collection = pytest.importorskip("anki.collection", reason="Anki's library is not installed")
    path, said = written["anki"]
    assert said[0] == f"Wrote {Path('new folder', path.name)} ({len(deck())} cards)."
    col = collection.Collection(str(tmp_path / "col.anki2"))
    try:
        request = collection.ImportAnkiPackageRequest(package_path=str(path))
        col.import_anki_package(request)
        fronts = {col.get_note(n).fields[0] for n in col.find_notes("")}
        assert fronts == {render.xhtml(card.front) for card in deck()}
        assert col.card_count() == len(deck())
    finally:
        col.close()


@pytest.mark.parametrize("form", exports.SUFFIX)
def test_a_second_export_has_the_same_bytes(written, form, tmp_path):
    again = exports.export(form, tmp_path / "again").path
    assert again.read_bytes() == written[form][0].read_bytes()


@pytest.mark.parametrize("form", golden.FORMS)
def test_what_is_asked_and_what_is_right_stay_the_same(written, form):
    found = golden.read(form, written[form][0])
    assert golden.column(form, found) == golden.kept(form), golden.ANEW
