"""Tables and charts of a verdict: plain data in, something that everyone can read out."""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import asdict, replace
from xml.etree import ElementTree

import pytest

from grader.checks import Finding, check, evidence, layers, register
from grader.checks.evidence import Chart, Line, Table, compared
from grader.checks.notebook import CheckFailed
from grader.checks.verdict import Verdict
from grader.classroom.verdict_log import Entry
from grader.gradebook import feedback
from grader.sandboxed.toy_networks import networks
from tests.grader import sample

TABLE = compared("What <trains>", "Layer", [("block 0", "frozen", "trains"), ("head", 1, 1)])
CHART = Chart(
    "Loss by epoch",
    'lowest in epoch 2, "not" 3',
    "epoch",
    (Line("training", (3.0, 2.0, 1.0)), Line("validation", (3.0, 2.5, 2.9))),
    marks=(("lowest", 2),),
)


def test_a_table_marks_the_rows_that_differ():
    assert TABLE.rows == (("block 0", "frozen", "trains", "✗ no"), ("head", "1", "1", "✓ yes"))
    assert evidence.as_text(TABLE) == (
        "What <trains>:\n"
        "  Layer    Expected  Found   Right?\n"
        "  block 0  frozen    trains  ✗ no\n"
        "  head     1         1       ✓ yes"
    )


def test_a_long_table_keeps_the_rows_that_differ():
    rows = [(at, "frozen", "frozen" if at < 30 else "trains") for at in range(32)]
    kept = compared("c", "Layer", rows).rows
    assert len(kept) == evidence.MOST_ROWS
    assert [row[0] for row in kept[:3]] == ["30", "31", "0"]


def test_a_row_of_another_length_is_a_mistake_of_the_checks_author():
    with pytest.raises(ValueError, match="2 columns and a row of another length; give each row"):
        Table("c", ("a", "b"), (("1",),))
    with pytest.raises(ValueError, match=r"has no values; leave it out"):
        Chart("c", "d", "e", (Line("a", ()),))


def test_long_texts_and_numbers_without_end_are_cut():
    cell = Table("c", ("a",), (("x" * 5000,),)).rows[0][0]
    assert (len(cell), cell[-1]) == (evidence.LONGEST, "…")
    wild = Chart("c", "d", "e", (Line("a", (float("nan"), float("inf"), -1e308, 10**400)),))
    assert wild.lines[0].values[1:] == (1e12, -1e12, 1e12)
    assert math.isfinite(wild.lines[0].values[0])
    for one in (wild, replace(wild, log=True), replace(wild, lines=(Line("a", (5.0,)),))):
        assert "nan" not in evidence.as_svg(one)
    assert len(Chart("c", "d", "e", (Line("a", (1.0,) * 999),)).lines[0].values) == 80


def test_a_table_is_read_with_its_headings():
    html = evidence.as_html(TABLE)
    assert "<caption>What &lt;trains&gt;</caption>" in html
    assert html.count('<th scope="col">') == 4
    assert '<tr><th scope="row">head</th><td>1</td>' in html


def picture(html: str) -> ElementTree.Element:
    found = re.search(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)">', html)
    assert found
    assert found[1] == "lowest in epoch 2, &quot;not&quot; 3"
    return ElementTree.fromstring(base64.b64decode(found[2]))


def test_a_chart_is_a_picture_with_words():
    drawn = picture(evidence.as_html(CHART))
    said = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert said == ["1", "2", "3", "1", "2", "3", "epoch", "lowest", "training", "validation"]
    assert "script" not in {one.tag.rpartition("}")[2] for one in drawn.iter()}
    # the validation curve ends above the training curve: smaller y is higher
    ends = [float(one.get("cy")) for one in drawn.iter() if one.tag.endswith("circle")]
    assert ends[5] < ends[2]


def test_what_is_shown_outlives_the_log_and_the_sanitising():
    verdict = Verdict("00-a/b", "B", "failed", 0.0, 1.0, "c", "1", "2", shown=(TABLE, CHART))
    entry = Entry("k", "ana", "00-a", "keras", {"00-a/b": verdict})
    assert Entry.from_plain(json.loads(json.dumps(entry.to_plain()))).verdicts["00-a/b"] == verdict
    html = feedback.clean(feedback.as_html(verdict))
    picture(html)
    assert '<th scope="row">head</th>' in html
    assert "<caption>What &lt;trains&gt;</caption>" in html


def test_a_log_from_before_there_were_tables_is_read():
    plain = asdict(Verdict("00-a/b", "B", "passed", 1.0, 1.0))
    del plain["shown"]
    assert Verdict.from_plain(json.loads(json.dumps(plain))).shown == ()


@pytest.mark.attack(33)
@pytest.mark.parametrize(
    "nasty",
    [
        '<img src="https://x.org/i.png">',
        '<img src="data:text/html;base64,PHNjcmlwdD4=">',
        '<img src=x onerror="alert(1)">',
        '<a href="data:text/html,<script>alert(1)</script>">a</a>',
        '<a href="data&#58;text/html,x">a</a>',
        '<a href="java\tscript:alert(1)">a</a>',
        '<table style="position:fixed" onclick="alert(1)"><td>a</td></table>',
        "<svg onload=alert(1)></svg><style>*{}</style><script>alert(1)</script>",
    ],
)
def test_the_wider_list_of_tags_lets_nothing_else_in(nasty):
    cleaned = feedback.clean(nasty)
    tags = re.findall(r"<[a-z][^>]*>", cleaned)
    assert set(tags) <= {"<img>", "<a>", "<table>", "<tbody>", "<tr>", "<td>"}


def test_layers_are_named_and_counted():
    params = {"channels": [4, 6], "deep": [1], "hidden": 5, "classes": 3, "start": [0]}
    listed = networks.arrays(params)
    assert [name for name, _ in layers.layers(listed)] == [
        *("block 0: convolution", "block 0: BatchNorm", "block 1: convolution"),
        *("block 1: BatchNorm", "block 1: inner convolution", "block 1: inner BatchNorm"),
        *("head: hidden layer", "head: BatchNorm", "head: last layer"),
    ]
    rows = layers.sizes("c", listed, networks.flags(params)).rows
    assert rows[0] == ("block 0: convolution", f"{9 * 3 * 4}", "0")
    assert rows[-1][1:] == (
        f"{sum(array.size for array in listed)}",
        f"{sum(array.size for array in listed if array.block != 0)}",
    )
    odd = [array.part == "head" or array.size == 16 for array in listed]
    made = layers.by_layer("c", listed, networks.flags(params), odd)
    assert made.rows[1][1:] == ("frozen", "frozen", "✓ yes")
    with pytest.raises(ValueError, match="flags"):
        layers.by_layer("c", listed, [True], odd)


def judge_with_table(case, facts):
    return Finding.wrong("double", expected=4, found=5, shown=[TABLE])


def test_a_notebook_shows_the_table_before_the_message(monkeypatch, tmp_path):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    monkeypatch.setenv("COURSE_WORK", str(tmp_path))
    register(replace(sample.DOUBLE, id="00-sample/table", judge=judge_with_table))
    with pytest.raises(CheckFailed):  # no notebook here: the message alone
        check("00-sample/table", lambda x: x + 3, framework="keras")
    shell = InteractiveShell.instance()
    try:
        assert shell is not None
        with capture_output() as captured, pytest.raises(CheckFailed, match="Expected:  4"):
            check("00-sample/table", lambda x: x + 3, framework="keras")
    finally:
        InteractiveShell.clear_instance()
    assert captured.outputs[0].data == {
        "text/html": evidence.as_html(TABLE),
        "text/plain": evidence.as_text(TABLE),
    }
