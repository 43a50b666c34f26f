"""The quiz as a learner meets it: JupyterLab in Chromium, by mouse, by keys alone, offline."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.quizzes.samples import BUG, NUMBER, ORDER, SEVERAL, SINGLE, YES_NO

pytestmark = pytest.mark.browser
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
CODE = """import sys
sys.path.insert(0, {root!r})
from tests.quizzes import samples as s
from quizzes.notebook import CardsView, QuizView, explain
quiz = QuizView((s.SINGLE, s.SEVERAL, s.ORDER, s.NUMBER, s.YES_NO, s.BUG), "Sample quiz")
display(quiz, CardsView(list(s.CARDS), ""), explain("explain.2"))"""
# Found by axe in JupyterLab's own page, not in ours: only what lies inside the widget is ours.
OURS = {"include": [[".fq"]]}


@pytest.fixture(scope="module")
def playwright_sync():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    return pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.fixture(scope="module")
def lab(tmp_path_factory, playwright_sync):
    """Serve one notebook; yield its address and the work folder."""
    folder = tmp_path_factory.mktemp("lab")
    cell = {
        "cell_type": "code",
        "id": "quiz",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": CODE.format(root=str(ROOT)),
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}}
    (folder / "quiz.ipynb").write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    work = folder / "work"
    with (folder / "server.txt").open("w") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter", "lab", "--allow-root", "--no-browser"),
                *(f"--port={port}", "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}"),
                "--LabApp.news_url=",
            ],
            env={**os.environ, "COURSE_WORK": str(work)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        base = f"http://127.0.0.1:{port}"
        _until_answering(f"{base}/api/status?token=t")
        yield f"{base}/lab/tree/quiz.ipynb?token=t&reset", work
        server.terminate()
        server.wait(20)


def _until_answering(address: str, timeout_s: float = 240) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("JupyterLab did not answer")


@pytest.fixture
def page(lab, playwright_sync, work):
    """Open the notebook with every address but the server's cut off, and run its cell."""
    address, lab_work = lab
    shutil.rmtree(lab_work, ignore_errors=True)
    wanted: list[str] = []
    with playwright_sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 1500})
        page.route(lambda url: "127.0.0.1" not in url, lambda route: _refuse(route, wanted))
        page.goto(address)
        run_cell(page)
        yield page
        browser.close()
    assert not wanted, f"the page asked for {wanted}"


def _refuse(route, wanted: list[str]) -> None:
    wanted.append(route.request.url)
    route.abort()


def run_cell(page) -> None:
    page.wait_for_selector(".jp-CodeCell .jp-Editor", timeout=180_000)
    cells = page.locator(".fq-question")
    for _ in range(12):
        # Run before the kernel is up and JupyterLab drops the request: ask again.
        with suppress(Exception):
            # A slow machine makes JupyterLab ask something of its own, above the notebook.
            for accept in page.locator(".jp-Dialog .jp-mod-accept").all():
                accept.click(timeout=2_000)
            page.click(".jp-CodeCell .jp-Editor", timeout=8_000)
            page.keyboard.press("Control+Enter")
            cells.first.wait_for(timeout=8_000)
            return
    raise AssertionError("the cell showed no question")


def question(page, number: int):
    return page.locator(".fq-question").nth(number)


def kept(lab) -> dict:
    file = Path(lab[1]) / ".progress.json"
    return json.loads(file.read_text())["sections"]["answers"]


def said(one, words: str) -> None:
    one.locator(".fq-status", has_text=words).wait_for(timeout=60_000)


def test_with_the_mouse(page, lab):
    single = question(page, 0)
    single.get_by_role("button", name="Check").click()
    said(single, "Choose an answer first.")
    single.get_by_role("button", name="Hint").click()
    single.locator(".fq-hint", has_text="A bias for each output").wait_for()
    single.get_by_label("It learns").check()
    single.get_by_role("button", name="Check").click()
    said(single, "Not this.")
    assert single.locator(".fq-note:visible").count() == 1
    single.get_by_text("Worked solution").click()
    assert single.get_by_text("Count the weights.").is_visible()
    single.get_by_role("button", name="Try again").click()
    single.get_by_label("It stays").check()
    single.get_by_role("button", name="Check").click()
    said(single, "Right.")
    assert [one["answer"] for one in kept(lab)[SINGLE.id]["tries"]] == ["a", "b"]


def test_with_the_keyboard_alone(page, lab):
    keys = page.keyboard
    question(page, 0).locator("input").first.focus()
    press(keys, "ArrowDown", "Enter")
    said(question(page, 0), "Right.")
    question(page, 1).locator("input").first.focus()
    press(keys, "Space", "Tab", "Tab", "Space", "Enter")
    said(question(page, 1), "Right.")
    # From "second, third, first" the last step goes up twice.
    question(page, 2).get_by_role("button", name="Move up step 3").focus()
    press(keys, "Space", "Space")
    question(page, 2).get_by_role("button", name="Check").focus()
    press(keys, "Enter")
    said(question(page, 2), "Right.")
    question(page, 3).locator("input").focus()
    keys.type("6,405")
    press(keys, "Enter")
    said(question(page, 3), "Right.")
    question(page, 4).locator("input").nth(1).focus()
    press(keys, "Space", "Enter")
    said(question(page, 4), "Right.")
    assert question(page, 4).get_by_role("button", name="Try again").is_hidden()
    assert set(kept(lab)) == {q.id for q in (SINGLE, SEVERAL, ORDER, NUMBER, YES_NO)}
    # None of these keys reached the notebook: it still has its one cell and the one after it.
    assert page.locator(".jp-Notebook .jp-Cell").count() <= 2


def press(keys, *names: str) -> None:
    for name in names:
        keys.press(name)


def test_answers_are_back_after_a_kernel_restart(page, lab):
    bug = question(page, 5)
    bug.get_by_label("line 3").check()
    bug.get_by_role("button", name="Check").click()
    said(bug, "Right.")
    page.reload()
    run_cell(page)
    said(question(page, 5), "Right.")
    assert page.locator(".fq-total").inner_text() == "1 of 6 answered, 1 right"
    assert BUG.id in kept(lab)


def test_cards_and_explaining(page):
    cards = page.get_by_label("Recall cards")
    cards.get_by_role("button", name="Turn the card").click()
    press(page.keyboard, "Enter")  # "Good" has the focus
    said(cards, "1 to go.")
    cards.get_by_role("button", name="Turn the card").click()
    cards.get_by_role("button", name="Again").click()
    said(cards, "That was the last one.")
    assert cards.get_by_role("button").count() == 0
    text = page.get_by_label("Explain it back")
    text.get_by_role("textbox").fill("Nothing of it.")
    text.get_by_role("button", name="Read my text").click()
    said(text, "0 of ")
    assert text.get_by_text("○ missed").count() > 0


def test_axe_finds_no_serious_fault(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    question(page, 0).get_by_label("It learns").check()
    question(page, 0).get_by_role("button", name="Check").click()
    said(question(page, 0), "Not this.")
    found = axe.Axe().run(page, context=OURS).response["violations"]
    serious = [f"{v['id']}: {v['help']}" for v in found if v["impact"] in ("serious", "critical")]
    assert not serious
