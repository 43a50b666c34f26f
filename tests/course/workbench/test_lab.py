"""JupyterLab answers, on the right port, on the start page, with the course's commands at hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from course.workbench import lab
from tests.helpers import ROOT

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture
def taken():
    """Return a port that someone else serves on."""
    with socket.socket() as server:
        server.bind((lab.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


class TestPort:
    def test_the_one_asked_for_is_taken(self, taken):
        with pytest.raises(ValueError, match=rf"Port {taken} is in use.* take another: --port \d+"):
            lab.free_port(taken)

    def test_the_next_one_when_none_was_asked_for(self, taken, monkeypatch):
        monkeypatch.setattr(lab, "FIRST_PORT", taken)
        assert taken < lab.free_port() < taken + lab.PORTS_TRIED

    def test_none_left(self, monkeypatch):
        monkeypatch.setattr(lab, "_is_free", lambda port: False)
        with pytest.raises(ValueError, match="Ports 8888 to 8937 are all in use"):
            lab.free_port()


@pytest.mark.parametrize(
    ("environ", "platform", "seen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "a b c d"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_TTY": "/dev/ttys1"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_opened_only_where_it_is_seen(environ, platform, seen):
    assert lab.has_display(environ, platform) is seen


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no administrator of that kind here")
@pytest.mark.parametrize(("user", "said"), [(0, True), (1000, False)])
def test_an_administrator_is_allowed_as_in_a_container(monkeypatch, user, said):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    arguments = lab.server_arguments(1, "t", browser=False)
    assert ("--ServerApp.allow_root=True" in arguments) is said


def test_settings_name_things_that_jupyterlab_has():
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    overrides = json.loads((ROOT / "course/workbench/start_page/overrides.json").read_text())
    for plugin, values in overrides.items():
        name, part = plugin.split(":")
        schema = json.loads((schemas / name / f"{part}.json").read_text())
        assert set(values) <= set(schema["properties"]), plugin


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Start JupyterLab as a learner does and return its address with the token."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as probe:
        probe.bind((lab.HOST, 0))
        port = probe.getsockname()[1]
    code = """
        from course import cli
        from course.workbench import doctor
        doctor.devices = lambda fresh: []  # both frameworks have tests of their own
        cli.main()
    """
    command = [sys.executable, "-c", re.sub(r"(?m)^ {8}", "", code)]
    env = {**os.environ, "COURSE_WORK": str(folder / "work"), "JUPYTER_CONFIG_DIR": str(folder)}
    server = subprocess.Popen(
        [*command, "lab", "--no-browser", "--port", str(port)],
        start_new_session=True,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in server.stdout:
        said.append(line)
        if "token=" in line:
            break
    else:
        pytest.fail("".join(said))
    yield said[-1].strip()
    server.send_signal(signal.SIGTERM)
    try:
        server.communicate(timeout=60)  # reads on: a full pipe would keep it from ending
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def get(address: str, path: str = "") -> str:
    base, token = address.split("/lab/tree/START.md?token=")
    target = address if not path else f"{base}{path}?token={token}"
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(target, timeout=20) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class TestServed:
    def test_the_address_that_is_printed_opens_jupyterlab(self, served):
        page = get(served)
        assert "<title>JupyterLab</title>" in page
        assert '"news": {"disabled": true}' in page

    def test_nobody_gets_in_without_the_token(self, served):
        base = served.split("/lab/")[0]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{base}/api/contents", timeout=20)

    def test_the_start_page_and_the_lessons_are_there(self, served):
        names = {one["name"] for one in json.loads(get(served, "/api/contents"))["content"]}
        assert {"START.md", "START.png"} <= names
        assert {lesson.name for lesson in (ROOT / "lessons").glob("[0-9]*")} <= names

    def test_no_settings_ask_the_network(self, served):
        held = get(served, "/lab/api/settings/@jupyterlab/apputils-extension:notification")
        properties = json.loads(held)["schema"]["properties"]
        assert properties["fetchNews"]["default"] == "false"
        assert properties["checkForUpdates"]["default"] is False

    def test_the_instructors_tools_are_not_in_the_learners_way(self, served):
        assert '"disabledExtensions": ["@jupyter/nbgrader"]' in get(served)

    def test_one_kernel_and_it_is_this_python(self, served):
        specs = json.loads(get(served, "/api/kernelspecs"))
        assert specs["default"] == "python3"
        assert specs["kernelspecs"]["python3"]["spec"]["argv"][0] in ("python", sys.executable)


@pytest.mark.browser
def test_the_start_page_is_rendered_offline_and_leads_to_a_lesson(served):
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    if chromium is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    asked = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served, timeout=90_000)
        link = page.locator(".jp-MarkdownViewer a", has_text="PyTorch").first
        link.wait_for(timeout=90_000)
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        assert page.get_by_text("Nbgrader").count() == 0
        page.locator(".jp-MarkdownViewer img").evaluate("image => image.decode()")
        link.click()
        page.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for(timeout=90_000)
        browser.close()
    own = ("http://localhost:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
