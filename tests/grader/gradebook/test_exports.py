"""The three formats, letter by letter.

Canvas: the header row, *Points Possible* in the second, the student's columns up to *Section*, and
a lesson's column by its title, as its instructor guide and its importer have them. Moodle: a header
row, columns to identify by, a column per grade item, ``-`` for no grade, as MoodleDocs, *Grade
import*, has them.
"""

from __future__ import annotations

import csv

import pytest
from traitlets.config import Config

from grader.classroom.rules import Rules
from grader.gradebook.exports import FORMATS, CanvasExporter, CsvExporter, MoodleExporter, safe
from tests.grader import gradebooks

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("exports")
    gradebooks.make(root).close()
    Rules(root).set("03-new-head", "both")
    return root


def written(place, exporter, **options):
    from nbgrader.api import Gradebook

    plugin = exporter(config=options.pop("config", Config()))
    plugin.to = str(place / "out.csv")
    for name, value in options.items():
        setattr(plugin, name, value)
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        plugin.export(book)
    return (place / "out.csv").read_bytes().decode("utf-8")


def test_canvas(place):
    assert written(place, CanvasExporter) == (
        "Student,ID,SIS User ID,SIS Login ID,Section,02-freezing,03-new-head\r\n"
        "    Points Possible,,,,,10.00,20.00\r\n"
        "李雷,,,李雷,,,\r\n"
        '"Ek, Bo",,sis-7,\'=bo,,10.00,\r\n'
        '"Lee, Jr, Ana",41,,ana,,7.50,8.00\r\n'
    )


def test_canvas_knows_its_own_assignments_by_number(place):
    config = Config()
    config.CanvasExporter.columns = {"02-freezing": "Freezing (4711)"}
    header = written(place, CanvasExporter, config=config).splitlines()[0]
    assert header.endswith("Section,Freezing (4711),03-new-head")


def test_moodle(place):
    assert written(place, MoodleExporter) == (
        "First name,Last name,Username,ID number,Email address,02-freezing,03-new-head\r\n"
        ",,李雷,,,-,-\r\n"
        "Bo,Ek,'=bo,sis-7,,10.00,-\r\n"
        'Ana,"Lee, Jr",ana,41,ana@x.org,7.50,8.00\r\n'
    )


def test_csv_has_nbgraders_columns_and_what_counted(place):
    rows = list(csv.DictReader(written(place, CsvExporter).splitlines()))
    assert (
        list(rows[0])[:11]
        == [
            "assignment duedate timestamp student_id last_name first_name email raw_score "
            "late_submission_penalty score max_score"
        ][0].split()
    )
    found = {(r["assignment"], r["student_id"]): r for r in rows}
    ana = found["03-new-head", "ana"]
    assert (ana["score"], ana["max_score"], ana["rule"]) == ("8.0", "20.0", "both")
    assert sorted(ana["counted"].split()) == ["keras", "pytorch"]
    assert found["02-freezing", "'=bo"]["score"] == "10.0"
    assert found["02-freezing", "李雷"]["score"] == "0.0"


def test_a_rule_can_be_asked_for(place):
    lines = written(place, CanvasExporter, rule="keras").splitlines()
    assert lines[1].endswith("10.00,10.00")
    assert lines[-1].endswith("4.00,5.00")


def test_some_students_and_lessons(place):
    text = written(place, MoodleExporter, student=["ana"], assignment=["03-new-head"])
    assert text.splitlines()[1:] == ['Ana,"Lee, Jr",ana,41,ana@x.org,8.00']


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_class(tmp_path, form):
    gradebooks.make(tmp_path, students=False).close()
    lines = written(tmp_path, FORMATS[form]).splitlines()
    assert len(lines) == (2 if form == "canvas" else 1)


def test_a_sign_alone_is_no_formula():
    assert [safe(text) for text in ("-", "-1", "- 1")] == ["-", "'-1", "'- 1"]
