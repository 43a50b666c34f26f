"""Keep a test's answers out of anyone's work/."""

from __future__ import annotations

import shutil

import pytest

from tests.quizzes import exports_golden


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    monkeypatch.setenv("COURSE_WORK", str(folder))
    return folder


@pytest.fixture(scope="session")
def parser(tmp_path_factory):
    """Return the folder of npm's GIFT parser."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        pytest.skip("npm and node are not installed")
    found = exports_golden.install(tmp_path_factory.mktemp("npm"), npm)
    return found or pytest.skip(f"npm cannot install {exports_golden.PARSER} here")
