"""The instructor's page: true figures, nothing that runs, links that lead somewhere."""

from __future__ import annotations

import re
import shutil
from urllib.parse import unquote

import pytest

from grader.checks.verdict import Verdict
from grader.classroom.folder import Classroom
from grader.classroom.rules import Rules
from grader.classroom.verdict_log import Entry, Log
from grader.reports import chart, class_page
from tests.grader import gradebooks

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
NASTY = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def verdict(name, status, points, hint="", **text):
    return Verdict(
        f"02-freezing/{name}", f"Exercise {name}", status, points, 2.0, hint_id=hint, **text
    )


def entry(student, framework, *verdicts, **fields):
    listed = {one.check_id: one for one in verdicts}
    return Entry("k", student, "02-freezing", framework, listed, **fields)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("page") / "autumn"
    root.mkdir()
    gradebooks.make(root).close()
    log = Log(root)
    log.append(
        entry(
            "ana",
            "pytorch",
            verdict(
                "count", "failed", 0.0, "counts-all", next_step="Count what trains.", seconds=0.5
            ),
            verdict("freeze", "tampered", 0.0, seconds=2.0),
            flags=("replaced torch.Tensor.numel",),
            seconds=3.0,
        )
    )
    log.append(
        entry(
            "ana",
            "keras",
            verdict("count", "failed", 0.0, "counts-all", next_step="Count what trains."),
            verdict("freeze", "failed", 0.0, "not-done-yet"),
            seconds=1.5,
        )
    )
    log.append(
        entry(
            "=bo",
            "keras",
            verdict("count", "passed", 2.0, seconds=0.1),
            verdict("freeze", "failed", 1.0, NASTY, next_step=NASTY),
            notes=(f"The notebook could not be read: {NASTY}",),
        )
    )
    page = root / "feedback" / "=bo" / "02-freezing" / "keras.html"
    page.parent.mkdir(parents=True)
    page.write_text("feedback")
    return class_page.write(Classroom(root))


@pytest.fixture
def text(made):
    return made.read_text("utf-8")


def test_figures(text):
    part = text[text.index('<section aria-labelledby="02-freezing"') :]
    figures = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part)[:5])
    assert figures == {
        "Handed in": "2 of 3",
        "Mean": "8.75",
        "Median": "8.75",
        "To mark by hand": "0",
        "To look at": "2",
    }
    assert "the better of the two notebooks counts" in part
    assert "nothing handed in" in part


def test_mistakes_by_how_many_made_them(text):
    listed = re.findall(r"<strong>(\d+) ×</strong> (.*?): <code>(.*?)</code>", text)
    assert listed[0] == ("2", "Exercise count", "counts-all")
    assert "Count what trains." in text


def test_who_is_to_be_looked_at_and_why(text):
    assert "replaced torch.Tensor.numel; tampered: Exercise freeze" in text
    assert "could not be read" in text


@pytest.mark.attack(33)
def test_nothing_of_a_students_runs(text):
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_links_lead_to_feedback_that_is_there(made, text):
    links = set(re.findall(r'href="([^#"][^"]*)"', text))
    page = "feedback/=bo/02-freezing/keras.html"
    assert {unquote(link) for link in links} == {page, f"{page}#test-freeze"}
    assert (made.parent / page).is_file()


def test_another_rule_and_an_empty_class(made, tmp_path):
    classroom = Classroom(shutil.copytree(made.parent, tmp_path / "class"))
    assert "both notebooks count" in class_page.write(classroom, "both").read_text("utf-8")
    assert Rules(classroom.root)["02-freezing"] == "best-of-two"
    (tmp_path / "empty").mkdir()
    gradebooks.make(tmp_path / "empty", students=False).close()
    text = class_page.write(Classroom(tmp_path / "empty")).read_text("utf-8")
    assert "No lesson is in the gradebook yet" in text


def test_a_chart_can_be_read_aloud():
    drawn = chart.bars("Scores <of> 02", "0–50: 3; 50–100: 1", ["0–50", "50–100"], [3, 1])
    assert 'role="img"' in drawn
    assert "Scores &lt;of&gt; 02: 0–50: 3; 50–100: 1" in drawn
    heights = [float(h) for h in re.findall(r'height="([\d.]+)"', drawn)]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.5)
    with pytest.raises(ValueError, match="1 labels for 2 bars"):
        chart.bars("t", "d", ["a"], [1, 2])
    assert chart.bars("t", "d", [], [])


@pytest.mark.parametrize(
    ("score", "place"), [(0.0, 0), (0.99, 0), (1.0, 1), (3.0, 3), (9.99, 9), (10.0, 9)]
)
def test_bins(score, place):
    counts = [count for _, count in class_page._bins([score], 10.0)]
    assert counts.index(1) == place


@pytest.mark.browser
def test_the_page_has_no_fault_that_a_screen_reader_meets(made):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"))
        except Exception as error:
            pytest.skip(f"no Chromium here: {str(error).splitlines()[0]}")
        page = browser.new_page(viewport={"width": 375, "height": 700}, bypass_csp=True)
        page.goto(made.as_uri())
        found = axe.Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= 375
