"""Keep a test's answers out of anyone's work/."""

from __future__ import annotations

import shutil
import subprocess

import pytest

PARSER = "gift-pegjs@1.0.2"


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    monkeypatch.setenv("COURSE_WORK", str(folder))
    return folder


@pytest.fixture(scope="session")
def parser(tmp_path_factory):
    """Return the folder of npm's GIFT parser, which a test may have for a minute's wait at most."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("npm and node are not installed")
    folder = tmp_path_factory.mktemp("npm")
    quick = ["--silent", "--no-audit", "--no-fund", "--fetch-retries=0"]
    command = ["npm", "install", *quick, "--prefix", str(folder), PARSER]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm cannot install {PARSER} here")
    return folder / "node_modules" / "gift-pegjs"
