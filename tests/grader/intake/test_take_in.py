"""Hand-ins as they come, through the commands that an instructor types: nothing is lost unsaid."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import time
import zipfile

import pytest
from typer.testing import CliRunner

from grader.classroom.folder import Classroom
from grader.classroom.receipts import Receipts
from grader.cli import app
from grader.intake import overlooked
from tests.grader import notebooks as nb

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
LESSON = "02-freezing"
SOLVED = (nb.ROOT / "solutions" / LESSON / "pytorch.ipynb").read_bytes()
KERAS = (nb.ROOT / "solutions" / LESSON / "keras.ipynb").read_bytes()
BLANK = (nb.ROOT / "lessons" / LESSON / "pytorch.ipynb").read_bytes()
OTHER = (nb.ROOT / "solutions" / "03-new-head" / "pytorch.ipynb").read_bytes()
APPLE = bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(139)
STUDENTS = "student_id,first_name,last_name,lms_user_id\nalee,Ann,Lee,201\nbchan,Bo,Chan,202\n"
ANN, BO = "Ann Lee_101_assignsubmission_file_", "Bo Chan_102_assignsubmission_file_"


def grade(*arguments):
    """Return what the door printed, on one line; it must not fail."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == 0, done.output + str(done.exception or "")
    return " ".join(done.output.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("class") / "c"
    grade("new-class", root)
    grade("release", LESSON, "-C", root)
    (root / "students.csv").write_text(STUDENTS)
    return root


@pytest.fixture
def place(made, tmp_path):
    """A class of two, Ann Lee and Bo Chan."""
    root = shutil.copytree(made, tmp_path / "c")
    grade("class-list", root / "students.csv", "-C", root)
    return root


@pytest.fixture
def unlisted(made, tmp_path):
    """A class without a class list."""
    return shutil.copytree(made, tmp_path / "c")


def pack(members, **times):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            day = times.get(name.rpartition("/")[2].partition(".")[0], 1)
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, day, 12, 0, 0)), content)
    return stream.getvalue()


def take(root, content, *options):
    """Take in a zip; return the notes and, by path below submitted/, the notebooks."""
    path = root.parent / "in.zip"
    path.write_bytes(content if isinstance(content, bytes) else pack(content))
    text = grade("take-in", path, LESSON, "-C", root, *options)
    return text, submitted(root)


def submitted(root):
    return {
        path.relative_to(root / "submitted").as_posix(): path.read_bytes()
        for path in (root / "submitted").rglob("*")
        if path.is_file()
    }


def one(student, content=SOLVED, framework="pytorch"):
    return {f"{student}/{LESSON}/{framework}.ipynb": content}


# zips as they are


@pytest.mark.attack(65)
@pytest.mark.parametrize("outer", [f"{ANN}/hw.zip", "leeann_201_9005_hw.zip", "alee.zip"])
def test_what_a_mac_and_jupyter_leave_in_a_zip_is_no_hand_in(place, outer):
    inner = [
        (f"{LESSON}/pytorch.ipynb", SOLVED),
        (f"__MACOSX/{LESSON}/._pytorch.ipynb", APPLE),
        (f"{LESSON}/.ipynb_checkpoints/pytorch-checkpoint.ipynb", BLANK),
        (f"{LESSON}/renamed.ipynb", APPLE),
        (f"{LESSON}/.DS_Store", b"\0\0\0\1Bud1"),
        (f"{LESSON}/Thumbs.db", b"x"),
        ("desktop.ini", b"x"),
    ]
    text, found = take(place, [(outer, pack(inner))])
    assert found == one("alee")
    assert "Note" not in text
    assert not (place / ".grader" / "attachments").exists()


@pytest.mark.attack(65)
def test_what_a_mac_leaves_makes_no_student(unlisted):
    members = [
        ("ann/pytorch.ipynb", SOLVED),
        ("__MACOSX/ann/._pytorch.ipynb", APPLE),
        (".Trashes/x/pytorch.ipynb", BLANK),
    ]
    assert take(unlisted, members)[1] == one("ann")


@pytest.mark.attack(64)
def test_a_damaged_stream_costs_one_student(place):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ANN}/pytorch.ipynb", SOLVED)
        start = stream.tell()
        archive.writestr(f"{BO}/pytorch.ipynb", SOLVED)
    content = bytearray(stream.getvalue())
    content[start + 4000 : start + 4040] = b"\xff" * 40
    text, found = take(place, bytes(content))
    assert found.items() >= one("alee").items()
    kept = found[f"bchan/{LESSON}/pytorch.ipynb"]
    assert len(kept) > 10_000
    assert SOLVED.startswith(kept[:8_000])  # what comes after is as damaged as the stream
    assert (
        f"bchan: '{BO}/pytorch.ipynb' is damaged; what could be read of it is taken; "
        "ask for it again." in text
    )


@pytest.mark.attack(64)
def test_a_damaged_zip_and_one_with_a_password_are_named(place):
    locked = bytearray(pack([("pytorch.ipynb", SOLVED)]))
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(header) + at] |= 1
    members = [(f"{ANN}/hw.zip", SOLVED[:300]), (f"{BO}/hw.zip", bytes(locked))]
    text, found = take(place, members)
    assert found == {}
    assert f"alee: '{ANN}/hw.zip' is a damaged zip; ask for it again." in text
    assert f"bchan: '{BO}/hw.zip/pytorch.ipynb' needs a password; ask for it without one." in text


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zip_that_was_cut_off_gives_what_is_left_of_it(place, packed):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        archive.writestr("pytorch.ipynb", SOLVED)
        end = stream.tell()
        archive.writestr("keras.ipynb", KERAS)
    whole = stream.getvalue()
    text, found = take(place, [(f"{ANN}/hw.zip", whole[: end + 5000])])
    assert f"alee: '{ANN}/hw.zip' is a damaged zip; ask for it again." in text
    assert found[f"alee/{LESSON}/pytorch.ipynb"] == SOLVED
    assert KERAS.startswith(found[f"alee/{LESSON}/keras.ipynb"])
    assert "keras.ipynb' is damaged; what could be read of it is taken" in text


@pytest.mark.attack(64)
def test_a_name_that_is_not_utf_8_though_it_says_so(place):
    inner = bytearray(pack([("ü/pytorch.ipynb", SOLVED)]))
    inner = bytes(inner).replace("ü".encode(), b"\xfc\xfc")
    assert take(place, [(f"{ANN}/hw.zip", inner), (f"{BO}/pytorch.ipynb", SOLVED)])[1] == {
        **one("alee"),
        **one("bchan"),
    }
    outer = pack([(f"{ANN}/pytorch.ipynb", SOLVED), (f"{BO}/ü.ipynb", SOLVED)])
    named = outer.replace("ü".encode(), b"\xfc\xfc")
    assert take(place, named)[1] == {**one("alee"), **one("bchan")}


def test_a_name_that_is_utf_8_and_does_not_say_so(unlisted):
    content = bytearray(pack([("Zoë/pytorch.ipynb", SOLVED)]))
    for header, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        content[content.index(header) + at] &= ~0x08
    assert take(unlisted, bytes(content))[1] == one("Zoë")


@pytest.mark.attack(53, 64)
def test_entries_that_overlap_cost_one_student(place):
    """Ten thousand entries that all mean the same megabytes."""
    content = pack([("pytorch.ipynb", b"0" * 2**20)])
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    listed = content[start:end] * 10_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10_000, 10_000, len(listed), start, 0)
    bomb = content[:start] + listed + tail
    text, found = take(place, [(f"{ANN}/hw.zip", bomb), (f"{BO}/pytorch.ipynb", SOLVED)])
    assert found.items() >= one("bchan").items()
    assert "alee: " in text
    assert "ask for the notebook alone" in text


@pytest.mark.attack(53, 64)
def test_entries_that_unpack_to_nothing_cost_no_time(place):
    """Five thousand entries that share a stream of megabytes, every block of it empty."""
    stream = b"\0\0\0\xff\xff" * (2 * 2**20) + b"\1\0\0\xff\xff"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(stream), 0, 5, 0)
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, 0, len(stream), 0, 5, 0, 0, 0, 0, 0, 0
    )
    content = local + b"x.txt" + stream
    listed = (central + b"x.txt") * 5_000
    end = (b"PK\5\6", 0, 0, 5_000, 5_000, len(listed), len(content), 0)
    bomb = content + listed + struct.pack("<4s4H2LH", *end)
    begin = time.process_time()
    text, found = take(place, [(f"{ANN}/hw.zip", bomb), (f"{BO}/pytorch.ipynb", SOLVED)])
    assert time.process_time() - begin < 20
    assert found == one("bchan")
    assert f"alee: '{ANN}/hw.zip/x.txt' and what comes behind it is more than 400 MB" in text


@pytest.mark.attack(36, 69)
def test_names_do_not_reach_the_terminal_raw(place):
    text, _ = take(place, [(f"{ANN}/\x1b[2Ja\u202e.txt", "x")])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "'Ann Lee_101_assignsubmission_file_/\ufffd[2Ja\ufffd.txt'" in text


# whose it is


@pytest.mark.parametrize(
    "name",
    [
        "Group 3-Ann Lee_101_assignsubmission_file_/pytorch.ipynb",
        "Ann Lee_101_assignsubmission_file_pytorch.ipynb",
        "Team a-b-Ann Lee_101_assignsubmission_file_/work/pytorch.ipynb",
        "download/Ann Lee_101_assignsubmission_file_/pytorch.ipynb",
        "leeann_LATE_201_9005_pytorch.ipynb",
        "submissions/leeann_201_9005_pytorch-1.ipynb",
        "hand-ins.zip/alee/pytorch.ipynb",
    ],
)
def test_how_platforms_name_it(place, name):
    outer, inside, inner = name.partition(".zip/")
    members = [(f"{outer}.zip", pack([(inner, SOLVED)]))] if inside else [(name, SOLVED)]
    assert take(place, members)[1] == one("alee")


def test_part_of_a_name_is_not_taken_for_another_students(place):
    folders = ["Mary-Ann Lee_9_assignsubmission_file_", ANN]
    text, found = take(place, [(f"{name}/pytorch.ipynb", SOLVED) for name in folders])
    assert found == one("alee")
    assert f"assign-hand-in '.grader/strangers/Mary-Ann Lee-9/{LESSON}' STUDENT" in text


def test_a_name_that_begins_with_a_dot_is_a_name(unlisted):
    members = [(".Ann_7_assignsubmission_file_/pytorch.ipynb", SOLVED)]
    members += [("._Ann_7_assignsubmission_file_", APPLE)]
    assert take(unlisted, members)[1] == one("Ann-7")


def test_a_zip_of_ones_own_making_names_its_owner(unlisted):
    inner = pack([(f"my course/work/{LESSON}/pytorch.ipynb", SOLVED)])
    assert take(unlisted, [("ann.zip", inner), ("bo/hw.zip", inner)])[1] == {
        **one("ann"),
        **one("bo"),
    }


def test_a_folder_around_all_students_is_nobody(unlisted):
    members = [("week 2/ann/pytorch.ipynb", SOLVED), ("week 2/bo/mine/pytorch.ipynb", SOLVED)]
    assert take(unlisted, members)[1] == {**one("ann"), **one("bo")}


# which counts


def test_the_newest_notebook_counts_and_the_note_says_so(place):
    newer = SOLVED.replace(b"return", b"return ", 1)
    members = [("leeann_201_1_b.ipynb", newer), ("leeann_201_2_a.ipynb", SOLVED)]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for day, (name, content) in zip((9, 3), members, strict=True):
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, day, 9, 0, 0)), content)
    text, found = take(place, stream.getvalue())
    assert found == one("alee", newer)
    assert (
        "alee: 'leeann_201_1_b.ipynb' counts as pytorch.ipynb, "
        "and 'leeann_201_2_a.ipynb' does not." in text
    )
    kept = place / ".grader" / "attachments" / "alee" / LESSON
    assert [path.name for path in kept.iterdir()] == ["leeann_201_2_a.ipynb.txt"]


def test_a_notebook_beats_what_only_is_called_one(place):
    broken = [(f"{ANN}/pytorch.ipynb", "<html>"), (f"{ANN}/Untitled.ipynb", SOLVED)]
    assert take(place, broken)[1] == one("alee")


def test_an_untouched_notebook_does_not_beat_work(place):
    course = [
        (f"{ANN}/course/lessons/{LESSON}/pytorch.ipynb", BLANK),
        (f"{ANN}/course/work/{LESSON}/pytorch.ipynb", SOLVED),
    ]
    assert take(place, course)[1] == one("alee")


# told by its cells


@pytest.mark.parametrize(
    ("name", "framework"),
    [
        ("pytorch.ipynb.txt", "pytorch"),
        ("pytorch.ipynb.json", "pytorch"),
        ("Untitled.ipynb", "pytorch"),
        ("pytorch-Copy1.ipynb", "pytorch"),
        ("keras.ipynb", "pytorch"),
        ("notebook", "pytorch"),
        ("pytorch.ipynb", "keras"),
    ],
)
def test_a_notebook_is_known_by_its_cells(place, name, framework):
    content = {"pytorch": SOLVED, "keras": KERAS}[framework]
    text, found = take(place, [(f"{ANN}/{name}", content)])
    assert found == one("alee", content, framework)
    assert ("Note" in text) == (name != "pytorch-Copy1.ipynb")


def test_stripped_cut_and_in_utf_16_it_is_still_known(place):
    made = json.loads(SOLVED)
    for cell in made["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    for content in (json.dumps(made).encode(), SOLVED[:30_000], SOLVED.decode().encode("utf-16")):
        assert take(place, [(f"{ANN}/a.ipynb", content)])[1] == one("alee", content)


def test_another_lessons_notebook_is_named_and_not_taken(place):
    text, found = take(place, [(f"{ANN}/pytorch.ipynb", OTHER), (f"{BO}/pytorch.ipynb", SOLVED)])
    assert found == one("bchan")
    assert f"alee: '{ANN}/pytorch.ipynb': of 03-new-head, not of 02-freezing; left out" in text


@pytest.mark.parametrize(
    "name", ["a.html", "a.pdf", "hw.rar", "hw.7z", "a.docx", "a.py", "a.ipynb"]
)
def test_what_is_no_notebook_is_named_and_kept(place, name):
    text, found = take(place, [(f"{ANN}/{name}", b"PK\x03\x04 or else")])
    if name == "a.ipynb":
        assert "is a damaged zip" in text
        return
    assert found == {}
    assert f"alee: '{ANN}/{name}': handed in, not a notebook of 02-freezing" in text
    kept = list((place / ".grader" / "attachments" / "alee" / LESSON).iterdir())
    assert [path.read_bytes() for path in kept] == [b"PK\x03\x04 or else"]
    assert kept[0].suffix in (".pdf", ".rar", ".7z", ".docx", ".txt")


def test_attachments_are_few_and_reach_the_page(place):
    page = "<script>alert(1)</script>"
    data = [(f"{ANN}/data/{number}.csv", f"{number}") for number in range(30)]
    members = [(f"{ANN}/pytorch.ipynb", SOLVED), (f"{ANN}/report & more.html", page), *data]
    text, found = take(place, members)
    assert found == one("alee")
    assert "one too many: 20 are kept" in text
    kept = place / ".grader" / "attachments" / "alee" / LESSON
    assert len(list(kept.iterdir())) == 20
    assert (kept / "report _ more.html.txt").read_text() == page
    grade("report", place)
    shown = (place / "class.html").read_text("utf-8")
    assert f'href=".grader/attachments/alee/{LESSON}/report%20_%20more.html.txt"' in shown
    take(place, members)
    assert len(list(kept.iterdir())) == 20


def test_text_typed_into_moodle_goes_beside_the_notebook(place):
    typed = "Ann Lee_101_assignsubmission_onlinetext_/onlinetext.html"
    text, found = take(place, [(typed, "<p>See my file</p>"), (f"{ANN}/pytorch.ipynb", SOLVED)])
    assert found == one("alee")
    assert f"alee: '{typed}': handed in, not a notebook of 02-freezing; kept for whoever" in text


def test_what_came_with_the_lesson_is_no_attachment(place):
    nb.write(place / "lessons" / LESSON / "data" / "flowers.csv", "a,b")
    members = [(f"{ANN}/pytorch.ipynb", SOLVED), (f"{ANN}/data/flowers.csv", "a,b")]
    assert "Note" not in take(place, members)[0]
    assert not (place / ".grader" / "attachments").exists()


def test_an_assignment_with_notebooks_of_its_own(unlisted):
    texts = {"problem 1": "def one():\n    return 1", "problem 10": "def ten():\n    return 10"}
    made = {}
    for name, text in texts.items():
        notebook = nb.submitted_notebook(text)
        notebook["cells"][3]["metadata"]["nbgrader"]["grade_id"] = f"answer of {name}"
        notebook["cells"][4]["metadata"]["nbgrader"]["grade_id"] = f"test of {name}"
        nb.write(unlisted / "solutions" / "ps1" / f"{name}.ipynb", notebook)
        made[name] = json.dumps(notebook).encode()
    (unlisted.parent / "in.zip").write_bytes(
        pack(
            [("ann/Untitled.ipynb", made["problem 10"]), ("ann/problem 1.ipynb", made["problem 1"])]
        )
    )
    grade("take-in", unlisted.parent / "in.zip", "ps1", "-C", unlisted)
    assert submitted(unlisted) == {
        f"ann/ps1/{name}.ipynb": content for name, content in made.items()
    }


def test_of_two_at_the_same_time_the_one_with_more_work_in_it_counts(place):
    some, blank = json.loads(SOLVED), json.loads(BLANK)
    at = next(i for i, c in enumerate(some["cells"]) if "def start_phase" in "".join(c["source"]))
    some["cells"][at] = blank["cells"][at]
    fewer = json.dumps(some).encode()
    assert take(place, [(f"{ANN}/a.ipynb", SOLVED), (f"{ANN}/b.ipynb", fewer)])[1] == one("alee")


# strangers


@pytest.mark.attack(65)
def test_a_stranger_waits_until_somebody_says_who_it_is(place):
    members = [("Anne Li_7_assignsubmission_file_/pytorch.ipynb", SOLVED), ("x/y.pdf", "pdf")]
    members += [("Anne Li_7_assignsubmission_file_/note.txt", "hello")]
    text, found = take(place, members, "--received", "2026-09-01 10:00 +0000")
    assert found == {}
    assert f"grade assign-hand-in '.grader/strangers/Anne Li-7/{LESSON}' STUDENT -C " in text
    assert sorted(Classroom(place).missing(LESSON)) == ["alee", "bchan"]
    assert overlooked.reasons(Classroom(place)) == [
        f".grader/strangers/{who}/{LESSON}: nobody in the class list; "
        "grade assign-hand-in says whose it is"
        for who in ("Anne Li-7", "x")
    ]
    said = grade("assign-hand-in", f".grader/strangers/Anne Li-7/{LESSON}", "alee", "-C", place)
    assert f"Took in submitted/alee/{LESSON}/pytorch.ipynb" in said
    assert submitted(place) == one("alee")
    assert Receipts(place).time("alee", LESSON).isoformat() == "2026-09-01T10:00:00"
    assert (place / ".grader" / "attachments" / "alee" / LESSON / "note.txt").read_text() == "hello"
    assert not (place / ".grader" / "strangers" / "Anne Li-7").exists()
    with Classroom(place).gradebook() as book:
        assert sorted(student.id for student in book.students) == ["alee", "bchan"]


def test_who_came_in_before_there_was_a_list_is_told_later(unlisted):
    members = [(f"{ANN}/pytorch.ipynb", SOLVED), (f"{ANN}/note.txt", "hello")]
    assert take(unlisted, members, "--received", "2026-09-01 10:00")[1] == one("Ann Lee-101")
    grade("class-list", unlisted / "students.csv", "-C", unlisted)
    grade("assign-hand-in", "submitted/Ann Lee-101", "alee", "-C", unlisted)
    assert submitted(unlisted) == one("alee")
    assert Receipts(unlisted).time("alee", LESSON).isoformat() == "2026-09-01T10:00:00"
    kept = unlisted / ".grader" / "attachments"
    assert [path.relative_to(kept).as_posix() for path in kept.rglob("*.txt")] == [
        f"alee/{LESSON}/note.txt"
    ]
    assert not (unlisted / "submitted" / "Ann Lee-101").exists()


def test_what_was_graded_under_another_name_leaves_the_gradebook(place):
    nb.write(place / "submitted" / "zed" / LESSON / "pytorch.ipynb", BLANK)
    grade("run", place)
    grade("feedback", "-C", place)
    assert (place / "feedback" / "zed" / LESSON / "pytorch.html").exists()
    grade("assign-hand-in", "submitted/zed", "alee", "-C", place)
    grade("run", place)
    assert "Wrote" in grade("report", place)
    assert "zed" not in (place / "class.html").read_text("utf-8")
    grade("export", place, "--to", place / "grades.csv")
    lines = (place / "grades.csv").read_text("utf-8").splitlines()
    assert {line.split(",")[3] for line in lines} == {"student_id", "alee", "bchan"}
    assert list(place.rglob("zed*")) == []


def test_a_notebook_by_mail_and_a_name_nobody_has(place, tmp_path):
    (tmp_path / "mailed.ipynb").write_bytes(KERAS)
    grade("assign-hand-in", tmp_path / "mailed.ipynb", "bchan", "-C", place)
    assert submitted(place) == one("bchan", KERAS, "keras")
    done = CliRunner().invoke(
        app, ["assign-hand-in", str(tmp_path / "mailed.ipynb"), "bchen", "-C", str(place)]
    )
    assert "'bchen' is not in the class list; near to it: bchan" in str(done.exception)


def test_without_a_class_list_everybody_enters(unlisted):
    assert take(unlisted, [("zoe/pytorch.ipynb", SOLVED)])[1] == one("zoe")
    with Classroom(unlisted).gradebook() as book:
        book.add_student("zoe")  # as grading enters whom it meets
    assert take(unlisted, [("yan/pytorch.ipynb", SOLVED)])[1] == {**one("zoe"), **one("yan")}


# put there by hand


def test_what_lies_in_submitted_and_is_not_graded_is_named(place):
    folder = place / "submitted" / "alee" / LESSON
    nb.write(folder / "Untitled.ipynb", SOLVED)
    nb.write(folder / "hw.rar", b"Rar!")
    nb.write(folder / ".ipynb_checkpoints" / "pytorch-checkpoint.ipynb", BLANK)
    nb.write(place / "submitted" / "bchan" / LESSON / "pytorch.ipynb", SOLVED)
    nb.write(place / "submitted" / "bchan" / LESSON / "photo.png", b"x")
    nb.write(place / "submitted" / "__MACOSX" / LESSON / "pytorch.ipynb", APPLE)
    assert [one.student for one in Classroom(place).submissions()] == ["bchan"]
    expected = "expected STUDENT/LESSON/keras.ipynb or pytorch.ipynb"
    assert overlooked.reasons(Classroom(place)) == [
        f"alee/{LESSON}/Untitled.ipynb: it is pytorch.ipynb of {LESSON}; "
        f"put it at STUDENT/{LESSON}/pytorch.ipynb",
        f"alee/{LESSON}/hw.rar: not a notebook; {expected}",
    ]


# nbgrader's exchange


@pytest.mark.skipif(os.name != "posix", reason="an exchange is a shared Unix folder")
def test_an_exchange_with_renamed_notebooks(place, tmp_path):
    with (place / "nbgrader_config.py").open("a") as stream:
        stream.write(
            f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
            "c.CourseDirectory.course_id = 'ft'\nc.ExchangeCollect.check_owner = False\n"
        )
    inbound = tmp_path / "exchange" / "ft" / "inbound"
    hand_ins = {
        "alee": [("pytorch-Copy1.ipynb", SOLVED), ("report.pdf", b"pdf")],
        "bchan": [("Untitled.ipynb", KERAS), (".ipynb_checkpoints/Untitled.ipynb", BLANK)],
        "cy": [("pytorch.ipynb", SOLVED)],
    }
    for who, files in hand_ins.items():
        folder = inbound / f"{who}+{LESSON}+2026-11-20 10:00:00 UTC+d"
        for name, content in files:
            nb.write(folder / name, content)
        nb.write(folder / "timestamp.txt", "2026-11-20 10:00:00 UTC")
        nb.write(folder / "submission_secret.txt", "s" * 128)
    secret = inbound / f"bchan+{LESSON}+2026-11-20 10:00:00 UTC+d" / "submission_secret.txt"
    secret.unlink()
    secret.symlink_to(place / ".grader" / "received.jsonl")
    text = grade("collect", LESSON, "-C", place)
    assert submitted(place) == {
        **one("alee"),
        **one("bchan", KERAS, "keras"),
        f"alee/{LESSON}/timestamp.txt": b"2026-11-20 10:00:00 UTC",
        f"alee/{LESSON}/submission_secret.txt": b"s" * 128,
        f"bchan/{LESSON}/timestamp.txt": b"2026-11-20 10:00:00 UTC",
    }
    assert "bchan: 'Untitled.ipynb' holds the cells of keras.ipynb, and was taken as that." in text
    assert (place / ".grader" / "attachments" / "alee" / LESSON / "report.pdf").is_file()
    assert "Took in 2 notebooks" in text
    grade("assign-hand-in", f".grader/strangers/cy/{LESSON}/pytorch.ipynb", "bchan", "-C", place)
    assert submitted(place)[f"bchan/{LESSON}/submission_secret.txt"] == b"s" * 128
    assert Receipts(place).time("bchan", LESSON).year > 2025
