"""What a student reads, and what nobody who opens it has to fear."""

from __future__ import annotations

import html
import re
import shutil

import pytest
from traitlets.config import Config

from grader.checks import register
from grader.checks.verdict import Verdict
from grader.classroom.engine import Engine
from grader.classroom.folder import Classroom
from grader.gradebook import feedback
from grader.gradebook.runner import run_class
from grader.isolation.workers import Workers
from tests.grader import notebooks as nb
from tests.grader import sample

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
TEXT = """A **bold** claim, `a<b`, [a page](https://x.org).

<script>alert(1)</script><img src=x onerror="alert(2)"> <b onclick="alert(3)">b</b>

[one](javascript:alert(4)) [two](JaVaScript&#58;alert(5)) <javascript:alert(6)> ![i](https://x/i.png)

```
if a < b:

[three](javascript:alert(7))
```

</div><svg onload=alert(8)> $\\href{javascript:alert(9)}{x}$
"""


def verdict(status="failed", points=1.0, **fields):
    given = {"checked": "double(2)", "expected": "4", "found": "<b>", "next_step": "Multiply."}
    return Verdict("00-a/b", "Double", status, points, 3.0, **{**given, **fields})


def test_a_verdict_says_four_things_and_its_parts():
    shown = feedback.as_html(verdict(parts={"small": 1.0, "large": 0.0, "odd": 0.5}))
    text = html.unescape(re.sub(r"<[^>]*>", "|", shown))
    assert [word.strip() for word in text.split("|") if word.strip()] == [
        *("Double: partly right", "Checked:", "double(2)", "Expected:", "4", "Found:", "<b>"),
        *("Next step:", "Multiply.", "Part: small:", "✓ right", "Part: large:", "✗ not right"),
        *("Part: odd:", "50% right"),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (verdict("passed", 3.0), "passed"),
        (verdict(points=0.0), "not right yet"),
        (verdict(points=0.0, hint_id="not-done-yet"), "not done yet"),
        (verdict("error", 0.0), "it raised an error"),
        (verdict("timeout", 0.0), "timeout"),
        (verdict("infrastructure", 0.0), "could not be graded yet; not your fault"),
    ],
)
def test_results_in_a_word(given, said):
    assert feedback.result(given) == said


def test_only_the_students_own_lines_are_shown():
    theirs = feedback.as_html(verdict("error", 0.0, detail="line 2 in f: x <y"))
    assert "<pre>line 2 in f: x &lt;y</pre>" in theirs
    assert "secret" not in feedback.as_html(verdict("infrastructure", 0.0, detail="secret"))


@pytest.mark.attack(33)
def test_text_is_made_harmless_and_stays_readable():
    from nbconvert.filters import markdown2html

    shown = markdown2html(feedback.harmless(TEXT))
    tags = set(re.findall(r"<([a-z0-9]+)", shown))
    assert tags <= {"div", "p", "strong", "code", "pre", "a", "b"}
    links = re.findall(r'href="([^"]*)"', shown)
    assert links == ["https://x.org"]
    assert not re.search(r"<[^>]*\son\w+=", shown)
    assert "<strong>bold</strong>" in shown
    assert shown.count("<div") == shown.count("</div>") == 1
    assert "\n\n" not in feedback.harmless(TEXT)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the feedback page of somebody whose answer is nasty throughout."""
    root = tmp_path_factory.mktemp("feedback")
    register(sample.DOUBLE)
    path = nb.write_lesson(root)
    made = nb.source_notebook()
    made.cells.append(explain_cell("YOUR ANSWER HERE"))
    path.write_text(nb.nbformat.writes(made))
    handed_in = nb.submitted_notebook(nb.SQUARE + "\n# <script>alert(0)</script>")
    handed_in["cells"].append(dict(explain_cell(TEXT)))
    nb.write(root / "submitted" / "ana" / nb.LESSON / "pytorch.ipynb", handed_in)
    classroom = Classroom(root)
    classroom.release(nb.LESSON)
    workers = Workers(sandbox=False, bare=True)
    run_class(classroom, Engine(root, workers), classroom.submissions(), jobs=1)
    workers.close()
    return classroom.feedback(nb.LESSON)[0]


def explain_cell(text):
    described = {"grade": True, "grade_id": "explain", "locked": False, "schema_version": 3}
    described |= {"solution": True, "task": False, "points": 4}
    return nb.v4.new_markdown_cell(text, id="explain", metadata={"nbgrader": described})


def test_the_page_begins_with_an_overview(page):
    text = page.read_text("utf-8")
    rows = re.findall(r'<th scope="row"><a href="#(.*?)">(.*?)</a></th>\s*<td>(.*?)</td>', text)
    assert rows == [
        ("test-double", "Double a number", "partly right"),
        ("explain", "Explain", "read by a person"),
    ]
    assert "Multiply by two; you squared." in text
    assert "<caption>What it doubled</caption>" in text
    assert re.search(r'<th scope="row">\d+</th><td>\d+</td><td>\d+</td><td>✗ no</td>', text)
    assert 'name="viewport"' in text


def test_formgrader_shows_the_tables_too(page):
    from nbconvert.exporters import HTMLExporter

    from grader.configure import configure

    made = Config()
    configure(made)
    graded = page.parents[3] / "autograded" / "ana" / nb.LESSON / "pytorch.ipynb"
    text, _ = HTMLExporter(config=made, template_name="classic").from_filename(str(graded))
    assert "<caption>What it doubled</caption>" in text
    assert "&lt;caption" not in text


@pytest.mark.attack(33)
def test_nothing_on_the_page_runs(page):
    text = page.read_text("utf-8")
    assert not re.search(r"<(script|svg|iframe|object|embed)", text)
    assert not re.search(r'href="\s*javascript', text, re.IGNORECASE)
    assert "default-src 'none'" in text


@pytest.mark.attack(33)
@pytest.mark.browser
def test_a_browser_runs_nothing_and_the_page_fits_a_phone(page):
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"))
        except Exception as error:
            pytest.skip(f"no Chromium here: {str(error).splitlines()[0]}")
        opened = browser.new_page(viewport={"width": 375, "height": 700})
        alerts: list[str] = []
        opened.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        opened.goto(page.as_uri())
        for link in opened.locator("a[href^='javascript' i]").all():
            link.click()
        wide = opened.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert alerts == []
    assert wide <= 375


@pytest.mark.browser
def test_the_page_has_no_fault_that_a_screen_reader_meets(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"))
        except Exception as error:
            pytest.skip(f"no Chromium here: {str(error).splitlines()[0]}")
        opened = browser.new_page(viewport={"width": 375, "height": 700}, bypass_csp=True)
        opened.goto(page.as_uri())
        found = axe.Axe().run(opened).response["violations"]
        browser.close()
    assert [f"{one['id']}: {one['help']}" for one in found] == []
