"""Feedback as a zip that the platform takes back, from the zip it gave out."""

from __future__ import annotations

import io
import re
import zipfile

import nbformat
import pytest

from grader.classroom import archive_names
from grader.classroom.folder import Classroom
from grader.classroom.roster import Student, enter
from tests.grader import stock
from tests.grader.commands import grade
from tests.grader.isolation.test_sandbox import have_sandbox
from tests.grader.notebooks import write

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not have_sandbox(), reason="no sandbox on this machine"),
]
NOTEBOOK = "problem2"
FILES = {
    "moodle": {
        f"Ann Lee_101_assignsubmission_file_/{NOTEBOOK}.ipynb": "answer = 42",
        f"Team 1-Bo Ek_102_assignsubmission_file/{NOTEBOOK}.ipynb": "answer = 41",
    },
    "canvas": {
        f"leeann_LATE_201_9005_{NOTEBOOK}.ipynb": "answer = 42",
        "ekbo_202_9006_hw.zip": "answer = 41",
    },
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("zips") / "class"
    grade(root.parent, "new-class", str(root))
    stock.write(root / "solutions")
    grade(root, "release", stock.ASSIGNMENT)
    with Classroom(root).gradebook() as book:
        enter(
            book, [Student("alee", "Ann", "Lee", "", "201"), Student("bek", "Bo", "Ek", "", "202")]
        )
    return root


def handed_in(root, name, text):
    notebook = root / "lessons" / stock.ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    content = stock.answered(notebook, answer=text)
    return packed({f"{NOTEBOOK}.ipynb": content}) if name.endswith(".zip") else content


def packed(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return stream.getvalue()


@pytest.fixture(scope="module", params=FILES)
def returned(released, request):
    """Return a platform, what the command said, and the zip it wrote."""
    files = {name: handed_in(released, name, text) for name, text in FILES[request.param].items()}
    (released / "in.zip").write_bytes(packed(files))
    grade(released, "take-in", "in.zip", stock.ASSIGNMENT)
    if request.param == "moodle":
        write(
            released / "submitted" / "cy" / stock.ASSIGNMENT / f"{NOTEBOOK}.ipynb",
            handed_in(released, "", "answer = 42"),
        )
    grade(released, "run")
    said = grade(released, "feedback", stock.ASSIGNMENT, "--zip", request.param)
    made = zipfile.ZipFile(released / f"feedback-{request.param}-{stock.ASSIGNMENT}.zip")
    yield request.param, said, made
    made.close()


def test_each_file_is_named_as_the_platform_named_it(returned):
    platform, said, made = returned
    assert "for 2 students" in said
    assert "Left out, as no zip named them: cy. Take the platform's zip in once more" in said
    if platform == "moodle":
        assert sorted(made.namelist()) == [
            f"Ann Lee_101_assignsubmission_file_/{NOTEBOOK}.html",
            f"Team 1-Bo Ek_102_assignsubmission_file/{NOTEBOOK}.html",
        ]
        # Moodle reads full name, number, kind and plug-in, with underscores between them
        assert next(name.split("_", 4)[1:4] for name in sorted(made.namelist())) == [
            *("101", "assignsubmission", "file")
        ]
    else:
        assert sorted(made.namelist()) == sorted(FILES["canvas"])
        # Canvas takes the first two numbers for the user's and the attachment's
        numbers = [re.findall(r"(?<=_)\d+(?=_)", name)[:2] for name in sorted(made.namelist())]
        assert numbers == [["202", "9006"], ["201", "9005"]]


def test_each_file_is_its_owners_feedback(returned):
    platform, _, made = returned
    first, second = (made.read(name) for name in sorted(made.namelist()))
    if platform == "moodle":
        assert b"test-answer: passed" in first
        assert b"test-answer: not right yet" in second
        return
    pages = zipfile.ZipFile(io.BytesIO(first))
    assert b"test-answer: not right yet" in pages.read(f"{NOTEBOOK}.html")
    notebook = nbformat.reads(second.decode(), as_version=4)
    assert notebook.cells[0].source == "**1 of 1 points**"
    assert "test-answer: passed" in notebook.cells[-1].outputs[0].data["text/html"]


def test_a_platform_that_is_none_and_one_that_named_nobody(released, returned):
    said = grade(released, "feedback", stock.ASSIGNMENT, "--zip", "ilias", code=2)
    assert "--zip is 'ilias'; expected one of moodle, canvas." in said
    if returned[0] == "moodle":
        said = grade(released, "feedback", stock.ASSIGNMENT, "--zip", "canvas", code=2)
        assert "No feedback for ps1 came from canvas. Take its zip in once more" in said


def test_a_name_is_noted_once_and_the_newest_counts(tmp_path):
    for path in ("a_1_2_x.ipynb", "a_1_2_x.ipynb", "a_1_3_x.ipynb"):
        archive_names.note(tmp_path, "ana", "ps1", "x", path)
    with (tmp_path / ".grader" / "archives.jsonl").open("a") as stream:
        stream.write('["ana", "ps')
    assert archive_names.names(tmp_path) == {("ana", "ps1", "x"): "a_1_3_x.ipynb"}
    assert len((tmp_path / ".grader" / "archives.jsonl").read_text().splitlines()) == 3
